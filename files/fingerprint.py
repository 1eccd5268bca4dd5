"""Short names for content: equal content, equal fingerprint."""

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path


def of_values(*values: object) -> str:
    """16 hex digits over JSON-able `values`.

    The order counts, the order of dictionary keys does not.
    """
    text = json.dumps(values, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def of_files(paths: Iterable[str | Path]) -> str:
    """16 hex digits over names, sizes and modification times.

    They change when a file does, and none is read.
    """
    rows = []
    names = {str(path) for path in paths}
    for path in sorted(names):
        try:
            status = Path(path).stat()
        except FileNotFoundError:
            rows.append([path])
        else:
            rows.append([path, status.st_size, status.st_mtime_ns])
    return of_values(rows)


def of_contents(paths: Iterable[str | Path]) -> str:
    """16 hex digits over the bytes of files, in the order given, wherever they lie."""
    return of_bytes(Path(path).read_bytes() for path in paths)


def of_bytes(contents: Iterable[bytes]) -> str:
    """16 hex digits over `contents`, in the order given."""
    digest = hashlib.sha256()
    for content in contents:
        digest.update(f"{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


@cache
def of_sources(*packages: str) -> str:
    """16 hex digits over the code of `packages` of this project.

    What they compute may differ where their code does.
    """
    root = Path(__file__).parent.parent
    paths = []
    for package in packages:
        modules = (root / package).rglob("*.py")
        paths.extend(sorted(modules))
    return of_contents(paths)

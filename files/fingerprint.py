"""Short names for content: equal content, equal fingerprint."""

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path


def of_values(*values: object) -> str:
    """16 hex digits over JSON-able `values`; the order counts, the order of dictionary keys does not."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:16]


def of_files(paths: Iterable[str | Path]) -> str:
    """16 hex digits over names, sizes and modification times: changes when a file does, reads none."""
    rows = []
    for path in sorted({str(path) for path in paths}):
        try:
            status = Path(path).stat()
        except FileNotFoundError:
            rows.append([path])
        else:
            rows.append([path, status.st_size, status.st_mtime_ns])
    return of_values(rows)


def of_contents(paths: Iterable[str | Path]) -> str:
    """16 hex digits over the bytes of files, in the order given, wherever they lie."""
    digest = hashlib.sha256()
    for path in paths:
        content = Path(path).read_bytes()
        digest.update(f"{len(content)}:".encode() + content)
    return digest.hexdigest()[:16]


@cache
def of_sources(*packages: str) -> str:
    """16 hex digits over the code of `packages` of this project: what they compute may differ where it differs."""
    root = Path(__file__).parent.parent
    return of_contents(path for package in packages for path in sorted((root / package).rglob("*.py")))

"""Short names for content: equal content, equal fingerprint."""

import ast
import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent


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
    paths = []
    for package in packages:
        modules = (ROOT / package).rglob("*.py")
        paths.extend(sorted(modules))
    return of_contents(paths)


@cache
def of_modules(*names: str) -> str:
    """16 hex digits over the code of modules of this project and of all of it that they import.

    names: with dots. What does not take part in what they compute does not count.
    """
    found: dict[str, Path] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        path = ROOT / (name.replace(".", "/") + ".py")
        if name not in found and path.is_file():
            found[name] = path
            waiting.extend(_imports(path))
    return of_contents(found[name] for name in sorted(found))


def _imports(path: Path) -> list[str]:
    """The names that may be modules of what the code in `path` imports, at whatever place."""
    names = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names

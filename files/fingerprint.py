"""Fingerprints, short hashes of content: equal content has equal fingerprints."""

import ast
import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent


def of_values(*values: object) -> str:
    """A fingerprint of `values` that JSON can hold: 16 hex digits.

    It depends on the order of the values, but not on the order of dictionary keys.
    """
    text = json.dumps(values, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def of_files(paths: Iterable[str | Path]) -> str:
    """A fingerprint of the names, sizes and modification times of files: 16 hex digits.

    It changes with every file, and no file is read.
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
    """A fingerprint of the bytes of files in the given order, not of their paths: 16 hex digits."""
    return of_bytes(Path(path).read_bytes() for path in paths)


def of_bytes(contents: Iterable[bytes]) -> str:
    """A fingerprint of `contents`, in the given order: 16 hex digits."""
    digest = hashlib.sha256()
    for content in contents:
        digest.update(f"{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


@cache
def of_sources(*packages: str) -> str:
    """A fingerprint of the code of `packages` of this project: 16 hex digits.

    Where it differs, the results of the packages may differ.
    """
    paths = []
    for package in packages:
        modules = (ROOT / package).rglob("*.py")
        paths.extend(sorted(modules))
    return of_contents(paths)


@cache
def of_modules(*names: str) -> str:
    """A fingerprint of the code of modules and of the project's modules that they import.

    It has 16 hex digits. names: of the modules, with dots. Modules that are not imported, directly
    or indirectly, do not count.
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
    """The names in all imports of the code in `path` that may be modules."""
    names = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names

"""Sends the current code to a Dask worker."""

import ast
import importlib
import io
import os
import socket
import sys
import uuid
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cloudpickle
from distributed import WorkerPlugin

from files.fingerprint import of_contents

ROOT = Path(__file__).parent.parent
cloudpickle.register_pickle_by_value(sys.modules[__name__])


def code_to_send(packages: Sequence[str]) -> "SentCode":
    """`packages`, and the packages of the project that they import, as they are on disk now."""
    packages = with_imported(packages)
    files = _source_files(packages)
    unique = uuid.uuid4().hex[:8]  # another process may have sent the same code
    name = f"clarion-{of_contents(files)}-{unique}"
    home = (socket.gethostname(), os.getpid())
    return SentCode(name, _zipped(files), tuple(packages), home)


def with_imported(packages: Sequence[str]) -> list[str]:
    """`packages` and the packages of the project that they import, directly or indirectly."""
    known: set[str] = set()
    waiting = [*packages]
    while waiting:
        package = waiting.pop()
        if package in known:
            continue
        known.add(package)
        for path in _source_files([package]):
            waiting += _imported(path)
    return sorted(known)


def _imported(path: Path) -> set[str]:
    """The packages of the project that a file imports, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module).split(".")[0])
    return {name for name in names if (ROOT / name / "__init__.py").exists()}


def _source_files(packages: Sequence[str]) -> list[Path]:
    files = []
    for package in packages:
        folder = ROOT / package
        files.extend(sorted(folder.rglob("*.py")))
    return files


def _zipped(files: list[Path]) -> bytes:
    """A ZIP file of `files`, by their paths below ROOT."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in files:
            archive.write(path, path.relative_to(ROOT))
    return content.getvalue()


class Call:
    """A call as an object for pickling; unpickling it gives `function(item)`.

    The scheduler, which lacks our code, unpickles its messages. It is therefore sent bytes, which
    only the worker unpickles.
    """

    def __init__(self, function: Callable, item: Any):
        self.function, self.item = function, item

    def __reduce__(self):
        return self.function, (self.item,)


class SentCode(WorkerPlugin):
    """A plugin of Dask's workers; while it is registered, `packages` are imported from `archive`.

    archive: a ZIP file. The plugin is pickled with its code, which may use nothing else of the
    project, because a worker lacks this module. At `home`, the host and the process that sends it,
    it does nothing: threads of that process may be the cluster.
    """

    def __init__(
        self,
        name: str,
        archive: bytes,
        packages: tuple[str, ...],
        home: tuple[str, int],
    ):
        self.name = name
        self.archive = archive
        self.packages = packages
        self.home = home

    def setup(self, worker: Any) -> None:
        """Put the code first on the path, and unload other code of the same name."""
        here = (socket.gethostname(), os.getpid())
        if here == self.home:
            return
        path = Path(worker.local_directory, f"{self.name}.zip")
        path.write_bytes(self.archive)
        self.path = str(path)
        sys.path.insert(0, self.path)
        self._forget()

    def teardown(self, worker: Any) -> None:
        """Restore the worker's path and modules."""
        path = vars(self).pop("path", None)
        if path is None:
            return
        sys.path.remove(path)
        Path(path).unlink(missing_ok=True)
        self._forget()

    def _forget(self) -> None:
        """Unload the modules of `packages`, so that the next import reads them again."""
        for name in list(sys.modules):
            package = name.split(".")[0]
            if package in self.packages:
                del sys.modules[name]
        importlib.invalidate_caches()

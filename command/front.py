"""The first import of every script, which needs only Python's standard library.

A missing environment therefore ends with one line, and --help and typos need no PyTorch.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
OLDEST = (3, 11)  # version of Python; the same as in pyproject.toml
OURS = tuple(path.parent.name for path in ROOT.glob("*/__init__.py"))


def begin(main: Callable, config: str, folder: str = ".", alone: bool = False) -> None:
    """See command.entry.start, which this function calls.

    If Python is too old or a package is missing, the script ends with a line that has the remedy.
    Slow imports belong into `main`: --help, tab completion and answers to typos come before them.
    """
    if sys.version_info < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        found = ".".join(map(str, sys.version_info[:3]))
        raise SystemExit(f"{config}.py: needs Python {wanted} or newer, not {found}; {remedy()}")
    try:
        from command.entry import start
        from command.process import at_the_end

        with at_the_end():
            start(main, config, folder, alone)
    except ModuleNotFoundError as error:
        package, _, _ = (error.name or "").partition(".")
        if package in OURS:
            raise
        raise SystemExit(
            f"{config}.py: the package {package} is not installed for {sys.executable}; {remedy()}"
        ) from None


def remedy(root: Path = ROOT) -> str:
    """The command that installs the packages; it works from the current folder."""
    environment = root / ".venv"
    activate = f"source {_from_here(environment / 'bin' / 'activate')}"
    if Path(sys.prefix).absolute() == environment.absolute():
        return f"type: {sys.executable} -m pip install --editable {root}"
    if (environment / "ready").exists():
        return f"type: {activate}"
    make = "make install" if root == Path.cwd() else f"make -C {root} install"
    return f"type: {make} && {activate}"


def _from_here(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)

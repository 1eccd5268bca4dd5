"""The command that installs an extra: optional packages, which pyproject.toml lists."""

import shlex
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def install(extra: str) -> str:
    """The command that installs `extra`; it works from the current folder."""
    folder = "." if Path.cwd() == ROOT else str(ROOT)
    return f"pip install -e {shlex.quote(f'{folder}[{extra}]')}"

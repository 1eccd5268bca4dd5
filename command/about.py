"""Facts about the run that wrote a report: command, machine, versions."""

import platform
import shlex
import subprocess
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from joblib import cpu_count

from files.fingerprint import of_sources

ROOT = Path(__file__).parent.parent
# The packages that decide what a report says; `command` only runs them.
SOURCES = (
    "audio",
    "datagen",
    "dsp",
    "files",
    "metrics",
    "models",
    "options",
    "parallel",
    "reporting",
    "tasks",
    "text",
)


def typed_command(script: str) -> str:
    """The command line of this process, or of this job of a sweep, as it can be pasted."""
    return shlex.join([f"{script}.py", *HydraConfig.get().overrides.task])


def commit() -> str:
    """The commit of these sources, with "-dirty" if they were changed; "" outside of git."""
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    try:
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return told.stdout.strip() if told.returncode == 0 else ""


def machine() -> str:
    """System, processor and Python."""
    python = f"Python {platform.python_version()}"
    return f"{platform.system()} {platform.machine()}, {cpu_count()} cores, {python}"


def versions(packages: Iterable[str]) -> dict[str, str]:
    """The versions of packages by name; "none" where one is not installed."""
    return {name: _version(name) for name in packages}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def version_line(packages: Iterable[str] = (), sources: Iterable[str] = ()) -> str:
    """Versions on one line, and last the version of `sources`, packages of this project."""
    named = [f"{name} {number}" for name, number in versions(packages).items()]
    if sources:
        named.append(f"Clarion's sources {of_sources(*sources)}")
    return ", ".join(named)

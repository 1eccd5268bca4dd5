"""Run a command of Clarion for a benchmark."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent


def run_script(script: str, typed: Sequence[str], env: Mapping[str, str] | None = None) -> str:
    """The output of a script of the project with these options; its error ends the benchmark.

    env: its environment variables; None: those of this process.
    """
    command = [sys.executable, str(ROOT / script), *typed]
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}{' '.join(command)}: exit status {done.returncode}")
    return done.stdout

"""Run a command of Clarion for a benchmark."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent


def run_script(script: str, typed: Sequence[str], env: Mapping[str, str] | None = None) -> str:
    """What a script of the project prints, typed so; what it says of an error ends the benchmark.

    env: the variables of its environment; those of this process where None.
    """
    command = [sys.executable, str(ROOT / script), *typed]
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}{' '.join(command)}: exit status {done.returncode}")
    return done.stdout

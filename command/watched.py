"""A job of a sweep as submitit runs it, and how SLURM gets it back. Needs Python's library alone.

It is sent to where it runs as it is, for there the project's folder is on no path.
"""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2)
# Statuses of a job that a signal has ended and that goes on from there.
GOES_ON = tuple(128 + number for number in FORWARDED if number != signal.SIGINT)
WARNED = (128 + signal.SIGUSR1, 128 + signal.SIGUSR2)  # of the time limit
UNTIL_KILLED_S = 120


class Watched:
    """Runs `command` with `environment` in `folder`, and puts what was cut short into the queue.

    Nothing else does: Lightning's requeueing is off, and submitit's handlers are replaced. SLURM
    itself requeues what it kills at once, so only a job that it still takes to be running, one that
    has ended by itself when it was told to, is put back here; but none that was warned of its time
    limit before it had saved anything in the folder `run`: it would begin anew for ever.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], folder: str, run: str
    ):
        self.command = command
        self.environment = environment
        self.folder = folder
        self.run = run

    def __call__(self) -> int:
        """The exit status, -N where signal N has killed it."""
        variables = {**os.environ, **self.environment, "CLARION_PARENT": str(os.getpid())}
        early = []  # signals from before there is anybody to take them
        send = early.append
        for number in FORWARDED:
            signal.signal(number, lambda number, frame: send(number))
        before = _checkpoints(self.run)
        process = subprocess.Popen(self.command, env=variables, cwd=self.folder)
        send = process.send_signal
        for number in early:
            send(number)
        status = process.wait()
        in_vain = status in WARNED and _checkpoints(self.run) == before
        if status in GOES_ON and not in_vain and "SLURM_JOB_ID" in os.environ:
            _requeue(os.environ["SLURM_JOB_ID"])
        return status


def _checkpoints(run: str) -> dict[str, int]:
    """When each was written."""
    return {path.name: path.stat().st_mtime_ns for path in Path(run, "checkpoints").glob("*.ckpt")}


def _requeue(job: str) -> None:
    """Put this job back into the queue, unless SLURM is ending it anyway; returns in that case."""
    state = subprocess.run(
        ["squeue", "--noheader", "--format=%T", f"--jobs={job}"], capture_output=True, text=True
    )
    if state.stdout.strip() != "RUNNING":
        return
    if os.environ.get("SLURM_PROCID", "0") == "0":
        subprocess.run(["scontrol", "requeue", job], check=True)
    time.sleep(UNTIL_KILLED_S)

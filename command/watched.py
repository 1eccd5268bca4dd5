"""A job of a sweep in submitit, and its requeueing by SLURM; needs only the standard library.

It is pickled by value, because the project's folder is not on the path where it runs.
"""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2)
# Exit statuses of a job that a signal has ended and that can be resumed.
GOES_ON = tuple(128 + number for number in FORWARDED if number != signal.SIGINT)
WARNED = (128 + signal.SIGUSR1, 128 + signal.SIGUSR2)  # warned of the time limit
UNTIL_KILLED_S = 120


class Watched:
    """Runs `command` with `environment` in `folder`, and requeues an interrupted job.

    Nothing else requeues it: Lightning's requeueing is off, and submitit's handlers are replaced.
    SLURM requeues jobs that it kills at once. Only a job that ended by itself after a signal, and
    that SLURM still takes for running, is requeued here. A job that was warned of its time limit
    before it saved anything in the folder `run` is not requeued, because it would start again
    without end.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], folder: str, run: str
    ):
        self.command = command
        self.environment = environment
        self.folder = folder
        self.run = run

    def __call__(self) -> int:
        """Run the command; returns the exit status, or -N if signal N killed it."""
        variables = {**os.environ, **self.environment, "CLARION_PARENT": str(os.getpid())}
        early = []  # signals that arrive before the command runs
        send = early.append
        for number in FORWARDED:
            signal.signal(number, lambda number, frame: send(number))
        before = checkpoint_times(self.run)
        process = subprocess.Popen(self.command, env=variables, cwd=self.folder)
        send = process.send_signal
        for number in early:
            send(number)
        status = process.wait()
        in_vain = status in WARNED and checkpoint_times(self.run) == before
        if status in GOES_ON and not in_vain and "SLURM_JOB_ID" in os.environ:
            _requeue(os.environ["SLURM_JOB_ID"])
        return status


def checkpoint_times(run: str) -> dict[str, int]:
    """The times at which the checkpoints of `run` were written; only compared with one another."""
    return {path.name: path.stat().st_mtime_ns for path in Path(run, "checkpoints").glob("*.ckpt")}


def _requeue(job: str) -> None:
    """Requeue this job, unless SLURM is ending it anyway; returns in that case."""
    state = subprocess.run(
        ["squeue", "--noheader", "--format=%T", f"--jobs={job}"], capture_output=True, text=True
    )
    if state.stdout.strip() != "RUNNING":
        return
    if os.environ.get("SLURM_PROCID", "0") == "0":
        subprocess.run(["scontrol", "requeue", job], check=True)
    time.sleep(UNTIL_KILLED_S)

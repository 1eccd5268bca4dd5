"""Runs jobs of a sweep side by side on this machine, each in a separate process."""

import os
import signal
import time
from collections.abc import Sequence

from joblib import cpu_count, effective_n_jobs

from command.jobs import Job, announce, exit_message
from command.process import Ended
from parallel.children import PARENT
from parallel.ending import deferred
from parallel.labelled import Labelled

LOOKS_S = 0.1  # seconds between two checks of the running jobs
THREADS = "OMP_NUM_THREADS"  # number of threads of PyTorch and NumPy


def run_side_by_side(jobs: Sequence[Job], at_once: int) -> dict[str, str]:
    """Run `jobs`, `at_once` at a time (as in joblib: -1 is one per core).

    Returns the reasons of failed jobs, by name. A signal to this process is passed on to the
    running jobs, which end as they would alone; then Ended is raised.
    """
    most = min(effective_n_jobs(at_once), len(jobs))
    share = max(1, cpu_count() // most)
    waiting = [*enumerate(jobs, start=1)]
    running: dict[str, Labelled] = {}
    problems: dict[str, str] = {}
    with deferred() as asked:
        try:
            while waiting or running:
                signalled = asked()
                if signalled is not None:
                    _pass_on(signalled, running)
                    raise Ended(signalled)
                _collect(running, problems)
                while waiting and len(running) < most:
                    number, job = waiting.pop(0)
                    announce(job, number, len(jobs))
                    running[job.name] = _started(job, number, share)
                time.sleep(LOOKS_S)
        finally:
            _pass_on(signal.SIGTERM, running)  # for any error that ends this process
    return problems


def _started(job: Job, number: int, threads: int) -> Labelled:
    variables = {THREADS: str(threads), **job.variables, PARENT: str(os.getpid())}
    return Labelled(job.command, variables, f"[{number}] ")


def _collect(running: dict[str, Labelled], problems: dict[str, str]) -> None:
    """Remove ended jobs from `running`; the reasons of failed jobs go to `problems`."""
    for name, job in [*running.items()]:
        status = job.status()
        if status is None:
            continue
        del running[name]
        if status:
            problems[name] = exit_message(status)


def _pass_on(number: int, running: dict[str, Labelled]) -> None:
    """Send the signal to all running jobs, and wait for them to end."""
    for job in running.values():
        job.send(number)
    while running:
        _collect(running, {})
        time.sleep(LOOKS_S)

"""Submits jobs of a sweep through submitit: to SLURM, or on this machine to try the setup."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

from omegaconf import OmegaConf

from command import watched
from command.jobs import Job, announce, exit_message
from command.process import AGAIN, Ended
from options.extras import install
from parallel.ending import deferred
from text.line import in_one_line

LOGS = ".submitit"  # in the folder of a sweep: the files of submitit, and the output of its jobs
LOOKS_S = {"slurm": 10.0, "local": 0.5}  # seconds between two checks of the running jobs
# Options of submitit for any cluster.
ANYWHERE = ("timeout_min", "mem_gb", "nodes", "cpus_per_task", "gpus_per_node", "tasks_per_node")
NO_TIME = "its time limit leaves no time for a step: give a longer hydra.launcher.timeout_min"


def run_submitted(
    jobs: Sequence[Job], cluster: str, at_once: int | None, options: Mapping[str, Any]
) -> dict[str, str]:
    """Run `jobs` on `cluster` (slurm or local), `at_once` at a time; None: all.

    Returns the reasons of failed jobs, by name. options: of submitit's executor. Raises ValueError
    if submitit or SLURM is missing or refuses, and Ended if a signal ends this process; jobs of
    SLURM then stay in the queue.
    """
    executor = _executor(jobs[0].folder.parent / LOGS, cluster, options)
    waiting = [*enumerate(jobs, start=1)]
    running: dict[str, Any] = {}
    problems: dict[str, str] = {}
    with deferred() as asked:
        while waiting or running:
            while waiting and (at_once is None or len(running) < at_once):
                number, job = waiting.pop(0)
                running[job.name] = _submitted(executor, job, cluster)
                announce(job, number, len(jobs))
            signalled = asked()
            if signalled is not None:
                raise Ended(signalled, _left(running, cluster))
            _collect(running, problems, cluster)
            time.sleep(LOOKS_S[cluster] if running else 0)
    return problems


def _executor(folder: Path, cluster: str, options: Mapping[str, Any]) -> Any:
    launcher = f"hydra/launcher=submitit_{cluster}"
    try:
        import cloudpickle
        import submitit
    except ImportError as error:
        raise ValueError(f"{launcher}: needs the extra 'sweep'; {install('sweep')}") from error
    if cluster == "slurm" and not shutil.which("sbatch"):
        raise ValueError(
            f"{launcher}: there is no sbatch here; type it where jobs are submitted, or choose "
            "hydra/launcher=joblib"
        )
    cloudpickle.register_pickle_by_value(watched)
    executor = submitit.AutoExecutor(folder, cluster=cluster)
    try:
        executor.update_parameters(**_named(options))
    except (ValueError, TypeError, NameError, AssertionError) as error:
        problem = in_one_line(error)
        raise ValueError(f"{launcher}: {problem}") from error
    return executor


def _named(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options by the names of submitit; those for SLURM alone have a prefix."""
    given = {}
    for name, value in options.items():
        if value is not None:
            given[name if name in ANYWHERE else f"slurm_{name}"] = _plain(value)
    return given


def _plain(value: Any) -> Any:
    return OmegaConf.to_container(value) if OmegaConf.is_config(value) else value


def _submitted(executor: Any, job: Job, cluster: str) -> Any:
    """Submit `job`.

    On SLURM it waits for an earlier job of the same run, for example from the same command that was
    interrupted and typed again.
    """
    variables = {name: job.variables[name] for name in job.variables if name.startswith("CLARION_")}
    call = watched.Watched(job.command, variables, str(Path.cwd()), str(job.folder))
    if cluster == "slurm":
        digest = crc32(str(job.folder).encode())
        name = f"{job.name[:40]}-{digest:08x}"
        executor.update_parameters(name=name, slurm_dependency="singleton")
    try:
        return executor.submit(call)
    except Exception as error:  # submitit raises many kinds of errors for refusals of sbatch
        problem = in_one_line(error)
        raise ValueError(f"hydra/launcher=submitit_{cluster}: {problem}") from error


def _collect(running: dict[str, Any], problems: dict[str, str], cluster: str) -> None:
    """Remove ended jobs from `running`; the reasons of failed jobs go to `problems`."""
    if cluster == "slurm":
        queued = _queued()
        over = (
            [] if queued is None else [n for n, job in running.items() if job.job_id not in queued]
        )
    else:
        over = [name for name, job in running.items() if job.done()]
    for name in over:
        problem = _problem(running.pop(name))
        if problem is not None:
            problems[name] = problem.removeprefix(f"{name}: ")


def _queued() -> set[str] | None:
    """The waiting and running jobs of this user; None if SLURM does not answer at the moment."""
    command = ["squeue", "--noheader", "--format=%i", f"--user={os.getuid()}"]
    answer = subprocess.run(command, capture_output=True, text=True)
    return set(answer.stdout.split()) if answer.returncode == 0 else None


def _problem(job: Any) -> str | None:
    """The reason why `job` failed, on one line; None if it succeeded."""
    if not job.paths.result_pickle.exists():
        return _last_line(job) or "ended by SLURM (cancelled, or its time was up)"
    try:
        status = job.task(0).result()
    except Exception as error:  # any error of the job
        return str(error).strip().splitlines()[-1]
    if not status:
        return None
    said = _last_line(job) or exit_message(status) or f"ended with status {status}"
    return f"{said}; {NO_TIME}" if status in watched.WARNED else said


def _last_line(job: Any) -> str:
    """The last error line that the job printed."""
    try:
        lines = job.paths.stderr.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    script = f"{Path(sys.argv[0]).name}: "
    said = [line.removeprefix(script) for line in lines if line.startswith(script)]
    return said[-1] if said else ""


def _left(running: Mapping[str, Any], cluster: str) -> str:
    """What happens to the jobs when this process ends, as a remedy."""
    if cluster == "local":
        for job in running.values():
            job.cancel()
        return AGAIN
    ids = " ".join(job.job_id for job in running.values())
    return f"jobs stay in SLURM's queue (scancel {ids} ends them); {AGAIN}"

"""The jobs of a sweep as commands: the command that runs each of them alone."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import JobReturn, JobStatus
from hydra.types import HydraContext
from omegaconf import DictConfig, open_dict

from command.sweep import OF_A_SWEEP, note_failed
from command.sweep_table import settle
from options.typed import option_of, quoted

# Options of the sweep that are not passed to its jobs, which are launched already.
OF_THE_LAUNCH = ("hydra/launcher", "hydra.launcher", "hydra/sweeper", "hydra.sweeper", "hydra.mode")


class Job(NamedTuple):
    """A job of a sweep.

    name: of its folder, within the folder of the sweep. overrides: from the sweep. command: starts
    the job, with `environment` in addition to the current environment.
    """

    name: str
    folder: Path
    overrides: Sequence[str]
    command: Sequence[str]
    environment: Mapping[str, str]

    @property
    def variables(self) -> dict[str, str]:
        """The whole environment of the job."""
        return {**os.environ, **self.environment}


def jobs_of(
    context: HydraContext, config: DictConfig, job_overrides: Sequence[Sequence[str]], first: int
) -> list[Job]:
    """The jobs with these overrides; first: the number of the first job, counted from 0."""
    kept = [item for item in config.hydra.overrides.hydra if not _is_of_the_launch(item)]
    jobs = []
    for number, overrides in enumerate(job_overrides, start=first):
        cfg = context.config_loader.load_sweep_config(config, list(overrides))
        with open_dict(cfg):
            cfg.hydra.job.id = str(number)
            cfg.hydra.job.num = number
        HydraConfig.instance().set_config(cfg)  # names of folders refer to it
        sweep = Path(cfg.hydra.sweep.dir).absolute()
        name = str(cfg.hydra.sweep.subdir)
        jobs.append(_job(sweep, name, [*overrides], kept))
    HydraConfig.instance().set_config(config)
    return jobs


def _job(sweep: Path, name: str, overrides: Sequence[str], kept: Sequence[str]) -> Job:
    arguments = [
        *kept,
        *(item for item in overrides if option_of(item) != "output"),
        f"output={quoted(str(sweep))}",
        f"hydra.run.dir={quoted(str(sweep / name))}",
        f"hydra.sweep.subdir={quoted(name)}",
        "hydra.mode=RUN",
    ]
    script = str(Path(sys.argv[0]).absolute())
    command = [sys.executable, script, *arguments]
    return Job(name, sweep / name, overrides, command, {OF_A_SWEEP: name})


def _is_of_the_launch(item: str) -> bool:
    return option_of(item).startswith(OF_THE_LAUNCH)


def announce(job: Job, number: int, count: int) -> None:
    """Print which job begins; number: counted from 1."""
    print(f"Job {number} of {count}: {job.name}", file=sys.stderr, flush=True)


def exit_message(status: int) -> str:
    """A message about a job that ended with `status`; "" if the job has printed it."""
    return f"was killed (signal {-status})" if status < 0 else ""


def all_ended(
    config: DictConfig, jobs: Sequence[Job], problems: Mapping[str, str]
) -> list[JobReturn]:
    """The results of `jobs` for Hydra; all jobs have ended.

    problems: by name, the reason why a job failed; "" if the job has printed it. Failed jobs are
    counted and are in the sweep's table.
    """
    for name, problem in problems.items():
        note_failed(name)
        if problem:
            script = Path(sys.argv[0]).name
            print(f"{script}: {name}: {problem}", file=sys.stderr, flush=True)
    params = config.hydra.sweeper.get("params")
    failed = {job.name: job.overrides for job in jobs if job.name in problems}
    settle(jobs[0].folder.parent, failed, params)
    returned = []
    for job in jobs:
        one = JobReturn(overrides=job.overrides, status=JobStatus.COMPLETED)
        one.return_value = None
        returned.append(one)
    return returned

"""Hydra's plugins of this project: launchers of jobs, and a sweeper that searches for options.

Hydra imports this package at every start of a script, so other modules are imported at their use.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from hydra.core.plugins import Plugins
from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig


class _Jobs(Launcher):
    """Launches each job as a separate process: a job that fails or is killed ends no other job.

    Each job may have child processes, such as loader workers.
    """

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Keep the context and the config, from which jobs are made."""
        self.context = hydra_context
        self.config = config

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Run the jobs with these overrides; returns after all have ended."""
        from command.jobs import all_ended, jobs_of

        named = jobs_of(self.context, self.config, job_overrides, initial_job_idx)
        jobs = [*{job.name: job for job in named}.values()]  # equal jobs run once
        return all_ended(self.config, jobs, self.run(jobs))

    @abstractmethod
    def run(self, jobs: Sequence) -> dict[str, str]:
        """Run `jobs` to their ends; returns the failures, by the names of the jobs."""


class SideBySide(_Jobs):
    """Runs up to `n_jobs` jobs at once on this machine, see command.side_by_side."""

    def __init__(self, n_jobs: int):
        self.n_jobs = n_jobs

    def run(self, jobs: Sequence) -> dict[str, str]:
        """As in the base class."""
        from command.side_by_side import run_side_by_side

        return run_side_by_side(jobs, self.n_jobs)


class Submitted(_Jobs):
    """Submits jobs by submitit, see command.submitting. options: of submitit's executor."""

    def __init__(self, cluster: str, at_once: int | None, **options: Any):
        self.cluster = cluster
        self.at_once = at_once
        self.options = options

    def run(self, jobs: Sequence) -> dict[str, str]:
        """As in the base class."""
        from command.submitting import run_submitted

        return run_submitted(jobs, self.cluster, self.at_once, self.options)


class Search(Sweeper):
    """Lets optuna choose the options of the launched jobs, see command.searching.

    params: the options of a sweep in an experiment; they are searched too.
    """

    def __init__(self, max_batch_size: int | None = None, params: Mapping[str, str] | None = None):
        self.params = params or {}

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Keep the context, the task and the config, from which trials are made."""
        self.context = hydra_context
        self.config = config
        self.launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=config
        )

    def sweep(self, arguments: list[str]) -> None:
        """Search the space that `arguments` span; returns after all trials of the study."""
        from command.searching import search

        of_experiment = [f"{option}={values}" for option, values in self.params.items()]
        search(self.context, self.config, self.launcher, [*of_experiment, *arguments])

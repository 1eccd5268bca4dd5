"""What Hydra looks for in a package of this name: how jobs are launched, and a search for options.

It is imported whenever a script starts, so it loads what it needs when that is used.
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
    """Launches jobs as processes of their own, so that one that fails or is killed ends no other.

    And each of them may have processes of its own, such as those that load its data.
    """

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Take what jobs are made of."""
        self.context = hydra_context
        self.config = config

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Run the jobs with these overrides; returns once all have ended."""
        from command.jobs import all_ended, jobs_of

        named = jobs_of(self.context, self.config, job_overrides, initial_job_idx)
        jobs = [*{job.name: job for job in named}.values()]  # a value typed twice is one job
        return all_ended(self.config, jobs, self.run(jobs))

    @abstractmethod
    def run(self, jobs: Sequence) -> dict[str, str]:
        """Run `jobs` to their ends; returns what ended those that failed, by name."""


class SideBySide(_Jobs):
    """On this machine, see command.side_by_side."""

    def __init__(self, n_jobs: int):
        self.n_jobs = n_jobs

    def run(self, jobs: Sequence) -> dict[str, str]:
        """As in the base class."""
        from command.side_by_side import run_side_by_side

        return run_side_by_side(jobs, self.n_jobs)


class Submitted(_Jobs):
    """As jobs of submitit, see command.submitting. options: those of its executor."""

    def __init__(self, cluster: str, at_once: int | None, **options: Any):
        self.cluster = cluster
        self.at_once = at_once
        self.options = options

    def run(self, jobs: Sequence) -> dict[str, str]:
        """As in the base class."""
        from command.submitting import run_submitted

        return run_submitted(jobs, self.cluster, self.at_once, self.options)


class Search(Sweeper):
    """Lets optuna choose what is launched, see command.searching.

    params: options of a sweep that an experiment knows; they are searched too.
    """

    def __init__(self, max_batch_size: int | None = None, params: Mapping[str, str] | None = None):
        self.params = params or {}

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Take what trials are made of."""
        self.context = hydra_context
        self.config = config
        self.launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=config
        )

    def sweep(self, arguments: list[str]) -> None:
        """Search the space that `arguments` span; returns once the study has its trials."""
        from command.searching import search

        of_experiment = [f"{option}={values}" for option, values in self.params.items()]
        search(self.context, self.config, self.launcher, [*of_experiment, *arguments])

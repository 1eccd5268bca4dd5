"""What every task is: the contract with training, judging and whatever opens a run.

enhance.py opens runs by it, and needs neither Lightning nor pandas, which take seconds to load: so
what trains or reads a corpus is imported where that is done, here and in modules of tasks.
"""

from __future__ import annotations

import shlex
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

from omegaconf import DictConfig

from models.cost import Costs
from models.enhancer import Enhancer
from models.known_costs import known_costs
from models.run import load_run, run_config, task_name
from models.system import System
from options.build import build
from options.typed import quoted
from text.words import Words

if TYPE_CHECKING:
    from datagen.datamodule import PlanData
    from datagen.pairs.pairs import PairedTest
    from datagen.recordings import Hearing
    from models.learner import Learner

Kind = TypeVar("Kind", bound="Task")


class Task(ABC):
    """What a batch means, what learns from it, and what a run then gives.

    A task is a class in tasks/ that is derived from this one; a file in conf/task names it, with
    its options as the arguments of the constructor. A part of that file with a `_target_` of its
    own, such as `network`, is no argument: the task builds it by the contract of that part.
    Constructors read no data.
    """

    # Those of PARTS that the task reads; the others have no place in its runs.
    groups: ClassVar[tuple[str, ...]] = ()
    # The scripts that its runs are for, as a training names them when it has ended.
    serves: ClassVar[tuple[str, ...]] = ("evaluate", "enhance")
    # What reports call its rows, and what these are grouped by.
    words: ClassVar[Words]
    # Whether runs that other recordings test are folds, whose tests an evaluation puts together.
    folds: ClassVar[bool] = False

    @abstractmethod
    def learner(self, cfg: DictConfig) -> Learner:
        """The untrained module that a training's config describes.

        Raises ValueError where a part of it is not what it must be, before any data is read.
        """

    @abstractmethod
    def batches(self, cfg: DictConfig, heard: Hearing) -> PlanData:
        """What the config trains and validates on; heard: called with its recordings."""

    def own_config(self, run: Path) -> DictConfig:
        """The config of `run`; ValueError where that is of another task."""
        cfg = run_config(run)
        if not isinstance(task_of(cfg), type(self)):
            own = type(self).__name__.lower()
            alone = shlex.quote(f"runs=[{quoted(str(run))}]")
            raise ValueError(
                f"{run}: is a run of task={task_name(cfg)}, and no answer to task={own}; leave it "
                f"out, or judge it by itself: python evaluate.py {alone} output=DIR"
            )
        return cfg

    @abstractmethod
    def system(self, run: Path, device: str) -> System:
        """What `run`, a training of this task, has learned, on `device`.

        Raises FileNotFoundError or ValueError where it is none, or is damaged.
        """

    @abstractmethod
    def beside(self, cfg: DictConfig) -> dict[str, System]:
        """What stands in every table of an evaluation, by name, before its runs.

        All others are compared with the first of them; all give answers of one kind, which is that
        of the runs, and metrics that take another have no place in the evaluation. No data is read.
        """

    def test(self, cfg: DictConfig) -> PairedTest:
        """What systems are judged on: by default the test of the config's mixing plan."""
        from datagen import from_config

        return from_config.test(cfg)

    def costs(self, cfg: DictConfig, cache: Path, say: Callable[[str], object]) -> Costs:
        """What the network of a training's config costs; by default as an enhancer does.

        See models.known_costs.
        """
        return known_costs(cfg, cache, say)

    def enhancers(self, run: Path) -> Mapping[str, Enhancer]:
        """What enhance.py puts a recording through, by what each adds to the name of its file.

        By default one alone, under "". Raises ValueError where runs of the task enhance nothing.
        """
        return {"": load_run(run)}


def task_of(cfg: DictConfig) -> Task:
    """The task of a config; ValueError where it is none, or its options are wrong."""
    options = {}
    for name, value in cfg.task.items():
        if not (isinstance(value, Mapping) and "_target_" in value):
            options[name] = value
    return build(options, Task)


def opened(run: Path, kind: type[Kind], lacks: str, training: str) -> tuple[DictConfig, Kind]:
    """The config of `run`, and its task, which must be of `kind`.

    Raises ValueError where it is of another task. Its message has `lacks`, why such a run does not
    serve ("composes nothing"), and `training`, the options of train.py that make one which does.
    """
    cfg = run_config(run)
    task = task_of(cfg)
    if not isinstance(task, kind):
        raise ValueError(
            f"{run}: is a run of task={task_name(cfg)} and {lacks}; give one of "
            f"python train.py {training} output=RUN"
        )
    return cfg, task


def system_of(run: Path, device: str = "cpu") -> System:
    """What a run of any task has learned, on `device`; raises as `Task.system` does."""
    return task_of(run_config(run)).system(run, device)


def costs_of(cfg: DictConfig, cache: Path, say: Callable[[str], object]) -> Costs:
    """See `Task.costs`, for a config of any task."""
    return task_of(cfg).costs(cfg, cache, say)


def enhancers_of(run: Path) -> Mapping[str, Enhancer]:
    """See `Task.enhancers`, for a run of any task."""
    return task_of(run_config(run)).enhancers(run)

"""The contract of every task with training, evaluation and all code that opens a run.

enhance.py opens runs through it, and needs neither Lightning nor pandas, which take seconds to
import. Code for training and for reading corpora is therefore imported inside functions, here and
in the modules of tasks.
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
from models.run import load_run, run_config, task_name
from models.system import OfRun, System
from options.build import build
from options.typed import quoted
from text.words import Words

if TYPE_CHECKING:
    from datagen.datamodule import PlanData
    from datagen.pairs.pairs import PairedTest
    from datagen.recordings import RecordingsCallback
    from models.learner import Learner

Kind = TypeVar("Kind", bound="Task")


class Task(ABC):
    """Defines the batches of a training, the module that learns from them, and the system of a run.

    A task is a subclass in tasks/; a file in conf/task names it, with its options as the arguments
    of the constructor. A part of that file with a `_target_`, such as `network`, is not an
    argument: the task builds it by the contract of that part. Constructors read no data.
    """

    # The PARTS that the task reads; the others are not in its runs' configs.
    groups: ClassVar[tuple[str, ...]] = ()
    # The scripts for its runs, which a training prints at its end.
    serves: ClassVar[tuple[str, ...]] = ("evaluate", "enhance")
    # The words of reports for its rows and their groups.
    words: ClassVar[Words]
    # Whether runs with different test recordings are folds, whose tests an evaluation combines.
    folds: ClassVar[bool] = False

    @abstractmethod
    def learner(self, cfg: DictConfig) -> Learner:
        """The untrained module of a training's config.

        Raises ValueError before any data is read if a part of the config is wrong.
        """

    @abstractmethod
    def batches(self, cfg: DictConfig, on_recordings: RecordingsCallback) -> PlanData:
        """The training and validation batches of the config.

        on_recordings: called with the tables of the recordings.
        """

    def own_config(self, run: Path) -> DictConfig:
        """The config of `run`; raises ValueError if it has another task."""
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
    def system(self, run: Path, device: str) -> OfRun:
        """The system of `run`, a training of this task, on `device`.

        Raises FileNotFoundError or ValueError if it is not a run, or is damaged.
        """

    @abstractmethod
    def beside(self, cfg: DictConfig) -> dict[str, System]:
        """The systems that every table of an evaluation shows beside its runs, by name.

        All others are compared with the first of them. All give the same kind of answer as the
        runs; metrics of another kind are not part of the evaluation. No data is read.
        """

    def test(self, cfg: DictConfig) -> PairedTest:
        """The test of systems: by default the test of the config's mixing plan."""
        from datagen import from_config

        return from_config.test(cfg)

    @abstractmethod
    def costs(self, cfg: DictConfig, cache: Path, say: Callable[[str], object]) -> Costs:
        """The costs of the network of a training's config, see `models.cost.costs_by_name`.

        They are cached under `cache`, see `models.known_costs.cached_costs`. say: called with a
        line before they are measured.
        """

    def enhancers(self, run: Path) -> Mapping[str, Enhancer]:
        """The enhancers of enhance.py, by the part that each adds to the name of its file.

        By default a single one, under "". Raises ValueError if runs of the task do not enhance, by
        default where they lack one of PARTS.
        """
        return {"": load_run(run)}


def task_of(cfg: DictConfig) -> Task:
    """The task of a config; raises ValueError if there is none, or its options are wrong."""
    options = {}
    for name, value in cfg.task.items():
        if not (isinstance(value, Mapping) and "_target_" in value):
            options[name] = value
    return build(options, Task)


def opened(run: Path, kind: type[Kind], lacks: str, training: str) -> tuple[DictConfig, Kind]:
    """The config of `run`, and its task, which must be of `kind`.

    Raises ValueError if it has another task. The message contains `lacks`, why such a run cannot be
    used ("composes nothing"), and `training`, the options of train.py for a usable run.
    """
    cfg = run_config(run)
    task = task_of(cfg)
    if not isinstance(task, kind):
        raise ValueError(
            f"{run}: is a run of task={task_name(cfg)} and {lacks}; give one of "
            f"python train.py {training} output=RUN"
        )
    return cfg, task


def system_of(run: Path, device: str = "cpu") -> OfRun:
    """The system of a run of any task, on `device`; raises the errors of `Task.system`."""
    return task_of(run_config(run)).system(run, device)


def costs_of(cfg: DictConfig, cache: Path, say: Callable[[str], object]) -> Costs:
    """See `Task.costs`, for a config of any task."""
    return task_of(cfg).costs(cfg, cache, say)


def enhancers_of(run: Path) -> Mapping[str, Enhancer]:
    """See `Task.enhancers`, for a run of any task."""
    return task_of(run_config(run)).enhancers(run)

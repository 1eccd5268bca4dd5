"""The metrics and baselines that the config of an evaluation chooses, built."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from omegaconf import DictConfig

from metrics.known import kind_of
from metrics.metric import Metric, Recogniser
from models.recognition.transcriber import Transcriber, outside_recogniser
from models.system import Enhancing
from options.build import build
from tasks.task import system_of
from text.answers import SPEECH, TEXT

Thing = TypeVar("Thing")


def chosen_metrics(cfg: DictConfig) -> dict[str, Metric]:
    """The config's metrics by name.

    Raises ValueError naming a metric that does not exist, whose options are wrong, or whose name
    does not begin with the name of its yaml.
    """
    metrics = _each(cfg, "metric", lambda node: build(node, Metric))
    for name, metric in metrics.items():
        kind, _ = kind_of(name)
        if kind is not type(metric):
            own = type(metric).__module__.rpartition(".")[2]
            raise ValueError(
                f"metric.{name}: tables know a score by its name, and this one is that of "
                f"metrics/{own}.py; call it {own} or {own}_{name}"
            )
        try:
            metric.open_recogniser(partial(_opened, device=cfg.device))
        except ValueError as error:
            raise ValueError(f"metric.{name}: {error}") from error
    return metrics


def _opened(run: str | None, by: str | None, device: str) -> Recogniser:
    """The recogniser in the folder `run`, or the outside recogniser `by`.

    Raises ValueError or FileNotFoundError if it is missing or not a recogniser.
    """
    return outside_recogniser(by) if run is None else Transcriber(Path(run), device, system_of)


def chosen_baselines(cfg: DictConfig) -> dict[str, Enhancing]:
    """The config's baselines by name.

    Raises ValueError naming a baseline that does not exist or whose options are wrong.
    """
    make = partial(
        build, contract=Enhancing, within="models.baselines", sample_rate=cfg.sample_rate
    )
    return _each(cfg, "baselines", make)


def _each(cfg: DictConfig, option: str, make: Callable[[DictConfig], Thing]) -> dict[str, Thing]:
    built_by_name = {}
    for name, node in cfg[option].items():
        try:
            built_by_name[name] = make(node)
        except ValueError as error:
            raise ValueError(f"{option}.{name}: {error}") from error
        except FileNotFoundError as error:
            raise FileNotFoundError(f"{option}.{name}: {error}") from error
    return built_by_name


def taking(kind: str, metrics: dict[str, Metric]) -> dict[str, Metric]:
    """The metrics for answers of this kind; raises ValueError if there are none."""
    fitting = {name: metric for name, metric in metrics.items() if metric.takes == kind}
    for name, metric in metrics.items():
        if kind == SPEECH and metric.facts.compares == TEXT and name not in fitting:
            raise ValueError(
                f"metric.{name}: enhancers give speech, and it has no recogniser to hear it; add "
                f"metric.{name}.run=RUN, of task=recognition, or metric.{name}.by=pocketsphinx"
            )
    if not fitting:
        raise ValueError(
            f"metric: none takes {kind}; add +metric@metric.NAME=NAME, of one that does"
        )
    return fitting


def require_no_reference(metrics: Mapping[str, Metric]) -> None:
    """Raise ValueError for a metric that compares with clean speech."""
    others = [f"~metric.{name}" for name, one in metrics.items() if one.facts.needs_reference]
    if others:
        raise ValueError(
            f"recordings have no clean speech to compare with; leave out {' '.join(others)}, or "
            "add experiment=recordings"
        )


def recogniser(
    metrics: Mapping[str, Metric], sample_rate: int
) -> Callable[[np.ndarray], str] | None:
    """The recogniser of the first metric that has one; None if there is none."""
    for metric in metrics.values():
        if metric.recognise is not None:
            return partial(metric.recognise, sample_rate=sample_rate)
    return None

"""Checks that the workers of a Dask cluster compute the same scores as this machine."""

import logging
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from command.message import named
from metrics.known import packages
from metrics.metric import Metric
from metrics.table import scores_of

Metrics = Mapping[str, Metric]

log = logging.getLogger(__name__)


def require_same_scores(client: Any, metrics: Mapping[int, Metrics]) -> None:
    """Raise ValueError naming a worker that cannot compute a score that this machine can.

    Notes different versions of libraries of workers. metrics: by sample rate.
    """
    libraries = {}
    for at_rate in metrics.values():
        libraries |= dict.fromkeys(packages(at_rate))
    _note_versions(client, libraries)
    for sample_rate, at_rate in metrics.items():
        _try_out(client, sample_rate, at_rate)


def _try_out(client: Any, sample_rate: int, metrics: Metrics) -> None:
    """Score a second of noise here and on every worker.

    Raises ValueError naming the first worker that cannot do what this machine can.
    """
    rng = np.random.default_rng(0)
    reference, noise = 0.1 * rng.standard_normal((2, sample_rate))
    pairs = [(0, reference, reference + noise, metrics)]
    here = scores_of(pairs, sample_rate)
    answers = client.run(scores_of, pairs, sample_rate, on_error="return")
    for worker, there in answers.items():
        problem = _problem(there, here)
        if problem:
            raise ValueError(f"{worker}: {problem}; install there what is installed here")


def _problem(there: Any, here: list) -> str:
    """The score that a worker cannot compute, as text; "" if there is none.

    there, here: the results of `scores_of` for one pair; there may be the error of the worker.
    """
    if isinstance(there, BaseException):
        return f"cannot score: {named(there)}"
    ((_, scores_there),) = there
    ((_, scores_here),) = here
    for name, (_, reason) in scores_there.items():
        _, reason_here = scores_here[name]
        if reason != reason_here:
            return f"metric.{name}: {reason}"
    return ""


def _note_versions(client: Any, libraries: Iterable[str]) -> None:
    """Compare each worker's versions of Python and of the libraries that affect scores."""
    pythons = client.run(platform.python_version)
    _note_others("Python", platform.python_version(), pythons)
    for library in libraries:
        answers = client.run(version, library, on_error="return")
        _note_others(library, version(library), answers)


def _note_others(library: str, here: str, answers: Mapping[str, Any]) -> None:
    """Note the versions that differ from `here`. answers: by worker, a version or an error."""
    others = set()
    for answer in answers.values():
        if isinstance(answer, PackageNotFoundError):
            others.add("none")
        else:
            others.add(str(answer))
    others.discard(here)
    if others:
        listed = ", ".join(sorted(others))
        log.warning("note: workers have %s %s, here it is %s", library, listed, here)

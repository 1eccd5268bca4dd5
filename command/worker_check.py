"""Checks that the workers of a Dask cluster compute the same scores as this machine."""

import logging
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from command.message import named
from metrics.known import packages
from metrics.metric import Metric
from metrics.table import scores_of
from reporting.scoring.work import prepared

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
    """Score the trial of every metric here and on every worker, as signals are sent to be scored.

    Raises ValueError naming the first worker that cannot do what this machine can.
    """
    pairs = []
    for number, (name, metric) in enumerate(metrics.items()):
        reference, answer = metric.trial(sample_rate)
        taken = prepared(metric, answer, sample_rate)
        pairs.append((number, reference, taken, {name: metric.portable()}))
    here = scores_of(pairs, sample_rate)
    answers = client.run(scores_of, pairs, sample_rate, on_error="return")
    for worker, there in answers.items():
        problem = _problem(there, here)
        if problem:
            raise ValueError(f"{worker}: {problem}; install there what is installed here")


def _problem(there: Any, here: list) -> str:
    """The score that a worker cannot compute, as text; "" if there is none.

    there, here: the results of `scores_of`; there may be the error of the worker.
    """
    if isinstance(there, BaseException):
        return f"cannot score: {named(there)}"
    for (_, scores_there), (_, scores_here) in zip(there, here, strict=True):
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

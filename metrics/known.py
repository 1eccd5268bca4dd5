"""The facts of a score by the name of its column, which begins with the metric's file name."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from inspect import getmembers, isabstract, isclass
from types import MappingProxyType

from metrics.facts import Facts
from metrics.metric import Metric

CHOSEN: ContextVar[Mapping[str, Facts]] = ContextVar("facts", default=MappingProxyType({}))


@contextmanager
def computed_by(metrics: Mapping[str, Metric]) -> Iterator[None]:
    """In the block, `facts` gives those of `metrics`, whose options may have changed them.

    >>> from metrics.si_sdr import SISDR
    >>> other = SISDR()
    >>> other.facts = other.facts._replace(label="SI-SDR, other")
    >>> with computed_by({"si_sdr": other}):
    ...     facts("si_sdr").label
    'SI-SDR, other'
    """
    other = {name: one.facts for name, one in metrics.items() if one.facts != type(one).facts}
    before = CHOSEN.set({name: _named(own, kind_of(name)[1]) for name, own in other.items()})
    try:
        yield
    finally:
        CHOSEN.reset(before)


def facts(score: str) -> Facts:
    """The facts of the score in the column named `score`.

    "stoi" is the metric of metrics/stoi.py. "stoi_other" is the same metric; its label ends in the
    rest of the name. For an unknown name the only fact is the name, its label.

    >>> facts("stoi").head, facts("stoi_other").label, facts("none_of_ours").label
    ('STOI %', 'STOI other', 'none_of_ours')
    """
    chosen = CHOSEN.get().get(score)
    if chosen is not None:
        return chosen
    kind, more = kind_of(score)
    return Facts(score, digits=3) if kind is None else _named(kind.facts, more)


def _named(own: Facts, more: str) -> Facts:
    return own._replace(label=f"{own.label} {more}") if more else own


@cache
def kind_of(score: str) -> tuple[type[Metric] | None, str]:
    """The metric whose file name begins `score` (the longest such name), and the rest of `score`.

    >>> kind_of("sdr_by_mir_eval")
    (<class 'metrics.sdr.SDR'>, 'by mir eval')
    """
    words = score.split("_")
    for count in range(len(words), 0, -1):
        kind = _defined_in("_".join(words[:count]))
        if kind is not None:
            return kind, " ".join(words[count:])
    return None, ""


def packages(metrics: Mapping[str, Metric]) -> list[str]:
    """The packages whose versions decide any score of `metrics`, each once.

    >>> from metrics.si_sdr import SISDR
    >>> packages({"si_sdr": SISDR()})
    ['numpy', 'scipy']
    """
    names = {}
    for metric in metrics.values():
        names |= dict.fromkeys(metric.facts.packages)
    return list(names)


def _defined_in(name: str) -> type[Metric] | None:
    """The only metric of a module of this package; None for another module."""
    module = f"{__package__}.{name}"
    if not name.isidentifier() or find_spec(module) is None:
        return None
    metrics = []
    for _, kind in getmembers(import_module(module), isclass):
        if kind.__module__ == module and issubclass(kind, Metric) and not isabstract(kind):
            metrics.append(kind)
    return metrics[0] if len(metrics) == 1 else None

"""The headline scores: those that a report chose, or by default those of their metrics' facts."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from metrics.known import facts

CHOSEN: ContextVar[Sequence[str]] = ContextVar("headline scores", default=())


@contextmanager
def showing(scores: Sequence[str]) -> Iterator[None]:
    """A context in which `scores` are the headline scores, in this order; if empty, the default."""
    before = CHOSEN.set(tuple(scores))
    try:
        yield
    finally:
        CHOSEN.reset(before)


def headlines(names: Iterable[str]) -> list[str]:
    """The headline scores among `names`, in the order of the tables; all names without any."""
    computed = list(dict.fromkeys(names))
    chosen = [score for score in CHOSEN.get() if score in computed]
    placed = [score for score in computed if facts(score).place]
    placed.sort(key=lambda score: facts(score).place)
    return chosen or placed or computed


def ranking(names: Iterable[str]) -> str:
    """The headline score among `names` by which systems are ranked."""
    shown = headlines(names)
    ranks = [score for score in shown if facts(score).ranks]
    return (ranks or shown)[0]

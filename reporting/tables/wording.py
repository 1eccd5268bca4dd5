"""The words of the task in a report."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from reporting.scores_table import MIXTURE
from text.words import ENHANCEMENT, Words

CHOSEN: ContextVar[Words] = ContextVar("words of a task", default=ENHANCEMENT)


@contextmanager
def speaking(words: Words) -> Iterator[None]:
    """A context in which a report uses these words."""
    before = CHOSEN.set(words)
    try:
        yield
    finally:
        CHOSEN.reset(before)


def words() -> Words:
    """The words of the task; by default those of enhancement."""
    return CHOSEN.get()


def called(system: str) -> str:
    """The name of a system in a table; the task names the system that all are compared with."""
    return words().base_name if system == MIXTURE else system


def by_speakers(text: str) -> str:
    """A sentence about speakers, with the task's word for what rows are a sample of."""
    if words().conditions != "noise":
        text = text.removesuffix(", for the noises of this test")
    return text.replace("speakers", words().speakers)

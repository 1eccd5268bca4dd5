"""The words of the task that a report is about."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from reporting.scores_table import MIXTURE
from text.words import ENHANCEMENT, Words

CHOSEN: ContextVar[Words] = ContextVar("words of a task", default=ENHANCEMENT)


@contextmanager
def speaking(words: Words) -> Iterator[None]:
    """Within it a report uses these words."""
    before = CHOSEN.set(words)
    try:
        yield
    finally:
        CHOSEN.reset(before)


def words() -> Words:
    """Those of the task; of enhancement where none was chosen."""
    return CHOSEN.get()


def called(system: str) -> str:
    """What a table calls a system: what all is compared with has a name of the task."""
    return words().base_name if system == MIXTURE else system


def by_speakers(text: str) -> str:
    """A sentence on speakers, of what rows are a sample here."""
    if words().conditions != "noise":
        text = text.removesuffix(", for the noises of this test")
    return text.replace("speakers", words().speakers)

"""Predictors of tunes as systems of a test: their answer is the cross-entropy of every token."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from models.melody.next_note import NextNote
from models.melody.ngram import NGram
from models.melody.perplexity import token_nats
from models.system import Answer, OfRun, System
from text.answers import NOTES


class Composer(OfRun):
    """The trained network of a run of task=melody; content: names its config and weights."""

    gives = NOTES

    def __init__(self, folder: Path, network: NextNote, content: str):
        self.folder, self.network, self.content = folder, network, content

    def answers(self, batch: Mapping[str, Any]) -> Sequence[Answer]:
        """In nats, of all tokens but the first: [token - 1] each."""
        return [token_nats(self.network, notes) for notes in batch[NOTES]]

    @property
    def made_of(self) -> Any:
        """Its config and weights."""
        return self.content


class Counting(System):
    """An n-gram model; learned: gives it, called at the first use. order: of the n-gram."""

    gives = NOTES

    def __init__(self, learned: Callable[[], NGram], order: int):
        self._learned, self.order = learned, order

    @cached_property
    def counts(self) -> NGram:
        """The learned n-gram model."""
        return self._learned()

    def answers(self, batch: Mapping[str, Any]) -> Sequence[Answer]:
        """In nats, of all tokens but the first: [token - 1] each."""
        counts = self.counts
        return [np.array(counts.token_nats(notes, self.order)) for notes in batch[NOTES]]

    @property
    def made_of(self) -> Any:
        """None: only it knows its training tunes, and it needs no cache, as it is fast."""
        return None

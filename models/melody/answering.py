"""Predictors of tunes as systems of a test: their answer is the cross-entropy of every token."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from models.melody.next_note import NextNote
from models.melody.ngram import NGram
from models.system import Answer, OfRun, System


class Composer(OfRun):
    """The trained network of a run of task=melody. content: names its config and weights."""

    gives: ClassVar[str] = "notes"

    def __init__(self, folder: Path, network: NextNote, content: str):
        self.folder, self.network, self.content = folder, network, content

    @torch.no_grad()
    def answers(self, batch: Mapping[str, Any]) -> Sequence[Answer]:
        """In nats, of all tokens but the first: [token - 1] each."""
        found = []
        for notes in batch["notes"]:
            tokens = notes.long()[None]
            logits, _ = self.network(tokens[:, :-1])
            nats = cross_entropy(logits[0].double(), tokens[0, 1:], reduction="none")
            found.append(nats.cpu().numpy())
        return found

    @property
    def made_of(self) -> Any:
        """Its config and weights."""
        return self.content


class Counting(System):
    """An n-gram model: `learned` gives it at the first use; order: the tokens that it looks at."""

    gives: ClassVar[str] = "notes"

    def __init__(self, learned: Callable[[], NGram], order: int):
        self._learned, self.order = learned, order

    @cached_property
    def counts(self) -> NGram:
        """The learned n-gram model."""
        return self._learned()

    def answers(self, batch: Mapping[str, Any]) -> Sequence[Answer]:
        """In nats, of all tokens but the first: [token - 1] each."""
        found = []
        for notes in batch["notes"]:
            tokens = [int(token) for token in notes.tolist()]
            places = range(1, len(tokens))
            chances = [self.counts.probability(tokens, place, self.order) for place in places]
            found.append(-np.log(chances))
        return found

    @property
    def made_of(self) -> Any:
        """None: it learns from tunes that it alone knows, and takes almost no time."""
        return None

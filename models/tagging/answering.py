"""A trained tagger as a system of a test, and the systems that it is compared with."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from models.system import OfRun, System
from models.tagging.tagger import Tagger
from text.answers import LABEL


class TaggerRun(OfRun):
    """The tagger of a run of this task, at its best epoch on validation."""

    gives = LABEL

    def __init__(self, folder: Path, tagger: Tagger, classes: Sequence[str], content: str):
        self.folder, self.tagger = folder, tagger
        self.classes, self.content = classes, content

    @torch.no_grad()
    def answers(self, batch: Mapping[str, Any]) -> list[str]:
        """The class with the highest score, for each clip."""
        best = self.tagger.scores(batch["mixture"], batch["length"]).argmax(-1)
        return [self.classes[number] for number in best.tolist()]

    @property
    def made_of(self) -> Any:
        """Its config and weights."""
        return [self.content]


class Always(System):
    """Always answers with the same class."""

    gives = LABEL

    def __init__(self, label: str):
        self.label = label

    def answers(self, batch: Mapping[str, Any]) -> list[str]:
        """The class, for each clip."""
        return [self.label] * len(batch["mixture"])

    @property
    def made_of(self) -> Any:
        """The class."""
        return ["always", self.label]


class Labels(System):
    """Answers with the true class."""

    gives = LABEL

    def answers(self, batch: Mapping[str, Any]) -> list[str]:
        """The labels of the test."""
        return batch[LABEL]

    @property
    def made_of(self) -> Any:
        """None: the answer differs for each clip."""
        return None

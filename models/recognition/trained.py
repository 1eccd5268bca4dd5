"""A trained recogniser as a system: from a signal to text."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from models.recognition.decoding import Decoder
from models.recognition.recogniser import Recogniser
from models.system import OfRun, System
from text.alphabet import needed
from text.answers import TEXT
from text.spelling import plain


class RecognitionRun(OfRun):
    """The recogniser of a run; part: the signal that it transcribes, "mixture" or "clean".

    folder: of its run. decoder: from log-probabilities to tokens. spell: from tokens to text.
    content: the plain values that decide its answers.
    """

    gives = TEXT

    def __init__(
        self,
        folder: Path,
        recogniser: Recogniser,
        decoder: Decoder,
        spell: Callable[[Sequence[int]], str],
        content: Any,
        part: str = "mixture",
    ):
        self.folder, self.recogniser = folder, recogniser
        self.decoder, self.spell = decoder, spell
        self.content, self.part = content, part

    def answers(self, batch: Mapping[str, Any]) -> Sequence[str]:
        """The transcripts of the batch.

        Raises ValueError where a reference has more characters than the network has steps: CTC
        writes at most one character per step.
        """
        lengths = batch["length"].tolist()
        for text, samples in zip(batch.get("text", ()), lengths, strict=False):
            said, steps = plain(text), self.recogniser.steps(samples)
            if needed(said) > steps:
                raise ValueError(
                    f"{len(said)} characters are said in {samples} samples, which are {steps} "
                    f"steps to the network, and it takes {needed(said)} to write them"
                )
        return self.texts(batch[self.part], batch["length"])

    @torch.no_grad()
    def texts(self, signal: Tensor, length: Tensor) -> list[str]:
        """The texts of signals [batch, time] of `length` [batch]; "" for less than a frame."""
        if self.recogniser.features.frames(int(length.min())) == 0:
            shorter = torch.zeros(signal.shape[0], self.recogniser.features.hop)
            signal = torch.cat([signal, shorter.to(signal)], 1)
            length = length + self.recogniser.features.hop
        log_probabilities, steps = self.recogniser.log_probabilities(signal.float(), length)
        texts = []
        for of_signal, count in zip(log_probabilities.cpu().numpy(), steps.tolist(), strict=True):
            texts.append(self.spell(self.decoder(of_signal[:count])))
        return texts

    def variants(self) -> Mapping[str, System]:
        """The same recogniser for the clean speech, as "clean"."""
        parts = self.folder, self.recogniser, self.decoder, self.spell, self.content
        return {"clean": RecognitionRun(*parts, part="clean")}

    @property
    def made_of(self) -> Any:
        """Its config and weights, its n-gram, and the transcribed signal."""
        return [self.content, self.part]


class Speechless(System):
    """Gives empty transcripts: every character of the reference is an error."""

    gives = TEXT

    def answers(self, batch: Mapping[str, Any]) -> Sequence[str]:
        """An empty text for each mixture."""
        return [""] * len(batch["length"])

    @property
    def made_of(self) -> Any:
        """Its name, as it has no options."""
        return "speechless"

"""A trained recogniser as a system: from a signal to text."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from models.recognition.decoding import Decoder
from models.recognition.recogniser import Recogniser
from models.system import OfRun, System
from text.alphabet import needed
from text.spelling import plain


class RecognitionRun(OfRun):
    """What a recogniser hears of `part` of a mixture: "mixture", or "clean".

    folder: of its run. decoder: from chances to tokens, spell: from these to text. content: names
    all that decides what it gives.
    """

    gives: ClassVar[str] = "text"

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
        """The texts, one by one.

        Raises ValueError where more characters are said than the network has steps: connectionist
        temporal classification writes one a step at most.
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
        """[batch, time] with `length` [batch] -> a text each, "" where it is below one frame."""
        if self.recogniser.features.frames(int(length.min())) == 0:
            shorter = torch.zeros(signal.shape[0], self.recogniser.features.hop)
            signal = torch.cat([signal, shorter.to(signal)], 1)
            length = length + self.recogniser.features.hop
        log_chances, steps = self.recogniser.heard(signal.float(), length)
        texts = []
        for chances, count in zip(log_chances.cpu().numpy(), steps.tolist(), strict=True):
            texts.append(self.spell(self.decoder(chances[:count])))
        return texts

    def of_clean(self) -> "RecognitionRun":
        """What it hears of the clean speech."""
        parts = self.folder, self.recogniser, self.decoder, self.spell, self.content
        return RecognitionRun(*parts, part="clean")

    @property
    def made_of(self) -> Any:
        """Its config and weights, its n-gram, and what it hears."""
        return [self.content, self.part]


class Speechless(System):
    """Answers nothing: all that is said is an error."""

    gives: ClassVar[str] = "text"

    def answers(self, batch: Mapping[str, Any]) -> Sequence[str]:
        """An empty text for each mixture."""
        return [""] * len(batch["length"])

    @property
    def made_of(self) -> Any:
        """Nothing but itself."""
        return "speechless"

"""The oracle of a target: its ideal value, from the clean speech."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from dsp.stft import STFT
from models.system import SpeechSystem, parts
from models.targets.target import Target


class Oracle(SpeechSystem):
    """Puts the ideal estimate of `target` in the place of the mixture.

    stft: on the device of its batches.
    """

    def __init__(self, stft: STFT, target: Target):
        self.stft = stft
        self.target = target

    def enhance_batch(self, batch: Mapping[str, Tensor]) -> Tensor:
        """The enhanced waveforms from "mixture" and "clean" [batch, time]: [batch, time]."""
        mixture = self.stft(batch["mixture"])
        clean = self.stft(batch["clean"])
        reference = self.target.reference(clean, mixture)
        ideal = self.target.ideal(reference, self.target.components(mixture))
        enhanced = self.target.spectrum(ideal, mixture)
        return self.stft.inverse(enhanced, batch["mixture"].shape[-1])

    @property
    def made_of(self) -> Any:
        """The parts of its target and of its transform."""
        target = parts(self.target)
        if target is None:
            return None
        return ["oracle", target, *self.stft.made_of]

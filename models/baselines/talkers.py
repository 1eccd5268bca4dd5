"""The reference systems of separation: the mixture for each talker, and the ideal ratio mask."""

from collections.abc import Mapping, Sequence
from typing import Any

from dsp.stft import STFT
from models.system import Answer, System, parts
from text.answers import TALKERS

SMALLEST = 1e-12  # where both talkers are silent


class Unseparated(System):
    """The mixture itself as every talker."""

    gives = TALKERS

    def answers(self, batch: Mapping[str, Any]) -> Sequence[Answer]:
        """The mixture, repeated for each talker: [talker, time] each."""
        mixtures = batch["mixture"].unsqueeze(1).expand_as(batch[TALKERS])
        return list(mixtures.cpu().double().numpy())

    @property
    def made_of(self) -> Any:
        """Only its class."""
        return parts(self)


class IdealRatioMask(System):
    """Each talker's share of the summed magnitudes in every bin, times the mixture.

    It knows the talkers, and shows the possible quality of a mask with the mixture's phase (Kolbaek
    et al., 2017, section II-B, list the ideal masks).
    """

    gives = TALKERS

    def __init__(self, stft: STFT):
        self.stft = stft

    def answers(self, batch: Mapping[str, Any]) -> Sequence[Answer]:
        """The talkers in their own order: [talker, time] each."""
        magnitudes = self.stft(batch[TALKERS]).abs()  # [batch, talker, freq, frame]
        masks = magnitudes / magnitudes.sum(1, keepdim=True).clamp_min(SMALLEST)
        separated = masks * self.stft(batch["mixture"]).unsqueeze(1)
        waveforms = self.stft.inverse(separated, batch["mixture"].shape[-1])
        return list(waveforms.cpu().double().numpy())

    @property
    def made_of(self) -> Any:
        """Its class and its transform."""
        return [type(self).__qualname__, *self.stft.made_of]

"""Draws the variety of training rows; each option has a separate generator."""

from collections.abc import Callable
from typing import Any

import numpy as np

from datagen.band_limit import draw_band
from datagen.long_noise import LongNoise
from datagen.present import draw_present
from datagen.protocol import Protocol
from datagen.several_noises import draw_further, draw_further_count
from datagen.spectral_shape import draw_filter

# Numbers of the generators, so that options do not affect each other; 1 orders speech.
PRESENT, NOISES, FILTERS, BAND = 2, 3, 4, 5


class Variety:
    """Draws the columns `datagen.row.of_training` of one row.

    The columns that depend on shares are drawn once; further noises are cut again with every cut of
    a row. generator: gives a new generator for one of the numbers above.
    """

    def __init__(
        self,
        protocol: Protocol,
        sample_rate: int,
        generator: Callable[[int], np.random.Generator],
    ):
        self.protocol = protocol
        self._noises = generator(NOISES)
        self._further_count = draw_further_count(protocol, self._noises)
        filters = generator(FILTERS)
        self._once = {
            "present": draw_present(protocol, generator(PRESENT)),
            "speech_filter": draw_filter(protocol, filters),
            "noise_filter": draw_filter(protocol, filters),
            "band": draw_band(protocol, sample_rate, generator(BAND)),
        }

    def columns(self, noise: LongNoise, is_audible: Callable[[str, int], bool]) -> dict[str, Any]:
        """The columns for the next cut from `noise`; see draw_further."""
        count = self._further_count
        further = draw_further(self.protocol, noise, count, is_audible, self._noises)
        return {**self._once, **further}

"""Stretches of noise, joined to one long noise from which excerpts are cut."""

from typing import NamedTuple

import numpy as np
import pandas as pd


class LongNoise(NamedTuple):
    """Stretches, joined to one noise.

    ids: of the stretches. starts: first sample of each in its recording. ends: the end of each in
    the long noise, after a first 0.
    """

    ids: list[str]
    starts: np.ndarray
    ends: np.ndarray

    @classmethod
    def of(cls, stretches: pd.DataFrame) -> "LongNoise":
        """All `stretches` (see datagen.recordings), in the order of the table."""
        lengths = stretches.stop - stretches.start
        ends = np.cumsum([0, *lengths])
        return cls(stretches.id.tolist(), stretches.start.to_numpy(), ends)

    def cut(self, rng: np.random.Generator) -> tuple[str, int]:
        """The beginning of a cut drawn at random: the stretch, and the sample of its recording."""
        point = int(rng.integers(self.ends[-1]))
        position = int(np.searchsorted(self.ends, point, side="right")) - 1
        start = self.starts[position] + point - self.ends[position]
        return self.ids[position], int(start)

"""noisereduce, a spectral gate: it mutes magnitudes that do not exceed their bin's recent level."""

import numpy as np

from models.baselines.peer import Peer


class NoiseReduce(Peer):
    """Its non-stationary mode, which uses past and future (Sainburg et al., 2020).

    time_constant_s: of a bin's level. threshold: a kept magnitude exceeds the level by so many
    times the level. share: the removed share of other magnitudes. All other options are the
    package's defaults. There is no delay: windows are centred, and filters run in both directions.
    Raises ValueError for options out of range.
    """

    package = "noisereduce"
    module = "noisereduce"

    def __init__(
        self,
        sample_rate: int,
        time_constant_s: float = 2.0,
        threshold: float = 2.0,
        share: float = 1.0,
    ):
        if not (0.1 <= time_constant_s <= 60 and 0 < threshold <= 100 and 0 < share <= 1):
            raise ValueError(
                f"time_constant_s={time_constant_s:g}, threshold={threshold:g}, share={share:g}: "
                "must be from 0.1 to 60, above 0 and at most 100, above 0 and at most 1"
            )
        super().__init__(sample_rate)
        self.time_constant_s = time_constant_s
        self.threshold = threshold
        self.share = share

    def process(self, samples: np.ndarray) -> np.ndarray:
        """The whole signal at once: [time] -> [time]."""
        return self.loaded().reduce_noise(
            samples,
            self.sample_rate,
            stationary=False,
            time_constant_s=self.time_constant_s,
            thresh_n_mult_nonstationary=self.threshold,
            prop_decrease=self.share,
            chunk_size=None,  # with chunks it writes to the disk, and fails on a silent chunk
        )

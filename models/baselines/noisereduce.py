"""noisereduce, a spectral gate: what does not stand out from its bin's recent level is muted."""

import numpy as np

from models.baselines.peer import Peer


class NoiseReduce(Peer):
    """Its non-stationary mode, which looks both ways (Sainburg et al., 2020).

    time_constant_s: of a bin's level. threshold: how many times that level a magnitude has to lie
    above it. share: of the others that is taken away. All else is as the package has it. There is
    no delay: its windows are centred, its filters run forwards and backwards.
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
            chunk_size=None,  # in chunks it would write to the disk, and fail on a silent one
        )

"""Speex's preprocessor, an Ephraim-Malah estimator of magnitudes in bands and bins."""

import numpy as np

from models.baselines.peer import Peer, in_16_bits

FRAME = 160  # samples: 10 ms


class Speex(Peer):
    """The noise suppression of SpeexDSP (Valin; speex.org), without its automatic gain.

    attenuation_db: the largest attenuation of noise, in whole dB; Speex's own default is 15. Raises
    ValueError outside of 1 to 60.
    """

    package = "pyspeex-noise"
    module = "pyspeex_noise"
    rate = 16000
    delay = FRAME  # the overlap of its windows

    def __init__(self, sample_rate: int, attenuation_db: int = 15):
        if not (1 <= attenuation_db <= 60 and attenuation_db == int(attenuation_db)):
            raise ValueError(
                f"attenuation_db={attenuation_db:g}: must be a whole number from 1 to 60"
            )
        super().__init__(sample_rate)
        self.attenuation_db = int(attenuation_db)

    def process(self, samples: np.ndarray) -> np.ndarray:
        """See `Peer.process`; successive frames."""
        no_automatic_gain = 0
        processor = self.loaded().AudioProcessor(no_automatic_gain, -self.attenuation_db)
        return in_16_bits(samples, FRAME, processor.process_10ms)

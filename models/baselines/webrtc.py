"""The noise suppression of WebRTC, as in calls in browsers."""

import numpy as np

from models.baselines.peer import Peer, in_16_bits

FRAME = 160  # samples: 10 ms
TRANSFORM = 256  # samples of its windows
LEVELS = {1: 6, 2: 12, 3: 18, 4: 21}  # level: attenuation of noise in dB


class WebRTC(Peer):
    """A Wiener filter guided by the probability of speech, behind a high-pass (webrtc.org).

    level: 1 to 4, an attenuation of noise by 6, 12, 18 or 21 dB. Its automatic gain is off. Raises
    ValueError for another level.
    """

    package = "webrtc-noise-gain"
    module = "webrtc_noise_gain"
    rate = 16000
    delay = TRANSFORM - FRAME  # the overlap of its windows

    def __init__(self, sample_rate: int, level: int = 2):
        if level not in LEVELS:
            levels = ", ".join(f"{one} ({db} dB)" for one, db in LEVELS.items())
            raise ValueError(f"level={level!r}: must be one of {levels}")
        super().__init__(sample_rate)
        self.level = level

    def process(self, samples: np.ndarray) -> np.ndarray:
        """See `Peer.process`; successive frames."""
        no_automatic_gain = 0
        processor = self.loaded().AudioProcessor(no_automatic_gain, self.level)
        return in_16_bits(samples, FRAME, lambda frame: processor.Process10ms(frame).audio)

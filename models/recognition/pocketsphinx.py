"""PocketSphinx (BSD) as an outside recogniser of English, with the model of its wheel."""

from functools import cache
from typing import Any

import numpy as np

from options.extras import install

RATE = 16000  # Hz


class PocketSphinx:
    """Recognises words in a signal; it is picklable, and each process makes its own decoder."""

    sample_rate = RATE
    folder = None

    def __init__(self):
        _require()

    def __call__(self, signal: np.ndarray, sample_rate: int) -> str:
        """The words in a signal [time] at 16 kHz."""
        decoder = _decoder()
        pcm = np.rint(np.clip(signal, -1, 1) * 32767).astype(np.int16)
        decoder.start_utt()
        decoder.process_raw(pcm.tobytes(), full_utt=True)
        decoder.end_utt()
        hypothesis = decoder.hyp()
        return "" if hypothesis is None else hypothesis.hypstr

    @property
    def made_of(self) -> Any:
        """Its version."""
        from importlib.metadata import version

        return ["pocketsphinx", version("pocketsphinx")]


def _require() -> Any:
    try:
        import pocketsphinx
    except ImportError as error:
        raise ValueError(f"by=pocketsphinx needs its package: {install('pocketsphinx')}") from error
    return pocketsphinx


@cache
def _decoder() -> Any:
    return _require().Decoder(samprate=RATE, loglevel="FATAL")

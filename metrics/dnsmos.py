"""The common base of the DNSMOS scores: the networks of the package speechmos, run once for all."""

import importlib
from abc import abstractmethod
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from metrics.facts import Facts
from metrics.metric import Metric
from options.extras import install

PACKAGES = ("speechmos", "onnxruntime", "librosa", "numpy")  # their versions decide a score
NEEDED = ("librosa", "onnxruntime", "requests", "speechmos")  # requests is imported but not used
SAMPLE_RATE = 16000


def predicted(label: str, what: str, source: str) -> Facts:
    """The facts of a rating; what: the rated quality. source: the standard and the paper.

    >>> predicted("DNSMOS SIG", "signal distortion", "ITU-T P.835 (Reddy et al., 2022)").lowest
    1.0
    """
    return Facts(
        label,
        f"{what}, predicted rating by {source}, speechmos",
        lowest=1.0,
        highest=5.0,
        needs_reference=False,
        packages=PACKAGES,
    )


class DNSMOS(Metric):
    """A rating from 1 to 5 that a network predicts from the estimate alone, at 16 kHz.

    Raises ValueError where a required package is not installed.

    >>> sorted(DNSMOS.__abstractmethods__)  # what a score adds
    ['facts', 'name']
    """

    sample_rates = (SAMPLE_RATE,)

    def __init__(self):
        for module in NEEDED:
            _required(module)

    @property
    @abstractmethod
    def name(self) -> str:
        """The name of the score in speechmos: an attribute of the class."""

    def score(self, reference: None, estimate: np.ndarray, sample_rate: int) -> float:
        """See the class. The score depends on the level; samples above full scale are clipped."""
        return ratings(estimate.clip(-1, 1).tobytes())[self.name]


@lru_cache(maxsize=1)
def ratings(estimate: bytes) -> dict[str, float]:
    """All four ratings by speechmos of float64 samples [time] at 16 kHz in [-1, 1].

    A rating is the mean over windows of 9.01 s, one every second. A shorter signal is repeated
    until it fills a window.

    >>> ratings.cache_info().maxsize  # the four scores of a signal come one after the other
    1
    """
    rated = _networks()(np.frombuffer(estimate), SAMPLE_RATE, is_personalized_MOS=False)
    return {name: float(value) for name, value in rated.items()}


def _required(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ValueError(
            f"DNSMOS needs {module} of the extra 'mos' ({error}); {install('mos')}"
        ) from error


@cache
def _networks() -> Any:
    """The networks of the package, limited to one thread: other processes score in parallel."""
    dnsmos, onnxruntime = _required("speechmos.dnsmos"), _required("onnxruntime")
    folder = Path(dnsmos.__file__).parent / "dnsmos_models"
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only
    networks = dnsmos.DNSMOS.__new__(dnsmos.DNSMOS)  # its constructor takes no options
    for session, name in (("onnx_sess", "sig_bak_ovr"), ("p808_onnx_sess", "model_v8")):
        path = str(folder / f"{name}.onnx")
        setattr(networks, session, onnxruntime.InferenceSession(path, options))
    return networks

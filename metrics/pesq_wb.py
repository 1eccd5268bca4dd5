"""PESQ wide-band, as MOS-LQO."""

from functools import lru_cache

import numpy as np

from metrics.facts import Facts
from metrics.metric import Metric
from metrics.p862 import PACKAGES, lqo, require_engine


class PESQWideband(Metric):
    """Wide-band PESQ as MOS-LQO, 1.02 to 4.644 (ITU-T P.862.2). 16 kHz only.

    engine: the package "pesq", or "pesqc2", which has Corrigendum 2 (2018): its scores are higher,
    and not comparable with others. Raises ValueError for another engine, or a missing package. The
    score of the last pair is cached: composite scores ask for the same pair.

    >>> noise = np.random.default_rng(0).standard_normal(16000)
    >>> round(PESQWideband()(noise, noise, 16000), 3)
    4.644
    """

    facts = Facts(
        "PESQ-WB",
        "ITU-T P.862.2, wide band, MOS-LQO, as the package pesq has it: without Corrigendum 2",
        lowest=1.02,
        highest=4.644,
        packages=PACKAGES,
    )
    sample_rates = (16000,)

    def __init__(self, engine: str = "pesq"):
        require_engine(engine)
        self.engine = engine
        if engine == "pesqc2":
            self.facts = self.facts._replace(
                label="PESQ-WB C2",
                definition="ITU-T P.862.2 with Corrigendum 2, wide band, MOS-LQO, as the package "
                "pesqc2 has it",
                packages=("pesqc2", "numpy", "scipy"),
            )

    def score(self, reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
        """See the class; raises NotComputable like `metrics.p862.lqo`."""
        return _remembered(reference.tobytes(), estimate.tobytes(), sample_rate, self.engine)


@lru_cache(maxsize=1)
def _remembered(reference: bytes, estimate: bytes, sample_rate: int, engine: str) -> float:
    return lqo(np.frombuffer(reference), np.frombuffer(estimate), sample_rate, "wb", engine)

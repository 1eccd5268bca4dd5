"""What STOI and ESTOI share: who computes them, and which signals have no such score."""

from collections.abc import Callable

import numpy as np

from metrics.guard import NotComputable, checked
from metrics.third_octaves import segments

ENGINES = ("shared", "pystoi")
DITHER_SEED = 0


def intelligibility(
    reference: np.ndarray,
    estimate: np.ndarray,
    sample_rate: int,
    engine: str,
    correlation: Callable[[np.ndarray, np.ndarray], float],
    extended: bool,
) -> float:
    """The measure of `engine`: "shared" is `correlation` of what `third_octaves.segments` gives, "pystoi" that package.

    Raises NotComputable, also where fewer than 30 frames (0.4 s) are left once the silent frames of the reference are
    removed, or the estimate has nothing in them, and ValueError for an unknown engine.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine {engine!r} of STOI and ESTOI is unknown: choose one of {', '.join(ENGINES)}")
    clean, enhanced = segments(reference, estimate, sample_rate)
    if not enhanced.any():
        raise NotComputable("estimate is silent wherever the reference is not")
    if engine == "shared":
        return correlation(clean, enhanced)
    return _by_pystoi(*checked(reference, estimate, sample_rate), sample_rate, extended)


def _by_pystoi(reference: np.ndarray, estimate: np.ndarray, sample_rate: int, extended: bool) -> float:
    """It dithers with numpy's global generator, which decides ESTOI where an estimate is digitally silent for 0.4 s.

    The generator is seeded for the call and put back, so that equal signals score equally.
    """
    from pystoi import stoi

    state = np.random.get_state()
    np.random.seed(DITHER_SEED)
    try:
        return float(stoi(reference, estimate, sample_rate, extended=extended))
    finally:
        np.random.set_state(state)

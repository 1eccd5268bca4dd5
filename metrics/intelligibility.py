"""What STOI and ESTOI share: who computes them, and which signals have no such score."""

import warnings
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
        raise ValueError(f"stoi engine {engine!r} is unknown: choose one of {', '.join(ENGINES)}")
    if engine == "shared":
        score = correlation(*segments(reference, estimate, sample_rate))
    else:
        score = _by_pystoi(*checked(reference, estimate, sample_rate), sample_rate, extended)
    if score == 0:
        raise NotComputable("estimate is silent wherever the reference is not")
    return score


def _by_pystoi(reference: np.ndarray, estimate: np.ndarray, sample_rate: int, extended: bool) -> float:
    """It dithers with numpy's global generator, which decides ESTOI where an estimate is digitally silent for 0.4 s.

    The generator is seeded for the call and put back, so that equal signals score equally.
    """
    from pystoi import stoi

    state = np.random.get_state()
    np.random.seed(DITHER_SEED)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message="Not enough STFT frames", category=RuntimeWarning)
            return float(stoi(reference, estimate, sample_rate, extended=extended))
    except RuntimeWarning:
        raise NotComputable("fewer than 30 frames (0.4 s) left after silence removal") from None
    finally:
        np.random.set_state(state)

"""Changes the spectral shape of an excerpt by a random second-order filter.

As in RNNoise's training (Valin, 2018): H(z) = (1 + a/z + b/z^2) / (1 + c/z + d/z^2), each
coefficient uniform in +-tilt, separately for speech and noise.
"""

import numpy as np

from audio.pcm import fitted
from datagen.protocol import STEEPEST, Protocol

COEFFICIENTS = 4
DECIMALS = 4  # of coefficients, so that the text of a row gives exactly the same numbers
FACTOR_DECIMALS = 6  # of the factor after it, so that rounding errors change no sample


def draw_filter(protocol: Protocol, rng: np.random.Generator) -> str:
    """The coefficients "a b c d" of a filter; "" where `protocol` has none."""
    tilt = protocol.tilt
    if not tilt:  # none, as plan.tilt=null or 0
        return ""
    drawn = rng.uniform(-tilt, tilt, COEFFICIENTS).round(DECIMALS)
    return " ".join(str(float(number)) for number in drawn)


def coefficients(text: str) -> list[float]:
    """The coefficients [a, b, c, d] of `draw_filter`.

    Raises ValueError where they are not four numbers within the limits of plan.tilt.
    """
    numbers = [float(word) for word in text.split(" ")]
    within = [abs(number) <= STEEPEST for number in numbers]
    if len(numbers) != COEFFICIENTS or not all(within):
        raise ValueError(f"{text!r} is not {COEFFICIENTS} numbers from -{STEEPEST} to {STEEPEST}")
    return numbers


def is_filter(text: str) -> bool:
    """Whether `text` is a result of draw_filter."""
    try:
        return text == "" or bool(coefficients(text))
    except ValueError:
        return False


def shaped(samples: np.ndarray, text: str) -> np.ndarray:
    """16-bit samples [time], filtered by "a b c d"; unchanged if `text` is "".

    The initial state of the filter is zero. Its output has the energy of its input, or less if it
    would clip.
    """
    if text == "":
        return samples
    return fitted(_filtered(samples, text))


def _filtered(samples: np.ndarray, text: str) -> np.ndarray:
    from scipy.signal import lfilter  # slow to load

    a, b, c, d = coefficients(text)
    exact = samples.astype(np.float64)
    response = lfilter([1.0, a, b], [1.0, c, d], exact)
    energy, response_energy = np.sum(exact**2), np.sum(response**2)
    if response_energy == 0:
        return response
    factor = np.sqrt(energy / response_energy)
    return response * round(float(factor), FACTOR_DECIMALS)

"""Conversion of decibels to factors, for numbers, arrays and tensors."""

from typing import TypeVar

Decibels = TypeVar("Decibels")  # float, numpy.ndarray, torch.Tensor


def amplitude(gain_db: Decibels) -> Decibels:
    """Amplitude factor of a gain in dB.

    >>> import numpy as np
    >>> amplitude(-20.0), amplitude(np.array([0.0, 20.0]))
    (0.1, array([ 1., 10.]))
    """
    return 10 ** (gain_db / 20)


def power(gain_db: Decibels) -> Decibels:
    """Power factor of a gain in dB.

    >>> power(-20.0), power(30.0)
    (0.01, 1000.0)
    """
    return 10 ** (gain_db / 10)

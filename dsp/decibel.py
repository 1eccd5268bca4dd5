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


def mixture_share(attenuation_limit_db: float | None) -> float:
    """The share g of a mixture in a signal that is attenuated by at most so many dB.

    The signal is g * mixture + (1 - g) * estimate. None: no limit, and so no share.

    >>> mixture_share(20.0), mixture_share(None)
    (0.1, 0.0)
    """
    return 0.0 if attenuation_limit_db is None else amplitude(-attenuation_limit_db)


def power(gain_db: Decibels) -> Decibels:
    """Power factor of a gain in dB.

    >>> power(-20.0), power(30.0)
    (0.01, 1000.0)
    """
    return 10 ** (gain_db / 10)

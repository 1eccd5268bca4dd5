"""Spectra with compressed magnitudes: quiet bins weigh more, phases stay."""

from torch import Tensor

SMALLEST = 1e-12  # added to squared magnitudes: the slope at silence stays finite


def compressed(spectrum: Tensor, power: float) -> Tensor:
    """`spectrum` with its magnitudes to the power of `power`; complex tensors of any shape.

    >>> import torch
    >>> compressed(torch.tensor([16j, -1.0]), 0.5)
    tensor([ 0.+4.j, -1.+0.j])
    """
    return _scaled(spectrum, power)


def expanded(spectrum: Tensor, power: float) -> Tensor:
    """What `compressed` makes `spectrum` of.

    >>> import torch
    >>> expanded(torch.tensor([4j, -1.0]), 0.5)
    tensor([ 0.+16.j, -1.+0.j])
    """
    return _scaled(spectrum, 1 / power)


def _scaled(spectrum: Tensor, power: float) -> Tensor:
    if power == 1:
        return spectrum
    squares = spectrum.real.square() + spectrum.imag.square()
    return spectrum * (squares + SMALLEST) ** ((power - 1) / 2)

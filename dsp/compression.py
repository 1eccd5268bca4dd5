"""Spectra with compressed magnitudes: quiet bins weigh more, phases stay."""

from torch import Tensor

SMALLEST = 1e-8  # added to squared magnitudes: the slope at silence stays moderate


def compressed(spectrum: Tensor, power: float) -> Tensor:
    """`spectrum` with its magnitudes to the power of `power`; complex tensors of any shape.

    >>> import torch
    >>> compressed(torch.tensor([16j, -1.0]), 0.5)
    tensor([ 0.+4.j, -1.+0.j])
    """
    squares = spectrum.real.square() + spectrum.imag.square()
    return spectrum * _factor(squares, power)


def compressed_components(components: Tensor, power: float) -> Tensor:
    """The same for magnitudes, or for real and imaginary parts: [..., component, freq, frame].

    >>> import torch
    >>> compressed_components(torch.tensor([[[0.0]], [[16.0]]]), 0.5).flatten()
    tensor([0., 4.])
    """
    squares = components.square().sum(-3, keepdim=True)
    return components * _factor(squares, power)


def _factor(squares: Tensor, power: float) -> Tensor:
    """What brings magnitudes, given as their squares, to the power of `power`."""
    exponent = (power - 1) / 2
    # Not `squares + SMALLEST`: torch.onnx takes a summand of 1e-8 for zero and leaves it out.
    return (squares / SMALLEST + 1) ** exponent * SMALLEST**exponent

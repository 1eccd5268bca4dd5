"""Spectra with compressed magnitudes: quiet bins weigh more, and phases do not change."""

from torch import Tensor

SMALLEST = 1e-8  # added to squared magnitudes: the slope at silence stays moderate


def compressed(spectrum: Tensor, power: float) -> Tensor:
    """`spectrum`, complex and of any shape, with its magnitudes raised to `power`.

    >>> import torch
    >>> compressed(torch.tensor([16j, -1.0]), 0.5)
    tensor([ 0.+4.j, -1.+0.j])
    """
    squares = spectrum.real.square() + spectrum.imag.square()
    return spectrum * _factor(squares, power)


def compressed_components(components: Tensor, power: float) -> Tensor:
    """`compressed` for the components of a spectrum: [..., component, freq, frame] -> the same.

    The components are the magnitude alone, or the real and the imaginary part.

    >>> import torch
    >>> compressed_components(torch.tensor([[[0.0]], [[16.0]]]), 0.5).flatten()
    tensor([0., 4.])
    """
    squares = components.square().sum(-3, keepdim=True)
    return components * _factor(squares, power)


def _factor(squares: Tensor, power: float) -> Tensor:
    """The factor that raises magnitudes, given as their squares, to `power`."""
    exponent = (power - 1) / 2
    # Not `squares + SMALLEST`: torch.onnx takes a summand of 1e-8 for zero and leaves it out.
    return (squares / SMALLEST + 1) ** exponent * SMALLEST**exponent

"""Spectra with compressed magnitudes: closed forms of the magnitudes, and phases that stay."""

import pytest
import torch

from dsp.compression import SMALLEST, compressed, compressed_components

POWERS = [0.2, 0.3, 0.5, 1.0]
every_power = pytest.mark.parametrize("power", POWERS)


def spectrum():
    """Magnitudes in all directions, the least a thousand times the root of SMALLEST: [freq, frame]."""
    magnitude = 1000 * SMALLEST**0.5 * torch.logspace(0, 6, 60, dtype=torch.float64)
    phase = torch.linspace(-3.1, 3.1, 60, dtype=torch.float64)
    return torch.polar(magnitude, phase).reshape(10, 6)


def parts(given):
    return torch.stack((given.real, given.imag), -3)


def close(one, other):
    """SMALLEST changes a magnitude by half a millionth at most."""
    torch.testing.assert_close(one, other, atol=0, rtol=1e-5)


@every_power
def test_magnitudes_are_taken_to_the_power(power):
    close(compressed(spectrum(), power).abs(), spectrum().abs() ** power)


@every_power
def test_phases_stay(power):
    close(compressed(spectrum(), power).angle(), spectrum().angle())


def test_a_power_of_one_changes_nothing():
    assert torch.equal(compressed(spectrum(), 1.0), spectrum())
    assert torch.equal(compressed_components(parts(spectrum()), 1.0), parts(spectrum()))


@pytest.mark.parametrize(("first", "second"), [(0.5, 0.6), (0.6, 0.5), (1.0, 0.3), (0.3, 1.0)])
def test_one_power_after_the_other_is_their_product(first, second):
    close(compressed(compressed(spectrum(), first), second), compressed(spectrum(), 0.3))


@every_power
def test_a_power_is_undone_by_its_inverse(power):
    close(compressed(compressed(spectrum(), power), 1 / power), spectrum())


@every_power
def test_of_real_and_imaginary_parts_it_is_the_same(power):
    batch = torch.stack((spectrum(), 3j * spectrum()))
    close(compressed_components(parts(batch), power), parts(compressed(batch, power)))


@every_power
def test_of_magnitudes_it_is_their_power(power):
    magnitude = spectrum().abs().unsqueeze(0)
    close(compressed_components(magnitude, power), magnitude**power)


@every_power
def test_silence_stays_silent_and_has_a_finite_slope(power):
    slope = SMALLEST ** ((power - 1) / 2)
    silence = torch.zeros(2, 3, dtype=torch.complex64, requires_grad=True)
    changed = compressed(silence, power)
    changed.real.sum().backward()
    assert not changed.any()
    torch.testing.assert_close(silence.grad, torch.full_like(silence, slope))
    silence = torch.zeros(2, 2, 3, requires_grad=True)
    changed = compressed_components(silence, power)
    changed.sum().backward()
    assert not changed.any()
    torch.testing.assert_close(silence.grad, torch.full_like(silence, slope))


@every_power
def test_slopes_are_those_of_finite_differences(power):
    some = spectrum()[4:6].requires_grad_()
    assert torch.autograd.gradcheck(lambda given: compressed(given, power), some)
    some = parts(spectrum()[4:6]).requires_grad_()
    assert torch.autograd.gradcheck(lambda given: compressed_components(given, power), some)

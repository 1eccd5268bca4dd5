"""The complex mask: closed forms, and an oracle that gives back the clean speech with its phase."""

import cmath
import math

import pytest
import torch

from dsp.stft import STFT
from models.baselines.oracle import Oracle
from models.targets.complex_mask import ComplexMask

POWERS = [0.3, 0.5, 1.0]
every_power = pytest.mark.parametrize("power", POWERS)


def spectrum(seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(2, 9, 7, generator=generator, dtype=torch.complex128)


def masked(mixture, factor, power=1.0):
    """The spectrum that the same output in every bin gives."""
    target = ComplexMask(power)
    seen = target.components(mixture)
    output = torch.tensor([factor.real, factor.imag], dtype=seen.dtype)[:, None, None]
    return target.spectrum(target.estimate(output.expand_as(seen), seen), mixture)


def test_a_network_sees_the_real_and_the_imaginary_part():
    seen = ComplexMask().components(spectrum())
    assert torch.equal(seen[:, 0], spectrum().real) and torch.equal(seen[:, 1], spectrum().imag)


def test_an_output_of_one_leaves_the_mixture_as_it_is():
    assert torch.equal(masked(spectrum(), 1 + 0j), spectrum())


def test_an_output_of_zero_silences_a_bin():
    assert not masked(spectrum(), 0j).any()


@pytest.mark.parametrize("degrees", [0, 30, 90, 180, -120])
@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
@every_power
def test_a_mask_turns_and_scales_a_bin_whatever_the_power(power, scale, degrees):
    factor = cmath.rect(scale, math.radians(degrees))
    torch.testing.assert_close(masked(spectrum(), factor, power), factor * spectrum())


@every_power
def test_the_ideal_is_the_clean_spectrum_with_its_phase(power):
    target, clean, mixture = ComplexMask(power), spectrum(), spectrum(seed=1)
    ideal = target.ideal(target.reference(clean, mixture), target.components(mixture))
    assert torch.equal(target.spectrum(ideal, mixture), clean)


def test_the_ideal_can_be_expressed():
    target, clean, mixture = ComplexMask(), spectrum(), spectrum(seed=1)
    seen, quotient = target.components(mixture), clean / mixture
    estimate = target.estimate(torch.stack((quotient.real, quotient.imag), 1), seen)
    torch.testing.assert_close(estimate, target.ideal(target.components(clean), seen))


def test_where_the_mixture_is_silent_the_ideal_is_too():
    target, mixture = ComplexMask(), spectrum()
    mixture[:, 2] = 0
    mixture[:, 3] = mixture[:, 3].real
    ideal = target.ideal(target.components(spectrum(seed=1)), target.components(mixture))
    assert not ideal[:, :, 2].any()
    assert ideal[:, :, 3:].all()


@pytest.mark.parametrize("snr_db", [-10, 0, 10])
@pytest.mark.parametrize("window", ["hamming", "sqrt_hann"])
@every_power
def test_the_oracle_gives_back_the_clean_speech(power, window, snr_db):
    clean, noise = torch.randn(2, 1, 8000, generator=torch.Generator().manual_seed(0))
    oracle = Oracle(STFT(8000, window=window), ComplexMask(power))
    mixture = clean + noise * 10 ** (-snr_db / 20)
    enhanced = oracle.enhance_batch({"clean": clean, "mixture": mixture})
    along = (enhanced * clean).sum() / clean.square().sum() * clean
    assert 10 * torch.log10(along.square().sum() / (enhanced - along).square().sum()) > 100


def test_the_loss_is_the_squared_difference_of_either_part():
    estimate, reference = torch.tensor([[[3.0]], [[1.0]]]), torch.tensor([[[1.0]], [[-2.0]]])
    assert ComplexMask().loss(estimate, reference).flatten().tolist() == [4.0, 9.0]


def test_power_one_half_compares_roots_with_their_phases():
    estimate, reference = torch.tensor([[[0.0]], [[4.0]]]), torch.tensor([[[9.0]], [[0.0]]])
    loss = ComplexMask(power=0.5).loss(estimate, reference)
    torch.testing.assert_close(loss.flatten(), torch.tensor([9.0, 4.0]))


@every_power
def test_slopes_at_silence_are_finite(power):
    target, silence = ComplexMask(power), torch.zeros(1, 2, 3, 4)
    for reference in (silence, torch.ones_like(silence)):
        estimate = torch.zeros_like(silence, requires_grad=True)
        target.loss(estimate, reference).sum().backward()
        assert estimate.grad.isfinite().all()
        assert estimate.grad.any() == reference.any()


@pytest.mark.parametrize("power", [0, -1, 1.5, float("nan")])
def test_another_power_is_refused(power):
    with pytest.raises(ValueError, match=rf"^target\.power={power}: must be above 0") as caught:
        ComplexMask(power)
    assert "\n" not in str(caught.value)

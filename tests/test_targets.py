"""Every target of conf/target: its ideal value enhances; closed forms of those that there are."""

from pathlib import Path

import pytest
import torch
from omegaconf import OmegaConf

from dsp.stft import STFT
from models.targets.iam import IAM
from models.targets.noise_model import NoiseModel
from models.targets.target import MagnitudeTarget, Target
from models.targets.tms import TMS
from options.build import build

CONF = Path(__file__).parent.parent / "conf" / "target"
TARGETS = sorted(path.stem for path in CONF.glob("*.yaml"))
every_target = pytest.mark.parametrize("name", TARGETS)


def make(name, **options):
    return build({**OmegaConf.load(CONF / f"{name}.yaml"), **options}, Target)


def of_magnitudes(name, **options):
    """As `make`; skips the test where the loss does not compare magnitudes."""
    if not isinstance(make(name), MagnitudeTarget):
        pytest.skip(f"target={name} compares something else than magnitudes")
    return make(name, **options)


def randn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def si_sdr(reference, estimate):
    along = (estimate @ reference) / (reference @ reference) * reference
    return float(10 * torch.log10(along.square().sum() / (estimate - along).square().sum()))


@every_target
@pytest.mark.parametrize("rate", [8000, 16000])
def test_the_ideal_value_enhances(name, rate):
    stft, time = STFT(rate), torch.arange(rate) / rate
    clean = torch.sin(2 * torch.pi * 440 * time) * (1 + torch.sin(2 * torch.pi * 3 * time))
    mixture = clean + 0.8 * randn(rate)
    reference, spectrum = stft(clean).abs(), stft(mixture)
    estimate = make(name).ideal(reference, spectrum.abs())
    enhanced = stft.inverse(torch.polar(estimate, spectrum.angle()), rate)
    assert si_sdr(clean, enhanced) > si_sdr(clean, mixture) + 3


@every_target
def test_no_estimate_is_nearer_the_reference_than_the_ideal_one(name):
    target, mixture, reference = make(name), randn(5, 7).abs(), randn(5, 7, seed=1).abs()
    ideal = target.loss(target.ideal(reference, mixture), reference)
    for output in torch.linspace(-20, 20, 81):
        assert (
            ideal <= target.loss(target.estimate(output.expand(5, 7), mixture), reference) + 1e-6
        ).all()


@every_target
def test_the_ideal_value_can_be_expressed(name):
    target, mixture, reference = (
        make(name),
        randn(5, 7).abs() + 0.1,
        randn(5, 7, seed=1).abs() + 0.1,
    )
    outputs = torch.linspace(-30, 30, 60001)[:, None, None]
    nearest = (target.estimate(outputs, mixture) - target.ideal(reference, mixture)).abs().amin(0)
    assert nearest.max() < 2e-2


@every_target
def test_an_estimate_is_a_magnitude_whatever_the_output(name):
    output = torch.tensor([-1e4, -50.0, 0.0, 50.0, 1e4])
    estimate = make(name).estimate(output, torch.full((5,), 2.0))
    assert estimate.isfinite().all() and (estimate >= 0).all()
    assert (estimate.diff() >= 0).all() or (estimate.diff() <= 0).all()


@every_target
def test_loss_is_zero_at_the_reference_and_only_there(name):
    target, reference = make(name), randn(5, 7).abs()
    assert not target.loss(reference, reference).any()
    assert (target.loss(reference + 0.1, reference) > 0).all()
    assert (target.loss(0.5 * reference, reference) > 0).all()


@every_target
def test_loss_is_the_squared_difference(name):
    assert of_magnitudes(name).loss(
        torch.tensor([5.0, 1.0]), torch.tensor([2.0, 3.0])
    ).tolist() == [9.0, 4.0]


@every_target
def test_the_loss_compares_with_magnitudes_as_in_the_papers(name):
    spectrum, mixture = (
        torch.complex(randn(5, 7), randn(5, 7, seed=1)),
        torch.complex(randn(5, 7), randn(5, 7, seed=2)),
    )
    torch.testing.assert_close(make(name).reference(spectrum, mixture), spectrum.abs())


@every_target
def test_a_phase_sensitive_loss_compares_with_what_is_in_phase_with_the_mixture(name):
    # Speech of magnitude 2, turned from the mixture by 0, 60, 90 and 180 degrees; and a mixture
    # that is silent.
    turned = torch.tensor([0.0, 60.0, 90.0, 180.0, 0.0]).deg2rad()
    mixture = torch.polar(torch.tensor([3.0, 0.1, 3.0, 3.0, 0.0]), torch.full((5,), 0.7))
    reference = of_magnitudes(name, phase_sensitive=True).reference(
        torch.polar(torch.full((5,), 2.0), turned + 0.7), mixture
    )
    torch.testing.assert_close(
        reference, torch.tensor([2.0, 1.0, 0.0, 0.0, 0.0]), atol=1e-5, rtol=0
    )


@every_target
def test_the_phase_sensitive_reference_is_the_nearest_signal_in_the_phase_of_the_mixture(name):
    spectrum, mixture = (
        torch.complex(randn(50), randn(50, seed=1)),
        torch.complex(randn(50, seed=2), randn(50, seed=3)),
    )
    reference = of_magnitudes(name, phase_sensitive=True).reference(spectrum, mixture)

    def error(magnitude):
        return (torch.polar(magnitude, mixture.angle()) - spectrum).abs()

    assert all(
        (error(reference) <= error(magnitude * torch.ones(50)) + 1e-6).all()
        for magnitude in torch.arange(0, 4, 0.01)
    )


@every_target
def test_power_one_half_compares_roots(name):
    loss = of_magnitudes(name, power=0.5).loss(torch.tensor([9.0, 0.25]), torch.tensor([4.0, 1.0]))
    torch.testing.assert_close(loss, torch.tensor([1.0, 0.25]))


@every_target
def test_the_root_of_silence_has_a_finite_slope(name):
    estimate = torch.zeros(3, requires_grad=True)
    of_magnitudes(name, power=0.5).loss(estimate, torch.tensor([0.0, 1.0, 100.0])).sum().backward()
    assert estimate.grad.isfinite().all() and estimate.grad[1:].all()


@every_target
@pytest.mark.parametrize("power", [0, -1, 1.5, float("nan")])
def test_another_power_is_refused(name, power):
    with pytest.raises(
        ValueError, match=f"target.power={power}: must be above 0 and at most 1"
    ) as caught:
        of_magnitudes(name, power=power)
    assert "\n" not in str(caught.value)


def test_tms_is_softplus_whatever_the_mixture():
    output = randn(5, 7) * 5
    expected = torch.log1p(torch.exp(output.double())).float()
    for mixture in (torch.zeros(5, 7), torch.full((5, 7), 1e6)):
        torch.testing.assert_close(TMS().estimate(output, mixture), expected)
    assert torch.equal(TMS().ideal(randn(5, 7, seed=2), mixture), randn(5, 7, seed=2))


def test_iam_is_a_mask_from_zero_to_one():
    mixture = torch.tensor([0.0, 2.0, 2.0, 2.0])
    estimate = IAM().estimate(torch.tensor([3.0, -200.0, 0.0, 200.0]), mixture)
    assert estimate.tolist() == [0.0, 0.0, 1.0, 2.0]


def test_ideal_iam_is_clipped_at_the_mixture():
    ideal = IAM().ideal(torch.tensor([0.0, 1.0, 2.0, 5.0]), torch.full((4,), 2.0))
    assert ideal.tolist() == [0.0, 1.0, 2.0, 2.0]


def test_the_noise_model_takes_its_decibels_from_the_mixture():
    mixture = torch.tensor([1.0, 10.0])
    estimate = NoiseModel().estimate(torch.atanh(torch.tensor([14 / 82, -6 / 82])), mixture)
    torch.testing.assert_close(estimate, torch.tensor([0.1, 10.0]))  # 20 dB less, 0 dB less


def test_the_noise_models_loss_is_hubers_of_scaled_decibels():
    loss = NoiseModel(delta=0.5).loss(torch.tensor([0.1, 1e-6]), torch.ones(2))
    torch.testing.assert_close(loss, torch.tensor([0.5 * (20 / 82) ** 2, 0.5 * (120 / 82 - 0.25)]))

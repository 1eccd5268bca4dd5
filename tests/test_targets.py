"""Every target of conf/target: its ideal value enhances; closed forms of those that there are."""

from pathlib import Path

import pytest
import torch
from omegaconf import OmegaConf

from dsp.stft import STFT
from models.baselines.oracle import Oracle
from models.system_names import KNOWING
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


def seeing_magnitudes(name):
    """As `make`; skips the test where a network sees something else than magnitudes."""
    target = make(name)
    if target.component_count != 1:
        pytest.skip(f"target={name} has {target.component_count} numbers of each bin")
    return target


def randn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def spectrum_of(*shape, seed=0):
    return torch.complex(randn(*shape, seed=2 * seed), randn(*shape, seed=2 * seed + 1))


def grid(target, size):
    """Outputs for one bin from -20 to 20 in each component: [output, component, 1, 1]."""
    axis = torch.linspace(-20, 20, size)
    axes = torch.meshgrid(*[axis] * target.component_count, indexing="ij")
    return torch.stack(axes, -1).reshape(-1, target.component_count, 1, 1)


def si_sdr(reference, estimate):
    along = (estimate @ reference) / (reference @ reference) * reference
    return float(10 * torch.log10(along.square().sum() / (estimate - along).square().sum()))


@every_target
@pytest.mark.parametrize("rate", [8000, 16000])
def test_the_ideal_value_enhances(name, rate):
    stft, time = STFT(rate), torch.arange(rate) / rate
    clean = torch.sin(2 * torch.pi * 440 * time) * (1 + torch.sin(2 * torch.pi * 3 * time))
    mixture = clean + 0.8 * randn(rate)
    batch = {"clean": clean[None], "mixture": mixture[None]}
    enhanced = Oracle(stft, make(name)).enhance_batch(batch)[0]
    assert si_sdr(clean, enhanced) > si_sdr(clean, mixture) + 3


def test_ideal_masks_are_called_by_their_names_and_the_amplitude_mask_is_no_bound():
    rate = 8000
    clean, noise = randn(2, rate)
    batch = {"clean": clean[None], "mixture": (clean + noise)[None]}
    sdr = {}
    for target in (IAM(), IAM(phase_sensitive=True)):
        sdr[target.ideal_name] = si_sdr(clean, Oracle(STFT(rate), target).enhance_batch(batch)[0])
    assert sdr["phase-sensitive mask"] > sdr["ideal amplitude mask"] + 0.3
    assert all(make(name).ideal_name in KNOWING for name in TARGETS)


@every_target
def test_a_spectrum_gives_so_many_numbers_of_each_bin(name):
    target = make(name)
    seen = target.components(spectrum_of(2, 5, 7))
    assert seen.shape == (2, target.component_count, 5, 7) and not seen.is_complex()


@every_target
def test_a_network_sees_magnitudes_where_it_sees_one_number(name):
    spectrum = spectrum_of(2, 5, 7)
    seen = seeing_magnitudes(name).components(spectrum)
    torch.testing.assert_close(seen.squeeze(1), spectrum.abs())


@every_target
def test_the_mixture_as_the_estimate_gives_its_own_spectrum(name):
    target, mixture = make(name), spectrum_of(2, 5, 7)
    same = target.spectrum(target.components(mixture), mixture)
    torch.testing.assert_close(same, mixture, atol=1e-5, rtol=1e-4)


@every_target
def test_estimates_of_several_stages_stand_for_spectra_of_one_mixture(name):
    target, mixture = make(name), spectrum_of(2, 5, 7)
    estimates = target.components(spectrum_of(2, 3, 5, 7, seed=1))
    spectra = target.spectrum(estimates, mixture.unsqueeze(1))
    assert spectra.shape == (2, 3, 5, 7)
    for stage in range(3):
        alone = target.spectrum(estimates[:, stage], mixture)
        torch.testing.assert_close(spectra[:, stage], alone)


@every_target
def test_a_magnitude_stands_for_a_spectrum_in_the_phase_of_the_mixture(name):
    target, mixture, estimate = seeing_magnitudes(name), spectrum_of(5, 7), randn(1, 5, 7).abs()
    spectrum = target.spectrum(estimate, mixture)
    torch.testing.assert_close(spectrum.abs(), estimate[0])
    torch.testing.assert_close(spectrum * mixture.conj() / mixture.abs(), estimate[0] + 0j)


@every_target
def test_no_estimate_is_nearer_the_reference_than_the_ideal_one(name):
    target = make(name)
    mixture, reference = (target.components(spectrum_of(5, 7, seed=seed)) for seed in (0, 1))
    ideal = target.loss(target.ideal(reference, mixture), reference).sum(0)
    for output in grid(target, 81 if target.component_count == 1 else 21):
        other = target.loss(target.estimate(output.expand_as(mixture), mixture), reference)
        assert (ideal <= other.sum(0) + 1e-6).all()


@every_target
def test_the_ideal_magnitude_can_be_expressed(name):
    target = seeing_magnitudes(name)
    mixture, reference = (randn(1, 5, 7, seed=seed).abs() + 0.1 for seed in (0, 1))
    outputs = torch.linspace(-30, 30, 60001)[:, None, None, None]
    nearest = (target.estimate(outputs, mixture) - target.ideal(reference, mixture)).abs().amin(0)
    assert nearest.max() < 2e-2


OUTPUTS = [-1e4, -50.0, 0.0, 50.0, 1e4]


@every_target
def test_an_estimate_is_finite_whatever_the_output(name):
    target = make(name)
    mixture = torch.full((target.component_count, 5, 1), 2.0)
    estimate = target.estimate(torch.tensor(OUTPUTS)[:, None].expand_as(mixture), mixture)
    assert estimate.shape == mixture.shape and estimate.isfinite().all()


@every_target
def test_an_estimate_of_a_magnitude_is_one_and_goes_one_way_with_the_output(name):
    output = torch.tensor(OUTPUTS).reshape(1, 5, 1)
    estimate = seeing_magnitudes(name).estimate(output, torch.full((1, 5, 1), 2.0))
    assert (estimate >= 0).all()
    steps = estimate.diff(dim=1)
    assert (steps >= 0).all() or (steps <= 0).all()


@every_target
def test_loss_is_zero_at_the_reference_and_only_there(name):
    target = make(name)
    reference = target.components(spectrum_of(5, 7))
    assert not target.loss(reference, reference).any()
    assert (target.loss(reference + 0.1, reference) > 0).all()
    assert (target.loss(0.5 * reference, reference) > 0).all()


@every_target
def test_loss_is_the_squared_difference(name):
    assert of_magnitudes(name).loss(
        torch.tensor([5.0, 1.0]), torch.tensor([2.0, 3.0])
    ).tolist() == [9.0, 4.0]


@every_target
def test_the_loss_compares_with_what_a_network_would_see_of_the_reference(name):
    target, spectrum, mixture = make(name), spectrum_of(5, 7), spectrum_of(5, 7, seed=1)
    reference = target.reference(spectrum, mixture)
    torch.testing.assert_close(reference, target.components(spectrum))


@every_target
def test_a_phase_sensitive_loss_compares_with_what_is_in_phase_with_the_mixture(name):
    # Speech of magnitude 2, turned from the mixture by 0, 60, 90 and 180 degrees; and a mixture
    # that is silent.
    turned = torch.tensor([[0.0, 60.0, 90.0, 180.0, 0.0]]).deg2rad()
    mixture = torch.polar(torch.tensor([[3.0, 0.1, 3.0, 3.0, 0.0]]), torch.full((1, 5), 0.7))
    reference = of_magnitudes(name, phase_sensitive=True).reference(
        torch.polar(torch.full((1, 5), 2.0), turned + 0.7), mixture
    )
    torch.testing.assert_close(
        reference, torch.tensor([[[2.0, 1.0, 0.0, 0.0, 0.0]]]), atol=1e-5, rtol=0
    )


@every_target
def test_the_phase_sensitive_reference_is_the_nearest_signal_in_the_phase_of_the_mixture(name):
    target = of_magnitudes(name, phase_sensitive=True)
    spectrum, mixture = spectrum_of(50, 1), spectrum_of(50, 1, seed=1)
    reference = target.reference(spectrum, mixture)

    def error(magnitude):
        return (target.spectrum(magnitude, mixture) - spectrum).abs()

    assert all(
        (error(reference) <= error(magnitude * torch.ones(1, 50, 1)) + 1e-6).all()
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
    if "power" not in OmegaConf.load(CONF / f"{name}.yaml"):
        pytest.skip(f"target={name} has no power")
    with pytest.raises(
        ValueError, match=f"target.power={power}: must be above 0 and at most 1"
    ) as caught:
        make(name, power=power)
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

"""An Enhancer with networks whose answers are known."""

import pytest
import torch

from dsp.stft import STFT
from models.enhancer import Enhancer
from models.level import RawLevel
from models.targets.complex_mask import ComplexMask
from models.targets.iam import IAM
from models.targets.tms import TMS
from tests.known_networks import HOP, RATE, Fake, batch_of, crnn, fake, randn

either_kind = pytest.mark.parametrize("target", [IAM, ComplexMask])


@pytest.mark.parametrize(
    "misshape",
    [
        lambda estimates: estimates[:, 0],
        lambda estimates: estimates[:, :2],
        lambda estimates: estimates[:, :, 0],
        lambda estimates: estimates.repeat(1, 1, 2, 1, 1),
    ],
)
def test_estimates_of_another_shape_are_refused(misshape):
    class Misshapen(Fake):
        def forward(self, mixture):
            return misshape(super().forward(mixture))

    enhancer = fake(3, torch.clone)
    enhancer.network = Misshapen(3, torch.clone)
    for work in (lambda: enhancer.loss(batch_of(800)), lambda: enhancer.enhance(randn(1, 800))):
        with pytest.raises(
            ValueError,
            match=r"Misshapen makes \[.* of a mixture \[1, 1, 81, 11\].*\[1, 3, 1, 81, 11\]",
        ) as caught:
            work()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("length", [1, 79, 80, 81, 159, 1601, 7999])
@either_kind
def test_enhanced_is_as_long_as_the_mixture(target, length):
    enhanced = crnn(target=target()).enhance(randn(2, length))
    assert enhanced.shape == (2, length) and enhanced.isfinite().all()


@pytest.mark.parametrize("length", [1, 1601, 8000])
@either_kind
def test_an_estimate_equal_to_the_mixture_gives_the_mixture(target, length):
    mixture = randn(2, length)
    error = fake(3, torch.clone, target()).enhance(mixture) - mixture
    assert (10 * torch.log10(mixture.square().sum() / error.square().sum())) > 100


@pytest.mark.parametrize("limit_db", [20, 6.0, None])
def test_a_silencing_network_attenuates_by_its_limit(limit_db):
    def silencing(freqs, target):
        return Fake(1, torch.zeros_like, target)

    enhancer = Enhancer(STFT(RATE), TMS(), silencing, RawLevel(), limit_db)
    mixture = randn(2, 8000)
    left = 0.0 if limit_db is None else 10 ** (-limit_db / 20)
    torch.testing.assert_close(enhancer.enhance(mixture), left * mixture, atol=1e-6, rtol=0)


@either_kind
def test_a_batch_is_enhanced_as_one_by_one(target):
    enhancer, mixture = crnn(target=target()), randn(3, 2001)
    together = enhancer.enhance(mixture)
    for index in range(3):
        torch.testing.assert_close(enhancer.enhance(mixture[index : index + 1])[0], together[index])


@either_kind
def test_what_is_silent_stays_silent(target):
    assert not crnn(target=target()).enhance(torch.zeros(1, 1000)).any()  # a mask of silence


def test_the_phase_of_an_estimate_of_both_parts_is_what_is_heard():
    def turned(mixture):
        real, imaginary = mixture.unbind(1)
        return torch.stack((-imaginary, real), 1)

    time = torch.arange(RATE) / RATE
    mixture = torch.cos(2 * torch.pi * 1000 * time)[None]
    enhanced = fake(1, turned, ComplexMask()).enhance(mixture)
    expected = -torch.sin(2 * torch.pi * 1000 * time)[None]
    inner = slice(HOP, -HOP)
    torch.testing.assert_close(enhanced[:, inner], expected[:, inner], atol=1e-3, rtol=0)


def test_enhancing_uses_the_last_stage():
    enhancer = fake(3, torch.clone)
    enhancer.network.forward = lambda mixture: torch.stack([mixture, mixture, 0.5 * mixture], 1)
    mixture = randn(1, 1600)
    torch.testing.assert_close(enhancer.enhance(mixture), 0.5 * mixture)


@pytest.mark.parametrize("training", [True, False])
def test_enhancing_leaves_the_mode_and_the_statistics_alone(training):
    enhancer, mixture = crnn().train(training), randn(2, 1600)
    before = {name: value.clone() for name, value in enhancer.state_dict().items()}
    first = enhancer.enhance(mixture)
    assert enhancer.training is training and enhancer.network.stages[0].training is training
    assert all(torch.equal(before[name], value) for name, value in enhancer.state_dict().items())
    assert torch.equal(enhancer.enhance(mixture), first) and not first.requires_grad

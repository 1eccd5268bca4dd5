"""The Enhancer with networks whose answers are known."""

from functools import partial
from pathlib import Path

import pytest
import torch
from omegaconf import OmegaConf
from torch.nn.functional import pad

from dsp.stft import STFT
from models.enhancer import Enhancer
from models.level import RawLevel, RunningLevel
from models.networks.crnn import CRNN
from models.networks.network import Network
from models.targets.iam import IAM
from models.targets.tms import TMS

RECIPE = Path(__file__).parent.parent / "conf" / "recipe" / "paper.yaml"
TABLE_2 = {1: [], 2: [20], 3: [10, 20], 4: [5, 10, 20], 5: [5, 10, 15, 20]}  # PL-CRNN paper
RATE, HOP = 8000, 80


class Fake(Network):
    """Gives `estimate(mixture)` at every stage."""

    causal = False

    def __init__(self, stages, estimate):
        super().__init__(stages)
        self.estimate = estimate

    def forward(self, mixture):
        return torch.stack([self.estimate(mixture)] * self.stage_count, 1)

    def final(self, estimates):
        return estimates[:, -1]


def fake(stages, estimate, target=None, **options):
    def network(freqs, target):
        return Fake(stages, estimate)

    return Enhancer(STFT(RATE), target or TMS(), network, RawLevel(), TABLE_2, **options)


def crnn(stages=3, target=None):
    torch.manual_seed(0)

    def small(freqs, target):
        return CRNN(freqs, target, stages, [2, 2, 2, 3], 12)

    return Enhancer(STFT(RATE), target or IAM(), small, RunningLevel(), TABLE_2)


def randn(*shape, seed=0):
    return 0.1 * torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def batch_of(*lengths):
    """Noise in noise, padded with zeros to the longest."""
    parts = {
        name: torch.stack(
            [
                pad(randn(n, seed=10 * i + place), (0, max(lengths) - n))
                for i, n in enumerate(lengths)
            ]
        )
        for place, name in enumerate(("clean", "noise"))
    }
    return {**parts, "mixture": parts["clean"] + parts["noise"], "length": torch.tensor(lengths)}


def item_of(batch, index):
    length = int(batch["length"][index])
    item = {name: batch[name][index : index + 1, :length] for name in ("clean", "noise", "mixture")}
    return {**item, "length": batch["length"][index : index + 1]}


def test_gains_are_those_of_table_2():
    recipe = OmegaConf.load(RECIPE)
    assert recipe.stage_gains_db == TABLE_2
    assert recipe.stage_weight == 0.1


@pytest.mark.parametrize("stages", TABLE_2)
def test_a_reference_is_clean_speech_in_noise_lowered_by_its_gain(stages):
    clean, noise = randn(2, 900), randn(2, 900, seed=1)
    references = fake(stages, torch.abs).references(clean, noise)
    window = torch.hamming_window(160)
    for stage, gain_db in enumerate([*TABLE_2[stages], float("inf")]):
        less = clean + noise * 10 ** (-gain_db / 20)
        expected = torch.stft(
            less, 160, HOP, window=window, pad_mode="constant", return_complex=True
        ).abs()
        torch.testing.assert_close(references[:, stage], expected, atol=1e-5, rtol=1e-5)
    assert references.shape == (2, stages, 81, 12)


@pytest.mark.parametrize("stages", [2, 3, 4, 5])
def test_a_reference_has_the_snr_gain_of_table_2(stages):
    # A tone in a tone: where the noise alone has energy, its reference is its magnitude times
    # 10^(-gain / 20).
    time = torch.arange(RATE) / RATE
    clean, noise = (torch.sin(2 * torch.pi * hertz * time)[None] for hertz in (500, 2500))
    references = fake(stages, torch.abs).references(clean, noise)[0, :, :, 50]  # [stage, freq]
    ratio = references[:, 10] / references[:, 50]  # bins of 50 Hz
    gains_db = 20 * torch.log10(
        ratio[:-1] / (STFT(RATE)(clean)[0, 10, 50] / STFT(RATE)(noise)[0, 50, 50]).abs()
    )
    torch.testing.assert_close(
        gains_db, torch.tensor(TABLE_2[stages], dtype=torch.float32), atol=0.05, rtol=0
    )


@pytest.mark.parametrize(("stages", "weight"), [(1, 1.0), (2, 1.1), (5, 1.4)])
def test_loss_of_a_known_estimate_is_as_computed_by_hand(stages, weight):
    # Silent speech and noise: every reference is 0, so an estimate of 3 costs 9 at each stage,
    # weighted 0.1, ..., 1.
    silence = torch.zeros(2, 800)
    batch = {
        "mixture": silence,
        "clean": silence,
        "noise": silence,
        "length": torch.tensor([800, 800]),
    }
    loss, frames = fake(stages, lambda mixture: torch.full_like(mixture, 3.0)).loss(batch)
    assert float(loss) == pytest.approx(9 * weight) and int(frames) == 22


def test_the_weight_of_intermediate_stages_is_an_option():
    silence = torch.zeros(1, 800)
    batch = {"mixture": silence, "clean": silence, "noise": silence, "length": torch.tensor([800])}
    loss, _ = fake(3, torch.ones_like, stage_weight=0.5).loss(batch)
    assert float(loss) == pytest.approx(2.0)


@pytest.mark.parametrize(
    "lengths", [(800, 800), (1600, 1599), (1600, 81, 79), (1601, 1520, 160, 1)]
)
@pytest.mark.parametrize("target", [IAM, TMS, partial(TMS, power=0.5)], ids=["iam", "tms", "root"])
@torch.no_grad()
def test_loss_of_a_batch_is_that_of_its_items_weighted_by_frames(lengths, target):
    enhancer, batch = crnn(target=target()).eval(), batch_of(*lengths)
    loss, frames = enhancer.loss(batch)
    items = [enhancer.loss(item_of(batch, index)) for index in range(len(lengths))]
    assert int(frames) == sum(1 + length // HOP for length in lengths)
    expected = sum(float(item) * int(count) for item, count in items) / int(frames)
    assert float(loss) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("garbage", [1e6, float("inf"), float("nan")])
def test_estimates_in_padded_frames_do_not_count(garbage):
    batch = batch_of(1600, 400)
    counted = (torch.arange(21) < torch.tensor([[21], [6]])).unsqueeze(1)  # [batch, 1, frame]
    plain = fake(3, lambda mixture: 0.5 * mixture).loss(batch)[0]
    spoilt = fake(3, lambda mixture: torch.where(counted, 0.5 * mixture, garbage)).loss(batch)[0]
    assert float(spoilt) == float(plain)


def test_gradients_do_not_depend_on_padding():
    def gradients(batch):
        enhancer = crnn().eval()
        enhancer.loss(batch)[0].backward()
        return [parameter.grad for parameter in enhancer.network.parameters()]

    batch = batch_of(700, 640)
    padded = {
        name: pad(part, (0, 5000)) if name != "length" else part for name, part in batch.items()
    }
    for one, other in zip(gradients(batch), gradients(padded), strict=True):
        torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize(
    "misshape", [lambda estimates: estimates[:, 0], lambda estimates: estimates[:, :2]]
)
def test_estimates_of_another_shape_are_refused(misshape):
    class Misshapen(Fake):
        def forward(self, mixture):
            return misshape(super().forward(mixture))

    enhancer = fake(3, torch.clone)
    enhancer.network = Misshapen(3, torch.clone)
    for work in (lambda: enhancer.loss(batch_of(800)), lambda: enhancer.enhance(randn(1, 800))):
        with pytest.raises(
            ValueError, match=r"Misshapen makes \[.* of magnitudes \[1, 81, 11\].*\[1, 3, 81, 11\]"
        ) as caught:
            work()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("length", [1, 79, 80, 81, 159, 1601, 7999])
def test_enhanced_is_as_long_as_the_mixture(length):
    enhanced = crnn().enhance(randn(2, length))
    assert enhanced.shape == (2, length) and enhanced.isfinite().all()


@pytest.mark.parametrize("length", [1, 1601, 8000])
def test_an_estimate_equal_to_the_mixture_gives_the_mixture(length):
    mixture = randn(2, length)
    error = fake(3, torch.clone).enhance(mixture) - mixture
    assert (10 * torch.log10(mixture.square().sum() / error.square().sum())) > 100


def test_a_batch_is_enhanced_as_one_by_one():
    enhancer, mixture = crnn(), randn(3, 2001)
    together = enhancer.enhance(mixture)
    for index in range(3):
        torch.testing.assert_close(enhancer.enhance(mixture[index : index + 1])[0], together[index])


def test_what_is_silent_stays_silent():
    assert not crnn().enhance(torch.zeros(1, 1000)).any()  # a mask of silence


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


def test_a_checkpoint_holds_weights_only():
    assert all(name.startswith("network.") for name in crnn().state_dict())


@pytest.mark.parametrize("gains", [{}, {1: [], 2: [20]}, {3: [10]}, {3: [5, 10, 20]}])
def test_a_number_of_stages_without_gains_is_refused_with_a_remedy(gains):
    with pytest.raises(ValueError, match=r"network\.stages=3") as caught:
        Enhancer(STFT(RATE), TMS(), lambda freqs, target: Fake(3, torch.abs), RawLevel(), gains)
    told = str(caught.value)
    assert "recipe.stage_gains_db.3=[" in told and "\n" not in told

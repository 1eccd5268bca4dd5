"""A EnhancementLearner with networks whose answers are known."""

from functools import partial
from pathlib import Path

import pytest
import torch
from omegaconf import OmegaConf
from torch.nn.functional import pad

from dsp.stft import STFT
from models.enhancement_learner import EnhancementLearner
from models.level import RawLevel
from models.losses.compressed import Compressed
from models.targets.complex_mask import ComplexMask
from models.targets.iam import IAM
from models.targets.tms import TMS
from tests.known_networks import HOP, RATE, TABLE_2, Fake, batch_of, crnn, fake, item_of, randn

RECIPE = Path(__file__).parent.parent / "conf" / "recipe" / "paper.yaml"
either_kind = pytest.mark.parametrize("target", [IAM, ComplexMask])


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
        torch.testing.assert_close(references[:, stage, 0], expected, atol=1e-5, rtol=1e-5)
    assert references.shape == (2, stages, 1, 81, 12)


def test_of_real_and_imaginary_parts_the_references_are_those_of_the_same_signals():
    clean, noise = randn(2, 900), randn(2, 900, seed=1)
    target = ComplexMask()
    learner = fake(3, torch.clone, target)
    level = torch.linspace(1, 2, 12).expand(2, 1, 12)
    references = learner.references(clean, noise, level)
    assert references.shape == (2, 3, 2, 81, 12)
    for stage, gain_db in enumerate([10, 20, float("inf")]):
        spectrum = STFT(RATE)(clean + noise * 10 ** (-gain_db / 20)) / level
        torch.testing.assert_close(references[:, stage], target.components(spectrum))


@pytest.mark.parametrize("stages", [2, 3, 4, 5])
def test_a_reference_has_the_snr_gain_of_table_2(stages):
    # A tone in a tone: where the noise alone has energy, its reference is its magnitude times
    # 10^(-gain / 20).
    time = torch.arange(RATE) / RATE
    clean, noise = (torch.sin(2 * torch.pi * hertz * time)[None] for hertz in (500, 2500))
    references = fake(stages, torch.abs).references(clean, noise)[0, :, 0, :, 50]  # [stage, freq]
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
@pytest.mark.parametrize(
    "target",
    [IAM, TMS, partial(TMS, power=0.5), ComplexMask, partial(ComplexMask, power=0.3)],
    ids=["iam", "tms", "root", "complex_mask", "root of complex_mask"],
)
@torch.no_grad()
def test_loss_of_a_batch_is_that_of_its_items_weighted_by_frames(lengths, target):
    learner, batch = crnn(target=target()).eval(), batch_of(*lengths)
    loss, frames = learner.loss(batch)
    items = [learner.loss(item_of(batch, index)) for index in range(len(lengths))]
    assert int(frames) == sum(1 + length // HOP for length in lengths)
    expected = sum(float(item) * int(count) for item, count in items) / int(frames)
    assert float(loss) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("garbage", [1e6, float("inf"), float("nan")])
def test_estimates_in_padded_frames_do_not_count(garbage):
    batch = batch_of(1600, 400)
    counted = torch.arange(21) < torch.tensor([[21], [6]])
    counted = counted[:, None, None]  # [batch, 1, 1, frame]

    def spoilt(mixture):
        return torch.where(counted, 0.5 * mixture, garbage)

    for criterion in (None, Compressed(si_sdr=0.1, l1=0.1)):
        for target in (TMS(), ComplexMask()):
            plain = fake(3, lambda mixture: 0.5 * mixture, target, criterion=criterion)
            other = fake(3, spoilt, target, criterion=criterion)
            assert float(other.loss(batch)[0]) == float(plain.loss(batch)[0])


@pytest.mark.parametrize("criterion", [None, Compressed(si_sdr=0.01)], ids=["bins", "signals"])
@either_kind
def test_gradients_do_not_depend_on_padding(target, criterion):
    def gradients(batch):
        stft = STFT(RATE, window="sqrt_hann")
        learner = crnn(target=target(), stft=stft, criterion=criterion).eval()
        learner.loss(batch)[0].backward()
        return [parameter.grad for parameter in learner.network.parameters()]

    batch = batch_of(700, 640)
    padded = {
        name: pad(part, (0, 5000)) if name != "length" else part for name, part in batch.items()
    }
    for one, other in zip(gradients(batch), gradients(padded), strict=True):
        torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-4)


def test_a_checkpoint_holds_weights_only():
    assert all(name.startswith("network.") for name in crnn().state_dict())


@pytest.mark.parametrize("gains", [{}, {1: [], 2: [20]}, {3: [10]}, {3: [5, 10, 20]}])
def test_a_number_of_stages_without_gains_is_refused_with_a_remedy(gains):
    with pytest.raises(ValueError, match=r"network\.stages=3") as caught:
        EnhancementLearner(
            STFT(RATE), TMS(), lambda freqs, target: Fake(3, torch.abs), RawLevel(), gains
        )
    told = str(caught.value)
    assert "recipe.stage_gains_db.3=[" in told and "\n" not in told

"""A Learner with networks whose answers are known."""

from functools import partial
from pathlib import Path

import pytest
import torch
from omegaconf import OmegaConf
from torch.nn.functional import pad

from dsp.stft import STFT
from models.learner import Learner
from models.level import RawLevel
from models.losses.compressed import Compressed
from models.losses.loss import Loss
from models.targets.complex_mask import ComplexMask
from models.targets.iam import IAM
from models.targets.tms import TMS
from tests.known_networks import RATE, TABLE_2, Fake, crnn, fake, randn

RECIPE = Path(__file__).parent.parent / "conf" / "recipe" / "paper.yaml"
HOP = RATE // 100
either_kind = pytest.mark.parametrize("target", [IAM, ComplexMask])


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
        Learner(STFT(RATE), TMS(), lambda freqs, target: Fake(3, torch.abs), RawLevel(), gains)
    told = str(caught.value)
    assert "recipe.stage_gains_db.3=[" in told and "\n" not in told


class Kept(Loss):
    """Keeps what it is called with; costs what it is told for each stage."""

    def __init__(self, *costs):
        self.costs, self.calls = costs, []

    def of_signals(self, *signals):
        self.calls.append(signals)
        return torch.tensor(self.costs).expand(len(signals[0]), -1)


@either_kind
def test_a_criterion_compares_the_signal_of_each_stage_with_clean_speech_in_less_noise(target):
    batch, kept = batch_of(1600, 800), Kept(0.0, 0.0, 0.0)
    learner = crnn(target=target(), criterion=kept).eval()
    learner.loss(batch)
    ((estimate, reference, mixture, length, stft),) = kept.calls
    for stage, gain_db in enumerate(TABLE_2[3]):
        expected = batch["clean"] + batch["noise"] * 10 ** (-gain_db / 20)
        torch.testing.assert_close(reference[:, stage], expected)
    torch.testing.assert_close(reference[:, 2], batch["clean"], atol=0, rtol=0)
    assert torch.equal(mixture, batch["mixture"]) and torch.equal(length, batch["length"])
    assert stft is learner.stft
    assert estimate.shape == reference.shape == (2, 3, 1600)
    for stage in range(3):
        for index, samples in enumerate((1600, 800)):
            alone = learner.enhance(batch["mixture"][index : index + 1, :samples], stage)[0]
            heard = estimate[index, stage]
            torch.testing.assert_close(heard[:samples], alone, atol=1e-6, rtol=1e-4)
            assert not heard[samples:].any()


def test_what_a_criterion_costs_is_summed_over_stages_by_their_weights():
    loss, frames = fake(3, torch.clone, criterion=Kept(1.0, 2.0, 3.0)).loss(batch_of(800, 400))
    assert float(loss) == pytest.approx(0.1 * 1 + 0.1 * 2 + 3) and int(frames) == 17
    learner = fake(3, torch.clone, criterion=Kept(1.0, 2.0, 3.0), stage_weight=0.5)
    assert float(learner.loss(batch_of(800))[0]) == pytest.approx(0.5 * 1 + 0.5 * 2 + 3)


@either_kind
def test_where_there_is_no_noise_the_mixture_itself_costs_nothing(target):
    batch = batch_of(1600, 800)
    batch = {**batch, "noise": torch.zeros(2, 1600), "mixture": batch["clean"]}
    learner = fake(3, torch.clone, target(), criterion=Compressed(l1=1.0))
    assert float(learner.loss(batch)[0]) < 1e-5
    assert float(fake(3, torch.zeros_like, target(), criterion=Compressed()).loss(batch)[0]) > 0.1


@either_kind
def test_the_mixture_costs_nothing_at_a_stage_that_is_to_leave_all_noise(target):
    def cost(stage_weight):
        def network(freqs, target):
            return Fake(2, torch.clone, target)

        learner = Learner(
            STFT(RATE), target(), network, RawLevel(), {2: [0.0]}, stage_weight, None, Compressed()
        )
        return float(learner.loss(batch_of(1600, 800))[0])

    assert cost(stage_weight=100.0) == pytest.approx(cost(stage_weight=0.0), rel=1e-3)
    assert cost(stage_weight=0.0) > 0.1


# A Hamming window sees the last samples after the last whole hop also from one more frame, which
# a signal alone does not have.
@pytest.mark.parametrize(
    ("window", "lengths"),
    [
        ("hamming", (800, 800)),
        ("hamming", (1600, 880, 80)),
        ("sqrt_hann", (1600, 1599)),
        ("sqrt_hann", (1601, 1520, 160, 81)),
    ],
)
@either_kind
@torch.no_grad()
def test_what_a_criterion_costs_is_that_of_the_items_weighted_by_frames(target, window, lengths):
    stft, criterion = STFT(RATE, window=window), Compressed(si_sdr=0.01, l1=0.1)
    learner, batch = (
        crnn(target=target(), stft=stft, criterion=criterion).eval(),
        batch_of(*lengths),
    )
    loss, frames = learner.loss(batch)
    items = [learner.loss(item_of(batch, index)) for index in range(len(lengths))]
    assert int(frames) == sum(stft.frames(length) for length in lengths)
    expected = sum(float(item) * int(count) for item, count in items) / int(frames)
    assert float(loss) == pytest.approx(expected, rel=1e-4)


@either_kind
@torch.no_grad()
def test_a_gain_of_a_recording_changes_nothing_of_what_a_criterion_costs(target):
    learner, batch = crnn(target=target(), criterion=Compressed(si_sdr=0.01)).eval(), batch_of(800)
    louder = {name: part if name == "length" else 100 * part for name, part in batch.items()}
    assert float(learner.loss(louder)[0]) == pytest.approx(float(learner.loss(batch)[0]), rel=1e-4)


@either_kind
def test_every_weight_learns_by_a_criterion_and_its_slopes_are_finite_at_silence(target):
    for silent in (False, True):
        learner, batch = (
            crnn(target=target(), criterion=Compressed(si_sdr=0.01)),
            batch_of(800, 400),
        )
        if silent:
            batch = {name: part * (name == "length") for name, part in batch.items()}
        loss, _ = learner.loss(batch)
        loss.backward()
        slopes = [parameter.grad for parameter in learner.network.parameters()]
        assert loss.isfinite() and all(slope.isfinite().all() for slope in slopes)
        assert silent or all(slope.any() for slope in slopes)

"""What a EnhancementLearner makes of a criterion, a loss of what can be heard."""

import pytest
import torch

from dsp.stft import STFT
from models.enhancement_learner import EnhancementLearner
from models.level import RawLevel
from models.losses.compressed import Compressed
from models.losses.loss import Loss
from models.targets.complex_mask import ComplexMask
from models.targets.iam import IAM
from tests.known_networks import RATE, TABLE_2, Fake, batch_of, crnn, fake, item_of

either_kind = pytest.mark.parametrize("target", [IAM, ComplexMask])


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

        learner = EnhancementLearner(
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

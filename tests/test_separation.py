"""Two talkers taken apart: network, training whoever comes first, and answers known beforehand."""

from functools import partial
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
import torch
from known_networks import batch_of, item_of, randn
from omegaconf import OmegaConf
from test_stream import blocks_of

from dsp.stft import STFT
from metrics.si_sdr import SISDR
from metrics.talkers_si_sdr import TalkersSISDR
from models.baselines.talkers import IdealRatioMask, Unseparated
from models.level import RunningLevel
from models.losses.compressed import Compressed
from models.pieces import in_blocks
from models.separation.mask_lstm import MaskLSTM
from models.separation.permutation import best_permutation
from models.separation_learner import SeparationLearner
from models.targets.complex_mask import ComplexMask
from models.targets.iam import IAM

RATE = 8000
TASK = OmegaConf.load(Path(__file__).parent.parent / "conf/task/separation.yaml")
SI_SDR = Compressed(magnitude=0, complex=0, si_sdr=1, l1=1)
either_way = pytest.mark.parametrize("bidirectional", [False, True])


def learner(bidirectional=False, target=None, hidden=8, **options):
    torch.manual_seed(0)
    network = partial(MaskLSTM, hidden=hidden, layers=2, bidirectional=bidirectional)
    stft = STFT(RATE, window_s=0.032, hop_s=0.016, window="sqrt_hann")
    target = target or IAM(power=0.5, phase_sensitive=True)
    return SeparationLearner(stft, target, network, RunningLevel(), **options)


def swapped(batch):
    return {**batch, "clean": batch["noise"], "noise": batch["clean"]}


def test_the_best_permutation_is_that_of_all_which_costs_least():
    costs = torch.rand(50, 3, 3, generator=torch.Generator().manual_seed(0))
    least, order = best_permutation(costs)
    for cost, found, chosen in zip(costs, least, order, strict=True):
        each = {
            way: sum(cost[estimate, talker] for talker, estimate in enumerate(way)) / 3
            for way in permutations(range(3))
        }
        assert tuple(chosen.tolist()) == min(each, key=each.get)
        assert float(found) == pytest.approx(float(min(each.values())))


@either_way
@pytest.mark.parametrize("target", [IAM(), ComplexMask()])
@pytest.mark.parametrize("criterion", [None, SI_SDR])
def test_the_loss_does_not_depend_on_which_talker_is_called_clean(bidirectional, target, criterion):
    made, batch = learner(bidirectional, target, criterion=criterion), batch_of(2000, 1500)
    torch.testing.assert_close(made.summed_loss(batch), made.summed_loss(swapped(batch)))


@either_way
@pytest.mark.parametrize("criterion", [None, SI_SDR])
def test_padding_changes_neither_loss_nor_waveforms(bidirectional, criterion):
    made, batch = learner(bidirectional, criterion=criterion), batch_of(2048, 1280)
    summed, frames = made.summed_loss(batch)
    alone = [made.summed_loss(item_of(batch, index)) for index in range(2)]
    assert int(frames) == sum(int(count) for _, count in alone)
    torch.testing.assert_close(summed, sum(loss for loss, _ in alone))
    separated = made.separate(batch["mixture"])
    torch.testing.assert_close(
        separated[1:, :, :1280], made.separate(item_of(batch, 1)["mixture"]), atol=1e-6, rtol=1e-5
    )


def test_items_that_do_not_count_cost_nothing():
    made, batch = learner(), batch_of(2000, 1500)
    one = made.summed_loss({**batch, "counts": torch.tensor([1, 0])})
    torch.testing.assert_close(one, made.summed_loss(item_of(batch, 0)))


def test_estimates_that_are_the_talkers_in_the_other_order_cost_nothing(monkeypatch):
    made, batch = learner(), batch_of(2000, 2000)
    talkers = torch.stack([batch["noise"], batch["clean"]], 1)
    spectrum = made.stft(batch["mixture"])
    level = made.level(spectrum.abs())
    perfect = made.references(talkers, spectrum, level)
    monkeypatch.setattr(made, "estimates", lambda spectrum: (perfect, level))
    summed, _ = made.summed_loss(batch)
    assert float(summed) == pytest.approx(0, abs=1e-9)


def test_waveforms_that_are_the_talkers_in_the_other_order_have_the_highest_si_sdr(monkeypatch):
    made, batch = learner(criterion=Compressed(magnitude=0, complex=0, si_sdr=1)), batch_of(2000)
    swapped_talkers = torch.stack([batch["noise"], batch["clean"]], 1)
    monkeypatch.setattr(made, "waveforms", lambda *of_estimates: swapped_talkers)
    loss, _ = made.loss(batch)
    assert float(loss) == pytest.approx(-30, abs=1e-3)  # the ceiling, in dB


def test_one_choice_of_whose_estimate_is_whose_holds_for_a_whole_mixture(monkeypatch):
    """Estimates that swap talkers halfway cost as much as any fixed order, which is not nothing."""
    made, batch = learner(), batch_of(4000, 4000)
    spectrum = made.stft(batch["mixture"])
    level = made.level(spectrum.abs())
    right = made.references(torch.stack([batch["clean"], batch["noise"]], 1), spectrum, level)
    half = right.shape[-1] // 2
    swapping = torch.cat([right[..., :half], right.flip(1)[..., half:]], -1)
    monkeypatch.setattr(made, "estimates", lambda spectrum: (swapping, level))
    summed, _ = made.summed_loss(batch)
    all_wrong = made.target.loss(right, right.flip(1)).mean((1, 2, 3)).sum()
    assert 0.4 < float(summed / all_wrong) < 0.6


@either_way
def test_talkers_do_not_swap_between_blocks(bidirectional):
    made, mixture = learner(bidirectional), randn(2, 9001)
    whole = made.separate(mixture)
    for number in range(2):
        blocks = blocks_of(mixture, [333, 1700])
        joined = torch.cat(list(in_blocks(made.talker(number), blocks)), -1)
        torch.testing.assert_close(joined, whole[:, number], atol=1e-5, rtol=1e-4)
    assert not torch.allclose(whole[:, 0], whole[:, 1], atol=1e-3)


def test_a_causal_separator_hears_nothing_of_the_future():
    made, mixture = learner(), randn(1, 6400)
    later = mixture.clone()
    later[:, 3200:] = randn(1, 3200, seed=5)
    early = 3200 - made.stft.length
    torch.testing.assert_close(
        made.separate(later)[..., :early], made.separate(mixture)[..., :early]
    )


def tones(count, seed, samples=4000):
    """Mixtures of two "speakers" of sines, one below 1200 Hz and one above 1600, in either order."""
    rng = np.random.default_rng(seed)
    time = np.arange(samples) / RATE
    voices = []
    for low, high in ((200, 1200), (1600, 3600)):
        hertz, phase = rng.uniform(low, high, (count, 3, 1)), rng.uniform(0, 6, (count, 3, 1))
        voices.append(0.1 * np.sin(2 * np.pi * hertz * time + phase).sum(1))
    order = rng.random(count) < 0.5
    first = np.where(order[:, None], voices[0], voices[1])
    clean, noise = (torch.from_numpy(v).float() for v in (first, sum(voices) - first))
    length = torch.full((count,), samples)
    return {"mixture": clean + noise, "clean": clean, "noise": noise, "length": length}


def talkers_of(batch):
    return torch.stack([batch["clean"], batch["noise"]], 1)


@pytest.mark.parametrize("criterion", [None, SI_SDR])
def test_two_speakers_of_sines_are_separated(criterion):
    made = learner(hidden=32, criterion=criterion)
    optimizer = torch.optim.Adam(made.parameters(), lr=5e-3)
    for step in range(80):
        loss, _ = made.loss(tones(8, seed=step))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    unheard = tones(6, seed=1000)
    answers = made.separate(unheard["mixture"]).double().numpy()
    score = TalkersSISDR()
    for talkers, mixture, answer in zip(
        talkers_of(unheard).double().numpy(), unheard["mixture"].numpy(), answers, strict=True
    ):
        assert score(talkers, np.stack([mixture, mixture]), RATE) < 3
        assert score(talkers, answer, RATE) > 12


def test_the_ideal_mask_separates_what_does_not_overlap_and_the_mixture_is_not_separated():
    batch = tones(2, seed=0)
    batch["talkers"] = talkers_of(batch)
    ideal = IdealRatioMask(learner().stft).answers(batch)
    unseparated = Unseparated().answers(batch)
    for index, talkers in enumerate(batch["talkers"].double().numpy()):
        for number in range(2):
            assert SISDR()(talkers[number], ideal[index][number], RATE) > 25
            assert np.allclose(unseparated[index][number], batch["mixture"][index])


@pytest.mark.parametrize(
    ("options", "told"),
    [({"talkers": 1}, "talkers=1: to take apart, at least 2"), ({"compression": 0.0}, "above 0")],
)
def test_what_no_network_can_be_is_refused(options, told):
    with pytest.raises(ValueError, match=told):
        MaskLSTM(129, IAM(), **options)

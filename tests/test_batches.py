"""Batches of near lengths: little padding, every item once, the same on any number of processes."""

import numpy as np
import pytest
import torch

from datagen.batches import LengthBatches, collate, padding
from datagen.dealing import Dealt

RNG = np.random.default_rng(0)
LENGTHS = {
    "uniform": RNG.integers(16000, 64000, 500),
    "skewed": (16000 * RNG.lognormal(0.5, 0.8, 300)).astype(int),
    "equal": np.full(100, 64000),
    "doubling": 2 ** np.arange(5, 20),
    "one": np.array([7]),
}


def batches(lengths, epoch=0, shuffle=True, size=16, seed=0, steps=None, done=0):
    return LengthBatches(
        lengths, size, 0.1, shuffle, seed, epoch=lambda: epoch, steps=steps, done=lambda: done
    )


@pytest.mark.parametrize("kind", LENGTHS)
def test_padding_stays_under_a_tenth_and_every_item_comes_once(kind):
    lengths = LENGTHS[kind]
    made = list(batches(lengths))
    assert sorted(item for batch in made for item in batch) == list(range(len(lengths)))
    assert max(map(len, made)) <= 16
    assert all(padding(lengths[batch]) <= 0.1 for batch in made)
    assert len(made) == len(batches(lengths))


def test_batches_of_near_lengths_are_full():
    assert [len(batch) for batch in batches(LENGTHS["equal"], shuffle=False)] == [16] * 6 + [4]


@pytest.mark.parametrize("world", [2, 3, 5, 40])
@pytest.mark.parametrize("kind", LENGTHS)
def test_processes_share_every_batch_and_no_item_counts_twice(kind, world):
    lengths = LENGTHS[kind]
    whole = batches(lengths)
    ranks = [list(Dealt(whole, lengths, rank, world)) for rank in range(world)]
    for batch, *shares in zip(whole, *ranks, strict=True):
        assert all(shares)  # each process has a row, be it one that does not count
        counted = [turn.row for share in shares for turn in share if turn.counts]
        assert sorted(counted) == sorted(batch)
        assert {turn.longest for share in shares for turn in share} == {max(lengths[batch])}


def test_every_epoch_has_an_order_of_its_own_that_can_be_repeated():
    first, again, second, other = (
        list(batches(LENGTHS["uniform"], epoch=epoch, seed=seed))
        for epoch, seed in ((0, 0), (0, 0), (1, 0), (0, 1))
    )
    assert first == again
    assert first != second
    assert first != other


def test_equal_lengths_meet_in_other_batches_every_epoch():
    groups = [
        {frozenset(batch) for batch in batches(LENGTHS["equal"], epoch=epoch)} for epoch in (0, 1)
    ]
    assert groups[0] != groups[1]


def test_unshuffled_batches_are_the_same_every_epoch_and_sorted():
    first, second = (
        list(batches(LENGTHS["uniform"], epoch=epoch, shuffle=False)) for epoch in (0, 1)
    )
    assert first == second
    lengths = [LENGTHS["uniform"][item] for batch in first for item in batch]
    assert lengths == sorted(lengths)


@pytest.mark.parametrize("steps", [1, 3, 7, 40])
def test_epochs_of_some_steps_go_on_where_the_last_one_stopped(steps):
    lengths = LENGTHS["uniform"]
    laps = [batch for epoch in range(4) for batch in batches(lengths, epoch)]
    epochs = [list(batches(lengths, epoch, steps=steps)) for epoch in range(len(laps) // steps)]
    assert {len(epoch) for epoch in epochs} == {steps} == {len(batches(lengths, steps=steps))}
    assert [batch for epoch in epochs for batch in epoch] == laps[: len(epochs) * steps]


@pytest.mark.parametrize("steps", [None, 7])
@pytest.mark.parametrize("done", [1, 6])
def test_an_epoch_that_is_gone_on_with_has_the_rest_of_its_batches(steps, done):
    lengths = LENGTHS["uniform"]
    whole, rest = batches(lengths, 3, steps=steps), batches(lengths, 3, steps=steps, done=done)
    assert list(rest) == list(whole)[done:] and len(rest) == len(whole)


def test_no_items_are_no_batches():
    assert list(batches([])) == []


def test_a_batch_is_padded_with_zeros_and_numbers_become_a_tensor():
    items = [{"clean": torch.ones(n), "length": n, "snr_db": -2.5} for n in (3, 5)]
    batch = collate(items)
    assert batch["clean"].tolist() == [[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]]
    assert batch["length"].tolist() == [3, 5]
    assert (
        batch["snr_db"].dtype == torch.float64
    )  # as the plan has it: a rounded SNR would move samples


def test_utterances_of_one_length_do_not_fill_a_batch_epoch_after_epoch():
    lengths = np.repeat(
        np.random.default_rng(0).integers(16000, 96000, 200), 10
    )  # ten mixtures of each utterance
    epochs = [
        list(LengthBatches(lengths, 16, 0.1, shuffle=True, epoch=lambda epoch=epoch: epoch))
        for epoch in range(2)
    ]
    for batches in epochs:
        assert (
            np.mean([len({item // 10 for item in batch}) / len(batch) for batch in batches]) > 0.6
        )
    assert len({*map(frozenset, epochs[0])} & {*map(frozenset, epochs[1])}) < 0.02 * len(epochs[0])

"""What a step of a training learns from does not depend on the number of processes."""

import pandas as pd
import pytest
import torch
from forked import killed_after, pair
from known_networks import batch_of, crnn
from tiny_run import config, overrides

import train
from datagen.dealing import Dealt, Turn
from models.consumed import WRAP, Consumed, of_step

# Without batch norm, whose statistics are of one process on a CPU.
DNN = ("network=pl_dnn", "network.hidden=4", "network.layers=1", "network.context=1")
# Odd numbers of rows: not every process has a row of every batch. Odd numbers of frames, too.
ODD = (
    "data.batch_size=2",
    "plan.train=9",
    "plan.validation=3",
    "plan.segment_s={train:0.5,validation:0.38,test:0.5}",
    "trainer.max_epochs=2",
)
TWO = ("trainer=ddp", "trainer.accelerator=cpu", "trainer.devices=2")


def test_two_processes_and_one_that_goes_on_for_them_learn_from_the_rows_of_one(data, tmp_path):
    one, run = tmp_path / "one", tmp_path / "run"
    tiny = [item for item in overrides(data, run) if not item.startswith("network.")]
    typed = [*tiny, *DNN, *ODD, "resume=auto", "checkpoint_minutes=0"]
    train.main(config("train", [*typed, f"output={one}"], one))
    first, second = pair(tmp_path / "told", [*typed, *TWO])
    assert killed_after(first, 7, 0.0)  # in the second epoch
    second.kill()
    before = pd.read_csv(run / "curve.csv")
    train.main(config("train", typed, run))
    expected, table = pd.read_csv(one / "curve.csv"), pd.read_csv(run / "curve.csv")
    assert len(before) == 1 and before.equals(table[:1])
    assert table.rows.tolist() == expected.rows.tolist() and len(set(table.rows)) == 2
    assert table.step.tolist() == expected.step.tolist()
    for name in ("train_loss", "validation_loss"):
        assert table[name].tolist() == pytest.approx(expected[name].tolist(), rel=1e-5)


def test_a_share_without_rows_has_one_that_does_not_count():
    lengths = [5, 9, 7]
    shares = [list(Dealt([[0, 2, 1], [1]], lengths, rank, 2)) for rank in (0, 1)]
    assert shares[0] == [[Turn(0, 9, True), Turn(1, 9, True)], [Turn(1, 9, True)]]
    assert shares[1] == [[Turn(2, 9, True)], [Turn(1, 9, False)]]


def test_a_signal_that_does_not_count_adds_nothing_to_the_loss():
    learner, batch = crnn().eval(), batch_of(1600, 1600)
    one = {name: value[:1] for name, value in batch.items()}
    summed, frames = learner.summed_loss({**batch, "counts": torch.tensor([1, 0])})
    torch.testing.assert_close((summed, frames), learner.summed_loss(one))


def test_the_hash_of_rows_is_that_of_their_steps_whoever_has_them_and_travels():
    rows = torch.tensor([5, 2**62 + 1, 77])
    counted = torch.ones(3, dtype=torch.long)
    whole = int(of_step(rows, counted, 3))
    shares = [int(of_step(rows[rank::2], counted[rank::2], 3)) for rank in (0, 1)]
    assert sum(shares) % WRAP == whole % WRAP
    assert int(of_step(rows.flip(0), counted, 3)) == whole != int(of_step(rows, counted, 4))
    assert int(of_step(rows, torch.tensor([1, 0, 1]), 3)) == int(
        of_step(rows[[0, 2]], counted[:2], 3)
    )
    kept = Consumed()
    for step in range(100):
        kept.add(of_step(rows, counted, step))
    again = Consumed()
    again.load_state_dict(kept.state_dict())
    assert again.digest() == kept.digest() != Consumed().digest() == "r" + 16 * "0"

"""Rows of speech alone and of noise alone: how many, what is in them, and that a network can learn of them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from corpora import RATE
from omegaconf import OmegaConf

from datagen.dataset import Unmixed
from datagen.draw_plan import draw_plan
from datagen.render import render
from datagen.render_plan import render_plan
from dsp.stft import STFT
from models.enhancement_learner import EnhancementLearner
from models.level import RunningLevel
from models.networks.crnn import CRNN
from models.targets.target import Target
from options.build import build

TARGETS = sorted((Path(__file__).parent.parent / "conf" / "target").glob("*.yaml"))
SPLITS = ("train", "validation", "test")


def rows_of(plan, present):
    return plan.rows[plan.rows.present == present].to_dict("records")


def test_shares_are_those_asked_for_in_training_and_none_elsewhere(make, tmp_path):
    counts = {"train": 400, "validation": 40, "test": 40}
    rows = draw_plan(make(speech_alone=0.1, noise_alone=0.2), counts, tmp_path).rows
    drawn = rows[rows.split == "train"].present.value_counts()
    # Four standard deviations of a binomial count: 24 and 32.
    assert abs(drawn["speech"] - 40) < 24
    assert abs(drawn["noise"] - 80) < 32
    assert set(rows[rows.split != "train"].present) == {"both"}


def test_shares_of_one_and_of_none_are_met_by_every_row(make, tmp_path):
    for option, present in (("speech_alone", "speech"), ("noise_alone", "noise")):
        rows = draw_plan(make(**{option: 1.0}), {"train": 8}, tmp_path).rows
        assert set(rows.present) == {present}
    assert set(draw_plan(make(), {"train": 8}, tmp_path).rows.present) == {"both"}


def test_all_else_in_a_row_is_drawn_as_without_it(make, tmp_path):
    plain, alone = (
        draw_plan(make(**changes), {"train": 20}, tmp_path).rows.drop(columns="present")
        for changes in ({}, {"speech_alone": 0.5, "noise_alone": 0.5})
    )
    pd.testing.assert_frame_equal(plain, alone)


def test_the_part_alone_is_as_loud_as_in_the_mixture_and_the_other_is_silence(varied):
    plan, library = varied
    for present, loud, silent in (("speech", "clean", "noise"), ("noise", "noise", "clean")):
        rows = rows_of(plan, present)
        assert rows
        for row in rows:
            alone, both = render(row, library), render({**row, "present": "both"}, library)
            assert torch.equal(alone["mixture"], alone[loud])
            assert torch.equal(alone[loud], both[loud])
            assert not alone[silent].any()


def test_a_rendered_table_has_no_snr_of_such_rows(varied, tmp_path):
    plan, library = varied
    table = render_plan(plan, library, tmp_path / "out", RATE)
    alone = (plan.rows.present != "both").to_numpy()
    np.testing.assert_array_equal(table.achieved_snr_db.isna(), alone)
    again = render_plan(plan, library, tmp_path / "out", RATE)
    pd.testing.assert_frame_equal(again, table)


@pytest.mark.parametrize("path", TARGETS, ids=lambda path: path.stem)
@pytest.mark.parametrize("present", ["speech", "noise"])
def test_loss_and_slopes_are_finite_for_every_target(varied, path, present):
    plan, library = varied
    rows = plan.rows[plan.rows.present == present].head(2).reset_index(drop=True)
    route = Unmixed(rows, library)
    item = route[0]
    batch = route.on_device({name: torch.as_tensor(value)[None] for name, value in item.items()})

    def small(freqs, target):
        return CRNN(freqs, target, 2, [2, 2, 2, 3], 9)

    torch.manual_seed(0)
    target = build(OmegaConf.load(path), Target)
    model = EnhancementLearner(STFT(RATE), target, small, RunningLevel(), {2: [20]})
    loss, _ = model.loss(batch)
    loss.backward()
    assert torch.isfinite(loss)
    for parameter in model.parameters():
        assert torch.isfinite(parameter.grad).all()

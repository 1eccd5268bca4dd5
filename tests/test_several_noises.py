"""Several noises at once: how many, where they are cut, how loud each is, and the SNR of their sum."""

import numpy as np
import pandas as pd
import pytest
from corpora import RATE, pcm

from datagen.draw_plan import draw_plan
from datagen.plan import Plan, load_plan
from datagen.render_plan import render_plan
from datagen.row import Row
from datagen.several_noises import ATTEMPTS, Further, together

TIME = np.arange(RATE) / RATE
CHANCES = [0.5, 0.3, 0.2]
COUNTS = {"train": 300, "validation": 20, "test": 16}


def tone(hz: float, size: float) -> np.ndarray:
    return pcm(size * np.sin(2 * np.pi * hz * TIME))


def size_at(samples: np.ndarray, hz: int) -> float:
    """Amplitude of the tone at `hz` in a second of samples."""
    return 2 * abs(np.fft.rfft(samples)[hz]) / len(samples)


@pytest.fixture(scope="module")
def crowded(make, tmp_path_factory):
    """A plan in which many training rows have several noises."""
    drawer = make(noises=CHANCES, noises_db=[-12.0, 3.0])
    return draw_plan(drawer, COUNTS, tmp_path_factory.mktemp("cache"))


@pytest.mark.parametrize("level_db", [-20.0, -6.0, 0.0, 6.0])
def test_a_further_noise_has_its_level_relative_to_the_first(level_db):
    summed = together(tone(500, 0.1), [Further("n", tone(1500, 0.4), level_db)])
    ratio = size_at(summed, 1500) / size_at(summed, 500)
    assert 20 * np.log10(ratio) == pytest.approx(level_db, abs=0.01)
    assert size_at(summed, 500) == pytest.approx(3276.8, rel=1e-3)


def test_three_that_would_clip_are_turned_down_together():
    further = [Further("a", tone(1500, 0.9), 0.0), Further("b", tone(2500, 0.3), 6.0)]
    summed = together(tone(500, 0.9), further)
    assert summed.dtype == np.int16 and np.abs(summed.astype(int)).max() == 32767
    sizes = [size_at(summed, hz) for hz in (500, 1500, 2500)]
    np.testing.assert_allclose(20 * np.log10(np.divide(sizes, sizes[0])), [0, 0, 6], atol=0.01)


def test_one_noise_alone_is_the_recording_itself():
    noise = tone(500, 0.3)
    assert together(noise, []) is noise


def test_chances_are_those_asked_for_in_training_and_one_elsewhere(crowded):
    rows = crowded.rows
    train, others = rows[rows.split == "train"], rows[rows.split != "train"]
    two, three = (train.noise_2_id != "").mean(), (train.noise_3_id != "").mean()
    # Within four standard deviations of a share of 300.
    assert abs(two - 0.5) < 4 * np.sqrt(0.5 * 0.5 / 300)
    assert abs(three - 0.2) < 4 * np.sqrt(0.2 * 0.8 / 300)
    assert not ((train.noise_3_id != "") & (train.noise_2_id == "")).any()
    assert not (others.noise_2_id + others.noise_3_id).any()


def test_further_noises_are_cut_as_the_first_within_the_split_and_the_range_of_levels(crowded):
    plan = crowded
    noise = plan.noise.set_index("id")
    for name in ("noise_2", "noise_3"):
        rows = plan.rows[plan.rows[f"{name}_id"] != ""]
        stretch = noise.loc[rows[f"{name}_id"]]
        assert set(stretch.split) == {"train"} and stretch.seen.all()
        assert rows[f"{name}_start"].to_numpy() == pytest.approx(
            rows[f"{name}_start"].clip(stretch.start.to_numpy(), stretch.stop.to_numpy() - 1)
        )
        assert rows[f"{name}_db"].between(-12, 3).all()
        assert np.ptp(rows[f"{name}_db"]) > 10
        assert (rows[f"{name}_start"] != rows.noise_start).mean() > 0.9


def test_the_snr_of_a_row_is_that_of_the_sum(make, tmp_path):
    drawer = make(noises=[0.0, 0.5, 0.5])
    plan = draw_plan(drawer, {"train": 12}, tmp_path / "cache")
    table = render_plan(plan, drawer.library, tmp_path / "out", RATE)
    assert (table.achieved_snr_db - plan.rows.snr_db).abs().max() <= 0.01


def test_rows_with_one_noise_and_the_first_noise_of_others_are_as_without_the_option(
    crowded, make, tmp_path
):
    plain = draw_plan(make(), COUNTS, tmp_path / "other").rows
    rows = crowded.rows
    columns = ["speech_id", "speech_start", "noise_id", "noise_start", "length", "snr_db"]
    one = rows.noise_2_id == ""
    pd.testing.assert_frame_equal(rows[one], plain[one])
    # A further noise that is silent has all of a row cut anew, which is rare.
    assert (rows[columns] == plain[columns]).all(axis=1).mean() > 0.9


def test_any_row_can_be_drawn_alone(crowded, make):
    row = crowded.rows.to_dict("records")[123]
    assert make(noises=CHANCES, noises_db=[-12.0, 3.0]).draw("train", 123) == Row(**row)


@pytest.mark.parametrize(
    ("split", "columns", "told"),
    [
        ("train", {"noise_2_start": 10**9}, "begins outside its stretch of noise_2"),
        ("test", {"noise_3_db": 1.0}, "has a noise_3_db of its own, which training rows alone"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_its_row(crowded, tmp_path, split, columns, told):
    plan = crowded
    rows = plan.rows.copy()
    position = rows.index[(rows.split == split) & ((rows.noise_2_id != "") | (split == "test"))][0]
    for name, value in columns.items():
        rows.loc[position, name] = value
    Plan(rows, plan.speech, plan.noise).save(tmp_path / "plan")
    with pytest.raises(ValueError, match=f"row {position + 2}, {split}-.* {told}"):
        load_plan(tmp_path / "plan")


def test_noise_of_nothing_but_silence_is_named_with_a_remedy(make, monkeypatch):
    drawer = make(noises=[0.0, 1.0])
    monkeypatch.setattr(type(drawer), "_is_audible", lambda *_: False)
    told = rf"plan.noises: {ATTEMPTS} cuts of further noise .*, or set plan.noises=\[1.0\]"
    with pytest.raises(ValueError, match=told):
        drawer.draw("train", 0)

"""A plan: its columns, its seed, and a test grid in which everything meets equally often."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import soundfile
from corpora import RATE, UNSEEN

from datagen.draw_plan import draw_plan
from datagen.file_reader import FileReader
from datagen.library import Library
from datagen.plan import load_plan
from datagen.recordings import corrections
from datagen.row import Row
from files.schema import types_of

SPLITS = ("train", "validation", "test")

TEST_GRID = 6 * 4 * 2  # utterances x SNRs x {seen, unseen}


def test_columns_are_those_of_the_contract(make, tmp_path):
    plan = draw_plan(make(), {"train": 3, "validation": 2, "test": 8}, tmp_path)
    assert ",".join(plan.rows) == (
        "mixture_id,split,speech_id,speech_start,noise_id,noise_start,length,snr_db,gain_db,noise_seen,"
        "present,noise_2_id,noise_2_start,noise_2_db,noise_3_id,noise_3_start,noise_3_db,"
        "speech_filter,noise_filter,band"
    )
    assert plan.rows.split.tolist() == ["train"] * 3 + ["validation"] * 2 + ["test"] * 8
    assert plan.rows.mixture_id.is_unique
    assert not plan.rows.isna().any(axis=None)


def test_any_row_can_be_drawn_alone_and_in_any_order(make, tmp_path):
    changes = {"gain_db": [-6.0, 6.0], "segment_s": dict.fromkeys(SPLITS, 1.0)}
    rows = draw_plan(make(**changes), {"train": 12, "test": 8}, tmp_path).rows.to_dict("records")
    for split, index, row in [
        ("test", 5, rows[17]),
        ("train", 11, rows[11]),
        ("train", 0, rows[0]),
    ]:
        assert make(**changes).draw(split, index) == Row(**row)


def test_jobs_change_nothing_and_the_seed_everything(make, tmp_path):
    counts = {"train": 20, "validation": 6, "test": 16}
    alone, two, other = (
        draw_plan(make(seed), counts, tmp_path / f"{number}", jobs).rows
        for number, (seed, jobs) in enumerate([(0, 1), (0, 2), (1, 1)])
    )
    pd.testing.assert_frame_equal(alone, two)
    assert (alone.noise_start != other.noise_start).mean() > 0.9


def test_a_longer_plan_begins_with_the_shorter_one(make, tmp_path):
    short, long = (draw_plan(make(), {"train": count}, tmp_path).rows for count in (5, 9))
    pd.testing.assert_frame_equal(short, long.head(5))


def test_the_test_grid_is_complete(make, tmp_path):
    plan = draw_plan(make(), {"test": TEST_GRID}, tmp_path)
    rows = plan.rows
    assert rows.speech_id.nunique() == 6
    assert (rows.groupby(["speech_id", "snr_db", "noise_seen"]).size() == 1).all()
    assert set(rows.snr_db) == {-5.0, 0.0, 5.0, 10.0}
    noise = plan.noise.set_index("id").loc[rows.noise_id]
    assert set(noise.split) == {"test"}
    assert set(noise.kind[~noise.seen]) == set(UNSEEN)
    assert noise.seen.tolist() == rows.noise_seen.tolist()


def test_every_snr_meets_every_unseen_noise_equally_often(make, tmp_path):
    rows = draw_plan(
        make(), {"test": 8 * 10}, tmp_path
    ).rows  # ten utterances, more than there are: laps
    counts = rows[~rows.noise_seen].groupby(["snr_db", "noise_id"]).size()
    assert len(counts) == 4 * len(UNSEEN)
    assert (counts == 2).all()


def test_an_utterance_meets_another_unseen_noise_at_every_snr(make, tmp_path):
    rows = draw_plan(make(), {"test": TEST_GRID}, tmp_path).rows
    assert (rows[~rows.noise_seen].groupby("speech_id").noise_id.nunique() == 4).all()


def test_training_goes_through_all_speech_and_all_snrs(make, tmp_path):
    drawer = make()
    rows = draw_plan(drawer, {"train": 300}, tmp_path).rows
    assert set(rows.snr_db) == set(range(-5, 11))
    counts = rows.speech_id.value_counts()
    assert len(counts) == (drawer.speech.split == "train").sum()
    assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize(
    ("count", "remedy"), [(12, "use 8 or 16"), (3, "use 8 or 11|use 8 or 8|use 8")]
)
def test_half_a_test_grid_is_refused(make, tmp_path, count, remedy):
    with pytest.raises(ValueError, match=f"plan.test={count}: not a multiple of 8 .*({remedy})"):
        draw_plan(make(), {"test": count}, tmp_path)


def test_a_split_without_noise_or_speech_is_named(make, tmp_path):
    drawer = make()
    for table, what in (("noise", "seen noise"), ("speech", "speech")):
        served = getattr(drawer, table)
        lacking = replace(drawer, **{table: served[served.split != "validation"]})
        with pytest.raises(
            ValueError, match=f"plan.validation=2: no recording of {what} serves in the split"
        ):
            draw_plan(lacking, {"validation": 2}, tmp_path)


def test_nothing_asked_for_is_an_empty_plan(make, tmp_path):
    rows = draw_plan(make(), {"train": 0}, tmp_path).rows
    assert rows.empty and list(rows) == list(types_of(Row))


def used(rows, noise) -> dict[str, np.ndarray]:
    """Which samples of every noise file the rows use."""
    table = noise.set_index("id")
    masks = {path: np.zeros(stop, bool) for path, stop in noise.groupby("path").stop.max().items()}
    for row in rows.itertuples():
        vector = noise[noise.vector == table.loc[row.noise_id].vector].reset_index(drop=True)
        position, start, left = (
            int(vector.index[vector.id == row.noise_id][0]),
            row.noise_start,
            row.length,
        )
        while left > 0:
            piece = vector.loc[position]
            count = min(left, piece.stop - start)
            masks[piece.path][start : start + count] = True
            position, left = (position + 1) % len(vector), left - count
            start = vector.loc[position].start
    return masks


def test_no_noise_sample_serves_two_splits(make, tmp_path):
    plan = draw_plan(make(), {"train": 40, "validation": 20, "test": 16}, tmp_path)
    train, validation, test = (used(plan.split(split), plan.noise) for split in SPLITS)
    for path in train:
        assert not (train[path] & validation[path]).any()
        assert not (train[path] & test[path]).any()
        assert not (validation[path] & test[path]).any()
    assert sum(mask.sum() for mask in validation.values()) > 0
    overlapping = make(noise_stretches=None)
    plan = draw_plan(overlapping, {"train": 40, "test": 16}, tmp_path)
    train, test = used(plan.split("train"), plan.noise), used(plan.split("test"), plan.noise)
    assert any((train[path] & test[path]).any() for path in train)


def test_no_speaker_of_a_plan_serves_two_splits(make, tmp_path):
    plan = draw_plan(make(), {"train": 60, "validation": 20, "test": 16}, tmp_path)
    source = plan.speech.set_index("id").source
    groups = [set(source[plan.split(split).speech_id]) for split in SPLITS]
    assert not groups[0] & groups[1] | groups[0] & groups[2] | groups[1] & groups[2]


def test_a_drawn_plan_is_found_again_and_redrawn_after_a_change(make, tmp_path, monkeypatch):
    drawer = make()
    first = draw_plan(drawer, {"train": 4}, tmp_path).rows
    monkeypatch.setattr(soundfile, "SoundFile", None)
    pd.testing.assert_frame_equal(draw_plan(make(), {"train": 4}, tmp_path).rows, first)
    for changed in (make(seed=1), make(gain_db=[-1.0, 0.0]), make(sample_rate=8000)):
        with pytest.raises(TypeError):  # soundfile is out of order: it was needed
            draw_plan(changed, {"train": 4}, tmp_path)


def test_a_saved_plan_is_loaded_unchanged_with_its_library(make, tmp_path):
    drawer = make(gain_db=[-9.0, 0.0])
    plan = draw_plan(drawer, {"train": 5, "test": 8}, tmp_path / "cache")
    plan.save(tmp_path)
    loaded = load_plan(tmp_path)
    for name in ("rows", "speech", "noise"):
        pd.testing.assert_frame_equal(
            getattr(loaded, name), getattr(plan, name), check_dtype=name == "rows"
        )
    row = plan.rows.to_dict("records")[7]
    reader = FileReader(RATE, corrections(loaded.speech, loaded.noise))
    libraries = drawer.library, Library(loaded.speech, loaded.noise, reader)
    here, there = (library.excerpts(row) for library in libraries)
    assert all(np.array_equal(*pair) for pair in zip(here, there, strict=True))


def test_a_folder_keeps_its_plan(make, tmp_path):
    draw_plan(make(), {"train": 2}, tmp_path / "cache").save(tmp_path)
    before = (tmp_path / "plan.csv").read_bytes()
    with pytest.raises(
        ValueError, match=r"holds another plan \(plan.csv differs: 2 rows there, 3 here\)"
    ):
        draw_plan(make(), {"train": 3}, tmp_path / "cache").save(tmp_path)
    assert (tmp_path / "plan.csv").read_bytes() == before
    with pytest.raises(FileNotFoundError, match=r"holds no plan, plan\.csv is missing"):
        load_plan(tmp_path / "cache")

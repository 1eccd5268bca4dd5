"""Mixtures in shards: what files hold, the disk they need, and damage by name."""

import numpy as np
import pandas as pd
import pytest
import torch
from corpora import RATE
from test_render import tree

from datagen.dataset import Rendered
from datagen.forecast import forecast
from datagen.pairs.rendered import Rendered as RenderedPairs
from datagen.render_plan import anywhere, render_plan
from datagen.storage import shards
from datagen.storage.stored import storage
from files.room import require_room


@pytest.fixture
def few_rows(monkeypatch):
    """Shards of two mixtures."""
    monkeypatch.setattr(shards, "ROWS", 2)
    monkeypatch.setattr(shards.Shards, "at_once", 2)


def test_shards_hold_what_files_hold_and_are_read_by_the_same_calls(drawn, tmp_path, few_rows):
    plan, library = drawn
    told = [render_plan(plan, library, tmp_path / form, RATE, form) for form in ("wav", "shards")]
    pd.testing.assert_frame_equal(*told)
    for split in ("train", "test"):
        rows = plan.split(split)
        routes = [Rendered(rows, str(tmp_path / form), RATE) for form in ("wav", "shards")]
        for file, shard in zip(*routes, strict=True):
            assert all(torch.equal(file[part], shard[part]) for part in ("mixture", "clean"))
    tests = [
        RenderedPairs(str(tmp_path / form)).test(RATE, None, 1, True) for form in ("wav", "shards")
    ]
    row = tests[0].plan.rows.iloc[3].to_dict()
    signals = [test.audio.signals(row) for test in tests]
    assert all(torch.equal(signals[0][part], signals[1][part]) for part in signals[0])
    files = [path.name for path in (tmp_path / "shards" / "train").rglob("*") if path.is_file()]
    assert sorted(files) == ["00000.pcm", "00001.pcm", "00002.pcm"]  # of six mixtures


def test_a_shard_that_is_gone_cut_short_or_changed_is_named(drawn, tmp_path, few_rows):
    plan, library = drawn
    render_plan(plan, library, tmp_path, RATE, "shards")
    whole = tree(tmp_path)
    path = tmp_path / "train" / "shards" / "00001.pcm"
    content = path.read_bytes()
    path.write_bytes(content[:-2])
    with pytest.raises(FileNotFoundError, match=r"00001\.pcm: not rendered; run generate\.py"):
        Rendered(plan.split("train"), str(tmp_path), RATE)
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    with pytest.raises(ValueError, match=r"00001\.pcm: what it holds .* remove it and run"):
        Rendered(plan.split("train"), str(tmp_path), RATE)[2]
    with pytest.raises(ValueError, match=r"00001\.pcm: is damaged.*; remove it"):
        render_plan(plan, library, tmp_path, RATE, "shards")
    path.unlink()
    render_plan(plan, library, tmp_path, RATE, "shards")
    assert tree(tmp_path) == whole


@pytest.mark.parametrize("form", ["flac", "shards"])
def test_workers_that_have_nothing_but_the_disk_render_the_same(drawn, tmp_path, form):
    plan, library = drawn
    render_plan(plan, library, tmp_path / "here", RATE, form)

    def backwards(work, items):
        assert work([]) == []
        return map(work, list(items)[::-1])

    render_plan(plan, None, tmp_path / "there", RATE, form, spread=backwards)
    assert tree(tmp_path / "there") == tree(tmp_path / "here")


def test_a_forecast_knows_what_shards_take_and_what_stands(drawn, tmp_path):
    plan, library = drawn
    store = storage("shards", tmp_path, RATE)
    rows = store.laid_out(plan.rows)
    same_length = rows.assign(length=rows.length.min())
    needed = forecast(same_length, library, store)
    assert needed.bytes == pytest.approx(2 * 2 * same_length.length.sum())
    assert (needed.mixtures, needed.samples) == (len(rows), same_length.length.sum())
    render_plan(plan, library, tmp_path, RATE, "shards")
    assert forecast(rows, library, store).mixtures == 0


def test_what_is_larger_than_the_disk_is_refused(tmp_path):
    with pytest.raises(
        OSError,
        match=r"the plan takes about 1,000,000,000\.0 GB more, where .* are free; go elsewhere",
    ):
        require_room(1e18, tmp_path / "not" / "there", "the plan takes", "go elsewhere")
    assert require_room(1, tmp_path, "a byte takes", "") > 1


def test_a_worker_process_is_sent_names_not_tables(drawn, tmp_path):
    plan, _ = drawn
    plan.save(tmp_path)
    work = anywhere(storage("flac", tmp_path, RATE), "flac")
    assert len(np.array(repr(work)).tobytes()) < 4000

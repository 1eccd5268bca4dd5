"""Plans of many rows: drawn in parts over processes, mapped from disk, checked on reading."""

from functools import partial

import pandas as pd
import pytest
import torch
from corpora import COUNTS, RATE

from audio import reading
from datagen import draw_parts, draw_plan, large_rows
from datagen.datamodule import PlanData
from datagen.dataset import Mixed
from datagen.draw import Drawer
from datagen.draw_plan import draw_plan as draw
from datagen.plan import Plan, load_plan
from datagen.pool import pooled
from files.sums import TableError

HARD = {  # as `drawn` is
    "gain_db": [-25.0, 5.0],
    "snr_db": {"train": [-5, 10], "validation": [3.3], "test": [-5, 0, 5, 10]},
}


@pytest.fixture
def few(monkeypatch):
    """Parts of two rows."""
    monkeypatch.setattr(draw_plan, "PART", 2)
    monkeypatch.setattr(draw_parts, "PART", 2)


@pytest.fixture
def large(few, monkeypatch) -> None:
    """Plans of more than four rows are large."""
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(large_rows, "LIMIT", 4)


@pytest.mark.parametrize(("jobs", "from_pool"), [(1, False), (2, False), (2, True)])
def test_parts_drawn_over_processes_are_the_rows_drawn_one_by_one(
    make, drawn, few, tmp_path, monkeypatch, jobs, from_pool
):
    # What is sent to a process has no drawer: it finds the tables on the disk.
    monkeypatch.setattr(draw_parts, "over_processes", lambda jobs: map)
    drawer = make(**HARD)
    if from_pool:
        drawer.library = pooled(drawer.speech, drawer.noise, RATE, tmp_path)
        monkeypatch.setattr(reading, "read", lambda *_, **__: pytest.fail("a file is decoded"))
    rows = draw(drawer, {"train": COUNTS["train"]}, tmp_path / "parts", jobs).rows
    pd.testing.assert_frame_equal(rows, drawn[0].split("train"))
    assert len(list((tmp_path / "parts" / "plans").glob("*.csv"))) == 1  # parts are gone


def test_an_interrupted_drawing_goes_on_with_the_parts_it_lacks(
    make, drawn, few, tmp_path, monkeypatch
):
    real, begun = Drawer.draw, []

    def killed_at_3(self, split, index):
        begun.append(index)
        if index == 3 and begun.count(3) == 1:
            raise KeyboardInterrupt
        return real(self, split, index)

    monkeypatch.setattr(Drawer, "draw", killed_at_3)
    with pytest.raises(KeyboardInterrupt):
        draw(make(**HARD), {"train": 6}, tmp_path / "parts")
    rows = draw(make(**HARD), {"train": 6}, tmp_path / "parts").rows
    assert begun == [0, 1, 2, 3, 2, 3, 4, 5]
    pd.testing.assert_frame_equal(rows, drawn[0].split("train"))


def test_a_plan_larger_than_the_disk_is_refused_before_a_row_is_drawn(
    make, drawn, few, tmp_path, monkeypatch
):
    monkeypatch.setattr(draw_parts, "ROW", 1e18)
    monkeypatch.setattr(Drawer, "draw", lambda *of: pytest.fail("a row is drawn"))
    with pytest.raises(OSError, match=r"plan\.train=5 takes about .*; give cache=DIR on a"):
        draw_plan.draw_plan(make(), {"train": 5}, tmp_path)


def test_a_large_plan_is_mapped_and_says_what_a_small_one_says(make, drawn, large, tmp_path):
    plan, library = drawn
    mapped = draw(make(**HARD), COUNTS, tmp_path / "large")
    again = draw(make(**HARD), COUNTS, tmp_path / "large")
    assert large_rows.is_mapped(mapped.rows) and large_rows.equal(mapped.rows, again.rows)
    pd.testing.assert_frame_equal(large_rows.plain(mapped.rows), plan.rows)
    mapped.save(tmp_path / "run")
    mapped.save(tmp_path / "run")
    loaded = load_plan(tmp_path / "run")
    assert not (tmp_path / "run" / "plan.csv").exists()
    pd.testing.assert_frame_equal(large_rows.plain(loaded.rows), plan.rows)
    made = [
        list(
            PlanData(
                each, partial(Mixed, library=library), sample_rate=RATE, batch_size=2
            ).train_dataloader()
        )
        for each in (plan, loaded)
    ]
    for small, mapped_batch in zip(*made, strict=True):
        assert all(torch.equal(small[name], mapped_batch[name]) for name in small)


def test_a_renamed_column_of_a_large_plan_is_read_by_its_first_name(make, large, tmp_path):
    plan = draw(make(**HARD), COUNTS, tmp_path / "large")
    older = plan.rows.rename(columns={"present": "heard"})
    large_rows.save(tmp_path / "plan.feather", [older])
    assert large_rows.equal(large_rows.load(tmp_path / "plan.feather", ""), plan.rows)


def test_another_or_a_damaged_large_plan_is_refused(make, drawn, large, tmp_path):
    plan = draw(make(**HARD), COUNTS, tmp_path / "large")
    plan.save(tmp_path / "run")
    other = draw(make(seed=5, **HARD), COUNTS, tmp_path / "large")
    with pytest.raises(ValueError, match="holds another plan"):
        other.save(tmp_path / "run")
    with pytest.raises(ValueError, match=r"holds another plan, plan\.feather; choose another"):
        drawn[0].save(tmp_path / "run")
    path = tmp_path / "run" / large_rows.FILE
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(TableError, match=r"plan\.feather: its checksum is not that"):
        load_plan(tmp_path / "run")


def test_a_row_that_its_tables_do_not_bear_out_is_named(make, large, tmp_path):
    plan = draw(make(**HARD), COUNTS, tmp_path / "large")
    rows = large_rows.plain(plan.rows)
    rows.loc[5, "speech_id"] = "nobody"
    wrong = large_rows.joined([large_rows.like_mapped(rows, large_rows.TYPES)])
    Plan(wrong, plan.speech, plan.noise).save(tmp_path / "run")
    with pytest.raises(ValueError, match="names a speech that"):
        load_plan(tmp_path / "run")


def test_without_the_extra_a_large_plan_stays_csv_and_that_is_said(monkeypatch, caplog):
    monkeypatch.setattr(large_rows, "is_installed", lambda: False)
    assert not large_rows.are_large(large_rows.LIMIT) and not caplog.records
    assert not large_rows.are_large(large_rows.LIMIT + 1)
    assert "pip install -e '.[large]'" in caplog.text


def test_a_name_that_feather_cannot_hold_is_told(drawn, tmp_path):
    pytest.importorskip("pyarrow")
    rows = drawn[0].rows.assign(speech_id="\udcff")
    with pytest.raises(ValueError, match=r"'\\udcff': is no UTF-8, .* rename"):
        large_rows.save(tmp_path / large_rows.FILE, [rows])
    assert not list(tmp_path.glob("*.feather"))

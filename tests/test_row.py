"""A row's columns are defined once.

A new one goes from the draw to the page, and older plans are read without it.
"""

from dataclasses import dataclass, field, replace

import pandas as pd
import pytest
from corpora import COUNTS, RATE

from datagen import draw, tables
from datagen import draw_plan as drawing
from datagen.dataset import Mixed, Rendered
from datagen.draw_plan import draw_plan
from datagen.plan import Plan, load_plan
from datagen.render_plan import render_plan
from datagen.row import IN_SCORES, Row, scored_by
from files.sums import SUMS


@dataclass(frozen=True)
class InRoom(Row):
    """What a column takes: a field with a default."""

    room: str = field(default="anechoic", metadata=IN_SCORES)
    reverberation_s: float = 0.0


@pytest.fixture
def in_rooms(monkeypatch):
    """Rows as they are after such a change of datagen.row, drawn in the room of their split."""
    for module in (draw, drawing, tables):
        monkeypatch.setattr(module, "Row", InRoom)
    drawn = draw.Drawer.draw
    monkeypatch.setattr(
        draw.Drawer,
        "draw",
        lambda self, split, index: replace(drawn(self, split, index), room=split),
    )


def test_a_new_column_goes_from_the_draw_through_the_disk_to_the_data_set(make, tmp_path, in_rooms):
    drawer = make()
    drawn = draw_plan(drawer, COUNTS, tmp_path / "cache")
    assert drawn.rows.room.tolist() == drawn.rows.split.tolist()
    assert draw_plan(make(), COUNTS, tmp_path / "cache").rows.equals(drawn.rows)
    render_plan(drawn, drawer.library, tmp_path / "out", RATE)
    loaded = load_plan(tmp_path / "out")
    pd.testing.assert_frame_equal(loaded.rows, drawn.rows)
    for rows in (
        Mixed(loaded.split("test"), drawer.library),
        Rendered(loaded.split("test"), tmp_path / "out", RATE),
    ):
        assert (rows.row(3)["room"], rows.row(3)["reverberation_s"]) == ("test", 0.0)
    assert scored_by(InRoom) == [*scored_by(Row), "room"]


def test_an_older_plan_has_the_default_of_a_column_and_is_the_same_plan(make, tmp_path, request):
    draw_plan(make(), COUNTS, tmp_path / "cache").save(tmp_path / "out")
    before = (tmp_path / "out" / "plan.csv").read_bytes()
    request.getfixturevalue("in_rooms")
    loaded = load_plan(tmp_path / "out")
    assert set(loaded.rows.room) == {"anechoic"} and set(loaded.rows.reverberation_s) == {0.0}
    loaded.save(tmp_path / "out")
    assert (tmp_path / "out" / "plan.csv").read_bytes() != before
    pd.testing.assert_frame_equal(load_plan(tmp_path / "out").rows, loaded.rows)


def test_rows_that_were_drawn_before_a_column_was_are_drawn_anew(make, tmp_path, request):
    draw_plan(make(), COUNTS, tmp_path)
    request.getfixturevalue("in_rooms")
    assert set(draw_plan(make(), COUNTS, tmp_path).rows.room) == {"train", "validation", "test"}


@pytest.fixture
def own(drawn, tmp_path):
    """A plan on disk to which somebody added a column, and that column."""
    drawn[0].save(tmp_path / "plan")
    lines = (tmp_path / "plan" / "plan.csv").read_text().splitlines()
    words = [f'"{number}, or ""no"""' if number % 2 else "" for number in range(len(lines) - 1)]
    text = "".join(
        f"{line},{word}\n" for line, word in zip(lines, ["transcript", *words], strict=True)
    )
    (tmp_path / "plan" / "plan.csv").write_text(text)
    (tmp_path / "plan" / SUMS).unlink()
    return tmp_path / "plan", [
        f'{number}, or "no"' if number % 2 else "" for number in range(len(lines) - 1)
    ]


def test_a_column_of_ones_own_is_kept_as_text_wherever_a_plan_goes(own, drawn, tmp_path):
    folder, transcripts = own
    loaded = load_plan(folder)
    assert loaded.rows.transcript.tolist() == transcripts
    loaded.save(tmp_path / "other")
    assert load_plan(tmp_path / "other").rows.transcript.tolist() == transcripts
    test = loaded.split("test")
    assert test.transcript.tolist() == transcripts[-len(test) :]
    rows = Mixed(test, drawn[1])
    assert rows.row(1)["transcript"] == test.transcript[1]
    assert "transcript" not in rows[1]


def test_the_same_plan_leaves_a_column_of_ones_own_where_it_stands(own, drawn):
    folder, transcripts = own
    for _ in range(2):
        drawn[0].save(folder)
        assert load_plan(folder).rows.transcript.tolist() == transcripts
    other = drawn[0].rows.assign(transcript="another")
    with pytest.raises(
        ValueError, match=r"holds another plan \(plan.csv differs: transcript of train-000000\)"
    ):
        replace(drawn[0], rows=other).save(folder)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("{},", "has a column too many: one without a name"),
        ("{},transcript,transcript", "others follow, each with a name of its own"),
        ("transcript,{}", "in this order; others follow"),
    ],
)
def test_columns_that_are_not_told_apart_or_stand_before_those_of_a_plan_are_refused(
    drawn, tmp_path, header, told
):
    drawn[0].save(tmp_path)
    (tmp_path / SUMS).unlink()
    head, *rows = (tmp_path / "plan.csv").read_text().splitlines()
    more = header.format(head).count(",") - head.count(",")
    lines = [header.format(head), *(row + "," * more for row in rows)]
    (tmp_path / "plan.csv").write_text("".join(f"{line}\n" for line in lines))
    with pytest.raises(ValueError, match=told):
        load_plan(tmp_path)


def test_recordings_take_no_other_columns(drawn, tmp_path):
    plan = drawn[0]
    Plan(plan.rows, plan.speech.assign(transcript="a"), plan.noise).save(tmp_path)
    with pytest.raises(ValueError, match=r"speech\.csv: has a column too many: transcript"):
        load_plan(tmp_path)

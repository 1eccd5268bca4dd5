"""Figures are drawn once for what they show."""

import pandas as pd
import pytest
from score_tables import many, run

from reporting.figures.drawing import Drawing
from reporting.figures.drawing_cache import cached_drawings
from reporting.pages.report import Beside, write_report
from reporting.tables.headline import showing
from reporting.tables.wording import speaking
from text.words import Words

DRAWN = [Drawing("scores", "Scores < 1", "a note: ä", "<svg>é</svg>", bytes(range(256)))]


@pytest.fixture
def draw():
    """A function that draws, and counts how often it has."""

    def drawn(*_):
        drawn.times += 1
        return DRAWN

    drawn.times = 0
    return drawn


def test_what_shows_the_same_is_drawn_once(tmp_path, draw):
    for shows in ([1, "a"], [1, "a"], [1, "a"], [2, "a"], [2, "a"]):
        assert cached_drawings(shows, draw, tmp_path) == DRAWN
    assert draw.times == 2


def test_without_a_folder_all_is_drawn(draw):
    assert cached_drawings([], draw, None) == cached_drawings([], draw, None) == DRAWN
    assert draw.times == 2


@pytest.mark.parametrize("damage", [b"", b"[{", b"[1]", b'[{"name": "x"}]', b"\xff", b"3"])
def test_a_damaged_file_is_drawn_anew(tmp_path, draw, damage):
    cached_drawings([], draw, tmp_path)
    (kept,) = tmp_path.rglob("*.json")
    kept.write_bytes(damage)
    for _ in range(2):
        assert cached_drawings([], draw, tmp_path) == DRAWN
    assert draw.times == 2


@pytest.fixture
def reported(tmp_path, monkeypatch, draw):
    """Writes a report with a cache; returns how often its figures were drawn."""
    monkeypatch.setattr("reporting.pages.report._drawn", draw)

    def report(table, beside=None):
        draw.times = 0
        write_report(table, {}, tmp_path / "report", beside or Beside(), cache=tmp_path / "cache")
        return draw.times

    report(many())
    return report


def test_a_second_report_of_equal_scores_draws_nothing(reported, tmp_path):
    svg = tmp_path / "report" / "figures" / "scores.svg"
    before = svg.read_bytes()
    svg.unlink()
    assert reported(many(), Beside(caution="Not in a figure.")) == 0
    assert svg.read_bytes() == before


def test_a_report_that_shows_anything_else_is_drawn(reported):
    other = many()
    other.loc[len(other) - 1, "sdr"] += 1e-3
    assert reported(other) == 1
    assert reported(many(), Beside(runs={"better": run(1)})) == 1
    assert reported(many(), Beside(runs={"better": run(1)})) == 0
    named = pd.DataFrame({"system": ["better"], "wanted": ["rain"], "given": ["wind"]})
    assert reported(many(), Beside(named=named)) == 1
    with showing(["sdr"]):
        assert reported(many()) == 1
    with speaking(Words("Separation")):
        assert reported(many()) == 1

"""Tables that are read back are checked, and named with a remedy that works."""

import os
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from corpora import RATE, speech_like, steady, write
from damages import DAMAGES, SILENT, damage, refused

from datagen.corpora.folder import Folder
from datagen.dataset import Rendered
from datagen.draw_plan import draw_plan
from datagen.plan import Plan, load_plan
from datagen.prepare import make_drawer, scan_all
from datagen.render_plan import render_plan
from files.sums import SUMS

NASTY = ["a\rb", " both ", "NA", 'q"q', "x,y", "n\nl", "日本", "\udcff\udcfe", "\x01", "#"]


@pytest.fixture
def saved(drawn, tmp_path) -> Path:
    """A plan on disk."""
    drawn[0].save(tmp_path / "plan")
    return tmp_path / "plan"


@pytest.mark.parametrize("name", ["plan.csv", "speech.csv", "noise.csv"])
def test_a_damaged_table_of_a_plan_is_named_and_mended_by_the_same_command(
    drawn, saved, name, caplog
):
    before = {path.name: path.read_bytes() for path in saved.iterdir()}
    for kind in DAMAGES:
        damage(saved / name, kind)
        refused(
            lambda: load_plan(saved),
            f"{saved / name}: ",
            f"not that in {SUMS}; make the plan again with generate",
        )
        caplog.clear()
        drawn[0].save(saved)
        assert f"{saved / name}: " in caplog.text and "it is written again" in caplog.text
        assert {path.name: path.read_bytes() for path in saved.iterdir()} == before
    (saved / SUMS).unlink()
    for kind in DAMAGES.keys() - SILENT:
        damage(saved / name, kind)
        refused(lambda: load_plan(saved), f"{saved / name}: ")
        (saved / name).write_bytes(before[name])


def test_rows_that_are_checked_some_at_a_time_are_named_by_their_place_in_all(
    drawn, tmp_path, monkeypatch
):
    monkeypatch.setattr("files.feather.GROUP", 2)
    rows = drawn[0].rows.copy()
    rows.loc[3, "length"] = 0
    Plan(rows, drawn[0].speech, drawn[0].noise).save(tmp_path)
    refused(lambda: load_plan(tmp_path), "plan.csv: row 5, ", "has a length below 1")


def test_a_table_that_another_hand_damaged_is_mended_once_it_is_removed(drawn, saved):
    (saved / SUMS).unlink()
    damage(saved / "plan.csv", "empty")
    refused(
        lambda: drawn[0].save(saved),
        f"plan.csv: is empty; remove {saved / 'plan.csv'} and run again",
    )
    (saved / "plan.csv").unlink()
    drawn[0].save(saved)
    assert len(load_plan(saved).rows) == len(drawn[0].rows)


@pytest.mark.parametrize(
    ("table", "column", "value", "told"),
    [
        ("rows", "mixture_id", "train-000000", "plan.csv: row 3, train-000000, stands there twice"),
        (
            "rows",
            "speech_id",
            "nobody",
            "plan.csv: row 3, train-000001, names a speech that speech.csv lacks",
        ),
        (
            "rows",
            "noise_id",
            "nothing",
            "plan.csv: row 3, train-000001, names a noise that noise.csv lacks",
        ),
        ("rows", "split", "test", "row 3, train-000001, has speech of another split"),
        ("rows", "split", "exam", "has speech of another split"),
        ("rows", "length", 0, "has a length below 1"),
        ("rows", "length", 10**9, "leaves its recording of speech"),
        ("rows", "speech_start", -1, "leaves its recording of speech"),
        ("rows", "present", "neither", "has a present part that is none of both, speech, noise"),
        ("rows", "speech_filter", "0.1 0.2 0.3", "has a speech_filter that is not four numbers"),
        ("rows", "noise_filter", "0.1 0.2 0.3 0.9", "has a noise_filter that is not four numbers"),
        ("rows", "band", 0.5, "has a band that is neither 0 nor from 0.01 to below 0.5"),
        ("rows", "noise_2_id", "nothing", "names a noise_2 that noise.csv lacks"),
        ("rows", "noise_start", -1, "begins outside its stretch of noise"),
        ("rows", "noise_start", 10**9, "begins outside its stretch of noise"),
        ("rows", "noise_seen", False, "is wrong about whether its noise is seen"),
        ("speech", "split", "exam", "serves in none of the splits train, validation, test"),
        ("speech", "length", 0, "has a length below 1"),
        ("noise", "start", 10**9, "does not start before it stops"),
    ],
)
def test_a_plan_that_does_not_fit_its_tables_is_refused_with_the_row(
    drawn, tmp_path, table, column, value, told
):
    changed = getattr(drawn[0], table).copy()
    changed[column] = changed[column].astype(object)
    changed.loc[1, column] = value
    replace(drawn[0], **{table: changed}).save(tmp_path / "plan")
    refused(lambda: load_plan(tmp_path / "plan"), told, "make the plan again with generate.py")


def test_tables_of_before_there_were_sums_and_contents_are_read_and_written_over(drawn, tmp_path):
    plan = drawn[0]
    plan = replace(
        plan, speech=plan.speech.assign(offset=0), noise=plan.noise.assign(offset=0)
    )  # as it was read then
    for name, table in (("plan", plan.rows), ("speech", plan.speech), ("noise", plan.noise)):
        older = table.drop(columns=["content", "offset", "gain"], errors="ignore")
        (tmp_path / "old").mkdir(exist_ok=True)
        older.to_csv(tmp_path / "old" / f"{name}.csv", index=False)
    assert load_plan(tmp_path / "old").speech.gain.tolist() == [1.0] * len(plan.speech)
    with_content(plan, "0").save(tmp_path / "old")
    assert load_plan(tmp_path / "old").speech.content.tolist() == ["0"] * len(plan.speech)


def with_content(plan: Plan, content: str) -> Plan:
    return replace(plan, speech=plan.speech.assign(content=content))


def test_a_plan_of_other_audio_by_the_same_names_is_another_plan(drawn, tmp_path):
    with_content(drawn[0], "0").save(tmp_path / "plan")
    with_content(drawn[0], "").save(tmp_path / "plan")  # not looked at
    with_content(drawn[0], "1").save(tmp_path / "plan")
    told = f"holds another plan (speech.csv differs: the audio of {drawn[0].speech.id[0]}); choose another output"
    refused(lambda: with_content(drawn[0], "2").save(tmp_path / "plan"), told)


def test_a_damaged_table_of_the_cache_is_made_anew(protocol, tmp_path):
    for number in range(3):
        write(tmp_path / "speech" / f"s{number}.wav", speech_like(1, number))
    write(tmp_path / "noise" / "n.wav", steady(2, 9))
    corpora = {
        "speech.train": {"x": Folder(str(tmp_path / "speech"), "s")},
        "noise.seen": {"x": Folder(str(tmp_path / "noise"), "n")},
        "speech.test": {},
        "noise.unseen": {},
    }

    def plan():
        tables = scan_all(corpora, RATE, tmp_path / "cache", 1, False)
        return draw_plan(
            make_drawer(tables, protocol, RATE, 0), {"train": 2}, tmp_path / "cache"
        ).rows

    first = plan()
    files = {path: path.read_bytes() for path in tmp_path.glob("cache/*/*.csv")}
    assert len(files) == 3
    for kind in DAMAGES:
        for path in files:
            damage(path, kind)
        pd.testing.assert_frame_equal(plan(), first)
        assert {path: path.read_bytes() for path in files} == files


def test_names_of_any_kind_go_through_a_plan_its_audio_and_back(protocol, tmp_path):
    for number, name in enumerate(NASTY):
        write(
            tmp_path / "speech" / os.fsdecode(os.fsencode(f"s{number}")) / "u.wav",
            speech_like(1, number),
        )
        (tmp_path / "speech" / f"s{number}").rename(tmp_path / "speech" / name)
        write(tmp_path / "noise" / "n.wav", steady(2, 90 + number)).rename(
            tmp_path / "noise" / f"{name}.wav"
        )
    corpora = {
        "speech.train": {"x": Folder(str(tmp_path / "speech"), "s", "top")},
        "noise.seen": {"x": Folder(str(tmp_path / "noise"), "n")},
        "speech.test": {},
        "noise.unseen": {},
    }
    for _ in range(2):  # the second time from the cache
        tables = scan_all(corpora, RATE, tmp_path / "cache", 1, True)
        drawer = make_drawer(tables, protocol, RATE, 0)
        plan = draw_plan(drawer, {"train": 20}, tmp_path / "cache")
        render_plan(plan, drawer.library, tmp_path / "out", RATE)
    loaded = load_plan(tmp_path / "out")
    for name in ("rows", "speech", "noise"):
        assert getattr(loaded, name).to_dict("records") == getattr(plan, name).to_dict("records")
    assert {source.removeprefix("s/") for source in loaded.speech.source} == set(NASTY)
    assert (
        len(Rendered(loaded.rows, str(tmp_path / "out"), RATE)[3]["clean"]) == loaded.rows.length[3]
    )

"""Audio and runs that are read back are checked, and named with a remedy that works."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from corpora import RATE
from damages import DAMAGES, SILENT, damage, refused
from tiny_run import fit, rendered, resume

from datagen.dataset import Rendered
from datagen.draw_plan import draw_plan
from datagen.plan import Plan, load_plan
from datagen.render_plan import render_plan
from files.sums import SUMS
from models.layouts import ancestors
from models.trained import TrainedRun
from reporting.scoring.leaks import COPY
from reporting.scoring.systems import refuse_trained_on_test, trained
from reporting.tables.runs import read_run


@pytest.fixture
def on_disk(drawn, tmp_path) -> tuple[Plan, Path]:
    """A plan with its audio."""
    render_plan(*drawn, tmp_path / "out", RATE)
    return drawn[0], tmp_path / "out"


@pytest.mark.parametrize("part", ["clean", "noise"])
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda samples: samples[:-800],
            r"has \d+ samples, not the plan's \d+; remove it and run generate.py with",
        ),
        (
            lambda samples: np.pad(samples, (0, 5)),
            r"has \d+ samples, not the plan's \d+; remove it and",
        ),
        (
            lambda samples: np.roll(samples, 1),
            "what it holds and its noise are not what was rendered; remove it and",
        ),
    ],
)
def test_audio_that_changed_since_it_was_rendered_is_not_trained_on(
    drawn, on_disk, part, change, told
):
    plan, out = on_disk
    path = out / "train" / part / "train-000002.flac"
    before = soundfile.read(path, dtype="int16")[0]
    soundfile.write(path, change(before), RATE, subtype="PCM_16")
    assert re.search(
        rf"train-000002\.flac: {told}", refused(lambda: Rendered(plan.rows, str(out), RATE)[2])
    )
    path.unlink()
    render_plan(*drawn, out, RATE)
    assert len(Rendered(plan.rows, str(out), RATE)[2]["clean"]) == len(before)


def test_a_damaged_table_of_what_was_rendered_is_named_and_mended_by_the_same_command(
    drawn, on_disk
):
    plan, out = on_disk
    path, before = out / "rendered.csv", (out / "rendered.csv").read_bytes()
    for kind in DAMAGES:
        path.write_bytes(before)
        damage(path, kind)
        refused(
            lambda: Rendered(plan.rows, str(out), RATE),
            f"{path}: ",
            f"run generate.py with output={out} render=t",
        )
    render_plan(*drawn, out, RATE)
    assert path.read_bytes() == before


def test_a_plan_cut_short_is_seen_by_the_table_of_what_was_rendered(on_disk):
    plan, out = on_disk
    (out / SUMS).unlink()
    damage(out / "plan.csv", "cut at the end of a row")
    rows = load_plan(out).split("test")
    told = refused(
        lambda: Rendered(rows, str(out), RATE),
        f"{out / 'rendered.csv'}: does not have the 7 mixtures",
    )
    assert "of plan.csv in test" in told
    assert len(Rendered(plan.split("train"), str(out), RATE)) == 6
    (out / "rendered.csv").unlink()
    assert len(Rendered(rows, str(out), RATE)) == 7


def test_audio_replaced_by_other_of_the_same_names_and_lengths_is_not_taken_for_what_was_rendered(
    make, tmp_path
):
    drawer = make()
    plan = draw_plan(drawer, {"train": 3}, tmp_path / "cache")
    copies = {}
    for number, path in enumerate(dict.fromkeys([*plan.speech.path, *plan.noise.path])):
        copies[path] = str(tmp_path / f"{number}{Path(path).suffix}")
        shutil.copy(path, copies[path])
    tables = {
        name: getattr(plan, name).assign(path=getattr(plan, name).path.map(copies))
        for name in ("speech", "noise")
    }
    library = type(drawer.library)(*tables.values(), drawer.library.reader)
    render_plan(replace(plan, **tables), library, tmp_path / "out", RATE)
    before = (tmp_path / "out" / "rendered.csv").read_bytes()
    for path in tables["speech"].path:
        soundfile.write(path, soundfile.read(path, dtype="int16")[0][::-1], RATE, subtype="PCM_16")
    told = refused(
        lambda: render_plan(replace(plan, **tables), library, tmp_path / "out", RATE),
        "was rendered before the recordings that it is made of changed; remove it and run again (or remove",
    )
    assert (tmp_path / "out" / "rendered.csv").read_bytes() == before
    shutil.rmtree(re.search(r"\(or remove (\S+),", told)[1])
    render_plan(replace(plan, **tables), library, tmp_path / "out", RATE)
    assert (tmp_path / "out" / "rendered.csv").read_bytes() != before


def test_a_training_on_a_damaged_folder_or_in_one_says_so_or_mends_it(data, whole, tmp_path):
    typed = rendered(data, tmp_path / "out")
    for name in ("plan.csv", "noise.csv", "rendered.csv"):
        before = (tmp_path / "out" / name).read_bytes()
        damage(tmp_path / "out" / name, "cut at the end of a row")
        refused(
            lambda: fit(data, tmp_path / "run", *typed),
            f"out/{name}: has changed since it was written",
            "generate",
        )
        (tmp_path / "out" / name).write_bytes(before)
    run = shutil.copytree(whole, tmp_path / "copy")
    damage(run / "speech.csv", "garbled")
    damage(run / "plan.csv", "cut at the end of a row")
    resume(run)
    assert (run / "speech.csv").read_bytes() == (whole / "speech.csv").read_bytes()
    assert (run / "plan.csv").read_bytes() == (whole / "plan.csv").read_bytes()


def opened(run: Path, plan: Plan) -> None:
    refuse_trained_on_test(trained({"run": run}, TrainedRun.load), plan)


def test_a_run_with_damaged_tables_or_a_damaged_curve_is_not_put_on_the_test(whole, tmp_path):
    plan, run = load_plan(whole), shutil.copytree(whole, tmp_path / "run")
    for name in ("speech.csv", "noise.csv"):
        for kind in ("empty", "cut at the end of a row", "of semicolons"):
            damage(run / name, kind)
            refused(
                lambda: opened(run, plan),
                f"{run / name}: ",
                f"put it back with train.py resume={run}",
            )
            shutil.copy(whole / name, run / name)
    for kind in DAMAGES.keys() - {*SILENT, "with a row twice"}:
        damage(run / "curve.csv", kind)
        refused(
            lambda: read_run(run, tmp_path / "cache"), f"{run / 'curve.csv'}: ", f"resume={run}"
        )
        shutil.copy(whole / "curve.csv", run / "curve.csv")


def test_a_damaged_ancestor_is_named_and_not_passed_on(data, whole, tmp_path):
    parent = shutil.copytree(whole, tmp_path / "parent")
    run = fit(data, tmp_path / "run", f"start_from={parent}", "trainer.max_epochs=1")
    (first,) = ancestors(run)
    kept = ["curve.csv", "noise.csv", "speech.csv", "times.csv"]
    assert sorted(path.name for path in first.iterdir()) == [SUMS, *kept]
    damage(first / "noise.csv", "cut at the end of a row")
    refused(lambda: opened(run, load_plan(whole)), f"{first / 'noise.csv'}: ", COPY)
    damage(parent / "speech.csv", "cut within a row")
    begin = ("trainer.max_epochs=1", f"start_from={parent}")
    refused(
        lambda: fit(data, tmp_path / "other", *begin), "parent/speech.csv: ", f"resume={parent}"
    )

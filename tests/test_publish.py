"""What is published of a run is that run to whoever takes one, and tells nothing of its machine."""

import re
import shutil

import pandas as pd
import pytest
import tiny_run
import torch
from damages import damage, refused
from publishing import evaluated, opened, published_of
from safetensors import safe_open
from tiny_run import ROOT, fit

from datagen.plan import load_plan
from files.atomic import write_atomic
from files.fingerprint import of_contents
from models.layouts import BEST, ancestors
from models.published import of_weights, read_weights, weights_file
from models.trained import TrainedRun
from reporting.scoring.leaks import COPY
from reporting.tables.runs import read_run

FILES = {
    "README.md",
    "SHA256SUMS",
    "config.yaml",
    "curve.csv",
    "noise.csv",
    "speech.csv",
    "times.csv",
    "weights.safetensors",
}


def test_all_that_is_published_is_named_and_nothing_of_the_machine_stands_in_it(published, data):
    assert {path.name for path in published.iterdir()} == FILES
    for path in published.iterdir():
        content = path.read_bytes()
        for place in (data, published.parent, ROOT):
            assert str(place).encode() not in content, path.name
    assert not [path for path in published.parent.iterdir() if path.name.startswith(".pre")]


def test_the_weights_are_those_of_the_best_epoch_in_32_bits_and_name_their_config(published, whole):
    best = torch.load(whole / BEST, weights_only=True)["state_dict"]
    with safe_open(published / "weights.safetensors", "pt") as file:
        assert set(file.keys()) == set(best)
        for name, tensor in best.items():
            counts = tensor.dtype == torch.int64  # of batches, in a normalisation
            assert file.get_tensor(name).dtype == (torch.int64 if counts else torch.float32)
            assert torch.equal(file.get_tensor(name), tensor)
        assert file.metadata() == {"config": of_contents([published / "config.yaml"])}


def test_weights_of_64_bits_are_published_in_32_and_named_alike(tmp_path):
    of_64 = {"a": torch.rand(3, dtype=torch.float64), "b": torch.arange(3)}
    write_atomic(tmp_path / "weights", weights_file(of_64, "x"))
    of_32 = read_weights(tmp_path / "weights", "x")
    assert of_32["a"].dtype == torch.float32 and torch.equal(of_32["a"], of_64["a"].float())
    assert torch.equal(of_32["b"], of_64["b"])
    assert of_weights(of_32) == of_weights(of_64) != of_weights({"a": of_64["b"], "b": of_64["a"]})


def test_it_gives_what_the_run_gives_to_the_last_bit(published, whole):
    mixture = torch.randn(2, 4000, generator=torch.Generator().manual_seed(0))
    ours, theirs = (TrainedRun.load(folder) for folder in (published, whole))
    assert torch.equal(ours.enhance(mixture), theirs.enhance(mixture))
    assert ours.made_of == theirs.made_of
    assert read_run(published, published.parent / "cache").curve.equals(
        read_run(whole, published.parent / "cache").curve
    )


def test_an_evaluation_gives_it_the_scores_of_the_run_to_the_last_digit(
    data, report, published, tmp_path
):
    cache = f"cache={tmp_path / 'cache'}"  # so that nothing is remembered of the run
    of_run = pd.read_csv(report / "scores.csv").query("system == 'CRNN TMS'")
    scores = evaluated(data, tmp_path / "report", published, cache)
    of_published = scores.query("system == 'CRNN TMS'")
    pd.testing.assert_frame_equal(
        of_run.drop(columns="system").reset_index(drop=True),
        of_published.drop(columns="system").reset_index(drop=True),
    )
    rows = [pd.read_csv(folder / "runs.csv").iloc[0] for folder in (report, tmp_path / "report")]
    assert rows[0].weights == rows[1].weights


def test_another_training_begins_with_it_and_knows_what_it_has_heard(data, published, tmp_path):
    run = fit(data, tmp_path / "run", f"start_from={published}", "trainer.max_epochs=1")
    (heard,) = ancestors(run)
    assert (heard / "speech.csv").read_bytes() == (published / "speech.csv").read_bytes()
    opened(run, load_plan(run))
    again = published_of(run, tmp_path / "again", tmp_path / "cache")
    assert (again / heard.relative_to(run) / "noise.csv").exists()
    assert (again / heard.relative_to(run) / "curve.csv").exists()
    steps = pd.read_csv(published / "curve.csv").step.max()
    told = rf"1 earlier training\(s\), whose data is counted above \({steps} steps, time: .* h on"
    assert re.search(told, (again / "README.md").read_text())
    whole = (heard / "curve.csv").read_bytes()
    damage(heard / "curve.csv", "cut at the end of a row")
    refused(
        lambda: published_of(run, tmp_path / "damaged", tmp_path / "cache"),
        f"{heard / 'curve.csv'}: ",
        COPY,
    )
    (heard / "curve.csv").write_bytes(whole)
    for path in again.glob("ancestors/*/curve.csv"):  # as a run of an older version
        path.unlink()
    shutil.rmtree(run / "ancestors")
    shutil.copytree(again / "ancestors", run / "ancestors")
    older = published_of(run, tmp_path / "older", tmp_path / "cache")
    assert "(steps not recorded)" in (older / "README.md").read_text()


def test_a_training_does_not_go_on_in_it_and_is_told_what_does(published, command):
    told = command.refused(f"resume={published}")
    assert "was published, and holds no training to go on with" in told
    assert told.endswith(f"start_from={published}")
    command.folder = published
    assert "holds a published run; choose another output" in command.refused(*tiny_run.TINY)


def test_published_again_it_is_replaced_and_what_is_not_ours_stays(
    copied, published, whole, tmp_path
):
    (copied / "weights.safetensors").write_bytes(b"")
    published_of(whole, copied, tmp_path / "cache")
    assert (copied / "weights.safetensors").read_bytes() == (
        published / "weights.safetensors"
    ).read_bytes()
    (copied / "notes.txt").write_text("mine")
    refused(
        lambda: published_of(whole, copied, tmp_path / "cache"), "holds notes.txt, which publishing"
    )
    assert (copied / "notes.txt").read_text() == "mine"
    other = tmp_path / "other"
    other.mkdir()
    (other / "README.md").write_text("mine")
    refused(
        lambda: published_of(whole, other, tmp_path / "cache"), "holds README.md, which publishing"
    )
    refused(
        lambda: published_of(whole, whole, tmp_path / "cache"), "holds .hydra, which publishing"
    )
    refused(
        lambda: published_of(copied, other, tmp_path / "cache"), "was published already; copy the"
    )


def test_a_failure_leaves_what_stood_there(copied, whole, tmp_path, monkeypatch):
    before = {path.name: path.read_bytes() for path in copied.iterdir()}
    monkeypatch.setattr("command.publishing.card_text", lambda card: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        published_of(whole, copied, tmp_path / "cache")
    assert {path.name: path.read_bytes() for path in copied.iterdir()} == before
    assert {path.name for path in tmp_path.iterdir()} == {"copied", "cache"}

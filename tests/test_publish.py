"""What is published of a run is that run to whoever takes one, and tells nothing of its machine."""

import re
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest
import tiny_run
import torch
from damages import DAMAGES, SILENT, damage, refused
from omegaconf import OmegaConf
from safetensors import safe_open
from safetensors.torch import save_file
from tiny_run import ROOT, config, fit

import evaluate
import publish
from command.entry import start
from datagen.plan import Plan, load_plan
from files.atomic import write_atomic
from files.fingerprint import of_contents
from models.layouts import BEST, ancestors
from models.published import of_weights, read_weights, weights_file
from models.run import content_of, load_run
from models.trained import TrainedRun
from reporting.scoring.leaks import COPY
from reporting.scoring.systems import refuse_trained_on_test, trained
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


LEAKS = [
    "a speaker",
    "speech under another name",
    "unseen noise",
    "unseen noise under another name",
    "other stretches of seen noise",
    "seen noise under another name",
]


def make(run: Path, output: Path, cache: Path, *typed: str) -> Path:
    """`publish.py` with what is typed, in this process."""
    typed = [f"run={run}", f"output={output}", f"cache={cache}", *typed]
    publish.main(config("publish", typed, output))
    return output


@pytest.fixture(scope="module")
def published(whole, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    return make(whole, folder / "pretrained", folder / "cache")


@pytest.fixture
def copied(published, tmp_path) -> Path:
    """A copy to spoil."""
    return shutil.copytree(published, tmp_path / "copied")


def evaluated(data: Path, report: Path, run: Path, *more: str) -> pd.DataFrame:
    typed = tiny_run.common(data, report, f"runs=[{run}]", *tiny_run.TABLES_ALONE, *more)
    evaluate.main(config("evaluate", typed, report))
    return pd.read_csv(report / "scores.csv")


@pytest.fixture(scope="module")
def report(data, whole, tmp_path_factory) -> Path:
    """A report of the run."""
    folder = tmp_path_factory.mktemp("reports") / "report"
    evaluated(data, folder, whole, "+baseline@baselines.filter=lms_speech")
    return folder


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


def test_a_report_on_the_validation_gives_a_card_no_scores(data, whole, tmp_path):
    folder = tmp_path / "report"
    evaluated(data, folder, whole, "split=validation")
    with pytest.raises(ValueError, match="a report on the validation"):
        make(whole, tmp_path / "pretrained", tmp_path / "cache", f"scores={folder}")


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
    again = make(run, tmp_path / "again", tmp_path / "cache")
    assert (again / heard.relative_to(run) / "noise.csv").exists()
    assert (again / heard.relative_to(run) / "curve.csv").exists()
    steps = pd.read_csv(published / "curve.csv").step.max()
    told = rf"1 earlier training\(s\), whose data is counted above \({steps} steps, time: .* h on"
    assert re.search(told, (again / "README.md").read_text())
    whole = (heard / "curve.csv").read_bytes()
    damage(heard / "curve.csv", "cut at the end of a row")
    refused(
        lambda: make(run, tmp_path / "damaged", tmp_path / "cache"),
        f"{heard / 'curve.csv'}: ",
        COPY,
    )
    (heard / "curve.csv").write_bytes(whole)
    for path in again.glob("ancestors/*/curve.csv"):  # as a run of an older version
        path.unlink()
    shutil.rmtree(run / "ancestors")
    shutil.copytree(again / "ancestors", run / "ancestors")
    older = make(run, tmp_path / "older", tmp_path / "cache")
    assert "(steps not recorded)" in (older / "README.md").read_text()


def test_a_training_does_not_go_on_in_it_and_is_told_what_does(published, command):
    told = command.refused(f"resume={published}")
    assert "was published, and holds no training to go on with" in told
    assert told.endswith(f"start_from={published}")
    command.folder = published
    assert "holds a published run; choose another output" in command.refused(*tiny_run.TINY)


def opened(run: Path, plan: Plan) -> list[str]:
    return refuse_trained_on_test(trained({"run": run}, TrainedRun.load), plan)


def leaks(plan: Plan) -> dict[str, tuple[str, Plan]]:
    """Tests that a run of `plan` has heard something of: what must be said, and the test."""
    speech, noise = plan.speech, plan.noise
    of_training = speech[speech.split == "train"].iloc[0]
    tested = speech.split == "test"
    of_seen = noise[noise.seen].iloc[0]
    renamed = {name: "x/" + noise[name] for name in ("id", "source")}

    def test(speech: pd.DataFrame = speech, noise: pd.DataFrame = noise) -> Plan:
        return Plan(plan.rows, speech, noise)

    def put(table: pd.DataFrame, where: pd.Series, column: str, value: str) -> pd.DataFrame:
        return table.assign(**{column: table[column].mask(where, value)})

    rows = plan.rows.assign(
        noise_id=plan.rows.noise_id.mask(plan.rows.noise_seen, "x/" + plan.rows.noise_id)
    )
    others = noise.assign(**{name: noise[name].mask(noise.seen, renamed[name]) for name in renamed})
    return {
        "a speaker": (
            "speakers of the test were in its training",
            test(speech=put(speech, tested, "source", of_training.source)),
        ),
        "speech under another name": (
            "in its training under other names",
            test(speech=put(speech, tested, "content", of_training.content)),
        ),
        "unseen noise": (
            "unseen noises of the test were in its training",
            test(noise=put(noise, ~noise.seen, "source", of_seen.source)),
        ),
        "unseen noise under another name": (
            "in its training under other names",
            test(noise=put(noise, ~noise.seen, "content", of_seen.content)),
        ),
        "other stretches of seen noise": (
            "stretches of the test's seen noise are not what its training set aside",
            test(noise=noise.assign(start=noise.start + 1)),
        ),
        "seen noise under another name": (
            "in its training under other names",
            Plan(rows, speech, others),
        ),
        "nothing": ("", Plan(rows, speech, put(others, noise.seen, "content", "new"))),
    }


@pytest.mark.parametrize("heard", LEAKS)
def test_what_a_run_is_refused_for_is_refused_for_what_is_published_of_it(
    whole, published, report, heard
):
    told, test = leaks(load_plan(report))[heard]
    for run in (whole, published):
        assert refused(lambda run=run: opened(run, test), told).startswith(f"{run}: ")


def test_a_test_in_noise_that_training_never_had_is_new_to_it_and_that_is_told(
    whole, published, report
):
    _, test = leaks(load_plan(report))["nothing"]
    for run in (whole, published):
        assert opened(run, load_plan(report)) == []
        assert opened(run, test) == [
            "run was not trained on 2 of the 2 noises that this test calls seen."
        ]


def test_a_run_that_does_not_know_its_audio_is_not_published(whole, tmp_path):
    run = shutil.copytree(whole, tmp_path / "run")
    plan = load_plan(run)
    (run / "SHA256SUMS").unlink()
    for name, table in (("speech.csv", plan.speech), ("noise.csv", plan.noise)):
        table.assign(content="").to_csv(run / name, index=False)
    refused(
        lambda: make(run, tmp_path / "out", tmp_path / "cache"),
        "speech.csv: does not know the audio of",
        "train with check_audio=true",
        f"train.py resume={run}",
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["empty", "garbled", "cut", "pickle"])
def test_damaged_weights_are_named_in_a_line_and_nothing_in_them_is_executed(
    copied, kind, tmp_path
):
    path = copied / "weights.safetensors"
    whole = path.read_bytes()
    contents = {"empty": b"", "garbled": whole[::-1], "cut": whole[:-9]}
    if kind == "pickle":
        torch.save({"state_dict": {}}, path)
    else:
        path.write_bytes(contents[kind])
    refused(lambda: load_run(copied), f"{path}: ", "its checksum is not that in SHA256SUMS")
    (copied / "SHA256SUMS").unlink()
    refused(lambda: load_run(copied), f"{path}: not weights of safetensors (", "publish the run")


def test_weights_that_changed_by_a_bit_are_seen_by_their_checksum(copied):
    path = copied / "weights.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    refused(lambda: load_run(copied), f"{path}: is cut short or has changed")


def test_foreign_weights_and_those_of_another_config_or_network_are_refused(copied):
    path = copied / "weights.safetensors"
    (copied / "SHA256SUMS").unlink()
    config_path = copied / "config.yaml"
    kept = config_path.read_text()
    config_path.write_text(kept.replace("hidden: 36", "hidden: 72"))
    refused(lambda: load_run(copied), f"{path}: weights of another config than config.yaml")
    save_file({"a": torch.zeros(1)}, path)
    refused(lambda: load_run(copied), f"{path}: weights of another config")
    config_path.write_text(kept)
    save_file({"a": torch.zeros(1)}, path, {"config": of_contents([config_path])})
    refused(lambda: load_run(copied), f"{path}: weights of another network than CRNN")


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("config.yaml", "copied: not a training run, it has no config.yaml"),
        ("weights.safetensors", "weights.safetensors: no such file; publish the run again"),
    ],
)
def test_a_folder_that_lacks_a_part_is_named_in_a_line(copied, missing, told):
    (copied / missing).unlink()
    refused(lambda: load_run(copied), told)


@pytest.mark.parametrize("name", ["speech.csv", "noise.csv"])
def test_what_lacks_its_tables_or_has_damaged_ones_is_not_put_on_the_test(
    copied, published, report, name
):
    plan = load_plan(report)
    for kind in ("empty", "cut at the end of a row", "of semicolons"):
        damage(copied / name, kind)
        refused(lambda: opened(copied, plan), f"{copied / name}: ", "publish the run again")
        shutil.copy(published / name, copied / name)
    (copied / name).unlink()
    refused(lambda: opened(copied, plan), f"{name}: no such file", "publish the run again")


def test_a_damaged_curve_is_named(copied, tmp_path):
    for kind in DAMAGES.keys() - {*SILENT, "with a row twice"}:
        before = (copied / "curve.csv").read_bytes()
        damage(copied / "curve.csv", kind)
        refused(lambda: read_run(copied, tmp_path), f"{copied / 'curve.csv'}: ", "publish the run")
        (copied / "curve.csv").write_bytes(before)


def test_published_again_it_is_replaced_and_what_is_not_ours_stays(
    copied, published, whole, tmp_path
):
    (copied / "weights.safetensors").write_bytes(b"")
    make(whole, copied, tmp_path / "cache")
    assert (copied / "weights.safetensors").read_bytes() == (
        published / "weights.safetensors"
    ).read_bytes()
    (copied / "notes.txt").write_text("mine")
    refused(lambda: make(whole, copied, tmp_path / "cache"), "holds notes.txt, which publishing")
    assert (copied / "notes.txt").read_text() == "mine"
    other = tmp_path / "other"
    other.mkdir()
    (other / "README.md").write_text("mine")
    refused(lambda: make(whole, other, tmp_path / "cache"), "holds README.md, which publishing")
    refused(lambda: make(whole, whole, tmp_path / "cache"), "holds .hydra, which publishing")
    refused(lambda: make(copied, other, tmp_path / "cache"), "was published already; copy the")


def test_a_failure_leaves_what_stood_there(copied, whole, tmp_path, monkeypatch):
    before = {path.name: path.read_bytes() for path in copied.iterdir()}
    monkeypatch.setattr("command.publishing.card_text", lambda card: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make(whole, copied, tmp_path / "cache")
    assert {path.name: path.read_bytes() for path in copied.iterdir()} == before
    assert {path.name for path in tmp_path.iterdir()} == {"copied", "cache"}


def test_the_card_tells_what_it_is_and_what_it_was_trained_on(published, whole):
    card = (published / "README.md").read_text()
    costs = read_run(whole, published.parent / "cache").costs
    for told in (
        "# CRNN, speech enhancement",
        "- sample rate: 8000 Hz",
        f"- parameters: {costs['parameters']:,}",
        f"- multiply-adds per second of audio: {costs['macs_per_second']:,}",
        "- latency: 20 ms, one window",
        "- seed: 0",
        "12 mixtures of train, 4 mixtures of validation",
        "- trained: 3 epochs, 15 steps; best validation loss",
        "licence not stated",
        "No report was given when it was published.",
    ):
        assert told in card
    assert " h on " in card


def test_the_scores_of_the_card_are_those_of_the_report_and_say_what_it_is_bad_at(
    whole, report, tmp_path
):
    out = make(whole, tmp_path / "out", tmp_path / "cache", f"scores={report}")
    card = (out / "README.md").read_text()
    ours = [line for line in card.splitlines() if line.startswith("| CRNN TMS")]
    theirs = (report / "report.md").read_text()
    plain = {
        line.replace("**", "").replace("\N{DEGREE SIGN}", "").replace(" ", "")
        for line in theirs.splitlines()
    }
    assert len(ours) == 4 and {line.replace(" ", "") for line in ours} <= plain
    assert "| filter" in card and "| mixture" in card and "| oracle" not in card
    assert "Of 8 mixtures it makes worse: " in card
    assert "Smallest improvements, by kind of noise:" in card


def test_scores_of_another_state_of_the_run_or_of_none_are_refused(data, report, whole, tmp_path):
    other = fit(data, tmp_path / "other", "trainer.max_epochs=1")
    cache = tmp_path / "cache"
    refused(
        lambda: make(other, tmp_path / "out", cache, f"scores={report}"),
        f"{report}: tested no run with the weights that {other} has now; evaluate the run again",
    )
    refused(
        lambda: make(whole, tmp_path / "out", cache, f"scores={whole}"), "runs.csv: no such file"
    )
    refused(
        lambda: make(whole, tmp_path / "out", cache, f"scores={tmp_path}"), "not a report, it has"
    )
    spoilt = shutil.copytree(report, tmp_path / "spoilt")
    for name in ("scores.csv", "summary.csv", "runs.csv"):
        for kind in ("empty", "of semicolons", "cut within a row"):
            damage(spoilt / name, kind)
            refused(lambda: make(whole, tmp_path / "out", cache, f"scores={spoilt}"), f"{name}: ")
            shutil.copy(report / name, spoilt / name)
    assert not (tmp_path / "out").exists()


def test_text_from_outside_stands_to_the_letter_in_the_card(data, tmp_path):
    """Licences and titles, whoever wrote them."""
    said = "speech.train.folder.title='<b>*x*|y'", "speech.train.folder.licence='`CC0` | [a](b)'"
    run = fit(data, tmp_path / "run", "trainer.max_epochs=1", *said)
    card = (make(run, tmp_path / "out", tmp_path / "cache") / "README.md").read_text()
    assert r"&lt;b>\*x\*\|y" in card and r"\`CC0\` \| \[a\](b)" in card


def test_a_run_from_before_times_and_licences_is_published_with_what_its_experiment_says(
    whole, tmp_path, monkeypatch
):
    run = shutil.copytree(whole, tmp_path / "run")
    (run / "times.csv").unlink()
    path = run / ".hydra" / "config.yaml"
    older = OmegaConf.load(path)
    for node in (older.speech.train.folder, older.noise.seen.folder):
        node.pop("licence")
        node.pop("title")
    older.noise.seen.berlin = older.noise.seen.pop("folder")
    path.write_text(OmegaConf.to_yaml(older))
    typed = [
        f"run={run}",
        "licences=pretrained",
        f"output={tmp_path / 'out'}",
        f"cache={tmp_path}",
    ]
    monkeypatch.setattr(sys, "argv", [str(ROOT / "publish.py"), *typed])
    monkeypatch.setenv("HYDRA_FULL_ERROR", "0")
    start(publish.main, "publish")
    card = (tmp_path / "out" / "README.md").read_text()
    assert "streets of Berlin" in card and "CC BY 4.0" in card and "- time: not recorded" in card
    assert not (tmp_path / "out" / "times.csv").exists()
    assert content_of(tmp_path / "out") == content_of(run)

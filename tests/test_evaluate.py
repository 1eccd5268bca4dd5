"""evaluate.py: the files of a report, its baselines, its stages, and scoring on a cluster."""

import pickle
import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest
import tiny_run
import torch
from metric_names import comparing

import evaluate
from models.trained import TrainedRun
from reporting.scores_table import IDENTITY
from reporting.scoring.systems import stage_outputs
from reporting.tables.improvement import improvements

SCORES = [
    name
    for name in tiny_run.config("evaluate", [], tiny_run.ROOT).metric
    if name in comparing("speech")
]
MASKS = ("ideal amplitude mask", "phase-sensitive mask")
SHORT = ("network.stages=3", "trainer.max_epochs=1")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A data_root and a run of three stages that was trained on it."""
    folder = tmp_path_factory.mktemp("trained")
    data = tiny_run.corpus(folder / "data")
    return data, tiny_run.fit(data, folder / "runs" / "tiny", *SHORT)


def _evaluate(data, report, *more):
    typed = tiny_run.common(data, report, *tiny_run.TABLES_ALONE, *more)
    evaluate.main(tiny_run.config("evaluate", typed, report))
    return pd.read_csv(
        report / "scores.csv", keep_default_na=False, na_values={name: [""] for name in SCORES}
    )


@pytest.fixture(scope="module")
def report(trained, tmp_path_factory):
    """A report with all that it can have."""
    data, run = trained
    folder = tmp_path_factory.mktemp("reports") / "report"
    _evaluate(data, folder, f"runs=[{run}]", "examples=true", "figures=true")
    return folder


def test_the_report_folder_is_as_promised(report):
    scores = pd.read_csv(report / "scores.csv")
    assert scores.columns.tolist() == [*IDENTITY, *SCORES, "failed"]
    assert scores.groupby("mixture_id").system.apply(list).map(tuple).unique().tolist() == [
        ("mixture", *MASKS, "PL-CRNN TMS")
    ]
    for name in ("summary.csv", "report.md", "report.html", "plan.csv", ".hydra/config.yaml"):
        assert (report / name).stat().st_size
    page = (report / "report.html").read_text()
    assert 'class="player"' in page and "<svg" in page
    assert {path.suffix for path in (report / "figures").iterdir()} == {".svg", ".png"}


def test_without_figures_a_report_has_the_same_tables(report, trained, tmp_path, capsys):
    data, run = trained
    tables = tmp_path / "report"
    shutil.copytree(report / "figures", tables / "figures")  # of an earlier report
    _evaluate(data, tables, f"runs=[{run}]", "figures=false", "next='Now on real data.'")
    assert not list((tables / "figures").iterdir())
    for name in ("scores.csv", "summary.csv", "tables.tex"):
        assert (tables / name).read_bytes() == (report / name).read_bytes()
    assert 'id="figures"' not in (tables / "report.html").read_text()
    assert "(figures/" not in (tables / "report.md").read_text()
    printed = capsys.readouterr().out
    assert "Seen noise" in printed
    assert str(tables / "report.html") in printed
    assert printed.endswith("\nNow on real data.\n")


def test_on_the_validation_a_run_is_judged_by_the_mixtures_that_chose_its_best_epoch(
    trained, tmp_path, capsys
):
    data, run = trained
    scores = _evaluate(data, tmp_path / "report", f"runs=[{run}]", "split=validation")
    rows = pd.read_csv(run / "plan.csv").query("split == 'validation'")
    judged = pd.read_csv(tmp_path / "report" / "plan.csv")
    assert judged.mixture_id.tolist() == rows.mixture_id.tolist()
    assert set(scores.mixture_id) == set(rows.mixture_id)
    assert "choose between trainings" in capsys.readouterr().out
    with pytest.raises(ValueError, match="speakers of the test were in its training"):
        _evaluate(data, tmp_path / "other", f"runs=[{run}]", "split=validation", "seed=8")


def test_baselines_stand_in_the_table_of_scores(trained, tmp_path):
    data, run = trained
    named = [
        "+baseline@baselines.filter=lms_speech",
        "+baseline@baselines.predictor=line_predictor_speech",
    ]
    scores = _evaluate(
        data, tmp_path / "report", f"runs=[{run}]", *named, "baselines.filter.step=0.1"
    )
    assert scores.system.unique().tolist() == [
        "mixture",
        *MASKS,
        "filter",
        "predictor",
        "PL-CRNN TMS",
    ]
    assert scores.groupby("system").sdr.mean()[["filter", "predictor"]].notna().all()


@pytest.mark.slow
def test_a_cluster_that_knows_nothing_of_the_project_gives_the_same_scores(
    trained, tmp_path, cluster
):
    data, _ = trained
    here = _evaluate(data, tmp_path / "here", f"cache={tmp_path / 'one'}")
    there = _evaluate(data, tmp_path / "there", f"cache={tmp_path / 'two'}", f"scheduler={cluster}")
    pd.testing.assert_frame_equal(here, there)


def test_a_scheduler_that_nobody_answers_at_is_named(trained, tmp_path):
    with pytest.raises(
        (ValueError, OSError), match=r"no Dask scheduler answers there.*scheduler=nowhere"
    ):
        _evaluate(trained[0], tmp_path / "report", "scheduler=nowhere://x")


def test_stages_are_systems_of_their_own_and_the_last_is_the_run(trained, tmp_path):
    data, run = trained
    scores = _evaluate(data, tmp_path / "report", f"runs=[{run}]", "stages=true", "figures=true")
    run_name = "PL-CRNN TMS"
    names = [f"{run_name}, stage 1", f"{run_name}, stage 2"]
    assert scores.system.unique().tolist() == ["mixture", *MASKS, *names, run_name]
    whole, first = (scores[scores.system == name].sdr.to_numpy() for name in (run_name, names[0]))
    assert (first != whole).any()
    page = (tmp_path / "report" / "report.md").read_text()
    assert re.search(
        r"On \d+ mixtures of [a-z0-9]+ speakers?, PL-CRNN TMS changed the mixture", page
    )
    assert "(figures/stage_outputs.png)" in page


def test_what_the_weights_were_trained_on_before_must_be_new_to_the_test_too(
    trained, tmp_path, capsys
):
    data, run = trained
    other = tiny_run.fit(data, tmp_path / "other", "seed=1", *SHORT, f"start_from={run}")
    (note,) = [line for line in capsys.readouterr().err.splitlines() if "refuse" in line]
    assert re.fullmatch(
        rf"note: evaluate.py will refuse this training on a test of its own plan: {run}: .* of "
        r"the test were in its training \(.*\); start it with the audio and the seed of that run",
        note,
    )
    with pytest.raises(
        ValueError, match=r"other/ancestors/000: .* of the test were in its training"
    ):
        _evaluate(data, tmp_path / "report", f"runs=[{other}]", "seed=1")


def test_a_run_without_its_curve_is_refused_before_anything_is_scored(trained, tmp_path):
    data, run = trained
    copied = shutil.copytree(run, tmp_path / "copied")
    (copied / "curve.csv").unlink()
    with pytest.raises(FileNotFoundError, match=r"copied: has no curve\.csv; copy it"):
        _evaluate(data, tmp_path / "report", f"runs=[{copied}]")
    assert not (tmp_path / "report" / "plan.csv").exists()


def test_every_run_is_tested_at_its_own_rate(trained, tmp_path):
    data, run = trained
    wide = tiny_run.fit(data, tmp_path / "wide", "sample_rate=16000", *SHORT)
    report = tmp_path / "report"
    scores = _evaluate(data, report, f"runs=[{wide},{run}]", "rates=[8000,16000]")
    tested = scores.groupby("system", sort=False).sample_rate.unique().map(list).to_dict()
    assert tested == {
        "mixture": [8000, 16000],
        **{mask: [8000, 16000] for mask in MASKS},
        "PL-CRNN TMS, sample_rate=16000": [16000],
        "PL-CRNN TMS, sample_rate=8000": [8000],
    }
    alone = _evaluate(data, tmp_path / "alone", f"runs=[{run}]")
    of_rate = scores[scores.sample_rate == 8000].reset_index(drop=True)
    of_rate["system"] = of_rate.system.str.removesuffix(", sample_rate=8000")
    pd.testing.assert_frame_equal(of_rate, alone)
    page = (report / "report.html").read_text()
    for title in (
        "Seen noise, 8000 Hz, by SNR",
        "Unseen noise, 16000 Hz, by SNR",
        "by sample rate in Hz",
    ):
        assert title in page
    assert page.index("<h3>PL-CRNN TMS, sample_rate=16000") < page.index(
        "<h3>PL-CRNN TMS, sample_rate=8"
    )
    assert "the whole config of this evaluation" in page and "rates:\n- 8000\n- 16000\n" in page
    assert (report / "plan.csv").exists() and (report / "16000" / "plan.csv").exists()
    gains = improvements(scores)
    assert gains.sdr["PL-CRNN TMS, sample_rate=8000"] == pytest.approx(
        improvements(alone).sdr["PL-CRNN TMS"]
    )


def test_a_baseline_may_not_take_another_systems_name(trained, tmp_path):
    for name in ("mixture", "oracle"):
        with pytest.raises(ValueError, match="is the name of another system"):
            _evaluate(trained[0], tmp_path / name, f"+baseline@baselines.{name}=lms_speech")


def test_wide_band_pesq_at_8_khz_is_an_empty_cell_with_its_reason(trained, tmp_path):
    scores = _evaluate(trained[0], tmp_path / "report")
    assert scores.pesq_wb.isna().all()
    assert scores.failed.str.contains("pesq_wb").all()
    assert scores.si_sdr.notna().all()


def test_a_run_is_given_the_mixture_alone(trained):
    _, run = trained
    mixture = torch.randn(1, 4000, generator=torch.Generator().manual_seed(0)) * 0.1
    assert TrainedRun.load(run).enhance_batch({"mixture": mixture}).shape == mixture.shape


def test_a_run_is_made_of_its_config_and_weights_and_its_stages_are_told_apart(trained, tmp_path):
    _, run = trained
    moved = TrainedRun.load(shutil.copytree(run, tmp_path / "moved"))
    assert moved.made_of == TrainedRun.load(run).made_of
    stages = moved.stages()
    assert [one.stage for one in stages] == [1, 2] and moved.output_stage == 3
    assert len({str(one.made_of) for one in [moved, *stages]}) == 3
    systems = {"x, 1": stages[0], "x, 2": stages[1], "x": moved}
    assert stage_outputs(systems) == {moved.folder: ["x, 1", "x, 2", "x"]}
    assert stage_outputs({"x": moved}) == {}
    moved = TrainedRun.load(moved.folder)
    moved.enhancer.network.average = True  # what is heard is none of three
    assert [one.stage for one in moved.stages()] == [1, 2, 3] and moved.output_stage is None


def test_a_run_travels_as_words_and_is_opened_once_where_it_arrives(trained):
    run = TrainedRun.load(trained[1])
    one, two = (pickle.loads(pickle.dumps(run)) for _ in range(2))  # noqa: S301 - written here
    assert "enhancer" not in vars(one) and one.made_of == run.made_of
    mixture = torch.randn(1, 4000, generator=torch.Generator().manual_seed(0)) * 0.1
    assert torch.equal(one.enhance(mixture), run.enhance(mixture))
    assert one.enhancer is two.enhancer and one.enhancer is not run.enhancer


def test_a_run_that_has_changed_since_it_was_named_is_refused(trained):
    with pytest.raises(ValueError, match="has changed since this began"):
        _ = TrainedRun(trained[1], content="as it was").enhancer


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["runs=[nowhere]"], "nowhere: not a training run"),
        (["runs=[{run},{run}]"], "names one run twice"),
        (["runs=[{run}]", "names=[one,other]"], "names: 2 for 1 runs; give each one"),
        (["runs=[{run}]", "names=[oracle]"], "names: oracle is the name of two systems"),
        (
            ["runs=[{run}]", "sample_rate=16000"],
            "trained at 8000 Hz, the test plan has 16000 Hz; add sample_rate=8000, or rates",
        ),
        (["rates=[8000,8000]"], "names one rate twice"),
        (["runs=[{run}]", "seed=1"], "of the test were in its training"),
        (["runs=[{run}]", "plan.noise_stretches=null"], "are not what its training set aside"),
        (["runs={run}"], "runs=[{run}]"),
        (["plan.test=0"], "plan.test=0"),
        (["plan.validation=0", "split=validation"], "plan.validation=0"),
        (["split=train"], "split='train'"),
        (["plan.test=7"], "not a multiple of 8"),
        (["device=cuda"], "no CUDA device"),
        (["device=tpu"], "device='tpu': is no device; give cpu, cuda or cuda:1"),
        (["+metric@metric.own=stoi"], "metric.own: tables know a score by its name"),
        (["headline=[sdr,csii]"], "headline: csii is no metric of this evaluation"),
        (["metric.sdr.engine=magic"], "metric.sdr: engine='magic' of the SDR"),
    ],
)
def test_bad_input_is_one_line_that_names_it_and_no_report(trained, tmp_path, more, said):
    data, run = trained
    with pytest.raises((ValueError, OSError)) as error:
        _evaluate(data, tmp_path / "report", *(item.format(run=run) for item in more))
    message = str(error.value)
    assert said.format(run=run) in message
    assert "\n" not in message
    assert not list(tmp_path.glob("report/*.csv"))


def test_the_scores_of_the_papers_are_scored_unasked_and_any_other_is_once_it_is_typed():
    usual = {"pesq_nb_raw", "pesq_nb", "pesq_wb", "stoi", "estoi", "sdr", "si_sdr"}
    assert set(SCORES) >= usual
    unasked, asked = (
        set(tiny_run.config("evaluate", typed, tiny_run.ROOT).metric)
        for typed in ([], ["+metric@metric.stoi_own=stoi"])
    )
    assert asked - unasked == {"stoi_own"}


def test_what_judges_and_renders_loads_no_lightning():
    code = f"import sys; sys.path.insert(0, {str(tiny_run.ROOT)!r})\n"
    code += "import command.evaluation, command.audit, tasks.enhancement; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pytorch_lightning" not in done.stdout.split()

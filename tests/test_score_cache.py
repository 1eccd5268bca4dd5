"""What was scored once is looked up, what has changed is not, and an interrupted evaluation goes on."""

import math

import numpy as np
import pandas as pd
import pytest
import tiny_run
from stand_ins import Answers

import evaluate
from metrics.sdr import SDR
from metrics.si_sdr import SISDR
from parallel.spread import over_processes
from reporting.scoring.bench import Bench
from reporting.scoring.memory import Memory
from reporting.scoring.score_cache import ScoreCache, of_signal
from reporting.scoring.score_plan import score_plan

RATE = 16000


@pytest.fixture
def path(tmp_path):
    return tmp_path / "scores.sqlite"


def test_scores_come_back_as_they_were_put(path):
    versions = {"sdr": "sdr-1", "stoi": "stoi-1", "pesq": "pesq-1"}
    ScoreCache(path).put_scores(
        "a-b", versions, {"sdr": (0.1 + 0.2, ""), "stoi": (math.nan, "silent")}
    )
    known = ScoreCache(path).scores("a-b", versions)
    assert (
        known["sdr"] == (0.1 + 0.2, "")
        and known["stoi"][1] == "silent"
        and math.isnan(known["stoi"][0])
    )
    assert set(known) == {"sdr", "stoi"}
    assert (
        ScoreCache(path).scores("a-c", versions)
        == {}
        == ScoreCache(path).scores("a-b", {"sdr": "sdr-2"})
    )


def test_a_metric_that_has_scored_is_known_in_the_version_that_did(path):
    memory(path).put_scores("a-b", {"sdr": (1.0, "")})
    assert memory(path).has_scored("sdr") and not memory(path).has_scored("si_sdr")
    assert not memory(path, sdr="sdr-2").has_scored("sdr")


def test_signals_are_named_by_their_samples():
    signal = np.random.default_rng(0).standard_normal(100)
    assert of_signal(signal) == of_signal(signal.copy()) == of_signal(np.repeat(signal, 2)[::2])
    assert of_signal(signal) != of_signal(signal + 1e-15 * signal.max())


class Counted:
    """A metric that counts its calls, in this process."""

    made_of = None

    def __init__(self, function):
        self.function, self.calls = function, 0
        self.facts, self.takes = SDR.facts, "speech"

    def __call__(self, *arguments):
        self.calls += 1
        return self.function(*arguments)

    def prepared(self, answer, sample_rate):
        return answer

    def portable(self):
        return self


def memory(path, **metrics):
    return Memory(ScoreCache(path), "here", {"sdr": "sdr-1", "si_sdr": "si_sdr-1", **metrics})


def score(rendered, path, systems, metrics, **versions):
    return score_plan(
        Bench(*rendered, RATE, memory=memory(path, **versions)), systems, metrics, over_processes(1)
    )


def fresh(half="half"):
    systems = {
        "mixture": Answers(lambda batch: batch["mixture"], "mixture"),
        "half": Answers(lambda batch: batch["mixture"] / 2, half),
    }
    return systems, {"sdr": Counted(SDR()), "si_sdr": Counted(SISDR())}


def calls(counted):
    return {name: one.calls for name, one in counted.items()}


def test_a_second_time_nothing_is_enhanced_or_scored_and_the_table_is_the_same(rendered, path):
    systems, metrics = fresh()
    first = score(rendered, path, systems, metrics)
    rows = len(first) // 2
    assert calls(systems) == {"mixture": rows, "half": rows} and calls(metrics) == {
        "sdr": 2 * rows,
        "si_sdr": 2 * rows,
    }
    systems, metrics = fresh()
    pd.testing.assert_frame_equal(score(rendered, path, systems, metrics), first)
    assert {*calls(systems).values(), *calls(metrics).values()} == {0}


def test_one_system_or_metric_more_is_the_only_one_that_runs(rendered, path):
    systems, metrics = fresh()
    rows = len(score(rendered, path, {"half": systems["half"]}, {"sdr": metrics["sdr"]}))
    systems, metrics = fresh()
    score(rendered, path, systems, metrics)
    # The halved mixture has no si_sdr yet, so its signal is needed once more.
    assert calls(systems) == {"mixture": rows, "half": rows}
    assert calls(metrics) == {"sdr": rows, "si_sdr": 2 * rows}


def test_another_version_is_run_anew(rendered, path):
    score(rendered, path, *fresh())
    systems, metrics = fresh(half="another half")
    rows = len(score(rendered, path, systems, metrics, sdr="sdr-2")) // 2
    assert calls(metrics) == {"sdr": 2 * rows, "si_sdr": 0}
    assert calls(systems) == {"mixture": rows, "half": rows}


def test_a_system_that_does_not_say_what_it_is_made_of_enhances_anew_and_its_scores_are_known(
    rendered, path
):
    score(rendered, path, *fresh(half=None))
    systems, metrics = fresh(half=None)
    rows = len(score(rendered, path, systems, metrics)) // 2
    assert calls(systems) == {"mixture": 0, "half": rows} and calls(metrics) == {
        "sdr": 0,
        "si_sdr": 0,
    }


def test_an_interrupted_evaluation_goes_on(rendered, path):
    systems, metrics = fresh()
    whole = score(rendered, None, *fresh())

    def breaks(*arguments):
        if metrics["sdr"].calls == 6:
            raise KeyboardInterrupt
        return SDR()(*arguments)

    metrics["sdr"] = Counted(breaks)
    with pytest.raises(KeyboardInterrupt):
        score(rendered, path, systems, metrics)
    systems, metrics = fresh()
    pd.testing.assert_frame_equal(score(rendered, path, systems, metrics), whole)
    assert (
        0 < metrics["sdr"].calls <= len(whole) - 4
    )  # at most the one that broke and one on its way were lost


def test_failed_scores_are_remembered_with_their_reasons(rendered, path):
    mute = {"mute": Answers(lambda batch: 0 * batch["mixture"], "mute")}
    tables = [score(rendered, path, mute, fresh()[1]) for _ in range(2)]
    pd.testing.assert_frame_equal(*tables)
    assert tables[1].failed.str.contains("silent").all() and mute["mute"].calls == len(tables[0])


def test_a_file_that_is_no_cache_is_named_with_a_remedy(path):
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(ValueError, match=r"scores\.sqlite: file is not a database; remove it"):
        ScoreCache(path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "scores.sqlite").mkdir()
    with pytest.raises(OSError, match=r"choose another cache.*scores\.sqlite"):
        ScoreCache(tmp_path / "scores.sqlite")


def test_a_second_report_scores_nothing_and_a_new_training_is_seen(
    data, whole, tmp_path, monkeypatch
):
    typed = tiny_run.common(data, tmp_path / "x")
    typed = [*typed, "figures=false", f"cache={tmp_path / 'cache'}", f"runs=[{whole}]"]
    report = tmp_path / "report"
    evaluate.main(tiny_run.config("evaluate", [*typed, f"output={report}"], report))
    first = (report / "scores.csv").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("reporting.scoring.work.scores", lambda *_: pytest.fail("scored again"))
        patch.setattr("models.trained.load_run", lambda *_: pytest.fail("opened again"))
        patch.setattr("metrics.metric.Metric.__call__", lambda *_: pytest.fail("tried again"))
        evaluate.main(
            tiny_run.config(
                "evaluate", [*typed, f"output={tmp_path / 'again'}"], tmp_path / "again"
            )
        )
    assert (tmp_path / "again" / "scores.csv").read_bytes() == first
    other = tiny_run.fit(data, tmp_path / "whole", "trainer.max_epochs=1")
    typed[-1] = f"runs=[{other}]"
    typed += [f"output={tmp_path / 'other'}", "examples=false"]
    evaluate.main(tiny_run.config("evaluate", typed, tmp_path / "other"))
    tables = [
        pd.read_csv(folder / "scores.csv").query("system == 'CRNN TMS'")
        for folder in (report, tmp_path / "other")
    ]
    assert not np.allclose(*(table.sdr for table in tables))


def test_nothing_is_rendered_where_all_of_a_mixture_is_remembered(rendered, path, monkeypatch):
    first = score(rendered, path, *fresh())
    monkeypatch.setattr("datagen.render.Rendering.signals", lambda *_: pytest.fail("rendered"))
    pd.testing.assert_frame_equal(score(rendered, path, *fresh()), first)

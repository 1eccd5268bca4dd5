"""Runs that were trained on a part of the test, under whatever name, are refused."""

import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from datagen.plan import Plan
from reporting.scoring import leaks
from reporting.scoring.leaks import LeakCheck, leak_of_own_test, refuse_leaks
from reporting.scoring.systems import heard_by_recognisers


@pytest.fixture
def trained(drawn, tmp_path):
    """A run folder's tables that the test of `drawn` knows nothing of, and that test."""
    plan, _ = drawn
    speech = plan.speech[plan.speech.split != "test"].assign(content="")
    noise = plan.noise.assign(content="")
    return Plan(plan.rows.iloc[:0], speech, noise), plan, tmp_path / "run"


@pytest.mark.parametrize("heard", ["speech", "noise"])
def test_a_run_that_heard_audio_of_the_test_under_another_name_is_refused(trained, heard):
    run, plan, path = trained
    tested = plan.speech.split == "test"
    test = Plan(
        plan.rows,
        plan.speech.assign(content=np.where(tested, "a", "b")),
        plan.noise.assign(content="c"),
    )
    run.save(path)
    refuse_leaks(path, test, path)
    frame = getattr(run, heard)
    seen = frame.split == "train"
    changed = Plan(run.rows, run.speech, run.noise)
    object.__setattr__(changed, heard, frame.assign(content=np.where(seen, "a", "z")))
    changed.save(path.with_name("heard"))
    with pytest.raises(
        ValueError,
        match=r"heard: 1 recordings? of the test (was|were) in its training under other names",
    ):
        refuse_leaks(path.with_name("heard"), test, path)


def test_a_training_on_the_recordings_of_its_parent_has_a_test_of_its_own(trained):
    _, plan, path = trained
    without_test = Plan(plan.rows[plan.rows.split != "test"], plan.speech, plan.noise)
    without_test.save(path)
    assert leak_of_own_test(path, without_test) == ""


def test_a_training_with_other_stretches_of_noise_than_its_parent_has_no_test(trained):
    _, plan, path = trained
    shifted = plan.noise.assign(start=plan.noise.start + plan.noise.seen.astype(int))
    Plan(plan.rows, plan.speech, shifted).save(path)
    assert "stretches of the test's seen noise are not what" in leak_of_own_test(path, plan)


def test_a_training_whose_parent_heard_its_test_speakers_has_no_test(trained):
    _, plan, path = trained
    heard = plan.speech.assign(split="train")
    Plan(plan.rows, heard, plan.noise).save(path)
    speakers = plan.speech.source[plan.speech.split == "test"].nunique()
    assert f"{speakers} speakers of the test were in its training" in leak_of_own_test(path, plan)


def test_a_run_whose_test_set_alone_had_the_audio_is_not_refused(trained):
    run, plan, path = trained
    kept = plan.speech.assign(content=np.where(plan.speech.split == "test", "a", "b"))
    Plan(run.rows, kept, plan.noise.assign(content="c")).save(path)
    refuse_leaks(path, Plan(plan.rows, kept, plan.noise.assign(content="d")), path)


def test_copied_files_of_runs_without_contents_are_found_by_their_bytes(trained, tmp_path):
    run, plan, path = trained
    heard = plan.speech.set_index("id").loc[plan.split("test").speech_id[0]]
    copied = tmp_path / "copied.flac"
    shutil.copy(heard.path, copied)
    speech = run.speech.drop(columns="content")
    speech.loc[0, "path"] = str(copied)
    Plan(run.rows, speech, run.noise.drop(columns="content")).save(path)
    with pytest.raises(ValueError, match=r"copied\.flac"):
        refuse_leaks(path, plan, path)


def test_seen_noise_that_training_never_had_is_new_beside_noise_that_it_set_aside(trained):
    run, plan, path = trained
    lacking = run.noise[run.noise.seen].source.iloc[0]
    known = run.noise[run.noise.source != lacking]
    Plan(run.rows, run.speech, known.assign(content="k")).save(path)
    content = np.select([plan.noise.source == lacking, plan.noise.seen], ["n", "k"], "u")
    tested = plan.noise.assign(content=content)
    assert refuse_leaks(path, Plan(plan.rows, plan.speech, tested), path) == {lacking}
    overlapping = tested.assign(stop=tested.stop - 1)
    with pytest.raises(ValueError, match="seen noise are not what its training set aside"):
        refuse_leaks(path, Plan(plan.rows, plan.speech, overlapping), path)


def test_new_noise_that_is_speech_of_the_training_is_refused(trained):
    run, plan, path = trained
    never_had = run.noise.source.iloc[0]
    Plan(run.rows, run.speech.assign(content="s"), run.noise[run.noise.source != never_had]).save(
        path
    )
    tested = plan.noise.assign(content=np.where(plan.noise.source == never_had, "s", ""))
    with pytest.raises(ValueError, match="in its training under other names"):
        refuse_leaks(path, Plan(plan.rows, plan.speech, tested), path)


def test_runs_with_equal_tables_are_compared_with_the_test_once(trained, monkeypatch):
    run, plan, path = trained
    other = path.with_name("other")
    run.save(path)
    run.save(other)
    compared = []
    monkeypatch.setattr(leaks, "refuse_leaks", lambda run, *rest: compared.append(run) or {"fan"})
    check = LeakCheck(plan)
    assert [check.new_sources(one, one) for one in (path, other)] == [{"fan"}, {"fan"}]
    assert compared == [path]
    speech = other / "speech.csv"
    speech.write_bytes(speech.read_bytes()[:-9])
    with pytest.raises(ValueError, match=r"other/speech\.csv: is cut short or has changed"):
        check.new_sources(other, other)


def test_a_metrics_recogniser_that_knows_the_test_is_a_note(trained):
    run, plan, path = trained
    run.save(path)
    knowing = path.with_name("knowing")
    is_tested = plan.speech.id.isin(plan.split("test").speech_id)
    tested = plan.speech.source[is_tested].iloc[0]
    heard = run.speech.source.where(run.speech.split != "train", tested)
    Plan(run.rows, run.speech.assign(source=heard), run.noise).save(knowing)

    def notes(*folders):
        metrics = {"stoi": SimpleNamespace(recognise=None)}
        for folder in folders:
            metrics[f"cer_{len(metrics)}"] = SimpleNamespace(
                recognise=SimpleNamespace(folder=folder)
            )
        return heard_by_recognisers(metrics, plan)

    assert notes(path, None) == []
    (note,) = notes(path, knowing, knowing, None)
    assert note.startswith(
        f"cer_2, cer_3: the recogniser knows a part of this test. {knowing}: 1 speakers of the test"
    )
    speech = knowing / "speech.csv"
    speech.write_bytes(speech.read_bytes()[:-9])
    with pytest.raises(ValueError, match=r"knowing/speech\.csv: is cut short or has changed"):
        notes(knowing)

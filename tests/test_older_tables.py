"""What older versions wrote is read as what it is today.

Tables of plans and of runs, configs of runs.
"""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import tiny_run
from corpora import COUNTS
from omegaconf import OmegaConf

from datagen.draw_plan import draw_plan
from datagen.plan import Plan, fingerprint, load_plan, load_recordings
from files.fingerprint import of_values
from options.older import upgraded
from reporting.scoring.leaks import refuse_leaks

HEAD = "id,path,source,category,only,sample_rate,samples,channels,content,offset,gain,counted"
FIRST = "id,path,source,category,only,sample_rate,samples,channels"  # before audio had a content
SPEECH = f"""{HEAD},length,split
l/1,/l/1.flac,l/1,F,,16000,32000,1,0a,3,1.0,False,32000,train
l/2,/l/2.flac,l/2,M,,16000,32000,1,0b,0,0.5,True,32000,validation
l/3,/l/3.flac,l/3,,,16000,32000,1,,0,1.0,False,32000,test
own/4,/own/4.wav,own/4,monday/4,,16000,32000,1,,0,1.0,False,32000,test
"""
NOISE = f"""{HEAD},vector,start,stop
a#train,/a.wav,a,rain,,16000,10000,1,0c,0,1.0,False,seen-train,0,7000
made/c,/c.wav,c,crowd,train,16000,10000,1,,0,1.0,False,seen-train,0,10000
a#validation,/a.wav,a,rain,,16000,10000,1,0c,0,1.0,False,seen-validation,7000,8000
a#test,/a.wav,a,rain,,16000,10000,1,0c,0,1.0,False,seen-test,8000,10000
seen-b,/b.wav,b,F,,16000,10000,1,,0,1.0,False,unseen-seen-b,0,10000
"""
OVERLAPPING = f"""{FIRST},vector,start,stop
a,/a.wav,a,rain,,16000,10000,1,seen,0,10000
b,/b.wav,b,,,16000,10000,1,unseen-b,0,10000
"""
PLAN = """mixture_id,split,speech_id,speech_start,noise_id,noise_start,length,snr_db,gain_db,noise_seen
train-000000,train,l/1,0,a#train,10,32000,8.0,0.0,True
test-000000,test,l/3,0,seen-b,10,32000,-5.0,-1.5,False
"""


@pytest.fixture
def old(tmp_path):
    """A folder with the tables of an older version."""

    def old(**tables: str) -> Path:
        for name, text in tables.items():
            (tmp_path / f"{name}.csv").write_text(text)
        return tmp_path

    return old


def test_the_category_of_speech_was_the_speakers_sex_or_no_fact_at_all(old):
    speech, _ = load_recordings(old(speech=SPEECH, noise=NOISE), "")
    assert speech.sex.tolist() == ["F", "M", "", ""]
    assert speech.kind.tolist() == [""] * 4
    assert "category" not in speech


def test_the_category_of_noise_was_its_kind_and_its_vector_told_whom_it_served(old):
    _, noise = load_recordings(old(speech=SPEECH, noise=NOISE), "")
    assert noise.kind.tolist() == ["rain", "crowd", "rain", "rain", "F"]
    assert noise.sex.tolist() == [""] * 5
    assert noise.seen.tolist() == [True] * 4 + [False]
    assert noise.split.tolist() == ["train", "train", "validation", "test", "test"]
    assert noise.vector[4] == "unseen-seen-b"


def test_overlapping_noise_of_the_first_tables_serves_all_splits(old):
    first = "\n".join(
        ",".join(line.split(",")[:8] + line.split(",")[12:]) for line in SPEECH.splitlines()
    )
    speech, noise = load_recordings(old(speech=f"{first}\n", noise=OVERLAPPING), "")
    facts = noise[["seen", "split", "content", "gain"]].to_numpy().tolist()
    assert facts == [[True, "", "", 1.0], [False, "test", "", 1.0]]
    assert speech[["sex", "content", "offset"]].to_numpy().tolist()[0] == ["F", "", 0]


def test_a_whole_plan_is_loaded_and_written_anew_as_the_same_plan(old):
    folder = old(plan=PLAN, speech=SPEECH, noise=NOISE)
    plan = load_plan(folder)
    assert plan.rows.noise_seen.tolist() == [True, False]
    plan.save(folder)
    assert (
        (folder / "noise.csv")
        .read_text()
        .startswith(f"{HEAD.replace('category', 'kind,sex')},text,vector,seen,split,")
    )
    again = load_plan(folder)
    for name in ("rows", "speech", "noise"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(plan, name))


def older(plan: Plan) -> Plan:
    """A plan as an older version wrote it."""
    speech = plan.speech.rename(columns={"sex": "category"}).drop(columns="kind")
    noise = plan.noise.rename(columns={"kind": "category"}).drop(columns=["sex", "seen", "split"])
    return replace(plan, speech=speech, noise=noise)


def test_the_same_plan_is_known_in_the_tables_of_an_older_version_and_another_one_is_not(
    make, drawn, tmp_path
):
    older(drawn[0]).save(tmp_path / "out")
    assert "category" in (tmp_path / "out" / "speech.csv").read_text().splitlines()[0]
    with pytest.raises(ValueError, match="holds another plan"):
        draw_plan(make(seed=3), COUNTS, tmp_path / "cache").save(tmp_path / "out")
    drawn[0].save(tmp_path / "out")
    pd.testing.assert_frame_equal(load_plan(tmp_path / "out").noise, drawn[0].noise)


def test_a_renamed_column_of_a_plan_is_read_by_its_first_name_and_keeps_the_fingerprint(
    drawn, tmp_path
):
    plan = drawn[0]
    rows = plan.rows.rename(columns={"present": "heard"})
    Plan(rows, plan.speech, plan.noise).save(tmp_path)
    pd.testing.assert_frame_equal(load_plan(tmp_path).rows, plan.rows)
    assert fingerprint(plan.rows) == of_values(rows.to_csv())  # as reports of before have it


def test_runs_of_before_are_held_against_the_test_as_others_are(drawn, tmp_path):
    plan = drawn[0]
    older(plan).save(tmp_path / "run")
    refuse_leaks(tmp_path / "run", plan, tmp_path / "run")
    heard = plan.speech.assign(split=plan.speech.split.replace({"test": "train", "train": "test"}))
    older(replace(plan, speech=heard)).save(tmp_path / "leaky")
    with pytest.raises(ValueError, match="speakers of the test were in its training"):
        refuse_leaks(tmp_path / "leaky", plan, tmp_path / "leaky")
    seen = older(plan).noise.assign(vector="seen-train")
    replace(older(plan), noise=seen).save(tmp_path / "seen")
    with pytest.raises(ValueError, match="unseen noises of the test were in its training"):
        refuse_leaks(tmp_path / "seen", plan, tmp_path / "seen")


def test_a_folder_of_audio_in_the_config_of_a_run_keeps_what_tells_kinds_apart():
    folder = {
        "_target_": "datagen.corpora.folder.folder",
        "root": "/a",
        "name": "a",
        "source": "top",
        "category": "file",
    }
    crowds = {"_target_": "datagen.corpora.synthetic.crowds", "speech": {"own": folder}}
    esc50 = {"_target_": "datagen.corpora.esc50.esc50", "categories": ["dog"]}
    cfg = OmegaConf.create(
        {"noise": {"seen": {"own": folder, "crowds": crowds, "esc50": esc50}}, "rates": [8000]}
    )
    seen = OmegaConf.to_container(upgraded(cfg))["noise"]["seen"]
    today = {
        "_target_": "datagen.corpora.folder.Folder",
        "root": "/a",
        "name": "a",
        "source": "top",
        "kind": "file",
    }
    assert seen["own"] == today
    assert seen["crowds"]["speech"] == {"own": today}
    assert seen["esc50"]["categories"] == ["dog"]


def test_a_run_of_an_older_version_is_gone_on_with(whole, tmp_path):
    run = tmp_path / "run"
    for path in (
        "checkpoints/best.ckpt",
        "checkpoints/last.ckpt",
        "curve.csv",
        ".hydra/config.yaml",
    ):
        (run / path).parent.mkdir(parents=True, exist_ok=True)
        (run / path).write_bytes((whole / path).read_bytes())
    config = (run / ".hydra" / "config.yaml").read_text()
    assert " kind:" in config
    (run / ".hydra" / "config.yaml").write_text(
        "\n".join(
            line.replace(" kind:", " category:")
            for line in config.split("\n")
            if " sex:" not in line
        )
    )
    older(load_plan(whole)).save(run)
    tiny_run.resume(run, "trainer.max_epochs=4")
    assert tiny_run.curve(run).startswith(tiny_run.curve(whole))
    assert len(load_plan(run).rows) == len(load_plan(whole).rows)

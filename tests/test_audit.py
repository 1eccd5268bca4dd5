"""The audit of corpora.

Everything that is wrong is in its table and on its page, and ends nothing.
"""

import os
import shutil

import numpy as np
import pandas as pd
import pytest
import tiny_run
from corpora import RATE, own_folders, speech_like, steady, write

import datagen.from_config
import datagen.measured
import generate

HOSTILE = "<script>alert('é')<"  # no slash: it names a folder
TITLES = ("Clipped", "With an offset", "Mostly silent", "Narrow", "Noise in clean speech", "Quiet")


@pytest.fixture
def audited(tmp_path, capsys):
    """`generate.py audit=true` on folders of one's own.

    Its tables by corpus and by file, its page, what it printed.
    """

    def audited(root, *more, jobs=1):
        out = tmp_path / "out"
        typed = [
            "experiment=folders",
            f"data_root={root}",
            f"cache={tmp_path / 'cache'}",
            f"output={out}",
            "audit=true",
        ]
        limits = [
            "plan.utterances.train=null",
            "plan.utterances.validation=null",
            "plan.utterances.test=null",
        ]
        generate.main(tiny_run.config("generate", [*typed, *limits, f"jobs={jobs}", *more], out))
        tables = (
            pd.read_csv(out / f"{name}.csv", keep_default_na=False)
            for name in ("audit", "audit_files")
        )
        page, printed = (out / "audit.html").read_text(encoding="utf-8"), capsys.readouterr().out
        assert {path.name for path in out.iterdir()} == {
            "audit.csv",
            "audit_files.csv",
            "audit.html",
        }
        assert "src=" not in page and "http" not in page
        return *tables, page, printed

    return audited


def last(printed):
    return printed.splitlines()[-1]


def test_where_nothing_is_wrong_the_last_line_says_so(audited, tmp_path):
    corpora, files, page, printed = audited(own_folders(tmp_path / "own"))
    assert (
        last(printed)
        == f"audit of 11 files: nothing was found that is wrong: {tmp_path}/out/audit.html"
    )
    assert corpora.role.tolist() == ["speech.train", "noise.seen", "noise.unseen"]
    assert corpora.files.tolist() == [8, 2, 1]
    assert corpora.sources.tolist() == [4, 2, 1]
    assert corpora.hours.tolist() == pytest.approx([8 * 1.5 / 3600, 4 / 3600, 2 / 3600])
    assert corpora.sample_rates.tolist() == [RATE] * 3
    assert corpora.level_db[1] == pytest.approx(-26.0, abs=0.1)
    assert (files.left_out == "").all()
    assert not any(f"<h2>{title}" in page for title in (*TITLES, "Left out"))
    assert "Problems to correct" not in page


def damage(root):
    """Something of each kind: name to the title that it stands under."""
    bad = {"clipped": 3 * speech_like(1.5, 20), "offset": 0.3 * speech_like(1.5, 21) + 0.02}
    bad |= {
        "quiet": 0.004 * speech_like(1.5, 22),
        "noisy": speech_like(1.5, 23) + steady(1.5, 24) * 1.5,
    }
    for name, speech in bad.items():
        write(root / f"speech/s0/{name}.wav", np.clip(speech, -1, 0.9999))
    write(root / "speech/s0/narrow.wav", np.repeat(speech_like(1.5, 25), 1)[: 3 * RATE // 4], 8000)
    silent = steady(2, 99)
    silent[RATE // 2 :] = 0
    write(root / "noise/seen/silent.wav", silent)
    return dict(
        zip(("clipped", "offset", "silent", "narrow", "noisy", "quiet"), TITLES, strict=True)
    )


def test_the_worst_files_of_each_kind_are_named_with_what_to_do(audited, tmp_path):
    root = own_folders(tmp_path / "own")
    expected = damage(root)
    corpora, _, page, printed = audited(root)
    for name, title in expected.items():
        section = page.split(f"<h2>{title}: ")[1].split("<h2>")[0]
        assert f"{name}.wav" in section
        assert "<p>" in section
    assert "6 files worth a look" in last(printed)
    assert corpora.clipped.tolist() == [1, 0, 0]
    assert corpora.sample_rates.tolist()[0] == "8000 16000"


def test_all_problems_are_told_at_once_and_end_nothing(audited, tmp_path):
    root = own_folders(tmp_path / "own", speakers=2)
    shutil.copy(root / "speech/s0/u0.wav", root / "speech/s1/twin.wav")
    os.link(root / "noise/seen/a.wav", root / "noise/unseen/twin.wav")
    os.link(root / "noise/seen/b.wav", root / "noise/seen/again.wav")
    (root / "speech/s0/text (1).wav").write_text("no audio")
    write(root / "speech/s0/silent.wav", np.zeros(2 * RATE))
    write(root / "speech/s0/short.wav", speech_like(0.4, 50))
    corpora, files, page, printed = audited(root)
    for told in (
        "2 files cannot be used, ",
        "1 recording stands under two speakers, ",
        "1 recording stands in seen noise and in unseen noise, ",
    ):
        assert told in page.split("Problems to correct before training")[1].split("</div>")[0]
    assert "3 problems to correct before training, 4 files left out" in last(printed)
    why = files[files.left_out != ""].set_index("id").left_out
    assert why["speech/s0/short.wav"] == "shorter than plan.shortest_s"
    assert why["speech/s0/silent.wav"] == "silent"
    assert why["speech/s0/text (1).wav"].startswith("unreadable: ")
    assert why["seen/b.wav"] == "a copy"
    assert files.set_index("id").copy_of["seen/b.wav"] == str(root / "noise/seen/again.wav")
    assert corpora.left_out.tolist() == [3, 1, 0]
    assert corpora.copies.tolist() == [0, 1, 0]
    assert "short.wav" in page.split("<h2>Left out: 4 files")[1]


def test_a_corpus_that_is_not_there_is_a_problem_like_others(audited, tmp_path):
    root = own_folders(tmp_path / "own")
    shutil.rmtree(root / "noise/unseen")
    _, _, page, printed = audited(root)
    assert "noise.unseen.folder: " in page and "no such folder" in page
    assert "1 problem to correct" in last(printed)


def test_where_there_is_no_corpus_at_all_one_line_says_so(audited, tmp_path):
    with pytest.raises(ValueError, match="nowhere/speech: no such folder"):
        audited(tmp_path / "nowhere")
    assert not list(tmp_path.glob("out/audit*"))


def test_names_are_escaped(audited, tmp_path):
    root = own_folders(tmp_path / "own")
    for path in (root / f"speech/{HOSTILE}/u.wav", root / f"speech/s0/{HOSTILE}.wav"):
        write(path, np.clip(3 * speech_like(1.5, 9), -1, 0.999))
    _, files, page, _ = audited(root)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(" in page
    assert files.source.str.contains(HOSTILE, regex=False).any()


def test_a_second_audit_opens_no_file(audited, tmp_path, monkeypatch):
    root = own_folders(tmp_path / "own")
    first = audited(root)
    monkeypatch.setattr(datagen.measured, "measure", None)
    second = audited(root)
    assert [table.equals(other) for table, other in zip(first[:2], second[:2], strict=True)] == [
        True,
        True,
    ]


def test_unchecked_audio_is_measured_where_an_audit_is_asked_for(audited, tmp_path):
    root = own_folders(tmp_path / "own")
    (root / "noise/seen/c.wav").write_bytes((root / "noise/seen/a.wav").read_bytes())
    corpora, _, _, _ = audited(root, "check_audio=false")
    assert corpora.level_db[1] == pytest.approx(-26.0, abs=0.1)
    assert corpora.copies.tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["render=true"], "audit=true: looks at corpora and draws nothing; leave out render=true"),
        (["scheduler=tcp://host:8786"], "audit=true: .* leave out scheduler=tcp://host:8786"),
        (
            ["audit=false", "scheduler=tcp://host:8786", "plan.train=10000"],
            "scheduler=tcp://host:8786: draws splits of more than 10000 rows, and renders; add",
        ),
    ],
)
def test_an_audit_of_something_else_is_refused(tmp_path, more, told):
    with pytest.raises(ValueError, match=told):
        generate.main(
            tiny_run.config("generate", ["audit=true", f"output={tmp_path}", *more], tmp_path)
        )


@pytest.mark.parametrize("name", ["a (b.wav", "a (b (c).wav", "a.wav (silent)"])
def test_why_a_file_is_bad_is_told_apart_from_its_name_with_brackets(audited, tmp_path, name):
    root = own_folders(tmp_path / "own")
    write(root / "speech/s0/x.wav", np.zeros(2 * RATE)).rename(root / "speech/s0" / name)
    _, files, _, _ = audited(root)
    assert files.set_index("id").left_out[f"speech/s0/{name}"] == "silent"

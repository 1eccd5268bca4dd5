"""What went to another script ends in one line that says where, with a command that can be typed."""

import shlex
import sys

import pytest
import tiny_run

import evaluate
from command.check import check
from command.entry import start
from command.lines_schema import LinesConfig
from command.moved import MOVED, NOT_HERE, refuse_moved

CONF = tiny_run.ROOT / "conf"


def refused(script, *typed):
    with pytest.raises(ValueError) as caught:
        refuse_moved(script, typed)
    line = str(caught.value)
    assert "\n" not in line
    return line


@pytest.mark.parametrize(
    ("script", "typed", "command"),
    [
        ("evaluate", ["experiment=lines"], []),
        ("evaluate", ["experiment=lines", "output=a b"], ["output=a b"]),
        ("evaluate", ["output=x", "experiment=lines_quick"], ["study=quick", "output=x"]),
        (
            "evaluate",
            ["experiment=lines", "wav=x.wav", "wav_tones_hz=[167]"],
            ["wav=x.wav", "wav_tones_hz=[167]"],
        ),
        ("evaluate", ["wav=x.wav", "experiment=lines_quick"], ["study=quick", "wav=x.wav"]),
        ("evaluate", ["wav=x.wav"], ["wav=x.wav"]),
        ("evaluate", ["plan=lines"], []),
        ("evaluate", ["experiment=lines", "lines.audio_draws=1"], ["audio_draws=1"]),
        ("evaluate", ["-m", "experiment=demo,lines", "seed=0,1"], ["-m", "seed=0,1"]),
        (
            "evaluate",
            ["experiment=lines", "+baseline@lines.systems.x=nlms"],
            ["+baseline@systems.x=nlms"],
        ),
        (
            "evaluate",
            ["+experiment=lines", "jobs=2", "data_root=x", "metric.stoi.engine=pystoi"],
            [],
        ),
        ("train", ["experiment=lines", "output=x"], ["output=x"]),
        ("train", ["plan=lines"], []),
        ("generate", ["plan=lines"], ["draw=true"]),
        (
            "generate",
            ["plan=lines", "render=true", "plan.draws=1"],
            ["draw=true", "render=true", "plan.draws=1"],
        ),
        ("generate", ["experiment=demo", "plan=lines", "audit=true"], ["draw=true"]),
        ("generate", ["experiment=lines_quick", "plan=lines"], ["draw=true", "study=quick"]),
    ],
)
def test_the_line_ends_in_the_command_that_does_the_same(script, typed, command, tmp_path):
    line = refused(script, *typed)
    assert "line enhancement has a script of its own: " in line
    *_, said = line.partition(": python ")
    assert shlex.split(said) == ["lines.py", *command]
    options = [option for option in command if option not in ("-m", "seed=0,1")]
    check(tiny_run.config("lines", options, tmp_path), LinesConfig)


def test_it_is_said_before_anything_is_composed(monkeypatch, tmp_path):
    monkeypatch.setenv("HYDRA_FULL_ERROR", "0")  # start() sets it
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["evaluate.py", "experiment=lines", "no.such=option"])
    with pytest.raises(SystemExit) as caught:
        start(evaluate.main, "evaluate", alone=True)
    assert caught.value.code == (
        "evaluate.py: experiment=lines: line enhancement has a script of its own: python lines.py no.such=option"
    )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            "runs=[X]",
            "runs=[X]: line enhancers alone are tested here; trained runs are tested by evaluate.py",
        ),
        ("sweep=X", "trained runs are tested by evaluate.py"),
        ("experiment=lines", "choose the studies by study=full or study=quick"),
        ("sample_rate=8000", "tones have plan.sample_rate here"),
        ("metric.stoi.engine=pystoi", "scores of speech are those of evaluate.py"),
        ("+metric@metric.x=stoi", "scores of speech are those of evaluate.py"),
        ("+baseline@baselines.x=nlms", "write +baseline@systems.NAME=nlms"),
        ("plan=lines", "there is one plan here; leave it out"),
        ("lines.audio_draws=1", "leave out 'lines.'"),
        ("data_root=x", "here tones and noise are made"),
        ("examples=false", "is about reports of speech; leave it out"),
        ("gains=x", "is an option of evaluate.py"),
    ],
)
def test_what_belongs_to_speech_is_refused_by_lines_with_the_reason(typed, told):
    assert told in refused("lines", "seed=1", typed)


@pytest.mark.parametrize("script", ["generate", "train", "evaluate", "lines", "download"])
def test_no_option_that_there_is_is_refused(script, tmp_path):
    typed = [
        f"{group}={path.stem}"
        for group in ("experiment", "plan", "study")
        for path in (CONF / group).glob("*")
    ]
    if script == "lines":
        typed = ["study=quick", "+baseline@systems.runs=nlms", "plan.noise=white"]
        typed += [f"{option}=x" for option in tiny_run.config(script, [], tmp_path)]
    refuse_moved(script, [*typed, "-m", "--cfg", "job", "output=lines", "wav_x=1"])


def test_the_tables_name_scripts_that_there_are():
    named = {*MOVED, *NOT_HERE, *(new.script for table in MOVED.values() for new in table.values())}
    assert all((tiny_run.ROOT / f"{script}.py").exists() for script in named)

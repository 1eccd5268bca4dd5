"""The line about the audio of a training."""

import shutil

import numpy as np
import tiny_run
from corpora import own_folders, speech_like, steady, write

import datagen.from_config
import datagen.measured
from command.training_audio import tell


def line(root, tmp_path, capsys, *more):
    """What a training on `root` is told."""
    typed = [
        "experiment=folders",
        f"data_root={root}",
        f"cache={tmp_path / 'cache'}",
        "jobs=1",
        *more,
    ]
    cfg = tiny_run.config("train", typed, tmp_path)
    drawer = datagen.from_config.drawer(cfg)
    tell(cfg, drawer.speech, drawer.noise, drawer.left_out)
    return capsys.readouterr().out.strip()


def test_a_training_is_told_what_it_hears(tmp_path, capsys):
    root = own_folders(tmp_path / "own", speakers=8)
    write(root / "noise/seen/loud.wav", np.clip(40 * steady(2, 1), -1, 0.999))
    shutil.copy(root / "noise/seen/a.wav", root / "noise/seen/copy.wav")
    told = line(root, tmp_path, capsys)
    assert told.startswith(
        "data: 0.4 min of 7 speakers, level -2"
    )  # one of eight is kept for the test
    assert (
        "1 file clipped, 1 file left out; noise: 3 recordings, 0.1 min ('generate.py audit=true'"
        in told
    )


def test_recordings_of_unknown_speakers_are_not_counted_as_speakers(tmp_path, capsys):
    root = own_folders(tmp_path / "own")
    more = tmp_path / "more"
    for number in range(2):
        path = root / f"speech/s{number}/u0.wav"
        shutil.copy(path, write(more / f"{number}.wav", steady(1, number)))
        write(path, speech_like(1.6, 70 + number))
    told = line(
        root,
        tmp_path,
        capsys,
        "check_audio=false",
        "+corpus@speech.train.more=folder",
        "speech.train.more.name=more",
        f"speech.train.more.root={more}",
    )
    assert "of 3 speakers and 2 recordings of unknown speakers; " in told


def test_unchecked_audio_is_not_decoded_for_a_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(datagen.measured, "measure", None)
    told = line(own_folders(tmp_path / "own"), tmp_path, capsys, "check_audio=false")
    assert told.startswith("data: 0.1 min of 3 speakers; noise: 2 recordings")

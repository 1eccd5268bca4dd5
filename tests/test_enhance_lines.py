"""enhance.py lines=true: the lines of recordings of any kind, and the tables beside them."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import soundfile
from tiny_run import ROOT, config

import enhance
import lines
from command.check import check
from command.enhancing_schema import EnhanceConfig
from command.entry import start

RATE = 1000
TIME = np.arange(12 * RATE) / RATE


def tone(hz, seed=0):
    noise = np.random.default_rng(seed).standard_normal(len(TIME))
    return 0.05 * np.sin(2 * np.pi * hz * TIME) + 0.1 * noise


@pytest.fixture
def run(monkeypatch, capsys):
    monkeypatch.setenv("HYDRA_FULL_ERROR", "0")  # start() sets it

    def typed(*words, status=0):
        monkeypatch.setattr(sys, "argv", [str(ROOT / "enhance.py"), "jobs=1", "lines=true", *words])
        if status:
            with pytest.raises(SystemExit) as caught:
                start(enhance.main, "enhance")
            assert caught.value.code == status
        else:
            start(enhance.main, "enhance")
        said = capsys.readouterr()
        return said.out, said.err

    return typed


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in/deep").mkdir(parents=True)
    stereo = np.stack([tone(167.3), np.zeros(len(TIME)), tone(312.7, 1)], 1)
    soundfile.write(tmp_path / "in/three.flac", stereo, RATE, subtype="PCM_24")
    soundfile.write(tmp_path / "in/deep/short.wav", tone(90.0)[: 3 * RATE], RATE)
    return tmp_path / "in"


def test_files_keep_their_form_and_every_line_is_in_the_table_beside(run, folder, tmp_path):
    out, err = run(f"input={folder}", f"output={tmp_path / 'out'}", status=1)
    assert "three.flac: 2 lines found" in out and "1 enhanced, 1 failed" in out
    assert "deep/short.wav: 3 s are shorter than two windows, 4 s" in err
    info = soundfile.info(tmp_path / "out/three.flac")
    assert (info.samplerate, info.channels, info.frames, info.subtype) == (
        RATE,
        3,
        len(TIME),
        "PCM_24",
    )
    found = pd.read_csv(tmp_path / "out/three.flac.lines.csv")
    assert found.channel.tolist() == [1, 3]
    assert found.hz.tolist() == pytest.approx([167.3, 312.7], abs=0.05)
    assert (found.snr_after_db > found.snr_before_db + 8).all()
    made, _ = soundfile.read(tmp_path / "out/three.flac")
    assert not made[:, 1].any()
    again, _ = run(f"input={folder / 'three.flac'}", f"output={tmp_path / 'out'}")
    assert "1 finished before" in again


def test_lines_py_and_enhance_py_say_the_same_of_a_recording(run, tmp_path, capsys):
    soundfile.write(tmp_path / "one.wav", tone(167.3), RATE, subtype="PCM_16")
    out, _ = run(f"input={tmp_path / 'one.wav'}")
    typed = [f"wav={tmp_path / 'one.wav'}", "recording=[enhancer]", f"output={tmp_path / 'page'}"]
    lines.main(config("lines", typed, tmp_path / "page"))
    other = capsys.readouterr().out
    wanted = "1 line found"
    assert wanted in out and wanted in other
    here = pd.read_csv(tmp_path / "one.enhanced.wav.lines.csv").drop(columns="channel")
    there = pd.read_csv(tmp_path / "page/lines.csv").drop(columns="system")
    # lines.py reads 16 bits without offset: a training of a little else ends a little elsewhere.
    assert here.pop("snr_after_db")[0] == pytest.approx(there.pop("snr_after_db")[0], abs=2)
    pd.testing.assert_frame_equal(here, there, atol=0.05)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["input=a.wav", "run=runs/x"], "run=runs/x: lines=true enhances without one"),
        (["input=a.wav", "band=keep"], "band=keep: lines=true enhances the whole band"),
        (["input=a.wav", "device=cuda"], "device=cuda: lines=true works on the CPU"),
        (["input=mic", "output=speaker"], "give input=- output=- rate=16000"),
    ],
)
def test_what_does_not_go_with_lines_is_refused(typed, told, tmp_path):
    with pytest.raises(ValueError, match=told):
        check(config("enhance", ["lines=true", *typed], tmp_path), EnhanceConfig)


def test_a_pipe_has_as_many_samples_and_says_how_late_it_is():
    samples = (0.3 * 32767 * tone(167.3)).astype("<i2")
    command = [sys.executable, str(ROOT / "enhance.py"), "input=-", "output=-", "rate=1000"]
    done = subprocess.run([*command, "lines=true"], input=samples.tobytes(), capture_output=True)
    assert b"1 x 1000 Hz, at most 2000 ms late, a window of OnlineLineEnhancer" in done.stderr
    assert len(done.stdout) == 2 * len(samples) and done.returncode == 0

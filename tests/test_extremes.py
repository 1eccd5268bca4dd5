"""docs/extremes.py, on enhancers whose answers are known."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
import torch
from tiny_run import ROOT

sys.path.insert(0, str(ROOT / "docs"))

import extremes

RATE = 16000


def scaling(gain):
    """An enhancer that multiplies all samples."""
    return SimpleNamespace(
        stft=SimpleNamespace(sample_rate=RATE), enhance=lambda mixture: gain * mixture
    )


def limiting(mixture):
    return mixture.clamp(-0.1, 0.1)


@pytest.fixture
def noise():
    return 0.1 * np.random.default_rng(0).standard_normal(2 * RATE)


def test_what_is_scaled_alone_is_as_good_as_untouched(noise):
    quality, distortion = extremes.clean_speech(scaling(0.5), noise)
    assert quality > 4.6
    assert distortion > 100


def test_noise_is_turned_down_by_the_gain(noise):
    assert extremes.noise_alone(scaling(0.1), noise) == pytest.approx((20.0,), abs=1e-4)


def test_only_what_depends_on_the_level_differs(noise):
    (alike,) = extremes.softer(scaling(0.5), noise)
    assert alike < -120
    limiter = scaling(1.0)
    limiter.enhance = limiting
    (differs,) = extremes.softer(limiter, noise)
    assert -20 < differs < 0


def test_three_lines_are_printed(noise, tmp_path, monkeypatch, capsys):
    for kind in ("clean", "noise", "mixture"):
        (tmp_path / "test" / kind).mkdir(parents=True)
        soundfile.write(tmp_path / "test" / kind / "test-000000.flac", noise, RATE)
    monkeypatch.setattr(extremes, "load_run", lambda run: scaling(torch.tensor(0.1)))
    extremes.main("run", str(tmp_path))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[1] == "noise alone: 20.0 dB less of it, after the first 1 s"


def test_a_file_without_an_utterance_is_left_out_and_counted(noise, tmp_path, capsys):
    limiter = scaling(1.0)
    limiter.enhance = limiting
    soundfile.write(tmp_path / "0.flac", noise, RATE)
    alone = extremes._means(extremes.clean_speech, limiter, tmp_path)
    assert capsys.readouterr().out == ""
    soundfile.write(tmp_path / "1.flac", np.zeros_like(noise), RATE)
    both = extremes._means(extremes.clean_speech, limiter, tmp_path)
    assert both == pytest.approx(alone, rel=1e-12)
    assert capsys.readouterr().out == f"note: {tmp_path}: 1 of 2 files have no score\n"

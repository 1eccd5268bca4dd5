"""Lines that are found are those that were made."""

import numpy as np
import pytest

from metrics.detected_lines import detected_lines

RATE = 1000
TIME = np.arange(24 * RATE) / RATE
NOISE = np.random.default_rng(0).standard_normal(len(TIME))


def test_each_tone_is_found_with_its_level_and_what_it_gained():
    tones = np.sin(2 * np.pi * 100.3 * TIME) + 0.1 * np.sin(2 * np.pi * 222.0 * TIME)
    lines = detected_lines(tones + NOISE, tones + 0.05 * NOISE, RATE)
    assert [line.hz for line in lines] == pytest.approx([100.3, 222.0], abs=0.1)
    assert [line.level_db for line in lines] == pytest.approx([-3, -23], abs=1)
    in_20_hz = 10 * np.log10(20.5 / 500)
    assert lines[1].snr_before_db == pytest.approx(-23 - in_20_hz, abs=1.5)
    for line in lines:
        assert line.snr_after_db - line.snr_before_db == pytest.approx(26, abs=1.5)
        assert line.drift_hz == pytest.approx(0, abs=0.02)


def test_a_drift_is_told():
    tone = np.sin(2 * np.pi * (100 * TIME + 0.25 * TIME**2 / 24))  # 100 to 100.5 Hz
    (line,) = detected_lines(tone + 0.1 * NOISE, tone, RATE)
    assert line.drift_hz == pytest.approx(0.45, abs=0.1)  # between the centres of windows


def test_noise_and_what_was_taken_away_hold_no_line():
    tone = np.sin(2 * np.pi * 100 * TIME)
    assert detected_lines(tone + NOISE, 0.01 * (tone + NOISE), RATE) == []
    assert detected_lines(NOISE, NOISE, RATE) == []
    assert detected_lines(NOISE[:3000], NOISE[:3000], RATE) == []

"""Made-up music: notes at the frequencies of a tempered scale, beats at the tempo."""

import numpy as np
import pytest

from datagen.music import MODES, _bass, _begins, _chords, _drum, _hz, _melody, music

RATE = 16000


def peaks_hz(part):
    """Frequencies of the spectrum within 30 dB of its loudest one."""
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part))))
    freqs = np.fft.rfftfreq(len(part), 1 / RATE)
    is_peak = (spectrum[1:-1] > spectrum[:-2]) & (spectrum[1:-1] >= spectrum[2:])
    is_loud = spectrum[1:-1] > spectrum.max() / 30
    return freqs[1:-1][is_peak & is_loud]


def test_a_scale_of_equal_temperament_repeats_an_octave_higher():
    for scale in MODES:
        assert _hz(scale, 0, 0) == pytest.approx(220)
        for step in range(-8, 8):
            octave = _hz(scale, 3, step + len(scale)) / _hz(scale, 3, step)
            assert octave == pytest.approx(2)
    assert _hz(MODES[0], 0, 4) / _hz(MODES[0], 0, 0) == pytest.approx(2 ** (7 / 12))  # a fifth


def test_chords_hold_the_notes_of_their_key():
    part = _chords(np.random.default_rng(1), 4 * RATE, 60.0, MODES[0], 0)  # one chord throughout
    semitones = 12 * np.log2(peaks_hz(part[RATE // 2 :])[:3] / 220)
    assert np.abs(semitones - np.round(semitones)).max() < 0.1
    assert {round(semitone) % 12 for semitone in semitones} <= set(MODES[0])


def test_a_drum_beats_at_the_tempo():
    beat_s = 0.5
    part = _drum(np.random.default_rng(0), 8 * RATE, beat_s, MODES[0], 0)
    envelope = np.abs(part).reshape(-1, 80).mean(1)  # 5 ms each
    envelope -= envelope.mean()
    spectrum = np.abs(np.fft.rfft(envelope))
    rates_hz = np.fft.rfftfreq(len(envelope), 0.005)
    strongest_hz = rates_hz[np.argmax(spectrum * (rates_hz > 0.5))]
    assert strongest_hz % (1 / beat_s) == pytest.approx(0, abs=0.15)


@pytest.mark.parametrize("part", [_chords, _melody, _bass, _drum])
def test_no_part_is_ever_silent(part):
    for seed in range(30):
        rng = np.random.default_rng(seed)
        made = part(rng, RATE, 1.0, MODES[seed % 3], seed % 12)
        assert made.shape == (RATE,)
        assert np.isfinite(made).all() and np.mean(made**2) > 1e-6


def test_notes_begin_one_after_another_to_the_end():
    assert _begins(10, 3 / RATE) == [0, 3, 6, 9]


def test_no_two_pieces_are_alike():
    pieces = [music(np.random.default_rng(seed), 2 * RATE) for seed in range(10)]
    for first in range(10):
        for second in range(first):
            alike = np.corrcoef(pieces[first], pieces[second])[0, 1]
            assert abs(alike) < 0.5

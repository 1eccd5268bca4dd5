"""What recordings are like, with answers known beforehand; and that they are measured once."""

import numpy as np
import pytest
import soxr
from corpora import RATE, pcm, speech_like, steady, write

from datagen import measured as store
from datagen.measured import keep, kept, measured
from datagen.measures import Measures, Meter, measure, measure_blocks


def of(signal, rate=RATE):
    return measure_blocks([pcm(signal)], rate)


def sine(amplitude, hz=1000.0, seconds=2.0, rate=RATE):
    return amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)


@pytest.mark.parametrize("rate", [8000, RATE, 44100])
def test_a_sine_of_half_scale_has_its_level_and_peak(rate):
    found = of(sine(0.5, rate=rate), rate)
    assert found.seconds == 2.0
    assert found.level_db == pytest.approx(20 * np.log10(0.5) - 3.01, abs=0.01)
    assert found.peak_db == pytest.approx(-6.02, abs=0.02)
    assert found.clipped == 0
    assert found.silence == 0
    assert found.dc == pytest.approx(0, abs=1e-4)


def test_the_mean_is_the_offset_and_no_part_of_the_level():
    found = of(sine(0.1) + 0.25)
    assert found.dc == pytest.approx(0.25, abs=1e-4)
    assert found.level_db == pytest.approx(-23.01, abs=0.01)


@pytest.mark.parametrize("ceiling", [1.0, 0.9])
def test_a_clipped_sine_is_clipped_as_long_as_it_would_be_higher(ceiling):
    signal = sine(2.0, hz=100)
    share = np.mean(np.abs(signal) > ceiling)
    assert of(np.clip(signal, -ceiling, ceiling)).clipped == pytest.approx(share, abs=0.02)
    assert of(np.maximum(np.clip(signal, -ceiling, ceiling), -0.5)).clipped == pytest.approx(
        share / 2, abs=0.02
    )


@pytest.mark.parametrize(
    "signal", [sine(0.999, hz=100), np.clip(sine(2.0), -0.5, 0.5), 0.99 * np.tile([1, -1], 999)]
)
def test_peaks_that_are_round_or_far_from_full_scale_are_not_clipped(signal):
    assert of(signal).clipped == 0


@pytest.mark.parametrize(
    ("size", "begin", "stop"), [(1, 4900, 5200), (7, 4000, 10000), (160, 0, RATE), (4097, 0, RATE)]
)
def test_blocks_of_any_size_measure_the_same(size, begin, stop):
    signal = np.clip(3 * speech_like(1.0, 0), -1, 0.999)
    signal[5000:9000] = 0.999
    samples = pcm(signal[begin:stop])
    parts = measure_blocks((samples[at : at + size] for at in range(0, len(samples), size)), RATE)
    assert parts.clipped > 0.2
    assert tuple(parts) == pytest.approx(
        tuple(measure_blocks([samples], RATE)), rel=1e-4, nan_ok=True
    )


@pytest.mark.parametrize("left", [0.0, 0.00005])
def test_half_of_it_silent_is_half_silent(left):
    signal = steady(4, 0)
    signal[:32000] = left * np.random.default_rng(1).standard_normal(32000)
    assert of(signal).silence == pytest.approx(0.5, abs=0.01)


def test_nothing_but_zeros_is_silent_without_a_level():
    found = of(np.zeros(RATE))
    assert (found.silence, found.bandwidth_hz) == (1.0, 0.0)
    assert np.isnan(found.level_db) and np.isnan(found.snr_db)


@pytest.mark.parametrize("blocks", [[], [np.zeros(0, np.int16)]])
def test_no_samples_have_no_measures(blocks):
    found = measure_blocks(blocks, RATE)
    assert found.seconds == 0
    assert np.isnan(found[1:]).all()


def test_a_recording_shorter_than_a_frame_has_a_level():
    assert of(sine(0.5)[:100]).level_db > -15


@pytest.mark.parametrize(
    ("rate", "now"), [(8000, RATE), (8000, 44100), (RATE, 48000), (11025, RATE)]
)
def test_what_was_recorded_at_a_lower_rate_is_as_narrow(rate, now):
    speech = soxr.resample(
        speech_like(3, 0, rate) + 0.02 * steady(3, 1, rate), rate, now, quality="HQ"
    )
    assert of(0.5 * speech, now).bandwidth_hz == pytest.approx(rate / 2, rel=0.06)


def test_white_noise_fills_the_band():
    assert of(steady(3, 0)).bandwidth_hz >= 7900


@pytest.mark.parametrize("snr_db", [5.0, 10.0, 20.0, 30.0])
def test_steady_noise_under_speech_with_pauses_has_its_snr(snr_db):
    speech = speech_like(8, 0)
    for pause in range(8):
        speech[pause * RATE : pause * RATE + 4000] = 0
    noise = np.random.default_rng(1).standard_normal(len(speech))
    noise *= np.sqrt(np.mean(speech**2) / np.mean(noise**2)) * 10 ** (-snr_db / 20)
    assert of(0.5 * (speech + noise)).snr_db == pytest.approx(snr_db, abs=1.5)


def test_gain_and_offset_do_not_change_the_snr():
    speech = speech_like(4, 0) + steady(4, 1) / 5
    assert of(speech / 4 + 0.1).snr_db == pytest.approx(of(speech).snr_db, abs=0.2)


def test_a_file_is_measured_at_its_own_rate(tmp_path):
    path = write(tmp_path / "a.flac", sine(0.5, rate=44100), 44100)
    assert tuple(measure(str(path))) == pytest.approx(
        tuple(of(sine(0.5, rate=44100), 44100)), abs=1e-3, nan_ok=True
    )


def test_a_meter_takes_floats_finer_than_16_bits():
    meter = Meter(RATE)
    meter.add(32768 * sine(0.5))
    assert meter.measures().level_db == pytest.approx(-9.03, abs=0.01)


def test_files_are_measured_once_until_they_change(tmp_path, monkeypatch):
    paths = [str(write(tmp_path / f"{n}.wav", sine(0.5))) for n in range(2)]
    first = measured([*paths, paths[0]], tmp_path / "cache")
    assert first.index.tolist() == paths
    assert list(first) == list(Measures._fields)
    asked = []
    monkeypatch.setattr(store, "measure", lambda path: asked.append(path) or measure(path))
    assert measured(paths, tmp_path / "cache").equals(first)
    assert asked == []
    write(tmp_path / "1.wav", sine(0.25, seconds=3.0))
    again = measured(paths, tmp_path / "cache")
    assert asked == paths[1:]
    assert again.seconds.tolist() == [2.0, 3.0]


def test_a_file_that_cannot_be_decoded_has_no_measures(tmp_path):
    (tmp_path / "a.wav").write_text("no audio")
    assert (
        measured([str(tmp_path / "a.wav"), str(tmp_path / "gone.wav")], tmp_path / "cache")
        .isna()
        .all(axis=None)
    )


def test_with_no_jobs_nothing_is_decoded(tmp_path):
    path = str(write(tmp_path / "a.wav", sine(0.5)))
    assert measured([path], tmp_path / "cache", jobs=0).isna().all(axis=None)
    assert not (tmp_path / "cache").exists()


def test_what_a_scan_measured_is_found(tmp_path):
    paths = [str(write(tmp_path / f"{n}.wav", np.zeros(100))) for n in range(3)]
    found = {
        path: Measures(float(number), *[float("nan")] * 7) for number, path in enumerate(paths[:2])
    }
    keep(found, tmp_path)
    assert {path: one.seconds for path, one in kept(paths, tmp_path).items()} == dict(
        zip(paths, (0.0, 1.0), strict=False)
    )
    assert np.isnan(kept(paths, tmp_path)[paths[0]].snr_db)


def test_a_damaged_memory_is_named(tmp_path):
    path = str(write(tmp_path / "a.wav", sine(0.5)))
    (tmp_path / "measures.sqlite").write_text("no database " * 100)
    with pytest.raises(
        ValueError, match=r"measures\.sqlite: .*; remove it, audio is then measured anew"
    ):
        measured([path], tmp_path)


def test_a_memory_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "measures.sqlite").mkdir()
    with pytest.raises(OSError, match="choose another cache"):
        keep({str(tmp_path): Measures(*[0.0] * 8)}, tmp_path)

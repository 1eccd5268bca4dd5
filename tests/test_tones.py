"""Tonal test signals hold what their row says."""

import numpy as np
import pytest
import soundfile
import torch

from datagen.tones import Interferer, RandomTones, TonalProtocol, draw_tonal_rows, render_tonal
from dsp.level import snr_db
from dsp.tone import Tone

RATE = 4096
TONES = [Tone(150.0), Tone(350.0, 0.5, 1.0, 3.0)]


def protocol(**options):
    return TonalProtocol(**{"tones": TONES, "sample_rate": RATE, "duration_s": 4.0, **options})


def power_db(signal, low_hz, high_hz):
    power = np.abs(np.fft.rfft(signal)) ** 2
    freq = np.fft.rfftfreq(len(signal), 1 / RATE)
    return 10 * np.log10(2 * power[(freq >= low_hz) & (freq < high_hz)].sum() / len(signal) ** 2)


@pytest.mark.parametrize("noise", ["white", "pink"])
@pytest.mark.parametrize("snr", [-36.0, -24.0, 10.0])
def test_the_snr_is_the_rows_and_the_parts_add_up(noise, snr):
    parts = render_tonal(protocol(noise=noise), snr, draw=3, seed=1)
    assert np.array_equal(parts["mixture"], parts["clean"] + parts["noise"])
    assert float(
        snr_db(*(torch.from_numpy(parts[name]) for name in ("clean", "noise")))
    ) == pytest.approx(snr, abs=1e-9)


def test_a_row_gives_the_same_samples_and_another_draw_others():
    one, again, other = (
        render_tonal(protocol(), -6.0, draw, seed=0)["mixture"] for draw in (0, 0, 1)
    )
    assert np.array_equal(one, again) and not np.allclose(one, other)


def test_every_snr_of_a_draw_has_the_same_phases_and_noise():
    loud, quiet = (render_tonal(protocol(), snr, 0, 0) for snr in (0.0, -20.0))
    assert np.array_equal(loud["clean"], quiet["clean"])
    assert np.allclose(loud["noise"] * 10, quiet["noise"])


def test_tones_have_their_frequencies_amplitudes_and_times():
    clean = render_tonal(protocol(), 0.0, 0, 0)["clean"]
    assert power_db(clean, 149, 151) == pytest.approx(10 * np.log10(0.5), abs=0.01)
    inside, outside = clean[RATE : 3 * RATE], clean[3 * RATE :]
    assert power_db(inside, 349, 351) == pytest.approx(10 * np.log10(0.125), abs=0.01)
    assert power_db(outside, 349, 351) < -200


def test_pink_noise_falls_three_decibels_an_octave():
    noise = render_tonal(protocol(noise="pink", duration_s=60.0), 0.0, 0, 0)["noise"]
    octaves = [power_db(noise, low, 2 * low) for low in (100, 200, 400, 800)]  # of equal power
    assert max(octaves) - min(octaves) < 0.5


@pytest.mark.parametrize("width_hz", [0.0, 1.0, 8.0])
def test_an_interferer_is_as_strong_and_as_wide_as_it_says(width_hz):
    both = protocol(interferers=[Interferer(600.0, 15.0, width_hz)], duration_s=60.0)
    more = (
        render_tonal(both, 0.0, 0, 0)["noise"]
        - render_tonal(protocol(duration_s=60.0), 0.0, 0, 0)["noise"]
    )
    total = power_db(more, 0, RATE)
    assert total == pytest.approx(15 + 10 * np.log10(0.5), abs=0.1)
    if width_hz:  # a one-pole band has half its power within its width
        half = power_db(more, 600 - width_hz / 2, 600 + width_hz / 2)
        assert half == pytest.approx(total - 10 * np.log10(2), abs=1.0)
    else:
        assert power_db(more, 599.9, 600.1) == pytest.approx(total, abs=0.01)


def test_a_recording_is_cut_at_random_and_runs_on(tmp_path):
    recorded = np.random.default_rng(0).integers(-9000, 9000, 3 * RATE)
    recorded = (recorded - round(recorded.mean())).astype(np.int16)  # an offset would be taken away
    soundfile.write(tmp_path / "field.wav", recorded, RATE, subtype="PCM_16")
    noise = [
        render_tonal(protocol(noise=str(tmp_path / "field.wav")), 0.0, draw, 0)["noise"]
        for draw in (0, 1)
    ]
    assert not np.allclose(noise[0], noise[1])
    assert np.allclose(noise[0][:RATE], noise[0][3 * RATE :])
    match = np.correlate(np.r_[recorded, recorded].astype(float), noise[0][:500], "valid").argmax()
    scale = noise[0][0] / recorded[match % len(recorded)]
    assert np.allclose(
        noise[0][:500], scale * np.take(recorded, match + np.arange(500), mode="wrap")
    )


def test_a_silent_recording_is_refused(tmp_path):
    soundfile.write(tmp_path / "none.wav", np.zeros(RATE), RATE, subtype="PCM_16")
    with pytest.raises(ValueError, match=r"none\.wav: is silent"):
        render_tonal(protocol(noise=str(tmp_path / "none.wav")), 0.0, 0, 0)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"tones": []}, "at least one tone"),
        ({"tones": [Tone(2048.0)]}, "2048 Hz does not lie between 0 and half of sample_rate=4096"),
        ({"tones": [Tone(-1.0)]}, "-1 Hz does not lie"),
        ({"interferers": [Interferer(3000.0)]}, "3000 Hz does not lie"),
    ],
)
def test_tones_that_cannot_be_made_are_refused(options, told):
    with pytest.raises(ValueError, match=told):
        protocol(**options)


def test_rows_are_a_grid_of_snrs_and_draws():
    rows = draw_tonal_rows([-24, -15], 3)
    assert rows.mixture_id.is_unique and set(rows.split) == {"test"}
    assert rows.groupby("snr_db").draw.apply(list).to_dict() == {-24.0: [0, 1, 2], -15.0: [0, 1, 2]}


def test_random_tones_are_others_in_each_draw_and_the_same_again():
    drawn = RandomTones(3, 40.0, 400.0)
    tonal = TonalProtocol([], sample_rate=1000, duration_s=10.0, random_tones=drawn)
    tones, again, others = (tonal.tones_of(draw, seed=0) for draw in (0, 0, 1))
    assert tones == again and len(tones) == 3
    assert not {tone.hz for tone in tones} & {tone.hz for tone in others}
    assert all(40 <= tone.hz <= 400 for tone in (*tones, *others))
    clean = render_tonal(tonal, 0.0, 0, 0)["clean"]
    fitted = TonalProtocol(tones, sample_rate=1000, duration_s=10.0)
    np.testing.assert_array_equal(clean, render_tonal(fitted, 0.0, 0, 0)["clean"])

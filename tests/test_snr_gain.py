"""SNRs of lines against signals whose SNR is known."""

import numpy as np
import pytest

from datagen.tones import TonalProtocol, render_tonal
from dsp.tone import Tone
from metrics.guard import NotComputable
from metrics.snr_gain import BAND_HZ, line_powers, snr_gain

RATE = 4096
GRID, BESIDE = (150.0, 350.0, 650.0, 900.0), (150.3, 349.85, 650.12, 900.41)


def parts(tones, snr, duration_s=30.0, draw=0):
    protocol = TonalProtocol([Tone(hz) for hz in tones], sample_rate=RATE, duration_s=duration_s)
    return protocol.tones, render_tonal(protocol, snr, draw, 0)


@pytest.mark.parametrize("tones", [GRID, BESIDE])
@pytest.mark.parametrize("snr", [-24.0, -15.0, 0.0, 20.0])
def test_the_measured_snr_is_that_of_the_signal(tones, snr):
    wanted, made = parts(tones, snr)
    assert line_powers(made["mixture"], RATE, wanted).broadband_db == pytest.approx(
        snr, abs=0.7 if snr < -20 else 0.2
    )


@pytest.mark.parametrize("tones", [GRID, BESIDE])
def test_inband_the_noise_is_that_of_the_bands(tones):
    wanted, made = parts(tones, -10.0)
    share = len(tones) * BAND_HZ / (RATE / 2)
    assert line_powers(made["mixture"], RATE, wanted).inband_db == pytest.approx(
        -10 - 10 * np.log10(share), abs=0.4
    )


def test_the_mean_over_draws_is_not_biased_where_tones_hardly_show():
    found = []
    for draw in range(20):
        wanted, made = parts(GRID, -30.0, draw=draw)
        powers = line_powers(made["mixture"], RATE, wanted)
        found.append((powers.fitted - powers.leakage) / (powers.residual + powers.leakage))
    assert 10 * np.log10(np.mean(found)) == pytest.approx(-30, abs=0.7)


@pytest.mark.parametrize("lowered_db", [0.0, 6.0, 30.0])
@pytest.mark.parametrize("inband", [False, True])
def test_noise_lowered_by_so_much_is_a_gain_of_so_much(lowered_db, inband):
    wanted, made = parts(GRID, -12.0)
    enhanced = made["clean"] + made["noise"] * 10 ** (-lowered_db / 20)
    assert snr_gain(made["mixture"], enhanced, RATE, wanted, inband=inband) == pytest.approx(
        lowered_db, abs=0.3
    )
    assert snr_gain(made["mixture"], 1e-3 * enhanced, RATE, wanted, inband=inband) == pytest.approx(
        lowered_db, abs=0.3
    )


def test_noise_taken_away_far_from_the_tones_is_no_gain_near_them():
    wanted, made = parts(GRID, -12.0)
    spectrum = np.fft.rfft(made["noise"])
    spectrum[np.fft.rfftfreq(len(made["noise"]), 1 / RATE) > RATE / 4] = 0
    enhanced = made["clean"] + np.fft.irfft(spectrum, len(made["noise"]))
    assert snr_gain(made["mixture"], enhanced, RATE, wanted) == pytest.approx(
        10 * np.log10(2), abs=0.1
    )
    assert snr_gain(made["mixture"], enhanced, RATE, wanted, inband=True) == pytest.approx(
        0, abs=0.05
    )


def test_windows_in_which_a_tone_begins_or_ends_do_not_count():
    tones = [Tone(150.0, 1.0, 3.0, 9.0)]
    made = render_tonal(TonalProtocol(tones, sample_rate=RATE, duration_s=12.0), 0.0, 0, 0)
    powers = line_powers(made["mixture"], RATE, tones)
    assert powers.windows == 2  # 4..6 and 6..8 s
    noise = np.mean(made["noise"][4 * RATE : 8 * RATE] ** 2)
    assert powers.broadband_db == pytest.approx(10 * np.log10(0.5 / noise), abs=0.2)


def test_without_any_tone_the_snr_is_as_low_as_can_be_told():
    noise = np.random.default_rng(0).standard_normal(30 * RATE)
    assert line_powers(noise, RATE, [Tone(150.0)]).broadband_db < -38


@pytest.mark.parametrize(
    ("signal", "tones", "told"),
    [
        (np.ones(8 * RATE), [], "tones below 2048 Hz"),
        (np.ones(8 * RATE), [Tone(2048.0)], "tones below 2048 Hz"),
        (np.zeros(8 * RATE), [Tone(100.0)], "silent"),
        (np.full(8 * RATE, np.nan), [Tone(100.0)], "NaN"),
        (np.ones(RATE), [Tone(100.0)], "no tone sounds throughout a window of 2 s"),
        (np.ones(8 * RATE), [Tone(100.0, 1.0, 1.0, 2.5)], "no tone sounds throughout"),
    ],
)
def test_what_cannot_be_measured_says_why(signal, tones, told):
    with pytest.raises(NotComputable, match=told):
        line_powers(signal, RATE, tones)

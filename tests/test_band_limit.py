"""Limits of the band: the response of the filter, how many rows have one, and where it may not lie."""

import numpy as np
import pytest
from corpora import RATE, pcm, steady

from datagen.band_limit import TAP_STEP, _taps, band_limited
from datagen.draw_plan import draw_plan
from datagen.plan import load_plan
from datagen.render_plan import render_plan
from datagen.row import Row

TIME = np.arange(2 * RATE)


def decibels(out: np.ndarray, samples: np.ndarray) -> float:
    """Gain of the middle second."""
    middle = slice(RATE // 2, 3 * RATE // 2)
    return 10 * np.log10(np.var(out[middle].astype(float)) / np.var(samples[middle].astype(float)))


@pytest.mark.parametrize("end", [0.05, 0.1875, 0.25, 0.45])
@pytest.mark.parametrize(("off", "gain_db"), [(-0.012, 0.0), (0.0, -6.02), (0.012, None)])
def test_a_tone_passes_below_the_end_and_is_gone_above(end, off, gain_db):
    tone = pcm(0.5 * np.sin(2 * np.pi * (end + off) * TIME + 0.3))
    out = band_limited(tone, end)
    assert out.dtype == np.int16 and len(out) == len(tone)
    if gain_db is None:
        assert np.abs(out[RATE // 2 : RATE]).max() <= 3  # of 16384: -75 dB
    else:
        assert decibels(out, tone) == pytest.approx(gain_db, abs=0.05)


def test_every_sample_stays_at_its_time():
    impulse = np.zeros(2000, np.int16)
    impulse[700] = 20000
    out = band_limited(impulse, 0.25)
    assert np.argmax(np.abs(out)) == 700
    np.testing.assert_array_equal(out[701:900], out[500:700][::-1][:199])
    tone = pcm(0.5 * np.sin(2 * np.pi * 0.05 * TIME))
    assert np.abs(band_limited(tone, 0.25)[300:-300].astype(int) - tone[300:-300]).max() <= 3


def test_sums_are_exact_whatever_their_order():
    samples, taps = pcm(steady(0.1, 1)), _taps(0.2)
    exact = (taps / TAP_STEP).astype(np.int64)
    np.testing.assert_array_equal(exact * TAP_STEP, taps)
    sums = np.convolve(samples.astype(np.int64), exact) * TAP_STEP
    np.testing.assert_array_equal(np.convolve(samples, taps), sums)


def test_overshoots_are_turned_down_to_full_scale():
    square = np.where(TIME // 50 % 2, 32767, -32768).astype(np.int16)
    assert np.abs(band_limited(square, 0.2).astype(int)).max() == 32767


def test_without_a_limit_samples_stay_what_they_are():
    noise = pcm(steady(1, 1))
    assert band_limited(noise, 0.0) is noise


def test_the_share_of_training_rows_is_limited_within_the_range_and_no_other_row(make, tmp_path):
    drawer = make(band_limited=0.3, band_hz=[2000.0, 4000.0])
    rows = draw_plan(drawer, {"train": 300, "validation": 20, "test": 16}, tmp_path).rows
    train, others = rows[rows.split == "train"].band, rows[rows.split != "train"].band
    # Within four standard deviations of a share of 300.
    assert abs((train > 0).mean() - 0.3) < 4 * np.sqrt(0.3 * 0.7 / 300)
    limited = train[train > 0] * RATE
    assert limited.between(1999, 4001).all()
    assert np.ptp(limited) > 1500
    assert not others.any()


def test_an_end_above_half_of_the_sample_rate_is_no_limit(make, tmp_path):
    changes = {"band_limited": 1.0, "band_hz": [3000.0, 5000.0]}
    rows = draw_plan(make(sample_rate=8000, **changes), {"train": 100}, tmp_path).rows
    assert abs((rows.band == 0).mean() - 0.5) < 4 * 0.05
    assert rows.band.max() < 0.5
    whole = make(sample_rate=8000, **{**changes, "band_hz": [4000.0, 5000.0]})
    told = r"plan.band_hz=\[4000,5000\]: at sample_rate=8000 all audio ends at 4000 Hz; lower"
    with pytest.raises(ValueError, match=told):
        draw_plan(whole, {"train": 2}, tmp_path)


def test_clean_and_noise_of_a_row_end_alike_and_keep_their_snr(make, tmp_path):
    drawer = make(band_limited=1.0, band_hz=[3000.0, 5000.0])
    plan = draw_plan(drawer, {"train": 6}, tmp_path / "cache")
    table = render_plan(plan, drawer.library, tmp_path / "out", RATE)
    assert (table.achieved_snr_db - plan.rows.snr_db).abs().max() <= 0.01
    assert load_plan(tmp_path / "out").rows.band.tolist() == plan.rows.band.tolist()
    for number, row in enumerate(plan.rows.to_dict("records")):
        assert make(band_limited=1.0, band_hz=[3000.0, 5000.0]).draw("train", number) == Row(**row)
        for excerpt in drawer.library.excerpts(row):
            power = np.abs(np.fft.rfft(excerpt * np.hanning(len(excerpt)))) ** 2
            freqs = np.fft.rfftfreq(len(excerpt))
            above = power[freqs > row["band"] + 0.02].sum()
            assert 10 * np.log10(above / power.sum()) < -50

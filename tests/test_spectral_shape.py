"""Filters and band limits of training rows: their responses in closed form, and that plans keep them."""

import numpy as np
import pytest
from corpora import RATE, pcm, speech_like, steady

from datagen.draw_plan import draw_plan
from datagen.plan import load_plan
from datagen.render import render
from datagen.render_plan import render_plan
from datagen.row import Row
from datagen.spectral_shape import coefficients, is_filter, shaped

FILTERS = ["0.3 -0.2 0.1 0.25", "-0.45 0.45 0.45 -0.45", "0.0 0.0 -0.375 0.375"]


def response(text: str, freqs: int) -> np.ndarray:
    """|H| at `freqs` frequencies from 0 to half of the rate, written out."""
    a, b, c, d = (float(word) for word in text.split())
    z = np.exp(1j * np.linspace(0, np.pi, freqs))
    return np.abs((1 + a / z + b / z**2) / (1 + c / z + d / z**2))


@pytest.mark.parametrize("text", FILTERS)
def test_an_impulse_comes_out_with_the_response_of_the_filter(text):
    impulse = np.zeros(4096, np.int16)
    impulse[0] = 8000
    spectrum = np.abs(np.fft.rfft(shaped(impulse, text)))
    expected = response(text, len(spectrum))
    expected *= 8000 / np.sqrt(np.mean(expected**2))  # at the energy of the impulse
    np.testing.assert_allclose(spectrum, expected, rtol=0.01)


@pytest.mark.parametrize("text", FILTERS)
def test_filtered_speech_has_its_energy_and_is_16_bits(text):
    speech = pcm(speech_like(2, 1))
    out = shaped(speech, text)
    assert out.dtype == np.int16 and len(out) == len(speech)
    assert np.var(out) == pytest.approx(np.var(speech), rel=2e-3)
    assert not np.array_equal(out, speech)


def test_what_would_clip_is_turned_down_to_full_scale():
    loud = pcm(0.999 * np.sign(steady(1, 3)))
    out = shaped(loud, FILTERS[1]).astype(int)
    assert np.abs(out).max() == 32767
    ratio = np.abs(np.fft.rfft(out)) / np.abs(np.fft.rfft(loud))
    expected = response(FILTERS[1], len(ratio))
    scale = np.median(ratio / expected)
    np.testing.assert_allclose(ratio[::50] / scale, expected[::50], rtol=0.1)


def test_without_a_filter_samples_stay_what_they_are():
    speech = pcm(speech_like(1, 1))
    assert shaped(speech, "") is speech


def test_silence_stays_silence():
    assert not shaped(np.zeros(100, np.int16), FILTERS[0]).any()


@pytest.mark.parametrize("text", ["1", "0.1 0.2 0.3 0.5", "a b c d", "0.1  0.2 0.3", "nan 0 0 0"])
def test_other_text_is_no_filter(text):
    assert not is_filter(text)


def test_coefficients_are_uniform_within_the_limit_and_others_for_speech_and_noise(make, tmp_path):
    rows = draw_plan(make(tilt=0.375), {"train": 200, "validation": 8, "test": 8}, tmp_path).rows
    train, others = rows[rows.split == "train"], rows[rows.split != "train"]
    drawn = np.array([coefficients(text) for text in [*train.speech_filter, *train.noise_filter]])
    assert drawn.shape == (400, 4)
    assert np.abs(drawn).max() <= 0.375
    # Within four standard deviations of the mean and of the mean magnitude of a uniform number.
    deviation = 0.375 / np.sqrt(3)
    assert np.abs(drawn.mean(0)).max() < 4 * deviation / np.sqrt(400)
    assert np.abs(np.abs(drawn).mean(0) - 0.1875).max() < 4 * deviation / np.sqrt(400)
    assert (train.speech_filter != train.noise_filter).all()
    assert not (others.speech_filter + others.noise_filter).any()


@pytest.mark.parametrize("tilt", [0, None])
def test_without_a_tilt_no_row_is_filtered(make, tilt):
    row = make(tilt=tilt).draw("train", 0)
    assert row.speech_filter == row.noise_filter == ""


def test_filters_survive_the_disk_and_the_snr_is_of_what_was_filtered(make, tmp_path):
    drawer = make(tilt=0.45)
    plan = draw_plan(drawer, {"train": 12}, tmp_path / "cache")
    table = render_plan(plan, drawer.library, tmp_path / "out", RATE)
    assert (table.achieved_snr_db - plan.rows.snr_db).abs().max() <= 0.01
    loaded = load_plan(tmp_path / "out")
    for name in ("speech_filter", "noise_filter"):
        assert loaded.rows[name].tolist() == plan.rows[name].tolist()
    row = plan.rows.to_dict("records")[7]
    assert make(tilt=0.45).draw("train", 7) == Row(**row)


def test_the_clean_of_a_row_is_its_speech_through_its_filter(make, tmp_path):
    drawer = make(tilt=0.375)
    library = drawer.library
    for row in draw_plan(drawer, {"train": 6}, tmp_path).rows.to_dict("records"):
        plain = library.clean(row["speech_id"], row["speech_start"], row["length"])
        expected = shaped(plain, row["speech_filter"]) * 10 ** (row["gain_db"] / 20)
        clean = render(row, library)["clean"].numpy() * 32768
        assert np.abs(clean - expected).max() <= 0.51

"""CSIG, CBAK and COVL, and what they are made of, where their values are known."""

import numpy as np
import pytest
from scipy.linalg import solve_toeplitz
from scipy.signal import lfilter

from metrics import composite
from metrics.cbak import CBAK
from metrics.covl import COVL
from metrics.csig import CSIG
from metrics.frames import frames
from metrics.likelihood_ratio import likelihood_ratios
from metrics.pesq_nb_raw import PESQNarrowbandRaw
from metrics.pesq_wb import PESQWideband
from metrics.seg_snr import SegSNR
from metrics.spectral_slope import slope_distances

RATE = 16000
SPEECH = lfilter([1.0], [1.0, -1.6, 0.8], np.random.default_rng(0).standard_normal(RATE))
NOISE = np.random.default_rng(1).standard_normal(RATE)


def test_likelihood_ratios_are_those_of_predictors_by_the_normal_equations():
    estimate = SPEECH + NOISE
    found = likelihood_ratios(SPEECH, estimate, RATE)
    for number in (0, 57, len(found) - 1):
        matrices, predictors = [], []
        for signal in (SPEECH, estimate):
            frame = frames(signal, RATE)[number]
            full = np.correlate(frame, frame, "full")[len(frame) - 1 :][:17]
            predictors.append(np.r_[1.0, solve_toeplitz(full[:16], -full[1:17])])
            matrices.append(full[np.abs(np.subtract.outer(np.arange(17), np.arange(17)))])
        own, other = (one @ matrices[0] @ one for one in predictors)
        assert found[number] == pytest.approx(np.log(other / own), abs=1e-6)
    assert (found > -1e-9).all()  # no predictor is better than its own


def test_slopes_are_apart_as_a_plain_loop_finds_them():
    """The published definition, band by band."""
    from metrics.spectral_slope import _bands_db

    estimate = SPEECH + NOISE
    bands = [_bands_db(frames(signal, RATE)[30:31], RATE)[0] for signal in (SPEECH, estimate)]
    weights, slopes = [], []
    for energy in bands:
        slope = np.diff(energy)
        weight = np.zeros(24)
        for band in range(24):
            place = band
            if slope[band] > 0:
                while place < 24 and slope[place] > 0:
                    place += 1
                peak = energy[place - 1]
            else:
                while place >= 0 and slope[place] <= 0:
                    place -= 1
                peak = energy[place + 1]
            weight[band] = 20 / (20 + energy.max() - energy[band]) / (1 + peak - energy[band])
        weights.append(weight)
        slopes.append(slope)
    weight = (weights[0] + weights[1]) / 2
    expected = np.sum(weight * (slopes[0] - slopes[1]) ** 2) / np.sum(weight)
    assert slope_distances(SPEECH, estimate, RATE)[30] == pytest.approx(expected)


@pytest.mark.parametrize("snr_db", [-20.0, 0.0, 12.0, 60.0])
def test_segmental_snr_of_noise_like_the_signal_is_its_snr_within_the_limits(snr_db):
    estimate = SPEECH * (1 + 10 ** (-snr_db / 20))
    expected = min(max(snr_db, -10.0), 35.0)
    assert SegSNR()(SPEECH, estimate, RATE) == pytest.approx(expected, abs=1e-6)


def test_silent_stretches_of_the_reference_count_for_nothing():
    pause = np.zeros(RATE)
    clean, estimate = np.r_[SPEECH, pause], np.r_[1.1 * SPEECH, 0.01 * NOISE]
    assert SegSNR()(clean, estimate, RATE) == pytest.approx(20.0, abs=0.3)


def test_the_combinations_have_the_published_coefficients():
    parts = composite.Parts(pesq=2.255732, llr=0.681368, wss=49.671978, ssnr=3.991727)
    found = [score.combined(parts) for score in (CSIG, CBAK, COVL)]
    assert found == pytest.approx([3.3050, 2.6160, 2.7133], abs=2e-4)  # the example of their file


@pytest.mark.parametrize(("pesq", "alone"), [("wb", PESQWideband), ("nb_raw", PESQNarrowbandRaw)])
def test_the_parts_are_found_once_for_the_three_with_the_pesq_that_was_chosen(
    monkeypatch, pesq, alone
):
    composite._parts.cache_clear()
    estimate = SPEECH + 0.1 * NOISE
    calls = []
    once = composite.likelihood_ratios
    monkeypatch.setattr(
        composite, "likelihood_ratios", lambda *pair: calls.append(1) or once(*pair)
    )
    for score in (CSIG, CBAK, COVL):
        score(pesq)(SPEECH, estimate, RATE)
    assert len(calls) == 1
    parts = composite._parts(SPEECH.tobytes(), estimate.tobytes(), RATE, pesq)
    assert parts.pesq == alone()(SPEECH, estimate, RATE)


def test_an_unknown_pesq_is_refused():
    with pytest.raises(ValueError, match="pesq='swb' of a composite score"):
        CSIG(pesq="swb")

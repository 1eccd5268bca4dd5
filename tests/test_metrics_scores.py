"""Every score of conf/metric on signals whose score is known beforehand."""

import math
import pickle
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hydra import compose, initialize_config_dir
from metric_names import comparing, metric
from scipy.signal import lfilter

from metrics import pesq_nb as pesq_nb_module
from metrics import third_octaves
from metrics.estoi import ESTOI
from metrics.pesq_nb_raw import raw_of_lqo
from metrics.sdr import SDR
from metrics.si_sdr import SISDR
from metrics.stoi import STOI

CONF = Path(__file__).parent.parent / "conf"
NAMES = [
    name for name in comparing("speech") if not name.startswith("dnsmos")
]  # tests/test_dnsmos.py
PERFECT = {
    "pesq_nb_raw": 4.50,
    "pesq_nb": 4.549,
    "pesq_wb": 4.644,
    "stoi": 1,
    "estoi": 1,
    "sdr": math.inf,
    "lsd": 0,
    "csig": 5,
    "cbak": 5,
    "covl": 5,
}


def speech_like(sample_rate=16000, seconds=3.0, seed=0):
    """Voiced syllables with two resonances, four a second, and pauses.

    Enough of speech for P.862 and STOI.
    """
    rng = np.random.default_rng(seed)
    time = np.arange(int(seconds * sample_rate)) / sample_rate
    phase = 2 * np.pi * np.cumsum(120 + 25 * np.sin(2 * np.pi * 0.7 * time)) / sample_rate
    source = sum(np.cos(k * phase) for k in range(1, 25)) + 0.3 * rng.standard_normal(len(time))
    for frequency, radius in ((600, 0.97), (1700, 0.95)):
        angle = 2 * np.pi * frequency / sample_rate
        source = lfilter([1.0], [1.0, -2 * radius * np.cos(angle), radius**2], source)
    syllables = np.clip(np.sin(2 * np.pi * 4 * time), 0, None) * (time % 1.5 < 1.1)
    return 0.1 * source * syllables / source.std()


def noisy(reference, snr_db, seed=1):
    noise = np.random.default_rng(seed).standard_normal(len(reference))
    return reference + noise * np.sqrt(
        reference @ reference / (noise @ noise) * 10 ** (-snr_db / 10)
    )


def faded_tone(samples):
    return 0.5 * np.hanning(samples) * np.sin(2 * np.pi * 0.0315 * np.arange(samples))


def forget():
    for remembered in (
        pesq_nb_module._remembered,
        third_octaves._envelopes,
        third_octaves._resampled,
    ):
        remembered.cache_clear()


def references(samples):
    white = np.random.default_rng(2).standard_normal(samples)
    return {
        "white": white,
        "coloured": lfilter([1.0], [1.0, -0.98], white),
        "filtered": lfilter(np.hanning(64), [1.0], white),
        "tone": np.sin(2 * np.pi * 0.03125 * np.arange(samples)),
        "speech": speech_like(seconds=samples / 16000),
    }


def test_the_scores_of_the_papers_have_their_yaml():
    assert set(NAMES) >= {*PERFECT, "si_sdr"}


def test_the_group_composes_into_one_dictionary(tmp_path):
    defaults = "".join(f"  - metric@metric.{name}: {name}\n" for name in NAMES)
    searchpath = f"hydra:\n  searchpath: ['file://{CONF}']\n"
    (tmp_path / "root.yaml").write_text(f"defaults:\n{defaults}  - _self_\n{searchpath}")
    with initialize_config_dir(str(tmp_path), version_base="1.3"):
        config = compose("root")
    assert set(config.metric) == set(NAMES)
    assert config.metric.sdr == {"_target_": "metrics.sdr.SDR", "engine": "toeplitz"}


@pytest.mark.parametrize("name", PERFECT)
def test_an_identical_pair_has_the_known_best_score(name):
    clean = speech_like()
    assert metric(name)(clean, clean, 16000) == pytest.approx(PERFECT[name], abs=0.005)


@pytest.mark.parametrize("name", NAMES)
def test_scores_rise_with_snr_and_the_identical_pair_is_best(name):
    clean = speech_like()
    estimates = [noisy(clean, snr_db) for snr_db in (-5, 5, 15, 30)] + [clean]
    sign = metric(name).facts.sign
    found = [sign * metric(name)(clean, estimate, 16000) for estimate in estimates]
    assert all(low < high or _at_an_end(name, low, high) for low, high in pairwise(found)), found
    assert found[0] < found[-1]


@pytest.mark.parametrize("name", NAMES)
def test_scores_rise_with_snr_at_every_rate_that_a_metric_takes(name):
    for sample_rate in metric(name).sample_rates or (8000,):
        clean = speech_like(sample_rate)
        low, high = (metric(name)(clean, noisy(clean, snr_db), sample_rate) for snr_db in (0, 20))
        assert metric(name).facts.sign * (high - low) > 0 or _at_an_end(name, low, high)


def _at_an_end(name, low, high):
    """Both at an end of the range, which composite scores are held to."""
    return low == high and low in (metric(name).facts.lowest, metric(name).facts.highest)


@pytest.mark.parametrize("name", NAMES)
def test_scores_repeat_exactly_and_leave_signals_and_random_state_alone(name):
    clean = speech_like()
    estimate = noisy(clean, 5)
    estimate[8000:24000] = 0  # a gate
    before = clean.copy(), estimate.copy(), np.random.get_state()[1].copy()
    first = metric(name)(clean, estimate, 16000)
    assert np.array_equal(np.random.get_state()[1], before[2])
    np.random.standard_normal(7)
    forget()
    assert metric(name)(clean, estimate, 16000) == first
    assert np.array_equal(clean, before[0])
    assert np.array_equal(estimate, before[1])


@pytest.mark.parametrize("name", PERFECT)
def test_the_order_of_the_arguments_matters(name):
    clean = speech_like()
    estimate = noisy(clean, 0)
    value, swapped = metric(name)(clean, estimate, 16000), metric(name)(estimate, clean, 16000)
    assert value != pytest.approx(swapped, abs=1e-3) or _at_an_end(name, value, swapped)


@pytest.mark.parametrize("raw", [-0.5, 0.0, 1.43, 2.5, 4.5])
def test_raw_pesq_is_the_inverse_of_the_mapping(raw):
    assert raw_of_lqo(0.999 + 4 / (1 + math.exp(-1.4945 * raw + 4.6607))) == pytest.approx(
        raw, abs=1e-9
    )


def test_narrow_band_pesq_is_computed_once_for_its_two_scores(monkeypatch):
    calls = []
    monkeypatch.setattr(pesq_nb_module, "lqo", lambda *pair: calls.append(pair) or 3.0)
    clean = speech_like(seed=7)
    for name in ("pesq_nb", "pesq_nb_raw", "pesq_nb"):
        metric(name)(clean, noisy(clean, 5), 16000)
    assert len(calls) == 1
    metric("pesq_nb")(clean, noisy(clean, 6), 16000)
    assert len(calls) == 2
    pesq_nb_module._remembered.cache_clear()


@pytest.mark.parametrize("snr_db", [-30.0, 0.0, 12.5, 90.0])
def test_si_sdr_with_orthogonal_noise_is_the_energy_ratio_at_any_scale(snr_db):
    clean = speech_like()
    noise = np.random.default_rng(3).standard_normal(len(clean))
    noise -= clean * (noise @ clean) / (clean @ clean)
    noise *= np.sqrt(clean @ clean / (noise @ noise) * 10 ** (-snr_db / 10))
    for scale in (1.0, -1.0, 1e-4, 37.0):
        assert SISDR()(clean, scale * (clean + noise), 16000) == pytest.approx(snr_db, abs=1e-6)


def test_si_sdr_of_a_scaled_reference_is_infinite_and_an_offset_counts():
    clean = speech_like() - speech_like().mean()
    assert SISDR()(clean, 0.3 * clean, 16000) == math.inf
    offset = np.sqrt(np.mean(clean**2)) / 10
    assert SISDR()(clean, clean + offset, 16000) == pytest.approx(20.0, abs=1e-6)


def test_sdr_allows_a_filter_of_512_taps_and_no_longer_one():
    clean = np.concatenate([speech_like(), np.zeros(1000)])  # room for the filter's tail
    taps = np.random.default_rng(4).standard_normal(512)
    assert SDR()(clean, np.convolve(clean, taps)[: len(clean)], 16000) > 100
    assert SDR()(clean, np.roll(clean, 700), 16000) < 20


@pytest.mark.parametrize("snr_db", [-10, 10, 40])
@pytest.mark.parametrize("samples", [4000, 8191, 12347])
def test_both_sdr_engines_agree_within_a_millionth_of_a_decibel(samples, snr_db):
    for kind, reference in references(samples).items():
        estimate = noisy(np.convolve(reference, [0.2, 1.0, -0.4])[:samples], snr_db)
        expected = SDR("mir_eval")(reference, estimate, 16000)
        assert SDR()(reference, estimate, 16000) == pytest.approx(expected, abs=1e-6, rel=0), kind


def test_sdr_is_the_explicit_projection_on_512_delayed_copies_of_a_16_bit_faded_tone():
    reference = np.round(faded_tone(4000) * 32768) / 32768  # Levinson alone fails here
    estimate = noisy(reference, -10)
    copies = np.stack([np.pad(reference, (delay, 511 - delay)) for delay in range(512)], axis=1)
    wanted = np.pad(estimate, (0, 511))
    target = copies @ np.linalg.lstsq(copies, wanted, rcond=None)[0]
    ratio = 10 * np.log10(target @ target / np.sum((wanted - target) ** 2))
    assert SDR()(reference, estimate, 16000) == pytest.approx(ratio, abs=1e-5)


@pytest.mark.parametrize("engine", ["toeplitz", "mir_eval"])
@pytest.mark.parametrize("snr_db", [0, 40])
def test_sdr_stays_within_a_fifth_of_a_decibel_where_the_reference_is_singular(engine, snr_db):
    reference = faded_tone(16000)
    assert SDR(engine)(reference, noisy(reference, snr_db), 16000) == pytest.approx(snr_db, abs=0.2)


@pytest.mark.parametrize("measure", [STOI, ESTOI])
@pytest.mark.parametrize("sample_rate", [8000, 10000, 16000])
def test_intelligibility_is_what_pystoi_finds(measure, sample_rate):
    clean = speech_like(sample_rate)
    for seed, snr_db in enumerate((-20, -5, 10, 40)):
        for estimate in (
            noisy(clean, snr_db, seed),
            np.clip(noisy(clean, snr_db, seed), -0.1, 0.1),
        ):
            expected = measure("pystoi")(clean, estimate, sample_rate)
            assert measure()(clean, estimate, sample_rate) == pytest.approx(expected, abs=1e-9)


def test_what_is_digitally_silent_adds_nothing_to_estoi():
    """pystoi scores its dither there: a random correlation, whose mean is this value."""
    clean = speech_like(seconds=4.0)
    estimate = noisy(clean, 10)
    estimate[24000:] = 0
    score = ESTOI()(clean, estimate, 16000)
    assert score == pytest.approx(ESTOI("pystoi")(clean, estimate, 16000), abs=0.02)
    assert 0 < score < 0.5 * ESTOI()(clean, noisy(clean, 10), 16000)
    assert ESTOI()(clean, 1e-3 * estimate, 16000) == pytest.approx(
        score, abs=1e-9
    )  # a dither would be heard


@pytest.mark.parametrize("sample_rate", [8000, 16000])
def test_envelopes_are_found_once_for_both_measures(monkeypatch, sample_rate):
    calls, once = [], third_octaves._without_silence
    monkeypatch.setattr(
        third_octaves, "_without_silence", lambda frames: calls.append(1) or once(frames)
    )
    clean = speech_like(sample_rate, seed=8)
    for measure in (STOI, ESTOI):
        measure()(clean, noisy(clean, 5), sample_rate)
    assert len(calls) == 1
    STOI()(clean, noisy(clean, 6), sample_rate)
    assert len(calls) == 2


def test_a_tone_of_one_band_has_its_envelope_there():
    time = np.arange(20000) / 10000
    tone = np.sin(2 * np.pi * 600 * time)  # two octaves above the lowest band
    envelopes, _ = third_octaves.segments(tone, tone, 10000)
    assert envelopes.mean(axis=(0, 2)).argmax() == 6
    assert envelopes.shape[1:] == (15, 30)


@pytest.mark.parametrize("name", NAMES)
def test_a_metric_goes_to_another_process_with_its_options(name):
    arrived = pickle.loads(pickle.dumps(metric(name)))  # noqa: S301 - written here
    assert type(arrived) is type(metric(name)) and vars(arrived) == vars(metric(name))

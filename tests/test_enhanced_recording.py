"""A recording of any format comes back as what it was, enhanced; of what cannot be, one line."""

import functools
import struct

import numpy as np
import pytest
import soundfile
from test_enhanced_signal import noise, scaled_by, tone
from test_stream import enhancer

from audio import probing
from audio.channels import channel_blocks
from audio.writing import Form
from dsp.stft import STFT
from enhancing.recording import enhance_recording
from enhancing.signal import Wish

RATE = 16000
KINDS = {
    "u8.wav": ("WAV", "PCM_U8"),
    "s16.wav": ("WAV", "PCM_16"),
    "s24.wav": ("WAVEX", "PCM_24"),
    "s32.wav": ("WAV", "PCM_32"),
    "f32.wav": ("WAV", "FLOAT"),
    "f64.wav": ("WAV", "DOUBLE"),
    "ulaw.wav": ("WAV", "ULAW"),
    "x.rf64": ("RF64", "PCM_16"),
    "x.w64": ("W64", "PCM_24"),
    "x.aiff": ("AIFF", "PCM_16"),
    "x.au": ("AU", "PCM_16"),
    "x.caf": ("CAF", "ALAC_16"),
    "x.flac": ("FLAC", "PCM_24"),
    "x.ogg": ("OGG", "VORBIS"),
    "x.opus": ("OGG", "OPUS"),
    "x.mp3": ("MP3", "MPEG_LAYER_III"),
}
network = functools.cache(lambda: enhancer("pl_crnn", stft=STFT(RATE)))


def make(path, samples, rate=RATE, kind="WAV", subtype="PCM_16"):
    soundfile.write(path, samples, rate, format=kind, subtype=subtype)
    return path


def enhanced(path, *wished, through=None, **options):
    """What is said of a file, and the file that it becomes."""
    target = path.with_name("out") / path.name
    wish = Wish(*wished, **options)
    return enhance_recording((through or network)(), path, target, wish), target


def read(path):
    return np.concatenate([np.zeros((0, 1)), *channel_blocks(probing.header(path))][1:])


def refused(path, match):
    with pytest.raises(ValueError, match=match) as caught:
        enhanced(path)
    assert "\n" not in str(caught.value)
    assert not list(path.parent.glob("out/*"))


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("channels", [1, 2])
def test_rate_length_channels_format_and_subtype_stay(tmp_path, name, channels):
    path = make(tmp_path / name, noise(4803, channels), 48000, *KINDS[name])
    _, target = enhanced(path)
    assert Form.of(probing.header(target)) == Form.of(probing.header(path))
    assert read(target).shape == read(path).shape
    assert not np.array_equal(read(target), read(path))


@pytest.mark.parametrize("name", [name for name in KINDS if name[0] in "usf" or "lac" in name])
def test_a_limit_of_0_db_gives_every_sample_back(tmp_path, name):
    samples = noise(4000, 2)
    samples[0], samples[1] = -1.0, 1.0  # as a clipped recording has
    path = make(tmp_path / name, samples, 44100, *KINDS[name])
    done, target = enhanced(path, 0.0)
    assert (done.remark, np.array_equal(read(target), read(path))) == ("", True)


@pytest.mark.parametrize("rate", [8000, 44100, 384000])
@pytest.mark.parametrize("time", [1, 2, 80])
def test_single_samples_and_milliseconds_are_enhanced(tmp_path, rate, time):
    _, target = enhanced(make(tmp_path / "x.wav", noise(time), rate))
    assert len(read(target)) == time


def test_64_channels_are_enhanced(tmp_path):
    _, target = enhanced(make(tmp_path / "x.wav", noise(1600, 64)))
    assert read(target).shape == (1600, 64)


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24"])
def test_what_would_clip_is_turned_down_whole_and_said(tmp_path, monkeypatch, subtype):
    samples = np.concatenate([tone(1000, RATE, 8000, 0.8), tone(1000, RATE, 8000, 0.08)])
    path = make(tmp_path / "x.wav", samples, subtype=subtype)
    done, target = enhanced(path, through=scaled_by(monkeypatch, 2.0))
    assert done.remark == "turned down by 4.1 dB, or it would exceed full scale"
    given, wanted = read(target), read(path) / 0.8
    assert np.abs(given - wanted).max() < 2e-3


def test_floats_above_full_scale_stay_above_it(tmp_path, monkeypatch):
    path = make(tmp_path / "x.wav", tone(1000, RATE, 8000, 3.0), subtype="FLOAT")
    done, target = enhanced(path, through=scaled_by(monkeypatch, 2.0))
    assert done.remark == ""
    assert np.abs(read(target) - 2 * read(path)).max() < 1e-3


@pytest.mark.parametrize(
    ("name", "samples", "why"),
    [
        ("s16.wav", np.zeros((0, 1)), "has no samples"),
        ("x.flac", np.zeros((4000, 2)), "is silent"),
        ("f32.wav", np.zeros((4000, 2)), "is silent"),
        ("s24.wav", np.full((4000, 1), 0.25), "is constant"),
    ],
)
def test_where_nothing_is_heard_the_file_is_copied_and_that_is_said(tmp_path, name, samples, why):
    path = make(tmp_path / name, samples, RATE, *KINDS[name])
    done, target = enhanced(path)
    assert done[:2] == (f"copied unchanged, for it {why}", True)
    assert target.read_bytes() == path.read_bytes()


def test_a_silent_channel_beside_others_stays_silent(tmp_path):
    samples = np.concatenate([noise(4000), np.zeros((4000, 1)), noise(4000, seed=1)], 1)
    _, target = enhanced(make(tmp_path / "x.wav", samples, 44100))
    assert read(target).any(0).tolist() == [True, False, True]


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_a_wav_whose_writer_did_not_know_its_length_is_enhanced_whole(tmp_path, size):
    path = make(tmp_path / "x.wav", noise(4000))
    content = bytearray(path.read_bytes())
    place = content.index(b"data") + 4
    content[place : place + 4] = struct.pack("<I", size)
    content[4:8] = struct.pack("<I", size)
    path.write_bytes(content)
    _, target = enhanced(path)
    assert len(read(target)) == 4000
    assert probing.header(target).samples == 4000


def test_no_audio_is_one_line(tmp_path):
    (tmp_path / "x.wav").write_text("no audio at all", encoding="utf-8")
    refused(tmp_path / "x.wav", "is no audio that libsndfile reads")


def test_an_empty_file_is_one_line(tmp_path):
    (tmp_path / "x.wav").touch()
    refused(tmp_path / "x.wav", r"is empty \(0 bytes\)")


@pytest.mark.parametrize("name", ["s16.wav", "x.flac", "x.ogg"])
def test_a_truncated_file_is_one_line(tmp_path, name):
    path = make(tmp_path / name, noise(48000), RATE, *KINDS[name])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    refused(path, "cut short|damaged|decode")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nan_is_one_line(tmp_path, value):
    samples = noise(4000)
    samples[2000] = value
    refused(make(tmp_path / "x.wav", samples, subtype="FLOAT"), "holds NaN or infinite samples")


def test_floats_that_are_no_audio_are_one_line(tmp_path):
    refused(make(tmp_path / "x.wav", 1e9 * noise(400), subtype="FLOAT"), "cannot be meant")


def test_a_network_that_looks_ahead_enhances_files_too(tmp_path):
    ahead = functools.cache(lambda: enhancer("unet"))
    _, target = enhanced(make(tmp_path / "x.wav", noise(9001, 2), 44100), through=ahead)
    assert read(target).shape == (9001, 2)

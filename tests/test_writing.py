"""Audio goes through reading and writing unchanged: every channel, rate, format and resolution."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio import probing
from audio.channels import channel_blocks, measure
from audio.writing import Form, write_blocks

ROOT = Path(__file__).parent.parent
EXACT = [  # what holds integers of so many bits
    ("WAV", "PCM_U8", 8),
    ("WAV", "PCM_16", 16),
    ("WAV", "PCM_24", 24),
    ("WAV", "PCM_32", 32),
    ("WAV", "FLOAT", 16),
    ("WAV", "DOUBLE", 32),
    ("WAVEX", "PCM_24", 24),
    ("RF64", "PCM_16", 16),
    ("W64", "PCM_32", 32),
    ("AIFF", "PCM_S8", 8),
    ("AIFF", "PCM_24", 24),
    ("AU", "PCM_16", 16),
    ("CAF", "ALAC_16", 16),
    ("FLAC", "PCM_S8", 8),
    ("FLAC", "PCM_16", 16),
    ("FLAC", "PCM_24", 24),
]
LOSSY = [("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III"), ("WAV", "ULAW")]


def steps(bits, channels=2, time=5004):
    """Samples that are whole steps of so many bits, the lowest and the highest among them."""
    half = 2 ** (bits - 1)
    whole = np.random.default_rng(bits).integers(-half, half, (time, channels)).astype(float)
    whole[0], whole[1] = -half, half - 1
    return whole / half


def read(path, size=None):
    return np.concatenate(list(channel_blocks(probing.header(path), size)))


@pytest.mark.parametrize(("kind", "subtype", "bits"), EXACT)
@pytest.mark.parametrize("channels", [1, 2, 5])
def test_whole_steps_come_back_as_they_were(tmp_path, kind, subtype, bits, channels):
    samples, form = steps(bits, channels), Form(kind, subtype, 44100, channels)
    blocks = [samples[:7], samples[7:7], samples[7:]]
    assert write_blocks(tmp_path / "file", form, blocks) == len(samples)
    assert Form.of(probing.header(tmp_path / "file")) == form
    assert np.array_equal(read(tmp_path / "file"), samples)
    assert np.array_equal(read(tmp_path / "file", 333), samples)


@pytest.mark.parametrize(("kind", "subtype"), LOSSY)
@pytest.mark.parametrize("time", [1, 480, 100_003])
def test_lossy_formats_keep_the_length_to_the_sample(tmp_path, kind, subtype, time):
    form = Form(kind, subtype, 48000, 2)
    samples = 0.5 * np.sin(np.arange(2 * time).reshape(time, 2) / 10)
    write_blocks(tmp_path / "file", form, [samples])
    assert Form.of(probing.header(tmp_path / "file")) == form
    assert len(read(tmp_path / "file")) == time


def test_samples_between_steps_are_rounded_to_the_nearest(tmp_path):
    between = np.array([[0.4], [0.6], [-0.4], [-0.6]]) / 2**15
    write_blocks(tmp_path / "file", Form("WAV", "PCM_16", 8000, 1), [between])
    assert (read(tmp_path / "file")[:, 0] * 2**15).tolist() == [0, 1, 0, -1]


@pytest.mark.parametrize(
    ("subtype", "low", "high", "gain"),
    [
        ("PCM_16", -1.0, 1 - 2**-15, 1.0),
        ("PCM_16", -2.0, 0.5, 0.5),
        ("PCM_U8", -0.5, 2 * (1 - 2**-7), 0.5),
        ("VORBIS", -4.0, 0.0, 0.25),
        ("FLOAT", -4.0, 9.0, 1.0),
        ("DOUBLE", -4.0, 9.0, 1.0),
    ],
)
def test_what_integers_do_not_hold_is_scaled(subtype, low, high, gain):
    assert Form("WAV", subtype, 8000, 1).gain(low, high) == pytest.approx(gain)


def test_a_float_above_full_scale_stays(tmp_path):
    write_blocks(tmp_path / "file", Form("WAV", "FLOAT", 8000, 1), [np.array([[3.0], [-2.5]])])
    measured = measure(probing.header(tmp_path / "file"))
    assert (measured.samples, measured.low, measured.high) == (2, -2.5, 3.0)


def test_nan_is_refused(tmp_path):
    soundfile.write(tmp_path / "x.wav", np.array([0.0, np.nan]), 8000, subtype="FLOAT")
    with pytest.raises(ValueError, match="holds NaN or infinite samples"):
        measure(probing.header(tmp_path / "x.wav"))


def test_channels_that_hold_one_value_are_told(tmp_path):
    samples = np.stack([np.full(99, 0.25), np.sin(np.arange(99)), np.zeros(99)], 1)
    soundfile.write(tmp_path / "x.wav", samples, 8000)
    assert measure(probing.header(tmp_path / "x.wav")).constant.tolist() == [True, False, True]


def test_what_stood_there_stays_where_writing_fails(tmp_path):
    def blocks():
        yield np.zeros((9, 1))
        raise ValueError("no more")

    (tmp_path / "x.wav").write_text("before", encoding="utf-8")
    with pytest.raises(ValueError, match="no more"):
        write_blocks(tmp_path / "x.wav", Form("WAV", "PCM_16", 8000, 1), blocks())
    assert [path.name for path in tmp_path.iterdir()] == ["x.wav"]
    assert (tmp_path / "x.wav").read_text(encoding="utf-8") == "before"


def test_a_rate_that_a_format_does_not_take_is_said(tmp_path):
    form = Form("OGG", "OPUS", 44100, 1)
    with pytest.raises(ValueError, match="OGG OPUS does not take 1 channels at 44100 Hz"):
        write_blocks(tmp_path / "x.opus", form, [np.zeros((9, 1))])
    assert list(tmp_path.iterdir()) == []


FULL = f"""
import resource, sys
sys.path.insert(0, {str(ROOT)!r})
import numpy as np
from audio.writing import Form, write_blocks
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    noise = np.random.default_rng(0).uniform(-1, 1, (60_000, 1))
    write_blocks(sys.argv[1], Form(sys.argv[2], sys.argv[3], 8000, 1), [noise, noise])
except OSError as error:
    print(error.filename, error.strerror)
"""


@pytest.mark.parametrize(("kind", "subtype"), [("WAV", "PCM_16"), ("FLAC", "PCM_16"), LOSSY[0]])
def test_a_full_disk_is_said_and_leaves_nothing(tmp_path, kind, subtype):
    command = [sys.executable, "-c", FULL, str(tmp_path / "x"), kind, subtype]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"{tmp_path / 'x'} No space left on device; make room")
    assert list(tmp_path.iterdir()) == []

"""What libsndfile does not read is decoded by the extra `formats`, and is then a recording like any other."""

import numpy as np
import pytest

from audio import channels, probing, reading
from audio.ffmpeg import reads
from datagen.corpora.layout import audio_files

av = pytest.importorskip("av")

RATE, HZ = 48000, 440.0
TONE = 0.3 * np.sin(2 * np.pi * HZ * np.arange(RATE) / RATE)


def written(path, codec, layout="mono"):
    """A second of a tone in a file of FFmpeg's."""
    count = 2 if layout == "stereo" else 1
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=RATE, layout=layout)
        frame = av.AudioFrame.from_ndarray(
            np.tile(TONE.astype("f4"), (count, 1)), format="fltp", layout=layout
        )
        frame.sample_rate = RATE
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)
    return path


@pytest.mark.parametrize(
    ("name", "codec", "layout"),
    [
        ("a.m4a", "aac", "mono"),
        ("a.mp4", "aac", "stereo"),
        ("a.aac", "aac", "mono"),
        ("a.webm", "libopus", "stereo"),
    ],
)
def test_a_file_is_listed_and_read_with_its_rate_channels_and_tone(tmp_path, name, codec, layout):
    path = written(tmp_path / name, codec, layout)
    assert audio_files(tmp_path) == [path]
    head = probing.header(path)
    assert (head.sample_rate, head.channels) == (RATE, 2 if layout == "stereo" else 1)
    samples = reading.read(path, 16000)
    assert 16000 <= len(samples) < 16000 + 2 * 1024  # AAC adds frames of silence around it
    steady = samples[4000:12000] / 32768
    spectrum = np.abs(np.fft.rfft(steady * np.hanning(8000)))
    assert spectrum.argmax() * 16000 / 8000 == HZ
    assert np.sqrt(2 * np.mean(steady**2)) == pytest.approx(0.3, abs=0.01)
    blocks = list(channels.channel_blocks(head, 1000))
    assert {block.shape for block in blocks[:-1]} == {(1000, head.channels)}
    np.testing.assert_array_equal(reading.read(path, 16000, 5000, 100), samples[5000:5100])


def test_what_ffmpeg_refuses_is_told_in_a_line(tmp_path):
    path = tmp_path / "a.m4a"
    path.write_bytes(b"\x00\x00\x00\x20ftypM4A ")
    with pytest.raises(ValueError, match=r"^FFmpeg does not decode it \(.+\)$"):
        probing.header(path)
    with av.open(str(tmp_path / "b.mp4"), "w") as file:  # a picture, and no sound
        stream = file.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 32
        picture = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), "u1"))
        for packet in [*stream.encode(picture), *stream.encode(None)]:
            file.mux(packet)
    with pytest.raises(ValueError, match="holds no sound"):
        probing.header(tmp_path / "b.mp4")
    assert not reads("SILK")

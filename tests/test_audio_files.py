"""Audio as people have it.

What a header promises and what decodes agree, or the file is listed; the rest is whole.
"""

import logging
import struct

import numpy as np
import pytest
import soundfile
from corpora import pcm, speech_like, sphere, write

from audio import decoding, probing, reading
from audio.pcm import Correction
from audio.whole import whole
from datagen.corpora.folder import Folder
from datagen.scan import note_conversions, scan

RATE = 16000
SECONDS = 3.0
VOICE = 0.3 * speech_like(SECONDS, 1)
CONTAINERS = {  # suffix: format of libsndfile, subtype
    "wav": ("WAV", "PCM_16"),
    "w64": ("W64", "PCM_16"),
    "rf64": ("RF64", "PCM_16"),
    "aiff": ("AIFF", "PCM_16"),
    "aifc": ("AIFF", "FLOAT"),
    "au": ("AU", "PCM_16"),
    "caf": ("CAF", "PCM_16"),
    "flac": ("FLAC", "PCM_16"),
    "ogg": ("OGG", "VORBIS"),
    "opus": ("OGG", "OPUS"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
    "avr": ("AVR", "PCM_16"),
}


def make(path, samples=VOICE, rate=RATE):
    """A file of the kind that its suffix says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".sph":
        path.write_bytes(sphere(pcm(samples), rate))
    else:
        kind, subtype = CONTAINERS[path.suffix[1:]]
        soundfile.write(
            path,
            pcm(samples) if subtype == "PCM_16" else samples,
            rate,
            format=kind,
            subtype=subtype,
        )
    return path


def scanned(root, cache, **options):
    return scan(Folder(str(root), "x").recordings(), cache, **options)


def problem(root, cache):
    with pytest.raises(ValueError, match="bad audio file") as caught:
        scanned(root, cache)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("suffix", [*CONTAINERS, "sph"])
def test_a_file_cut_in_half_is_listed_and_a_whole_one_is_not(tmp_path, suffix):
    path = make(tmp_path / "all" / f"a.{suffix}")
    assert scanned(tmp_path / "all", tmp_path).samples.tolist() == [round(SECONDS * RATE)]
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert f"{path} (" in problem(tmp_path / "all", tmp_path)


@pytest.mark.parametrize("size", [0, 0x7FFFF000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
def test_a_wav_file_that_a_pipe_wrote_is_read_to_its_end_and_said_so(tmp_path, size, caplog):
    path = make(tmp_path / "all" / "a.wav")
    whole, content = reading.read(path, RATE), bytearray(path.read_bytes())
    content[40:44] = content[4:8] = struct.pack("<I", size)
    path.write_bytes(content)
    table = scanned(tmp_path / "all", tmp_path)
    np.testing.assert_array_equal(reading.read(path, RATE), whole)
    with caplog.at_level(logging.WARNING):
        note_conversions(table, RATE)
    assert table.samples.tolist() == [len(whole)] and "their decoded length counts" in caplog.text


def test_a_flac_stream_without_a_length_is_read_to_its_end(tmp_path):
    path = make(tmp_path / "all" / "a.flac")
    whole, content = reading.read(path, RATE), bytearray(path.read_bytes())
    content[21] &= 0xF0  # the number of samples in STREAMINFO, 36 bits
    content[22:26] = bytes(4)
    path.write_bytes(content)
    assert scanned(tmp_path / "all", tmp_path).samples.tolist() == [len(whole)]
    np.testing.assert_array_equal(reading.read(path, RATE, 9, 99), whole[9:108])


@pytest.mark.parametrize(
    ("suffix", "place", "size"), [("au", 8, b"\xff" * 4), ("aiff", None, b"\xff" * 4)]
)
def test_other_containers_that_a_pipe_wrote_are_read_to_their_end(tmp_path, suffix, place, size):
    path = make(tmp_path / "all" / f"a.{suffix}")
    whole, content = reading.read(path, RATE), bytearray(path.read_bytes())
    place = content.index(b"SSND") + 4 if place is None else place
    content[place : place + 4] = size
    path.write_bytes(content)
    scanned(tmp_path / "all", tmp_path)
    np.testing.assert_array_equal(reading.read(path, RATE), whole)


def test_a_wav_file_over_4_gb_has_as_many_samples_as_it_has_bytes(tmp_path):
    path = make(tmp_path / "a.wav")
    begin, samples = 44, 2**31 + 1000  # of two bytes each: the size wraps to 2000 bytes
    with path.open("r+b") as file:
        file.seek(40)
        file.write(struct.pack("<I", 2000))
        file.truncate(begin + 2 * samples)  # sparse
    assert reading.header(path) == (RATE, samples, 1)
    np.testing.assert_array_equal(reading.read(path, RATE, 100, 500), pcm(VOICE)[100:600])
    assert len(reading.read(path, RATE, samples - 10, 99)) == 10


def without_info(content):
    """An MP3 file without its first frame, which counts the others."""
    from audio.containers.mpeg import frame_length

    begin = next(i for i in range(len(content)) if frame_length(content[i : i + 4]))
    return content[begin + frame_length(content[begin : begin + 4]) :]


@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE"])
def test_an_mp3_file_without_an_info_frame_is_whole(tmp_path, mode):
    path = tmp_path / "all" / "a.mp3"
    path.parent.mkdir()
    soundfile.write(path, VOICE, RATE, format="MP3", bitrate_mode=mode)
    whole = len(reading.read(path, RATE))
    path.write_bytes(without_info(path.read_bytes()))
    [samples] = scanned(tmp_path / "all", tmp_path).samples
    assert (
        abs(samples - whole) < 3 * 1152
    )  # what the frame said of the beginning and the end is lost
    assert len(reading.read(path, RATE)) == samples


@pytest.mark.parametrize("suffix", ["mp3", "ogg", "opus"])
def test_files_that_were_joined_have_all_parts(tmp_path, suffix):
    one, two = (
        make(tmp_path / f"{name}.{suffix}", VOICE[: round(s * RATE)])
        for name, s in (("one", 3), ("two", 2))
    )
    path = tmp_path / "all" / f"a.{suffix}"
    path.parent.mkdir()
    path.write_bytes(one.read_bytes() + two.read_bytes())
    [samples] = scanned(tmp_path / "all", tmp_path).samples
    expected = np.concatenate([reading.read(one, RATE), reading.read(two, RATE)])
    assert samples == len(expected) == 5 * RATE
    assert np.abs(reading.read(path, RATE).astype(int) - expected).max() <= 2


@pytest.mark.parametrize(
    "subtype", ["GSM610", "IMA_ADPCM", "MS_ADPCM", "NMS_ADPCM_32", "ULAW", "ALAW", "G721_32"]
)
def test_codings_that_cannot_seek_are_cut_all_the_same(tmp_path, subtype):
    path = tmp_path / "all" / ("a.au" if subtype.startswith("G7") else "a.wav")
    path.parent.mkdir()
    soundfile.write(path, VOICE[: 2 * 8000], 8000, subtype=subtype)
    [samples] = scanned(tmp_path / "all", tmp_path).samples
    whole = reading.read(path, 8000)
    assert len(whole) == samples >= 2 * 8000
    np.testing.assert_array_equal(reading.read(path, 8000, 4321, 1000), whole[4321:5321])


@pytest.mark.parametrize("suffix", ["wave", "bwf", "oga", "snd", "aifc", "dat", ""])
def test_content_says_what_is_audio_and_not_the_suffix(tmp_path, suffix):
    kind = {"oga": "ogg", "snd": "au", "aifc": "aifc"}.get(suffix, "wav")
    make(tmp_path / f"a.{kind}").rename(tmp_path / f"b{'.' * bool(suffix)}{suffix}")
    for name, content in (
        ("text.txt", b"text"),
        ("table.csv", b"a,b\n1,2\n"),
        ("picture", b"\x89PNG\r\n\x1a\n"),
    ):
        (tmp_path / name).write_bytes(content)
    assert [r.samples for r in scanned(tmp_path, tmp_path / "cache").itertuples()] == [
        round(SECONDS * RATE)
    ]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.m4a", b"\x00\x00\x00\x20ftypM4A ", "MP4 or M4A"),
        ("a.wma", b"0&\xb2u\x8ef\xcf\x11\xa6\xd9", "WMA"),
        ("a.webm", b"\x1aE\xdf\xa3\x01", "Matroska or WebM"),
        ("a.aac", (b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(9)) * 3, "AAC"),
        ("a.amr", b"#!AMR\n", "AMR"),
    ],
)
def test_audio_that_is_not_read_is_counted_and_named_with_what_to_do(
    tmp_path, caplog, monkeypatch, name, content, kind
):
    monkeypatch.setattr("audio.ffmpeg.find_spec", lambda name: None)  # without the extra
    make(tmp_path / "all" / "s1" / "a.wav")
    (tmp_path / "all" / "s2").mkdir()
    (tmp_path / "all" / "s2" / name).write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert len(scanned(tmp_path / "all", tmp_path)) == 1
    assert "1 file(s)" in caplog.text and f"for {kind} is not read here" in caplog.text
    assert f"ffmpeg -i {tmp_path / 'all' / 's2' / name} " in caplog.text
    assert "pip install -e '.[formats]' reads them" in caplog.text


@pytest.mark.parametrize("peak", [1.4, 30000.0])
def test_floats_above_full_scale_are_scaled_down_as_a_whole(tmp_path, caplog, peak):
    path = write(tmp_path / "all" / "a.wav", peak * VOICE / np.abs(VOICE).max(), subtype="FLOAT")
    with pytest.raises(ValueError, match=r"exceeds full scale .*check_audio=true"):
        reading.read(path, RATE)  # nothing is cut off unasked
    table = scanned(tmp_path / "all", tmp_path)
    samples = reading.read(path, RATE, correction=Correction(table.offset[0], table.gain[0]))
    assert samples.max() >= 32766 or samples.min() <= -32766
    scaled = samples / 32768 * np.abs(VOICE).max()
    assert np.abs(scaled - VOICE).max() < 1e-3
    with caplog.at_level(logging.WARNING):
        note_conversions(table, RATE)
    assert "exceed full scale and are scaled down as a whole" in caplog.text


def test_floats_that_cannot_be_meant_are_listed(tmp_path):
    write(tmp_path / "all" / "a.wav", 1e12 * VOICE, subtype="DOUBLE")
    assert "times full scale, which cannot be meant" in problem(tmp_path / "all", tmp_path)


@pytest.mark.parametrize("offset", [0.2, -0.05, 0.0])
def test_an_offset_is_taken_away_and_the_rest_is_as_it_was(tmp_path, offset):
    path = write(tmp_path / "all" / "a.wav", VOICE - VOICE.mean() + offset)
    table = scanned(tmp_path / "all", tmp_path)
    assert table.offset[0] == pytest.approx(offset * 32768, abs=1) and table.gain[0] == 1
    samples = reading.read(path, RATE, correction=Correction(table.offset[0], table.gain[0]))
    assert abs(samples.mean()) <= 0.6
    assert np.abs(samples - 32768 * (VOICE - VOICE.mean())).max() <= 1.5


@pytest.mark.parametrize(
    ("samples", "told"),
    [
        (np.full(RATE, 0.2), "constant: every sample is 0.2 of full scale"),
        (np.zeros(RATE), "silent"),
        (np.stack([VOICE, -VOICE], axis=1), "its channels cancel one another"),
    ],
)
def test_what_is_of_no_use_is_listed_with_its_cause(tmp_path, samples, told):
    write(tmp_path / "all" / "a.wav", samples)
    assert told in problem(tmp_path / "all", tmp_path)


def test_equal_audio_has_equal_content_in_any_container_and_other_audio_has_another(tmp_path):
    for name in ("a.wav", "b.flac", "c.aiff"):
        make(tmp_path / "all" / name)
    make(tmp_path / "all" / "d.wav", np.roll(VOICE, 1))
    content = scanned(tmp_path / "all", tmp_path).content.tolist()
    assert content[0] == content[1] == content[2] != content[3] and len(content[0]) == 16


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000, 44101])
def test_a_cut_at_another_rate_is_that_of_the_whole_file(tmp_path, rate):
    soxr = pytest.importorskip("soxr")
    tone = 0.5 * speech_like(7.3, 3, rate)
    path = make(tmp_path / "a.wav", tone, rate)
    whole = reading.read(path, RATE)
    assert len(whole) == len(pcm(tone)) * RATE // rate
    plain = np.rint(soxr.resample(pcm(tone).astype(float), rate, RATE, quality="HQ"))[: len(whole)]
    assert np.abs(plain - whole[: len(plain)]).max() <= 1
    rng = np.random.default_rng(0)
    for start, length in zip(
        rng.integers(0, len(whole), 8), rng.integers(1, 50000, 8), strict=True
    ):
        np.testing.assert_array_equal(
            reading.read(path, RATE, start, length), whole[start : start + length]
        )


def test_a_cut_from_a_long_file_of_another_rate_does_not_decode_all_of_it(tmp_path, monkeypatch):
    path, decoded = write(tmp_path / "a.wav", speech_like(60, 1, 48000), 48000), []
    stretch = decoding.stretch
    monkeypatch.setattr(
        decoding, "stretch", lambda *where: decoded.append(len(one := stretch(*where))) or one
    )
    reading.read(path, RATE, 30 * RATE, RATE)
    assert sum(decoded) <= 6 * 48000


def test_a_lossy_file_is_decoded_once_for_many_cuts(tmp_path, monkeypatch):
    path, begun = make(tmp_path / "a.mp3"), []
    blocks = decoding.blocks
    monkeypatch.setattr(decoding, "blocks", lambda head: begun.append(head) or blocks(head))
    cuts = [reading.read(path, 8000, start, 500) for start in range(0, 20000, 1000)]
    assert len(begun) == 1 and all(len(cut) == 500 for cut in cuts)


@pytest.mark.parametrize("rate", [8000, RATE])
def test_floats_above_full_scale_are_never_cut_off_unasked_at_any_rate(tmp_path, rate):
    path = write(tmp_path / "a.wav", 1.4 * VOICE / np.abs(VOICE).max(), subtype="FLOAT")
    with pytest.raises(ValueError, match="exceeds full scale"):
        reading.read(path, rate)
    samples, own_rate = whole(path)
    expected = VOICE - VOICE.mean()
    assert (
        own_rate == RATE
        and np.abs(samples / np.abs(samples).max() - expected / np.abs(expected).max()).max() < 1e-3
    )


def test_a_recording_without_samples_is_named(tmp_path):
    path = write(tmp_path / "a.wav", np.zeros(0))
    with pytest.raises(ValueError, match=f"{path}: zero length"):
        whole(path)


def test_a_folder_in_place_of_a_file_is_refused_as_one(tmp_path):
    with pytest.raises(ValueError, match="is a folder, and a file is expected"):
        probing.header(tmp_path)

"""Title, artist and the like go from a recording to the enhanced one, as far as its format holds them."""

import functools
from unittest.mock import ANY

import pytest
import soundfile
from test_enhanced_signal import scaled_by, tone
from test_stream import enhancer

from audio import probing
from audio.metadata import LONGEST, read_tags
from audio.writing import Form, write_blocks
from dsp.stft import STFT
from enhancing.recording import enhance_recording
from enhancing.signal import Wish

RATE = 16000
ALL = {
    "title": "Größe, nächste",
    "copyright": "(c) nobody",
    "software": "a recorder",
    "artist": "One; Two",
    "comment": "several\nlines, 'quotes' and \"more\"",
    "date": "2020-01-02",
    "album": "odd",
    "license": "CC BY",
    "tracknumber": "7",
    "genre": "Speech",
}
SOME = {"title", "copyright", "software", "artist", "comment"}
HELD = {  # as libsndfile writes them
    ("WAV", "PCM_16"): {*ALL} - {"license"},
    ("WAVEX", "PCM_24"): {*ALL} - {"license"},
    ("RF64", "PCM_16"): {*ALL} - {"license"},
    ("FLAC", "PCM_16"): {*ALL},
    ("CAF", "ALAC_16"): {*ALL},
    ("OGG", "VORBIS"): {*ALL},
    ("OGG", "OPUS"): {*ALL},
    ("MP3", "MPEG_LAYER_III"): {*ALL} - {"license", "copyright", "software"},
    ("AIFF", "PCM_16"): SOME,
    ("AU", "PCM_16"): set(),
    ("W64", "PCM_16"): set(),
}


def tagged(path, kind, subtype, tags, samples):
    write_blocks(path, Form(kind, subtype, RATE, 1), [samples], tags)
    return path


def tags_of(path):
    return read_tags(probing.header(path))


def expected(tags, kind):
    """What a format makes of them: libsndfile names itself, MP3 has short and long forms of some."""
    made = dict(tags)
    if kind == "MP3":
        made |= {"date": ANY, "software": ANY}
    elif "software" in made:
        made["software"] += f" (libsndfile-{soundfile.__libsndfile_version__})"
    return made


network = functools.cache(lambda: enhancer("pl_crnn", stft=STFT(RATE)))


@pytest.mark.parametrize(("kind", "subtype"), HELD)
def test_tags_are_those_of_the_recording(tmp_path, kind, subtype):
    source, target = tmp_path / "x", tmp_path / "out/x"
    tagged(source, kind, subtype, ALL, tone(500, RATE, 4801, 0.5))
    enhance_recording(network(), source, target, Wish(0.0))
    held = {name: ALL[name] for name in HELD[kind, subtype]}
    assert tags_of(target) == tags_of(source) == expected(held, kind)
    assert probing.header(target).samples == probing.header(source).samples


def test_what_is_turned_down_keeps_its_tags(tmp_path, monkeypatch):
    source, target = tmp_path / "x.flac", tmp_path / "out/x.flac"
    tagged(source, "FLAC", "PCM_16", {"title": "loud"}, tone(1000, RATE, 8000, 0.8))
    done = enhance_recording(scaled_by(monkeypatch, 2.0)(), source, target, Wish())
    assert done.remark.startswith("turned down")
    assert tags_of(target) == {"title": "loud"}


@pytest.mark.parametrize(("kind", "held"), [("OGG", True), ("WAV", True), ("MP3", False)])
def test_a_tag_that_cannot_be_spelled_is_left_out_rather_than_garbled(tmp_path, kind, held):
    subtype = soundfile.default_subtype(kind)
    source = tagged(tmp_path / "x", kind, subtype, {"title": "大きさ"}, tone(500, RATE, 480, 0.5))
    assert tags_of(source) == ({"title": "大きさ"} if held else {})


@pytest.mark.parametrize(("kind", "subtype"), HELD)
def test_a_long_tag_is_kept_or_left_out_and_harms_nothing(tmp_path, kind, subtype):
    """libsndfile makes AIFF and Opus files of long ones that it cannot read."""
    samples = tone(500, RATE, 480, 0.5)
    tags = dict.fromkeys(ALL, LONGEST * "x") | {"comment": 90_000 * "x", "date": "2020"}
    source = tagged(tmp_path / "x", kind, subtype, tags, samples)
    assert probing.header(source).samples == len(samples)
    assert len(tags_of(source).get("comment", "")) == (90_000 if kind == "FLAC" else 0)
    assert len(tags_of(source).get("title", "")) == (LONGEST if HELD[kind, subtype] else 0)


def test_a_recording_without_tags_gets_none(tmp_path):
    source, target = tmp_path / "x", tmp_path / "out/x"
    tagged(source, "OGG", "VORBIS", {}, tone(500, RATE, 480, 0.5))
    enhance_recording(network(), source, target, Wish(0.0))
    assert tags_of(target) == tags_of(source) == {}

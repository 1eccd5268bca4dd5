"""Tunes: read as they are written, told apart whatever their key, and played at their pitch."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from audio import reading
from audio.pcm import FULL_SCALE
from datagen.corpora.melodies import Melodies
from datagen.melodies.abc import read_abc
from datagen.melodies.abc_key import signature
from datagen.melodies.embedded import Embedded
from datagen.melodies.families import RUN, families
from datagen.melodies.folder import TuneFolder
from datagen.melodies.midi import NoMelodyError, read_midi
from datagen.melodies.midi_file import midi_bytes
from datagen.melodies.plan import TuneRows, draw
from datagen.melodies.playing import fitted, played, seconds
from datagen.melodies.several import Several
from datagen.melodies.tokens import (
    BOUNDARY,
    HIGHEST,
    LENGTHS,
    LOWEST,
    REST,
    TOKENS,
    may_follow,
    to_notes,
    to_tokens,
)
from datagen.melodies.tune import Note, Tune, tidied, transposed, unwritten, written
from datagen.sources.music21 import Music21Tunes
from datagen.synthesis import SAMPLE_RATE


def abc(body, key="C", more=""):
    """The notes of a tune in eighths, as (pitch, ticks)."""
    (tune,) = read_abc(f"X:1\nT:a tune\nM:4/4\nL:1/8\n{more}K:{key}\n{body}\n", "x")
    assert (tune.id, tune.title) == ("x#1", "a tune")
    return [tuple(note) for note in tune.notes]


def pitches(body, key="C"):
    return [pitch for pitch, _ in abc(body, key)]


@pytest.mark.parametrize(
    ("body", "notes"),
    [
        ("C2 c c' C, z/2 B", [(60, 24), (72, 12), (84, 12), (48, 12), (None, 6), (71, 12)]),
        ("c>d c<d e>>f", [(72, 18), (74, 6), (72, 6), (74, 18), (76, 21), (77, 3)]),
        ("(3cde f (2cd", [(72, 8), (74, 8), (76, 8), (77, 12), (72, 18), (74, 18)]),
        ("c/2d/e//f3/2", [(72, 6), (74, 6), (76, 3), (77, 18)]),
        ("c2-c d-e", [(72, 36), (74, 12), (76, 12)]),  # a tie, and a slur
        ('"Am"{g}[CEG]2 .~vc !trill!d', [(67, 24), (72, 12), (74, 12)]),
        ("c % d\nd", [(72, 12), (74, 12)]),
        ("|: c |1 d :|2 e |]", [(72, 12), (76, 12)]),
        ("[|:c[1 d:|[2 e||f|]", [(72, 12), (76, 12), (77, 12)]),
        ("c [L:1/4] c [K:D] c\nM:3/4\nd", [(72, 12), (72, 24), (73, 24), (74, 24)]),
        ("V:1\nc\nV:2\nd\nV:1\ne", [(72, 12), (76, 12)]),
        ("z c z z2", [(72, 12)]),
    ],
)
def test_abc_is_read_as_it_is_written(body, notes):
    assert abc(body) == notes


def test_an_accidental_holds_until_the_bar_ends_and_a_key_all_along():
    assert pitches("^f f F | f =f f _f", "G") == [78, 78, 66, 78, 77, 77, 76]
    assert pitches("f g", "D ^g") == [78, 80]


@pytest.mark.parametrize(
    ("key", "raised"),
    [
        ("C", {}), ("none", {}), ("", {}), ("A", {"F": 1, "C": 1, "G": 1}), ("F#m", {"F": 1, "C": 1, "G": 1}),
        ("Gm", {"B": -1, "E": -1}), ("Bb", {"B": -1, "E": -1}), ("Ador", {"F": 1}), ("A Dorian", {"F": 1}),
        ("Dmix", {"F": 1}), ("Ephr", {}), ("HP", {"F": 1, "C": 1}), ("G clef=treble", {"F": 1}),
    ],
)  # fmt: skip
def test_keys_raise_and_lower_what_they_should(key, raised):
    assert signature(key) == raised


def test_a_length_is_a_sixteenth_where_the_bar_is_short():
    short = read_abc("X:1\nM:2/4\nK:C\nc\n\nX:2\nM:6/8\nK:C\nc\n", "x")
    assert [tune.notes[0].ticks for tune in short] == [6, 12]


def test_every_note_has_its_tokens_and_comes_back():
    notes = [Note(pitch, 12) for pitch in range(LOWEST, HIGHEST + 1)]
    notes += [Note(60, ticks) for ticks in LENGTHS] + [Note(None, 24), Note(62, 6)]
    tokens = to_tokens(notes)
    assert to_notes(tokens) == tuple(notes) and set(tokens) == set(range(TOKENS))
    assert to_notes(to_tokens([Note(60, 25)])) == (Note(60, 24),)
    assert to_notes(to_tokens([Note(HIGHEST + 1, 12)])) == (Note(HIGHEST - 11, 12),)
    assert unwritten(written(notes)) == tuple(notes)


def test_transposing_changes_pitches_alone():
    notes = [Note(60, 12), Note(None, 6), Note(67, 24)]
    assert np.array_equal(to_tokens(notes, 3), to_tokens(transposed(notes, 3)))
    moved = to_tokens(notes, 3) - to_tokens(notes)
    assert moved.tolist() == [0, 3, 0, 0, 0, 3, 0, 0]


def test_whatever_may_follow_makes_notes():
    rng, token, tokens = np.random.default_rng(0), BOUNDARY, []
    for _ in range(400):
        token = int(rng.choice(np.flatnonzero(may_follow(token))))
        tokens.append(token)
    assert BOUNDARY in tokens and len(to_notes(tokens)) > 50
    assert not may_follow(BOUNDARY)[[BOUNDARY, REST]].any()
    with pytest.raises(ValueError, match="a note is a pitch and a length"):
        to_notes([*to_tokens([Note(60, 12)])[:2], BOUNDARY, BOUNDARY])


def test_rests_stand_between_notes_alone_and_once():
    rest, note = Note(None, 6), Note(60, 6)
    assert tidied([rest, note, rest, rest, note._replace(ticks=0), note, rest]) == (
        note, Note(None, 12), note,
    )  # fmt: skip
    assert tidied([rest]) == ()


def tune(name, seed, notes=40):
    rng = np.random.default_rng(seed)
    return Tune(name, name, tuple(Note(int(p), 12) for p in rng.integers(55, 80, notes)))


def test_versions_of_a_tune_are_one_family_in_any_key():
    first, other = tune("a", 0), tune("b", 1)
    higher = Tune("c", "", transposed(first.notes, 5))
    shared = Tune("d", "", tune("x", 2).notes + transposed(other.notes[: RUN + 1], -3))
    apart = Tune("e", "", tune("x", 4).notes + other.notes[:RUN])  # one note too few
    assert families([first, other, higher, shared, apart]) == ["a", "b", "a", "b", "e"]
    short = [Tune("f", "", first.notes[:4]), Tune("g", "", transposed(first.notes[:4], 1))]
    assert families([first, *short]) == ["a", "f", "f"]


def test_no_family_stands_in_two_splits_and_only_training_is_transposed():
    tunes = [tune(f"t{number}", number) for number in range(60)]
    tunes += [Tune(f"{one.id}+", "", transposed(one.notes, 4)) for one in tunes]
    plan = draw(tunes, transpose=2, validation=0.2, test=0.2, longest=30)
    assert plan.tunes.groupby("family").split.nunique().max() == 1
    assert plan.tunes.family.nunique() == 60
    keys = plan.rows.groupby("split").semitones.unique()
    assert sorted(keys["train"]) == [-2, -1, 0, 1, 2] and list(keys["test"]) == [0]


def test_pieces_of_a_long_tune_foretell_each_of_its_tokens_once():
    tunes = [tune(f"t{number}", number) for number in range(40)]
    plan = draw(tunes, transpose=0, validation=0.3, test=0.3, longest=30)
    rows = TuneRows(plan.rows, plan.tunes)
    first = [
        rows[index]["tokens"] for index in range(len(rows)) if rows.row(index)["tune_id"] == "t0"
    ]
    whole = to_tokens(tunes[0].notes)
    assert np.array_equal(np.concatenate([whole[:1], *(piece[1:] for piece in first)]), whole)
    assert [len(piece) for piece in first] == [30, 30, 24]


def test_too_few_tunes_are_said_to_be():
    with pytest.raises(ValueError, match=r"of 1 tunes in 1 families none is left for"):
        draw([tune("a", 0)], transpose=0, validation=0.1, test=0.1, longest=30)


def test_the_embedded_tunes_are_no_versions_of_one_another():
    tunes = Embedded().tunes()
    assert len({one.id for one in tunes}) == len(tunes) > 50
    assert len(set(families(tunes))) == len(tunes)
    for one in tunes:
        assert to_notes(to_tokens(one.notes)) == one.notes, one.title  # every length has a token
    assert [one.id for one in Several({"a": Embedded()}).tunes()] == [one.id for one in tunes]


def test_a_midi_file_is_the_bytes_of_its_standard():
    assert midi_bytes([Note(60, 24), Note(None, 200), Note(62, 12)], tempo=120) == (
        b"MThd\0\0\0\x06\0\0\0\x01\0\x18MTrk\0\0\0\x1c"
        b"\0\xff\x51\x03\x07\xa1\x20"  # 500,000 us for a quarter note
        b"\0\x90\x3c\x50\x18\x80\x3c\0"
        b"\x81\x48\x90\x3e\x50\x0c\x80\x3e\0"  # 200 = 1 * 128 + 72
        b"\0\xff\x2f\0"
    )
    with pytest.raises(ValueError, match="tempo=1: a MIDI file has"):
        midi_bytes([], 1)


MELODY = (*(Note(60 + step, 12) for step in range(6)), Note(None, 24), Note(72, 36), Note(71, 6))


def test_a_melody_written_as_midi_is_read_as_it_was(tmp_path):
    pytest.importorskip("symusic")
    path = tmp_path / "own.mid"
    path.write_bytes(midi_bytes(MELODY, 100))
    (read,) = TuneFolder(str(tmp_path), "own").tunes()
    assert (read.id, read.notes) == ("own/own.mid#0", MELODY)


def chords(path):
    """Two voices at once, in one track."""
    track = b"".join(
        bytes([0, 0x90, 60 + n, 80, 0, 0x90, 67 + n, 80, 24, 0x80, 60 + n, 0, 0, 0x80, 67 + n, 0])
        for n in range(12)
    )
    track += b"\0\xff\x2f\0"
    path.write_bytes(b"MThd\0\0\0\x06\0\0\0\x01\0\x18MTrk" + len(track).to_bytes(4) + track)


def test_midi_without_a_melody_or_broken_is_one_line_and_may_be_skipped(tmp_path):
    pytest.importorskip("symusic")
    chords(tmp_path / "chords.mid")
    with pytest.raises(NoMelodyError, match=r"chords.mid: holds no track of one voice with") as no:
        TuneFolder(str(tmp_path), "own").tunes()
    (tmp_path / "broken.mid").write_bytes(midi_bytes(MELODY, 100)[:30])
    with pytest.raises(
        NoMelodyError, match=r"broken.mid: is no whole MIDI file; move it"
    ) as broken:
        read_midi(tmp_path / "broken.mid", "own")
    assert "\n" not in f"{no.value}{broken.value}"
    (tmp_path / "good.mid").write_bytes(midi_bytes(MELODY, 100))
    assert len(TuneFolder(str(tmp_path), "own", skip=True).tunes()) == 1


def test_what_is_missing_is_said(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match="holds no ABC and no MIDI file"):
        TuneFolder(str(tmp_path), "own").tunes()
    (tmp_path / "empty.abc").write_text("X:1\nK:C\n")
    with pytest.raises(NoMelodyError, match=r"empty.abc: holds no tune in ABC"):
        TuneFolder(str(tmp_path), "own").tunes()
    monkeypatch.setitem(sys.modules, "symusic", None)
    with pytest.raises(ValueError, match=r"read by symusic, which is not installed; pip install"):
        read_midi(tmp_path / "a.mid", "own")


def test_tunes_of_a_package_are_copied_once_with_their_terms(tmp_path, monkeypatch):
    source = Music21Tunes("oneill", "oneills1850", terms="free tunes")
    book = TuneFolder(str(tmp_path / "data/melodies/oneill"), "oneill", "A book")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(
        ValueError, match=r"A book: the package music21 .* pip install -e '.\[tunes"
    ):
        source.fetch(book, tmp_path / "data")
    place = tmp_path / "music21"
    found = SimpleNamespace(submodule_search_locations=[str(place)])
    monkeypatch.setattr("importlib.util.find_spec", lambda name: found)
    with pytest.raises(ValueError, match="oneills1850: holds no ABC file"):
        source.fetch(book, tmp_path / "data")
    (place / "corpus/oneills1850").mkdir(parents=True)
    (place / "corpus/oneills1850/1.abc").write_text("X:7\nK:G\nGABc\n")
    assert source.fetch(book, tmp_path / "data").endswith("oneill: 1 files; free tunes")
    assert [one.id for one in book.tunes()] == ["oneill/1.abc#7"]
    assert (book.root / "TERMS.txt").read_text() == "A book\nfree tunes\n"
    assert "already there" in source.fetch(book, tmp_path / "data")


def test_notes_sound_at_their_pitch_and_for_their_time():
    notes = [Note(69, 24), Note(None, 24), Note(81, 48)]
    sound = played(np.random.default_rng(0), notes, 120, np.array([1.0, 0.3]), 5.0)
    assert len(sound) == 2 * SAMPLE_RATE == seconds(96, 120) * SAMPLE_RATE
    half = SAMPLE_RATE // 2
    assert not sound[half : 2 * half].any()
    for part, hz in ((sound[:half], 440), (sound[2 * half :], 880)):
        spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part))))
        assert spectrum.argmax() * SAMPLE_RATE / len(part) == pytest.approx(hz, abs=2)
    assert fitted(notes, 60) == (Note(69, 24), Note(None, 24), Note(81, 12))


def test_melodies_of_the_test_are_other_tunes_than_those_of_training(tmp_path):
    chosen = {}
    for part in ("train", "test"):
        corpus = Melodies(str(tmp_path), part=part, count=2, seconds=2.0)
        _, make = corpus.workshop()
        chosen[part] = {one.id for one in make.args[0]}
        recordings = corpus.recordings()
        assert {one.only for one in recordings} == {part}
        assert all(one.id.startswith(f"melody/{part}/") for one in recordings)
        samples = reading.read(recordings[0].path, SAMPLE_RATE) / FULL_SCALE
        assert len(samples) == 2 * SAMPLE_RATE and np.mean(samples**2) > 1e-4
    assert not chosen["train"] & chosen["test"]
    assert len(chosen["train"] | chosen["test"]) == len(Embedded().tunes())
    with pytest.raises(ValueError, match="part=both of melody: one of train, test"):
        Melodies(str(tmp_path), part="both")

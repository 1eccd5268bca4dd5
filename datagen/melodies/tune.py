"""A melody of one voice, as notes and rests that follow one another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

TICKS = 24  # of a quarter note: a 32nd note has 3, an eighth of a triplet 8


class Note(NamedTuple):
    """A note, or a rest if it has no pitch.

    pitch: in semitones as in MIDI; the middle C is 60. ticks: its length, see TICKS.
    """

    pitch: int | None
    ticks: int


@dataclass(frozen=True)
class Tune:
    """A melody. id: a unique name over all tunes. title: its usual name."""

    id: str
    title: str
    notes: tuple[Note, ...]


def tidied(notes: Sequence[Note]) -> tuple[Note, ...]:
    """`notes` without those of no length; rests in a row become one.

    No rest stands before the first note or after the last one. The result is () without a note.
    """
    kept: list[Note] = []
    for note in notes:
        if note.ticks < 1 or (note.pitch is None and not kept):
            continue
        if note.pitch is None and kept[-1].pitch is None:
            kept[-1] = Note(None, kept[-1].ticks + note.ticks)
        else:
            kept.append(note)
    if kept and kept[-1].pitch is None:
        kept.pop()
    return tuple(kept)


def written(notes: Sequence[Note]) -> str:
    """Notes as text, "62:12 r:24": pitch or r, and ticks."""
    return " ".join(f"{'r' if pitch is None else pitch}:{ticks}" for pitch, ticks in notes)


def unwritten(text: str) -> tuple[Note, ...]:
    """The notes of a text of `written`; raises ValueError for another text."""
    notes = []
    for word in text.split():
        pitch, _, ticks = word.partition(":")
        notes.append(Note(None if pitch == "r" else int(pitch), int(ticks)))
    return tuple(notes)


def transposed(notes: Sequence[Note], semitones: int) -> tuple[Note, ...]:
    """`notes`, higher by `semitones`."""
    moved = []
    for note in notes:
        pitch = None if note.pitch is None else note.pitch + semitones
        moved.append(note._replace(pitch=pitch))
    return tuple(moved)

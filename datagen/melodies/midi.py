"""Melodies of one voice in MIDI files, read by symusic (the extra `midi`)."""

from itertools import pairwise
from pathlib import Path
from typing import Any

from datagen.melodies.tune import TICKS, Note, Tune, tidied
from options.extras import install

MELODY = 8  # least number of notes of a track
OVERLAPS = 0.05  # largest share of notes that overlap the next one by more than SLURRED
SLURRED = 0.5  # share of the time from a note to the next
SHORTEST_REST = TICKS // 4  # shorter gaps are articulation, not rests
REMEDY = "move it away, or give task.tunes.skip=true"


class NoMelodyError(ValueError):
    """A file without a melody, and the reason."""


def read_midi(path: Path, name: str) -> list[Tune]:
    """The melodies in a MIDI file, one for each track of one voice; ids begin with `name`.

    Drum tracks are left out. Lengths are rounded to ticks, and a note lasts until the next one if
    the gap is at most a sixteenth. Raises NoMelodyError if the file is broken or has no melody, and
    ValueError without symusic.
    """
    score = _score(path)
    tunes = []
    for number, track in enumerate(score.tracks):
        # The order of simultaneous notes does not matter; they overlap.
        played = sorted((note.start, note.end, note.pitch) for note in track.notes)
        if not track.is_drum and len(played) >= MELODY and _one_voice(played):
            ticks = TICKS / score.ticks_per_quarter
            notes = _notes([(begin * ticks, end * ticks, pitch) for begin, end, pitch in played])
            tunes.append(Tune(f"{name}#{number}", track.name or path.stem, notes))
    if not tunes:
        raise NoMelodyError(
            f"{path}: holds no track of one voice with at least {MELODY} notes; {REMEDY}"
        )
    return tunes


def _score(path: Path) -> Any:
    try:
        from symusic import Score
    except ImportError as error:
        raise ValueError(
            f"{path}: MIDI files are read by symusic, which is not installed; {install('midi')}"
        ) from error
    try:
        return Score(str(path))
    except (RuntimeError, ValueError) as error:
        raise NoMelodyError(f"{path}: is no whole MIDI file; {REMEDY}") from error


def _one_voice(played: list[tuple]) -> bool:
    """Whether few of the notes (begin, end, pitch) overlap the next one."""
    overlaps = 0
    for (begin, end, _), (following, _, _) in pairwise(played):
        overlaps += end - following > SLURRED * (following - begin)
    return overlaps <= OVERLAPS * len(played)


def _notes(played: list[tuple[float, float, int]]) -> tuple[Note, ...]:
    """Notes and rests of notes (begin, end, pitch) in ticks."""
    notes = []
    ends = [begin for begin, _, _ in played[1:]] + [played[-1][1]]
    for (begin, end, pitch), following in zip(played, ends, strict=True):
        begin, following = round(begin), round(following)
        end = min(round(end), following)
        if following - end < SHORTEST_REST:
            end = following
        notes += [Note(pitch, end - begin), Note(None, following - end)]
    return tidied(notes)

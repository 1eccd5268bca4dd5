"""Notes as sound: a small additive synthesiser."""

from collections.abc import Sequence

import numpy as np

from datagen.melodies.tune import TICKS, Note
from datagen.music import MIDDLE_A_HZ, add, struck
from datagen.synthesis import SAMPLE_RATE, Rng

MIDDLE_A = 69  # its number in MIDI


def seconds(ticks: int, tempo: float) -> float:
    """The duration of `ticks` in seconds at `tempo` quarter notes a minute."""
    return ticks / TICKS * 60 / tempo


def fitted(notes: Sequence[Note], ticks: int) -> tuple[Note, ...]:
    """The first `ticks` of `notes`; the last note may be cut."""
    kept, left = [], ticks
    for note in notes:
        if left > 0:
            kept.append(note._replace(ticks=min(note.ticks, left)))
            left -= note.ticks
    return tuple(kept)


def played(
    rng: Rng, notes: Sequence[Note], tempo: float, timbre: np.ndarray, decay_s: float
) -> np.ndarray:
    """Notes as samples [time] at SAMPLE_RATE, of any level; equal for equal arguments.

    tempo: quarter notes per minute. timbre: amplitudes of harmonics. decay_s: time in which a note
    decays to 1 / e.
    """
    ends = np.cumsum([note.ticks for note in notes])
    begins = [round(seconds(tick, tempo) * SAMPLE_RATE) for tick in (0, *ends)]
    sound = np.zeros(begins[-1])
    for note, begin in zip(notes, begins, strict=False):
        if note.pitch is not None:
            hz = MIDDLE_A_HZ * 2 ** ((note.pitch - MIDDLE_A) / 12)
            held_s = seconds(note.ticks, tempo)
            add(sound, begin, struck(rng, hz, held_s, timbre, decay_s))
    return sound

"""The tokens of a tune, which a network reads: numbers that stand for pitches and lengths.

A tune is BOUNDARY, then two tokens for each note, pitch or REST and length, and BOUNDARY again.
"""

from collections.abc import Sequence

import numpy as np

from datagen.melodies.tune import Note, tidied

BOUNDARY, REST = 0, 1
LOWEST, HIGHEST = 36, 100  # pitches with a token; others are moved by octaves
# Lengths in ticks that have a token; from a 32nd note to two whole ones, triplets among them.
LENGTHS = (3, 4, 6, 8, 9, 12, 16, 18, 21, 24, 30, 36, 42, 48, 60, 72, 84, 96, 120, 144, 192)

FIRST_PITCH = 2
FIRST_LENGTH = FIRST_PITCH + HIGHEST - LOWEST + 1
TOKENS = FIRST_LENGTH + len(LENGTHS)  # number of tokens


def to_tokens(notes: Sequence[Note], semitones: int = 0) -> np.ndarray:
    """The tokens of a tune, transposed by `semitones`: int64 [token].

    A length without a token becomes the nearest length with one.
    """
    tokens = [BOUNDARY]
    for note in notes:
        pitch = REST if note.pitch is None else _pitch_token(note.pitch + semitones)
        tokens += [pitch, _length_token(note.ticks)]
    return np.array([*tokens, BOUNDARY], np.int64)


def to_notes(tokens: Sequence[int]) -> tuple[Note, ...]:
    """The notes of tokens; several tunes follow one another.

    Raises ValueError where a pitch has no length, or a length has no pitch.
    """
    notes: list[Note] = []
    pitch_token = None
    for token in tokens:
        token = int(token)
        if is_length(token) != (pitch_token is not None):
            raise ValueError(f"token {token} after {pitch_token}: a note is a pitch and a length")
        if is_length(token):
            pitch = None if pitch_token == REST else pitch_token - FIRST_PITCH + LOWEST
            notes.append(Note(pitch, LENGTHS[token - FIRST_LENGTH]))
            pitch_token = None
        elif token != BOUNDARY:
            pitch_token = token
    return tidied(notes)


def is_length(token: int) -> bool:
    """Whether a token stands for a length."""
    return token >= FIRST_LENGTH


def may_follow(token: int) -> np.ndarray:
    """The tokens that are valid after `token`: bool [TOKENS]; a tune begins with a note."""
    every = np.arange(TOKENS)
    if is_length(token):
        return every < FIRST_LENGTH
    if token == BOUNDARY:
        return (every >= FIRST_PITCH) & (every < FIRST_LENGTH)
    return every >= FIRST_LENGTH


def _pitch_token(pitch: int) -> int:
    while pitch < LOWEST:
        pitch += 12
    while pitch > HIGHEST:
        pitch -= 12
    return FIRST_PITCH + pitch - LOWEST


def _length_token(ticks: int) -> int:
    distances = [abs(ticks - length) for length in LENGTHS]
    return FIRST_LENGTH + distances.index(min(distances))

"""Synthetic music: chords, a melody, a bass and a drum in one key and one tempo."""

import numpy as np

from datagen.synthesis import SAMPLE_RATE, Rng, harmonics, hits, steady_phase, unit

MODES = (  # steps of a scale in semitones: major, minor, pentatonic
    (0, 2, 4, 5, 7, 9, 11),
    (0, 2, 3, 5, 7, 8, 10),
    (0, 2, 4, 7, 9),
)
MIDDLE_A_HZ = 440.0
CHORD = (0, 2, 4)  # every other step of a scale
RELEASE_S = 0.02


def music(rng: Rng, samples: int) -> np.ndarray:
    """Music [time] of up to four parts with different levels; all pieces differ."""
    beat_s = 60 / rng.uniform(60, 150)
    scale = MODES[rng.integers(len(MODES))]
    key = int(rng.integers(12))
    parts = [_chords, _melody, _bass, _drum]
    played = rng.permutation(len(parts))[: rng.integers(1, len(parts) + 1)]
    total = np.zeros(samples)
    for number in played:
        part = parts[number](rng, samples, beat_s, scale, key)
        total += rng.uniform(0.3, 1.0) * unit(part)
    return total


def _chords(rng: Rng, samples: int, beat_s: float, scale: tuple, key: int) -> np.ndarray:
    """Chords of three notes, which change every two or four beats."""
    held_s = beat_s * rng.choice([2, 4])
    steps = rng.integers(0, len(scale), 4)
    colour, decay_s = timbre(rng), rng.uniform(0.5, 4.0)
    part = np.zeros(samples)
    for number, begin in enumerate(_begins(samples, held_s)):
        for offset in CHORD:
            step = int(steps[number % len(steps)]) + offset
            add(part, begin, struck(rng, _hz(scale, key, step), held_s, colour, decay_s))
    return part


def _melody(rng: Rng, samples: int, beat_s: float, scale: tuple, key: int) -> np.ndarray:
    """Single notes that wander by a few steps, with rests, above the chords."""
    colour, decay_s = timbre(rng), rng.uniform(0.1, 2.0)
    part = np.zeros(samples)
    step = int(rng.integers(7, 14))
    for begin in _begins(samples, beat_s / 2):
        step = int(np.clip(step + rng.integers(-2, 3), 4, 20))
        # The first note always sounds, so that no part is silent.
        if begin == 0 or rng.random() < 0.7:
            held_s = beat_s * rng.choice([0.5, 1.0])
            add(part, begin, struck(rng, _hz(scale, key, step), held_s, colour, decay_s))
    return part


def _bass(rng: Rng, samples: int, beat_s: float, scale: tuple, key: int) -> np.ndarray:
    """A bass line with one low note per beat."""
    steps = rng.integers(-2 * len(scale), -len(scale), 8)
    colour = timbre(rng)
    part = np.zeros(samples)
    for number, begin in enumerate(_begins(samples, beat_s)):
        hz = _hz(scale, key, int(steps[number % len(steps)]))
        add(part, begin, struck(rng, hz, beat_s, colour, 0.5))
    return part


def _drum(rng: Rng, samples: int, beat_s: float, scale: tuple, key: int) -> np.ndarray:
    """Low blows on the beat, and bursts of noise between them."""
    beats = np.array(_begins(samples, beat_s))
    blows = hits(rng, beats, samples, [rng.uniform(45, 90)], 0.08)
    bursts = np.zeros(samples)
    ring = np.exp(-np.arange(int(0.25 * SAMPLE_RATE)) / (rng.uniform(0.01, 0.06) * SAMPLE_RATE))
    for begin in beats + round(beat_s / 2 * SAMPLE_RATE):
        add(bursts, int(begin), ring * rng.standard_normal(len(ring)))
    return unit(blows) + rng.uniform(0.1, 0.7) * bursts


def timbre(rng: Rng) -> np.ndarray:
    """Random amplitudes of the harmonics of an instrument."""
    count = int(rng.integers(1, 16))
    falls = np.arange(1, count + 1) ** -rng.uniform(0.7, 2.0)
    return falls * rng.uniform(0.3, 1.0, count)


def struck(rng: Rng, hz: float, held_s: float, colour: np.ndarray, decay_s: float) -> np.ndarray:
    """A note that is struck, dies away, and is let go: [time]."""
    samples = int(held_s * SAMPLE_RATE)
    audible = colour[: max(1, int(SAMPLE_RATE / 2 / hz))]
    tone = harmonics(rng, steady_phase(samples, hz), audible)
    time_s = np.arange(samples) / SAMPLE_RATE
    attack = np.minimum(1, time_s / rng.uniform(0.002, 0.05))
    release = np.minimum(1, (held_s - time_s) / RELEASE_S)
    return tone * attack * release * np.exp(-time_s / decay_s)


def _hz(scale: tuple, key: int, step: int) -> float:
    """Frequency of a step of a scale; step 0 lies in the octave below the middle A."""
    octave, position = divmod(step, len(scale))
    semitones = 12 * (octave - 1) + key + scale[position]
    return MIDDLE_A_HZ * 2 ** (semitones / 12)


def _begins(samples: int, every_s: float) -> list[int]:
    """First samples of notes that follow one another."""
    return list(range(0, samples, max(1, int(every_s * SAMPLE_RATE))))


def add(part: np.ndarray, begin: int, note: np.ndarray) -> None:
    """Add `note` to `part` at `begin`; the end of `note` is cut if it is too long."""
    heard = note[: max(0, len(part) - begin)]
    part[begin : begin + len(heard)] += heard

"""Melodies as noise: tunes in various keys, tempos and timbres."""

from functools import partial
from pathlib import Path

import numpy as np

from datagen.corpora.synthetic import MadeNoise, Make
from datagen.melodies.embedded import Embedded
from datagen.melodies.families import families, split_of
from datagen.melodies.folder import TuneFolder
from datagen.melodies.playing import played
from datagen.melodies.tune import Note, Tune, transposed
from datagen.music import timbre
from datagen.synthesis import SAMPLE_RATE, Rng
from files.fingerprint import of_values

HELD_OUT = 0.3  # share of the families of tunes that only part=test plays
PARTS = ("train", "test")
KEYS = 6  # semitones up or down
TEMPOS = (80, 180)  # quarter notes a minute
PAUSE_S = 0.5  # longest pause between two tunes


class Melodies(MadeNoise):
    """A sequence of tunes, each on another instrument.

    folder: of ABC and MIDI files; None: the tunes of the project. part: "train" for training noise,
    "test" for unseen noise: other tunes, without versions of the training tunes. Raises ValueError
    for another part.
    """

    kind = "melody"
    title = "tunes, played by a synthesiser"

    def __init__(
        self,
        root: str,
        folder: str | None = None,
        part: str = "train",
        count: int = 40,
        seconds: float = 12.0,
    ):
        super().__init__(root, count, seconds)
        if part not in PARTS:
            raise ValueError(f"part={part} of {self.kind}: one of {', '.join(PARTS)}")
        self.source = Embedded() if folder is None else TuneFolder(folder, "melodies")
        self.only = part
        self.name = f"melody/{part}"

    def workshop(self) -> tuple[Path, Make]:
        """A folder for the tunes, and the maker of a noise; raises the errors of their source.

        Raises ValueError if no tune is left for the part.
        """
        tunes = self.source.tunes()
        of_part = []
        for tune, family in zip(tunes, families(tunes), strict=True):
            is_test = split_of(family, 0, HELD_OUT) == "test"
            if is_test == (self.only == "test"):
                of_part.append(tune)
        if not of_part:
            raise ValueError(
                f"part={self.only} of {self.kind}: none of {len(tunes)} tunes is left for it; "
                "give a folder of more"
            )
        content = of_values([[tune.id, tune.notes] for tune in of_part])
        return self.root / content, partial(_melodies, of_part)


def _melodies(tunes: list[Tune], rng: Rng, samples: int) -> np.ndarray:
    """Samples [time] of tunes that are drawn until there are enough."""
    parts, made = [], 0
    while made < samples:
        tune = tunes[rng.integers(len(tunes))]
        notes = transposed(tune.notes, int(rng.integers(-KEYS, KEYS + 1)))
        tempo, colour, decay_s = rng.uniform(*TEMPOS), timbre(rng), rng.uniform(0.3, 2.0)
        pause = np.zeros(round(rng.uniform(0, PAUSE_S) * SAMPLE_RATE))
        parts += [played(rng, _begun(notes, rng), tempo, colour, decay_s), pause]
        made += len(parts[-2]) + len(pause)
    return np.concatenate(parts)[:samples]


def _begun(notes: tuple[Note, ...], rng: Rng) -> tuple[Note, ...]:
    """The tune from a note in its first half on, so that noises begin differently."""
    begin = int(rng.integers(len(notes) // 2 + 1))
    while notes[begin].pitch is None:
        begin += 1
    return notes[begin:]

"""Synthetic training noise: random colours, and many talkers at once.

A network that trains on few recorded noises learns only those noises; synthetic noise adds variety.
It is used in training only, so that a test has recorded noise.
"""

import zlib
from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar

import numpy as np

from audio import reading
from audio.encoding import encode
from audio.pcm import FULL_SCALE
from datagen.corpora.corpus import Corpora, Corpus
from datagen.recordings import Recording
from datagen.synthesis import SAMPLE_RATE, babble, coloured, drift, levelled
from dsp.decibel import amplitude
from files.atomic import write_atomic
from files.fingerprint import of_files, of_values

VERSION = 1  # raise it when the audio changes: files of other versions are then not used
KNOTS_HZ = 62.5 * 2 ** np.arange(8)  # octaves up to 8 kHz
Make = Callable[[np.random.Generator, int], np.ndarray]  # -> noise [time]


class MadeNoise(Corpus):
    """`count` noises of `seconds` under `root`, synthesised if missing.

    They are used in training only, unless `only` names another split. Raises ValueError for no
    noises, or for noises shorter than a second or longer than an hour.
    """

    kind: ClassVar[str]
    licence = "made here"
    only = "train"

    def __init__(self, root: str, count: int, seconds: float):
        if count < 1 or not 1 <= seconds <= 3600:
            raise ValueError(
                f"count={count}, seconds={seconds:g} of {self.kind}: "
                "at least one noise of 1 to 3600 s"
            )
        self.root = Path(str(root))
        self.count, self.seconds = count, seconds
        self.name = self.kind

    def recordings(self) -> list[Recording]:
        """The noises by number."""
        folder, make = self.workshop()
        recordings = []
        for number in range(self.count):
            name = f"{self.kind}-{VERSION}-{self.seconds:g}s-{number:03d}"
            path = folder / f"{name}.flac"
            if not path.exists():
                self._write(path, make)
            unique = f"{self.name}/{name}"
            recordings.append(Recording(unique, str(path), unique, kind=self.kind, only=self.only))
        return recordings

    def _write(self, path: Path, make: Make) -> None:
        rng = np.random.default_rng(zlib.crc32(path.stem.encode()))
        noise = make(rng, round(self.seconds * SAMPLE_RATE))
        write_atomic(path, encode(levelled(noise), SAMPLE_RATE, "flac"))

    @abstractmethod
    def workshop(self) -> tuple[Path, Make]:
        """The folder of the noises, and the maker of a noise."""


class RandomColours(MadeNoise):
    """Noises of random colour: steady or with changing level; all differ."""

    kind = "colour"
    title = "noises of random colour"

    def __init__(self, root: str, count: int = 80, seconds: float = 8.0):
        super().__init__(root, count, seconds)

    def workshop(self) -> tuple[Path, Make]:
        """`root`, and the maker of a noise."""
        return self.root, _colour


class Crowds(MadeNoise):
    """Noises of 2 to `talkers` speakers of `speech` at once.

    speech, test: the corpora of the roles speech.train and speech.test. Raises ValueError without a
    test corpus, because test speakers would then be in the training noise. Validation speakers may
    be.
    """

    kind = "crowd"
    title = "crowds of training speakers"
    licence = "made here, of the speech that training hears"

    def __init__(
        self,
        root: str,
        speech: Corpora,
        test: Corpora,
        count: int = 20,
        seconds: float = 8.0,
        talkers: int = 8,
    ):
        super().__init__(root, count, seconds)
        if not test:
            raise ValueError(
                "a corpus of crowds would hold test speakers: "
                "name test speech of its own, or leave it out"
            )
        if talkers < 2:
            raise ValueError(f"talkers={talkers} of {self.kind}: at least 2 make a crowd")
        self.speech, self.talkers = speech, talkers

    def workshop(self) -> tuple[Path, Make]:
        """A folder named by the speech, and the maker of a noise; raises the errors of corpora."""
        speech = []
        for corpus in self.speech.values():
            speech += corpus.recordings()
        speech.sort(key=lambda recording: recording.id)
        ids = [recording.id for recording in speech]
        files = of_files([recording.path for recording in speech])
        fingerprint = of_values(ids, files, self.talkers)
        return self.root / fingerprint, partial(_crowd, speech, self.talkers)


def _colour(rng: np.random.Generator, samples: int) -> np.ndarray:
    """A slope of -9 to 3 dB per octave and resonances of up to some 10 dB.

    The level of every other noise changes over time, in one band or in two.
    """
    noise = _swelling(rng, _bent(rng, samples))
    if rng.random() >= 0.5:
        return noise
    share = rng.uniform(0, 1)
    second = _swelling(rng, _bent(rng, samples))
    return noise + share * second


def _bent(rng: np.random.Generator, samples: int) -> np.ndarray:
    octaves = np.arange(len(KNOTS_HZ))
    slope_db = rng.uniform(-9, 3)
    bends_db = rng.normal(0, 5, len(octaves))
    gain_db = slope_db * octaves + bends_db

    def magnitude(freq: np.ndarray) -> np.ndarray:
        return amplitude(np.interp(np.log2(freq + 1), np.log2(KNOTS_HZ), gain_db))

    return coloured(rng, samples, magnitude)


def _swelling(rng: np.random.Generator, noise: np.ndarray) -> np.ndarray:
    if rng.random() < 0.5:
        return noise
    depth_db = rng.uniform(3, 20)
    period_s = rng.uniform(0.1, 2.0)
    gain_db = depth_db * (drift(rng, len(noise), period_s) - 1)
    return noise * amplitude(gain_db)


def _crowd(
    speech: list[Recording], talkers: int, rng: np.random.Generator, samples: int
) -> np.ndarray:
    count = int(rng.integers(2, talkers + 1))
    utterances = [_utterances(speech, rng, samples) for _ in range(count)]
    return babble(rng, samples, utterances)


def _utterances(
    speech: list[Recording], rng: np.random.Generator, samples: int
) -> list[np.ndarray]:
    """Utterances of one speaker, of the needed total length if there are enough."""
    sources = sorted({recording.source for recording in speech})
    source = sources[rng.integers(len(sources))]
    utterances, length = [], 0
    for recording in speech:
        if recording.source == source and length < samples:
            utterance = reading.read(recording.path, SAMPLE_RATE) / FULL_SCALE
            level = np.sqrt(np.mean(utterance**2))
            utterances.append(utterance / max(level, 1e-6))
            length += len(utterance)
    return utterances

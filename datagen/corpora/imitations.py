"""Synthetic noise that imitates music, machines and weather, only for training."""

from pathlib import Path

import numpy as np

from datagen.corpora.synthetic import MadeNoise, Make
from datagen.demo_noise import SEEN, UNSEEN
from datagen.music import music
from datagen.synthesis import Rng

GENERATORS = (*SEEN.values(), *UNSEEN.values())


class Music(MadeNoise):
    """Synthetic music of chords, melodies, basses and drums; all noises differ."""

    kind = "music"
    title = "made-up music"

    def __init__(self, root: str, count: int = 60, seconds: float = 12.0):
        super().__init__(root, count, seconds)

    def workshop(self) -> tuple[Path, Make]:
        """`root`, and the maker of a noise."""
        return self.root, music


class Imitations(MadeNoise):
    """Engines, hum, wind, rain, fans, alarms, hammers, trains, sirens and rotors; all differ."""

    kind = "imitation"
    title = "imitations of machines and weather"

    def __init__(self, root: str, count: int = 100, seconds: float = 8.0):
        super().__init__(root, count, seconds)

    def workshop(self) -> tuple[Path, Make]:
        """`root`, and the maker of a noise."""
        return self.root, _imitation


def _imitation(rng: Rng, samples: int) -> np.ndarray:
    generator = GENERATORS[rng.integers(len(GENERATORS))]
    return generator(rng, samples)

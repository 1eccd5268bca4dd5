"""The choice of the long noise of a plan's row, and the number of mixtures of an utterance."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple

import numpy as np
import pandas as pd

from datagen.long_noise import LongNoise


class Turn(NamedTuple):
    """The position of a row among the rows of its split.

    turn: the turn of the utterance, over all laps. number: the number of the mixture among all
    mixtures of its utterance. snr_position: the position of its SNR among the SNRs of the split.
    """

    turn: int
    number: int
    snr_position: int


class NoiseChoice(ABC):
    """Chooses the noise for the speech of a row. grid: the combinations of the test, as text."""

    grid: ClassVar[str]

    @abstractmethod
    def cells(self, split: str) -> int:
        """The number of mixtures of an utterance; in the test split it covers all SNRs."""

    @abstractmethod
    def of(
        self, split: str, turn: Turn, speech: pd.Series, rng: np.random.Generator
    ) -> tuple[LongNoise, bool]:
        """The noise of a row whose speech is `speech`, and whether training uses it."""

    @abstractmethod
    def lacking(self, split: str) -> str:
        """The parts that `split` lacks for the drawing, as text; "" if it has all."""


class RecordedNoises(NoiseChoice):
    """Seen noise of a split as one long noise; in the test also each unseen recording as one.

    noise: a row for every `datagen.recordings.Stretch`. test_snrs: number of SNRs of the test.
    """

    grid = "every SNR, seen and unseen"

    def __init__(self, noise: pd.DataFrame, splits: Sequence[str], test_snrs: int):
        self._test_snrs = test_snrs
        self._seen: dict[str, LongNoise] = {}
        for split in splits:
            serving = noise[noise.seen & noise.split.isin(["", split])]
            self._seen[split] = LongNoise.of(serving)
        self._unseen: list[list[LongNoise]] = []  # by kind
        for _, kind in noise[~noise.seen].groupby("kind", sort=False):
            vectors = kind.groupby("vector", sort=False)
            self._unseen.append([LongNoise.of(stretches) for _, stretches in vectors])

    def cells(self, split: str) -> int:
        """The number of mixtures of an utterance: in the test split SNRs x {seen, unseen}."""
        if split != "test":
            return 1
        return 2 * self._test_snrs if self._unseen else self._test_snrs

    def of(
        self, split: str, turn: Turn, speech: pd.Series, rng: np.random.Generator
    ) -> tuple[LongNoise, bool]:
        """See `NoiseChoice.of`."""
        seen = turn.number < (self._test_snrs if split == "test" else 1)
        return (self._seen[split] if seen else self._unseen_noise(turn)), seen

    def lacking(self, split: str) -> str:
        """See `NoiseChoice.lacking`."""
        return (
            ""
            if self._seen[split].ids
            else f"no recording of seen noise serves in the split {split}"
        )

    def _unseen_noise(self, turn: Turn) -> LongNoise:
        """The unseen noise of a row: kinds take turns over utterances, shifted by one per SNR.

        So every SNR occurs with every kind.
        """
        kinds = len(self._unseen)
        kind = self._unseen[(turn.turn + turn.snr_position) % kinds]
        lap = turn.turn // kinds
        return kind[lap % len(kind)]


class OtherTalkers(NoiseChoice):
    """All utterances of one other speaker of the split, joined; the speaker is drawn for every row.

    Both talkers of the test are thus unseen, and no row has the same speaker twice. talkers: see
    `datagen.split.talker_stretches`. test_snrs: number of SNRs of the test.
    """

    grid = "every SNR"

    def __init__(self, talkers: pd.DataFrame, splits: Sequence[str], test_snrs: int):
        self._test_snrs = test_snrs
        self._of_split: dict[str, Mapping[str, LongNoise]] = {}
        for split in splits:
            by_speaker = talkers[talkers.split == split].groupby("source")
            self._of_split[split] = {name: LongNoise.of(rows) for name, rows in by_speaker}

    def cells(self, split: str) -> int:
        """The number of mixtures of an utterance: in the test split one for every SNR."""
        return self._test_snrs if split == "test" else 1

    def of(
        self, split: str, turn: Turn, speech: pd.Series, rng: np.random.Generator
    ) -> tuple[LongNoise, bool]:
        """See `NoiseChoice.of`."""
        others = [name for name in self._of_split[split] if name != speech.source]
        chosen = others[int(rng.integers(len(others)))]
        return self._of_split[split][chosen], split == "train"

    def lacking(self, split: str) -> str:
        """See `NoiseChoice.lacking`."""
        speakers = list(self._of_split[split])
        if len(speakers) >= 2:
            return ""
        named = f" ({speakers[0]})" if speakers else ""
        return f"{split} has {len(speakers)} speaker(s){named}, and two talkers are two"

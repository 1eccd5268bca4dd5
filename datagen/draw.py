"""One row of a mixing plan, drawn alone: the same whenever, wherever and in whatever order it is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch

from audio.pcm import FULL_SCALE
from datagen.library import Library
from datagen.mix import TOLERANCE_DB, mix
from datagen.protocol import Protocol
from datagen.row import Row
from datagen.split import SPLITS
from datagen.unmixable import (
    OUT_OF_REACH,
    PEAK_LIMIT,
    SILENT_NOISE,
    SILENT_SPEECH,
    Unmixable,
    reach_db,
    refusal,
)
from dsp.level import is_silent, level_db
from dsp.level import snr_db as measured_snr_db

ATTEMPTS = 100
FLOOR_DB = -60.0  # the quieter of clean and noise where that can be: 16-bit rounding then moves the SNR by 0.0003 dB
GAIN_STEP_DB = 0.01
LIFT_DB = 6.0  # further, step by step, where that is not enough


class LongNoise(NamedTuple):
    """Stretches joined to one noise: their ids, where each starts in its recording, and the ends of all in the whole.

    ends begins with 0.
    """

    ids: list[str]
    starts: np.ndarray
    ends: np.ndarray


class Cell(NamedTuple):
    """What is fixed for a row before anything is cut: a recording of speech, an SNR, a noise and whether it is seen."""

    speech: pd.Series
    snr_db: float
    noise: LongNoise
    noise_seen: bool


@dataclass
class Drawer:
    """Draws rows: `draw(split, index)` is a pure function of its arguments, the seed and the tables.

    speech: a row for every `datagen.recordings.Utterance`, noise: for every `Stretch`. left_out:
    recordings that serve nowhere.
    """

    protocol: Protocol
    speech: pd.DataFrame
    noise: pd.DataFrame
    library: Library
    sample_rate: int
    seed: int
    left_out: int = 0
    _speech: dict[str, pd.DataFrame] = field(init=False, repr=False)
    _seen: dict[str, LongNoise] = field(init=False, repr=False)
    _unseen: list[list[LongNoise]] = field(init=False, repr=False)  # by kind

    def __post_init__(self):
        self._speech = {split: self.speech_of(split).reset_index(drop=True) for split in SPLITS}
        self._seen = {}
        for split in SPLITS:
            noise = self.noise_of(split)
            self._seen[split] = _joined(noise[noise.seen])
        self._unseen = []
        for _, kind in self.noise[~self.noise.seen].groupby("kind", sort=False):
            vectors = kind.groupby("vector", sort=False)
            self._unseen.append([_joined(stretches) for _, stretches in vectors])

    def speech_of(self, split: str) -> pd.DataFrame:
        """The rows of speech that serve in `split`."""
        return self.speech[self.speech.split == split]

    def noise_of(self, split: str) -> pd.DataFrame:
        """The rows of noise that serve in `split`."""
        return self.noise[self.noise.split.isin(["", split])]

    def cells(self, split: str) -> int:
        """How many mixtures an utterance goes through in a full grid: SNRs x {seen, unseen} in the test split."""
        noises = 2 if split == "test" and self._unseen else 1
        return len(self.protocol.snr_db[split]) * noises if split == "test" else 1

    def draw(self, split: str, index: int) -> Row:
        """Row `index` of `split`.

        Raises ValueError where no excerpt that can be mixed is found in 100 attempts.
        """
        rng = np.random.default_rng([self.seed, SPLITS.index(split), index])
        cell = self._cell(split, index, rng)
        tried = []
        while True:
            cut = self._cut(split, cell, rng)
            snr_db = self._snr_db(split, cut, cell.snr_db, rng)
            gain_db = self._gain_db(cut, snr_db, rng)
            if not isinstance(gain_db, Unmixable):
                break
            tried.append(gain_db)
            if len(tried) == ATTEMPTS:
                raise ValueError(f"{split} mixture {index}: {self._refusal(split, cell, tried)}")
        name = f"{split}-{index:06d}"
        return Row(name, split, **cut, snr_db=snr_db, gain_db=gain_db, noise_seen=cell.noise_seen)

    def _refusal(self, split: str, cell: Cell, tried: list[Unmixable]) -> str:
        noises = dict(zip(self.noise.id, self.noise.path, strict=True))
        if self.protocol.amplitude(split) is not None:
            return refusal(tried, cell.speech.path, noises, "plan.noise_amplitude")
        return refusal(
            tried, cell.speech.path, noises, f"plan.snr_db.{split}", self.protocol.snr_db[split]
        )

    def _cell(self, split: str, index: int, rng: np.random.Generator) -> Cell:
        """Utterance, SNR and noise of a row: each utterance in turn, in an order that the seed decides."""
        grid, snrs = self.cells(split), self.protocol.snr_db[split]
        turn, cell = divmod(index, grid)
        lap, position = divmod(turn, len(self._speech[split]))
        order = np.random.default_rng([self.seed, SPLITS.index(split), lap, 1]).permutation(
            len(self._speech[split])
        )
        snr_position = cell % len(snrs) if split == "test" else int(rng.integers(len(snrs)))
        seen = cell < len(snrs)
        return Cell(
            self._speech[split].iloc[order[position]],
            float(snrs[snr_position]),
            self._seen[split] if seen else self._unseen_noise(turn, snr_position),
            seen,
        )

    def _unseen_noise(self, turn: int, snr_position: int) -> LongNoise:
        """Kinds of noise take turns over utterances, shifted by one per SNR, so that every SNR meets every kind."""
        kind = self._unseen[(turn + snr_position) % len(self._unseen)]
        return kind[(turn // len(self._unseen)) % len(kind)]

    def _cut(self, split: str, cell: Cell, rng: np.random.Generator) -> dict[str, Any]:
        longest, available = self.protocol.segment_s[split], cell.speech.length
        length = available if longest is None else min(available, round(longest * self.sample_rate))
        ids, starts, ends = cell.noise
        point = int(rng.integers(ends[-1]))
        position = int(np.searchsorted(ends, point, side="right")) - 1
        return {
            "speech_id": cell.speech.id,
            "speech_start": int(rng.integers(available - length + 1)),
            "noise_id": ids[position],
            "noise_start": int(starts[position] + point - ends[position]),
            "length": int(length),
        }

    def _snr_db(
        self, split: str, cut: Mapping[str, Any], chosen: float, rng: np.random.Generator
    ) -> float:
        """The SNR chosen, or the one that a drawn amplitude of the noise makes."""
        if (amplitude := self.protocol.amplitude(split)) is None:
            return chosen
        factor = rng.uniform(*amplitude)
        clean, noise = (torch.from_numpy(excerpt) for excerpt in self.library.excerpts(cut))
        return round(float(measured_snr_db(clean, noise)) - 20 * np.log10(factor), 4)

    def _gain_db(
        self, cut: Mapping[str, Any], snr_db: float, rng: np.random.Generator
    ) -> float | Unmixable:
        """The joint gain: as drawn, but within the limits of 16-bit audio; or why the cut cannot be mixed."""
        drawn = rng.uniform(*self.protocol.gain_db)
        clean, noise = (torch.from_numpy(excerpt) for excerpt in self.library.excerpts(cut))
        for part, cause in ((clean, SILENT_SPEECH), (noise, SILENT_NOISE)):
            if is_silent(part, FULL_SCALE):
                return Unmixable(cause, cut["noise_id"])
        parts = mix(clean, noise, *torch.tensor([snr_db, 0.0], dtype=torch.float64))
        loudest = max(float(part.abs().max()) for part in parts.values())
        quietest = min(float(level_db(parts[name])) for name in ("clean", "noise"))
        highest = 20 * np.log10(PEAK_LIMIT / loudest)
        lowest = FLOOR_DB - quietest
        steps = np.arange(min(max(drawn, lowest), highest), highest + 1e-9, LIFT_DB)
        gains = (_on_grid(gain) for gain in (*steps, highest))
        kept = next((gain for gain in gains if _keeps_snr(clean, noise, snr_db, gain)), None)
        return (
            Unmixable(OUT_OF_REACH, cut["noise_id"], snr_db, *reach_db(clean, noise))
            if kept is None
            else kept
        )


def _joined(stretches: pd.DataFrame) -> LongNoise:
    lengths = stretches.stop - stretches.start
    return LongNoise(stretches.id.tolist(), stretches.start.to_numpy(), np.cumsum([0, *lengths]))


def _on_grid(gain_db: float) -> float:
    return float(np.round(np.floor(gain_db / GAIN_STEP_DB) * GAIN_STEP_DB, 2))


def _keeps_snr(clean: torch.Tensor, noise: torch.Tensor, snr_db: float, gain_db: float) -> bool:
    """Whether the SNR survives rounding; where a signal hardly moves (an offset, a square wave) it may not."""
    parts = mix(clean, noise, *torch.tensor([snr_db, gain_db], dtype=torch.float64))
    return abs(float(measured_snr_db(parts["clean"], parts["noise"])) - snr_db) <= TOLERANCE_DB

"""Draws one row of a mixing plan alone. The row does not depend on the order of drawing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch

from audio.pcm import FULL_SCALE
from datagen.gain import fitting_gain_db
from datagen.library import Library
from datagen.long_noise import LongNoise
from datagen.noise_choice import NoiseChoice, OtherTalkers, RecordedNoises, Turn
from datagen.protocol import Protocol
from datagen.row import Row, of_training
from datagen.split import SPLITS
from datagen.unmixable import (
    OUT_OF_REACH,
    SILENT_NOISE,
    SILENT_SPEECH,
    Unmixable,
    reach_db,
    refusal,
)
from datagen.variety import Variety
from dsp.level import is_silent
from dsp.level import snr_db as measured_snr_db

ATTEMPTS = 100
LAP = 1  # number of the generator that orders speech; datagen.variety has the next numbers


class Cell(NamedTuple):
    """The properties of a row that are fixed before the cut; noise_seen: its noise is seen."""

    speech: pd.Series
    snr_db: float
    noise: LongNoise
    noise_seen: bool


@dataclass
class Drawer:
    """Draws rows; `draw(split, index)` follows from its arguments, the seed and the tables alone.

    speech: a row for every `datagen.recordings.Utterance`, noise: for every `Stretch`. left_out:
    number of recordings that are not used.
    """

    protocol: Protocol
    speech: pd.DataFrame
    noise: pd.DataFrame
    library: Library
    sample_rate: int
    seed: int
    left_out: int = 0
    _speech: dict[str, pd.DataFrame] = field(init=False, repr=False)
    _last_orders: dict[str, tuple[int, np.ndarray]] = field(init=False, repr=False)
    noises: NoiseChoice = field(init=False, repr=False)

    def __post_init__(self):
        self._speech = {split: self._turns(split) for split in SPLITS}
        self._last_orders = {}
        choice = OtherTalkers if self.protocol.second_talker else RecordedNoises
        self.noises = choice(self.noise, SPLITS, len(self.protocol.snr_db["test"]))

    def speech_of(self, split: str) -> pd.DataFrame:
        """The rows of speech that `split` uses."""
        return self.speech[self.speech.split == split]

    def noise_of(self, split: str) -> pd.DataFrame:
        """The rows of noise that `split` uses."""
        return self.noise[self.noise.split.isin(["", split])]

    def _turns(self, split: str) -> pd.DataFrame:
        """The speech of `split`, each utterance repeated by its number of turns in a lap."""
        speech = self.speech_of(split)
        if split == "train" and self.protocol.turn_s is not None:
            turn = self.protocol.turn_s * self.sample_rate
            turns = (speech.length / turn).round().clip(lower=1).astype(int)
            speech = speech.loc[speech.index.repeat(turns)]
        return speech.reset_index(drop=True)

    def draw(self, split: str, index: int) -> Row:
        """Row `index` of `split`.

        Raises ValueError where none of 100 excerpts can be mixed.
        """
        rng = self._generator(split, index)
        cell = self._cell(split, index, rng)
        generator = partial(self._generator, split, index)
        variety = Variety(self.protocol, self.sample_rate, generator)
        failures = []
        while len(failures) < ATTEMPTS:
            cut = self._cut(split, cell, rng)
            if split == "train":
                is_audible = partial(self._is_audible, cut["length"])
                cut.update(variety.columns(cell.noise, is_audible))
            snr_db = self._snr_db(split, cut, cell.snr_db, rng)
            gain_db = self._gain_db(cut, snr_db, rng)
            if isinstance(gain_db, Unmixable):
                failures.append(gain_db)
                continue
            name = f"{split}-{index:06d}"
            drawn = {"snr_db": snr_db, "gain_db": gain_db, "noise_seen": cell.noise_seen}
            return Row(name, split, **cut, **drawn)
        raise ValueError(f"{split} mixture {index}: {self._refusal(split, cell, failures)}")

    def _generator(self, split: str, *numbers: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, SPLITS.index(split), *numbers])

    def _refusal(self, split: str, cell: Cell, failures: list[Unmixable]) -> str:
        noises = dict(zip(self.noise.id, self.noise.path, strict=True))
        option, snrs_db = "plan.noise_amplitude", ()
        if self.protocol.amplitude(split) is None:
            option, snrs_db = f"plan.snr_db.{split}", self.protocol.snr_db[split]
        return refusal(failures, cell.speech.path, noises, option, snrs_db)

    def _cell(self, split: str, index: int, rng: np.random.Generator) -> Cell:
        """Utterance, SNR and noise of a row."""
        speech, snrs = self._speech[split], self.protocol.snr_db[split]
        turn, number = divmod(index, self.noises.cells(split))
        lap, position = divmod(turn, len(speech))
        if split == "test":
            snr_position = number % len(snrs)
        else:
            snr_position = int(rng.integers(len(snrs)))
        chosen = speech.iloc[self._order(split, lap)[position]]
        noise, seen = self.noises.of(split, Turn(turn, number, snr_position), chosen, rng)
        return Cell(chosen, float(snrs[snr_position]), noise, seen)

    def _order(self, split: str, lap: int) -> np.ndarray:
        """The order of the turns of utterances in a lap, which the seed decides."""
        last, order = self._last_orders.get(split, (None, None))
        if last != lap:  # kept, because the rows of a lap are drawn one after another
            order = self._generator(split, lap, LAP).permutation(len(self._speech[split]))
            self._last_orders[split] = lap, order
        return order

    def _cut(self, split: str, cell: Cell, rng: np.random.Generator) -> dict[str, Any]:
        longest_s, length = self.protocol.segment_s[split], cell.speech.length
        if longest_s is not None:
            length = min(length, round(longest_s * self.sample_rate))
        noise_id, noise_start = cell.noise.cut(rng)
        return {
            "speech_id": cell.speech.id,
            "speech_start": int(rng.integers(cell.speech.length - length + 1)),
            "noise_id": noise_id,
            "noise_start": noise_start,
            "length": int(length),
            **of_training(),
        }

    def _is_audible(self, length: int, noise_id: str, start: int) -> bool:
        """Whether a cut of noise is not silent."""
        samples = self.library.noise(noise_id, start, length)
        return not is_silent(torch.from_numpy(samples), FULL_SCALE)

    def _snr_db(
        self, split: str, cut: Mapping[str, Any], chosen: float, rng: np.random.Generator
    ) -> float:
        """The chosen SNR, or the SNR that follows from a drawn amplitude of the noise."""
        amplitudes = self.protocol.amplitude(split)
        if amplitudes is None:
            return chosen
        factor = rng.uniform(*amplitudes)
        clean, noise = self._excerpts(cut)
        recorded = float(measured_snr_db(clean, noise))
        return round(recorded - 20 * np.log10(factor), 4)

    def _gain_db(
        self, cut: Mapping[str, Any], snr_db: float, rng: np.random.Generator
    ) -> float | Unmixable:
        """The joint gain, or the reason why the cut cannot be mixed."""
        drawn_db = rng.uniform(*self.protocol.gain_db)
        clean, noise = self._excerpts(cut)
        if is_silent(clean, FULL_SCALE):
            return Unmixable(SILENT_SPEECH, cut["noise_id"])
        if is_silent(noise, FULL_SCALE):
            return Unmixable(SILENT_NOISE, cut["noise_id"])
        gain_db = fitting_gain_db(clean, noise, snr_db, drawn_db)
        if gain_db is None:
            return Unmixable(OUT_OF_REACH, cut["noise_id"], snr_db, *reach_db(clean, noise))
        return gain_db

    def _excerpts(self, cut: Mapping[str, Any]) -> tuple[torch.Tensor, torch.Tensor]:
        clean, noise = self.library.excerpts(cut)
        return torch.from_numpy(clean), torch.from_numpy(noise)

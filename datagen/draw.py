"""One row of a mixing plan, drawn alone: the same whenever, wherever and in whatever order it is drawn."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import torch

from audio.pcm import FULL_SCALE
from datagen.library import Library
from datagen.mix import TOLERANCE_DB, mix
from datagen.split import SPLITS, vector_of
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


@dataclass(frozen=True)
class Protocol:
    """How rows are drawn; every dictionary is by split.

    snr_db: the SNRs to choose from. segment_s: longest excerpt in seconds, None for whole utterances. gain_db: range
    of the joint gain. noise_amplitude: range of the factor that noise is added with in training and validation, instead
    of an SNR; the SNR it makes is the row's. overlapping: seen noise of all splits is cut from one vector.
    """

    sample_rate: int
    snr_db: dict[str, list[float]]
    segment_s: dict[str, float | None]
    gain_db: tuple[float, float] = (0.0, 0.0)
    noise_amplitude: tuple[float, float] | None = None
    overlapping: bool = False


@dataclass
class Drawer:
    """Draws rows: `draw(split, index)` is a pure function of its arguments, the seed and the tables.

    speech has a `split` column, noise a `vector` column (see datagen.split). left_out: recordings that serve nowhere.
    """

    protocol: Protocol
    speech: pd.DataFrame
    noise: pd.DataFrame
    library: Library
    seed: int
    left_out: int = 0
    _speech: dict = field(init=False, repr=False)
    _vectors: dict = field(init=False, repr=False)
    _unseen: list = field(init=False, repr=False)

    def __post_init__(self):
        self._speech = {split: self.speech[self.speech.split == split].reset_index(drop=True) for split in SPLITS}
        self._vectors = {
            name: (rows.id.tolist(), rows.start.to_numpy(), np.cumsum([0, *(rows.stop - rows.start)]))
            for name, rows in self.noise.groupby("vector", sort=False)
        }
        unseen = self.noise[self.noise.vector.str.startswith("unseen-")]
        self._unseen = [rows.vector.tolist() for _, rows in unseen.groupby("category", sort=False)]

    def cells(self, split: str) -> int:
        """How many mixtures an utterance goes through in a full grid: SNRs x {seen, unseen} in the test split."""
        noises = 2 if split == "test" and self._unseen else 1
        return len(self.protocol.snr_db[split]) * noises if split == "test" else 1

    def draw(self, split: str, index: int) -> dict:
        """Row `index` of `split`, with the columns of the plan.

        Raises ValueError where no excerpt that can be mixed is found in 100 attempts.
        """
        rng = np.random.default_rng([self.seed, SPLITS.index(split), index])
        fixed = self._cell(split, index, rng)
        tried = []
        while True:
            cut = self._cut(split, fixed, rng)
            snr_db = self._snr_db(split, cut, fixed["snr_db"], rng)
            gain_db = self._gain_db(cut, snr_db, rng)
            if not isinstance(gain_db, Unmixable):
                break
            tried.append(gain_db)
            if len(tried) == ATTEMPTS:
                raise ValueError(f"{split} mixture {index}: {self._refusal(split, fixed, tried)}")
        return {
            "mixture_id": f"{split}-{index:06d}",
            "split": split,
            **cut,
            "snr_db": snr_db,
            "gain_db": gain_db,
            "noise_seen": fixed["noise_seen"],
        }

    def _refusal(self, split: str, fixed: dict, tried: list[Unmixable]) -> str:
        snrs = split == "test" or self.protocol.noise_amplitude is None
        option = f"plan.snr_db.{split}" if snrs else "plan.noise_amplitude"
        noises = dict(zip(self.noise.id, self.noise.path, strict=True))
        return refusal(tried, fixed["speech"].path, noises, option, self.protocol.snr_db[split])

    def _cell(self, split: str, index: int, rng: np.random.Generator) -> dict:
        """Utterance, SNR and noise vector of a row: each utterance in turn, in an order that the seed decides."""
        grid, snrs = self.cells(split), self.protocol.snr_db[split]
        turn, cell = divmod(index, grid)
        lap, position = divmod(turn, len(self._speech[split]))
        order = np.random.default_rng([self.seed, SPLITS.index(split), lap, 1]).permutation(len(self._speech[split]))
        snr_position = cell % len(snrs) if split == "test" else int(rng.integers(len(snrs)))
        seen = cell < len(snrs)
        return {
            "speech": self._speech[split].iloc[order[position]],
            "snr_db": float(snrs[snr_position]),
            "noise_seen": seen,
            "vector": vector_of(split, self.protocol.overlapping) if seen else self._unseen_vector(turn, snr_position),
        }

    def _unseen_vector(self, turn: int, snr_position: int) -> str:
        """Kinds of noise take turns over utterances, shifted by one per SNR, so that every SNR meets every kind."""
        kinds = self._unseen[(turn + snr_position) % len(self._unseen)]
        return kinds[(turn // len(self._unseen)) % len(kinds)]

    def _cut(self, split: str, fixed: dict, rng: np.random.Generator) -> dict:
        rate, longest = self.protocol.sample_rate, self.protocol.segment_s[split]
        available = fixed["speech"].length
        length = available if longest is None else min(available, round(longest * rate))
        ids, starts, ends = self._vectors[fixed["vector"]]
        point = int(rng.integers(ends[-1]))
        position = int(np.searchsorted(ends, point, side="right")) - 1
        return {
            "speech_id": fixed["speech"].id,
            "speech_start": int(rng.integers(available - length + 1)),
            "noise_id": ids[position],
            "noise_start": int(starts[position] + point - ends[position]),
            "length": int(length),
        }

    def _snr_db(self, split: str, cut: dict, chosen: float, rng: np.random.Generator) -> float:
        """The SNR chosen, or the one that a drawn amplitude of the noise makes."""
        if self.protocol.noise_amplitude is None or split == "test":
            return chosen
        factor = rng.uniform(*self.protocol.noise_amplitude)
        clean, noise = (torch.from_numpy(excerpt) for excerpt in excerpts(cut, self.library))
        return round(float(measured_snr_db(clean, noise)) - 20 * np.log10(factor), 4)

    def _gain_db(self, cut: dict, snr_db: float, rng: np.random.Generator) -> float | Unmixable:
        """The joint gain: as drawn, but within the limits of 16-bit audio; or why the cut cannot be mixed."""
        drawn = rng.uniform(*self.protocol.gain_db)
        clean, noise = (torch.from_numpy(excerpt) for excerpt in excerpts(cut, self.library))
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
        return Unmixable(OUT_OF_REACH, cut["noise_id"], snr_db, *reach_db(clean, noise)) if kept is None else kept


def _on_grid(gain_db: float) -> float:
    return float(np.round(np.floor(gain_db / GAIN_STEP_DB) * GAIN_STEP_DB, 2))


def _keeps_snr(clean: torch.Tensor, noise: torch.Tensor, snr_db: float, gain_db: float) -> bool:
    """Whether the SNR survives rounding; where a signal hardly moves (an offset, a square wave) it may not."""
    parts = mix(clean, noise, *torch.tensor([snr_db, gain_db], dtype=torch.float64))
    return abs(float(measured_snr_db(parts["clean"], parts["noise"])) - snr_db) <= TOLERANCE_DB


def excerpts(row: dict, library: Library) -> tuple[np.ndarray, np.ndarray]:
    """Clean and noise of a row before mixing: 16-bit samples [time] each."""
    return (
        library.clean(row["speech_id"], row["speech_start"], row["length"]),
        library.noise(row["noise_id"], row["noise_start"], row["length"]),
    )

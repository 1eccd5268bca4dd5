"""Three routes to the same batch: mixed in a loader worker, on the device, or rendered before."""

from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from audio.pcm import FULL_SCALE
from datagen.library import Library
from datagen.mix import mix
from datagen.present import part_factors
from datagen.render import RENDERED, render, sha256
from datagen.route import Route
from datagen.storage.stored import existing_storage
from files.table import read_table


class Mixed(Route):
    """Mixtures that are rendered in a loader worker."""

    def __init__(self, rows: pd.DataFrame, library: Library):
        super().__init__(rows)
        self.library = library

    def __getitem__(self, index: int) -> dict:
        row = self.row(index)
        item = render(row, self.library)
        item["length"] = row["length"]
        return item


class Unmixed(Mixed):
    """Clean and noise as 16-bit samples, which are mixed on the device.

    They have a third of the bytes, and the worker does not mix.
    """

    def __getitem__(self, index: int) -> dict:
        row = self.row(index)
        clean, noise = self.library.excerpts(row)
        return {
            "clean": torch.from_numpy(clean),
            "noise": torch.from_numpy(noise),
            "length": row["length"],
            "snr_db": row["snr_db"],
            "gain_db": row["gain_db"],
            **part_factors(row),
        }

    def on_device(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """Mix the whole batch."""
        arguments = dict(batch)
        length = arguments.pop("length")
        mixed = mix(**arguments)
        mixed["length"] = length
        return mixed


class Rendered(Route):
    """Mixtures that `generate.py render=true` wrote to `folder`.

    Raises FileNotFoundError if one is missing, ValueError if they have another sample rate, or if
    rendered.csv is damaged or names other mixtures. Reading a mixture raises ValueError if it has
    changed since it was written.
    """

    def __init__(self, rows: pd.DataFrame, folder: str, sample_rate: int):
        self.folder, self.sample_rate = Path(folder), sample_rate
        again = _again(self.folder)
        self.storage, located = existing_storage(rows, self.folder, sample_rate, again)
        super().__init__(_with_sums(located, self.folder))
        if len(rows):
            self._check_rate()

    def __getitem__(self, index: int) -> dict:
        row = self.row(index)
        clean_pcm, noise_pcm = self._part(row, "clean"), self._part(row, "noise")
        if row["sha256"] not in ("", sha256(clean_pcm + noise_pcm)):
            problem = "what it holds and its noise are not what was rendered"
            raise ValueError(self._damaged(row, "clean", problem))
        clean, noise = _signal(clean_pcm), _signal(noise_pcm)
        return {"mixture": clean + noise, "clean": clean, "noise": noise, "length": row["length"]}

    def _check_rate(self) -> None:
        rate = self.storage.rate(self.row(0))
        if rate != self.sample_rate:
            raise ValueError(
                f"{self.folder}: rendered at {rate} Hz, not {self.sample_rate}; "
                f"set sample_rate={rate}"
            )

    def _part(self, row: dict, part: str) -> np.ndarray:
        samples = self.storage.samples(row, part)
        if len(samples) != row["length"]:
            problem = f"has {len(samples)} samples, not the plan's {row['length']}"
            raise ValueError(self._damaged(row, part, problem))
        return samples

    def _damaged(self, row: dict, part: str, problem: str) -> str:
        return f"{self.storage.path(row, part)}: {problem}; remove it and {_again(self.folder)}"


def _again(folder: Path) -> str:
    return f"run generate.py with output={folder} render=true again"


def _with_sums(rows: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """`rows` with the sha256 of each mixture from rendered.csv.

    It is "" for a mixture that was not rendered yet.
    """
    path = folder / "rendered.csv"
    if not path.exists():
        return rows.assign(sha256="")
    table = read_table(path, RENDERED, _again(folder))
    rendered = table[table.split.isin(rows.split)]
    same_mixtures = rendered.mixture_id.tolist() == rows.mixture_id.tolist()
    same_lengths = rendered.samples.tolist() == rows.length.tolist()
    if not (same_mixtures and same_lengths):
        splits = ", ".join(rows.split.unique())
        raise ValueError(
            f"{path}: does not have the {len(rows)} mixtures of plan.csv in {splits}; "
            f"{_again(folder)}, or remove {path} where the change was meant"
        )
    return rows.assign(sha256=rendered.sha256.to_numpy())


def _signal(pcm: np.ndarray) -> Tensor:
    """16-bit samples [time] in [-1, 1)."""
    return torch.from_numpy(pcm).float().div_(FULL_SCALE)

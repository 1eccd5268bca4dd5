"""Three ways to the same batch: mixed in a loader worker, mixed on the device, or read as rendered."""

from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.utils.data import Dataset

from audio import reading
from audio.pcm import FULL_SCALE
from datagen.library import Library
from datagen.mix import mix
from datagen.render import FORMATS, PARTS, RENDERED, part_path, render, sha256
from files.table import read_table


class Route(Dataset, ABC):
    """The mixtures of one split, from the plan's `rows` to the batches that a network trains on.

    A new route writes `__getitem__`, and `on_device` where that leaves work to do.
    datagen.batches.collate pads the items to a batch on the way. Rows are kept as columns, so that
    workers share them instead of copying objects.
    """

    def __init__(self, rows: pd.DataFrame):
        self._columns = {name: rows[name].to_numpy(dtype=_storage(rows[name])) for name in rows}

    def __len__(self) -> int:
        return len(self._columns["length"])

    @abstractmethod
    def __getitem__(self, index: int) -> dict:
        """The signals of row `index`, [time] each, its `length` in samples, and all that `on_device` needs beside."""

    def row(self, index: int) -> dict:
        """One plan row with plain values."""
        return {
            name: values[index].item() if values.dtype.kind != "U" else str(values[index])
            for name, values in self._columns.items()
        }

    @staticmethod
    def on_device(batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """The batch as the models take it: mixture, clean, noise [batch, time] and length, made where `batch` lies."""
        return batch


class Mixed(Route):
    """Mixtures rendered where they are asked for: in a loader worker."""

    def __init__(self, rows: pd.DataFrame, library: Library):
        super().__init__(rows)
        self.library = library

    def __getitem__(self, index: int) -> dict:
        row = self.row(index)
        return {**render(row, self.library), "length": row["length"]}


class Unmixed(Mixed):
    """Clean and noise as 16-bit samples, to be mixed on the device: a third of the bytes, none of the work."""

    def __getitem__(self, index: int) -> dict:
        row = self.row(index)
        clean, noise = (torch.from_numpy(excerpt) for excerpt in self.library.excerpts(row))
        return {
            "clean": clean,
            "noise": noise,
            **{name: row[name] for name in ("length", "snr_db", "gain_db")},
        }

    @staticmethod
    def on_device(batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """Mix the whole batch."""
        return {
            **mix(batch["clean"], batch["noise"], batch["snr_db"], batch["gain_db"]),
            "length": batch["length"],
        }


class Rendered(Route):
    """Mixtures as `generate.py render=true` wrote them to `folder`.

    Raises FileNotFoundError where one is missing, ValueError where they have another sample rate,
    or where rendered.csv is damaged or names other mixtures; reading a mixture raises ValueError
    where it is not the one that was written.
    """

    def __init__(self, rows: pd.DataFrame, folder: str, sample_rate: int):
        super().__init__(_with_sums(rows, Path(folder)))
        self.folder, self.sample_rate = Path(folder), sample_rate
        lacking = {audio_format: self._first_missing(audio_format) for audio_format in FORMATS}
        self.format = next(
            (audio_format for audio_format in FORMATS if lacking[audio_format] is None), None
        )
        if self.format is None:
            begun = [
                name
                for name in FORMATS
                if part_path(self.folder, self.row(0), PARTS[0], name).exists()
            ]
            missing = lacking[(begun or FORMATS)[0]]
            raise FileNotFoundError(f"{missing}: not rendered; {_again(self.folder)}")
        if len(rows):
            self._check_rate()

    def __getitem__(self, index: int) -> dict:
        row = self.row(index)
        clean, noise = (self._part(row, part) for part in ("clean", "noise"))
        if row["sha256"] not in ("", sha256(clean + noise)):
            raise ValueError(
                self._odd(row, "clean", "what it holds and its noise are not what was rendered")
            )
        clean, noise = (torch.from_numpy(part).float().div_(FULL_SCALE) for part in (clean, noise))
        return {"mixture": clean + noise, "clean": clean, "noise": noise, "length": row["length"]}

    def _first_missing(self, audio_format: str) -> Path | None:
        paths = (
            part_path(self.folder, self.row(i), part, audio_format)
            for i in range(len(self))
            for part in PARTS
        )
        return next((path for path in paths if not path.exists()), None)

    def _check_rate(self) -> None:
        rendered, _, _ = reading.header(part_path(self.folder, self.row(0), "mixture", self.format))
        if rendered != self.sample_rate:
            raise ValueError(
                f"{self.folder}: rendered at {rendered} Hz, not {self.sample_rate}; set sample_rate={rendered}"
            )

    def _part(self, row: dict, part: str) -> np.ndarray:
        samples = reading.read(part_path(self.folder, row, part, self.format), self.sample_rate)
        if len(samples) != row["length"]:
            raise ValueError(
                self._odd(row, part, f"has {len(samples)} samples, not the plan's {row['length']}")
            )
        return samples

    def _odd(self, row: dict, part: str, what: str) -> str:
        return f"{part_path(self.folder, row, part, self.format)}: {what}; remove it and {_again(self.folder)}"


def _again(folder: Path) -> str:
    return f"run generate.py with output={folder} render=true again"


def _with_sums(rows: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """`rows` with the sha256 that rendered.csv has of each mixture, "" where a rendering did not come that far."""
    path = folder / "rendered.csv"
    if not path.exists():
        return rows.assign(sha256="")
    table = read_table(path, RENDERED, _again(folder))
    told = table[table.split.isin(rows.split)].set_index("mixture_id")
    if (
        told.index.tolist() != rows.mixture_id.tolist()
        or told.samples.tolist() != rows.length.tolist()
    ):
        raise ValueError(
            f"{path}: does not have the {len(rows)} mixtures of plan.csv in {', '.join(rows.split.unique())}; "
            f"{_again(folder)}, or remove {path} where the change was meant"
        )
    return rows.assign(sha256=told.sha256[rows.mixture_id].to_numpy())


def _storage(column: pd.Series) -> str | None:
    return column.dtype.name if column.dtype.kind in "bif" else "U"

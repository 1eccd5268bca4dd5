"""The plan of a composer's training: the split and the keys of every tune."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import torch

from datagen.datamodule import PlanData
from datagen.melodies.families import families, split_of
from datagen.melodies.tables import as_noise, as_speech
from datagen.melodies.tokens import to_tokens
from datagen.melodies.tune import Tune, unwritten, written
from datagen.route import Route
from datagen.tables import NOISE, SPEECH
from files.schema import types_of
from files.table import read_table, write_tables

ROWS, TUNES = "plan.csv", "tunes.csv"
AGAIN = "train the run anew"


class Piece(NamedTuple):
    """A row of the plan: `length` tokens of a tune from `start` on, transposed by `semitones`."""

    mixture_id: str
    split: str
    tune_id: str
    semitones: int
    start: int
    length: int


@dataclass(frozen=True)
class TuneRow:
    """A row of tunes.csv: a tune, the family that it belongs to, and its notes as text."""

    id: str
    title: str
    family: str
    split: str
    notes: str


@dataclass(frozen=True)
class TunePlan:
    """A row per piece of a tune in a key, and the tunes; see Piece and TuneRow."""

    rows: pd.DataFrame
    tunes: pd.DataFrame

    def split(self, name: str) -> pd.DataFrame:
        """The rows of one split."""
        return self.rows[self.rows.split == name].reset_index(drop=True)

    def save(self, folder: Path) -> None:
        """Write tunes.csv, plan.csv and the table that tests are compared with, with checksums."""
        none = as_noise(self.tunes[:0], pd.Series(dtype=int))
        tables = {TUNES: self.tunes, SPEECH: as_speech(self.tunes), NOISE: none, ROWS: self.rows}
        write_tables(folder, tables)


def draw(
    tunes: Sequence[Tune], transpose: int, validation: float, test: float, longest: int
) -> TunePlan:
    """The plan of `tunes`.

    transpose: training has each of its tunes in all keys up to this number of semitones away;
    validation and test have theirs in their original keys. validation, test: shares of the
    families. longest: tokens of a piece; a longer tune has several pieces. Raises ValueError if a
    split has no tunes.
    """
    table, pieces = [], []
    for tune, family in zip(tunes, families(tunes), strict=True):
        split = split_of(family, validation, test)
        table.append(TuneRow(tune.id, tune.title, family, split, written(tune.notes)))
        away = transpose if split == "train" else 0
        for semitones in range(-away, away + 1):
            pieces += _pieces(tune, split, semitones, longest)
    plan = TunePlan(pd.DataFrame(pieces, columns=Piece._fields), pd.DataFrame(table))
    _require_all_splits(plan, validation, test)
    return plan


def _pieces(tune: Tune, split: str, semitones: int, longest: int) -> list[Piece]:
    """Pieces that begin with the last token of the piece before: each token is predicted once."""
    tokens = 2 * len(tune.notes) + 2
    pieces = []
    for start in range(0, tokens - 1, longest - 1):
        name = f"{tune.id}{semitones:+d}@{start}"
        length = min(longest, tokens - start)
        pieces.append(Piece(name, split, tune.id, semitones, start, length))
    return pieces


def _require_all_splits(plan: TunePlan, validation: float, test: float) -> None:
    for split in ("train", "validation", "test"):
        if plan.split(split).empty:
            raise ValueError(
                f"task.tunes: of {len(plan.tunes)} tunes in {plan.tunes.family.nunique()} families "
                f"none is left for {split}; give more tunes, or other shares than "
                f"task.validation={validation:g} and task.test={test:g}"
            )


class TuneRows(Route):
    """Pieces of tunes as tokens: "tokens" [token] of row `index`, and their number as "length"."""

    def __init__(self, rows: pd.DataFrame, tunes: pd.DataFrame):
        super().__init__(rows)
        needed = tunes[tunes.id.isin(rows.tune_id)]
        self.notes = dict(zip(needed.id, needed.notes, strict=True))

    def __getitem__(self, index: int) -> dict:
        row = self.row(index)
        tokens = to_tokens(unwritten(self.notes[row["tune_id"]]), row["semitones"])
        piece = tokens[row["start"] : row["start"] + row["length"]]
        return {"tokens": torch.from_numpy(piece), "length": row["length"]}


class TuneData(PlanData):
    """Loaders over the pieces of a plan of tunes."""

    def described(self, split: str) -> str:
        """The number of tunes of `split`, and of tokens in one lap over them."""
        rows = self.plan.split(split)
        keys = rows.semitones.nunique()
        in_keys = f" in {keys} keys" if keys > 1 else ""
        tokens = rows.length.sum()
        return f"{rows.tune_id.nunique():,} tunes of {split}{in_keys} ({tokens:,} tokens)"


def load_tunes(run: Path) -> pd.DataFrame:
    """The tunes of a training, and their splits: see TuneRow; raises the errors of `read_table`."""
    return read_table(run / TUNES, types_of(TuneRow), AGAIN)

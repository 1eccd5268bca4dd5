"""The mixing plan is the data set: a complete row per mixture, and tables of its recordings."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from datagen import large_rows
from datagen.older import RENAMED
from datagen.row_faults import TWICE, Faults, contradicted, unnamed
from datagen.split import SPLITS
from datagen.tables import NOISE, ROWS, SPEECH, difference, schemas
from files.feather import groups, is_mapped
from files.fingerprint import of_values
from files.schema import Schema
from files.sums import TableError
from files.table import read_table, unchanged, write_tables

log = logging.getLogger(__name__)
AGAIN = "make the plan again with generate.py"


@dataclass(frozen=True)
class Plan:
    """A row per mixture, and the tables of its recordings.

    rows: see datagen.row. speech, noise: see datagen.recordings.

    Rows may have further columns, which are text. They stay with the plan when it is loaded, split
    and saved.
    """

    rows: pd.DataFrame
    speech: pd.DataFrame
    noise: pd.DataFrame

    def split(self, name: str) -> pd.DataFrame:
        """The rows of one split; consecutive rows are not copied."""
        places = np.flatnonzero((self.rows.split == name).to_numpy(bool))
        if len(places) and places[-1] - places[0] + 1 == len(places):
            return self.rows.iloc[places[0] : places[-1] + 1].reset_index(drop=True)
        return self.rows.iloc[places].reset_index(drop=True)

    def of(self, speech: pd.DataFrame) -> "Plan":
        """The rows whose speech is in `speech`."""
        rows = self.rows[self.rows.speech_id.isin(speech.id)].reset_index(drop=True)
        return Plan(rows, speech, self.noise)

    @property
    def judged(self) -> str:
        """The split on which systems are tested: the test, or validation without a test."""
        return "test" if (self.rows.split == "test").any() else "validation"

    def save(self, folder: Path) -> None:
        """Write plan.csv, speech.csv and noise.csv, and their checksums to SHA256SUMS.

        Rows that are mapped into memory become plan.feather instead of plan.csv.

        A damaged table of this plan is restored, and a table of an older version is replaced;
        additional columns of the existing rows are kept. Raises ValueError if `folder` holds
        another plan, or this plan over audio that has changed; it is then unchanged.
        """
        # plan.csv is written last: it marks a complete plan.
        tables = {NOISE: self.noise, SPEECH: self.speech, ROWS: self.rows}
        large = is_mapped(self.rows)
        if large:
            del tables[ROWS]
        _refuse_other_form(folder, large)
        for name, table in tables.items():
            tables[name] = _beside(folder / name, table)
        write_tables(folder, tables)
        if large:
            _save_large(folder / large_rows.FILE, self.rows)


def _refuse_other_form(folder: Path, large: bool) -> None:
    other = folder / (ROWS if large else large_rows.FILE)
    if other.exists():
        raise ValueError(
            f"{folder}: holds another plan, {other.name}; choose another output or remove it"
        )


def _save_large(path: Path, rows: pd.DataFrame) -> None:
    """Write mapped `rows` to `path`; raises ValueError if `path` holds other rows."""
    if not path.exists():
        large_rows.save(path, groups(rows))
    elif not large_rows.equal(large_rows.load(path, f"remove {path} and run again"), rows):
        raise ValueError(
            f"{path.parent}: holds another plan ({path.name}); choose another output or remove it"
        )


def _beside(path: Path, table: pd.DataFrame) -> pd.DataFrame:
    """`table` as it can be written to `path`, with the additional columns of the existing file.

    Raises ValueError if `path` holds another table; paths of corpora may differ.
    """
    if not path.exists():
        return table
    schema, remedy = schemas()[path.name], f"remove {path} and run again"
    if unchanged(path, table):  # a damaged copy of the same table may be replaced
        try:
            read_table(path, schema, remedy)
        except TableError as error:
            log.warning("note: %s; it is written again", error.problem)
        return table
    there = read_table(path, schema, remedy)
    first_difference = difference(there, table)
    if first_difference:
        raise ValueError(
            f"{path.parent}: holds another plan ({path.name} differs: {first_difference}); "
            "choose another output or remove it"
        )
    more = {}
    for name in there:
        if name not in schema.types and name not in table:
            more[name] = there[name].to_numpy()
    return table.assign(**more)


def load_plan(folder: Path) -> Plan:
    """The plan that `Plan.save` wrote to `folder`.

    Raises FileNotFoundError if there is none, ValueError if a table is damaged or the tables do not
    fit together.
    """
    large = folder / large_rows.FILE
    for name in (large.name if large.exists() else ROWS, SPEECH, NOISE):
        if not (folder / name).exists():
            raise FileNotFoundError(f"{folder}: holds no plan, {name} is missing; {AGAIN}")
    speech, noise = load_recordings(folder, AGAIN)
    if large.exists():
        rows = large_rows.load(large, AGAIN)
        _check(large, map(large_rows.plain, groups(rows)), speech, noise)
    else:
        rows = read_table(folder / ROWS, schemas()[ROWS], AGAIN)
        _refuse(folder / ROWS, rows, {TWICE: rows.mixture_id.duplicated()}, AGAIN)
        _check(folder / ROWS, groups(rows), speech, noise)
    return Plan(rows, speech, noise)


def fingerprint(rows: pd.DataFrame) -> str:
    """A name for the content of all rows of a plan, or of a split's rows."""
    # Renamed columns have their first names here: fingerprints in older reports stay valid.
    first_names = {name: first for first, name in RENAMED.items()}
    return of_values(rows.rename(columns=first_names).to_csv())


def load_recordings(
    folder: Path, remedy: str, known: Mapping[str, Schema] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables of speech and of noise that `Plan.save` wrote to `folder`; errors end in `remedy`.

    known: the schemas of the two tables, instead of `schemas`. Raises FileNotFoundError for a
    missing table, ValueError for a damaged one.
    """
    known = known or schemas()
    speech = read_table(folder / SPEECH, known[SPEECH], remedy)
    noise = read_table(folder / NOISE, known[NOISE], remedy)
    _refuse(folder / SPEECH, speech, _faults_of_speech(speech), remedy)
    _refuse(folder / NOISE, noise, _faults_of_noise(noise), remedy)
    return speech, noise


def _faults_of_speech(speech: pd.DataFrame) -> Faults:
    splits = ", ".join(SPLITS)
    return {
        "stands there twice": speech.id.duplicated(),
        f"serves in none of the splits {splits}": ~speech.split.isin(SPLITS),
        "has a length below 1": speech.length < 1,
    }


def _faults_of_noise(noise: pd.DataFrame) -> Faults:
    backwards = (noise.start < 0) | (noise.stop <= noise.start)
    return {
        "stands there twice": noise.id.duplicated(),
        "does not start before it stops": backwards,
    }


def _check(
    path: Path, parts: Iterable[pd.DataFrame], speech: pd.DataFrame, noise: pd.DataFrame
) -> None:
    """Raise ValueError for the first row of a part that the tables beside it contradict.

    parts: of all rows, in order; only one part is in memory.
    """
    begin = 0
    for rows in parts:
        rows = rows.reset_index(drop=True)
        for faults_of in (unnamed, contradicted):
            _refuse(path, rows, faults_of(rows, speech, noise), AGAIN, begin)
        begin += len(rows)


def _refuse(path: Path, table: pd.DataFrame, faults: Faults, remedy: str, begin: int = 0) -> None:
    """Raise ValueError for the first row with the first fault; begin: number of earlier rows."""
    for fault, faulty in faults.items():
        if faulty.any():
            row = int(faulty.to_numpy().argmax())
            name = table.iloc[row, 0]
            raise ValueError(f"{path}: row {begin + row + 2}, {name}, {fault}; {remedy}")

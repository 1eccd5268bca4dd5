"""The mixing plan is the data set: one complete row per mixture, beside the tables of what it is made of."""

import logging
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from datagen.split import SPLITS
from datagen.tables import NOISE, ROWS, SPEECH, difference, schemas
from files.table import TableError, read_table, unchanged, write_tables

log = logging.getLogger(__name__)
AGAIN = "make the plan again with generate.py"


@dataclass(frozen=True)
class Plan:
    """rows: one per mixture, see datagen.row; speech, noise: what they are made of, see datagen.recordings.

    Rows may have columns more, which are text: they go with the plan wherever it is loaded, split
    and saved.
    """

    rows: pd.DataFrame
    speech: pd.DataFrame
    noise: pd.DataFrame

    def split(self, name: str) -> pd.DataFrame:
        """The rows of one split."""
        return self.rows[self.rows.split == name].reset_index(drop=True)

    def save(self, folder: Path) -> None:
        """Write plan.csv, speech.csv and noise.csv, and their checksums to SHA256SUMS.

        A damaged table of this plan is mended, and one that an older version wrote is replaced;
        columns that only the rows there have are kept. Raises ValueError where `folder` holds
        another plan, or the same one of audio that has changed since; it is left as it is.
        """
        tables = {
            NOISE: self.noise,
            SPEECH: self.speech,
            ROWS: self.rows,
        }  # plan.csv last: it says that all are there
        write_tables(
            folder, {name: _beside(folder / name, table) for name, table in tables.items()}
        )


def _beside(path: Path, table: pd.DataFrame) -> pd.DataFrame:
    """`table` as it can be written to `path`: with the columns more that stand there.

    Raises ValueError where another table stands there, wherever the corpora lie now.
    """
    if not path.exists():
        return table
    schema, remedy = schemas()[path.name], f"remove {path} and run again"
    if unchanged(path, table):  # it was to be this one, so it may be written anew
        try:
            read_table(path, schema, remedy)
        except TableError as error:
            log.warning("note: %s; it is written again", error.problem)
        return table
    there = read_table(path, schema, remedy)
    if what := difference(there, table):
        raise ValueError(
            f"{path.parent}: holds another plan ({path.name} differs: {what}); choose another output or remove it"
        )
    more = [name for name in there if name not in schema.types and name not in table]
    return table.assign(**{name: there[name].to_numpy() for name in more})


def load_plan(folder: Path) -> Plan:
    """The plan that `Plan.save` wrote to `folder`.

    Raises FileNotFoundError where it holds none, ValueError where a table is damaged or they do not
    fit together.
    """
    if missing := [name for name in (ROWS, SPEECH, NOISE) if not (folder / name).exists()]:
        raise FileNotFoundError(f"{folder}: holds no plan, {missing[0]} is missing; {AGAIN}")
    plan = Plan(read_table(folder / ROWS, schemas()[ROWS], AGAIN), *load_recordings(folder, AGAIN))
    _check(folder / ROWS, plan)
    return plan


def load_recordings(folder: Path, remedy: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables of speech and of noise that `Plan.save` wrote to `folder`; errors end in `remedy`.

    Raises FileNotFoundError where one is missing, ValueError where one is damaged.
    """
    speech, noise = (read_table(folder / name, schemas()[name], remedy) for name in (SPEECH, NOISE))
    for name, table, wrong, what in (
        (SPEECH, speech, speech.id.duplicated(), "stands there twice"),
        (
            SPEECH,
            speech,
            ~speech.split.isin(SPLITS),
            f"serves in none of the splits {', '.join(SPLITS)}",
        ),
        (SPEECH, speech, speech.length < 1, "has a length below 1"),
        (NOISE, noise, noise.id.duplicated(), "stands there twice"),
        (
            NOISE,
            noise,
            (noise.start < 0) | (noise.stop <= noise.start),
            "does not start before it stops",
        ),
    ):
        _refuse(folder / name, wrong, table, what, remedy)
    return speech, noise


def _check(path: Path, plan: Plan) -> None:
    """Raise ValueError for the first row that the tables beside it do not bear out."""
    rows = plan.rows
    for what, names, table in (
        ("speech", rows.speech_id, plan.speech),
        ("noise", rows.noise_id, plan.noise),
    ):
        _refuse(path, ~names.isin(table.id), rows, f"names a {what} that {what}.csv lacks", AGAIN)
    speech = plan.speech.set_index("id").loc[rows.speech_id].reset_index(drop=True)
    noise = plan.noise.set_index("id").loc[rows.noise_id].reset_index(drop=True)
    for wrong, what in (
        (rows.mixture_id.duplicated(), "stands there twice"),
        (rows.split != speech.split, "has speech of another split"),
        (rows.length < 1, "has a length below 1"),
        (
            (rows.speech_start < 0) | (rows.speech_start + rows.length > speech.length),
            "leaves its recording of speech",
        ),
        (
            (rows.noise_start < noise.start) | (rows.noise_start >= noise.stop),
            "begins outside its stretch of noise",
        ),
        (rows.noise_seen != noise.seen, "is wrong about whether its noise is seen"),
    ):
        _refuse(path, wrong, rows, what, AGAIN)


def _refuse(path: Path, wrong: pd.Series, table: pd.DataFrame, what: str, remedy: str) -> None:
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise ValueError(f"{path}: row {row + 2}, {table.iloc[row, 0]}, {what}; {remedy}")

"""The mixing plan is the data set: one complete row per mixture, beside the tables of what it is made of."""

import logging
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from datagen.draw import Drawer
from datagen.row import Row
from datagen.split import SPLITS
from datagen.tables import NOISE, ROWS, SPEECH, difference, schemas
from files.fingerprint import of_files, of_values
from files.schema import types_of
from files.table import TableError, keep, read_table, recall, unchanged, write_tables
from parallel.threads import over_threads

log = logging.getLogger(__name__)
DRAWING = 3  # raise it when rows are drawn otherwise: plans under the cache are then drawn anew
AGAIN = "make the plan again with generate.py"


@dataclass(frozen=True)
class Plan:
    """rows: one per mixture, see datagen.row; speech, noise: what they are made of, see datagen.recordings.

    Rows may have columns more, which are text: they go with the plan wherever it is loaded, split and saved.
    """

    rows: pd.DataFrame
    speech: pd.DataFrame
    noise: pd.DataFrame

    def split(self, name: str) -> pd.DataFrame:
        """The rows of one split."""
        return self.rows[self.rows.split == name].reset_index(drop=True)

    def save(self, folder: Path) -> None:
        """Write plan.csv, speech.csv and noise.csv, and their checksums to SHA256SUMS.

        A damaged table of this plan is mended, and one that an older version wrote is replaced; columns that only the
        rows there have are kept. Raises ValueError where `folder` holds another plan, or the same one of audio that has
        changed since; it is left as it is.
        """
        tables = {NOISE: self.noise, SPEECH: self.speech, ROWS: self.rows}  # plan.csv last: it says that all are there
        write_tables(folder, {name: _beside(folder / name, table) for name, table in tables.items()})


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

    Raises FileNotFoundError where it holds none, ValueError where a table is damaged or they do not fit together.
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
        (SPEECH, speech, ~speech.split.isin(SPLITS), f"serves in none of the splits {', '.join(SPLITS)}"),
        (SPEECH, speech, speech.length < 1, "has a length below 1"),
        (NOISE, noise, noise.id.duplicated(), "stands there twice"),
        (NOISE, noise, (noise.start < 0) | (noise.stop <= noise.start), "does not start before it stops"),
    ):
        _refuse(folder / name, wrong, table, what, remedy)
    return speech, noise


def _check(path: Path, plan: Plan) -> None:
    """Raise ValueError for the first row that the tables beside it do not bear out."""
    rows = plan.rows
    for what, names, table in (("speech", rows.speech_id, plan.speech), ("noise", rows.noise_id, plan.noise)):
        _refuse(path, ~names.isin(table.id), rows, f"names a {what} that {what}.csv lacks", AGAIN)
    speech = plan.speech.set_index("id").loc[rows.speech_id].reset_index(drop=True)
    noise = plan.noise.set_index("id").loc[rows.noise_id].reset_index(drop=True)
    for wrong, what in (
        (rows.mixture_id.duplicated(), "stands there twice"),
        (rows.split != speech.split, "has speech of another split"),
        (rows.length < 1, "has a length below 1"),
        ((rows.speech_start < 0) | (rows.speech_start + rows.length > speech.length), "leaves its recording of speech"),
        ((rows.noise_start < noise.start) | (rows.noise_start >= noise.stop), "begins outside its stretch of noise"),
        (rows.noise_seen != noise.seen, "is wrong about whether its noise is seen"),
    ):
        _refuse(path, wrong, rows, what, AGAIN)


def _refuse(path: Path, wrong: pd.Series, table: pd.DataFrame, what: str, remedy: str) -> None:
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise ValueError(f"{path}: row {row + 2}, {table.iloc[row, 0]}, {what}; {remedy}")


def draw_plan(drawer: Drawer, counts: dict[str, int], cache: Path, jobs: int = 1) -> Plan:
    """Draw `counts[split]` rows of every split, over `jobs` threads; rows drawn before are found under `cache`.

    Raises ValueError where a split is asked for that has no speech or no noise, or a test count that is no whole number
    of grids.
    """
    columns = list(types_of(Row))
    rows = [_split_rows(drawer, split, count, cache, jobs) for split, count in counts.items() if count]
    table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=columns)
    return Plan(table[columns], drawer.speech, drawer.noise)


def _split_rows(drawer: Drawer, split: str, count: int, cache: Path, jobs: int) -> pd.DataFrame:
    _refuse_undrawable(drawer, split, count)
    kept = cache / "plans" / f"{_key(drawer, split, count)}.csv"
    rows = recall(kept, types_of(Row))
    if rows is None:
        drawn = over_threads(partial(drawer.draw, split), range(count), jobs, f"drawing {split}", "row")
        rows = pd.DataFrame(drawn)
        keep(kept, rows)
    return rows


def _refuse_undrawable(drawer: Drawer, split: str, count: int) -> None:
    """Raise ValueError where `count` rows of `split` cannot be drawn."""
    noise = drawer.noise_of(split)
    for what, serving in (("speech", drawer.speech_of(split)), ("seen noise", noise[noise.seen])):
        if serving.empty:
            raise ValueError(
                f"plan.{split}={count}: no recording of {what} serves in the split {split}; add some or set it to 0"
            )
    cells = drawer.cells(split)
    if count % cells:
        fewer = count - count % cells
        raise ValueError(
            f"plan.{split}={count}: not a multiple of {cells} (every SNR, seen and unseen); "
            f"use {max(cells, fewer)} or {max(2 * cells, fewer + cells)}"
        )


def _key(drawer: Drawer, split: str, count: int) -> str:
    """A name for `count` rows of `split`: another one wherever anything is other that decides them."""
    speech, noise = drawer.speech_of(split), drawer.noise_of(split)
    tables = [speech.to_csv(index=False), noise.to_csv(index=False), of_files([*speech.path, *noise.path])]
    return of_values(DRAWING, tables, drawer.protocol.of_rows(split), drawer.sample_rate, drawer.seed, split, count)

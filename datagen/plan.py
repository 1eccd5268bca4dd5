"""The mixing plan is the data set: one complete row per mixture, beside the tables of what it is made of."""

import logging
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from datagen.draw import Drawer
from datagen.recordings import DEFAULTS, TYPES
from datagen.split import SPLITS
from files.fingerprint import of_files, of_values
from files.table import keep, read_table, recall, unchanged, write_tables
from parallel.threads import over_threads

log = logging.getLogger(__name__)
DRAWING = 2  # raise it when rows are drawn otherwise: plans under the cache are then drawn anew
ROWS = {
    "mixture_id": str, "split": str, "speech_id": str, "speech_start": int, "noise_id": str, "noise_start": int,
    "length": int, "snr_db": float, "gain_db": float, "noise_seen": bool,
}  # fmt: skip
COLUMNS = list(ROWS)
TABLES = {
    "plan.csv": ("rows", ROWS),
    "speech.csv": ("speech", {**TYPES, "length": int, "split": str}),
    "noise.csv": ("noise", {**TYPES, "vector": str, "start": int, "stop": int}),
}
AGAIN = "make the plan again with generate.py"


@dataclass(frozen=True)
class Plan:
    """rows: one per mixture, with COLUMNS (starts and lengths in samples); speech, noise: the recordings tables."""

    rows: pd.DataFrame
    speech: pd.DataFrame
    noise: pd.DataFrame

    def split(self, name: str) -> pd.DataFrame:
        """The rows of one split."""
        return self.rows[self.rows.split == name].reset_index(drop=True)

    def save(self, folder: Path) -> None:
        """Write plan.csv, speech.csv and noise.csv, and their checksums to SHA256SUMS.

        A damaged table of this plan is mended. Raises ValueError where `folder` holds another plan, or the same one of
        audio that has changed since; it is left as it is.
        """
        tables = {name: getattr(self, attribute) for name, (attribute, _) in TABLES.items()}
        for name, table in tables.items():
            if (folder / name).exists():
                _refuse_another(folder / name, table)
        write_tables(folder, dict(reversed(tables.items())))  # plan.csv last: where it stands, the others do


def _refuse_another(path: Path, table: pd.DataFrame) -> None:
    """Raise ValueError where the table at `path` is not `table`, wherever the corpora lie now."""
    remedy = f"remove {path} and run again"
    if unchanged(path, table):  # it was to be this one, so it may be written anew
        try:
            read_table(path, TABLES[path.name][1], remedy)
        except ValueError as damage:
            log.warning("note: %s", str(damage).partition(";")[0] + "; it is written again")
        return
    if difference := _difference(read_table(path, TABLES[path.name][1], remedy, DEFAULTS), table):
        raise ValueError(
            f"{path.parent}: holds another plan ({path.name} differs: {difference}); choose another output or remove it"
        )


def _difference(there: pd.DataFrame, here: pd.DataFrame) -> str:
    """The first thing in which two tables differ; "" where in nothing but paths, and content that one does not know."""
    if len(there) != len(here):
        return f"{len(there)} rows there, {len(here)} here"
    for column in here.columns.drop("path", errors="ignore"):
        for row, (before, now) in enumerate(zip(there[column], here[column], strict=True)):
            if before != now and (column != "content" or (before and now)):
                what = "the audio" if column == "content" else column
                return f"{what} of {here.iloc[row, 0]}"
    return ""


def load_plan(folder: Path) -> Plan:
    """The plan that `Plan.save` wrote to `folder`.

    Raises FileNotFoundError where it holds none, ValueError where a table is damaged or they do not fit together.
    """
    if missing := [name for name in TABLES if not (folder / name).exists()]:
        raise FileNotFoundError(f"{folder}: holds no plan, {missing[0]} is missing; {AGAIN}")
    plan = Plan(read_table(folder / "plan.csv", ROWS, AGAIN), *load_recordings(folder, AGAIN))
    _check(folder / "plan.csv", plan)
    return plan


def load_recordings(folder: Path, remedy: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables of speech and of noise that `Plan.save` wrote to `folder`; errors end in `remedy`.

    Raises FileNotFoundError where one is missing, ValueError where one is damaged.
    """
    speech, noise = (
        read_table(folder / name, TABLES[name][1], remedy, DEFAULTS) for name in ("speech.csv", "noise.csv")
    )
    for name, table, wrong, what in (
        ("speech.csv", speech, speech.id.duplicated(), "stands there twice"),
        ("speech.csv", speech, ~speech.split.isin(SPLITS), f"serves in none of the splits {', '.join(SPLITS)}"),
        ("speech.csv", speech, speech.length < 1, "has a length below 1"),
        ("noise.csv", noise, noise.id.duplicated(), "stands there twice"),
        ("noise.csv", noise, (noise.start < 0) | (noise.stop <= noise.start), "does not start before it stops"),
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
        (rows.noise_seen != noise.vector.str.startswith("seen"), "is wrong about whether its noise is seen"),
    ):
        _refuse(path, wrong, rows, what, AGAIN)


def _refuse(path: Path, wrong: pd.Series, table: pd.DataFrame, what: str, remedy: str) -> None:
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise ValueError(f"{path}: row {row + 2}, {table.iloc[row, 0]}, {what}; {remedy}")


def draw_plan(drawer: Drawer, counts: dict[str, int], cache: Path, jobs: int = 1) -> Plan:
    """Draw `counts[split]` rows of every split, over `jobs` threads; rows drawn before are found under `cache`.

    Raises ValueError where a split is asked for that has no speech, or a test count that is no whole number of grids.
    """
    rows = [_split_rows(drawer, split, count, cache, jobs) for split, count in counts.items() if count]
    table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=COLUMNS)
    return Plan(table[COLUMNS], drawer.speech, drawer.noise)


def _split_rows(drawer: Drawer, split: str, count: int, cache: Path, jobs: int) -> pd.DataFrame:
    if (drawer.speech.split == split).sum() == 0:
        raise ValueError(f"plan.{split}={count}: no recording serves in the split {split}; add speech or set it to 0")
    if count % drawer.cells(split):
        cells = drawer.cells(split)
        raise ValueError(
            f"plan.{split}={count}: not a multiple of {cells} (every SNR, seen and unseen); "
            f"use {max(cells, count - count % cells)} or {max(2 * cells, count - count % cells + cells)}"
        )
    files = of_files([*drawer.speech.path, *drawer.noise.path])
    tables = [drawer.speech.to_csv(), drawer.noise.to_csv(), files]
    key = of_values(DRAWING, tables, vars(drawer.protocol), drawer.seed, split, count)
    kept = cache / "plans" / f"{key}.csv"
    rows = recall(kept, ROWS)
    if rows is None:
        rows = _drawn(drawer, split, count, jobs)
        keep(kept, rows)
    return rows


def _drawn(drawer: Drawer, split: str, count: int, jobs: int) -> pd.DataFrame:
    return pd.DataFrame(over_threads(partial(drawer.draw, split), range(count), jobs, f"drawing {split}", "row"))

"""The mixing plan is the data set: one complete row per mixture, beside the tables of what it is made of."""

import io
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from datagen.draw import Drawer
from datagen.recordings import read_table
from datagen.threads import over_threads
from safety.atomic import write_atomic
from safety.fingerprint import of_files, of_values

DRAWING = 1  # raise it when rows are drawn otherwise: plans under the cache are then drawn anew
COLUMNS = [
    "mixture_id", "split", "speech_id", "speech_start", "noise_id", "noise_start",
    "length", "snr_db", "gain_db", "noise_seen",
]  # fmt: skip


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
        """Write plan.csv, speech.csv and noise.csv.

        Raises ValueError where `folder` holds another plan, which is left as it is.
        """
        texts = {name: getattr(self, table).to_csv(index=False) for name, table in TABLES.items()}
        for name, text in texts.items():
            if (folder / name).exists() and not _same(folder / name, text):
                raise ValueError(f"{folder}: holds another plan ({name} differs); choose another output or remove it")
        for name, text in reversed(texts.items()):  # plan.csv last: where it stands, the others do
            write_atomic(folder / name, text)


def _same(path: Path, text: str) -> bool:
    """Whether the table at `path` is `text`, wherever the corpora lie now."""
    here, there = (read_table(source).drop(columns="path", errors="ignore") for source in (io.StringIO(text), path))
    return here.equals(there)


TABLES = {"plan.csv": "rows", "speech.csv": "speech", "noise.csv": "noise"}


def load_plan(folder: Path) -> Plan:
    """The plan that `Plan.save` wrote; FileNotFoundError where `folder` holds none."""
    if missing := [name for name in TABLES if not (folder / name).exists()]:
        raise FileNotFoundError(f"{folder}: holds no plan, {missing[0]} is missing; make one with generate.py")
    return Plan(**{table: read_table(folder / name) for name, table in TABLES.items()})


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
    if not kept.exists():
        write_atomic(kept, _drawn(drawer, split, count, jobs).to_csv(index=False))
    return read_table(kept)


def _drawn(drawer: Drawer, split: str, count: int, jobs: int) -> pd.DataFrame:
    return pd.DataFrame(over_threads(partial(drawer.draw, split), range(count), jobs, f"drawing {split}", "row"))

"""Draws a plan row by row; drawn rows are cached."""

from functools import partial
from pathlib import Path

import pandas as pd

from datagen import large_rows
from datagen.draw import Drawer
from datagen.draw_parts import drawn_in_parts
from datagen.plan import Plan
from datagen.protocol import PART, Protocol
from datagen.row import Row
from files.fingerprint import of_files, of_values
from files.schema import types_of
from files.table import keep, recall
from parallel.spread import Spread
from parallel.threads import over_threads

DRAWING = 3  # raise it when the drawing of rows changes: cached plans are then drawn again


def draw_plan(
    drawer: Drawer,
    counts: dict[str, int],
    cache: Path,
    jobs: int = 1,
    spread: Spread | None = None,
) -> Plan:
    """Draw `counts[split]` rows of every split, over `jobs` threads.

    More than PART rows of a split are drawn over processes, or over `spread`. Rows drawn before are
    read from `cache`. Raises ValueError for a split without speech or noise, a test count that is
    not a whole number of grids, or cutoff frequencies above the sample rate's limit.
    """
    columns = list(types_of(Row))
    tables = []
    for split, count in counts.items():
        if count:
            tables.append(_split_rows(drawer, split, count, cache, jobs, spread))
    rows = large_rows.joined(tables) if tables else pd.DataFrame(columns=columns)
    return Plan(rows[columns], drawer.speech, drawer.noise)


def _split_rows(
    drawer: Drawer, split: str, count: int, cache: Path, jobs: int, spread: Spread | None
) -> pd.DataFrame:
    require_drawable(drawer, split, count)
    kept = cache / "plans" / f"{_key(drawer, split, count)}.csv"
    rows = recall(kept, types_of(Row))
    if rows is not None:
        return rows
    if count > PART:
        return drawn_in_parts(drawer, split, count, kept, jobs, spread)
    draw = partial(drawer.draw, split)
    drawn = over_threads(draw, range(count), jobs, f"drawing {split}", "row")
    rows = pd.DataFrame(drawn)
    keep(kept, rows)
    return rows


def require_drawable(drawer: Drawer, split: str, count: int) -> None:
    """Raise ValueError where `count` rows of `split` cannot be drawn."""
    lacking = drawer.noises.lacking(split)
    if drawer.speech_of(split).empty:
        lacking = f"no recording of speech serves in the split {split}"
    if lacking:
        raise ValueError(f"plan.{split}={count}: {lacking}; add some or set it to 0")
    _refuse_band(drawer.protocol, drawer.sample_rate)
    cells = drawer.noises.cells(split)
    excess = count % cells
    if excess:
        fewer = max(cells, count - excess)
        raise ValueError(
            f"plan.{split}={count}: not a multiple of {cells} ({drawer.noises.grid}); "
            f"use {fewer} or {fewer + cells}"
        )


def _refuse_band(protocol: Protocol, sample_rate: int) -> None:
    """Raise ValueError if the band is to be limited, but no cutoff frequency is below the limit."""
    lowest_hz, highest_hz = protocol.band_hz
    if protocol.band_limited and lowest_hz >= sample_rate / 2:
        raise ValueError(
            f"plan.band_hz=[{lowest_hz:g},{highest_hz:g}]: at sample_rate={sample_rate} all audio "
            f"ends at {sample_rate / 2:g} Hz; lower its lower end or set plan.band_limited=0"
        )


def _key(drawer: Drawer, split: str, count: int) -> str:
    """A key for `count` rows of `split`, which changes with everything that decides the rows."""
    speech, noise = drawer.speech_of(split), drawer.noise_of(split)
    # Transcripts do not change rows.
    tables = [
        speech.drop(columns="text").to_csv(index=False),
        noise.drop(columns="text").to_csv(index=False),
        of_files([*speech.path, *noise.path]),
    ]
    options = drawer.protocol.of_rows(split)
    return of_values(DRAWING, tables, options, drawer.sample_rate, drawer.seed, split, count)

"""Estimates the disk space and the time of rendering a plan."""

import time
from typing import NamedTuple

import numpy as np
import pandas as pd

from datagen.library import Library
from datagen.render import made
from datagen.render_plan import Groups
from datagen.storage.storage import Storage

TRIED = 8  # number of mixtures, spread over the plan, that are rendered for the estimate


class Forecast(NamedTuple):
    """mixtures, samples: still to write. bytes: their size. seconds: of one processor."""

    mixtures: int
    samples: int
    bytes: float
    seconds: float


def forecast(rows: pd.DataFrame, library: Library, storage: Storage) -> Forecast:
    """The forecast for the `rows`, laid out in `storage`, that are not rendered yet."""
    left = _left(rows, storage)
    if left.empty:
        return Forecast(0, 0, 0.0, 0.0)
    places = np.unique(np.linspace(0, len(left) - 1, TRIED).astype(int))
    tried = left.iloc[places].to_dict("records")
    begin = time.perf_counter()
    size = sum(storage.size(made(row, library)) for row in tried)
    took_s = time.perf_counter() - begin
    samples = int(left.length.sum())
    share = samples / sum(row["length"] for row in tried)
    return Forecast(len(left), samples, size * share, took_s * share)


def _left(rows: pd.DataFrame, storage: Storage) -> pd.DataFrame:
    if not any((storage.folder / split).exists() for split in rows.split.unique()):
        return rows
    groups = Groups(rows, storage.at_once)
    stand = [number for number in range(len(groups)) if storage.stands(groups[number])]
    if not stand:
        return rows
    there = np.concatenate([groups.groups[number] for number in stand])
    return rows.drop(index=rows.index[there])

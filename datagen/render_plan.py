"""Renders all rows of a plan to disk, over processes here or over the machines of a cluster."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from datagen.file_reader import decoded
from datagen.library import Library
from datagen.plan import AGAIN, Plan, load_recordings
from datagen.render import RENDERED, render_to_disk
from datagen.storage.storage import PARTS, Storage
from datagen.storage.stored import storage
from datagen.tables import NOISE, SPEECH
from files.atomic import clear_unfinished
from files.fingerprint import of_contents
from files.table import write_tables
from parallel.copies import over_copies
from parallel.progress import progress
from parallel.spread import Spread
from parallel.threads import one_thread

SENT = 16  # least number of mixtures that a worker gets at once, for audio files
Records = list[dict[str, Any]]


def render_plan(
    plan: Plan,
    library: Library,
    folder: Path,
    sample_rate: int,
    form: str = "flac",
    jobs: int = 1,
    spread: Spread | None = None,
) -> pd.DataFrame:
    """Render `plan` to `folder` in a storage, `form`, and measure every written mixture.

    The work runs over `jobs` processes of this machine, or over `spread`, whose workers read the
    tables of `folder`. A file, or a shard, is written atomically. An existing one is compared, not
    written again, so an interrupted rendering continues and ends in the same bytes. Writes and
    returns rendered.csv, with the columns RENDERED: the achieved SNR, empty for speech or noise
    alone, and the sha256 of the mixture's 16-bit little-endian samples. Raises ValueError if a
    measured SNR differs by more than 0.01 dB, and if an existing file is damaged, or made of other
    recordings.
    """
    plan.save(folder)
    store = storage(form, folder, sample_rate)
    _clear(plan.rows, folder)
    rows = store.laid_out(plan.rows)
    told = []
    outcomes = _outcomes(rows, library, store, form, jobs, spread)
    with closing(outcomes), one_thread(), progress("rendering", len(rows), "mixture") as done:
        for records in outcomes:
            told += records
            done(len(records))
    table = pd.DataFrame(told, columns=list(RENDERED))
    table = table.set_index("mixture_id").loc[rows.mixture_id].reset_index()[list(RENDERED)]
    write_tables(folder, {**store.tables(rows), "rendered.csv": table})
    return table


def _outcomes(
    rows: pd.DataFrame,
    library: Library,
    store: Storage,
    form: str,
    jobs: int,
    spread: Spread | None,
) -> Iterator[Records]:
    """Rows of rendered.csv as they come."""
    groups = Groups(rows, store.at_once if spread is None else max(SENT, store.at_once))
    if spread is not None:
        yield from spread(anywhere(store, form), iter(groups))
    elif jobs == 1:
        yield from (render_to_disk(group, library, store) for group in groups)
    else:  # processes, because threads would wait for one another's interpreter lock
        try:
            yield from over_copies(jobs, _render_group, (library, store), groups)
        except BaseException:
            _clear(rows, store.folder)  # they were ended while they wrote
            raise


def _render_group(shared: tuple[Library, Storage], rows: Records) -> Records:
    return render_to_disk(rows, *shared)


def _clear(rows: pd.DataFrame, folder: Path) -> None:
    """Remove the unfinished files of a killed process."""
    clear_unfinished(folder)
    for split in rows.split.unique():
        for below in (*PARTS, "shards"):
            clear_unfinished(folder / split / below)


class Groups(Sequence[Records]):
    """Groups of `size` neighbouring `rows` of a plan, split by split."""

    def __init__(self, rows: pd.DataFrame, size: int):
        self.columns = {name: rows[name].to_numpy() for name in rows}
        self.groups = []
        for positions in rows.reset_index(drop=True).groupby("split", sort=False).indices.values():
            self.groups += [
                positions[begin : begin + size] for begin in range(0, len(positions), size)
            ]

    def __len__(self) -> int:
        return len(self.groups)

    def __getitem__(self, number: int) -> Records:
        return [self._record(position) for position in self.groups[number]]

    def _record(self, position: int) -> dict[str, Any]:
        """One row, with plain values."""
        record = {name: values[position] for name, values in self.columns.items()}
        return {
            name: value.item() if isinstance(value, np.generic) else value
            for name, value in record.items()
        }


@dataclass(frozen=True)
class RenderAnywhere:
    """Renders rows in a process that has only the disk, by the tables in `folder`.

    tables: identifies the content of these tables. folder, sample_rate, form: see `render_plan`.
    """

    folder: Path
    tables: str
    sample_rate: int
    form: str

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> Records:
        """Rows of rendered.csv, see `render_to_disk`."""
        if not rows:
            return []
        store = storage(self.form, self.folder, self.sample_rate)
        library = _library(self.folder, self.tables, self.sample_rate)
        told = []
        for begin in range(0, len(rows), store.at_once):
            told += render_to_disk(rows[begin : begin + store.at_once], library, store)
        return told


@lru_cache(1)
def _library(folder: Path, tables: str, sample_rate: int) -> Library:
    speech, noise = load_recordings(folder, AGAIN)
    return decoded(speech, noise, sample_rate)


def anywhere(store: Storage, form: str) -> RenderAnywhere:
    """A function that renders rows of the plan in the folder of `store`, in any process."""
    tables = of_contents([store.folder / SPEECH, store.folder / NOISE])
    return RenderAnywhere(store.folder, tables, store.sample_rate, form)

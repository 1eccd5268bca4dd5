"""Draws many rows of a plan in parts, over processes; drawn parts are kept."""

import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from datagen import large_rows
from datagen.draw import Drawer
from datagen.file_reader import decoded
from datagen.library import Library
from datagen.pool import PoolReader
from datagen.protocol import PART, Protocol
from datagen.recordings import Stretch, Utterance
from datagen.tables import NOISE, SPEECH
from files.lock import locked
from files.room import require_room
from files.schema import types_of
from files.sums import TableError
from files.table import keep, recall
from parallel.progress import progress
from parallel.spread import Spread, over_processes

ROW = 2 * 220  # bytes of a row, as a part and once more in the whole

log = logging.getLogger(__name__)


def drawn_in_parts(
    drawer: Drawer,
    split: str,
    count: int,
    kept: Path,
    jobs: int,
    spread: Spread | None = None,
) -> pd.DataFrame:
    """`count` rows of `split`, kept at `kept` or in a folder of its name.

    They are drawn over `jobs` processes, or over `spread`, whose workers read and write the folder.
    An interrupted drawing continues with the missing parts.
    """
    place = kept.with_suffix("")
    place.mkdir(parents=True, exist_ok=True)
    with locked(kept.with_suffix(".lock")):  # another process may draw the same rows
        rows = _known(kept, place)
        if rows is None:
            what = f"plan.{split}={count} takes"
            require_room(ROW * count, place, what, "give cache=DIR on a larger disk, or fewer rows")
            if spread is None and jobs > 1:
                spread = over_processes(jobs)
            _draw(drawer, split, count, place, spread)
            rows = _kept_as_one(drawer, split, count, kept, place)
    return rows


def _known(kept: Path, place: Path) -> pd.DataFrame | None:
    whole = place / large_rows.FILE
    if not whole.exists():
        return recall(kept, large_rows.TYPES)
    try:
        return large_rows.load(whole, "it is drawn again")
    except TableError as error:
        log.warning("note: %s", error)
        return None


def _draw(drawer: Drawer, split: str, count: int, place: Path, spread: Spread | None) -> None:
    """Draw all missing parts of the rows to `place`."""
    lacking = [part for part in _parts_of(count) if not _path(place, part).exists()]
    with progress(f"drawing {split}", count, "row") as done:
        done(count - sum(map(len, lacking)))
        if spread is None:
            drawn = (draw_part(drawer, split, part, place) for part in lacking)
        else:
            keep(place / SPEECH, drawer.speech)
            keep(place / NOISE, drawer.noise)
            drawn = spread(_anywhere(drawer, split, place), lacking)
        for more in drawn:
            done(more)


def draw_part(drawer: Drawer, split: str, part: range, place: Path) -> int:
    """Draw the rows of one part to `place`; returns their number."""
    rows = [drawer.draw(split, index) for index in part]
    keep(_path(place, part), pd.DataFrame(rows))
    return len(rows)


@dataclass(frozen=True)
class _DrawAnywhere:
    """Draws a part in a process that has only the tables in `place`.

    protocol: as JSON. pool: the folder of the pool that holds all samples; None: files are decoded.
    """

    place: Path
    protocol: str
    sample_rate: int
    seed: int
    split: str
    pool: Path | None

    def __call__(self, part: range) -> int:
        """See `draw_part`."""
        if not part:
            return 0
        drawer = _drawer(self.place, self.sample_rate, self.seed, self.protocol, self.pool)
        return draw_part(drawer, self.split, part, self.place)


def _anywhere(drawer: Drawer, split: str, place: Path) -> _DrawAnywhere:
    """A function that draws parts to `place`, by the tables there, in any process."""
    rules = drawer.protocol.model_dump_json()
    reader = drawer.library.reader
    pool = reader.pool if isinstance(reader, PoolReader) else None
    return _DrawAnywhere(place, rules, drawer.sample_rate, drawer.seed, split, pool)


@lru_cache(1)
def _drawer(place: Path, sample_rate: int, seed: int, protocol: str, pool: Path | None) -> Drawer:
    speech = recall(place / SPEECH, types_of(Utterance))
    noise = recall(place / NOISE, types_of(Stretch))
    if pool is None:
        library = decoded(speech, noise, sample_rate)
    else:
        library = Library(speech, noise, PoolReader(pool))
    rules = Protocol.model_validate_json(protocol)
    return Drawer(rules, speech, noise, library, sample_rate, seed)


def _kept_as_one(drawer: Drawer, split: str, count: int, kept: Path, place: Path) -> pd.DataFrame:
    """The rows, kept as one file; their parts are removed."""
    parts = _parts(drawer, split, count, place)
    if large_rows.are_large(count):
        rows = large_rows.save(place / large_rows.FILE, parts)
        for path in place.glob("*.csv"):
            path.unlink()
        return rows
    rows = pd.concat(parts, ignore_index=True)
    keep(kept, rows)
    shutil.rmtree(place)
    return rows


def _parts(drawer: Drawer, split: str, count: int, place: Path) -> Iterator[pd.DataFrame]:
    """All parts in order; a damaged part is drawn again."""
    for part in _parts_of(count):
        rows = recall(_path(place, part), large_rows.TYPES)
        if rows is None:
            draw_part(drawer, split, part, place)
            rows = recall(_path(place, part), large_rows.TYPES)
        yield rows


def _parts_of(count: int) -> list[range]:
    """The numbers of the rows of every part."""
    return [range(begin, min(begin + PART, count)) for begin in range(0, count, PART)]


def _path(place: Path, part: range) -> Path:
    return place / f"part-{part.start:09d}.csv"

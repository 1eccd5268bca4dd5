"""Rendered mixtures in shards: hundreds in one file of samples, to have few files.

SPLIT/shards/NUMBER.pcm holds the clean samples and then the noise samples of each mixture, in 16
bits, little-endian; the mixture is their sum. shards.csv has the first sample of each mixture.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from datagen.storage.storage import Made, RowOf, Storage, other_samples
from files.atomic import appearing
from files.table import read_table

ROWS = 256  # mixtures per shard: 65 MB for mixtures of 4 s at 16 kHz
STORED = ("clean", "noise")
SAMPLE = np.dtype("<i2")
INDEX = "shards.csv"
PLACES = {
    "mixture_id": str, "split": str, "shard": int, "start": int, "samples": int, "sample_rate": int,
}  # fmt: skip
AGAIN = "run generate.py with render=true render_format=shards and this output again"


class Shards(Storage):
    """ROWS neighbours of a split in one file, which one worker writes atomically."""

    at_once = ROWS

    def laid_out(self, rows: pd.DataFrame) -> pd.DataFrame:
        """See `Storage`: shard is the number of the file, start the sample in it."""
        shard = rows.groupby("split").cumcount() // ROWS
        lengths = len(STORED) * rows.length.astype("int64")
        stops = lengths.groupby([rows.split, shard]).cumsum()
        return rows.assign(shard=shard, start=stops - lengths, sample_rate=self.sample_rate)

    def tables(self, rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
        """See `Storage`."""
        return {INDEX: rows.rename(columns={"length": "samples"})[list(PLACES)]}

    def stands(self, rows: Sequence[RowOf]) -> bool:
        """See `Storage`."""
        return self.path(rows[0], "").exists()

    def keep(self, rows: Sequence[RowOf], made: Iterable[Made]) -> None:
        """See `Storage`."""
        path = self.path(rows[0], "")
        contents = (_content(parts) for parts in made)
        if path.exists():
            self._compare(path, contents)
            return
        with appearing(path) as unfinished, unfinished.open("wb") as file:
            file.writelines(contents)

    def size(self, made: Made) -> int:
        """See `Storage`."""
        return len(_content(made))

    def located(self, rows: pd.DataFrame) -> pd.DataFrame:
        """See `Storage`. Raises ValueError if shards.csv does not name all of them."""
        path = self.folder / INDEX
        places = read_table(path, PLACES, AGAIN)
        places = places.set_index("mixture_id")[["shard", "start", "samples", "sample_rate"]]
        found = places.reindex(rows.mixture_id).reset_index(drop=True)
        other = found.samples.to_numpy() != rows.length.to_numpy()
        if other.any():
            mixture_id = rows.mixture_id.iloc[int(other.argmax())]
            raise ValueError(
                f"{path}: does not have {mixture_id} as plan.csv has it; {AGAIN}, or remove it"
            )
        found.index = rows.index
        return rows.assign(**found.drop(columns="samples").astype("int64"))

    def begun(self, rows: pd.DataFrame) -> bool:
        """See `Storage`."""
        return (self.folder / INDEX).exists()

    def missing(self, rows: pd.DataFrame) -> Path | None:
        """See `Storage`."""
        ends = (rows.start + len(STORED) * rows.length).groupby([rows.split, rows.shard]).max()
        for (split, shard), samples in ends.items():
            path = self.path({"split": split, "shard": shard}, "")
            if not path.exists() or path.stat().st_size < samples * SAMPLE.itemsize:
                return path
        return None

    def path(self, row: RowOf, part: str) -> Path:
        """See `Storage`."""
        return self.folder / row["split"] / "shards" / f"{row['shard']:05d}.pcm"

    def rate(self, row: RowOf) -> int:
        """See `Storage`."""
        return row["sample_rate"]

    def samples(self, row: RowOf, part: str) -> np.ndarray:
        """See `Storage`."""
        if part not in STORED:
            clean, noise = (self.samples(row, stored) for stored in STORED)
            return clean + noise
        begin = row["start"] + STORED.index(part) * row["length"]
        offset = begin * SAMPLE.itemsize
        return np.fromfile(self.path(row, part), SAMPLE, count=row["length"], offset=offset)

    def _compare(self, path: Path, contents: Iterable[bytes]) -> None:
        """Raise ValueError where a shard holds other samples than were made."""
        with path.open("rb") as file:
            for content in contents:
                if file.read(len(content)) != content:
                    raise other_samples(path, self.folder)
            if file.read(1):
                raise other_samples(path, self.folder)


def _content(made: Made) -> bytes:
    """The part of a mixture that a shard stores."""
    return b"".join(made[part].astype(SAMPLE).tobytes() for part in STORED)

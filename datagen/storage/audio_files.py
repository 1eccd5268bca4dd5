"""Rendered mixtures as audio files: SPLIT/PART/MIXTURE_ID.flac."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from audio import reading
from audio.encoding import encode
from datagen.storage.storage import PARTS, Made, RowOf, Storage, again, other_samples
from files.atomic import write_atomic
from text.line import in_one_line

BLOCK = 4096  # bytes of a disk block; a file takes whole blocks


class AudioFiles(Storage):
    """One file for every part of a mixture, in `audio_format`: "flac" or "wav"."""

    at_once = 1

    def __init__(self, folder: Path, sample_rate: int, audio_format: str):
        super().__init__(folder, sample_rate)
        self.audio_format = audio_format

    def laid_out(self, rows: pd.DataFrame) -> pd.DataFrame:
        """See `Storage`; names give the place."""
        return rows

    def tables(self, rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
        """See `Storage`; there are no tables."""
        return {}

    def stands(self, rows: Sequence[RowOf]) -> bool:
        """See `Storage`."""
        return all(self.path(row, part).exists() for row in rows for part in PARTS)

    def keep(self, rows: Sequence[RowOf], made: Iterable[Made]) -> None:
        """See `Storage`; written files, too, are read again and compared."""
        for row, parts in zip(rows, made, strict=True):
            if not self.stands([row]):
                for part, samples in parts.items():
                    write_atomic(self.path(row, part), self._encoded(samples))
            for part, samples in parts.items():
                self._compare(self.path(row, part), samples)

    def size(self, made: Made) -> int:
        """See `Storage`."""
        blocks = [-(-len(self._encoded(samples)) // BLOCK) for samples in made.values()]
        return sum(blocks) * BLOCK

    def located(self, rows: pd.DataFrame) -> pd.DataFrame:
        """See `Storage`; names give the place."""
        return rows

    def begun(self, rows: pd.DataFrame) -> bool:
        """See `Storage`."""
        return self.path(rows.iloc[0], PARTS[0]).exists()

    def missing(self, rows: pd.DataFrame) -> Path | None:
        """See `Storage`."""
        for split, mixture_id in zip(rows.split, rows.mixture_id, strict=True):
            for part in PARTS:
                path = self.path({"split": split, "mixture_id": mixture_id}, part)
                if not path.exists():
                    return path
        return None

    def path(self, row: RowOf, part: str) -> Path:
        """See `Storage`."""
        return self.folder / row["split"] / part / f"{row['mixture_id']}.{self.audio_format}"

    def rate(self, row: RowOf) -> int:
        """See `Storage`."""
        rate, _, _ = reading.header(self.path(row, PARTS[0]))
        return rate

    def samples(self, row: RowOf, part: str) -> np.ndarray:
        """See `Storage`."""
        return reading.read(self.path(row, part), self.sample_rate)

    def _encoded(self, samples: np.ndarray) -> bytes:
        return encode(samples, self.sample_rate, self.audio_format)

    def _compare(self, path: Path, made: np.ndarray) -> None:
        """Raise ValueError where a file cannot be read, or holds other samples than were made."""
        try:
            there = reading.read(path, self.sample_rate)
        except (OSError, ValueError) as error:
            raise ValueError(f"{in_one_line(error)}; {again(path, self.folder)}") from error
        if len(there) != len(made):
            raise ValueError(
                f"{path}: has {len(there)} samples, not the plan's {len(made)}; "
                f"{again(path, self.folder)}"
            )
        if not np.array_equal(there, made):
            raise other_samples(path, self.folder)

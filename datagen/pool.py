"""A whole corpus in one memory-mapped file of 16-bit samples.

Files are decoded and resampled once; later the samples are read from the file.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from audio import reading
from audio.pcm import UNCORRECTED, Correction
from datagen.library import Library
from datagen.recordings import corrections
from files.atomic import TEMPORARY_PREFIX, clear_unfinished, write_atomic
from files.fingerprint import of_files, of_values
from files.lock import locked

READING = 2  # raise it when the reading of files changes: pools are then built again


class PoolReader:
    """Reads like `FileReader`, from a pool of `build_pool`.

    It is opened where it is used, so it can be sent to workers.
    """

    def __init__(self, pool: Path):
        self.pool = pool
        self.offsets = json.loads((pool / "offsets.json").read_text(encoding="utf-8"))
        self._samples = None

    def read(self, path: str, start: int, length: int) -> np.ndarray:
        """16-bit samples [time] of `path`; ValueError where the pool does not hold it."""
        if path not in self.offsets:
            raise ValueError(
                f"{path}: not in the pool {self.pool}; remove that folder to have it built anew"
            )
        file_begin, file_stop = self.offsets[path]
        begin = file_begin + start
        stop = min(begin + length, file_stop)
        return self.samples[begin:stop]

    @property
    def samples(self) -> np.ndarray:
        """All samples of the pool, [sample], mapped into memory."""
        if self._samples is None:
            # Copy on write: torch uses slices without copying, and nothing can change the file.
            mapped = np.memmap(self.pool / "samples.pcm", dtype="<i2", mode="c")
            self._samples = np.asarray(mapped)
        return self._samples

    def __getstate__(self):
        return {**vars(self), "_samples": None}


def pooled(speech: pd.DataFrame, noise: pd.DataFrame, sample_rate: int, cache: Path) -> Library:
    """The library of the recordings in both tables, whose samples lie in a pool.

    speech, noise: as of `Library`. Raises as `build_pool`.
    """
    paths = [*speech.path, *noise.path]
    pool = build_pool(paths, sample_rate, cache, corrections(speech, noise))
    return Library(speech, noise, pool)


def build_pool(
    paths: list[str],
    sample_rate: int,
    cache: Path,
    corrected: Mapping[str, Correction] | None = None,
) -> PoolReader:
    """The pool of `paths` at `sample_rate` under `cache`, built unless it exists.

    corrected: see datagen.recordings.corrections.

    A pool holds 2 bytes per sample (115 MB per hour at 16 kHz). Raises OSError if the disk is full
    and ValueError for a file that cannot be decoded; neither leaves a pool behind.
    """
    corrected = corrected or {}
    pool = cache / "pools" / of_values(READING, of_files(paths), sample_rate, corrected)
    whole = pool / "offsets.json"  # written last: it marks complete samples
    if whole.exists():
        return PoolReader(pool)
    pool.mkdir(parents=True, exist_ok=True)
    # One of several training processes builds the pool, the others wait; without locks each builds
    # a pool.
    with locked(pool / "lock") as alone:
        if not whole.exists():
            if alone:
                clear_unfinished(pool)
            offsets = _write_samples(sorted(set(paths)), sample_rate, pool, corrected)
            write_atomic(whole, json.dumps(offsets))
    return PoolReader(pool)


def _write_samples(
    paths: list[str], sample_rate: int, pool: Path, corrected: Mapping[str, Correction]
) -> dict[str, list[int]]:
    """Write the samples of all files to `pool`; returns the begin and stop of each, by path."""
    offsets = {}
    position = 0
    handle, unfinished = tempfile.mkstemp(prefix=TEMPORARY_PREFIX, dir=pool)
    try:
        with os.fdopen(handle, "wb") as file:
            for path in tqdm(paths, "building the pool", unit="file", leave=False, disable=None):
                correction = corrected.get(path, UNCORRECTED)
                samples = reading.read(path, sample_rate, correction=correction)
                file.write(samples.astype("<i2", copy=False).tobytes())
                begin = position
                position += len(samples)
                offsets[path] = [begin, position]
        Path(unfinished).replace(pool / "samples.pcm")
    except OSError as error:
        remedy = "data.cache=none needs no room"
        raise OSError(error.errno, f"{error.strerror}; {remedy}", str(pool)) from error
    finally:
        Path(unfinished).unlink(missing_ok=True)
    return offsets

"""A whole corpus in one memory-mapped file of 16-bit samples: decoded and resampled once, then only looked up."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from tqdm import tqdm

from audio import reading
from audio.pcm import UNCORRECTED, Correction
from files.atomic import TEMPORARY_PREFIX, clear_unfinished, write_atomic
from files.fingerprint import of_files, of_values
from files.lock import locked

READING = 2  # raise it when files are read otherwise: pools are then built anew


class PoolReader:
    """Reads like `FileReader`, from a pool of `build_pool`; opened where it is used, so it travels to workers."""

    def __init__(self, pool: Path):
        self.pool = pool
        self.offsets = json.loads((pool / "offsets.json").read_text(encoding="utf-8"))
        self._samples = None

    def read(self, path: str, start: int, length: int) -> np.ndarray:
        """16-bit samples [time] of `path`; ValueError where the pool does not hold it."""
        if self._samples is None:
            # Copy on write: torch takes slices as they are, and nothing can reach the file.
            self._samples = np.asarray(np.memmap(self.pool / "samples.pcm", dtype="<i2", mode="c"))
        if path not in self.offsets:
            raise ValueError(f"{path}: not in the pool {self.pool}; remove that folder to have it built anew")
        begin, stop = self.offsets[path]
        return self._samples[begin + start : min(begin + start + length, stop)]

    def __getstate__(self):
        return {**vars(self), "_samples": None}


def build_pool(
    paths: list[str], sample_rate: int, cache: Path, corrections: Mapping[str, Correction] | None = None
) -> PoolReader:
    """The pool of `paths` at `sample_rate` under `cache`: found by its fingerprint, or built.

    corrections: see datagen.recordings.

    A pool holds 2 bytes per sample (115 MB an hour at 16 kHz). Raises OSError where the disk is full and
    ValueError for a file that cannot be decoded; neither leaves a pool behind.
    """
    corrections = corrections or {}
    pool = cache / "pools" / of_values(READING, of_files(paths), sample_rate, corrections)
    whole = pool / "offsets.json"  # written last: where it stands, the samples do
    if not whole.exists():
        pool.mkdir(parents=True, exist_ok=True)
        # One of several training processes builds, the others wait for it; without locks each builds one of its own.
        with locked(pool / "lock") as alone:
            if not whole.exists():
                if alone:
                    clear_unfinished(pool)
                write_atomic(whole, json.dumps(_write_samples(sorted(set(paths)), sample_rate, pool, corrections)))
    return PoolReader(pool)


def _write_samples(
    paths: list[str], sample_rate: int, pool: Path, corrections: Mapping[str, Correction]
) -> dict[str, list[int]]:
    offsets, position = {}, 0
    handle, unfinished = tempfile.mkstemp(prefix=TEMPORARY_PREFIX, dir=pool)
    try:
        with os.fdopen(handle, "wb") as file:
            for path in tqdm(paths, "building the pool", unit="file", leave=False, disable=None):
                samples = reading.read(path, sample_rate, correction=corrections.get(path, UNCORRECTED))
                file.write(samples.astype("<i2", copy=False).tobytes())
                offsets[path] = [position, position + len(samples)]
                position += len(samples)
        Path(unfinished).replace(pool / "samples.pcm")
    except OSError as error:
        raise OSError(error.errno, f"{error.strerror}; data.cache=none needs no room", str(pool)) from error
    finally:
        Path(unfinished).unlink(missing_ok=True)
    return offsets

"""A folder as a system: the files that another tool has made from the mixtures of a test."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from audio import decoding, probing
from audio.containers.content import SUFFIXES
from audio.header import Header
from audio.resampling import at_rate
from files.missing import not_a_folder
from models.system import Enhancing

NAME = "{name}"


class Files(Enhancing):
    """Gives the samples of the file with a mixture's name in `folder`, at the test's rate.

    folder: is read with its subfolders. pattern: the name of a file without its suffix, in which
    "{name}" stands for the mixture. align: whether a common delay of all files is compensated (see
    reporting.scoring.files).
    A mixture whose file is missing or cannot be read has no scores. A file of another rate is
    resampled, a file of several channels is mixed down. Nothing else is changed.
    Raises FileNotFoundError for a missing folder, ValueError for a pattern without "{name}".
    """

    def __init__(self, sample_rate: int, folder: str, pattern: str = NAME, align: bool = False):
        if NAME not in pattern:
            raise ValueError(f'pattern={pattern!r}: lacks {NAME}; give "{NAME}_enhanced", say')
        if not Path(folder).is_dir():
            raise FileNotFoundError(
                f"{not_a_folder(Path(folder))}; give baselines.NAME.folder=DIR, one that exists"
            )
        super().__init__(sample_rate)
        self.folder = folder
        self.pattern = pattern
        self.align = align
        self.delay = 0  # common delay of all files in samples, which is compensated

    @property
    def made_of(self) -> Any:
        """None: files may change."""
        return None

    def enhance(self, mixture: Tensor) -> Tensor:
        """Raise an error: a file is found only by the name of a mixture."""
        raise ValueError("a system of files is put on the mixtures of evaluate.py alone")

    def enhance_batch(self, batch: Mapping[str, Any]) -> Tensor:
        """The file with the "name" of the single mixture in `batch`: [1, time].

        Raises ValueError where it cannot be read, with the same words for every file.
        """
        (name,) = batch["name"]
        samples = self.samples(name)
        if not len(samples):
            raise ValueError("its file is missing or cannot be read, see files.csv")
        if self.delay:
            samples = _moved(samples, self.delay)
        return torch.from_numpy(samples).to(batch["mixture"]).unsqueeze(0)

    def samples(self, name: str) -> np.ndarray:
        """Float64 [time] of a mixture's file, full scale 1; empty where that cannot be read."""
        try:
            return self.read(name)
        except (OSError, ValueError):
            return np.zeros(0)

    def read(self, name: str) -> np.ndarray:
        """As `samples`, but raises FileNotFoundError or ValueError where it cannot be read."""
        head = self.header(name)
        blocks = decoding.read_blocks(head, decoding.floats, decoding.BLOCK)
        channels = np.concatenate([np.zeros((0, head.channels)), *blocks])
        return at_rate(channels.mean(axis=1), head.sample_rate, self.sample_rate)

    def header(self, name: str) -> Header:
        """What a mixture's file says of itself: rate and channels; raises as `read` does."""
        return probing.header(self.path(name))

    def path(self, name: str) -> Path:
        """The file of the mixture `name`; FileNotFoundError where there is none."""
        wanted = self.pattern.replace(NAME, name)
        last = self.pattern.replace(NAME, name.rpartition("/")[2])
        paths = self._named.get(wanted) or self._named.get(last, [])
        if len(paths) != 1:
            there = "several" if paths else "no"
            raise FileNotFoundError(f"{self.folder}: has {there} files called {wanted}.*")
        return paths[0]

    @cached_property
    def _named(self) -> dict[str, list[Path]]:
        """Files by two names each: the path below the folder, and the file name."""
        folder = Path(self.folder)
        files: dict[str, list[Path]] = {}
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in SUFFIXES and path.is_file():
                below = path.relative_to(folder).with_suffix("").as_posix()
                for name in dict.fromkeys((below, path.stem)):
                    files.setdefault(name, []).append(path)
        return files

    def names(self) -> Sequence[str]:
        """The names of all files."""
        return list(self._named)


def _moved(samples: np.ndarray, delay: int) -> np.ndarray:
    """The signal `delay` samples earlier, at equal length; unknown samples are zeros."""
    if delay > 0:
        return np.concatenate([samples[delay:], np.zeros(min(delay, len(samples)))])
    return np.concatenate([np.zeros(-delay), samples])[: len(samples)]

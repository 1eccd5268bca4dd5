"""The contract of the layouts of rendered mixtures on disk."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

PARTS = ("mixture", "clean", "noise")
Made = Mapping[str, np.ndarray]  # the 16-bit samples [time] of every part
RowOf = Mapping[str, Any]  # a row of a plan


class Storage(ABC):
    """Rendered mixtures below `folder`, of `sample_rate`; a subclass implements all methods.

    at_once: number of neighbouring rows of a split that one worker writes as one piece.
    """

    at_once: int

    def __init__(self, folder: Path, sample_rate: int):
        self.folder = folder
        self.sample_rate = sample_rate

    @abstractmethod
    def laid_out(self, rows: pd.DataFrame) -> pd.DataFrame:
        """All `rows` of a plan, with additional columns for the place of each."""

    @abstractmethod
    def tables(self, rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
        """The tables written beside rendered.csv after all `rows`, laid out; by file name."""

    @abstractmethod
    def stands(self, rows: Sequence[RowOf]) -> bool:
        """Whether all of `rows`, laid out and written as one piece, exist."""

    @abstractmethod
    def keep(self, rows: Sequence[RowOf], made: Iterable[Made]) -> None:
        """Write the audio `made` of `rows`, laid out, as one piece; compare it if it exists.

        Raises ValueError if the existing audio differs.
        """

    @abstractmethod
    def size(self, made: Made) -> int:
        """Bytes that a mixture takes."""

    @abstractmethod
    def located(self, rows: pd.DataFrame) -> pd.DataFrame:
        """`rows` of one split or of all, with additional columns for the place of each."""

    @abstractmethod
    def begun(self, rows: pd.DataFrame) -> bool:
        """Whether mixtures were written in this layout."""

    @abstractmethod
    def missing(self, rows: pd.DataFrame) -> Path | None:
        """The first file of `rows`, located, that is missing or incomplete; None without one."""

    @abstractmethod
    def path(self, row: RowOf, part: str) -> Path:
        """The file that holds a part of `row`, located."""

    @abstractmethod
    def rate(self, row: RowOf) -> int:
        """The sample rate of the stored audio of `row`, located."""

    @abstractmethod
    def samples(self, row: RowOf, part: str) -> np.ndarray:
        """16-bit samples [time] of a part of `row`, located.

        There may be too few. Raises OSError or ValueError if they cannot be read.
        """


def other_samples(path: Path, folder: Path) -> ValueError:
    """The message on a file whose samples differ from its plan's."""
    return ValueError(
        f"{path}: is damaged, or was rendered before the recordings "
        f"that it is made of changed; {again(path, folder)}"
    )


def again(path: Path, folder: Path) -> str:
    """The remedy for a file at `path` that is not the plan's."""
    return f"remove it and run again (or remove {folder}, where all of it is old)"

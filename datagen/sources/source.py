"""The contract of every source of a corpus."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from datagen.corpora.corpus import CorpusOnDisk


class Source(ABC):
    """Where a corpus comes from, made from an option of conf/download/sources.

    corpus: the option of conf/corpus that says where it is put and what it looks like there. A
    source of something else names the folder of conf/ as `group`, and what its options are.
    """

    group: ClassVar[str] = "corpus"
    contract: ClassVar[type] = CorpusOnDisk

    def __init__(self, corpus: str):
        self.option = corpus

    @abstractmethod
    def fetch(
        self, corpus: CorpusOnDisk, data_root: Path | None, keep_archive: bool = False
    ) -> str:
        """Fill the folder of `corpus`, which lies under `data_root`; says what was done, in a line.

        data_root: None where none was given. keep_archive: keep in data_root/.downloads what was
        fetched. Raises ValueError with a remedy for a corpus that cannot be had so, ValueError and
        OSError for one that is not whole.
        """


def filled(folder: Path) -> bool:
    """Whether `folder` holds anything."""
    return folder.is_dir() and any(folder.iterdir())

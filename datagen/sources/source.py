"""The contract of every source of a corpus."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from datagen.corpora.corpus import CorpusOnDisk


class Source(ABC):
    """The origin of a corpus, made from an option of conf/download/sources.

    corpus: the option of conf/corpus with its folder and layout. A source of something else gives
    another folder of conf/ as `group`, and the name of an option there.
    """

    group: ClassVar[str] = "corpus"
    contract: ClassVar[type] = CorpusOnDisk

    def __init__(self, corpus: str):
        self.option = corpus

    @abstractmethod
    def fetch(
        self, corpus: CorpusOnDisk, data_root: Path | None, keep_archive: bool = False
    ) -> str:
        """Fill the folder of `corpus`, which lies under `data_root`; returns a line on its work.

        data_root: None where none was given. keep_archive: keep the downloaded archive in
        data_root/.downloads. Raises ValueError with a remedy for a corpus that cannot be
        downloaded, ValueError and OSError for an incomplete one.
        """


def filled(folder: Path) -> bool:
    """Whether `folder` holds anything."""
    return folder.is_dir() and any(folder.iterdir())

"""The contract of every corpus, and the base of corpora in a folder."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from datagen.recordings import Recording
from files.missing import not_a_folder


class Corpus(ABC):
    """A corpus: built from an option of conf/corpus, it lists its recordings on request.

    Options are arguments of the constructor. The constructor reads no disk, and raises ValueError
    for an unknown value. A model card names the corpora of a training by these three: name, the
    beginning of the ids of all its recordings, before a slash; title, its usual name; licence, the
    terms of its use. Each is "" if unknown. option: its place in a config, for commands in error
    messages.
    """

    option = "speech.train.NAME"

    name = ""
    title = ""
    licence = ""

    @abstractmethod
    def recordings(self) -> list[Recording]:
        """The selected recordings, always in the same order; only names are read, no audio.

        Raises FileNotFoundError if nothing is selected: the message says what is expected and how
        to get it. Raises ValueError for a value that the files do not allow.
        """


Corpora = Mapping[str, Corpus]  # by their names in a config


class CorpusOnDisk(Corpus):
    """A corpus in a folder `root`, with a layout."""

    title: ClassVar[str]
    layout: ClassVar[str]  # of files below the folder
    remedy: ClassVar[str]  # how to get it

    def __init__(self, root: str):
        self.root = Path(str(root))

    @property
    def expected(self) -> str:
        """The end of an error message: the expected layout, and how to get the corpus."""
        return f"expected {self.title}: {self.layout}. {self.remedy}"

    def folder(self) -> Path:
        """`root`; raises FileNotFoundError if it is not a folder."""
        if not self.root.is_dir():
            raise FileNotFoundError(f"{not_a_folder(self.root)}; {self.expected}")
        return self.root

    def nonempty(self, files: Sequence[Path], folder: Path) -> Sequence[Path]:
        """`files` of `folder`, unchanged; raises FileNotFoundError if there are none."""
        if not files:
            raise FileNotFoundError(f"{folder}: holds no audio; {self.expected}")
        return files

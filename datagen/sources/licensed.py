"""A corpus that cannot be downloaded."""

from pathlib import Path

from datagen.corpora.corpus import CorpusOnDisk
from datagen.sources.source import Source, filled


class Licensed(Source):
    """A corpus that only its owners distribute. ask: a sentence on whom to ask for it."""

    def __init__(self, corpus: str, ask: str):
        super().__init__(corpus)
        self.ask = ask

    def fetch(
        self, corpus: CorpusOnDisk, data_root: Path | None, keep_archive: bool = False
    ) -> str:
        """A line that the corpus exists; raises ValueError, with `ask`, if it does not."""
        if data_root and filled(corpus.root):
            return f"{corpus.root} is already there: nothing was fetched"
        place = f"{corpus.root}/{corpus.layout}"
        raise ValueError(
            f"{corpus.title} may not be fetched freely: {self.ask}; then put it in place as {place}"
        )

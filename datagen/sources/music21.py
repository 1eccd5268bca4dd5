"""Tunes in ABC notation that the package music21 carries (the extra `tunes`)."""

import importlib.util
import shutil
from pathlib import Path
from typing import ClassVar

from datagen.melodies.folder import TuneFolder
from datagen.sources.source import Source, filled
from files.replaced import replaced
from options.extras import install


class Music21Tunes(Source):
    """The ABC files of `folder` in music21's corpus, copied.

    terms: the known facts of their licence, written beside them. No code of music21 is executed.
    """

    group: ClassVar[str] = "tunes"
    contract: ClassVar[type] = TuneFolder

    def __init__(self, corpus: str, folder: str, terms: str):
        super().__init__(corpus)
        self.folder, self.terms = folder, terms

    def fetch(self, corpus: TuneFolder, data_root: Path | None, keep_archive: bool = False) -> str:
        """See `Source.fetch`; ValueError without music21."""
        if data_root is None:
            raise ValueError("data_root is missing; give the folder of your data: data_root=DIR")
        if filled(corpus.root):
            return f"{corpus.root} is already there: nothing was copied"
        found = importlib.util.find_spec("music21")
        if found is None:
            raise ValueError(
                f"{corpus.title}: the package music21 carries it, and is not installed; "
                f"{install('tunes')}"
            )
        place = Path(found.submodule_search_locations[0]) / "corpus" / self.folder
        files = sorted(place.glob("*.abc"))
        if not files:
            raise ValueError(f"{place}: holds no ABC file; install another version of music21")
        corpus.root.parent.mkdir(parents=True, exist_ok=True)
        with replaced(corpus.root) as folder:
            for file in files:
                shutil.copyfile(file, folder / file.name)
            terms = f"{corpus.title}\n{self.terms}\n"
            (folder / "TERMS.txt").write_text(terms, encoding="utf-8")
        return f"{corpus.root}: {len(files)} files; {self.terms}"

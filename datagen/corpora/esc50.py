"""ESC-50 (Piczak, 2015): audio/FOLD-CLIPID-TAKE-TARGET.wav, described by meta/esc50.csv."""

import re
from collections.abc import Sequence

import pandas as pd

from datagen.corpora.corpus import CorpusOnDisk
from datagen.corpora.layout import known
from datagen.recordings import Recording

NAME = re.compile(r"\d-\w+-\w+-\d+\.wav")
COLUMNS = {"filename", "fold", "category"}


class ESC50(CorpusOnDisk):
    """Clips of `categories` and `folds` (None: all), less the categories `without`.

    source is the recording that a clip was cut from, kind the category.
    """

    title = "ESC-50"
    layout = "audio/FOLD-CLIPID-TAKE-TARGET.wav with meta/esc50.csv"
    remedy = "'python download.py corpus=esc50 data_root=DIR' fetches it"

    def __init__(
        self,
        root: str,
        categories: Sequence[str] | None = None,
        folds: Sequence[int] | None = None,
        without: Sequence[str] | None = None,
    ):
        super().__init__(root)
        self.categories, self.folds, self.without = categories, folds, without

    def recordings(self) -> list[Recording]:
        """The clips by name.

        Raises ValueError for an unknown category or fold, and for a damaged table.
        """
        audio = self.folder() / "audio"
        clips = self._selected(self._table())
        if clips.empty:
            chosen = f"categories={self.categories} folds={self.folds}"
            raise FileNotFoundError(f"{self.root}: {chosen} select no clip; choose others")
        recordings = []
        for name, category in sorted(zip(clips["filename"], clips["category"], strict=True)):
            stem = name.removesuffix(".wav")
            source = name.split("-")[1]
            recordings.append(
                Recording(f"esc50/{stem}", str(audio / name), f"esc50/{source}", kind=category)
            )
        return recordings

    def _table(self) -> pd.DataFrame:
        meta = self.folder() / "meta" / "esc50.csv"
        if not meta.exists():
            raise FileNotFoundError(f"{meta}: no such file; {self.expected}")
        clips = pd.read_csv(meta, dtype=str, keep_default_na=False)
        lacking = sorted(COLUMNS - set(clips))
        if lacking:
            raise ValueError(f"{meta}: has no column {', '.join(lacking)}; {self.expected}")
        for name in clips["filename"]:
            if not NAME.fullmatch(name):
                raise ValueError(f"{meta}: {name} is no name of a clip; {self.expected}")
        return clips

    def _selected(self, clips: pd.DataFrame) -> pd.DataFrame:
        category, fold = clips["category"], clips["fold"]
        selected = pd.Series(True, clips.index)
        if self.categories is not None:
            selected &= category.isin(self._known("categories", self.categories, category))
        if self.folds is not None:
            selected &= fold.isin(self._known("folds", self.folds, fold))
        if self.without is not None:
            selected &= ~category.isin(self._known("without", self.without, category))
        return clips[selected]

    def _known(self, option: str, values: Sequence[str | int], column: pd.Series) -> list[str]:
        return known(values, column, f"{option} of {self.root}")

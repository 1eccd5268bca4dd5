"""ESC-50 (Piczak, 2015): audio/FOLD-CLIPID-TAKE-TARGET.wav, described by meta/esc50.csv."""

import re
from collections.abc import Sequence

import pandas as pd

from datagen.corpora.corpus import CorpusOnDisk
from datagen.corpora.layout import known
from datagen.recordings import Recording

NAME = re.compile(r"\d-\w+-\w+-\d+\.wav")


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
        """The clips by name; raises ValueError for an unknown category or fold, and for a damaged table."""
        folder, clips = self.folder(), self._selected(self._table())
        if clips.empty:
            chosen = f"categories={self.categories} folds={self.folds}"
            raise FileNotFoundError(f"{self.root}: {chosen} select no clip; choose others")
        return [
            Recording(
                f"esc50/{name[:-4]}",
                str(folder / "audio" / name),
                f"esc50/{name.split('-')[1]}",
                kind=category,
            )
            for name, category in sorted(zip(clips["filename"], clips["category"], strict=True))
        ]

    def _table(self) -> pd.DataFrame:
        meta = self.folder() / "meta" / "esc50.csv"
        if not meta.exists():
            raise FileNotFoundError(f"{meta}: no such file; {self.expected}")
        clips = pd.read_csv(meta, dtype=str, keep_default_na=False)
        if lacking := sorted({"filename", "fold", "category"} - set(clips)):
            raise ValueError(f"{meta}: has no column {', '.join(lacking)}; {self.expected}")
        if odd := [name for name in clips["filename"] if not NAME.fullmatch(name)]:
            raise ValueError(f"{meta}: {odd[0]} is no name of a clip; {self.expected}")
        return clips

    def _selected(self, table: pd.DataFrame) -> pd.DataFrame:
        clips = table
        for option, column, chosen in (
            ("categories", "category", self.categories),
            ("folds", "fold", self.folds),
        ):
            if chosen is not None:
                clips = clips[
                    clips[column].isin(known(chosen, table[column], f"{option} of {self.root}"))
                ]
        if self.without is not None:
            clips = clips[
                ~clips["category"].isin(
                    known(self.without, table["category"], f"without of {self.root}")
                )
            ]
        return clips

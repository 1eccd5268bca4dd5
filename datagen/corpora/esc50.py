"""ESC-50 (Piczak, 2015): audio/FOLD-CLIPID-TAKE-TARGET.wav, described by meta/esc50.csv."""

import re
from collections.abc import Sequence

import pandas as pd

from datagen.corpora.corpus import CorpusOnDisk
from datagen.corpora.layout import known
from datagen.recordings import Recording

NAME = re.compile(r"\d-\w+-\w+-\d+\.wav")
COLUMNS = {"filename", "fold", "category"}
# A line of LICENSE: "- [1-100032-A.ogg]: clip derived from ... [CC0]".
LICENSED = re.compile(r"- \[(\d-\w+-\w+)\.\w+\]:.*\[([^\[\]]+)\]\s*")


class ESC50(CorpusOnDisk):
    """Clips of `categories`, `folds` and `licences` (None: all), without the categories `without`.

    without_folds: folds whose clips are left out, which a config may reserve for another role.

    licences: names that LICENSE, which comes with the corpus, gives single clips ("CC0", "CC-BY").
    source: the recording that a clip was cut from; kind: its category.
    """

    name = "esc50"
    title = "ESC-50"
    licence = "CC BY-NC 3.0"
    layout = "audio/FOLD-CLIPID-TAKE-TARGET.wav with meta/esc50.csv"
    remedy = "'python download.py corpus=esc50 data_root=DIR' fetches it"

    def __init__(
        self,
        root: str,
        categories: Sequence[str] | None = None,
        folds: Sequence[int] | None = None,
        without: Sequence[str] | None = None,
        licences: Sequence[str] | None = None,
        without_folds: Sequence[int] | None = None,
    ):
        super().__init__(root)
        self.categories, self.folds, self.without = categories, folds, without
        self.without_folds = without_folds
        self.licences = licences
        if licences is not None:
            chosen = [licences] if isinstance(licences, str) else licences
            self.licence = ", ".join(chosen)

    def recordings(self) -> list[Recording]:
        """The clips by name.

        Raises ValueError for an unknown category, fold or licence, and for a damaged table.
        """
        audio = self.folder() / "audio"
        clips = self._selected(self._table())
        if clips.empty:
            chosen = f"categories={self.categories} folds={self.folds} licences={self.licences}"
            raise FileNotFoundError(f"{self.root}: {chosen} select no clip; choose others")
        recordings = []
        for name, category in sorted(zip(clips["filename"], clips["category"], strict=True)):
            stem = name.removesuffix(".wav")
            source = name.split("-")[1]
            recordings.append(
                Recording(
                    f"{self.name}/{stem}",
                    str(audio / name),
                    f"{self.name}/{source}",
                    kind=category,
                )
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
        if self.without_folds is not None:
            selected &= ~fold.isin(self._known("without_folds", self.without_folds, fold))
        if self.licences is not None:
            licence = self._licences(clips["filename"])
            selected &= licence.isin(self._known("licences", self.licences, licence))
        return clips[selected]

    def _licences(self, names: pd.Series) -> pd.Series:
        """The licence of each clip, "" if LICENSE does not name it."""
        path = self.root / "LICENSE"
        if not path.exists():
            raise FileNotFoundError(f"{path}: no such file, and licences={self.licences} needs it")
        by_clip = {}
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            licensed = LICENSED.fullmatch(line)
            if licensed:
                by_clip[licensed[1]] = licensed[2]
        clips = names.str.removesuffix(".wav").str.rpartition("-")[0]
        return clips.map(by_clip).fillna("")

    def _known(self, option: str, values: Sequence[str | int], column: pd.Series) -> list[str]:
        return known(values, column, f"{option} of {self.root}")

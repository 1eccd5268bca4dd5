"""ESC-50 (Piczak, 2015): audio/FOLD-CLIPID-TAKE-TARGET.wav, described by meta/esc50.csv."""

import re
from collections.abc import Sequence

import pandas as pd

from datagen.corpora.layout import existing, known
from datagen.recordings import Recording

EXPECTED = "ESC-50's layout audio/FOLD-CLIPID-TAKE-TARGET.wav with meta/esc50.csv"
NAME = re.compile(r"\d-\w+-\w+-\d+\.wav")
REMEDY = "'python download.py corpus=esc50 data_root=DIR' fetches it"


def esc50(
    root: str,
    categories: Sequence[str] | None = None,
    folds: Sequence[int] | None = None,
    without: Sequence[str] | None = None,
) -> list[Recording]:
    """Clips of `categories` and `folds` (None: all), less the categories `without`.

    source is the recording that a clip was cut from, kind the category.

    Raises FileNotFoundError where the layout is not there or nothing is selected, ValueError for an unknown
    category or fold.
    """
    folder = existing(root, EXPECTED, REMEDY)
    meta = folder / "meta" / "esc50.csv"
    if not meta.exists():
        raise FileNotFoundError(f"{meta}: no such file; expected {EXPECTED}. {REMEDY}")
    clips = pd.read_csv(meta, dtype=str, keep_default_na=False)
    if lacking := sorted({"filename", "fold", "category"} - set(clips)):
        raise ValueError(f"{meta}: has no column {', '.join(lacking)}; expected {EXPECTED}. {REMEDY}")
    if odd := [name for name in clips["filename"] if not NAME.fullmatch(name)]:
        raise ValueError(f"{meta}: {odd[0]} is no name of a clip; expected {EXPECTED}. {REMEDY}")
    table = clips
    for option, column, chosen in (("categories", "category", categories), ("folds", "fold", folds)):
        if chosen is not None:
            clips = clips[clips[column].isin(known(chosen, table[column], f"{option} of {root}"))]
    if without is not None:
        clips = clips[~clips["category"].isin(known(without, table["category"], f"without of {root}"))]
    if clips.empty:
        raise FileNotFoundError(f"{root}: categories={categories} folds={folds} select no clip; choose others")
    return [
        Recording(f"esc50/{name[:-4]}", str(folder / "audio" / name), f"esc50/{name.split('-')[1]}", kind=category)
        for name, category in sorted(zip(clips["filename"], clips["category"], strict=True))
    ]

"""The storage of rendered mixtures: by the typed option, or by the content of a folder."""

from pathlib import Path

import pandas as pd

from datagen.storage.audio_files import AudioFiles
from datagen.storage.shards import Shards
from datagen.storage.storage import Storage

FORMATS = ("flac", "wav", "shards")


def storage(form: str, folder: Path, sample_rate: int) -> Storage:
    """The storage of one of FORMATS."""
    if form == "shards":
        return Shards(folder, sample_rate)
    return AudioFiles(folder, sample_rate, form)


def existing_storage(
    rows: pd.DataFrame, folder: Path, sample_rate: int, remedy: str
) -> tuple[Storage, pd.DataFrame]:
    """The first storage in which all `rows` exist, and the rows located in it.

    Raises FileNotFoundError if there is none, naming a missing file of a storage that was begun, or
    ValueError if its table is damaged; both messages end in `remedy`.
    """
    missing, begun = [], []
    for form in FORMATS:
        tried = storage(form, folder, sample_rate)
        is_begun = len(rows) > 0 and tried.begun(rows)
        if form == "shards" and not is_begun:
            continue
        located = tried.located(rows)
        first = tried.missing(located)
        if first is None:
            return tried, located
        missing.append(first)
        begun += [first] if is_begun else []
    raise FileNotFoundError(f"{(begun or missing)[0]}: not rendered; {remedy}")

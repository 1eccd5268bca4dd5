"""The table of line enhancement: its columns, and the files beside it."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from files.table import OptionalFloat, read_table
from options.typed import typed

FOUND = "lines.csv"  # the lines of a recording
GAINS, LOFARGRAMS = "gain.csv", "lofargrams_"  # names of files; the name of a study follows
TYPES = {
    "study": str,
    "system": str,
    "snr_in_db": OptionalFloat,
    "frame_s": OptionalFloat,
    "delay_s": OptionalFloat,
    "cell": str,
    "draw": int,
    "gain_db": OptionalFloat,
    "gain_inband_db": OptionalFloat,
    "seconds": OptionalFloat,
}
COLUMNS = list(TYPES)


class Studies(NamedTuple):
    """The results of lines.py in a folder.

    gains: as in gain.csv. pictures: PNG of its lofargrams, by study.
    """

    gains: pd.DataFrame
    pictures: Mapping[str, bytes]


def read_studies(folder: Path) -> Studies:
    """The studies in `folder`; raises FileNotFoundError or ValueError if there are none."""
    path = folder / GAINS
    if not path.exists():
        raise FileNotFoundError(
            f"gains={folder}: has no {GAINS}; give a folder that lines.py wrote"
        )
    gains = read_table(path, TYPES, f"write it anew: python lines.py {typed('output', folder)}")
    pictures = {}
    for picture in sorted((folder / "figures").glob(f"{LOFARGRAMS}*.png")):
        study = picture.stem.removeprefix(LOFARGRAMS)
        pictures[study] = picture.read_bytes()
    return Studies(gains, pictures)

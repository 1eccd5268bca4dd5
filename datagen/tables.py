"""The tables of a plan on disk: what they are called, their columns, and whether two of them say the same."""

import pandas as pd

from datagen import older
from datagen.recordings import Stretch, Utterance
from datagen.row import Row
from files.schema import Schema, defaults_of, types_of

ROWS, SPEECH, NOISE = "plan.csv", "speech.csv", "noise.csv"
UNKNOWN = ("content", "kind", "sex")  # columns in which "" says that it is not known


def schemas() -> dict[str, Schema]:
    """The columns of each table, by the name of its file."""
    return {
        ROWS: Schema(types_of(Row), defaults_of(Row), more=True),
        SPEECH: Schema(types_of(Utterance), older.LACKING, older.speech),
        NOISE: Schema(types_of(Stretch), older.LACKING, older.noise),
    }


def difference(there: pd.DataFrame, here: pd.DataFrame) -> str:
    """The first thing in which two tables differ; "" where in nothing that decides what they are.

    What does not: where the corpora lie, what only one of them knows of the audio, and columns of
    only one of them.
    """
    if len(there) != len(here):
        return f"{len(there)} rows there, {len(here)} here"
    for column in here.columns.intersection(there.columns, sort=False).drop(
        "path", errors="ignore"
    ):
        for row, (before, now) in enumerate(zip(there[column], here[column], strict=True)):
            if before != now and (column not in UNKNOWN or (before and now)):
                what = "the audio" if column == "content" else column
                return f"{what} of {here.iloc[row, 0]}"
    return ""

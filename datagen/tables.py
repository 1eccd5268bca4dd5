"""The tables of a plan on disk: their names, their columns, and a comparison."""

import pandas as pd

from datagen import older
from datagen.recordings import Stretch, Utterance
from datagen.row import Row
from files.schema import Schema, defaults_of, types_of

ROWS, SPEECH, NOISE = "plan.csv", "speech.csv", "noise.csv"
UNKNOWN = ("content", "kind", "sex", "text")  # columns in which "" means unknown


def schemas() -> dict[str, Schema]:
    """The columns of each table, by the name of its file."""
    return {
        ROWS: Schema(types_of(Row), defaults_of(Row), older.rows, more=True),
        SPEECH: Schema(types_of(Utterance), older.LACKING, older.speech),
        NOISE: Schema(types_of(Stretch), older.LACKING, older.noise),
    }


def difference(there: pd.DataFrame, here: pd.DataFrame) -> str:
    """The first difference between two tables; "" where no decisive value differs.

    Three differences are not decisive: places of corpora, facts of the audio that only one table
    knows, and columns of only one table.
    """
    if len(there) != len(here):
        return f"{len(there)} rows there, {len(here)} here"
    for column in here:
        if column not in there or column == "path":
            continue
        row = _first_other(column, there[column], here[column])
        if row is not None:
            subject = "the audio" if column == "content" else column
            return f"{subject} of {here.iloc[row, 0]}"
    return ""


def _first_other(column: str, there: pd.Series, here: pd.Series) -> int | None:
    """The first row with a difference in a value that both tables know; None without one."""
    for row, (before, now) in enumerate(zip(there, here, strict=True)):
        unknown = column in UNKNOWN and not (before and now)
        if before != now and not unknown:
            return row
    return None

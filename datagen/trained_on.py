"""The published tables of a training's recordings, which show whether a test is new to the run.

They have names, sources, contents, splits and lengths, but no paths of the audio.
"""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from datagen.plan import load_recordings
from datagen.tables import NOISE, SPEECH, schemas
from files.schema import Cells, Schema

PUBLISHED = {
    SPEECH: ["id", "source", "content", "length", "split"],
    NOISE: ["id", "source", "content", "vector", "seen", "split", "start", "stop"],
}
# The values of the other columns; the path is the id.
REST = {"kind": "", "sex": "", "only": "", "sample_rate": 0, "samples": 0, "channels": 1}


def publishable(folder: Path, remedy: str) -> dict[str, pd.DataFrame]:
    """The tables to publish from those in `folder`, by the names of their files.

    Raises FileNotFoundError or ValueError if they are missing, damaged, or lack the content of any
    recording: then a copy of it under another name could not be found in a test.
    """
    tables = {}
    for name, table in zip((SPEECH, NOISE), load_trained_on(folder, remedy), strict=True):
        unknown = table.id[table.content == ""]
        if len(unknown):
            raise ValueError(
                f"{folder / name}: does not know the audio of {len(unknown)} recordings "
                f"({unknown.iloc[0]}, ...), so no test could be held against it; train with "
                f"check_audio=true, or, where an older version wrote it, {remedy}"
            )
        tables[name] = table[PUBLISHED[name]]
    return tables


def load_trained_on(folder: Path, remedy: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Speech and noise of a training, from its tables in `folder` or from the published ones.

    In published tables a path is the id, and only PUBLISHED is known. Raises the errors of
    `load_recordings`.
    """
    known = {name: _lacking(schema) for name, schema in schemas().items()}
    return load_recordings(folder, remedy, known)


def _lacking(schema: Schema) -> Schema:
    """`schema` for tables that may lack the unpublished columns."""

    def upgraded(cells: Cells) -> Cells:
        return _with_paths(schema.upgrade(cells))

    return replace(schema, defaults=schema.defaults | REST, upgrade=upgraded)


def _with_paths(cells: Cells) -> Cells:
    if "path" in cells or "id" not in cells:
        return cells
    return {"id": cells["id"], "path": cells["id"], **cells}

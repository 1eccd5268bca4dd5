"""The curves of a training: its losses, and the times of its epochs."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from files.schema import Schema
from files.table import OptionalFloat, read_table
from models.layouts import CURVE, TIMED, TIMES

EPOCH = Schema(  # a row of a curve
    {
        "epoch": int,
        "step": int,
        "train_loss": OptionalFloat,
        "validation_loss": OptionalFloat,
        "learning_rate": OptionalFloat,
        "rows": str,
    },
    defaults={"rows": ""},
)


class Curves(NamedTuple):
    """curve: a row for each epoch, see models.training.Curve. times: see models.times.Times.

    Each is None if an older version trained it.
    """

    curve: pd.DataFrame | None
    times: pd.DataFrame | None

    def spent(self) -> str:
        """Hours by machine, and the number of epochs with known times."""
        if self.times is None:
            return "not recorded"
        by_machine = self.times.groupby("machine", sort=False).seconds.sum()
        spent = [f"{seconds / 3600:.2f} h on {machine}" for machine, seconds in by_machine.items()]
        epochs, known = len(self.curve), len(self.times)
        rest = f" ({known} of {epochs} epochs; that of the others was not recorded)"
        return "; ".join(spent) + (rest if known < epochs else "")


def read_curves(folder: Path, remedy: str) -> Curves:
    """The curves in `folder`. remedy: against a damaged file.

    Raises ValueError, in one line, for a damaged file.
    """
    tables = []
    for name, schema in ((CURVE, EPOCH), (TIMES, TIMED)):
        path = folder / name
        tables.append(read_table(path, schema, remedy) if path.exists() else None)
    return Curves(*tables)

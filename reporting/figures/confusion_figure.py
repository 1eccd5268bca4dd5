"""The confusion matrices of taggers."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.figure import Figure

from reporting.figures.drawing import STYLE, Drawing, drawing, label

SYSTEMS = 3  # number of systems with a figure, the best ones
NUMBERED = 20  # largest number of classes for which squares hold numbers
SQUARE = 0.42  # side of a square in inches
SMALLEST = 0.17  # side of a square without a number
NOTE = "Rows: true classes; columns: predicted classes. A row adds up to the clips of its class."


def confusions(named: pd.DataFrame, order: Sequence[str]) -> Iterator[Drawing]:
    """A figure for each of the best systems of `order`.

    named: see reporting.scoring.transcripts, only of classes; empty if there are none.
    """
    for number, system in enumerate(order[:SYSTEMS]):
        of_system = named[named.system == system]
        if len(of_system):
            table = matrix(of_system)
            yield _figure(table, system, f"confusion_{number + 1}")


def matrix(named: pd.DataFrame) -> pd.DataFrame:
    """The confusion matrix: counts of true classes (rows) and predicted classes (columns)."""
    classes = sorted({*named.reference, *named.answer})
    counts = pd.crosstab(named.reference, named.answer)
    return counts.reindex(index=classes, columns=classes, fill_value=0)


def _figure(table: pd.DataFrame, system: str, name: str) -> Drawing:
    side = len(table) * (SQUARE if len(table) <= NUMBERED else SMALLEST)
    shares = table.to_numpy() / np.maximum(1, table.sum(axis=1).to_numpy())[:, None]
    with rc_context(STYLE):
        figure = Figure((1.6 + side, 1.5 + side), layout="constrained")
        panel = figure.subplots()
        panel.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        names = [label(one) for one in table.index]
        places = range(len(names))
        panel.set_xticks(places, names, rotation=90)
        panel.set_yticks(places, names)
        panel.set_xlabel("predicted class")
        panel.set_ylabel("true class")
        for row, column in zip(*np.nonzero(table.to_numpy()), strict=True):
            if len(table) <= NUMBERED:
                colour = "white" if shares[row, column] > 0.5 else "#555555"
                panel.text(column, row, table.iat[row, column], ha="center", va="center", c=colour)
        title = f"Confusion matrix of {system}"
        return drawing(figure, name, title, NOTE)

"""The marks of systems in a summary: the best of a column, and ties."""

from collections.abc import Mapping, Sequence

import pandas as pd

from metrics.known import facts
from reporting.scores_table import KNOWING
from reporting.tables.comparison import decidable, level_with_best

BEST, LEVEL, UNDECIDED = "best", "level", "undecided"


def marks(long: pd.DataFrame, keys: Sequence[str], clusters: Sequence[str]) -> Mapping[tuple, str]:
    """Marks by (*keys, score, system), of the systems that have one.

    long: a row per score, see reporting.tables.summary. clusters: its columns that number speakers
    or noises. Systems are compared by their improvements, without the oracle. All are UNDECIDED if
    there are too few clusters for a test.
    """
    marked = {}
    competing = long[~long.system.isin(KNOWING)]
    for cell, rows in competing.groupby([*keys, "score"], sort=False):
        systems = rows.system.unique()
        gains = rows.pivot(index="mixture_id", columns="system", values="gain")[systems]
        better = gains * facts(cell[-1]).sign
        mixtures = rows.drop_duplicates("mixture_id").set_index("mixture_id").loc[gains.index]
        ways = [mixtures[name].to_numpy() for name in clusters]
        if not decidable(*(len(set(way)) for way in ways)):
            marked.update({(*cell, system): UNDECIDED for system in systems})
            continue
        for number, system in enumerate(level_with_best(better, *ways)):
            marked[(*cell, system)] = LEVEL if number else BEST
    return marked

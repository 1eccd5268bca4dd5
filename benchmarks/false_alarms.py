"""Simulates the error rates of marks and intervals: python benchmarks/false_alarms.py [TABLES].

Simulates tables of two equal systems, over speakers whose mixtures correlate.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
from tabulate import tabulate

from reporting.tables.comparison import DIFFERENT, decidable, flipped
from reporting.tables.uncertainty import interval

SPEAKERS = (4, 8, 20)
CORRELATIONS = (0.0, 0.1, 0.3)
MIXTURES = 10  # mixtures of every speaker


def main(tables: str = "2000") -> None:
    """Print false alarms and coverage of `tables` simulated tables for every setting."""
    rows = []
    for speakers in SPEAKERS:
        for correlation in CORRELATIONS:
            rows.append([speakers, correlation, *rates(speakers, correlation, int(tables))])
    print(tabulate(rows, ["speakers", "correlation", "told apart %", "held %"], floatfmt=".1f"))


def rates(speakers: int, correlation: float, tables: int) -> tuple[float, float]:
    """In per cent: tables whose equal systems differ significantly; intervals that contain 0."""
    of_items = np.repeat(np.arange(speakers), MIXTURES)
    alarms = held = 0
    for seed in range(tables):
        rng = np.random.default_rng([seed, speakers, round(10 * correlation)])
        shared = rng.normal(size=speakers)[of_items]
        own = rng.normal(size=len(of_items))
        differences = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own
        (chance,) = flipped(differences[:, None], of_items)
        alarms += decidable(speakers) and chance <= DIFFERENT
        low, high = interval(differences, of_items)
        held += low <= 0 <= high
    return 100 * alarms / tables, 100 * held / tables


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The perplexity of a run of task=melody, beside n-gram models."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from datagen.melodies.plan import load_tunes
from datagen.melodies.tokens import to_tokens
from datagen.melodies.tune import unwritten
from files.atomic import write_atomic
from files.table import csv_text
from models.melody.next_note import NextNote
from models.melody.perplexity import nats
from models.run import run_config
from tasks.melody import counting

TABLE = "perplexity.csv"
Nats = Callable[[Sequence[int]], float]


def perplexities(run: Path, network: NextNote, output: Path) -> str:
    """The perplexity per token of the run's test tunes in their original keys, in lines.

    perplexity.csv has a row per tune and system, with its number of tokens and cross-entropy in
    nats. The n-gram models learned the training tunes in their original keys or, "in all keys", as
    the network did.
    """
    tunes = load_tunes(run)
    tests = tunes[tunes.split == "test"]
    systems: dict[str, Nats] = {"network": partial(nats, network)}
    learned = tunes[tunes.split == "train"].notes
    for name, system in counting(lambda: learned, run_config(run).task.transpose).items():
        systems[name] = partial(system.counts.nats, order=system.order)
    rows = []
    for system, nats_of in systems.items():
        for tune in tests.itertuples():
            tokens = to_tokens(unwritten(tune.notes))
            rows.append((system, tune.id, len(tokens) - 1, nats_of(tokens)))
    table = pd.DataFrame(rows, columns=["system", "tune", "tokens", "nats"])
    write_atomic(output / TABLE, csv_text(table))
    return _lines(table, len(tests))


def _lines(table: pd.DataFrame, tunes: int) -> str:
    """The perplexities, a line each."""
    sums = table.groupby("system", sort=False)[["tokens", "nats"]].sum()
    lines = [f"perplexity per token of {tunes} test tunes ({sums.tokens.iloc[0]:,} tokens):"]
    for system, tokens, summed in sums.itertuples():
        lines.append(f"  {system}: {math.exp(summed / tokens):.2f}")
    return "\n".join(lines)

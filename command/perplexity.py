"""How well a run of task=melody foretells tunes, beside models that only count."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from datagen.melodies.plan import load_tunes
from datagen.melodies.tokens import TOKENS, to_tokens
from datagen.melodies.tune import unwritten
from files.atomic import write_atomic
from files.table import csv_text
from models.melody.next_note import NextNote
from models.melody.ngram import NGram
from models.melody.perplexity import nats
from models.run import run_config

ORDERS = {"unigram": 1, "trigram": 3, "5-gram": 5}  # tokens; two make a note
TABLE = "perplexity.csv"


def perplexities(run: Path, network: NextNote, output: Path) -> str:
    """The perplexity per token of the run's test tunes, as they are written, in lines.

    perplexity.csv has what each is the mean of: a row per tune and system, with its tokens and
    their cross-entropy in nats. A counting model has two rows of its own kind: it learned the
    training tunes as they are written, or, "in all keys", as the network did.
    """
    tunes = load_tunes(run)
    test = {name: _tokens(notes) for name, notes in _of(tunes, "test")}
    systems: dict[str, Callable[[Sequence[int]], float]] = {
        "network": lambda tune: nats(network, tune)
    }
    for name, keys in (("", 0), (" in all keys", int(run_config(run).task.transpose))):
        learned = [
            _tokens(notes, semitones)
            for _, notes in _of(tunes, "train")
            for semitones in range(-keys, keys + 1)
        ]
        for kind, order in ORDERS.items():
            systems[f"{kind}{name}"] = NGram(order, TOKENS).learn(learned).nats
    rows = []
    for system, nats_of in systems.items():
        for tune, tokens in test.items():
            rows.append((system, tune, len(tokens) - 1, nats_of(tokens)))
    table = pd.DataFrame(rows, columns=["system", "tune", "tokens", "nats"])
    write_atomic(output / TABLE, csv_text(table))
    return _lines(table, len(test))


def _of(tunes: pd.DataFrame, split: str) -> list[tuple[str, str]]:
    """Ids and notes of a split's tunes."""
    chosen = tunes[tunes.split == split]
    return list(zip(chosen.id, chosen.notes, strict=True))


def _tokens(notes: str, semitones: int = 0) -> np.ndarray:
    return to_tokens(unwritten(notes), semitones)


def _lines(table: pd.DataFrame, tunes: int) -> str:
    """Perplexities, one a line."""
    sums = table.groupby("system", sort=False)[["tokens", "nats"]].sum()
    lines = [f"perplexity per token of {tunes} test tunes ({sums.tokens.iloc[0]:,} tokens):"]
    for system, tokens, summed in sums.itertuples():
        lines.append(f"  {system}: {math.exp(summed / tokens):.2f}")
    return "\n".join(lines)

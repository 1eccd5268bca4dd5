"""How well a run of task=melody foretells tunes, beside models that only count."""

import math
from collections.abc import Callable, Sequence
from functools import partial
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
IN_ALL_KEYS = ("unigram", "trigram")  # so many tunes hold too many runs of five tokens
TABLE = "perplexity.csv"
Nats = Callable[[Sequence[int]], float]


def perplexities(run: Path, network: NextNote, output: Path) -> str:
    """The perplexity per token of the run's test tunes, as they are written, in lines.

    perplexity.csv has what they are made of: a row per tune and system, with its tokens and their
    cross-entropy in nats. Models that count have learned the training tunes as they are written,
    or, "in all keys", as the network did.
    """
    tunes = load_tunes(run)
    tests = tunes[tunes.split == "test"]
    systems: dict[str, Nats] = {"network": partial(nats, network)}
    systems |= _counting(tunes, keys=int(run_config(run).task.transpose))
    rows = []
    for system, nats_of in systems.items():
        for tune in tests.itertuples():
            tokens = _tokens(tune.notes)
            rows.append((system, tune.id, len(tokens) - 1, nats_of(tokens)))
    table = pd.DataFrame(rows, columns=["system", "tune", "tokens", "nats"])
    write_atomic(output / TABLE, csv_text(table))
    return _lines(table, len(tests))


def _counting(tunes: pd.DataFrame, keys: int) -> dict[str, Nats]:
    """Models that count, by name; keys: semitones up and down that training tunes were moved by."""
    learned = tunes[tunes.split == "train"].notes
    as_written = NGram(max(ORDERS.values()), TOKENS).learn(map(_tokens, learned))
    moved = (_tokens(notes, by) for notes in learned for by in range(-keys, keys + 1))
    highest = max(ORDERS[name] for name in IN_ALL_KEYS)
    in_all_keys = NGram(highest, TOKENS).learn(moved)
    systems: dict[str, Nats] = {}
    for name, order in ORDERS.items():
        systems[name] = partial(as_written.nats, order=order)
    for name in IN_ALL_KEYS:
        systems[f"{name} in all keys"] = partial(in_all_keys.nats, order=ORDERS[name])
    return systems


def _tokens(notes: str, semitones: int = 0) -> np.ndarray:
    return to_tokens(unwritten(notes), semitones)


def _lines(table: pd.DataFrame, tunes: int) -> str:
    """Perplexities, one a line."""
    sums = table.groupby("system", sort=False)[["tokens", "nats"]].sum()
    lines = [f"perplexity per token of {tunes} test tunes ({sums.tokens.iloc[0]:,} tokens):"]
    for system, tokens, summed in sums.itertuples():
        lines.append(f"  {system}: {math.exp(summed / tokens):.2f}")
    return "\n".join(lines)

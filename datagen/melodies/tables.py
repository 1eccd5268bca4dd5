"""Tunes in the tables of a plan, in place of recordings, for tests.

A family of tunes is one source, because a network that knows one version knows the others.
"""

from dataclasses import asdict

import pandas as pd

from datagen.melodies.tune import unwritten
from datagen.recordings import Stretch, Utterance
from datagen.row import Row
from files.fingerprint import of_values
from files.schema import types_of

KIND = "tune"


def as_speech(tunes: pd.DataFrame) -> pd.DataFrame:
    """An utterance for each of `tunes` (see datagen.melodies.plan.TuneRow); length in ticks."""
    rows = []
    for tune in tunes.itertuples():
        ticks = sum(note.ticks for note in unwritten(tune.notes))
        known = {"content": of_values(tune.notes), "length": ticks, "split": tune.split}
        rows.append(asdict(Utterance(tune.id, tune.id, tune.family, **known)))
    return pd.DataFrame(rows, columns=list(types_of(Utterance)))


def as_noise(tunes: pd.DataFrame, lengths: pd.Series) -> pd.DataFrame:
    """An unseen noise for each tune; lengths: of their sound, in samples."""
    rows = []
    for tune, length in zip(tunes.itertuples(), lengths, strict=True):
        known = {"content": of_values(tune.notes), "kind": KIND, "vector": tune.id}
        cut = {"seen": False, "split": tune.split, "start": 0, "stop": int(length)}
        rows.append(asdict(Stretch(tune.id, tune.id, tune.family, **known, **cut)))
    return pd.DataFrame(rows, columns=list(types_of(Stretch)))


def as_rows(tunes: pd.DataFrame, lengths: pd.Series) -> pd.DataFrame:
    """A row of a plan for each tune."""
    rows = []
    for tune, length in zip(tunes.itertuples(), lengths, strict=True):
        row = Row(tune.id, tune.split, tune.id, 0, tune.id, 0, int(length), 0.0, 0.0, False)
        rows.append(asdict(row))
    return pd.DataFrame(rows, columns=list(types_of(Row)))

"""Checks the rows of a plan against the tables of the recordings that they name."""

import pandas as pd

from datagen.band_limit import LOWEST, NYQUIST
from datagen.present import CHOICES
from datagen.row import of_training
from datagen.several_noises import FURTHER
from datagen.spectral_shape import is_filter
from datagen.tables import NOISE, SPEECH

TWICE = "stands there twice"
Faults = dict[str, pd.Series]  # the rows that have a fault, by the message about it


def unnamed(rows: pd.DataFrame, speech: pd.DataFrame, noise: pd.DataFrame) -> Faults:
    """Rows that name recordings which the tables lack."""
    faults = {
        f"names a speech that {SPEECH} lacks": ~rows.speech_id.isin(speech.id),
        f"names a noise that {NOISE} lacks": ~rows.noise_id.isin(noise.id),
    }
    for name in FURTHER:
        ids = rows[f"{name}_id"]
        known = (ids == "") | ids.isin(noise.id)
        faults[f"names a {name} that {NOISE} lacks"] = ~known
    return faults


def contradicted(rows: pd.DataFrame, speech: pd.DataFrame, noise: pd.DataFrame) -> Faults:
    """Rows that do not fit the recordings that they name; the tables must have all of these."""
    faults = _of_first(rows, _named(speech, rows.speech_id), _named(noise, rows.noise_id))
    faults.update(_of_variety(rows))
    for name in FURTHER:
        ids = rows[f"{name}_id"]
        there = ids != ""
        further = _named(noise, ids.where(there, rows.noise_id))
        start = rows[f"{name}_start"].where(there, rows.noise_start)
        outside = (start < further.start) | (start >= further.stop)
        faults[f"begins outside its stretch of {name}"] = outside
        faults[f"is wrong about whether its {name} is seen"] = rows.noise_seen != further.seen
    return faults


def _of_first(rows: pd.DataFrame, speech: pd.DataFrame, noise: pd.DataFrame) -> Faults:
    """speech, noise: the recordings that the row at the same position names."""
    speech_stop = rows.speech_start + rows.length
    outside_speech = (rows.speech_start < 0) | (speech_stop > speech.length)
    outside_noise = (rows.noise_start < noise.start) | (rows.noise_start >= noise.stop)
    return {
        TWICE: rows.mixture_id.duplicated(),
        "has speech of another split": rows.split != speech.split,
        "has a length below 1": rows.length < 1,
        "leaves its recording of speech": outside_speech,
        "begins outside its stretch of noise": outside_noise,
        "is wrong about whether its noise is seen": rows.noise_seen != noise.seen,
    }


def _of_variety(rows: pd.DataFrame) -> Faults:
    """Faults in the columns that must have their default outside the training split."""
    choices = ", ".join(CHOICES)
    faults = {f"has a present part that is none of {choices}": ~rows.present.isin(CHOICES)}
    for name in ("speech_filter", "noise_filter"):
        fault = f"has a {name} that is not four numbers within the limits of plan.tilt"
        faults[fault] = ~rows[name].map(is_filter).astype(bool)
    limited = (rows.band >= LOWEST) & (rows.band < NYQUIST)
    fault = f"has a band that is neither 0 nor from {LOWEST} to below {NYQUIST}"
    faults[fault] = ~limited & (rows.band != 0)
    elsewhere = rows.split != "train"
    for name, default in of_training().items():
        fault = f"has a {name} of its own, which training rows alone may have"
        faults[fault] = elsewhere & (rows[name] != default)
    return faults


def _named(table: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    """The recording of each of `ids`, in their order."""
    return table.set_index("id").loc[ids].reset_index(drop=True)

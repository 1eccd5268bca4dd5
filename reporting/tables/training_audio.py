"""The audio of a training, on a line."""

import pandas as pd

from datagen.recordings import are_own_sources
from reporting.tables.audit_kinds import CLIPPED
from text.number import counted


def training_recordings(
    speech: pd.DataFrame, noise: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The recordings of a plan's tables that a training uses."""
    training_speech = speech[speech.split != "test"]
    training_noise = noise[noise.seen].drop_duplicates("path")
    return training_speech, training_noise


def data_line(
    speech: pd.DataFrame, noise: pd.DataFrame, measures: pd.DataFrame, left_out: int
) -> str:
    """A line about the training audio. measures: by path, of the files with known measures."""
    paths = dict.fromkeys([*speech.path, *noise.path])
    known = measures.reindex(paths)
    level_db = known.level_db.reindex(speech.path).median()
    clipped = (known.clipped >= CLIPPED).sum()
    facts = [f"{_lasting(speech)} of {_speakers(speech)}"]
    if not pd.isna(level_db):
        facts.append(f"level {level_db:.0f} dB")
    if clipped:
        files = counted(clipped, "file")
        facts.append(f"{files} clipped")
    if left_out:
        files = counted(left_out, "file")
        facts.append(f"{files} left out")
    of_speech = ", ".join(facts)
    recordings = counted(len(noise), "recording")
    of_noise = f"{recordings}, {_lasting(noise)}"
    return f"data: {of_speech}; noise: {of_noise} ('generate.py audit=true' has the details)"


def _speakers(speech: pd.DataFrame) -> str:
    """The numbers of known speakers, and of recordings that are a source of their own."""
    alone = are_own_sources(speech)
    known = speech.source[~alone].nunique()
    counts = {"speaker": known, "recording": int(alone.sum())}
    told = " and ".join(counted(count, noun) for noun, count in counts.items() if count)
    return f"{told} of unknown speakers" if alone.any() else told


def _lasting(recordings: pd.DataFrame) -> str:
    seconds = recordings.samples / recordings.sample_rate
    hours = float(seconds.sum() / 3600)
    return f"{hours:.2f} h" if hours >= 0.1 else f"{60 * hours:.1f} min"

"""The test must be new to a run: no speaker, unseen noise or audio of it may have been in the run's training."""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from datagen.copies import same_audio
from datagen.plan import Plan, load_recordings

REMEDY = "evaluate with the experiment, plan and seed that it was trained with"
COPY = "copy the folder from the run that the training started from"  # of an ancestor


def refuse_leaks(run: Path, plan: Plan, whose: Path) -> None:
    """Raise ValueError where the training of `run` heard what the test of `plan` keeps unheard.

    That is the test's speakers and unseen noises, by their names and by their audio (see datagen.copies); its seen
    noise must be what the run calls seen. whose: the run that `run` is, or is an ancestor of.
    """
    tested = plan.split("test")
    speech, noise = load_recordings(
        run, f"put it back with train.py resume={whose}" if run == whose else COPY
    )
    speakers = _of_sources(plan.speech[plan.speech.split == "test"], tested.speech_id)
    unseen = _of_sources(plan.noise[~plan.noise.seen], tested[~tested.noise_seen].noise_id)
    heard, seen = speech[speech.split != "test"], noise[noise.seen]
    _refuse(run, "speakers", speakers, heard)
    _refuse(run, "unseen noises", unseen, seen)
    _refuse_copies(run, pd.concat([speakers, unseen]), pd.concat([heard, seen]))
    called_seen = _long_noises(plan.noise, tested[tested.noise_seen])
    if strange := sorted(_stretches(called_seen) - _stretches(seen)):
        raise ValueError(
            f"{run}: {len(strange)} stretches of the test's seen noise are not what its training set aside "
            f"({strange[0][0]}, ...); {REMEDY}"
        )


def _of_sources(table: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    """All recordings of the sources that recordings named `ids` have."""
    return table[table.source.isin(table.source[table.id.isin(ids)])]


def _long_noises(noise: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """All stretches of the long noises that `rows` are cut from."""
    return noise[noise.vector.isin(noise.vector[noise.id.isin(rows.noise_id)])]


def _stretches(noise: pd.DataFrame) -> set[tuple]:
    """What tells stretches of noise apart, and whom they serve, wherever the files lie."""
    return set(zip(noise.source, noise.id, noise.split, noise.start, noise.stop, strict=True))


def _refuse(run: Path, what: str, tested: pd.DataFrame, trained: pd.DataFrame) -> None:
    files = ({os.path.realpath(path) for path in table.path} for table in (tested, trained))
    if shared := sorted((set(tested.source) & set(trained.source)) | set.intersection(*files)):
        raise ValueError(
            f"{run}: {len(shared)} {what} of the test were in its training ({shared[0]}, ...); {REMEDY}"
        )


def _refuse_copies(run: Path, tested: pd.DataFrame, trained: pd.DataFrame) -> None:
    ours, theirs = same_audio(tested, trained)
    if len(shared := np.intersect1d(ours, theirs)):
        pair = (
            table.path[labels == shared[0]].iloc[0]
            for table, labels in ((tested, ours), (trained, theirs))
        )
        raise ValueError(
            f"{run}: {len(shared)} recordings of the test were in its training under other names "
            f"({' is '.join(pair)}, ...); leave them out of the test"
        )

"""The test must be new to a run.

No speaker, unseen noise or audio of it may have been in the run's training.
"""

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

    That is the test's speakers and unseen noises, by their names and by their audio (see
    datagen.copies); its seen noise must be what the run calls seen. whose: the run that `run` is,
    or is an ancestor of.
    """
    remedy = f"put it back with train.py resume={whose}" if run == whose else COPY
    speech, noise = load_recordings(run, remedy)
    heard = speech[speech.split != "test"]
    seen = noise[noise.seen]
    rows = plan.split("test")
    test_speech = plan.speech[plan.speech.split == "test"]
    unseen_noise = plan.noise[~plan.noise.seen]
    rows_unseen = rows[~rows.noise_seen]
    speakers = _of_sources(test_speech, rows.speech_id)
    unseen = _of_sources(unseen_noise, rows_unseen.noise_id)
    _refuse(run, "speakers", speakers, heard)
    _refuse(run, "unseen noises", unseen, seen)
    _refuse_copies(run, pd.concat([speakers, unseen]), pd.concat([heard, seen]))
    called_seen = _long_noises(plan.noise, rows[rows.noise_seen])
    _refuse_other_stretches(run, called_seen, seen)


def _of_sources(table: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    """All recordings of the sources that recordings named `ids` have."""
    sources = table.source[table.id.isin(ids)]
    return table[table.source.isin(sources)]


def _long_noises(noise: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """All stretches of the long noises that `rows` are cut from."""
    vectors = noise.vector[noise.id.isin(rows.noise_id)]
    return noise[noise.vector.isin(vectors)]


def _refuse_other_stretches(run: Path, tested: pd.DataFrame, trained: pd.DataFrame) -> None:
    strange = sorted(_stretches(tested) - _stretches(trained))
    if strange:
        source = strange[0][0]
        raise ValueError(
            f"{run}: {len(strange)} stretches of the test's seen noise are not what its training "
            f"set aside ({source}, ...); {REMEDY}"
        )


def _stretches(noise: pd.DataFrame) -> set[tuple]:
    """What tells stretches of noise apart, and whom they serve, wherever the files lie."""
    return set(zip(noise.source, noise.id, noise.split, noise.start, noise.stop, strict=True))


def _refuse(run: Path, what: str, tested: pd.DataFrame, trained: pd.DataFrame) -> None:
    sources = set(tested.source) & set(trained.source)
    files = _files(tested) & _files(trained)
    shared = sorted(sources | files)
    if shared:
        raise ValueError(
            f"{run}: {len(shared)} {what} of the test were in its training ({shared[0]}, ...); "
            f"{REMEDY}"
        )


def _files(recordings: pd.DataFrame) -> set[str]:
    return {os.path.realpath(path) for path in recordings.path}


def _refuse_copies(run: Path, tested: pd.DataFrame, trained: pd.DataFrame) -> None:
    labels_tested, labels_trained = same_audio(tested, trained)
    shared = np.intersect1d(labels_tested, labels_trained)
    if len(shared):
        ours = tested.path[labels_tested == shared[0]].iloc[0]
        theirs = trained.path[labels_trained == shared[0]].iloc[0]
        raise ValueError(
            f"{run}: {len(shared)} recordings of the test were in its training under other names "
            f"({ours} is {theirs}, ...); leave them out of the test"
        )

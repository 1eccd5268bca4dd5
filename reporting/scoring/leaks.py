"""Refuses a run that was trained on a part of the test."""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from datagen.copies import same_audio
from datagen.plan import Plan
from datagen.tables import NOISE, SPEECH
from datagen.trained_on import load_trained_on
from files.fingerprint import of_bytes
from files.sums import summed_content
from models.layouts import tables_again

REMEDY = "evaluate with the experiment, plan and seed that it was trained with"
# Splits whose speech must be new, by the split on which a run is tested.
TRAINED_ON = {"test": ("train", "validation"), "validation": ("train",)}
COPY = "copy the folder from the run that the training started from"  # for an ancestor


class LeakError(ValueError):
    """A run was trained on a part of the test."""


class LeakCheck:
    """Checks runs against the test of `plan`; of runs with equal tables, only the first one.

    The runs of a sweep have equal tables, and comparing recordings takes half a second per run.
    """

    def __init__(self, plan: Plan):
        self.plan = plan
        self._new: dict[str, set[str]] = {}  # results of `refuse_leaks` by content of the tables

    def new_sources(self, run: Path, whose: Path) -> set[str]:
        """See `refuse_leaks`."""
        tables = [summed_content(run / name, _remedy(run, whose)) for name in (SPEECH, NOISE)]
        content = of_bytes(tables)
        if content not in self._new:
            self._new[content] = refuse_leaks(run, self.plan, whose)
        return self._new[content]


def refuse_leaks(run: Path, plan: Plan, whose: Path) -> set[str]:
    """Raise LeakError if the training of `run` used a part of the test of `plan`.

    Parts are the test's speakers and unseen noises, by name and by audio (see datagen.copies). Seen
    noise may come from recordings of the training, if the run reserved the same stretches of them
    for the test. Returns the sources of seen noise that the training never used. If a plan is
    evaluated on its validation split, only the run's training split counts as used. whose: the
    evaluated run, which is `run` or was started from it.
    """
    speech, noise = load_trained_on(run, _remedy(run, whose))
    speech_used = speech[speech.split.isin(TRAINED_ON[plan.judged])]
    seen = noise[noise.seen]
    rows = plan.split(plan.judged)
    test_speech = plan.speech[plan.speech.split == plan.judged]
    unseen_noise = plan.noise[~plan.noise.seen]
    rows_unseen = rows[~rows.noise_seen]
    speakers = _of_sources(test_speech, rows.speech_id)
    unseen = _of_sources(unseen_noise, rows_unseen.noise_id)
    called_seen = seen_noise(plan)
    is_new = ~called_seen.source.isin(seen.source)
    new = called_seen[is_new]
    trained = pd.concat([speech_used, seen])  # a second speaker counts as noise
    files = _files(trained)
    _refuse(run, "speakers", speakers, trained, files)
    _refuse(run, "unseen noises", unseen, trained, files)
    _refuse_copies(run, pd.concat([speakers, unseen, new]), trained)
    _refuse_other_stretches(run, called_seen[~is_new], seen)
    return set(new.source)


def _remedy(run: Path, whose: Path) -> str:
    return tables_again(whose) if run == whose else COPY


def seen_noise(plan: Plan) -> pd.DataFrame:
    """All stretches of the long noises from which the test of `plan` cuts its seen noise."""
    rows = plan.split(plan.judged)
    ids = rows.noise_id[rows.noise_seen]
    vectors = plan.noise.vector[plan.noise.id.isin(ids)]
    return plan.noise[plan.noise.vector.isin(vectors)]


def _of_sources(table: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    """All recordings with the same sources as the recordings `ids`."""
    sources = table.source[table.id.isin(ids)]
    return table[table.source.isin(sources)]


def _refuse_other_stretches(run: Path, tested: pd.DataFrame, trained: pd.DataFrame) -> None:
    strange = sorted(_stretches(tested) - _stretches(trained))
    if strange:
        source = strange[0][0]
        raise LeakError(
            f"{run}: {len(strange)} stretches of the test's seen noise are not what its training "
            f"set aside ({source}, ...); {REMEDY}"
        )


def _stretches(noise: pd.DataFrame) -> set[tuple]:
    """Keys of stretches of noise and of their splits, independent of paths."""
    return set(zip(noise.source, noise.id, noise.split, noise.start, noise.stop, strict=True))


def _refuse(
    run: Path, what: str, tested: pd.DataFrame, trained: pd.DataFrame, trained_files: set[str]
) -> None:
    sources = set(tested.source) & set(trained.source)
    files = _files(tested) & trained_files
    shared = sorted(sources | files)
    if shared:
        raise LeakError(
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
        raise LeakError(
            f"{run}: {len(shared)} recordings of the test were in its training under other names "
            f"({ours} is {theirs}, ...); leave them out of the test"
        )

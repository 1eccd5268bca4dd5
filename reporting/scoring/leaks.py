"""Refuses a run that was trained on a part of the test."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from datagen.copies import same_audio
from datagen.plan import Plan
from datagen.tables import NOISE, SPEECH
from datagen.trained_on import load_trained_on
from files.fingerprint import of_bytes
from files.sums import summed_content
from models.layouts import ancestors, tables_again
from reporting.scoring.audio_of_test import AudioOfTest, audio_of_test, reserved

REMEDY = "evaluate with the experiment, plan and seed that it was trained with"
# Splits whose speech must be new, by the split on which a run is tested.
TRAINED_ON = {"test": ("train", "validation"), "validation": ("train",)}
COPY = "copy the folder from the run that the training started from"  # for an ancestor


class LeakError(ValueError):
    """A run was trained on a part of the test; the message is `reason` and a remedy."""

    def __init__(self, reason: str, remedy: str = REMEDY):
        super().__init__(f"{reason}; {remedy}")
        self.reason = reason


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
    used = TRAINED_ON[plan.judged]
    return _refuse_tested(run, audio_of_test(plan), used, _remedy(run, whose))


def leak_of_own_test(run: Path, plan: Plan) -> str:
    """Why a test with the recordings of `plan` will refuse a training that started from `run`.

    "" without a reason. `plan` may have no rows of the test. Raises the errors of `refuse_leaks`
    but LeakError.
    """
    for folder in (run, *ancestors(run)):
        try:
            _refuse_tested(folder, reserved(plan), TRAINED_ON["test"], _remedy(folder, run))
        except LeakError as error:
            return error.reason
    return ""


def _refuse_tested(run: Path, test: AudioOfTest, used: Sequence[str], remedy: str) -> set[str]:
    """See `refuse_leaks`. used: splits whose speech the training used."""
    speech, noise = load_trained_on(run, remedy)
    seen = noise[noise.seen]
    is_new = ~test.seen.source.isin(seen.source)
    new = test.seen[is_new]
    # A second speaker counts as noise.
    trained = pd.concat([speech[speech.split.isin(used)], seen])
    files = _files(trained)
    _refuse(run, "speakers", test.speakers, trained, files)
    _refuse(run, "unseen noises", test.unseen, trained, files)
    _refuse_copies(run, pd.concat([test.speakers, test.unseen, new]), trained)
    _refuse_other_stretches(run, test.seen[~is_new], seen)
    return set(new.source)


def _remedy(run: Path, whose: Path) -> str:
    return tables_again(whose) if run == whose else COPY


def _refuse_other_stretches(run: Path, tested: pd.DataFrame, trained: pd.DataFrame) -> None:
    strange = sorted(_stretches(tested) - _stretches(trained))
    if strange:
        source = strange[0][0]
        raise LeakError(
            f"{run}: {len(strange)} stretches of the test's seen noise are not what its training "
            f"set aside ({source}, ...)"
        )


def _stretches(noise: pd.DataFrame) -> set[tuple]:
    """Keys of stretches of noise and of their splits, independent of paths."""
    return set(zip(noise.source, noise.id, noise.split, noise.start, noise.stop, strict=True))


def _refuse(
    run: Path, what: str, tested: pd.DataFrame, trained: pd.DataFrame, trained_files: set[str]
) -> None:
    sources = set(tested.source) & set(trained.source)
    files = _files(tested) & trained_files
    for counted, shared in ((what, sources), (f"files of {what}", files)):
        if shared:
            raise LeakError(
                f"{run}: {len(shared)} {counted} of the test were in its training "
                f"({min(shared)}, ...)"
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
            f"({ours} is {theirs}, ...)",
            "leave them out of the test",
        )

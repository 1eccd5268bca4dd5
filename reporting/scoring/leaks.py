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
    speech, noise = load_recordings(run, f"put it back with train.py resume={whose}" if run == whose else COPY)
    speakers = _of_sources(plan.speech[plan.speech.split == "test"], tested.speech_id)
    unseen = _of_sources(plan.noise[plan.noise.vector.str.startswith("unseen")], tested[~tested.noise_seen].noise_id)
    trained = noise[noise.vector.str.startswith("seen")]
    _refuse(run, "speakers", speakers, speech[speech.split != "test"])
    _refuse(run, "unseen noises", unseen, trained)
    _refuse_copies(run, pd.concat([speakers, unseen]), pd.concat([speech[speech.split != "test"], trained]))
    if tested.noise_seen.any():
        stretches, known = (_stretches(table, plan) for table in (plan.noise, trained))
        if strange := sorted(stretches - known):
            raise ValueError(
                f"{run}: {len(strange)} stretches of the test's seen noise are not what its training set aside "
                f"({strange[0][0]}, ...); {REMEDY}"
            )


def _of_sources(table: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    """All recordings of the sources that recordings named `ids` have."""
    return table[table.source.isin(table.source[table.id.isin(ids)])]


def _stretches(noise: pd.DataFrame, plan: Plan) -> set[tuple]:
    """The stretches that seen test noise is cut from, wherever the files lie."""
    used = plan.noise[plan.noise.id.isin(plan.split("test").query("noise_seen").noise_id)].vector.unique()
    rows = noise[noise.vector.isin(used)]
    return set(zip(rows.source, rows.id, rows.vector, rows.start, rows.stop, strict=True))


def _refuse(run: Path, what: str, tested: pd.DataFrame, trained: pd.DataFrame) -> None:
    files = ({os.path.realpath(path) for path in table.path} for table in (tested, trained))
    if shared := sorted((set(tested.source) & set(trained.source)) | set.intersection(*files)):
        raise ValueError(f"{run}: {len(shared)} {what} of the test were in its training ({shared[0]}, ...); {REMEDY}")


def _refuse_copies(run: Path, tested: pd.DataFrame, trained: pd.DataFrame) -> None:
    ours, theirs = same_audio(tested, trained)
    if len(shared := np.intersect1d(ours, theirs)):
        pair = (table.path[labels == shared[0]].iloc[0] for table, labels in ((tested, ours), (trained, theirs)))
        raise ValueError(
            f"{run}: {len(shared)} recordings of the test were in its training under other names "
            f"({' is '.join(pair)}, ...); leave them out of the test"
        )

"""The recordings of a test, which a system must not have been trained on."""

from typing import NamedTuple

import pandas as pd

from datagen.plan import Plan


class AudioOfTest(NamedTuple):
    """Tables of recordings, see datagen.recordings.

    speakers: all speech of the speakers of the test. unseen: all noise of its unseen sources.
    seen: all stretches of the long noises from which it cuts its seen noise.
    """

    speakers: pd.DataFrame
    unseen: pd.DataFrame
    seen: pd.DataFrame


def audio_of_test(plan: Plan) -> AudioOfTest:
    """The recordings of the rows of `plan` on which systems are tested."""
    rows = plan.split(plan.judged)
    speech = plan.speech[plan.speech.split == plan.judged]
    unseen = plan.noise[~plan.noise.seen]
    return AudioOfTest(
        _of_sources(speech, rows.speech_id),
        _of_sources(unseen, rows.noise_id[~rows.noise_seen]),
        seen_noise(plan),
    )


def reserved(plan: Plan) -> AudioOfTest:
    """All recordings that `plan` sets aside for a test, whether or not it has rows of a test."""
    speech = plan.speech[plan.speech.split == "test"]
    seen = plan.noise[plan.noise.seen]
    return AudioOfTest(speech, plan.noise[~plan.noise.seen], seen)


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

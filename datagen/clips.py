"""Clips of noise with known classes, as a plan: a row per clip, with noise alone."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from audio.pcm import FULL_SCALE
from audio.resampling import resampled_length
from datagen.pairs.pairs import UNKNOWN
from datagen.plan import Plan
from datagen.protocol import Protocol
from datagen.recordings import COLUMNS, Stretch, Utterance
from datagen.route import Route
from datagen.row import Row
from datagen.signals import LibrarySignals
from datagen.split import split_speech
from files.schema import types_of
from text.answers import LABEL

NO_SPEECH_DB = 0.0  # the SNR of rows with noise alone, which is never shown


def clip_plan(
    seen: pd.DataFrame,
    unseen: pd.DataFrame,
    protocol: Protocol,
    clip_s: float,
    sample_rate: int,
    seed: int,
) -> Plan:
    """A plan with a row for every clip of up to `clip_s` seconds of `seen` and `unseen`.

    `unseen` is the test. A share of the sources in `seen` is set aside for validation, and for the
    test if `unseen` is empty (see datagen.split). Each recording is in both tables of the plan, as
    speech, whose speaker is its source, and as noise; in a row only the noise is present. If all
    clips of a class would be validation clips, they are training clips instead. Raises ValueError
    for too few sources, a source in both tables, and a class without training clips.
    """
    # Noise that is only for training in other tasks is a class like others here.
    test = None if unseen.empty else unseen.assign(only="")
    recordings = _each_trained(split_speech(seen.assign(only=""), test, protocol, seed))
    rows, speech, noise = [], [], []
    for recording in recordings.itertuples(index=False):
        length = resampled_length(recording.samples, recording.sample_rate, sample_rate)
        known = {name: getattr(recording, name) for name in COLUMNS}
        split = recording.split
        speech.append(Utterance(**known, length=length, split=split))
        stretch = Stretch(
            **known, vector=recording.id, seen=split != "test", split=split, start=0, stop=length
        )
        noise.append(stretch)
        rows += _rows(recording.id, split, length, round(clip_s * sample_rate))
    mixtures = _table(rows, Row).assign(snr_from=UNKNOWN)
    return Plan(mixtures, _table(speech, Utterance), _table(noise, Stretch))


def _each_trained(recordings: pd.DataFrame) -> pd.DataFrame:
    trained = {*recordings.kind[recordings.split == "train"]}
    spared = (recordings.split == "validation") & ~recordings.kind.isin(trained)
    recordings = recordings.assign(split=recordings.split.mask(spared, "train"))
    trained |= {*recordings.kind[spared]}
    for kind in sorted({*recordings.kind} - trained):
        sources = recordings.source[recordings.kind == kind].nunique()
        raise ValueError(
            f"class {kind!r}: its {sources} source(s) are all in the test and none trains; add "
            "clips of it from other sources, or leave it out of the corpora and of task.classes"
        )
    return recordings


def _rows(name: str, split: str, length: int, longest: int) -> list[Row]:
    """Consecutive clips of a recording, of equal length except the last."""
    rows = []
    for number, start in enumerate(range(0, length, longest)):
        rows.append(
            Row(
                mixture_id=name if length <= longest else f"{name}#{number}",
                split=split,
                speech_id=name,
                speech_start=start,
                noise_id=name,
                noise_start=start,
                length=min(longest, length - start),
                snr_db=NO_SPEECH_DB,
                gain_db=0.0,
                noise_seen=split != "test",
            )
        )
    return rows


def _table(rows: list, kind: type) -> pd.DataFrame:
    return pd.DataFrame([asdict(row) for row in rows], columns=list(types_of(kind)))


class ClipSignals(LibrarySignals):
    """The audio of such rows, and the class of each as "label"."""

    def signals(self, row: Mapping[str, Any]) -> dict[str, Tensor | str]:
        """The clip as "mixture" and "noise", silence as "clean", [time] each."""
        cut = row["noise_id"], row["noise_start"], row["length"]
        noise = torch.from_numpy(self.library.noise(*cut)).float() / FULL_SCALE
        label = self.noise_type(*cut)
        return {"mixture": noise, "clean": torch.zeros_like(noise), "noise": noise, LABEL: label}


class Clips(Route):
    """Such rows as batches: "mixture", and the number of its class in `classes` as "label"."""

    def __init__(self, rows: pd.DataFrame, signals: ClipSignals, classes: Mapping[str, int]):
        super().__init__(rows)
        self.clip_signals, self.classes = signals, classes

    def __getitem__(self, index: int) -> dict:
        row = self.row(index)
        signals = self.clip_signals.signals(row)
        label = self.classes[signals[LABEL]]
        return {"mixture": signals["mixture"], "label": label, "length": row["length"]}

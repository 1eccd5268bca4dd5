"""A test of tunes: the tokens of each, and its beginning as sound."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from audio.resampling import Resampler
from datagen.melodies.playing import fitted, played
from datagen.melodies.tables import KIND, as_noise, as_rows, as_speech
from datagen.melodies.tokens import to_tokens
from datagen.melodies.tune import TICKS, unwritten
from datagen.pairs.pairs import UNKNOWN, PairedTest
from datagen.plan import Plan
from datagen.signals import Signals
from datagen.synthesis import SAMPLE_RATE, levelled
from text.answers import NOTES

TEMPO = 120  # quarter notes a minute
LONGEST = 40 * TICKS  # longest sound
TIMBRE = np.array([1.0, 0.5, 0.35, 0.2, 0.12])  # amplitudes of harmonics
DECAY_S = 0.8


class TuneSignals(Signals):
    """Tunes as "notes", their tokens, and their beginnings as sound."""

    def __init__(self, tunes: pd.DataFrame, sample_rate: int):
        self._notes = dict(zip(tunes.id, tunes.notes, strict=True))
        self._sample_rate = sample_rate

    def signals(self, row: Mapping[str, Any]) -> dict[str, Tensor]:
        """Silence as "clean", the sound as "mixture" and "noise", [time]; "notes" [token]."""
        sound = self.sound(row["mixture_id"])
        tokens = torch.from_numpy(to_tokens(unwritten(self._notes[row["mixture_id"]])))
        return {"mixture": sound, "clean": torch.zeros_like(sound), "noise": sound, NOTES: tokens}

    def noise_type(self, noise_id: str, start: int, length: int) -> str:
        """The kind of all tunes."""
        return KIND

    def sound(self, name: str) -> Tensor:
        """The beginning of a tune, played: [time]."""
        notes = fitted(unwritten(self._notes[name]), LONGEST)
        made = levelled(played(np.random.default_rng(0), notes, TEMPO, TIMBRE, DECAY_S))
        resampler = Resampler(SAMPLE_RATE, self._sample_rate)
        if self._sample_rate != SAMPLE_RATE:
            made = np.concatenate([resampler.next(made), resampler.last()])
        return torch.from_numpy(made).float()


def tested(tunes: pd.DataFrame, sample_rate: int) -> PairedTest:
    """A test of `tunes`, all of one split; see datagen.melodies.plan.TuneRow."""
    signals = TuneSignals(tunes, sample_rate)
    lengths = pd.Series([len(signals.sound(name)) for name in tunes.id])
    rows = as_rows(tunes, lengths).assign(snr_from=UNKNOWN)
    return PairedTest(Plan(rows, as_speech(tunes), as_noise(tunes, lengths)), signals, [])

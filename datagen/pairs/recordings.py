"""Recordings without clean speech, for scores that need no reference."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from audio.resampling import resampled_length
from datagen.pairs.audio import FileAudio, own_gain
from datagen.pairs.by_name import about_names, audio_below
from datagen.pairs.matching import Named, compiled, named
from datagen.pairs.pairs import UNKNOWN, PairedTest, Pairs, about_speakers
from datagen.pairs.plan import TEST, row_of
from datagen.plan import Plan
from datagen.recordings import REMOVE, BadAudioError, Recording
from datagen.scan import note_conversions, scan


class Recordings(Pairs):
    """The audio under `mixture`, with subfolders.

    pattern: a regular expression for names without suffix, "" for any. Its groups `noise` and
    `speaker` name these facts of a recording. Recordings that do not match are not part of the
    test. No SNR is known: in rows of the plan it is 0, and its origin is "unknown".
    """

    has_clean = False

    def __init__(self, mixture: str | None = None, pattern: str = ""):
        if mixture is None:
            raise ValueError("recordings need a folder: add mixture=DIR")
        self.mixture = Path(mixture)
        self.pattern = compiled(pattern, "pairs.pattern", key=None)

    def test(self, sample_rate: int, cache: Path, jobs: int, check_audio: bool) -> PairedTest:
        """See `Pairs.test`."""
        paths = audio_below(self.mixture, "mixture")
        files = named(paths, self.mixture, self.pattern, "pairs.pattern")
        try:
            table = scan([_recording(file) for file in files], cache, jobs, check_audio)
        except BadAudioError as error:
            raise BadAudioError(error.files, REMOVE) from error
        note_conversions(table.assign(offset=0), sample_rate)
        lengths = [
            resampled_length(samples, rate, sample_rate)
            for samples, rate in zip(table.samples, table.sample_rate, strict=True)
        ]
        plan = _plan(files, table, lengths)
        notes = about_names(paths, files, "pairs.pattern") + about_speakers(table.source.tolist())
        return PairedTest(plan, RecordedAudio(plan, sample_rate), notes)


class RecordedAudio(FileAudio):
    """The audio of recordings, with unchanged offset.

    Files that exceed full scale are scaled down.
    """

    def __init__(self, plan: Plan, sample_rate: int):
        noise = plan.noise
        gains = map(own_gain, noise.gain, noise.offset)
        super().__init__(plan, sample_rate, dict(zip(noise.path, gains, strict=True)))

    def signals(self, row: Mapping[str, Any]) -> dict[str, Tensor]:
        """See datagen.signals.Signals; clean speech is silence, and the noise is the mixture."""
        mixture = self.mixture(row)
        return {"mixture": mixture, "clean": torch.zeros_like(mixture), "noise": mixture}


def _recording(file: Named) -> Recording:
    speaker = file.facts.get("speaker") or UNKNOWN
    return Recording(
        f"mixture/{file.name}", str(file.path), speaker, kind=file.facts.get("noise") or UNKNOWN
    )


def _plan(files: list[Named], table: pd.DataFrame, lengths: list[int]) -> Plan:
    """A plan with a row per recording.

    Its table of speech lists them, too: a run that was trained on one of them is refused.
    """
    rows = [
        row_of(file.name, f"mixture/{file.name}", length, 0.0)
        for file, length in zip(files, lengths, strict=True)
    ]
    speech = table.assign(kind="", length=lengths, split=TEST)
    noise = table.assign(
        source=table.id, vector=table.id, seen=False, split="", start=0, stop=lengths
    )
    return Plan(pd.DataFrame(rows).assign(snr_from=UNKNOWN), speech, noise)

"""From a corpus to its recordings table: headers first, then one look at every sample, both remembered."""

import logging
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import torch

from datagen import audio, recordings
from datagen.mix import FULL_SCALE
from datagen.recordings import BadAudioError, Recording
from datagen.threads import over_threads
from dsp.level import is_silent
from safety.fingerprint import of_files, of_values
from safety.table import keep, recall

log = logging.getLogger(__name__)


def scan(corpus: Callable[[], list[Recording]], cache: Path, jobs: int = 1, check_audio: bool = True) -> pd.DataFrame:
    """The recordings table of `corpus`, with rates and lengths from the headers.

    Unless `check_audio` is off, every file is also decoded once, over `jobs` threads. The result is kept under
    `cache` by a fingerprint of all names, sizes and modification times: an unchanged corpus is read only once.
    Raises one BadAudioError that lists every file that is unreadable, cut short, empty, silent or holds NaN.
    """
    found = corpus()
    key = of_values([vars(recording) for recording in found], of_files([r.path for r in found]), check_audio)
    kept = cache / "recordings" / f"{key}.csv"
    if (known := recall(kept, recordings.TYPES)) is not None:
        return known
    outcomes = [_with_header(recording) for recording in found]
    good = [outcome for outcome in outcomes if isinstance(outcome, Recording)]
    problems = [outcome for outcome in outcomes if isinstance(outcome, str)]
    if check_audio:
        problems += _audio_problems(good, jobs)
    if problems:
        raise BadAudioError(problems)
    table = recordings.table(good)
    keep(kept, table)
    return table


def note_conversions(table: pd.DataFrame, sample_rate: int) -> None:
    """Say once how many recordings will be mixed down or resampled to `sample_rate`."""
    for count, what in (
        ((table.channels > 1).sum(), "of several channels are mixed down to one"),
        ((table.sample_rate != sample_rate).sum(), f"of another rate are resampled to {sample_rate} Hz"),
    ):
        if count:
            log.warning("note: %d of %d recordings %s", count, len(table), what)


def _with_header(recording: Recording) -> Recording | str:
    try:
        sample_rate, samples, channels = audio.header(recording.path)
    except ValueError as error:
        return f"{recording.path} (unreadable: {error})"
    if samples == 0:
        return f"{recording.path} (zero length)"
    described = {**vars(recording), "sample_rate": sample_rate, "samples": samples, "channels": channels}
    return Recording(**described)


def _audio_problems(good: list[Recording], jobs: int) -> list[str]:
    outcomes = over_threads(_audio_problem, good, jobs, "checking audio", "file")
    return [outcome for outcome in outcomes if outcome]


def _audio_problem(recording: Recording) -> str | None:
    try:
        samples = audio.read(recording.path, recording.sample_rate)
    except ValueError as error:
        return f"{recording.path} (unreadable: {str(error).removeprefix(f'{recording.path}: ')})"
    if len(samples) < recording.samples:
        return f"{recording.path} (cut short: {len(samples)} of {recording.samples} samples)"
    return f"{recording.path} (silent)" if is_silent(torch.from_numpy(samples), FULL_SCALE) else None

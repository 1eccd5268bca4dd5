"""Makes the recordings table of a corpus from headers and all samples, and caches it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from audio import decoding, probing
from audio.header import Header
from audio.inspection import inspect
from audio.pcm import FULL_SCALE
from datagen import recordings
from datagen.recordings import BadAudioError, BadFile, Recording
from files.fingerprint import of_files, of_values
from files.table import keep, recall
from parallel.threads import over_threads

log = logging.getLogger(__name__)
SCANNING = 2  # raise it when the reading of files changes: cached tables are then made again
TEXT = "text"
OFFSET = 5e-3  # offset, relative to full scale, from which on a note is printed


def scan(
    listed: Sequence[Recording], cache: Path, jobs: int = 1, check_audio: bool = True
) -> pd.DataFrame:
    """The recordings table of the files `listed` by a corpus, with rates and lengths from headers.

    Unless `check_audio` is off, every file is also decoded once, over `jobs` threads. The result is
    kept under `cache` by a fingerprint of all names, sizes and modification times: an unchanged
    corpus is read only once.
    Raises one BadAudioError that lists every file that is unreadable, cut short, empty, silent or
    holds NaN.
    """
    texts = [recording.text for recording in listed]
    table = _scanned(listed, cache, jobs, check_audio)
    return table.assign(text=pd.Series(texts, dtype=object))


def _scanned(
    listed: Sequence[Recording], cache: Path, jobs: int, check_audio: bool
) -> pd.DataFrame:
    """The table without transcripts, so that a changed transcript needs no reading of audio."""
    files = of_files([recording.path for recording in listed])
    fields = [_of_audio(vars(recording)) for recording in listed]
    key = of_values(SCANNING, fields, files, check_audio)
    kept = cache / "recordings" / f"{key}.csv"
    known = recall(kept, _of_audio(recordings.TYPES))
    if known is not None:
        return known
    if check_audio:
        outcomes = over_threads(_inspected, listed, jobs, "checking audio", "file")
    else:
        outcomes = [_headed(recording) for recording in listed]
    bad = [outcome for outcome in outcomes if isinstance(outcome, BadFile)]
    if bad:
        raise BadAudioError(bad)
    table = recordings.table(outcomes).drop(columns=TEXT)
    keep(kept, table)
    return table


def _of_audio(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != TEXT}


def note_conversions(table: pd.DataFrame, sample_rate: int) -> None:
    """Print once how many recordings are converted before their use at `sample_rate`."""
    offset = table.offset.abs() >= OFFSET * FULL_SCALE
    unknown_length = "have a header without a reliable length: their decoded length counts"
    conversions = {
        "of several channels are mixed down to one": table.channels > 1,
        f"of another rate are resampled to {sample_rate} Hz": table.sample_rate != sample_rate,
        "exceed full scale and are scaled down as a whole": table.gain != 1,
        "have an offset, which is taken away": offset,
        unknown_length: table.counted,
    }
    for conversion, affected in conversions.items():
        if affected.any():
            first = table.path[affected].iloc[0]
            count = affected.sum()
            log.warning("note: %d of %d recordings %s (%s)", count, len(table), conversion, first)


def _headed(recording: Recording) -> Recording | BadFile:
    """The recording with the facts of its header; a missing number of samples is counted."""
    try:
        head = probing.header(recording.path)
        samples = decoding.length(head)
    except ValueError as error:
        return _bad(recording, error)
    if samples == 0:
        return BadFile(recording.path, "zero length")
    return _described(recording, head, samples)


def _inspected(recording: Recording) -> Recording | BadFile:
    """The recording with the facts that decoding all of its samples gives."""
    try:
        head = probing.header(recording.path)
        inspected = inspect(head)
    except ValueError as error:
        return _bad(recording, error)
    if inspected.problem:
        return BadFile(recording.path, inspected.problem)
    described = _described(recording, head, inspected.samples)
    return replace(described, content=inspected.content, **inspected.correction._asdict())


def _described(recording: Recording, head: Header, samples: int) -> Recording:
    return replace(
        recording,
        sample_rate=head.sample_rate,
        samples=samples,
        channels=head.channels,
        counted=head.counted,
    )


def _bad(recording: Recording, error: ValueError) -> BadFile:
    reason = str(error).removeprefix(f"{recording.path}: ")
    if not reason.startswith("cut short"):
        reason = f"unreadable: {reason}"
    return BadFile(recording.path, reason)

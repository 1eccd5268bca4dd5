"""The kinds of problems of audio files: their limits and remedies."""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from datagen.roles import SPEECH
from datagen.scan import OFFSET

CLIPPED = 1e-4  # share of the samples
SILENT = 0.5  # share of the frames
NARROW = 0.75  # share of the band at the plan's rate
NOISY_DB, QUIET_DB = 15.0, -50.0


class Kind(NamedTuple):
    """A kind of problem: the measure that shows it, and the files that have it at the plan's rate.

    largest: whether the worst files have the largest absolute values.
    """

    title: str
    remedy: str
    measure: str
    largest: bool
    shows: Callable[[pd.DataFrame, int], pd.Series]


class Trouble(NamedTuple):
    """The files with a kind of problem: path, measure, role and corpus, the worst first."""

    title: str
    remedy: str
    measure: str
    files: pd.DataFrame


KINDS = (
    Kind(
        "Clipped",
        f"At least {CLIPPED:.2%} of the samples are clipped, and a network learns the clipping. "
        "Use an earlier version of the recording, or leave it out.",
        "clipped",
        True,
        lambda files, _: files.clipped >= CLIPPED,
    ),
    Kind(
        "With an offset",
        f"The mean is at least {OFFSET:.1%} of full scale. Reading removes it; check the recording "
        "device.",
        "dc",
        True,
        lambda files, _: files.dc.abs() >= OFFSET,
    ),
    Kind(
        "Mostly silent",
        f"At least {SILENT:.0%} of the frames are silent, and silent excerpts are drawn again. "
        "Shorten these files, or leave them out.",
        "silence",
        True,
        lambda files, _: files.silence >= SILENT,
    ),
    Kind(
        "Narrow",
        f"The band above {NARROW:.0%} of the plan's band is empty: the file was recorded or "
        "stored at a lower rate. A network learns to remove this part. Leave the files out, or "
        "choose a lower sample_rate.",
        "bandwidth_hz",
        False,
        lambda files, sample_rate: files.bandwidth_hz < NARROW * sample_rate / 2,
    ),
    Kind(
        "Noise in clean speech",
        f"The estimated SNR is below {NOISY_DB:g} dB: a network learns to keep this noise, and a "
        "test counts it as speech. Listen, and leave noisy files out. Speech without pauses also "
        "has a low estimate.",
        "snr_db",
        False,
        lambda files, _: files.role.isin(SPEECH) & (files.snr_db < NOISY_DB),
    ),
    Kind(
        "Quiet",
        f"The level is below {QUIET_DB:g} dB of full scale: few of the 16 bits are used. Use "
        "louder versions.",
        "level_db",
        False,
        lambda files, _: files.level_db < QUIET_DB,
    ),
)


def troubles(files: pd.DataFrame, sample_rate: int) -> list[Trouble]:
    """The files of every kind of problem among the used `files`.

    files: see reporting.tables.audit_files.
    """
    used = files[files.left_out == ""]
    met = []
    for kind in KINDS:
        affected = used[kind.shows(used, sample_rate)]
        if len(affected):
            trouble = Trouble(kind.title, kind.remedy, kind.measure, _worst_first(affected, kind))
            met.append(trouble)
    return met


def _worst_first(files: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    values = files[kind.measure]
    if kind.largest:
        values = -values.abs()
    order = values.sort_values(kind="stable").index
    return files.loc[order, ["path", kind.measure, "role", "corpus"]]


def left_out(files: pd.DataFrame) -> pd.DataFrame:
    """The files that are not used: path, why, role and corpus."""
    rows = files[files.left_out != ""]
    reasons = []
    for why, original in zip(rows.left_out, rows.copy_of, strict=True):
        reasons.append(f"{why} of {original}" if original else why)
    return rows.assign(why=reasons)[["path", "why", "role", "corpus"]]

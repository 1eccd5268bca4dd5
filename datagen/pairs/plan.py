"""From pairs of files to a plan: a row for each, tables of what it is made of, and its audio."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from audio import reading
from audio.pcm import FULL_SCALE, Correction
from audio.resampling import resampled_length
from datagen.pairs.pairs import PairedTest
from datagen.plan import Plan
from datagen.recordings import BadAudioError, Recording
from datagen.row import Row
from datagen.scan import note_conversions, scan
from dsp.level import snr_db
from parallel.threads import over_threads

TEST = "test"
UNKNOWN = "unknown"
GRID_DB = 5.0  # a measured SNR is grouped with those nearest to a multiple of it
SHOWN = 3  # pairs that an error names before it counts


class Pair(NamedTuple):
    """A mixture and its clean file.

    name, clean_name: their paths below their folders, without suffix. What is not known is None or
    "".
    """

    name: str
    mixture: Path
    clean: Path
    clean_name: str
    snr_db: float | None = None
    noise: str = ""
    speaker: str = ""


class PairAudio:
    """The audio of pairs as it is in the files: no offset is taken away, no level changed.

    Where one of the two exceeds full scale, both are scaled down by one factor. gains: that factor
    by the path of a mixture, where there is one.
    """

    def __init__(self, plan: Plan, sample_rate: int, gains: Mapping[str, float]):
        self.sample_rate = sample_rate
        self.gains = gains
        self._clean = dict(zip(plan.speech.id, plan.speech.path, strict=True))
        self._mixture = dict(zip(plan.noise.id, plan.noise.path, strict=True))
        self._kind = dict(zip(plan.noise.id, plan.noise.kind, strict=True))

    def signals(self, row: Mapping[str, Any]) -> dict[str, Tensor]:
        """See datagen.signals.Signals: float32 in [-1, 1), the noise what is left."""
        path = self._mixture[row["noise_id"]]
        correction = Correction(0, self.gains.get(path, 1.0))
        mixture = self._read(path, row["length"], correction)
        clean = self._read(self._clean[row["speech_id"]], row["length"], correction)
        return {"mixture": mixture, "clean": clean, "noise": mixture - clean}

    def noise_type(self, noise_id: str, start: int, length: int) -> str:
        """The kind of noise that the set says of a mixture."""
        return self._kind[noise_id]

    def _read(self, path: str, length: int, correction: Correction) -> Tensor:
        samples = reading.read(path, self.sample_rate, 0, length, correction)
        if len(samples) < length:
            raise ValueError(f"{path}: ends early; has it changed since it was listed?")
        return torch.from_numpy(samples.astype(np.float32) / FULL_SCALE)


def paired_test(
    pairs: Sequence[Pair],
    sample_rate: int,
    cache: Path,
    jobs: int,
    check_audio: bool,
    leave_out: bool,
) -> PairedTest:
    """`pairs` as a test at `sample_rate`.

    leave_out: pairs that cannot be used are left out and told, else they are refused. Raises
    BadAudioError for files that cannot be read, ValueError for pairs that do not fit together.
    """
    clean, mixture = _scanned(pairs, cache, jobs, check_audio)
    note_conversions(pd.concat([clean, mixture]).assign(offset=0), sample_rate)
    table = _lengths(pairs, clean, mixture, sample_rate)
    plan = _plan(pairs, clean, mixture, table)
    gains = table[["mixture_gain", "clean_gain"]].min(axis=1)
    audio = PairAudio(plan, sample_rate, dict(zip(table.path, gains, strict=True)))
    unfit = _of_other_lengths(pairs, table)
    unknown = plan.rows[plan.rows.snr_db.isna() & ~plan.rows.mixture_id.isin(unfit)]
    snrs = _measured(unknown, audio, jobs)
    unfit |= _without_snr(snrs)
    notes = _told(unfit, len(pairs), leave_out)
    kept = plan.rows[~plan.rows.mixture_id.isin(unfit)].reset_index(drop=True)
    rows = _with_snrs(kept, snrs)
    if len(unknown):
        notes.append(_about_snrs(len(unknown), len(pairs)))
    return PairedTest(Plan(rows, plan.speech, plan.noise), audio, notes)


def _scanned(
    pairs: Sequence[Pair], cache: Path, jobs: int, check_audio: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tables of the clean files, each once, and of the mixtures."""
    cleans, mixtures = {}, []
    for pair in pairs:
        speaker = pair.speaker or UNKNOWN
        cleans[pair.clean] = Recording(f"clean/{pair.clean_name}", str(pair.clean), speaker)
        name = f"mixture/{pair.name}"
        kind = pair.noise or UNKNOWN
        mixtures.append(Recording(name, str(pair.mixture), name, kind=kind))
    tables, bad = [], []
    for listed in (list(cleans.values()), mixtures):
        try:
            tables.append(scan(listed, cache, jobs, check_audio))
        except BadAudioError as error:
            bad += error.files
    if bad:
        raise BadAudioError(bad)
    clean, mixture = tables
    return clean, mixture


def _lengths(
    pairs: Sequence[Pair], clean: pd.DataFrame, mixture: pd.DataFrame, sample_rate: int
) -> pd.DataFrame:
    """A row per pair: path of the mixture, samples at `sample_rate` and gain of both files."""
    files = pd.concat([clean, mixture]).set_index("path")
    rows = []
    for pair in pairs:
        row = {"path": str(pair.mixture)}
        for part, path in {"mixture": pair.mixture, "clean": pair.clean}.items():
            file = files.loc[str(path)]
            row[part] = resampled_length(int(file.samples), int(file.sample_rate), sample_rate)
            row[f"{part}_gain"] = _gain(float(file.gain), int(file.offset))
        rows.append(row)
    return pd.DataFrame(rows)


def _gain(gain: float, offset: int) -> float:
    """The factor for a file whose offset stays; `gain` is that for one without, see `Recording`."""
    highest = FULL_SCALE / gain + abs(offset)
    if highest <= FULL_SCALE + 2 * abs(offset):
        return 1.0  # a file in whole numbers, which exceeds nothing
    return FULL_SCALE / highest


def _of_other_lengths(pairs: Sequence[Pair], lengths: pd.DataFrame) -> dict[str, str]:
    """Why pairs do not fit together, by the mixture's name: at other rates one sample may lack."""
    unfit = {}
    for pair, row in zip(pairs, lengths.itertuples(), strict=True):
        if abs(row.mixture - row.clean) > 1:
            unfit[pair.name] = f"{row.mixture} samples, its clean file {row.clean}"
    return unfit


def _plan(
    pairs: Sequence[Pair], clean: pd.DataFrame, mixture: pd.DataFrame, lengths: pd.DataFrame
) -> Plan:
    """The plan of all pairs; an SNR that the set does not say is NaN."""
    shorter = lengths[["mixture", "clean"]].min(axis=1)
    rows = []
    for pair, length in zip(pairs, shorter, strict=True):
        row = Row(
            mixture_id=pair.name,
            split=TEST,
            speech_id=f"clean/{pair.clean_name}",
            speech_start=0,
            noise_id=f"mixture/{pair.name}",
            noise_start=0,
            length=int(length),
            snr_db=float("nan") if pair.snr_db is None else pair.snr_db,
            gain_db=0.0,
            noise_seen=False,
        )
        rows.append(asdict(row))
    of_clean = {}
    for row in rows:
        of_clean[row["speech_id"]] = max(row["length"], of_clean.get(row["speech_id"], 0))
    speech = clean.assign(length=clean.id.map(of_clean), split=TEST)
    noise = mixture.assign(vector=mixture.id, seen=False, split="", start=0, stop=shorter)
    return Plan(pd.DataFrame(rows), speech, noise)


def _measured(rows: pd.DataFrame, audio: PairAudio, jobs: int) -> dict[str, float]:
    """The SNR of every one of `rows` in dB, by its name: clean over mixture minus clean."""

    def of_row(row: dict) -> float:
        parts = audio.signals(row)
        return float(snr_db(parts["clean"], parts["noise"]))

    records = rows.to_dict("records")
    snrs = over_threads(of_row, records, jobs, "measuring SNRs", "pair")
    return dict(zip(rows.mixture_id, snrs, strict=True))


def _without_snr(snrs: Mapping[str, float]) -> dict[str, str]:
    return {
        name: "the mixture is the clean file, or the clean file is silent"
        for name, value in snrs.items()
        if not isfinite(value)
    }


def _told(unfit: Mapping[str, str], count: int, leave_out: bool) -> list[str]:
    """A sentence on what is left out; ValueError where that may not be, or where nothing stays."""
    if not unfit:
        return []
    listed = "; ".join(f"{name}: {why}" for name, why in list(unfit.items())[:SHOWN])
    more = "; ..." if len(unfit) > SHOWN else ""
    if not leave_out or len(unfit) == count:
        remedy = "mend them" if leave_out else "mend them, or add pairs.unfit=leave_out"
        raise ValueError(f"{len(unfit)} of {count} pairs do not fit ({listed}{more}); {remedy}")
    return [f"Left out: {len(unfit)} of {count} pairs that do not fit ({listed}{more})."]


def _with_snrs(rows: pd.DataFrame, snrs: Mapping[str, float]) -> pd.DataFrame:
    """`rows` with every SNR, and as text how it is known."""
    known = rows.snr_db.notna()
    measured = rows.mixture_id.map(snrs).astype(float)
    grouped = (measured / GRID_DB).round() * GRID_DB
    said = measured.map("measured: {:.2f} dB".format)
    return rows.assign(
        snr_db=rows.snr_db.where(known, grouped) + 0.0,  # no -0.0
        snr_from=said.where(~known, "the set"),
    )


def _about_snrs(measured: int, count: int) -> str:
    return (
        f"The SNR of {measured} of {count} mixtures is measured (clean over mixture minus clean) "
        f"and stands with those nearest to the same multiple of {GRID_DB:g} dB."
    )

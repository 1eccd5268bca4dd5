"""Makes the test of pairs of files: a plan with a row for each pair, and its audio."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from audio.resampling import resampled_length
from datagen.corpora.transcripts import beside
from datagen.pairs.audio import PairAudio, own_gain
from datagen.pairs.pairs import UNKNOWN, PairedTest, about_speakers
from datagen.plan import Plan
from datagen.recordings import REMOVE, BadAudioError, BadFile, Recording
from datagen.row import Row
from datagen.scan import note_conversions, scan
from dsp.level import snr_db
from parallel.threads import over_threads

TEST = "test"
GRID_DB = 5.0  # measured SNRs are grouped to its multiples
SHOWN = 3  # number of pairs that a message names; it counts the others


class Pair(NamedTuple):
    """A mixture and its clean file.

    name, clean_name: their paths below their folders, without suffix. An unknown value is None or
    "".
    """

    name: str
    mixture: Path
    clean: Path
    clean_name: str
    snr_db: float | None = None
    noise: str = ""
    speaker: str = ""


def paired_test(
    pairs: Sequence[Pair],
    sample_rate: int,
    cache: Path,
    jobs: int,
    check_audio: bool,
    leave_out: bool,
) -> PairedTest:
    """The test of `pairs` at `sample_rate` in Hz.

    leave_out: whether pairs that cannot be used are left out, with a note; otherwise they are
    refused. Raises BadAudioError for files that cannot be read or are silent, ValueError for pairs
    that do not fit together.
    """
    count = len(pairs)
    clean, mixture, spoiled = _scanned(pairs, cache, jobs, check_audio, leave_out)
    pairs = [pair for pair in pairs if pair.name not in spoiled]
    note_conversions(pd.concat([clean, mixture]).assign(offset=0), sample_rate)
    table = _lengths(pairs, clean, mixture, sample_rate)
    plan = _plan(pairs, clean, mixture, table)
    gains = table[["mixture_gain", "clean_gain"]].min(axis=1)
    audio = PairAudio(plan, sample_rate, dict(zip(table.path, gains, strict=True)))
    unfit = _of_other_lengths(pairs, table)
    unknown = plan.rows[plan.rows.snr_db.isna() & ~plan.rows.mixture_id.isin(unfit)]
    snrs = _measured(unknown, audio, jobs)
    unfit |= _without_snr(snrs)
    notes = _told(spoiled | unfit, count, leave_out)
    kept = plan.rows[~plan.rows.mixture_id.isin(unfit)].reset_index(drop=True)
    rows = _with_snrs(kept, snrs)
    measured = int(kept.snr_db.isna().sum())
    if measured:
        notes.append(_about_snrs(measured, len(kept)))
    notes += about_speakers(kept.speech_id.map(plan.speech.set_index("id").source).tolist())
    return PairedTest(Plan(rows, plan.speech, plan.noise), audio, notes)


def _scanned(
    pairs: Sequence[Pair], cache: Path, jobs: int, check_audio: bool, leave_out: bool
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, str]]:
    """The tables of `_tables` without bad files, and the reasons of pairs that are left out."""
    try:
        return *_tables(pairs, cache, jobs, check_audio), {}
    except BadAudioError as error:
        spoiled = _spoiled(pairs, error.files)
        if len(spoiled) == len(pairs):
            raise BadAudioError(error.files, REMOVE) from error
        if not leave_out:
            remedy = f"{REMOVE}, or add pairs.unfit=leave_out"
            raise BadAudioError(error.files, remedy) from error
    left = [pair for pair in pairs if pair.name not in spoiled]
    return *_tables(left, cache, jobs, check_audio), spoiled


def _spoiled(pairs: Sequence[Pair], bad: Sequence[BadFile]) -> dict[str, str]:
    """The faults of pairs with a bad file, by the mixture's name."""
    files = {file.path: file for file in bad}
    spoiled = {}
    for pair in pairs:
        file = files.get(str(pair.mixture)) or files.get(str(pair.clean))
        if file:
            spoiled[pair.name] = str(file)
    return spoiled


def _tables(
    pairs: Sequence[Pair], cache: Path, jobs: int, check_audio: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The recordings tables of clean files and of mixtures; a shared clean file is listed once."""
    cleans, mixtures = {}, []
    for pair in pairs:
        speaker = pair.speaker or UNKNOWN
        cleans[pair.clean] = Recording(
            f"clean/{pair.clean_name}", str(pair.clean), speaker, text=beside(pair.clean)
        )
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
    """A row per pair: the mixture's path; length at `sample_rate`, and gain, of both files."""
    tables = {"mixture": mixture.set_index("path"), "clean": clean.set_index("path")}
    rows = []
    for pair in pairs:
        row = {"path": str(pair.mixture)}
        for part, table in tables.items():
            file = table.loc[str(getattr(pair, part))]
            row[part] = resampled_length(int(file.samples), int(file.sample_rate), sample_rate)
            row[f"{part}_gain"] = own_gain(float(file.gain), int(file.offset))
        rows.append(row)
    return pd.DataFrame(rows)


def _of_other_lengths(pairs: Sequence[Pair], lengths: pd.DataFrame) -> dict[str, str]:
    """The faults of pairs of unequal length, by the mixture's name.

    A difference of one sample is allowed, because resampling rounds lengths.
    """
    unfit = {}
    for pair, row in zip(pairs, lengths.itertuples(), strict=True):
        if abs(row.mixture - row.clean) > 1:
            unfit[pair.name] = f"{row.mixture} samples, its clean file {row.clean}"
    return unfit


def _plan(
    pairs: Sequence[Pair], clean: pd.DataFrame, mixture: pd.DataFrame, lengths: pd.DataFrame
) -> Plan:
    """The plan of all pairs; an SNR that the set does not give is NaN."""
    shorter = lengths[["mixture", "clean"]].min(axis=1)
    rows = []
    for pair, length in zip(pairs, shorter, strict=True):
        snr = float("nan") if pair.snr_db is None else pair.snr_db
        rows.append(row_of(pair.name, f"clean/{pair.clean_name}", int(length), snr))
    of_clean = {}
    for row in rows:
        of_clean[row["speech_id"]] = max(row["length"], of_clean.get(row["speech_id"], 0))
    speech = clean.assign(length=clean.id.map(of_clean), split=TEST)
    noise = mixture.assign(vector=mixture.id, seen=False, split="", start=0, stop=shorter)
    return Plan(pd.DataFrame(rows), speech, noise)


def row_of(name: str, speech_id: str, length: int, snr: float) -> dict[str, Any]:
    """The row of a plan for the whole file of the mixture `name`. snr: in dB."""
    row = Row(
        mixture_id=name,
        split=TEST,
        speech_id=speech_id,
        speech_start=0,
        noise_id=f"mixture/{name}",
        noise_start=0,
        length=length,
        snr_db=snr,
        gain_db=0.0,
        noise_seen=False,
    )
    return asdict(row)


def _measured(rows: pd.DataFrame, audio: PairAudio, jobs: int) -> dict[str, float]:
    """The SNRs of `rows` in dB, clean over mixture minus clean, by the mixture's name."""

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
    """A note on pairs that are left out.

    Raises ValueError if pairs may not be left out, or if all would be.
    """
    if not unfit:
        return []
    listed = "; ".join(f"{name}: {why}" for name, why in list(unfit.items())[:SHOWN])
    more = "; ..." if len(unfit) > SHOWN else ""
    is_all = len(unfit) == count
    if is_all or not leave_out:
        remedy = "mend them" if is_all else "mend them, or add pairs.unfit=leave_out"
        raise ValueError(f"{len(unfit)} of {count} pairs do not fit ({listed}{more}); {remedy}")
    return [f"Left out: {len(unfit)} of {count} pairs that do not fit ({listed}{more})."]


def _with_snrs(rows: pd.DataFrame, snrs: Mapping[str, float]) -> pd.DataFrame:
    """`rows` with all SNRs, and the column `snr_from`: the origin of each, as text."""
    known = rows.snr_db.notna()
    measured = rows.mixture_id.map(snrs).astype(float)
    grouped = (measured / GRID_DB).round() * GRID_DB
    origin = measured.map("measured: {:.2f} dB".format)
    return rows.assign(
        snr_db=rows.snr_db.where(known, grouped) + 0.0,  # no -0.0
        snr_from=origin.where(~known, "the set"),
    )


def _about_snrs(measured: int, count: int) -> str:
    return (
        f"The SNR of {measured} of {count} mixtures is measured (clean over mixture minus clean) "
        f"and grouped to the nearest multiple of {GRID_DB:g} dB."
    )

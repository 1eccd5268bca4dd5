"""The audit of corpora: two tables, a page in a single file, a line before a training."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from tabulate import tabulate

from files.atomic import write_atomic
from files.table import csv_text
from reporting.pages.page import rendered
from reporting.tables.audit_corpora import per_corpus
from reporting.tables.audit_files import Findings
from reporting.tables.audit_kinds import CLIPPED, Trouble, left_out, troubles

WORST = 10  # files per kind of problem on the page
LISTED = 200  # left-out files on the page
FORMS = {  # formats of the measures on the page
    "clipped": ("clipped, %", lambda value: f"{100 * value:.3f}"),
    "dc": ("offset, %", lambda value: f"{100 * value:+.2f}"),
    "silence": ("silence, %", lambda value: f"{100 * value:.0f}"),
    "bandwidth_hz": ("bandwidth, kHz", lambda value: f"{value / 1000:.1f}"),
    "snr_db": ("SNR, dB", lambda value: f"{value:.1f}"),
    "level_db": ("level, dB", lambda value: f"{value:.1f}"),
}


class AuditSummary(NamedTuple):
    """The printed audit. table: of corpora, as text. last: the line that counts problems."""

    table: str
    last: str


def write_audit(
    findings: Findings, sample_rate: int, about: Mapping[str, str], folder: Path
) -> AuditSummary:
    """Write audit.csv, audit_files.csv and audit.html to `folder`.

    Names from outside are escaped.
    """
    files = findings.files
    corpora = per_corpus(files)
    met = troubles(files, sample_rate)
    unused = left_out(files)
    write_atomic(folder / "audit.csv", csv_text(corpora))
    write_atomic(folder / "audit_files.csv", csv_text(files))
    shown = _shown(corpora)
    last = _last(findings, met)
    root = _root(files)
    page = {
        "about": about,
        "corpora": shown,
        "finding": last.capitalize(),
        "stops": findings.stops,
        "root": root,
        "troubles": [_of_page(trouble, root) for trouble in met],
        "left_out": _below(unused.head(LISTED), root),
        "left_out_count": len(unused),
        "worst": WORST,
    }
    write_atomic(folder / "audit.html", rendered("audit.html.j2", page))
    table = tabulate(shown, "keys", "simple", showindex=False, disable_numparse=True)
    return AuditSummary(table, last)


def _root(files: pd.DataFrame) -> str:
    """The common folder of all files."""
    folders = set()
    for path in files.path:  # pathlib is slow for thousands of files
        absolute = os.path.abspath(path)  # noqa: PTH100
        folders.add(os.path.dirname(absolute))  # noqa: PTH120
    return os.path.commonpath(folders) if folders else ""


def _below(rows: pd.DataFrame, root: str) -> pd.DataFrame:
    """Rows whose paths are written relative to `root`."""
    shortened = {}
    for name, texts in rows.select_dtypes(exclude="number").items():
        shortened[name] = texts.str.replace(f"{root}/", "", regex=False)
    return rows.assign(**shortened).rename(columns={"path": "file"})


def _of_page(trouble: Trouble, root: str) -> dict[str, Any]:
    rows = _below(trouble.files.head(WORST), root)
    head, form = FORMS[trouble.measure]
    rows[trouble.measure] = rows[trouble.measure].map(form)
    return {
        "title": trouble.title,
        "remedy": trouble.remedy,
        "count": len(trouble.files),
        "rows": rows.rename(columns={trouble.measure: head}),
    }


def _shown(corpora: pd.DataFrame) -> pd.DataFrame:
    """The table of corpora for readers: one cell per column, in usual units."""
    return pd.DataFrame([_cells(row) for row in corpora.itertuples()])


def _cells(row: NamedTuple) -> dict[str, Any]:
    rates = _rates(row.sample_rates)
    if row.channels not in ("", "1"):
        rates += f" ({row.channels} ch.)"
    unused = f"{row.left_out}"
    if row.copies:
        copies = _count(row.copies, "copy")
        unused += f" ({copies})"
    lowest = _number(row.level_low_db)
    highest = _number(row.level_high_db)
    return {
        "role": row.role,
        "corpus": row.corpus,
        "files": f"{row.files:,}",
        "hours": f"{row.hours:.2f}",
        "sources": f"{row.sources:,}",
        "rate, kHz": rates,
        "level, dB": f"{_number(row.level_db)} ({lowest} to {highest})",
        "clipped": row.clipped,
        "offset": row.offset,
        "silent, %": _number(100 * row.silence),
        "band, kHz": _number(row.bandwidth_hz / 1000, 1),
        "SNR, dB": _number(row.snr_db),
        "left out": unused,
    }


def _rates(sample_rates: str) -> str:
    """Rates in Hz, as kHz."""
    in_khz = [int(rate) / 1000 for rate in sample_rates.split()]
    return " ".join(f"{rate:g}" for rate in in_khz)


def _number(value: float, digits: int = 0) -> str:
    return "-" if pd.isna(value) else f"{value:.{digits}f}"


def _last(findings: Findings, met: list[Trouble]) -> str:
    worth_a_look = set()
    for trouble in met:
        worth_a_look.update(trouble.files.index)
    unused = (findings.files.left_out != "").sum()
    counts = []
    if findings.stops:
        problems = _count(len(findings.stops), "problem")
        counts.append(f"{problems} to correct before training")
    if worth_a_look:
        files = _count(len(worth_a_look), "file")
        counts.append(f"{files} worth a look")
    if unused:
        files = _count(unused, "file")
        counts.append(f"{files} left out")
    total = _count(len(findings.files), "file")
    listed = ", ".join(counts) or "nothing was found that is wrong"
    return f"audit of {total}: {listed}"


def _count(number: int, what: str) -> str:
    if number == 1:
        return f"1 {what}"
    plural = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{number:,} {plural}"


def training_recordings(
    speech: pd.DataFrame, noise: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The recordings of a plan's tables that a training uses."""
    training_speech = speech[speech.split != "test"]
    training_noise = noise[noise.seen].drop_duplicates("path")
    return training_speech, training_noise


def data_line(
    speech: pd.DataFrame, noise: pd.DataFrame, measures: pd.DataFrame, left_out: int
) -> str:
    """A line about the training audio. measures: by path, of the files with known measures."""
    paths = dict.fromkeys([*speech.path, *noise.path])
    known = measures.reindex(paths)
    level_db = known.level_db.reindex(speech.path).median()
    clipped = (known.clipped >= CLIPPED).sum()
    speakers = _count(speech.source.nunique(), "speaker")
    facts = [f"{_lasting(speech)} of {speakers}"]
    if not pd.isna(level_db):
        facts.append(f"level {level_db:.0f} dB")
    if clipped:
        files = _count(clipped, "file")
        facts.append(f"{files} clipped")
    if left_out:
        files = _count(left_out, "file")
        facts.append(f"{files} left out")
    of_speech = ", ".join(facts)
    recordings = _count(len(noise), "recording")
    of_noise = f"{recordings}, {_lasting(noise)}"
    return f"data: {of_speech}; noise: {of_noise} ('generate.py audit=true' has the details)"


def _lasting(recordings: pd.DataFrame) -> str:
    seconds = recordings.samples / recordings.sample_rate
    hours = float(seconds.sum() / 3600)
    return f"{hours:.2f} h" if hours >= 0.1 else f"{60 * hours:.1f} min"

"""The audit of corpora: two tables, a page that stands alone, a line for the start of a training."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from tabulate import tabulate

from files.atomic import write_atomic
from files.table import csv_text
from reporting.pages.page import rendered
from reporting.tables.audit_files import Findings, per_corpus
from reporting.tables.audit_kinds import CLIPPED, Found, left_out, troubles

WORST = 10  # files of a kind on the page
LISTED = 200  # files on the page that are left out
FORMS = {  # of measures on the page
    "clipped": ("clipped, %", lambda value: f"{100 * value:.3f}"),
    "dc": ("offset, %", lambda value: f"{100 * value:+.2f}"),
    "silence": ("silence, %", lambda value: f"{100 * value:.0f}"),
    "bandwidth_hz": ("bandwidth, kHz", lambda value: f"{value / 1000:.1f}"),
    "snr_db": ("SNR, dB", lambda value: f"{value:.1f}"),
    "level_db": ("level, dB", lambda value: f"{value:.1f}"),
}


class Told(NamedTuple):
    """table: as text. last: the line that counts what was found."""

    table: str
    last: str


def write_audit(
    findings: Findings, sample_rate: int, about: Mapping[str, str], folder: Path
) -> Told:
    """Write audit.csv, audit_files.csv and audit.html to `folder`; names from outside are escaped."""
    files = findings.files
    corpora, found, unused = per_corpus(files), troubles(files, sample_rate), left_out(files)
    write_atomic(folder / "audit.csv", csv_text(corpora))
    write_atomic(folder / "audit_files.csv", csv_text(files))
    shown, last = _shown(corpora), _last(findings, found)
    page = {
        "about": about,
        "corpora": shown,
        "finding": last.capitalize(),
        "stops": findings.stops,
        "root": (root := _root(files)),
        "troubles": [_of_page(one, root) for one in found],
        "left_out": _below(unused.head(LISTED), root),
        "left_out_count": len(unused),
        "worst": WORST,
    }
    write_atomic(folder / "audit.html", rendered("audit.html.j2", page))
    return Told(tabulate(shown, "keys", "simple", showindex=False, disable_numparse=True), last)


def _root(files: pd.DataFrame) -> str:
    """The folder that all files lie in."""
    folders = {os.path.dirname(os.path.abspath(path)) for path in files.path}  # noqa: PTH100, PTH120 - thousands of them
    return os.path.commonpath(folders) if folders else ""


def _below(rows: pd.DataFrame, root: str) -> pd.DataFrame:
    """Rows whose paths begin below `root`."""
    texts = rows.select_dtypes(exclude="number")
    rows = rows.assign(
        **{name: texts[name].str.replace(f"{root}/", "", regex=False) for name in texts}
    )
    return rows.rename(columns={"path": "file"})


def _of_page(found: Found, root: str) -> dict[str, Any]:
    rows = _below(found.files.head(WORST), root)
    head, form = FORMS[found.measure]
    shown = rows.assign(**{found.measure: rows[found.measure].map(form)}).rename(
        columns={found.measure: head}
    )
    return {"title": found.title, "remedy": found.remedy, "count": len(found.files), "rows": shown}


def _shown(corpora: pd.DataFrame) -> pd.DataFrame:
    """The table of corpora to read: one cell a column, in the units that one speaks in."""
    return pd.DataFrame(
        [
            {
                "role": row.role,
                "corpus": row.corpus,
                "files": f"{row.files:,}",
                "hours": f"{row.hours:.2f}",
                "sources": f"{row.sources:,}",
                "rate, kHz": _rates(row.sample_rates)
                + ("" if row.channels in ("", "1") else f" ({row.channels} ch.)"),
                "level, dB": f"{_number(row.level_db)} ({_number(row.level_low_db)} to {_number(row.level_high_db)})",
                "clipped": row.clipped,
                "offset": row.offset,
                "silent, %": _number(100 * row.silence),
                "band, kHz": _number(row.bandwidth_hz / 1000, 1),
                "SNR, dB": _number(row.snr_db),
                "left out": f"{row.left_out}"
                + (f" ({_count(row.copies, 'copy')})" if row.copies else ""),
            }
            for row in corpora.itertuples()
        ]
    )


def _rates(sample_rates: str) -> str:
    return " ".join(f"{int(rate) / 1000:g}" for rate in sample_rates.split())


def _number(value: float, digits: int = 0) -> str:
    return "-" if pd.isna(value) else f"{value:.{digits}f}"


def _last(findings: Findings, found: list[Found]) -> str:
    unused = int((findings.files.left_out != "").sum())
    worth = len({name for one in found for name in one.files.index})
    parts = [
        f"{_count(len(findings.stops), 'problem')} to mend before training"
        if findings.stops
        else "",
        f"{_count(worth, 'file')} worth a look" if worth else "",
        f"{_count(unused, 'file')} left out" if unused else "",
    ]
    total = _count(len(findings.files), "file")
    return (
        f"audit of {total}: {', '.join(filter(None, parts)) or 'nothing was found that is wrong'}"
    )


def _count(number: int, what: str) -> str:
    plural = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{number:,} {what if number == 1 else plural}"


def heard(speech: pd.DataFrame, noise: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Of the tables of a plan, the recordings that a training hears."""
    return speech[speech.split != "test"], noise[noise.seen].drop_duplicates("path")


def data_line(
    speech: pd.DataFrame, noise: pd.DataFrame, measures: pd.DataFrame, left_out: int
) -> str:
    """What is `heard`, in a line. measures: by path, of those files where they are known."""
    known = measures.reindex(dict.fromkeys([*speech.path, *noise.path]))
    level_db, clipped = (
        known.level_db.reindex(speech.path).median(),
        int((known.clipped >= CLIPPED).sum()),
    )
    parts = [
        f"{_lasting(speech)} of {_count(speech.source.nunique(), 'speaker')}",
        "" if pd.isna(level_db) else f"level {level_db:.0f} dB",
        f"{_count(clipped, 'file')} clipped" if clipped else "",
        f"{_count(left_out, 'file')} left out" if left_out else "",
    ]
    noises = f"{_count(len(noise), 'recording')}, {_lasting(noise)}"
    return f"data: {', '.join(filter(None, parts))}; noise: {noises} ('generate.py audit=true' has the details)"


def _lasting(recordings: pd.DataFrame) -> str:
    hours = float((recordings.samples / recordings.sample_rate).sum() / 3600)
    return f"{hours:.2f} h" if hours >= 0.1 else f"{60 * hours:.1f} min"

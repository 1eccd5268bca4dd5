"""The audit of corpora: two tables, a page that stands alone, a line for the start of a training."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from tabulate import tabulate

from datagen.draw import Drawer
from reporting.audit_files import Findings, per_corpus
from reporting.audit_kinds import CLIPPED, Found, left_out, troubles
from reporting.report import TEMPLATES
from safety.atomic import write_atomic
from safety.table import csv_text

WORST = 10  # files of a kind on the page
LISTED = 200  # files on the page that are left out
FORMS = {  # of measures on the page
    "clipped": ("clipped, %", lambda value: f"{100 * value:.3f}"),
    "dc": ("mean, % of full scale", lambda value: f"{100 * value:+.2f}"),
    "silence": ("silence, %", lambda value: f"{100 * value:.0f}"),
    "bandwidth_hz": ("bandwidth, kHz", lambda value: f"{value / 1000:.1f}"),
    "snr_db": ("SNR, dB", lambda value: f"{value:.1f}"),
    "level_db": ("level, dB", lambda value: f"{value:.1f}"),
}


class Told(NamedTuple):
    """table: as text. last: the line that counts what was found."""

    table: str
    last: str


def write_audit(findings: Findings, sample_rate: int, about: Mapping[str, str], folder: Path) -> Told:
    """Write audit.csv, audit_files.csv and audit.html to `folder`; names from outside are escaped."""
    files = findings.files
    corpora, found, unused = per_corpus(files), troubles(files, sample_rate), left_out(files)
    write_atomic(folder / "audit.csv", csv_text(corpora))
    write_atomic(folder / "audit_files.csv", csv_text(files))
    shown, last = _shown(corpora), _last(findings, found)
    page = {
        "about": about,
        "corpora": shown,
        "finding": last,
        "stops": findings.stops,
        "troubles": [_of_page(one) for one in found],
        "left_out": unused.head(LISTED),
        "left_out_count": len(unused),
        "worst": WORST,
    }
    env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    env.globals |= {"isnan": pd.isna}
    write_atomic(folder / "audit.html", env.get_template("audit.html.j2").render(page))
    return Told(tabulate(shown, "keys", "simple", showindex=False, disable_numparse=True), last)


def _of_page(found: Found) -> dict[str, Any]:
    measure = found.files.columns[-1]
    head, form = FORMS[measure]
    rows = found.files.head(WORST)
    return {
        "title": found.title,
        "remedy": found.remedy,
        "count": len(found.files),
        "rows": rows.assign(**{measure: rows[measure].map(form)}).rename(columns={measure: head, "path": "file"}),
    }


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
                "rate, Hz": row.sample_rates,
                "channels": row.channels,
                "level, dB": _number(row.level_db),
                "from, to": f"{_number(row.level_low_db)}, {_number(row.level_high_db)}",
                "clipped": row.clipped,
                "offset": row.offset,
                "silence, %": _number(100 * row.silence),
                "band, kHz": _number(row.bandwidth_hz / 1000, 1),
                "SNR, dB": _number(row.snr_db),
                "copies": row.copies,
                "left out": row.left_out,
            }
            for row in corpora.itertuples()
        ]
    )


def _number(value: float, digits: int = 0) -> str:
    return "-" if pd.isna(value) else f"{value:.{digits}f}"


def _last(findings: Findings, found: list[Found]) -> str:
    unused = int((findings.files.left_out != "").sum())
    worth = len({name for one in found for name in one.files.index})
    parts = [
        f"{_count(len(findings.stops), 'problem')} to mend before training" if findings.stops else "",
        f"{_count(worth, 'file')} worth a look" if worth else "",
        f"{_count(unused, 'file')} left out" if unused else "",
    ]
    total = _count(len(findings.files), "file")
    return f"audit of {total}: {', '.join(filter(None, parts)) or 'nothing was found that is wrong'}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def data_line(drawer: Drawer, measures: pd.DataFrame) -> str:
    """What a training hears, in a line. measures: by path, of those files where they are known."""
    speech = drawer.speech[drawer.speech.split != "test"]
    noise = drawer.noise[drawer.noise.vector.str.startswith("seen")].drop_duplicates("path")
    known = measures.reindex([*speech.path, *noise.path])
    clipped = int((known.clipped >= CLIPPED).sum())
    parts = [
        f"{_hours(speech):.2f} h of {_count(speech.source.nunique(), 'speaker')}",
        "" if known.level_db.isna().all() else f"level {known.level_db.reindex(speech.path).median():.0f} dB",
        f"{_count(clipped, 'file')} clipped" if clipped else "",
        f"{_count(drawer.left_out, 'file')} left out" if drawer.left_out else "",
    ]
    noises = f"{_count(len(noise), 'recording')}, {_hours(noise):.2f} h"
    return f"data: {', '.join(filter(None, parts))}; noise: {noises} ('generate.py audit=true' has the details)"


def _hours(recordings: pd.DataFrame) -> float:
    return float((recordings.samples / recordings.sample_rate).sum() / 3600)


def heard(drawer: Drawer) -> list[str]:
    """Paths of what `data_line` is about."""
    return list(
        dict.fromkeys(
            [
                *drawer.speech.path[drawer.speech.split != "test"],
                *drawer.noise.path[drawer.noise.vector.str.startswith("seen")],
            ]
        )
    )

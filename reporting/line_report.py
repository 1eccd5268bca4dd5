"""The page of line enhancement: gain.csv, report.html and report.md from one table of gains."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from tabulate import tabulate

from reporting.line_figures import line_drawings, lofargrams
from reporting.lines import GAINS
from reporting.published import LINES_FIELD_DB, LINES_GAIN_DB, LINES_SECONDS, LINES_SNR_DB
from reporting.report import render_pages
from safety.atomic import write_atomic


def write_line_report(
    gains: pd.DataFrame,
    shown: Mapping[str, Mapping[str, np.ndarray]],
    sample_rate: int,
    about: Mapping[str, str],
    folder: Path,
) -> str:
    """Write gain.csv, report.html and report.md to `folder`; returns the table of means as text.

    gains: see reporting.lines. shown: signals [time] whose lofargrams stand on the page, by study.
    """
    table = means(gains)
    drawn = [lofargrams(study, signals, sample_rate) for study, signals in shown.items()]
    write_atomic(folder / GAINS, gains.to_csv(index=False))
    page = {"about": about, "table": table, "published": published(), "text": text(table)}
    render_pages("line_report", page, [*line_drawings(gains), *drawn], folder)
    return text(table, "simple")


def means(gains: pd.DataFrame) -> pd.DataFrame:
    """Mean and spread (standard deviation over draws) of every study, system, SNR and setting."""
    keys = ["study", "system", "snr_in_db", "frame_s", "delay_s", "cell"]
    groups = gains.groupby(keys, sort=False, dropna=False)
    return groups.agg(
        draws=("gain_db", "size"),
        gain_db=("gain_db", "mean"),
        spread_db=("gain_db", "std"),
        gain_inband_db=("gain_inband_db", "mean"),
        seconds=("seconds", "median"),
    ).reset_index()


def text(table: pd.DataFrame, style: str = "github") -> str:
    """The means as a table of text."""
    shown = table.astype(object).where(table.notna(), None)
    return tabulate(shown, shown.columns, style, floatfmt=".3g", showindex=False, missingval="-")


def published() -> list[str]:
    """What the paper prints of the same things, a sentence each."""
    fields = "; ".join(
        f"{system} in {field} {', '.join(f'{gain:+.2f}' for gain in gains)}"
        for system, by_field in LINES_FIELD_DB.items()
        for field, gains in by_field.items()
    )
    return [
        f"Bi-LSTM at {LINES_SNR_DB:g} dB: gain {LINES_GAIN_DB} dB, and about that from -36 to -15 dB; "
        "LMS collapses under -24.08 dB, its critical SNR.",
        f"Recordings with machinery, by source level (30, 35, 40, 45 dB), gain in dB: {fields}.",
        f"Seconds for 30 s: {', '.join(f'{system} {seconds}' for system, seconds in LINES_SECONDS.items())}.",
    ]

"""The page of line enhancement: gain.csv, report.html and report.md from one table of gains."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from files.atomic import write_atomic
from reporting.figures.line_figures import line_drawings, lofargrams
from reporting.pages.report import render_pages
from reporting.scoring.lines import GAINS
from reporting.tables.line_tables import of_page, text


def write_line_report(
    gains: pd.DataFrame,
    shown: Mapping[str, Mapping[str, np.ndarray]],
    sample_rate: int,
    about: Mapping[str, str],
    folder: Path,
) -> str:
    """Write gain.csv, report.html and report.md to `folder`; returns the table of means as text.

    gains: see reporting.scoring.lines. shown: signals [time] whose lofargrams stand on the page, by study.
    """
    drawn = [lofargrams(study, signals, sample_rate) for study, signals in shown.items()]
    write_atomic(folder / GAINS, gains.to_csv(index=False))
    page = {"about": about, **of_page(gains, {})}
    render_pages("line_report", page, [*line_drawings(gains), *drawn], folder)
    return text(page["line_table"], "simple")

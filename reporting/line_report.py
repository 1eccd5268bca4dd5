"""The page of line enhancement: gain.csv, report.html and report.md from one table of gains."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from reporting.line_figures import line_drawings, lofargrams
from reporting.line_tables import of_page, text
from reporting.lines import GAINS
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
    drawn = [lofargrams(study, signals, sample_rate) for study, signals in shown.items()]
    write_atomic(folder / GAINS, gains.to_csv(index=False))
    page = {"about": about, **of_page(gains, {})}
    render_pages("line_report", page, [*line_drawings(gains), *drawn], folder)
    return text(page["line_table"], "simple")

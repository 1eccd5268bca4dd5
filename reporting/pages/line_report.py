"""The page of line enhancement: gain.csv, report.html and report.md."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from files.atomic import write_atomic
from metrics.detected_lines import as_csv, columns, in_words, rows
from reporting.figures.line_figures import line_drawings
from reporting.figures.lofargrams import lofargrams
from reporting.gains_table import FOUND, GAINS
from reporting.pages.line_examples import line_examples
from reporting.pages.page import render_pages
from reporting.scoring.lines import Outcome
from reporting.tables.line_tables import of_page, text

SYSTEM = "system"  # the column that names the enhancer of a line


def write_line_report(outcome: Outcome, about: Mapping[str, str], folder: Path) -> str:
    """Write gain.csv, report.html and report.md to `folder`; returns its tables as text.

    For a recording it also writes the detected lines to lines.csv.

    about: facts about the run, by the names that the page shows.
    """
    drawn, found = line_drawings(outcome.gains), outcome.found
    for study, shown in outcome.shown.items():
        drawn.append(lofargrams(study, shown.signals, shown.sample_rate))
    write_atomic(folder / GAINS, outcome.gains.to_csv(index=False))
    examples = line_examples(outcome.shown)
    page = {
        "about": about,
        "examples": examples,
        "found": None if found is None else pd.DataFrame(rows(found), columns=columns(SYSTEM)),
        **of_page(outcome.gains, {}),
    }
    render_pages("line_report", page, drawn, folder)
    tables = [text(page["line_table"])]
    if found is not None:
        write_atomic(folder / FOUND, as_csv(SYSTEM, found))
        tables.append(in_words(SYSTEM, found))
    return "\n\n".join(tables)

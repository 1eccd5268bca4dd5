"""The report folder: scores.csv, summary.csv, report.md and report.html, all from one table of scores."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reporting.figures import curves
from reporting.headline import HEADLINE
from reporting.summary import failures, headline, headline_text, improvements, summarise
from reporting.systems import MIXTURE, ORACLE
from safety.atomic import write_atomic

TEMPLATES = Path(__file__).parent / "templates"


def write_report(
    scores: pd.DataFrame,
    about: Mapping[str, str],
    caution: str | None,
    folder: Path,
    costs: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Write the report of `scores` (see reporting.scoring) to `folder`; returns the summary.

    about: what was run, by name. caution: a sentence that must be read before the numbers. costs:
    what networks cost (see command.costs), written to costs.csv. All text from outside is
    escaped.
    """
    summary = summarise(scores)
    page = {**_numbers(scores, summary), "about": about, "caution": caution}
    page["costs"] = [] if costs is None else costs.to_dict("records")
    write_atomic(folder / "scores.csv", scores.to_csv(index=False))
    write_atomic(folder / "summary.csv", summary.to_csv(index=False))
    if costs is not None:
        write_atomic(folder / "costs.csv", costs.to_csv(index=False))
    render_pages("report", page, folder)
    return summary


def render_pages(template: str, page: Mapping[str, Any], folder: Path) -> None:
    """Write report.html and report.md to `folder`, of the templates of that name; values in the first are escaped."""
    # Autoescape for HTML alone: Markdown has its own rules, and no viewer runs it.
    for suffix, escape in (("html", True), ("md", False)):
        env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=escape, undefined=StrictUndefined)
        env.globals["isnan"] = pd.isna
        write_atomic(folder / f"report.{suffix}", env.get_template(f"{template}.{suffix}.j2").render(page))


def _numbers(scores: pd.DataFrame, summary: pd.DataFrame) -> dict[str, Any]:
    """What the pages show of the scores."""
    tables = {noise: headline(summary, noise) for noise in dict.fromkeys(summary.noise)}
    return {
        "finding": finding(scores),
        "tables": tables,
        "headline": HEADLINE,
        "best": {noise: _best(table) for noise, table in tables.items()},
        "improvements": improvements(scores),
        "failures": failures(scores).to_dict("records"),
        "failed_mixtures": int((scores.failed != "").sum()),
        "signals": len(scores),
        "curves": curves(summary),
        "text": headline_text(summary, "github"),
        "counts": scores[scores.system == MIXTURE].groupby(["noise_seen", "snr_db"]).size().to_dict(),
    }


def finding(scores: pd.DataFrame) -> str:
    """One sentence: what the best run did to the mixtures of the test, on average."""
    gains = improvements(scores).drop(index=ORACLE, errors="ignore")
    tested = f"{scores.mixture_id.nunique()} test mixtures"
    if gains.empty:
        return f"No trained system was put on the {tested}: the mixture and the oracle alone."
    best = gains.sdr.idxmax() if "sdr" in gains and gains.sdr.notna().any() else gains.index[0]
    changes = ", ".join(shown.change(gains[score][best]) for score, shown in HEADLINE.items() if score in gains)
    return f"On {tested}, {best} changed the mixture on average by {changes}."


def _best(table: pd.DataFrame) -> dict:
    """The system with the highest value of each column, the oracle aside."""
    columns = table.drop(index=ORACLE, errors="ignore")
    return {column: columns[column].idxmax() for column in columns if columns[column].notna().any()}

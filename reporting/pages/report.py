"""The report folder: tables as CSV, JSON and LaTeX, report.md and report.html, all from one table of scores."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from files.atomic import write_atomic
from files.table import csv_text
from reporting.figures.drawing import Drawing, write_drawings
from reporting.figures.line_figures import line_drawings
from reporting.figures.score_figures import drawings
from reporting.pages.examples import Example
from reporting.pages.page import rendered
from reporting.scoring.lines import Studies
from reporting.tables import line_tables, markdown
from reporting.tables.grid import Grid, grid
from reporting.tables.headline import HEADLINE, Headline, headlines
from reporting.tables.improvement import improved, improvements, ranked
from reporting.tables.latex import tables
from reporting.tables.published import Published
from reporting.tables.runs import COST_HEADS, Run, cost_rows
from reporting.tables.summary import SUMMARISED, conditions, failures, headline, summarise, summarise_by, titled, wide
from reporting.tables.sweep import differing, effects, leaderboard

TOGETHER = 6  # columns of each score in one table, at most
HEADS = {**COST_HEADS, **{name: shown.head for name, shown in HEADLINE.items()}}  # of columns


class Beside(NamedTuple):
    """What stands on a page beside the scores.

    caution: a sentence that must be read before the numbers. costs: what networks cost (see command.costs). published:
    values of a paper (see `published`). examples: what to look at and to listen to (see `examples`).
    runs: by the names that they have among the systems. swept: which of them belong to a sweep. lines: studies of
    line enhancers. config: of the evaluation, as YAML.
    """

    caution: str | None = None
    costs: pd.DataFrame | None = None
    published: Published | None = None
    examples: Sequence[Example] = ()
    runs: Mapping[str, Run] = {}
    swept: Sequence[str] = ()
    lines: Studies | None = None
    config: str = ""


ALONE = Beside()


def write_report(scores: pd.DataFrame, about: Mapping[str, str], folder: Path, beside: Beside = ALONE) -> pd.DataFrame:
    """Write the report of `scores` (see reporting.scoring.score_plan) to `folder`; returns the summary.

    about: what was run, by name. All text from outside is escaped.
    """
    summary = summarise(scores)
    write_atomic(folder / "scores.csv", csv_text(scores))
    write_atomic(folder / "summary.csv", csv_text(summary))
    write_atomic(folder / "summary.json", summary.to_json(orient="records", indent=1))
    write_atomic(folder / "tables.tex", tables(summary, beside.published) + "\n")
    for name, table in (("costs.csv", beside.costs), ("runs.csv", cost_rows(beside.runs) if beside.runs else None)):
        if table is not None:
            write_atomic(folder / name, csv_text(table))
        else:
            (folder / name).unlink(missing_ok=True)  # of an earlier report
    page = {**_numbers(scores, summary, beside.published), **_beside(scores, beside), "about": about}
    drawn = drawings(summary, page["improvements"], ranked(scores), beside.runs)
    drawn += line_drawings(beside.lines.gains) if beside.lines else []
    render_pages("report", page, drawn, folder)
    return summary


def _beside(scores: pd.DataFrame, beside: Beside) -> dict[str, Any]:
    page = {name: getattr(beside, name) for name in ("caution", "examples", "runs", "swept", "lines", "config")}
    page["links"] = {name: f"#run-{number}" for number, name in enumerate(beside.runs)}
    if beside.swept:
        parameters = differing({name: beside.runs[name].config for name in beside.swept})
        page |= {"leaderboard": leaderboard(parameters, scores), "effects": effects(parameters, scores)}
    if beside.lines:
        page |= line_tables.of_page(beside.lines.gains, beside.lines.pictures)
    runs = [cost_rows(beside.runs)] if beside.runs else []
    return page | {"costs": [*runs, *_network_costs(scores, beside)]}


def _network_costs(scores: pd.DataFrame, beside: Beside) -> list[pd.DataFrame]:
    if beside.costs is None:
        return []
    comparable = beside.published and beside.published.sample_rate == scores.sample_rate.iloc[0]
    return [beside.published.costs_beside(beside.costs) if comparable else beside.costs]


def render_pages(template: str, page: Mapping[str, Any], drawn: Sequence[Drawing], folder: Path) -> None:
    """Write report.html and report.md to `folder`, of the templates of that name, and the drawings to its figures.

    Values in the HTML are escaped.
    """
    write_drawings(drawn, folder / "figures")
    # Autoescape for HTML alone: Markdown has its own rules (reporting.tables.markdown).
    for suffix, escape in (("html", True), ("md", False)):
        shown = {**page, "drawings": drawn}
        text = rendered(f"{template}.{suffix}.j2", shown, escape, markdown=markdown, heads=HEADS)
        write_atomic(folder / f"report.{suffix}", text)


def _numbers(scores: pd.DataFrame, summary: pd.DataFrame, published: Published | None) -> dict[str, Any]:
    """What the pages show of the scores."""
    rates = [(rate, rows) for rate, rows in scores.groupby("sample_rate", sort=False)]
    return {
        "finding": finding(scores),
        "grids": list(_grids(scores, summary, published)),
        "improvements": improvements(scores),
        "improvements_at": {f", {rate} Hz" if len(rates) > 1 else "": improvements(rows) for rate, rows in rates},
        "failures": failures(scores).to_dict("records"),
        "failed_mixtures": int((scores.failed != "").sum()),
        "signals": len(scores),
        "headline": HEADLINE,
    }


def _grids(scores: pd.DataFrame, summary: pd.DataFrame, published: Published | None) -> Iterator[Grid]:
    """The headline tables of seen and unseen noise, then the same scores by kind of noise, by rate and by sex."""
    rows_of = dict(conditions(scores))
    for condition, under in conditions(summary):
        rows = rows_of[condition]
        yield grid(
            f"{titled(condition)}, by SNR in dB ({rows.mixture_id.nunique()} mixtures)",
            {what: headline(under, what) for what in SUMMARISED},
            {what: published.beside(under, what) for what in ("mean", "gain")} if published else None,
            published.source if published else "",
        )
        if rows.noise_type.nunique() > 1:
            yield from _grids_by(rows, "noise_type", f"{titled(condition)}, by its kind")
    several = scores.sample_rate.nunique() > 1
    if several:
        yield from _grids_by(scores, "sample_rate", "All noise, by sample rate in Hz")
    for rate, rows in scores.groupby("sample_rate"):
        if rows.sex[rows.sex != ""].nunique() > 1:
            yield from _grids_by(rows, "sex", f"All noise, by the speaker's sex{f', {rate} Hz' if several else ''}")


def _grids_by(scores: pd.DataFrame, column: str, title: str) -> Iterator[Grid]:
    """One grid, or one for each score where there are many columns."""
    table = summarise_by(scores, column)
    apart = table[column].nunique() > TOGETHER
    for rows in [table[table.score == score] for score in headlines(scores)] if apart else [table]:
        named = f"{title}: {HEADLINE[rows.score.iloc[0]].label}" if apart else title
        yield grid(named, {what: wide(rows, column, what) for what in SUMMARISED})


def finding(scores: pd.DataFrame) -> str:
    """What the best run did to the mixtures of the test, on average: a sentence for every rate."""
    if scores.sample_rate.nunique() > 1:
        return " ".join(f"At {rate} Hz: {finding(rows)}" for rate, rows in scores.groupby("sample_rate"))
    tested = f"{scores.mixture_id.nunique()} test mixtures"
    if not (systems := ranked(scores)):
        return f"No trained system was put on the {tested}: {', '.join(dict.fromkeys(scores.system))} alone."
    gains = improved(scores).query("system == @systems[0]")
    changes = ", ".join(_change(gains[score], shown) for score, shown in HEADLINE.items() if score in gains)
    return f"On {tested}, {systems[0]} changed the mixture on average by {changes}."


def _change(gains: pd.Series, shown: Headline) -> str:
    known = gains.count()
    return shown.change(gains.mean()) + (f" ({known} of {len(gains)} scored)" if 0 < known < len(gains) else "")

"""The report folder: tables as CSV, JSON and LaTeX, report.md and report.html.

Everything is computed from one table of scores.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from files.atomic import write_atomic
from files.table import csv_text
from metrics.known import facts
from reporting.figures.confusion_figure import confusions
from reporting.figures.drawing import Drawing
from reporting.figures.drawing_cache import cached_drawings
from reporting.figures.line_figures import line_drawings
from reporting.figures.loss_figures import after_over_before
from reporting.figures.mixed_back_figure import mixed_back_drawing
from reporting.figures.score_figures import drawings
from reporting.gains_table import Studies
from reporting.pages.media import Example, MixtureExample
from reporting.pages.page import definitions, heads, render_pages
from reporting.scores_table import KNOWING
from reporting.scoring.files import failed_checks
from reporting.tables import line_tables
from reporting.tables.clusters import CLUSTERS, SPEAKERS, Clusters
from reporting.tables.finding import finding
from reporting.tables.headline import headlines
from reporting.tables.improvement import improvements, ranked, score_names
from reporting.tables.latex import tables
from reporting.tables.losses import how_often, worst_of
from reporting.tables.overview import overview
from reporting.tables.published import Published
from reporting.tables.runs import Run, cost_rows, run_rows
from reporting.tables.score_grids import score_grids
from reporting.tables.summary import failures, summarise
from reporting.tables.sweep import differing, effects, leaderboard
from reporting.tables.wording import by_speakers, called, words
from text.words import UNTITLED


class Beside(NamedTuple):
    """The content of a page beside the scores.

    caution: a sentence to read before the numbers. costs: of networks (see command.costs).
    published: values of a paper (see `published`). examples: with players (see `examples`). runs:
    by their names among the systems. swept: the runs that belong to a sweep. lines: studies of line
    enhancers. files: checks of files of other tools (see reporting.scoring.files). worst: players
    of the greatest losses. config: of the evaluation, as YAML. clusters: the sample of marks and
    intervals, see reporting.tables.clusters. resembling: kinds of unseen noise that resemble
    synthetic training noise, and are shown separately. title: of the page. named: the classes that
    taggers named, see reporting.scoring.transcripts.
    """

    caution: str | None = None
    costs: pd.DataFrame | None = None
    published: Published | None = None
    examples: Sequence[Example] = ()
    runs: Mapping[str, Run] = {}
    swept: Sequence[str] = ()
    lines: Studies | None = None
    files: pd.DataFrame | None = None
    worst: Sequence[MixtureExample] = ()
    config: str = ""
    clusters: str = SPEAKERS
    resembling: Sequence[str] = ()
    title: str = UNTITLED
    named: pd.DataFrame | None = None


ALONE = Beside()


def write_report(
    scores: pd.DataFrame,
    about: Mapping[str, str],
    folder: Path,
    beside: Beside = ALONE,
    figures: bool = True,
    cache: Path | None = None,
) -> pd.DataFrame:
    """Write the report of `scores` to `folder`; returns the summary.

    scores: see reporting.scoring.score_plan. about: facts about the evaluation, by name. figures:
    whether figures are drawn. cache: a folder in which drawn figures are found again. All text from
    outside is escaped.
    """
    summary = summarise(scores, beside.clusters)
    _write_tables(scores, summary, folder, beside)
    page = {
        **_numbers(scores, summary, beside),
        **_beside(scores, beside),
        "about": about,
    }
    drawn = []
    if figures:
        draw = partial(_drawn, scores, summary, page["improvements"], beside)
        drawn = cached_drawings(_shown(scores, summary, beside), draw, cache)
    render_pages("report", page, drawn, folder)
    return summary


def _shown(scores: pd.DataFrame, summary: pd.DataFrame, beside: Beside) -> list[Any]:
    """All that the figures show, as plain values."""
    runs = [
        [name, *run._replace(config=run.yaml, curve=csv_text(run.curve), times=_csv(run.times))]
        for name, run in beside.runs.items()
    ]
    names = score_names(scores)
    of_lines = _csv(beside.lines.gains if beside.lines else None)
    tables = [csv_text(scores), csv_text(summary), _csv(beside.named), of_lines]
    return [tables, runs, words(), headlines(names), [facts(name) for name in names]]


def _csv(table: pd.DataFrame | None) -> str | None:
    return None if table is None else csv_text(table)


def _drawn(
    scores: pd.DataFrame, summary: pd.DataFrame, gains: pd.DataFrame, beside: Beside
) -> list[Drawing]:
    """All figures. gains: see `improvements`."""
    order = ranked(scores)
    drawn = drawings(summary, gains, order, beside.runs)
    of_losses = after_over_before(scores, order)
    if of_losses and words().changes:
        drawn.append(of_losses)
    of_shares = mixed_back_drawing(summary)
    if of_shares:
        drawn.append(of_shares)
    if beside.named is not None and order:
        drawn.extend(confusions(beside.named, order))
    if beside.lines:
        drawn.extend(line_drawings(beside.lines.gains))
    return drawn


def _write_tables(
    scores: pd.DataFrame, summary: pd.DataFrame, folder: Path, beside: Beside
) -> None:
    """Write all files of a report except its pages and figures."""
    write_atomic(folder / "scores.csv", csv_text(scores))
    write_atomic(folder / "summary.csv", csv_text(summary))
    json = summary.to_json(orient="records", indent=1)
    write_atomic(folder / "summary.json", json)
    latex = tables(summary, beside.published, beside.clusters)
    write_atomic(folder / "tables.tex", f"{latex}\n")
    _write_or_remove(folder / "costs.csv", beside.costs)
    _write_or_remove(folder / "files.csv", beside.files)
    _write_or_remove(folder / "runs.csv", run_rows(beside.runs) if beside.runs else None)


def _write_or_remove(path: Path, table: pd.DataFrame | None) -> None:
    """Write `table`; None removes the table of an earlier report."""
    if table is None:
        path.unlink(missing_ok=True)
    else:
        write_atomic(path, csv_text(table))


def _run_costs(beside: Beside) -> pd.DataFrame | None:
    return cost_rows(beside.runs) if beside.runs else None


def _beside(scores: pd.DataFrame, beside: Beside) -> dict[str, Any]:
    """The content of the pages beside the scores."""
    page = beside._asdict()
    page |= {"words": words(), "called": called, "snrs": scores.snr_db.notna().any()}
    page["oracle"] = words().oracle if scores.system.isin(KNOWING).any() else ""
    page["clusters"] = _in_words(CLUSTERS[beside.clusters])
    page["costs"] = _cost_tables(scores, beside)
    page["files"] = None if beside.files is None else failed_checks(beside.files)
    page["links"] = _links(beside.runs)
    page["players"] = {one.mixture_id: f"#worst-{at}" for at, one in enumerate(beside.worst)}
    if beside.swept:
        configs = {name: beside.runs[name].config for name in beside.swept}
        parameters = differing(configs)
        page["leaderboard"] = leaderboard(parameters, scores)
        page["effects"] = effects(parameters, scores)
    if beside.lines:
        lines = line_tables.of_page(beside.lines.gains, beside.lines.pictures)
        page.update(lines)
    return page


def _in_words(clusters: Clusters) -> Clusters:
    return clusters._replace(
        test=by_speakers(clusters.test), intervals=by_speakers(clusters.intervals)
    )


def _links(runs: Mapping[str, Run]) -> dict[str, str]:
    """The place of every run on the pages."""
    return {name: f"#run-{number}" for number, name in enumerate(runs)}


def _cost_tables(scores: pd.DataFrame, beside: Beside) -> list[pd.DataFrame]:
    """Costs of the runs and of networks; at the paper's sample rate with the published costs."""
    costs = []
    of_runs = _run_costs(beside)
    if of_runs is not None:
        costs.append(of_runs)
    of_networks = beside.costs
    if of_networks is not None:
        published = beside.published
        if published and published.sample_rate == scores.sample_rate.iloc[0]:
            of_networks = published.costs_beside(of_networks)
        costs.append(of_networks)
    return costs


def _numbers(scores: pd.DataFrame, summary: pd.DataFrame, beside: Beside) -> dict[str, Any]:
    """The scores on the pages."""
    failed = scores.failed != ""
    names = score_names(scores)
    grids = list(score_grids(scores, summary, beside.published, beside.clusters, beside.resembling))
    first = overview(summary, ranked(scores))
    return {
        "overview": first,
        "marks": {mark for one in (first, *grids) for mark in one.marks},
        "forms": {score: f"%+.{facts(score).digits}f" for score in names},
        "finding": finding(scores, beside.runs, beside.clusters),
        "grids": grids,
        "improvements": improvements(scores),
        "improvements_at": _improvements_by_rate(scores),
        "failures": failures(scores).to_dict("records"),
        "failed_mixtures": int(failed.sum()),
        "signals": len(scores),
        "how_often": how_often(scores, ranked(scores) if words().changes else []),
        "lost": worst_of(scores),
        "headline": {score: facts(score) for score in headlines(names)},
        "definitions": definitions(names),
        "heads": heads(names),
    }


def _improvements_by_rate(scores: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Improvements in their units, by the title of their sample rate; "" for a single rate."""
    several = scores.sample_rate.nunique() > 1
    by_rate = scores.groupby("sample_rate", sort=False)
    tables = {}
    for rate, rows in by_rate:
        where = f", {rate} Hz" if several else ""
        gains = improvements(rows)
        tables[where] = gains * [facts(score).factor for score in gains]
    return tables

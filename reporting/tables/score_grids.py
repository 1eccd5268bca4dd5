"""All grids that a report shows of its scores."""

from collections.abc import Iterator, Sequence

import pandas as pd

from metrics.known import facts
from reporting.tables.clusters import SPEAKERS
from reporting.tables.grid import Grid, grid
from reporting.tables.headline import headlines
from reporting.tables.published import Published
from reporting.tables.summary import (
    conditions,
    summarise,
    summarise_by,
    titled,
    wide,
)
from reporting.tables.wording import words

TOGETHER = 6  # largest number of columns per score in one table


def score_grids(
    scores: pd.DataFrame,
    summary: pd.DataFrame,
    published: Published | None,
    clusters: str = SPEAKERS,
    resembling: Sequence[str] = (),
) -> Iterator[Grid]:
    """The headline tables of seen and unseen noise, and by kind of noise, rate and sex.

    summary: of these scores, over `clusters`. A column with a single value has no grid. resembling:
    kinds of unseen noise that are shown separately.
    """
    rows_of = dict(conditions(scores))
    for condition, under in conditions(summary):
        rows = rows_of[condition]
        noise = titled(condition)
        mixtures = rows.mixture_id.nunique()
        by = "means" if rows.snr_db.isna().all() else f"by {words().snr} in dB"
        title = f"{noise}, {by} ({words().counted(mixtures)})"
        yield by_snr(under, title, published)
        yield from _told_apart(rows, f"{noise}, {by}", clusters, resembling)
        if rows.noise_type.nunique() > 1:
            kind = f"by {words().kind}" if words().kind != "kind" else "by its kind"
            yield from _by(rows, "noise_type", f"{noise}, {kind}", clusters)
        if rows.fold.nunique() > 1:
            yield from _by(rows, "fold", f"{noise}, by the fold that tests them", clusters)
    several_rates = scores.sample_rate.nunique() > 1
    if several_rates:
        yield from _by(
            scores, "sample_rate", f"All {words().conditions}, by sample rate in Hz", clusters
        )
    for rate, rows in scores.groupby("sample_rate"):
        at_rate = f", {rate} Hz" if several_rates else ""
        known = rows.sex[rows.sex != ""]
        if known.nunique() > 1:
            title = f"All {words().conditions}, by the speaker's sex{at_rate}"
            yield from _by(rows, "sex", title, clusters)


def _told_apart(
    scores: pd.DataFrame, title: str, clusters: str, resembling: Sequence[str]
) -> Iterator[Grid]:
    """The grids of unseen noise without the kinds `resembling`, and of these kinds alone."""
    alike = scores.noise_type.isin(resembling) & ~scores.noise_seen
    if not alike.any():
        return
    kinds = ", ".join(scores.noise_type[alike].unique())
    parts = {f"without {kinds}": scores[~alike], f"{kinds} alone": scores[alike]}
    for part, rows in parts.items():
        if len(rows):
            count = words().counted(rows.mixture_id.nunique())
            yield by_snr(summarise(rows, clusters), f"{title}, {part} ({count})", None)


def by_snr(under: pd.DataFrame, title: str, published: Published | None) -> Grid:
    """The headline table of one condition of a summary, and the published values."""
    measured = wide(under, "snr_db")
    if published is None:
        return grid(title, measured)
    printed = {
        "mean": published.beside(under, "mean"),
        "gain": published.beside(under, "gain"),
    }
    return grid(title, measured, printed, published.source)


def _by(scores: pd.DataFrame, column: str, title: str, clusters: str) -> Iterator[Grid]:
    """One grid by another column, or a grid per score if the column has many values."""
    table = summarise_by(scores, column, clusters)
    if table[column].nunique() <= TOGETHER:
        yield grid(title, wide(table, column))
        return
    for score in headlines(scores):
        of_score = table[table.score == score]
        label = facts(score).label
        means = wide(of_score, column)
        yield grid(f"{title}: {label}", means)

"""Group-bys of the scores: every number of a report is computed here, from scores.csv alone."""

from collections.abc import Iterator, Sequence
from math import isnan
from typing import NamedTuple

import pandas as pd
from pandas.api.typing import DataFrameGroupBy
from tabulate import tabulate

from metrics.known import facts
from reporting.scores_table import IDENTITY
from reporting.tables.clusters import CLUSTERS, SPEAKERS
from reporting.tables.headline import headlines
from reporting.tables.improvement import improved, score_names
from reporting.tables.marks import marks
from reporting.tables.uncertainty import interval
from reporting.tables.wording import called, words

MEAN = "mean"
NUMBERS = ("mean", "low", "high", "gain", "gain_low", "gain_high")
SUMMARISED = (*NUMBERS, "scored", "failed", "speakers", "noises", "mark")
NOISE = {True: "seen", False: "unseen"}  # by noise_seen


class Condition(NamedTuple):
    """A condition, which a report shows separately throughout.

    noise: "seen" or "unseen". sample_rate: None if only one was tested.
    """

    noise: str
    sample_rate: int | None

    def __str__(self) -> str:
        return self.noise if self.sample_rate is None else f"{self.noise}, {self.sample_rate} Hz"


def conditions(table: pd.DataFrame) -> Iterator[tuple[Condition, pd.DataFrame]]:
    """The rows of every condition. table: scores or summary."""
    noises = table.noise if "noise" in table else table.noise_seen.map(NOISE)
    several_rates = table.sample_rate.nunique() > 1
    for (rate, noise), rows in table.groupby([table.sample_rate, noises], sort=False):
        condition = Condition(noise, rate if several_rates else None)
        yield condition, rows


def summarise(scores: pd.DataFrame, clusters: str = SPEAKERS) -> pd.DataFrame:
    """Long table: sample_rate, noise ("seen", "unseen"), snr_db, system, score, and SUMMARISED.

    snr_db is "mean" in the rows over all SNRs. mean: of the score; gain: mean improvement over the
    unprocessed mixture (see `improved`). low and high, gain_low and gain_high bound their 95 %
    intervals, over `clusters` (see reporting.tables.clusters). scored: number of mixtures in a
    mean; failed: number of mixtures without the score; speakers, noises: numbers in these mixtures.
    mark: "best", or "level" for a tie with the best (see `marks`), without the oracle. It compares
    improvements, so the difficulty of mixtures on which a system fails does not matter. It is
    "undecided" if there are too few clusters for a test.
    """
    long = _long(scores)
    known = long[long.snr_db.notna()]  # recordings have no known SNR
    by_snr = known.assign(snr_db=known.snr_db.map("{:g}".format))
    over_all = long.assign(snr_db=MEAN)
    both = pd.concat([by_snr, over_all])
    return _summarised(both, ["sample_rate", "noise", "snr_db"], CLUSTERS[clusters].columns)


def summarise_by(scores: pd.DataFrame, column: str, clusters: str = SPEAKERS) -> pd.DataFrame:
    """The summary of the headline scores by another column of scores.csv, at one rate or by rate.

    Rows without a value (a speaker of unknown sex) are left out.
    """
    long = _long(scores)
    has_value = long[column].astype(str) != ""
    of_headline = long.score.isin(headlines(long.score))
    return _summarised(long[of_headline & has_value], [column], CLUSTERS[clusters].columns)


def _long(scores: pd.DataFrame) -> pd.DataFrame:
    """A row per score: IDENTITY, noise, score, value and gain."""
    names = score_names(scores)
    long = scores.melt(IDENTITY, names, var_name="score")
    gains = improved(scores).melt(IDENTITY, names, var_name="score")
    return long.assign(noise=long.noise_seen.map(NOISE), gain=gains.value)


def _summarised(long: pd.DataFrame, keys: list[str], clusters: Sequence[str]) -> pd.DataFrame:
    groups = long.groupby([*keys, "system", "score"], sort=False)
    table = groups.agg(
        mean=("value", "mean"),
        gain=("gain", "mean"),
        scored=("value", "count"),
        rows=("value", "size"),
    )
    table[["low", "high", "gain_low", "gain_high"]] = _intervals(groups, clusters)
    scores = table.index.get_level_values("score")
    for bound in ("low", "high"):
        bounds = zip(scores, table[bound], strict=True)
        table[bound] = [facts(score).within(value) for score, value in bounds]
    known = long[long.value.notna()].groupby([*keys, "system", "score"], sort=False)
    for name, column in (("speakers", "speaker"), ("noises", "noise_id")):
        table[name] = known[column].nunique().reindex(table.index, fill_value=0)
    table["failed"] = table.rows - table.scored
    table = table.reset_index()
    marked = marks(long, keys, clusters)
    cells = table[[*keys, "score", "system"]].itertuples(index=False, name=None)
    table["mark"] = [marked.get(cell, "") for cell in cells]
    return table[[*keys, "system", "score", *SUMMARISED]]


def _intervals(groups: DataFrameGroupBy, clusters: Sequence[str]) -> list[tuple[float, ...]]:
    """Bounds of the means of value and gain in every group."""
    bounds = []
    for _, rows in groups:
        ways = [rows[name].to_numpy() for name in clusters]
        of_both = [interval(rows[column].to_numpy(float), *ways) for column in ("value", "gain")]
        bounds.append((*of_both[0], *of_both[1]))
    return bounds


def wide(
    table: pd.DataFrame, column: str, whats: Sequence[str] = SUMMARISED
) -> dict[str, pd.DataFrame]:
    """System x (score, value of `column`) of the headline scores in a summary, in their units.

    A table for each of `whats`, which are some of SUMMARISED.
    """
    shown = headlines(table.score)
    rows = table[table.score.isin(shown)]
    cells = rows.pivot(index="system", columns=["score", column], values=list(whats))
    cells = cells.reindex(index=rows.system.unique())
    values = sorted(rows[column].unique(), key=in_order)
    columns = []
    for score in shown:
        columns += [(score, value) for value in values if (whats[0], score, value) in cells]
    factors = [facts(score).factor for score, _ in columns]
    tables = {}
    for what in whats:
        ordered = cells[what].reindex(columns=pd.MultiIndex.from_tuples(columns))
        tables[what] = ordered * factors if what in NUMBERS else ordered
    return tables


def in_order(value: object) -> tuple[float, str]:
    """A sort key: numbers by value, before texts."""
    try:
        return float(value), ""
    except ValueError:
        return float("inf"), str(value)


def headline(under: pd.DataFrame, what: str = "mean") -> pd.DataFrame:
    """The headline table of one of `conditions` of a summary, by SNR; what: one of SUMMARISED."""
    return wide(under, "snr_db", [what])[what]


def firsts(columns: Sequence[tuple[str, object]]) -> list[bool]:
    """Whether each column of a `wide` table is the first of its score."""
    are_first = []
    before = None
    for score, _ in columns:
        are_first.append(score != before)
        before = score
    return are_first


def headline_text(summary: pd.DataFrame) -> str:
    """The headline tables for a terminal, one for each of `conditions`.

    The name of a score stands once over its SNRs.
    """
    blocks = []
    for condition, under in conditions(summary):
        table = _table_text(headline(under))
        by = "" if (under.snr_db == MEAN).all() else f", by {words().snr} in dB"
        blocks.append(f"{titled(condition)}{by}:\n\n{table}")
    return "\n\n".join(blocks)


def _table_text(table: pd.DataFrame) -> str:
    columns = table.columns.tolist()
    heads = ["system"]
    formats = [""]
    for is_first, (score, snr) in zip(firsts(columns), columns, strict=True):
        name = facts(score).head if is_first else ""
        heads.append(f"{name}\n{snr}")
        formats.append(f".{facts(score).digits}f")
    rows = []
    for system, *values in table.itertuples():
        cells = [None if isnan(value) else value for value in values]
        rows.append([called(system), *cells])
    return tabulate(rows, heads, "simple", floatfmt=formats, missingval="-")


def titled(condition: Condition) -> str:
    """A condition in a title: "Seen noise, 8000 Hz"."""
    return str(condition._replace(noise=f"{condition.noise.capitalize()} {words().conditions}"))


def failures(scores: pd.DataFrame) -> pd.DataFrame:
    """The number of missing scores by reason: system, reason, mixtures."""
    failed = scores[scores.failed != ""]
    counts = failed.groupby(["system", "failed"], sort=False).size()
    return counts.rename("mixtures").reset_index()


def unscored_text(scores: pd.DataFrame) -> str:
    """A sentence on systems of which some signals lack a score, and not all; "" without any."""
    failed = (scores.failed != "").groupby(scores.system, sort=False)
    counts = pd.DataFrame({"some": failed.sum(), "all": failed.size()})
    partly = counts[counts.some.between(1, counts["all"] - 1)]
    told = [f"{row.Index} {row.some} of {row.all}" for row in partly.itertuples()]
    return f"Signals that lack a score (the report says why): {', '.join(told)}." if told else ""

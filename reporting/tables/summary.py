"""Group-bys of the scores: every number of a report comes from here, and from nothing but scores.csv."""

from collections.abc import Iterator, Sequence
from math import isnan
from typing import NamedTuple

import pandas as pd
from tabulate import tabulate

from reporting.scores_table import IDENTITY, ORACLE
from reporting.tables.headline import HEADLINE
from reporting.tables.improvement import improved, score_names
from reporting.tables.uncertainty import interval, level_with_best

MEAN = "mean"
NUMBERS = ("mean", "low", "high", "gain", "gain_low", "gain_high")
SUMMARISED = (*NUMBERS, "scored", "failed", "mark")
NOISE = {True: "seen", False: "unseen"}  # by noise_seen


class Condition(NamedTuple):
    """What is told apart throughout a report.

    noise: "seen" or "unseen". sample_rate: None where only one was tested.
    """

    noise: str
    sample_rate: int | None

    def __str__(self) -> str:
        return self.noise if self.sample_rate is None else f"{self.noise}, {self.sample_rate} Hz"


def conditions(table: pd.DataFrame) -> Iterator[tuple[Condition, pd.DataFrame]]:
    """The rows of every condition. table: scores or summary."""
    noise = table.noise if "noise" in table else table.noise_seen.map(NOISE)
    several = table.sample_rate.nunique() > 1
    for (rate, one), rows in table.groupby([table.sample_rate, noise], sort=False):
        yield Condition(one, rate if several else None), rows


def summarise(scores: pd.DataFrame) -> pd.DataFrame:
    """Long table: sample_rate, noise ("seen", "unseen"), snr_db (or "mean" over all), system, score, and SUMMARISED.

    mean is that of the score, gain that of its improvement over the unprocessed mixture (see `improved`); low and high,
    gain_low and gain_high bound their 95 % intervals, over speakers. scored counts the mixtures that went into a mean,
    failed those whose score could not be computed. mark: the system is the "best", or "level" with it (see
    `uncertainty`), the oracle aside; by what it adds to the mixture, so that it does not matter how hard the
    mixtures are that a system fails on.
    """
    long = _long(scores)
    long = pd.concat([long.assign(snr_db=long.snr_db.map("{:g}".format)), long.assign(snr_db=MEAN)])
    return _summarised(long, ["sample_rate", "noise", "snr_db"])


def summarise_by(scores: pd.DataFrame, column: str) -> pd.DataFrame:
    """The same of the headline scores by another column of scores.csv, at one rate or by rate.

    Rows without a value (a speaker whose sex is not known) are left out.
    """
    long = _long(scores)
    return _summarised(long[long.score.isin(HEADLINE) & (long[column].astype(str) != "")], [column])


def _long(scores: pd.DataFrame) -> pd.DataFrame:
    """A row per score: IDENTITY, noise, score, value and gain."""
    long, gains = (
        table.melt(IDENTITY, score_names(scores), var_name="score")
        for table in (scores, improved(scores))
    )
    return long.assign(noise=long.noise_seen.map(NOISE), gain=gains.value)


def _summarised(long: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    groups = long.groupby([*keys, "system", "score"], sort=False)
    table = groups.agg(
        mean=("value", "mean"),
        gain=("gain", "mean"),
        scored=("value", "count"),
        rows=("value", "size"),
    )
    for what, bounds in {"value": ["low", "high"], "gain": ["gain_low", "gain_high"]}.items():
        table[bounds] = [
            interval(rows[what].to_numpy(float), rows.speaker.to_numpy()) for _, rows in groups
        ]
    table["failed"] = table.rows - table.scored
    table = table.reset_index()
    marks = dict(_marks(long, keys))
    cells = table[[*keys, "score", "system"]].itertuples(index=False, name=None)
    return table.assign(mark=[marks.get(cell, "") for cell in cells])[
        [*keys, "system", "score", *SUMMARISED]
    ]


def _marks(long: pd.DataFrame, keys: list[str]) -> Iterator[tuple[tuple, str]]:
    """Mark by (*keys, score, system)."""
    for cell, rows in long[long.system != ORACLE].groupby([*keys, "score"], sort=False):
        gains = rows.pivot(index="mixture_id", columns="system", values="gain")
        level = level_with_best(gains[list(dict.fromkeys(rows.system))])
        yield from (
            ((*cell, system), "level" if number else "best") for number, system in enumerate(level)
        )


def wide(table: pd.DataFrame, column: str, what: str = "mean") -> pd.DataFrame:
    """System x (score, value of `column`) of the headline scores in a summary; STOI in per cent.

    what: which of SUMMARISED.
    """
    chosen = table[table.score.isin(HEADLINE)]
    found = chosen.pivot(index="system", columns=["score", column], values=what)
    values = sorted(chosen[column].unique(), key=in_order)
    order = [
        (score, value) for score in HEADLINE for value in values if (score, value) in found.columns
    ]
    found = found.reindex(
        index=list(dict.fromkeys(chosen.system)), columns=pd.MultiIndex.from_tuples(order)
    )
    return found * [HEADLINE[score].factor for score, _ in order] if what in NUMBERS else found


def in_order(value: object) -> tuple[float, str]:
    """To sort by: numbers as numbers, and before words."""
    try:
        return float(value), ""
    except ValueError:
        return float("inf"), str(value)


def headline(under: pd.DataFrame, what: str = "mean") -> pd.DataFrame:
    """The headline table of one of `conditions` of a summary: see `wide`, by SNR."""
    return wide(under, "snr_db", what)


def firsts(columns: Sequence[tuple[str, object]]) -> list[bool]:
    """Which columns of a `wide` table are the first of their score."""
    return [
        number == 0 or columns[number - 1][0] != score for number, (score, _) in enumerate(columns)
    ]


def headline_text(summary: pd.DataFrame) -> str:
    """The headline tables for a terminal, one for each of `conditions`: a score is named once over its SNRs."""
    blocks = []
    for condition, under in conditions(summary):
        table = headline(under)
        columns = table.columns.tolist()
        heads = [
            f"{HEADLINE[score].head if first else ''}\n{snr}"
            for first, (score, snr) in zip(firsts(columns), columns, strict=True)
        ]
        formats = ["", *(f".{HEADLINE[score].digits}f" for score, _ in columns)]
        rows = [
            [name, *(None if isnan(value) else value for value in row)]
            for name, *row in table.itertuples()
        ]
        body = tabulate(rows, ["system", *heads], "simple", floatfmt=formats, missingval="-")
        blocks.append(f"{titled(condition)}, by SNR of the mixture in dB:\n\n{body}")
    return "\n\n".join(blocks)


def titled(condition: Condition) -> str:
    """A condition in a title: "Seen noise, 8000 Hz"."""
    return str(condition._replace(noise=f"{condition.noise.capitalize()} noise"))


def failures(scores: pd.DataFrame) -> pd.DataFrame:
    """How often each reason kept a score from being computed: system, reason, mixtures."""
    failed = scores[scores.failed != ""]
    return failed.groupby(["system", "failed"], sort=False).size().rename("mixtures").reset_index()

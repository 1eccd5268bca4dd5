"""Group-bys of the scores: every number of a report comes from here, and from nothing but scores.csv."""

from collections.abc import Iterator
from math import isnan

import pandas as pd
from tabulate import tabulate

from reporting.headline import HEADLINE, headlines
from reporting.improvement import improved, score_names
from reporting.scoring import IDENTITY
from reporting.systems import ORACLE
from reporting.uncertainty import interval, level_with_best

MEAN = "mean"
COUNTS = ("scored", "failed")
SUMMARISED = ("mean", "low", "high", "gain", "gain_low", "gain_high", *COUNTS)
NOISE = {True: "seen", False: "unseen"}  # by noise_seen
Level = dict[tuple[str, str, str], set[str]]  # by condition, score and SNR


def conditions(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """What is told apart throughout a report: label and rows of every kind of noise, and of every rate if several.

    table: scores or summary. Labels: "seen", "unseen"; "seen, 8000 Hz" and so on where several rates were tested.
    """
    noise = table.noise if "noise" in table else table.noise_seen.map(NOISE)
    several = table.sample_rate.nunique() > 1
    for (rate, one), rows in table.groupby([table.sample_rate, noise], sort=False):
        yield f"{one}, {rate} Hz" if several else one, rows


def summarise(scores: pd.DataFrame) -> pd.DataFrame:
    """Long table: sample_rate, noise ("seen", "unseen"), system, snr_db (or "mean" over all), score, means and counts.

    mean is that of the score, gain that of its improvement over the unprocessed mixture (see `improved`); low and high,
    gain_low and gain_high bound their 95 % intervals, over speakers (see reporting.uncertainty). scored counts the
    mixtures that went into a mean, failed those whose score could not be computed.
    """
    table, gains = _means(scores), _means(improved(scores))
    table[["gain", "gain_low", "gain_high"]] = gains[["mean", "low", "high"]]
    table["failed"] = table.mixtures - table.scored
    return table[list(SUMMARISED)].reset_index()


def _means(scores: pd.DataFrame) -> pd.DataFrame:
    long = scores.melt(IDENTITY, score_names(scores), var_name="score", value_name="value")
    long["noise"] = long.noise_seen.map(NOISE)
    long = pd.concat([long.assign(snr_db=long.snr_db.map("{:g}".format)), long.assign(snr_db=MEAN)])
    groups = long.groupby(["sample_rate", "noise", "system", "snr_db", "score"], sort=False)
    bounds = [interval(group.value.to_numpy(float), group.speaker.to_numpy()) for _, group in groups]
    table = groups.value.agg(mean="mean", scored="count", mixtures="size")
    table[["low", "high"]] = bounds
    return table


def level_systems(scores: pd.DataFrame) -> Level:
    """Systems not significantly below the best, the oracle aside, by (condition, score, snr_db or "mean").

    By what they add to the mixture, so that it does not matter how hard the mixtures are that a system fails on.
    """
    found = {}
    for condition, under in conditions(improved(scores[scores.system != ORACLE])):
        cells = [(f"{snr:g}", rows) for snr, rows in under.groupby("snr_db")] + [(MEAN, under)]
        for snr, rows in cells:
            for score in HEADLINE:
                if score in rows:
                    paired = rows.pivot(index="mixture_id", columns="system", values=score)
                    found[condition, score, snr] = level_with_best(paired)
    return found


def level_under(level: Level, condition: str) -> dict[tuple[str, str], set[str]]:
    """The part of `level` that is of one condition, by (score, snr_db)."""
    return {(score, snr): systems for (one, score, snr), systems in level.items() if one == condition}


def headline(summary: pd.DataFrame, noise: str, what: str = "mean") -> pd.DataFrame:
    """System x (score, SNR) of the headline scores under one kind of noise, at one rate; STOI in per cent.

    what: which column of the summary.
    """
    chosen = summary[(summary.noise == noise) & summary.score.isin(HEADLINE)]
    wide = chosen.pivot(index="system", columns=["score", "snr_db"], values=what)
    snrs = sorted(set(chosen.snr_db) - {MEAN}, key=float)
    order = [(score, snr) for score in HEADLINE for snr in [*snrs, MEAN] if (score, snr) in wide.columns]
    wide = wide.reindex(index=list(dict.fromkeys(chosen.system)), columns=pd.MultiIndex.from_tuples(order))
    return wide if what in COUNTS else wide * [HEADLINE[score].factor for score, _ in order]


def headline_text(summary: pd.DataFrame) -> str:
    """The headline tables for a terminal, one for each of `conditions`: a score is named once over its SNRs."""
    blocks = []
    for condition, under in conditions(summary):
        table = headline(under, under.noise.iloc[0])
        columns = table.columns.tolist()
        named = [position == 0 or columns[position - 1][0] != score for position, (score, _) in enumerate(columns)]
        heads = [
            f"{HEADLINE[score].head if new else ''}\n{snr}" for new, (score, snr) in zip(named, columns, strict=True)
        ]
        formats = ["", *(f".{HEADLINE[score].digits}f" for score, _ in columns)]
        rows = [[name, *(None if isnan(value) else value for value in row)] for name, *row in table.itertuples()]
        body = tabulate(rows, ["system", *heads], "simple", floatfmt=formats, missingval="-")
        blocks.append(f"{titled(condition)}, by SNR of the mixture in dB:\n\n{body}")
    return "\n\n".join(blocks)


def titled(condition: str) -> str:
    """A condition in a title: "Seen noise, 8000 Hz"."""
    noise, *rate = condition.split(", ")
    return ", ".join([f"{noise.capitalize()} noise", *rate])


def by(scores: pd.DataFrame, column: str) -> pd.DataFrame:
    """Means of the headline scores by `column` of scores.csv: system x (score, value of the column); STOI in per cent.

    Rows without a value (a speaker whose sex is not known) are left out.
    """
    known = scores[scores[column].astype(str) != ""]
    names = headlines(known)
    wide = known.pivot_table(names, "system", column, "mean", dropna=False, sort=False)
    wide = wide.reindex(index=list(dict.fromkeys(known.system)))
    order = [(score, value) for score in names for value in sorted(known[column].unique()) if (score, value) in wide]
    return wide.reindex(columns=pd.MultiIndex.from_tuples(order)) * [HEADLINE[score].factor for score, _ in order]


def failures(scores: pd.DataFrame) -> pd.DataFrame:
    """How often each reason kept a score from being computed: system, reason, mixtures."""
    failed = scores[scores.failed != ""]
    return failed.groupby(["system", "failed"], sort=False).size().rename("mixtures").reset_index()

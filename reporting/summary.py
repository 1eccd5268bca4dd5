"""Group-bys of the scores: every number of a report comes from here, and from nothing but scores.csv."""

from math import isnan

import pandas as pd
from tabulate import tabulate

from reporting.headline import HEADLINE
from reporting.scoring import IDENTITY
from reporting.systems import MIXTURE, ORACLE
from reporting.uncertainty import interval, level_with_best

MEAN = "mean"
Level = dict[tuple[str, str, str], set[str]]  # by noise, score and SNR


def summarise(scores: pd.DataFrame) -> pd.DataFrame:
    """Long table: noise ("seen", "unseen"), system, snr_db (or "mean" over all), score, mean, bounds and counts.

    low and high bound the mean's 95 % interval, over speakers (see reporting.uncertainty). scored counts the mixtures
    that went into a mean, failed those whose score could not be computed.
    """
    names = [name for name in scores.columns if name not in (*IDENTITY, "failed")]
    long = scores.melt(IDENTITY, names, var_name="score", value_name="value")
    long["noise"] = long.noise_seen.map({True: "seen", False: "unseen"})
    long = pd.concat([long.assign(snr_db=long.snr_db.map("{:g}".format)), long.assign(snr_db=MEAN)])
    groups = long.groupby(["noise", "system", "snr_db", "score"], sort=False)
    table = groups.value.agg(mean="mean", scored="count", mixtures="size")
    bounds = [interval(group.value.to_numpy(float), group.speaker.to_numpy()) for _, group in groups]
    table.insert(1, "low", [low for low, _ in bounds])
    table.insert(2, "high", [high for _, high in bounds])
    return table.assign(failed=table.mixtures - table.scored).drop(columns="mixtures").reset_index()


def level_systems(scores: pd.DataFrame) -> Level:
    """Systems not significantly below the best, the oracle aside, by (noise, score, snr_db or "mean")."""
    found = {}
    others = scores[scores.system != ORACLE]
    for seen, of_noise in others.groupby("noise_seen"):
        cells = [(f"{snr:g}", rows) for snr, rows in of_noise.groupby("snr_db")] + [(MEAN, of_noise)]
        for snr, rows in cells:
            for score in HEADLINE:
                if score in rows:
                    paired = rows.pivot(index="mixture_id", columns="system", values=score)
                    found["seen" if seen else "unseen", score, snr] = level_with_best(paired)
    return found


def headline(summary: pd.DataFrame, noise: str) -> pd.DataFrame:
    """System x (score, SNR) of the headline scores under one kind of noise; STOI in per cent."""
    chosen = summary[(summary.noise == noise) & summary.score.isin(HEADLINE)]
    wide = chosen.pivot(index="system", columns=["score", "snr_db"], values="mean")
    snrs = sorted(set(chosen.snr_db) - {MEAN}, key=float)
    order = [(score, snr) for score in HEADLINE for snr in [*snrs, MEAN] if (score, snr) in wide.columns]
    wide = wide.reindex(index=list(dict.fromkeys(chosen.system)), columns=pd.MultiIndex.from_tuples(order))
    return wide * [HEADLINE[score].factor for score, _ in order]


def headline_text(summary: pd.DataFrame, style: str) -> str:
    """The headline tables as text, seen and unseen apart; `style` is one of tabulate's formats."""
    blocks = []
    for noise in dict.fromkeys(summary.noise):
        table = headline(summary, noise)
        heads = ["system", *_heads(table.columns.tolist(), style)]
        formats = ["", *(f".{HEADLINE[score].digits}f" for score, _ in table.columns)]
        rows = [[name, *(None if isnan(value) else value for value in row)] for name, *row in table.itertuples()]
        body = tabulate(rows, heads, style, floatfmt=formats, missingval="-")
        blocks.append(f"{noise.capitalize()} noise, by SNR of the mixture in dB:\n\n{body}")
    return "\n\n".join(blocks)


def by(scores: pd.DataFrame, column: str) -> pd.DataFrame:
    """Means of the headline scores by `column` of scores.csv: system x (score, value of the column); STOI in per cent.

    Rows without a value (a speaker whose sex is not known) are left out.
    """
    known = scores[scores[column].astype(str) != ""]
    names = [score for score in HEADLINE if score in known]
    wide = known.pivot_table(names, "system", column, "mean", dropna=False, sort=False)
    wide = wide.reindex(index=list(dict.fromkeys(known.system)))
    order = [(score, value) for score in names for value in dict.fromkeys(known[column]) if (score, value) in wide]
    return wide.reindex(columns=pd.MultiIndex.from_tuples(order)) * [HEADLINE[score].factor for score, _ in order]


def improvements(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean improvement over the unprocessed mixture: system x score, over the mixtures that both have a score for."""
    names = [name for name in scores.columns if name not in (*IDENTITY, "failed")]
    table = scores.set_index(["mixture_id", "system"])[names].unstack("system")
    gains = {
        system: {name: (table[name][system] - table[name][MIXTURE]).mean() for name in names}
        for system in dict.fromkeys(scores.system)
        if system != MIXTURE
    }
    return pd.DataFrame.from_dict(gains, orient="index")


def failures(scores: pd.DataFrame) -> pd.DataFrame:
    """How often each reason kept a score from being computed: system, reason, mixtures."""
    failed = scores[scores.failed != ""]
    return failed.groupby(["system", "failed"], sort=False).size().rename("mixtures").reset_index()


def _heads(columns: list[tuple[str, str]], style: str) -> list[str]:
    """In a terminal a score is named once over its SNRs, in Markdown in every head."""
    if style != "simple":
        return [f"{HEADLINE[score].head} {snr}" for score, snr in columns]
    first = [position == 0 or columns[position - 1][0] != score for position, (score, _) in enumerate(columns)]
    return [f"{HEADLINE[score].head if new else ''}\n{snr}" for new, (score, snr) in zip(first, columns, strict=True)]

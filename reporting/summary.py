"""Group-bys of the scores: every number of a report comes from here, and from nothing but scores.csv."""

from math import isnan

import pandas as pd
from tabulate import tabulate

from reporting.headline import HEADLINE
from reporting.scoring import IDENTITY
from reporting.systems import MIXTURE

MEAN = "mean"


def summarise(scores: pd.DataFrame) -> pd.DataFrame:
    """Long table: system, noise ("seen", "unseen"), snr_db (or "mean" over all), score, mean, scored, failed.

    scored counts the mixtures that went into a mean, failed those whose score could not be computed.
    """
    names = [name for name in scores.columns if name not in (*IDENTITY, "failed")]
    long = scores.melt(IDENTITY, names, var_name="score", value_name="value")
    long["noise"] = long.noise_seen.map({True: "seen", False: "unseen"})
    long = pd.concat([long.assign(snr_db=long.snr_db.map("{:g}".format)), long.assign(snr_db=MEAN)])
    groups = long.groupby(["noise", "system", "snr_db", "score"], sort=False).value
    table = groups.agg(mean="mean", scored="count", mixtures="size").reset_index()
    return table.assign(failed=table.mixtures - table.scored).drop(columns="mixtures")


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

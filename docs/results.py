"""Fills the tables of docs/results.md.

python docs/results.py LONG_REPORT BRIEF_REPORT [PAGE [PEERS_REPORT]]

Every number comes from the summary.csv of a report, or from the PL-CRNN paper.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import pandas as pd
from tabulate import tabulate

from metrics.known import facts
from reporting.tables.headline import headlines
from reporting.tables.published import pl_crnn_paper
from reporting.tables.summary import MEAN, headline

PAGE = Path(__file__).parent / "results.md"
NOISES = ("seen", "unseen")
SEED = re.compile(r", seed=\d+$")  # the end of the names of runs that differ in seeds
ALL = ("pesq_nb_raw", "pesq_wb", "stoi", "estoi", "sdr", "si_sdr")


def main(long: str, brief: str, page: str = str(PAGE), peers: str | None = None) -> None:
    """Put the tables of the two reports and of the paper between the marks of `page`.

    long, brief, peers: folders of reports; without `peers` its table stays. Raises ValueError for a
    table without marks.
    """
    of_paper = pl_crnn_paper()
    of_long = pd.read_csv(Path(long) / "summary.csv")
    of_brief = pd.read_csv(Path(brief) / "summary.csv")
    text = Path(page).read_text(encoding="utf-8")
    text = filled(text, "long", means(of_long))
    text = filled(text, "brief", means(of_brief))
    text = filled(text, "paper", means(of_paper))
    if peers is not None:
        of_peers = pd.read_csv(Path(peers) / "summary.csv")
        text = filled(
            text, "peers", _scores(of_peers, "seen") + "\n\n" + _scores(of_peers, "unseen")
        )
    trained = of_long.system.unique()[-1]  # runs are last in a report
    for noise in NOISES:
        ours = by_snr(of_long, trained, noise)
        theirs = by_snr(of_paper, "PL-CRNN IAM", noise)
        rows = [
            ["Clarion, LibriSpeech", *ours.values()],
            ["paper, TIMIT", *theirs.values()],
        ]
        table = markdown(["by", *ours], rows)
        text = filled(text, f"{noise} by SNR", table)
    Path(page).write_text(text, encoding="utf-8")


def means(summary: pd.DataFrame) -> str:
    """Every system's mean over all SNRs, and in brackets its improvement over the mixture.

    A row per system, a column per kind of noise and score. Runs that differ only in their seed are
    one system: the mean over seeds, and in brackets the smallest and largest improvement among
    them.
    """
    heads = ["system"]
    columns = []
    for noise in NOISES:
        under = summary[summary.noise == noise]
        values = headline(under)
        gains = headline(under, "gain")
        seeds = {}
        for name in values.index:
            seeds.setdefault(SEED.sub("", name), []).append(name)
        for score in headlines(under.score):
            known = facts(score)
            value_of = values[score][MEAN]
            gain_of = gains[score][MEAN]
            heads.append(f"{noise}: {known.head}")
            columns.append(
                [_cell(value_of[names], gain_of[names], known.digits) for names in seeds.values()]
            )
    rows = list(zip(seeds, *columns, strict=True))
    return markdown(heads, rows)


def _scores(summary: pd.DataFrame, noise: str) -> str:
    """Every score of every system, as mean over all SNRs in one kind of noise."""
    under = summary[(summary.noise == noise) & (summary.snr_db == MEAN)]
    table = under.pivot(index="system", columns="score", values="mean")
    rows = []
    for system in under.system.unique():
        cells = []
        for score in ALL:
            cells.append(facts(score).shown(table.loc[system, score]))
        rows.append([system, *cells])
    heads = [facts(score).head for score in ALL]
    return markdown([f"{noise} noise", *heads], rows)


def by_snr(summary: pd.DataFrame, system: str, noise: str) -> dict[str, str]:
    """The improvements of `system` over the mixture at every SNR, as text.

    By score and SNR: "PESQ-NB raw -5", "STOI % mean" and so on.
    """
    under = summary[summary.noise == noise]
    gains = headline(under, "gain")
    of_system = gains.loc[system]
    cells = {}
    for (score, snr), gain in of_system.items():
        known = facts(score)
        column = f"{known.head} {snr}"
        cells[column] = _signed(gain, known.digits)
    return cells


def _cell(values: pd.Series, gains: pd.Series, digits: int) -> str:
    """The mean value, and the gains in brackets if there are any.

    values, gains: of each seed.
    """
    if values.isna().any():
        return "not computed"
    text = f"{values.mean():.{digits}f}"
    if (gains == 0).all():
        return text
    gained = _signed(gains.mean(), digits)
    if len(gains) > 1:
        gained += f"; {_signed(gains.min(), digits)} to {_signed(gains.max(), digits)}"
    return f"{text} ({gained})"


def _signed(gain: float, digits: int) -> str:
    rounded = round(gain, digits) or 0.0  # no "-0.0"
    return f"{rounded:+.{digits}f}"


def markdown(heads: list[str], rows: list) -> str:
    """A table; all cells are text."""
    return tabulate(
        rows,
        heads,
        "github",
        stralign="right",
        disable_numparse=True,
    )


def filled(text: str, name: str, table: str) -> str:
    """`text` with `table` between the marks `name`.

    Raises ValueError if the page lacks one of them.
    """
    mark = f"<!-- {name} -->"
    end_mark = "<!-- end -->"
    before, begin, after = text.partition(f"{mark}\n")
    _, end, rest = after.partition(end_mark)
    if not begin or not end:
        raise ValueError(f"the page has no place {mark} ... {end_mark} for its table")
    return f"{before}{begin}\n{table}\n\n{end}{rest}"


if __name__ == "__main__":
    main(*sys.argv[1:])

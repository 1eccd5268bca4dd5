"""Fills the tables of docs/results.md.

python docs/results.py [long=REPORT] [steps=REPORT] [time=REPORT] [stages=REPORT]
    [peers=REPORT] [whole=REPORT] [voicebank=REPORT] [page=PAGE]

Every number comes from a table of a report, or is one that the PL-CRNN paper prints. The tables of
a report that is not given stay as they are.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import pandas as pd
from tabulate import tabulate

from metrics.known import facts
from reporting.tables.headline import headlines
from reporting.tables.improvement import improved, score_names
from reporting.tables.published import pl_crnn_paper
from reporting.tables.summary import MEAN, headline, summarise

PAGE = Path(__file__).parent / "results.md"
REPORTS = ("long", "steps", "time", "stages", "peers", "whole", "voicebank")
NOISES = ("seen", "unseen")
SEED = re.compile(r", seed=\d+$")  # the end of a run's name in a report of runs that differ in it
OF_PEERS = ("pesq_nb_raw", "pesq_wb", "stoi", "estoi", "sdr", "si_sdr")
# The scores of tables of means, by report; for `voicebank` first those of most papers on it.
CHOSEN = {
    "peers": OF_PEERS,
    "whole": OF_PEERS,
    "voicebank": ("pesq_wb", "csig", "cbak", "covl", "seg_snr", "stoi", "sdr", "si_sdr"),
}


def main(*typed: str) -> None:
    """Put the tables of the reports and of the paper between their marks on the page.

    typed: "long=FOLDER" and so on, folders of reports. Raises ValueError for another name, and if
    a table has no place.
    """
    folders = dict(item.split("=", 1) for item in typed)
    page = Path(folders.pop("page", PAGE))
    unknown = [name for name in folders if name not in REPORTS]
    if unknown:
        raise ValueError(f"{unknown[0]}=: no such report; there are {', '.join(REPORTS)}")
    text = page.read_text(encoding="utf-8")
    for place, table in tables({name: Path(folder) for name, folder in folders.items()}).items():
        text = filled(text, place, table)
    page.write_text(text, encoding="utf-8")


def tables(folders: dict[str, Path]) -> dict[str, str]:
    """The tables of the page, by place. folders: of reports, by their names in `REPORTS`."""
    made = {"paper": means(pl_crnn_paper())}
    for name, folder in folders.items():
        if name in ("steps", "time"):
            scores = pd.read_csv(folder / "scores.csv")
            made[name] = "\n\n".join(over_seeds(scores, noise) for noise in NOISES)
            continue
        summary = pd.read_csv(folder / "summary.csv")
        if name in CHOSEN:
            noises = [noise for noise in NOISES if noise in set(summary.noise)]
            parts = [_scores(summary, noise, CHOSEN[name]) for noise in noises]
            made[name] = "\n\n".join(parts)
        else:
            made[name] = means(summary)
        if name == "long":
            made |= _beside_the_paper(summary)
    return made


def _beside_the_paper(of_long: pd.DataFrame) -> dict[str, str]:
    """The improvement by SNR of the last run of a report and of the paper's PL-CRNN, by place."""
    trained = of_long.system.unique()[-1]  # runs are the last rows of a report
    made = {}
    for noise in NOISES:
        ours = by_snr(of_long, trained, noise)
        theirs = by_snr(pl_crnn_paper(), "PL-CRNN IAM", noise)
        rows = [["Clarion, LibriSpeech", *ours.values()], ["paper, TIMIT", *theirs.values()]]
        made[f"{noise} by SNR"] = markdown(["by", *ours], rows)
    return made


def means(summary: pd.DataFrame) -> str:
    """The mean of every system over all SNRs, and in brackets its improvement.

    A row per system, a column per kind of noise and score.
    """
    heads = ["system"]
    columns = []
    for noise in NOISES:
        under = summary[summary.noise == noise]
        values = headline(under)
        gains = headline(under, "gain")
        for score in headlines(under.score):
            known = facts(score)
            heads.append(f"{noise}: {known.head}")
            both = zip(values[score][MEAN], gains[score][MEAN], strict=True)
            columns.append([_cell(value, gain, known.digits) for value, gain in both])
    rows = list(zip(values.index, *columns, strict=True))
    return markdown(heads, rows)


def over_seeds(scores: pd.DataFrame, noise: str) -> str:
    """Means over all SNRs in one kind of noise; runs that differ only in the seed are one row.

    A cell has the mean over the seeds and its improvement, the 95 % interval of the improvement
    over speakers if there are enough of them, and the smallest and largest improvement of a seed.
    """
    scores = scores[scores.noise_seen == (noise == "seen")]
    joined = scores.assign(system=scores.system.str.replace(SEED, "", regex=True))
    keys = [column for column in scores if column not in (*score_names(scores), "failed")]
    averaged = joined.groupby(keys, sort=False, dropna=False)[score_names(scores)].mean()
    table = _of_means(summarise(averaged.reset_index().assign(failed="")))
    of_runs = improved(scores).groupby("system", sort=False)[score_names(scores)].mean()
    by_seed = of_runs.stack().rename_axis(["system", "score"]).reset_index(name="gain")
    by_seed["system"] = by_seed.system.str.replace(SEED, "", regex=True)
    seeds = by_seed.groupby(["system", "score"]).gain.agg(["min", "max", "size"])
    chosen = headlines(table.index.unique("score"))
    rows = []
    for system in table.index.unique("system"):
        cells = []
        for score in chosen:
            of_seeds = seeds.loc[system, score]
            cells.append(_with_interval(table.loc[system, score], of_seeds, score))
        rows.append([system, *cells])
    return markdown([f"{noise} noise", *(facts(score).head for score in chosen)], rows)


def _of_means(summary: pd.DataFrame) -> pd.DataFrame:
    """The rows over all SNRs, by system and score."""
    return summary[summary.snr_db == MEAN].set_index(["system", "score"])


def _with_interval(mean: pd.Series, of_seeds: pd.Series, score: str) -> str:
    """The mean of a system, its improvement with the interval, and the range over seeds."""
    known = facts(score)

    def gain(value: float) -> str:
        return _signed(value * known.factor, known.digits)

    text = known.shown(mean["mean"])
    if mean.gain == 0:
        return text
    text += f" ({gain(mean.gain)}"
    if pd.notna(mean.gain_low):
        text += f" [{gain(mean.gain_low)}, {gain(mean.gain_high)}]"
    if of_seeds["size"] > 1:
        text += f"; seeds {gain(of_seeds['min'])} to {gain(of_seeds['max'])}"
    return f"{text})"


def _scores(summary: pd.DataFrame, noise: str, chosen: Sequence[str]) -> str:
    """The `chosen` scores of every system, their means over all SNRs in one kind of noise."""
    under = summary[(summary.noise == noise) & (summary.snr_db == MEAN)]
    table = under.pivot(index="system", columns="score", values="mean")
    rows = []
    for system in under.system.unique():
        cells = []
        for score in chosen:
            cells.append(facts(score).shown(table.loc[system, score]))
        rows.append([system, *cells])
    heads = [facts(score).head for score in chosen]
    return markdown([f"{noise} noise", *heads], rows)


def by_snr(summary: pd.DataFrame, system: str, noise: str) -> dict[str, str]:
    """What `system` adds to the mixture's scores at every SNR, as text.

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


def _cell(value: float, gain: float, digits: int) -> str:
    """The mean, and in brackets the improvement, if there is one."""
    if pd.isna(value):
        return "not computed"
    text = f"{value:.{digits}f}"
    return text if gain == 0 else f"{text} ({_signed(gain, digits)})"


def _signed(gain: float, digits: int) -> str:
    rounded = round(gain, digits) or 0.0  # no "-0.0"
    return f"{rounded:+.{digits}f}"


def markdown(heads: list[str], rows: list) -> str:
    """A table, its cells as text."""
    return tabulate(
        rows,
        heads,
        "github",
        stralign="right",
        disable_numparse=True,
    )


def filled(text: str, name: str, table: str) -> str:
    """`text` with `table` between the marks of its place.

    Raises ValueError where the page lacks one of them.
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

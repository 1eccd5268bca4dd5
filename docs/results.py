"""Fills the tables of docs/results.md from reports: python docs/results.py LONG_REPORT BRIEF_REPORT [PAGE]

Every number comes from summary.csv, which evaluate.py wrote, or is one that the PL-CRNN paper prints.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import pandas as pd
from tabulate import tabulate

from reporting.tables.headline import HEADLINE
from reporting.tables.published import pl_crnn_paper
from reporting.tables.summary import MEAN, headline

PAGE = Path(__file__).parent / "results.md"
NOISES = ("seen", "unseen")
CONF = Path(__file__).parent.parent / "conf"


def main(long: str, brief: str, page: str = str(PAGE)) -> None:
    """Put the tables of the two reports and of the paper where `page` marks them."""
    reports = {name: pd.read_csv(Path(folder) / "summary.csv") for name, folder in (("long", long), ("brief", brief))}
    reports["paper"] = pl_crnn_paper()
    reports["brief"]["system"] = reports["brief"].system.map(_as_in_the_paper)
    text = Path(page).read_text(encoding="utf-8")
    for name, summary in reports.items():
        text = _filled(text, name, means(summary))
    *_, trained = dict.fromkeys(reports["long"].system)  # runs stand last in a report
    for noise in NOISES:
        ours, theirs = by_snr(reports["long"], trained, noise), by_snr(reports["paper"], "PL-CRNN IAM", noise)
        both = {"Clarion, LibriSpeech": ours, "paper, TIMIT": theirs}
        text = _filled(
            text, f"{noise} by SNR", _markdown(["by", *ours], [[who, *row.values()] for who, row in both.items()])
        )
    Path(page).write_text(text, encoding="utf-8")


def means(summary: pd.DataFrame) -> str:
    """Every system's mean over all SNRs, and in brackets what it adds to the mixture's."""
    heads, columns = ["system"], []
    for noise in NOISES:
        under = summary[summary.noise == noise]
        values, gains = headline(under), headline(under, "gain")
        for score, label in HEADLINE.items():
            heads.append(f"{noise}: {label.head}")
            both = zip(values[score][MEAN], gains[score][MEAN], strict=True)
            columns.append([_cell(value, gain, label.digits) for value, gain in both])
    return _markdown(heads, list(zip(values.index, *columns, strict=True)))


def by_snr(summary: pd.DataFrame, system: str, noise: str) -> dict[str, str]:
    """What `system` adds to the mixture's scores at every SNR."""
    gains = headline(summary[summary.noise == noise], "gain").loc[system]
    return {
        f"{HEADLINE[score].head} {snr}": _signed(gain, HEADLINE[score].digits) for (score, snr), gain in gains.items()
    }


def _as_in_the_paper(system: str) -> str:
    """What the paper calls a run of a sweep, "network-pl_crnn_..._target-iam_..."; other names stay."""
    found = [
        [path.stem for path in (CONF / group).glob("*.yaml") if f"{group}-{path.stem}_" in f"{system}_"]
        for group in ("network", "target")
    ]
    return " ".join(name.upper().replace("_", "-") for (name,) in found) if all(found) else system


def _cell(value: float, gain: float, digits: int) -> str:
    if pd.isna(value):
        return "not computed"
    return f"{value:.{digits}f}" + (f" ({_signed(gain, digits)})" if gain else "")


def _signed(gain: float, digits: int) -> str:
    return f"{round(gain, digits) or 0.0:+.{digits}f}"  # no "-0.0"


def _markdown(heads: list[str], rows: list) -> str:
    return tabulate(rows, heads, "github", stralign="right", disable_numparse=True)


def _filled(text: str, name: str, table: str) -> str:
    begin, end = f"<!-- {name} -->\n", "<!-- end -->"
    before, found, rest = text.partition(begin)
    if not found or end not in rest:
        raise ValueError(f"the page has no place {begin.strip()} ... {end} for its table")
    return f"{before}{begin}\n{table}\n\n{rest[rest.index(end) :]}"


if __name__ == "__main__":
    main(*sys.argv[1:])

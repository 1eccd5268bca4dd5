"""A table of trials: the options that differ from a base run, and the changes of its scores.

python docs/trials.py REPORT BASE [PAGE [PLACE]]

REPORT: an output folder of `evaluate.py` for several runs, with scores.csv and runs.csv. BASE: the
name of the run that the others are compared with. PAGE: gets the table between `<!-- PLACE -->`
(`<!-- trials -->`) and `<!-- end -->`; without it the table is printed. Differences are paired by
mixture; their 95 % intervals are those of the report: Student's t over speakers.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import pandas as pd
from results import NOISES, filled, markdown

from metrics.known import facts
from reporting.scores_table import MIXTURE
from reporting.tables.headline import headlines
from reporting.tables.improvement import score_names
from reporting.tables.summary import NOISE
from reporting.tables.uncertainty import interval


def main(report: str, base: str, page: str | None = None, place: str = "trials") -> None:
    """Print the table of the runs in `report`, or put it between the marks of `page`.

    Raises ValueError for an unknown `base`, and for a page without marks of `place`.
    """
    scores = pd.read_csv(Path(report) / "scores.csv", keep_default_na=False, na_values=[""])
    runs = pd.read_csv(Path(report) / "runs.csv")
    table = trials(scores, runs, base)
    if page is None:
        print(table)
        return
    text = Path(page).read_text(encoding="utf-8")
    Path(page).write_text(filled(text, place, table), encoding="utf-8")


def trials(scores: pd.DataFrame, runs: pd.DataFrame, base: str) -> str:
    """A row per run, `base` first: its name, steps, minutes, and differences from `base`.

    scores, runs: as in scores.csv and runs.csv. The row of `base` has its improvements over the
    mixture.
    """
    names = list(runs.system)
    if base not in names:
        raise ValueError(f"{base!r} is no run of the report; there are {', '.join(names)}")
    shown = headlines(score_names(scores))
    noises = [noise for noise in NOISES if (scores.noise_seen.map(NOISE) == noise).any()]
    heads = ["run", "steps", "minutes"]
    heads += [f"{noise}: {facts(score).head}" for noise in noises for score in shown]
    rows = []
    for name in (base, *(name for name in names if name != base)):
        against = MIXTURE if name == base else base
        run = runs[runs.system == name].iloc[0]
        label = f"{name} (less the mixture)" if name == base else name
        spent = [str(run.get(what, "")) for what in ("steps", "training_minutes")]
        rows.append([label, *spent, *_differences(scores, name, against, noises, shown)])
    return markdown(heads, rows)


def _differences(
    scores: pd.DataFrame, name: str, against: str, noises: list[str], shown: list[str]
) -> list[str]:
    """The mean difference of `name` and `against` on the same mixtures, by noise and score."""
    key = ["sample_rate", "mixture_id"]
    ours, theirs = (scores[scores.system == one].set_index(key) for one in (name, against))
    cells = []
    for noise in noises:
        of_noise = ours[ours.noise_seen.map(NOISE) == noise]
        for score in shown:
            more = (of_noise[score] - theirs[score].reindex(of_noise.index)).astype(float)
            cells.append(_cell(more, of_noise.speaker, score))
    return cells


def _cell(more: pd.Series, speakers: pd.Series, score: str) -> str:
    known = facts(score)
    low, high = interval(more.to_numpy(), speakers.to_numpy())
    numbers = [known.factor * number for number in (more.mean(), low, high)]
    mean, *bounds = [f"{number:+.{known.digits}f}" for number in numbers]
    return mean if pd.isna(low) else f"{mean} ({bounds[0]} to {bounds[1]})"


if __name__ == "__main__":
    main(*sys.argv[1:])

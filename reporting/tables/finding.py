"""What a report says first: what the best run did to the mixtures, in a sentence or two."""

from collections.abc import Collection

import pandas as pd

from metrics.facts import Facts
from metrics.known import facts
from reporting.tables.clusters import CLUSTERS, SPEAKERS
from reporting.tables.headline import headlines, ranking
from reporting.tables.improvement import improved, ranked, score_names
from reporting.tables.uncertainty import interval
from reporting.tables.wording import called, words


def finding(scores: pd.DataFrame, runs: Collection[str] = (), clusters: str = SPEAKERS) -> str:
    """What the best run did to the mixtures of the test, on average, at every rate.

    scores: see reporting.scoring.score_plan. runs: those of its systems that are whole runs, of
    which the best is told; without any it is told of the best system. clusters: of the intervals.
    """
    if scores.sample_rate.nunique() > 1:
        sentences = []
        for rate, rows in scores.groupby("sample_rate"):
            sentence = finding(rows, runs, clusters)
            sentences.append(f"At {rate} Hz: {sentence}")
        return " ".join(sentences)
    tested = words().counted(scores.mixture_id.nunique())
    systems = ranked(scores)
    chosen = [name for name in systems if name in runs] or systems
    if not chosen:
        untrained = ", ".join(map(called, scores.system.unique()))
        return f"No trained system was put on the {tested}: {untrained} alone."
    gains = improved(scores)
    what = "runs" if chosen[0] in runs else "systems"
    rule = _rule(len(chosen), what, facts(ranking(score_names(scores))))
    speakers = scores.speaker.nunique()
    who = f"one {words().speaker}" if speakers == 1 else words().counted(speakers, "speakers")
    of_best = gains[gains.system == chosen[0]]
    changes, verdicts = _changes(of_best, clusters)
    reached = _reached(scores[scores.system == chosen[0]], clusters)
    changed = f"{chosen[0]}{rule} changed {words().base} on average{changes}."
    told = f"{changed}{verdicts}" if words().changes else f"{chosen[0]}{rule} {reached}."
    return f"On {tested} of {who}, {told}"


def _rule(count: int, what: str, of_score: Facts) -> str:
    """Why it is this one of `count` that is told of."""
    if count == 1:
        return ""
    end = "highest" if of_score.higher_is_better else "lowest"
    return f", of {count} {what} the one with the {end} mean change of {of_score.label},"


def _reached(rows: pd.DataFrame, clusters: str) -> str:
    """The means of a system's headline scores, each with its interval."""
    ways = [rows[name].to_numpy() for name in CLUSTERS[clusters].columns]
    means, bounded = [], ""
    for score in headlines(score_names(rows)):
        info = facts(score)
        values = rows[score].to_numpy(float)
        low, high = interval(values, *ways)
        shown = f"{info.label} {info.shown(rows[score].mean())} {info.unit}".rstrip()
        if not pd.isna(low):
            shown += f" ({info.shown(low)} to {info.shown(high)})"
            bounded = " (95 % interval)"
        means.append(shown)
    return f"reached on average{bounded} {', '.join(means)}"


def _changes(gains: pd.DataFrame, clusters: str) -> tuple[str, str]:
    """What a system changed, each with its interval; and what it made worse, or may have.

    gains: its rows, see `improved`.
    """
    ways = [gains[name].to_numpy() for name in CLUSTERS[clusters].columns]
    changes, worse, undecided = [], [], []
    means = ""
    for score in headlines(score_names(gains)):
        info = facts(score)
        values = gains[score].to_numpy(float)
        low, high = interval(values, *ways)
        changes.append(_change(gains[score], low, high, info))
        if not pd.isna(low):
            means = " (95 % interval)"
        if low < 0 < high:
            undecided.append(info.label)
        elif gains[score].mean() * info.sign < 0:
            worse.append(info.label)
    verdicts = ""
    if worse:
        verdicts += f" It made {_listed(worse)} worse."
    if undecided:
        verdicts += f" Whether it made {_listed(undecided)} better or worse is undecided."
    return f"{means} by {', '.join(changes)}", verdicts


def _listed(labels: list[str]) -> str:
    """Labels in a sentence."""
    *others, last = labels
    return f"{', '.join(others)} and {last}" if others else last


def _change(gains: pd.Series, low: float, high: float, of_score: Facts) -> str:
    """The mean of the gains of one score, its interval, and how many of them are known."""
    beside = []
    if not pd.isna(low):
        ends = [of_score.shown(end, "+") for end in (low, high)]
        beside.append(" to ".join(ends))
    known = gains.count()
    if 0 < known < len(gains):
        beside.append(f"{known} of {len(gains)} scored")
    change = of_score.change(gains.mean())
    return f"{change} ({'; '.join(beside)})" if beside else change

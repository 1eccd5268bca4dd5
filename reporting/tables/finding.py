"""The first sentence of a report: how the best run changed the mixtures."""

from collections.abc import Collection, Sequence

import pandas as pd

from datagen.pairs.pairs import UNKNOWN
from metrics.facts import Facts
from metrics.known import facts
from reporting.tables.clusters import CLUSTERS, SPEAKERS
from reporting.tables.headline import headlines, ranking
from reporting.tables.improvement import improved, ranked, score_names
from reporting.tables.uncertainty import interval
from reporting.tables.wording import called, words


def finding(scores: pd.DataFrame, runs: Collection[str] = (), clusters: str = SPEAKERS) -> str:
    """The mean changes of scores by the best run, at every rate, in sentences.

    scores: see reporting.scoring.score_plan. runs: names of the systems that are whole runs;
    without runs the sentence is about the best system. clusters: of the intervals.
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
        return f"No trained system was evaluated on the {tested}, only {untrained}."
    gains = improved(scores)
    what = "runs" if chosen[0] in runs else "systems"
    rule = _rule(chosen, what, facts(ranking(score_names(scores))))
    subject = "it" if rule else chosen[0]
    if words().changes:
        changes, verdicts = _changes(gains[gains.system == chosen[0]], clusters)
        done = f"changed {words().base} on average{changes}.{verdicts}"
    else:
        done = f"{_reached(scores[scores.system == chosen[0]], clusters)}."
    return f"{rule}On {tested} of {speakers_in(scores)}, {subject} {done}"


def speakers_in(scores: pd.DataFrame) -> str:
    """The number of speakers, if the test knows them."""
    names = set(scores.speaker)
    if UNKNOWN in names:
        return f"unknown {words().speakers}"
    one = f"one {words().speaker}"
    return one if len(names) == 1 else words().counted(len(names), "speakers")


def _rule(chosen: Sequence[str], what: str, of_score: Facts) -> str:
    """A sentence why the first of `chosen` is described; "" if it is the only one."""
    if len(chosen) == 1:
        return ""
    end = "highest" if of_score.higher_is_better else "lowest"
    change = f"the {end} mean {'change of ' if words().changes else ''}{of_score.label}"
    return f"Of {len(chosen)} {what}, {chosen[0]} has {change}. "


def _reached(rows: pd.DataFrame, clusters: str) -> str:
    """The means of a system's headline scores, each with its interval."""
    ways = [rows[name].to_numpy() for name in CLUSTERS[clusters].columns]
    means, bounded = [], ""
    for score in headlines(score_names(rows)):
        info = facts(score)
        if rows[score].isna().all():
            means.append(f"{info.label} not computed")
            continue
        values = rows[score].to_numpy(float)
        low, high = interval(values, *ways)
        shown = f"{info.label} {info.shown(rows[score].mean())} {info.unit}".rstrip()
        if not pd.isna(low):
            low, high = info.within(low), info.within(high)
            shown += f" ({info.shown(low)} to {info.shown(high)})"
            bounded = " (95 % interval)"
        means.append(shown)
    return f"reached on average{bounded} {', '.join(means)}"


def _changes(gains: pd.DataFrame, clusters: str) -> tuple[str, str]:
    """The changes by a system, with intervals, and the scores that it may have made worse.

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
    """Labels as part of a sentence."""
    *others, last = labels
    return f"{', '.join(others)} and {last}" if others else last


def _change(gains: pd.Series, low: float, high: float, of_score: Facts) -> str:
    """The mean of the gains of one score, its interval, and the number of known gains."""
    beside = []
    if not pd.isna(low):
        ends = [of_score.shown(end, "+") for end in (low, high)]
        beside.append(" to ".join(ends))
    known = gains.count()
    if 0 < known < len(gains):
        beside.append(f"{known} of {len(gains)} scored")
    change = of_score.change(gains.mean())
    return f"{change} ({'; '.join(beside)})" if beside else change

"""The texts of a test: answers of systems, and transcripts by recognisers."""

from collections.abc import Iterator, Mapping

import pandas as pd

from files.fingerprint import of_values
from metrics.metric import Metric
from models.system import System
from reporting.scoring.bench import Bench
from text.answers import LABEL, TEXT

COLUMNS = ["mixture_id", "system", "score", "reference", "answer"]


def transcripts(
    bench: Bench, systems: Mapping[str, System], metrics: Mapping[str, Metric]
) -> pd.DataFrame:
    """All texts beside their references; COLUMNS.

    For a tagger these are classes. score: the first score by the same recogniser. Empty if no
    metric compares texts or classes.
    """
    first = {}
    for name, metric in metrics.items():
        if metric.facts.compares in (TEXT, LABEL):
            first.setdefault(of_values(metric.made_of), name)
    chosen = {name: metrics[name] for name in first.values()}
    return pd.DataFrame(_rows(bench, systems, chosen) if chosen else [], columns=COLUMNS)


def _rows(
    bench: Bench, systems: Mapping[str, System], metrics: Mapping[str, Metric]
) -> Iterator[list[str]]:
    for mixture in bench.mixtures():
        for system_name, system in systems.items():
            enhanced = bench.enhanced(system, mixture)
            for name, metric in metrics.items():
                reference = mixture.references.get(metric.facts.compares)
                if reference is None:
                    continue
                answer = enhanced.taken_by(metric, bench.sample_rate)
                if metric.takes == system.gives and isinstance(answer, str):
                    yield [mixture.identity["mixture_id"], system_name, name, reference, answer]

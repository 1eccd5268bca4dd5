"""What a process does for an evaluation: enhance where that is still to be done, and score."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from metrics.metric import Metric
from metrics.table import scores
from reporting.scoring.score_cache import Score, of_answer

Answer = np.ndarray | str
NO_ANSWER = np.zeros(0)


class ToAnswer(NamedTuple):
    """A mixture that waits for its system. batch: see `models.system.System`, of one mixture."""

    system: Any  # a System: what only scores need not import that
    batch: Mapping[str, Any]

    def attempt(self) -> tuple[Answer, str]:
        """What the system makes of it, and ""; where it fails no samples at all, and why.

        A tool that breaks on one mixture is a counted row, and no end of an evaluation.
        """
        try:
            (answer,) = self.system.answers(self.batch)
        except (Exception, SystemExit) as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split()).replace(";", ",")
            return NO_ANSWER, f"no answer, {reason}"
        return answer, ""


class Job(NamedTuple):
    """A row's references and the metrics that it lacks, both by kind, and the answer."""

    number: int
    references: Mapping[str, Answer]
    answer: Answer | ToAnswer
    metrics: Mapping[str, Mapping[str, Metric]]


class Done(NamedTuple):
    """Scores of a row. content: names what the answer holds, "" where it was known before.

    problem: why its system has failed; there are no scores then. texts: what was heard in the
    answer, by the name of the first metric that hears with a recogniser.
    """

    number: int
    content: str
    scores: dict[str, Score]
    problem: str = ""
    texts: Mapping[str, str] = {}


def work(jobs: Sequence[Job], sample_rate: int) -> list[Done]:
    """Each of `jobs`, one after the other in one thread: as many processes as cores do so."""
    with _one_thread():
        return [_done(job, sample_rate) for job in jobs]


def _done(job: Job, sample_rate: int) -> Done:
    answer, content = job.answer, ""
    if isinstance(answer, ToAnswer):
        answer, problem = answer.attempt()
        if problem:
            return Done(job.number, "", {}, problem)
        content = of_answer(answer)
    found: dict[str, Score] = {}
    texts: dict[str, str] = {}
    for kind, metrics in job.metrics.items():
        for name, alike in together(metrics):
            taken = prepared(metrics[name], answer, sample_rate)
            if taken is not answer:
                texts[name] = taken
            found |= scores(job.references[kind], taken, sample_rate, alike)
    return Done(job.number, content, found, texts=texts)


def together(metrics: Mapping[str, Metric]) -> Iterator[tuple[str, dict[str, Metric]]]:
    """Metrics that take the same of an answer, each time with the name of the first of them."""
    alike: dict[str, dict[str, Metric]] = {}
    for name, metric in metrics.items():
        alike.setdefault(str(metric.made_of), {})[name] = metric
    for group in alike.values():
        yield next(iter(group)), group


def prepared(metric: Metric, answer: Answer, sample_rate: int) -> Answer:
    """What `metric` compares of an answer: where it cannot be heard, that itself."""
    try:
        return metric.prepared(answer, sample_rate)
    except Exception:
        return answer  # scored as it is, the metric will say why


@contextmanager
def _one_thread() -> Iterator[None]:
    """Of PyTorch, where that came with a system."""
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)

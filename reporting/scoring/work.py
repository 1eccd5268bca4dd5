"""The work of a process of an evaluation: enhancing, if necessary, and scoring."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

import numpy as np

from metrics.metric import Metric
from metrics.table import scores
from reporting.scoring.score_cache import Score, of_answer
from text.line import in_one_line

Answer = np.ndarray | str
NO_ANSWER = np.zeros(0)


class ToAnswer(NamedTuple):
    """A mixture that waits for its system. batch: one mixture, see `models.system.System`."""

    system: Any  # a System, which a process that only scores need not import
    batch: Mapping[str, Any]

    def attempt(self) -> tuple[Answer, str]:
        """The answer of the system, and ""; if it fails, no samples, and the reason.

        A tool that fails on one mixture is a counted row; the evaluation continues.
        """
        try:
            (answer,) = self.system.answers(self.batch)
        except (Exception, SystemExit) as error:
            reason = in_one_line(f"{type(error).__name__}: {error}").replace(";", ",")
            return NO_ANSWER, f"no answer, {reason}"
        return answer, ""


class Job(NamedTuple):
    """The references of a row and the metrics that it lacks, both by kind, and the answer."""

    number: int
    references: Mapping[str, Answer]
    answer: Answer | ToAnswer
    metrics: Mapping[str, Mapping[str, Metric]]


class Done(NamedTuple):
    """Scores of a row. content: name of the answer's content, "" if it was known before.

    problem: why its system has failed; there are no scores then. texts: transcripts of the answer,
    by the first metric of each recogniser.
    """

    number: int
    content: str
    scores: dict[str, Score]
    problem: str = ""
    texts: Mapping[str, str] = {}


def work(jobs: Sequence[Job], sample_rate: int) -> list[Done]:
    """The results of `jobs`, in turn, in one thread; there are as many such processes as cores."""
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
    """Metrics with the same input of an answer, each group with the name of its first metric."""
    alike: dict[str, dict[str, Metric]] = {}
    for name, metric in metrics.items():
        alike.setdefault(str(metric.made_of), {})[name] = metric
    for group in alike.values():
        yield next(iter(group)), group


def prepared(metric: Metric, answer: Answer, sample_rate: int) -> Answer:
    """The input of `metric`: a transcript of the answer, or the answer."""
    try:
        return metric.prepared(answer, sample_rate)
    except Exception:
        return answer  # the metric gives the reason when it scores the answer


def _one_thread() -> AbstractContextManager[None]:
    """Limit PyTorch to one thread, if a system has imported it."""
    if "torch" not in sys.modules:
        return nullcontext()
    from parallel.threads import one_thread

    return one_thread()

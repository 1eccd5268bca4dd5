"""A mixture of a test, and the output of a system for it."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from files.fingerprint import of_values
from metrics.metric import Metric
from metrics.talkers import best_order
from models.system import Answer, System
from reporting.scoring.memory import Memory
from reporting.scoring.score_cache import Names, of_answer, of_signal
from reporting.scoring.work import NO_ANSWER, ToAnswer, prepared
from text.answers import SPEECH, TALKERS


class Mixture:
    """One mixture of a test; its audio is computed on request.

    identity: its part of IDENTITY. make: gives its `parts`. device: on which systems get it. named:
    the names of its signals, if they are known without the signals.
    """

    def __init__(
        self,
        identity: Mapping[str, Any],
        make: Callable[[], Mapping[str, Tensor | str]],
        device: str = "cpu",
        named: Names | None = None,
    ):
        self.identity = identity
        self.device = device
        self._make = make
        self._named = named

    @cached_property
    def parts(self) -> Mapping[str, Tensor | str]:
        """ "mixture", "clean" and "noise" [time], and other references, as tensor or text."""
        return self._make()

    @cached_property
    def batch(self) -> dict[str, Any]:
        """The parts for a system, as a batch of one item on its device, with its "name"."""
        batch: dict[str, Any] = {}
        for name, part in self.parts.items():
            one = part.unsqueeze(0).to(self.device) if isinstance(part, Tensor) else [part]
            batch[name] = one
        batch["name"] = [self.identity["mixture_id"]]
        batch["length"] = torch.tensor([len(self.parts["mixture"])], device=self.device)
        return batch

    @cached_property
    def references(self) -> dict[str, Answer]:
        """The references of answers by kind (see text.answers), as far as they are known."""
        others = self.parts.keys() - {"mixture", "clean", "noise"}
        return {SPEECH: self.samples("clean")} | {name: self.samples(name) for name in others}

    @cached_property
    def names(self) -> Names:
        """The names of its signals and references by content."""
        if self._named is not None:
            return self._named
        both = np.stack([self.samples("clean"), self.samples("mixture")])
        contents = {kind: of_answer(reference) for kind, reference in self.references.items()}
        return Names(of_signal(both), contents)

    @property
    def content(self) -> str:
        """The content name of clean and mixture."""
        return self.names.content

    @property
    def contents(self) -> dict[str, str]:
        """The content names of the references, by kind."""
        return self.names.references

    def samples(self, part: str) -> Answer:
        """A part for metrics: float64 [time], or text."""
        value = self.parts[part]
        return value.double().numpy() if isinstance(value, Tensor) else value


class Enhanced:
    """The output of a system for a mixture; the system runs once, on request.

    problem: why the system has failed, "" if it has not failed or not run yet. A failed answer has
    no samples, and is not cached.
    """

    def __init__(self, system: System, mixture: Mixture, memory: Memory, problem: str = ""):
        self.system = system
        self.mixture = mixture
        self.memory = memory
        self.problem = problem

    @cached_property
    def answer(self) -> Answer:
        """The answer for metrics."""
        if self.problem:
            return NO_ANSWER
        answer, self.problem = self.waiting().attempt()
        return answer

    def waiting(self) -> ToAnswer:
        """The request for the answer, for any process."""
        return ToAnswer(self.system, self.mixture.batch)

    @cached_property
    def signal(self) -> Tensor:
        """The answer, if it is speech: float32 [time]."""
        return torch.from_numpy(self.answer).float()

    @cached_property
    def talkers(self) -> Tensor:
        """The answer, if it is talkers, in the order of the mixture's talkers: [talker, time].

        Silence if the system has failed.
        """
        reference = self.mixture.references[TALKERS]
        if self.answer.shape != reference.shape:
            return torch.zeros(reference.shape)
        return torch.from_numpy(self.answer[best_order(reference, self.answer)]).float()

    @cached_property
    def content(self) -> str:
        """The content name of the answer."""
        content = self.known_content()
        if content is None:
            content = of_answer(self.answer)
            if not self.problem:
                self.put_content(content)
        return content

    def known_content(self) -> str | None:
        """The content name of the answer, if it is cached; the system does not run."""
        return self.memory.known_content(self.system, self.mixture.content)

    def put_content(self, content: str) -> None:
        """Cache the content name, if the system ran in another process."""
        self.memory.put_content(self.system, self.mixture.content, content)

    def taken_by(self, metric: Metric, sample_rate: int) -> Answer:
        """The input of `metric`: the answer, or its transcript by the metric's recogniser.

        A transcript is cached.
        """
        if metric.takes == metric.facts.compares or self.problem:
            return self.answer
        key = of_values("heard", self.content, metric.made_of, sample_rate)
        known = self.memory.text(key)
        if known is not None:
            return known
        answer = prepared(metric, self.answer, sample_rate)
        self.put_text(metric, answer, sample_rate)
        return answer

    def put_text(self, metric: Metric, text: Answer, sample_rate: int) -> None:
        """Cache the transcript that `metric` made of the answer, if any."""
        if isinstance(text, str):
            key = of_values("heard", self.content, metric.made_of, sample_rate)
            self.memory.put_text(key, text)

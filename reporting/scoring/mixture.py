"""A mixture of a test, and the output of a system for it."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from files.fingerprint import of_values
from metrics.facts import SPEECH, TALKERS
from metrics.metric import Metric
from metrics.talkers import best_order
from models.system import Answer, System
from reporting.scoring.memory import Memory
from reporting.scoring.score_cache import Names, of_answer, of_signal
from reporting.scoring.work import NO_ANSWER, ToAnswer, prepared


class Mixture:
    """One mixture of a test; its audio is made when it is asked for.

    identity: its part of IDENTITY. make: gives its `parts`. device: where systems have it. named:
    what names its signals, where that is known without them.
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
        """ "mixture", "clean" and "noise" [time], and what else is known: a tensor, or text."""
        return self._make()

    @cached_property
    def batch(self) -> dict[str, Any]:
        """The same for a system, one item on its device, with its "name"."""
        batch: dict[str, Any] = {}
        for name, part in self.parts.items():
            one = part.unsqueeze(0).to(self.device) if isinstance(part, Tensor) else [part]
            batch[name] = one
        batch["name"] = [self.identity["mixture_id"]]
        batch["length"] = torch.tensor([len(self.parts["mixture"])], device=self.device)
        return batch

    @cached_property
    def references(self) -> dict[str, Answer]:
        """What answers are compared with, by kind (see metrics.facts), as far as it is known."""
        others = self.parts.keys() - {"mixture", "clean", "noise"}
        return {SPEECH: self.samples("clean")} | {name: self.samples(name) for name in others}

    @cached_property
    def names(self) -> Names:
        """Of what its signals and references hold."""
        if self._named is not None:
            return self._named
        both = np.stack([self.samples("clean"), self.samples("mixture")])
        contents = {kind: of_answer(reference) for kind, reference in self.references.items()}
        return Names(of_signal(both), contents)

    @property
    def content(self) -> str:
        """Names what clean and mixture hold."""
        return self.names.content

    @property
    def contents(self) -> dict[str, str]:
        """Name what the references hold, by kind."""
        return self.names.references

    def samples(self, part: str) -> Answer:
        """A part as metrics take it: float64 [time], or text."""
        value = self.parts[part]
        return value.double().numpy() if isinstance(value, Tensor) else value


class Enhanced:
    """The output of a system for a mixture; the system runs once, when that is needed.

    problem: why the system has failed, "" where it has not, or was not asked yet; the answer is no
    samples then, and nothing of it is remembered.
    """

    def __init__(self, system: System, mixture: Mixture, memory: Memory, problem: str = ""):
        self.system = system
        self.mixture = mixture
        self.memory = memory
        self.problem = problem

    @cached_property
    def answer(self) -> Answer:
        """As metrics take it."""
        if self.problem:
            return NO_ANSWER
        answer, self.problem = self.waiting().attempt()
        return answer

    def waiting(self) -> ToAnswer:
        """The same, still to be asked for, wherever that is."""
        return ToAnswer(self.system, self.mixture.batch)

    @cached_property
    def signal(self) -> Tensor:
        """The answer where it is speech: float32 [time]."""
        return torch.from_numpy(self.answer).float()

    @cached_property
    def talkers(self) -> Tensor:
        """The answer where it is talkers, in the order of those of the mixture: [talker, time].

        Silence where the system has failed.
        """
        reference = self.mixture.references[TALKERS]
        if self.answer.shape != reference.shape:
            return torch.zeros(reference.shape)
        return torch.from_numpy(self.answer[best_order(reference, self.answer)]).float()

    @cached_property
    def content(self) -> str:
        """Names what the answer holds."""
        content = self.known_content()
        if content is None:
            content = of_answer(self.answer)
            if not self.problem:
                self.put_content(content)
        return content

    def known_content(self) -> str | None:
        """The same, if it is remembered; the system is not asked for it."""
        return self.memory.known_content(self.system, self.mixture.content)

    def put_content(self, content: str) -> None:
        """Remember it, where the system was asked elsewhere."""
        self.memory.put_content(self.system, self.mixture.content, content)

    def taken_by(self, metric: Metric, sample_rate: int) -> Answer:
        """What `metric` compares of the answer: that itself, or the text that it hears in it.

        A text is remembered.
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
        """Remember what `metric` heard in the answer, where it heard anything."""
        if isinstance(text, str):
            key = of_values("heard", self.content, metric.made_of, sample_rate)
            self.memory.put_text(key, text)

"""The contract of every system in a test: it answers mixtures, usually with enhanced speech."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from torch import Tensor

from text.answers import SPEECH

PLAIN = bool | int | float | str | None
Answer = np.ndarray | str


class System(ABC):
    """A system that a test can score.

    It gets all data of a mixture, also the references; only an oracle uses these.
    """

    # The kind of its answers, see text.answers.
    gives: ClassVar[str] = SPEECH
    # Whether it runs other people's native code, which may end the process.
    is_foreign: ClassVar[bool] = False
    # A remark of reports on how it is used, "" for none.
    remark: str = ""

    @abstractmethod
    def answers(self, batch: Mapping[str, Any]) -> Sequence[Answer]:
        """The answer to each mixture of a batch.

        batch: "mixture", "clean" and "noise" [batch, time], "length" and "name" [batch], and the
        test's further data. An answer is float64 [time] of speech, [talker, time] of talkers, or
        text.
        """

    @property
    @abstractmethod
    def made_of(self) -> Any:
        """Plain values that decide its answers: systems with equal values give equal answers.

        Answers are cached by these values; with None they are never cached.
        """


class OfRun(System):
    """A system that a training has made.

    folder: of its run. stage: the stage that gives the answer, from 1; None: the network's choice.
    """

    folder: Path
    stage: int | None = None

    @property
    def output_stage(self) -> int | None:
        """The stage that its answer equals, from 1; None without such a stage."""
        return self.stage

    def require_network(self) -> None:
        """Build the network, so that a broken one is refused; by default it is built already."""

    def stages(self) -> Sequence["OfRun"]:
        """The stages of its network that can be tested beside it; by default none."""
        return ()

    def variants(self) -> Mapping[str, System]:
        """Systems that are tested beside it, by the ends of their names; by default none."""
        return {}


class SpeechSystem(System):
    """A system that answers with enhanced speech."""

    @abstractmethod
    def enhance_batch(self, batch: Mapping[str, Tensor]) -> Tensor:
        """Enhanced waveforms of a batch, see `System.answers`: [batch, time]."""

    def answers(self, batch: Mapping[str, Any]) -> Sequence[Answer]:
        """The enhanced waveforms, one by one."""
        return list(self.enhance_batch(batch).cpu().double().numpy())


class Enhancing(SpeechSystem):
    """A system that sees only the mixture, at one sample rate (Hz): a trained run or a baseline.

    A baseline is a class in models/baselines that is derived from this class and defines `enhance`.
    A file in conf/baseline names it and its options, except `sample_rate`.
    """

    def __init__(self, sample_rate: int):
        self.sample_rate = sample_rate

    @abstractmethod
    def enhance(self, mixture: Tensor) -> Tensor:
        """Enhanced waveforms of mixtures: [batch, time] -> [batch, time]."""

    def enhance_batch(self, batch: Mapping[str, Tensor]) -> Tensor:
        """`enhance` of the batch's mixtures."""
        return self.enhance(batch["mixture"])

    @property
    def made_of(self) -> Any:
        """Its class and its attributes; None where an attribute is not a plain value."""
        return parts(self)


def parts(thing: object) -> list | None:
    """The class of `thing` and its attributes by name; None where one is not a plain value."""
    attributes = vars(thing)
    if not all(_is_plain(value) for value in attributes.values()):
        return None
    kind = type(thing)
    return [f"{kind.__module__}.{kind.__qualname__}", attributes]


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_plain(item) for item in value)
    if isinstance(value, dict):
        if not all(isinstance(name, str) for name in value):
            return False
        return all(_is_plain(item) for item in value.values())
    return isinstance(value, PLAIN)

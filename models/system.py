"""What can be put on the test: anything that answers mixtures, most with enhanced speech."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from torch import Tensor

PLAIN = bool | int | float | str | None
Answer = np.ndarray | str
MIXTURE = "mixture"  # as it is
# Those that know the answer: of tasks but enhancement, what recognisers hear at best, and ideal
# values of targets with the mixture's phase (`Target.ideal_name`). None of these is a bound: the
# phase-sensitive mask has a higher SDR than the amplitude mask, and a system that enhances the
# phase may have a higher one than either.
ORACLE, CLEAN = "oracle", "clean speech"
AMPLITUDE_MASK, PHASE_SENSITIVE_MASK = "ideal amplitude mask", "phase-sensitive mask"
MAGNITUDE, COMPLEX_MASK = "ideal magnitude", "ideal complex mask"
KNOWING = (ORACLE, AMPLITUDE_MASK, MAGNITUDE, COMPLEX_MASK, PHASE_SENSITIVE_MASK, CLEAN)


class System(ABC):
    """Anything that a test can take.

    It is given all that is known of a mixture, as only an oracle needs it.
    """

    # The kind of its answers, as `metrics.facts.Facts.compares` names kinds.
    gives: ClassVar[str] = "speech"

    @abstractmethod
    def answers(self, batch: Mapping[str, Any]) -> Sequence[Answer]:
        """What it makes of each mixture of a batch.

        batch: "mixture", "clean" and "noise" [batch, time], "length" and "name" [batch], and what
        else the test knows. An answer is float64 [time] of speech, [talker, time] of talkers, or
        text.
        """

    @property
    @abstractmethod
    def made_of(self) -> Any:
        """Plain values that decide what it gives: systems with equal ones give the same signals.

        What a system gives is remembered by them; None: it is not, and enhances anew every time.
        """


class OfRun(System):
    """A system that is what a training has learned; folder: of its run."""

    folder: Path
    stage: int | None = None  # whose answer it is where a network has several; None: the network's


class SpeechSystem(System):
    """A system that answers with enhanced speech."""

    @abstractmethod
    def enhance_batch(self, batch: Mapping[str, Tensor]) -> Tensor:
        """Enhanced waveforms of a batch, see `System.answers`: [batch, time]."""

    def answers(self, batch: Mapping[str, Any]) -> Sequence[Answer]:
        """The enhanced waveforms, one by one."""
        return list(self.enhance_batch(batch).cpu().double().numpy())


class Enhancing(SpeechSystem):
    """A system that sees the mixture alone, at one sample rate (Hz): a trained run, a baseline.

    A baseline is a class in models/baselines that is derived from this one and defines `enhance`; a
    file in conf/baseline names it, and its options beside `sample_rate`, where it has any.
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
        """Its class and its attributes, where all of them are plain values; else None."""
        return parts(self)


def parts(thing: object) -> list | None:
    """The class of `thing` and its attributes by name; None where one of them is no plain value."""
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

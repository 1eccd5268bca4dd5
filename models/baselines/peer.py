"""Enhancers of other projects: packages with their own rate and delay, which are compensated."""

import importlib
from abc import abstractmethod
from collections.abc import Callable
from importlib.metadata import version
from types import ModuleType
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from audio.pcm import FULL_SCALE, rounded
from audio.resampling import at_rate
from models.system import Enhancing
from options.extras import install
from text.line import in_one_line


class Peer(Enhancing):
    """A baseline that uses a package of the extra `peers` to enhance each mixture alone.

    package: its name for pip. module: its module, imported when the first such baseline is built.
    rate: its only sample rate (Hz), None where it takes any. delay: the delay of its output, in
    samples at that rate. A derived class states rate and delay, and this class compensates both.
    Raises ValueError where the package is missing, or cannot be loaded.
    """

    is_foreign: ClassVar[bool] = True
    package: ClassVar[str]
    module: ClassVar[str]
    rate: ClassVar[int | None] = None
    delay: ClassVar[int] = 0

    def __init__(self, sample_rate: int):
        super().__init__(sample_rate)
        self.loaded()
        self.version = version(self.package)  # part of what it is made of

    @property
    def remark(self) -> str:
        """The package, its rate, and the delay that is compensated."""
        rate = self.rate or self.sample_rate
        delay = f"delay of {1000 * self.delay / rate:g} ms corrected" if self.delay else "no delay"
        return f"{self.package} {self.version} at {rate} Hz, {delay}"

    @abstractmethod
    def process(self, samples: np.ndarray) -> np.ndarray:
        """The output of the package for samples at its rate, with its delay.

        Shapes: float64 [time] -> [time], full scale at 1.
        """

    def enhance(self, mixture: Tensor) -> Tensor:
        """Enhance each mixture from the initial state, without delay: [batch, time] -> the same."""
        if not mixture.any():
            return mixture  # silence, or no samples at all
        enhanced = [self._in_time(signal) for signal in mixture.double().cpu().numpy()]
        return torch.from_numpy(np.stack(enhanced)).to(mixture)

    @classmethod
    def loaded(cls) -> ModuleType:
        """The package's module, imported at the first call."""
        try:
            return importlib.import_module(cls.module)
        except (ImportError, OSError) as error:  # OSError: a library for another kind of machine
            reason = in_one_line(error)
            raise ValueError(
                f"{cls.__name__} needs {cls.package} of the extra 'peers' ({reason}); "
                f"{install('peers')}"
            ) from error

    def _in_time(self, signal: np.ndarray) -> np.ndarray:
        if not signal.any():
            return signal
        rate = self.rate or self.sample_rate
        samples = at_rate(signal, self.sample_rate, rate)
        late = self.process(np.pad(samples, (0, self.delay)))
        enhanced = at_rate(late[self.delay :], rate, self.sample_rate)[: len(signal)]
        lacking = len(signal) - len(enhanced)  # 1 where the rates are not multiples
        return np.pad(enhanced, (0, lacking))


def in_frames(samples: np.ndarray, length: int) -> np.ndarray:
    """Adjacent frames, the last padded with zeros: [time] -> float32 [frame, length]."""
    lacking = -len(samples) % length
    return np.pad(samples, (0, lacking)).reshape(-1, length).astype(np.float32)


def in_16_bits(samples: np.ndarray, length: int, process: Callable[[bytes], bytes]) -> np.ndarray:
    """The output of `process` for frames of `length` 16-bit samples, one after the other.

    Shapes: [time] -> float64 [time], full scale at 1; samples beyond it are clipped.
    """
    frames = rounded(in_frames(samples, length), 16).astype("<i2")
    processed = b"".join(process(frame.tobytes()) for frame in frames)
    return np.frombuffer(processed, "<i2").astype(np.float64) / FULL_SCALE

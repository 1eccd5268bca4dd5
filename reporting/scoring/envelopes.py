"""Envelopes of signals, by which the utterance is found that a file resembles most."""

import numpy as np
from torch import Tensor

from models.baselines.files import Files

FRAME_S = 0.02
CLEARLY = 0.05  # another's envelope must be so much more alike to be looked at


class Envelopes:
    """Envelopes of clean utterances, each once, and of files."""

    def __init__(self, sample_rate: int):
        self.frame = round(FRAME_S * sample_rate)
        self.clean: dict[str, np.ndarray] = {}  # envelopes by the content of the clean speech
        self.named: dict[str, str] = {}  # a mixture of each content
        self.content: dict[str, str] = {}  # the content of every mixture
        self.files: dict[tuple[Files, str], np.ndarray] = {}

    def add(self, name: str, content: str, clean: Tensor) -> None:
        """Add the clean speech [time] of the mixture `name`; content: identifies it."""
        self.content[name] = content
        if content not in self.clean:
            self.clean[content] = self._envelope(clean)
            self.named[content] = name

    def add_file(self, system: Files, name: str, samples: Tensor) -> None:
        """Add the file of `system` for the mixture `name`."""
        self.files[system, name] = self._envelope(samples)

    def nearest(self, system: Files, name: str) -> str:
        """A mixture whose clean speech a file resembles most; "" if it is the file's own."""
        envelope = self.files.get((system, name))
        if envelope is None:
            return ""
        correlation = {key: _correlation(envelope, clean) for key, clean in self.clean.items()}
        best = max(correlation, key=correlation.get)
        if correlation[best] <= correlation[self.content[name]] + CLEARLY:
            return ""
        return self.named[best]

    def _envelope(self, samples: Tensor) -> np.ndarray:
        """[time] -> root mean squares [frame], minus their mean, with norm 1."""
        count = max(1, len(samples) // self.frame)
        whole = samples[: count * self.frame].double().numpy()
        whole = np.pad(whole, (0, count * self.frame - len(whole)))
        level = np.sqrt(np.mean(whole.reshape(count, self.frame) ** 2, axis=1))
        level = level - level.mean()
        norm = np.linalg.norm(level)
        return level / norm if norm else level


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    """From the beginning on, as far as both go."""
    length = min(len(one), len(other))
    return float(one[:length] @ other[:length])

"""A trained tagger for signals of any length: the probability of each of its classes."""

from collections.abc import Iterable, Sequence

import numpy as np
import torch

from models.tagging.tagger import Tagger


class Namer:
    """Classifies successive clips of up to `clip` samples at `sample_rate`.

    classes: their names, in the tagger's order. clip_s: the length of a clip in seconds.
    """

    def __init__(self, tagger: Tagger, classes: Sequence[str], clip_s: float):
        self.tagger, self.classes = tagger.eval(), list(classes)
        self.sample_rate = tagger.features.sample_rate
        self.clip = max(1, round(clip_s * self.sample_rate))

    def probabilities(self, blocks: Iterable[np.ndarray]) -> dict[str, float]:
        """The probability of each class, the likeliest first: the mean over clips, by length.

        blocks: of a signal [time], at `sample_rate`; no more than a clip and a block are held. The
        result is empty without samples.
        """
        summed, samples = np.zeros(len(self.classes)), 0
        for clip in _clips(blocks, self.clip):
            summed += len(clip) * self._of_clip(clip)
            samples += len(clip)
        if not samples:
            return {}
        order = np.argsort(-summed, kind="stable")
        return {self.classes[number]: float(summed[number] / samples) for number in order}

    @torch.no_grad()
    def _of_clip(self, clip: np.ndarray) -> np.ndarray:
        signal = torch.from_numpy(clip.astype(np.float32))[None]
        scores = self.tagger.scores(signal, torch.tensor([len(clip)]))
        return scores[0].double().softmax(-1).numpy()


def _clips(blocks: Iterable[np.ndarray], length: int) -> Iterable[np.ndarray]:
    """The clips of a signal: `length` samples each, the last one shorter."""
    held = np.zeros(0)
    for block in blocks:
        held = np.concatenate([held, block])
        while len(held) >= length:
            yield held[:length]
            held = held[length:]
    if len(held):
        yield held

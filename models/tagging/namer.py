"""A trained tagger at work on signals of any length: how likely each of its classes is."""

from collections.abc import Iterable, Sequence

import numpy as np
import torch

from models.tagging.tagger import Tagger


class Namer:
    """Hears clips of up to `clip` samples at `sample_rate`, one after the other.

    classes: in the tagger's order.
    """

    def __init__(self, tagger: Tagger, classes: Sequence[str], clip_s: float):
        self.tagger, self.classes = tagger.eval(), list(classes)
        self.sample_rate = tagger.features.sample_rate
        self.clip = max(1, round(clip_s * self.sample_rate))

    def chances(self, blocks: Iterable[np.ndarray]) -> dict[str, float]:
        """Of each class, the likeliest first: the mean over clips, by their lengths.

        blocks: of a signal [time], at its rate; of them no more than a clip is held. Empty where
        there are no samples.
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
    """A signal in pieces of `length`, the last one shorter."""
    held = np.zeros(0)
    for block in blocks:
        held = np.concatenate([held, block])
        while len(held) >= length:
            yield held[:length]
            held = held[length:]
    if len(held):
        yield held

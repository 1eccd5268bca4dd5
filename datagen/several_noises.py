"""Several noises at once: further noises are added to the first, each at a relative level."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from audio.pcm import fitted
from datagen.long_noise import LongNoise
from datagen.protocol import Protocol
from dsp.level import noise_gain

ATTEMPTS = 100
FURTHER = ("noise_2", "noise_3")  # each has three columns of a row: id, start, and level in dB


class Further(NamedTuple):
    """A further noise of a row: 16-bit samples [time], and its level in dB over the first."""

    noise_id: str
    samples: np.ndarray
    level_db: float


def draw_further_count(protocol: Protocol, rng: np.random.Generator) -> int:
    """Draws the number of further noises of a row, by the probabilities `protocol.noises`."""
    bounds = np.cumsum(protocol.noises)[:-1]
    return int(np.searchsorted(bounds, rng.uniform(), side="right"))


def draw_further(
    protocol: Protocol,
    noise: LongNoise,
    count: int,
    is_audible: Callable[[str, int], bool],
    rng: np.random.Generator,
) -> dict[str, Any]:
    """The columns of `count` further noises, cut at random from the long noise of the first.

    is_audible: whether the cut that begins in a stretch, at a sample of its recording, is not
    silent. Raises ValueError if 100 cuts are silent.
    """
    columns = {}
    for name in FURTHER[:count]:
        noise_id, start = _audible_cut(noise, is_audible, rng)
        level_db = rng.uniform(*protocol.noises_db)
        columns[f"{name}_id"] = noise_id
        columns[f"{name}_start"] = start
        columns[f"{name}_db"] = round(level_db, 2)
    return columns


def _audible_cut(
    noise: LongNoise, is_audible: Callable[[str, int], bool], rng: np.random.Generator
) -> tuple[str, int]:
    for _ in range(ATTEMPTS):
        noise_id, start = noise.cut(rng)
        if is_audible(noise_id, start):
            return noise_id, start
    raise ValueError(
        f"plan.noises: {ATTEMPTS} cuts of further noise are silent, the last one of {noise_id}; "
        "take silent noise out of its corpus, or set plan.noises=[1.0]"
    )


def together(first: np.ndarray, further: Sequence[Further]) -> np.ndarray:
    """The sum of all noises of a row, none of them silent: 16-bit samples [time].

    Without `further` it is the first noise. The gain of the sum is lowered if it would clip; the
    SNR of a row is the SNR with the sum.
    """
    if not further:
        return first
    total = first.astype(np.float64)
    for noise in further:
        snr_db = torch.tensor(-noise.level_db, dtype=torch.float64)
        factor = noise_gain(torch.from_numpy(first), torch.from_numpy(noise.samples), snr_db)
        total += float(factor) * noise.samples
    return fitted(total)

"""The parts that are present in a mixture: speech, noise or both."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from datagen.protocol import Protocol

BOTH, SPEECH, NOISE = "both", "speech", "noise"
CHOICES = (BOTH, SPEECH, NOISE)


def draw_present(protocol: Protocol, rng: np.random.Generator) -> str:
    """Draws one of CHOICES, by the shares of `protocol`."""
    point = rng.uniform()
    if point < protocol.speech_alone:
        return SPEECH
    if point < protocol.speech_alone + protocol.noise_alone:
        return NOISE
    return BOTH


def part_factors(row: Mapping[str, Any]) -> dict[str, float]:
    """The factors of a row for `datagen.mix.mix`: 1 for a part of the mixture, 0 for silence."""
    choice = row["present"]
    return {
        "clean_present": float(choice != NOISE),
        "noise_present": float(choice != SPEECH),
    }

"""Examples of line enhancement, with spectrograms and sound."""

from collections.abc import Mapping

import numpy as np
import torch

from audio.resampling import at_rate
from reporting.figures.lofargrams import (
    HIGHEST_HZ,
    LOWEST_DB,
    RANGE_DB,
    shown_lofargrams,
)
from reporting.pages.media import PEAK, Example, Panel, image, playable, sound
from reporting.scoring.lines import Shown

LONGEST_S = 15.0  # longest excerpt


def line_examples(shown: Mapping[str, Shown]) -> list[Example]:
    """A player for the shown mixture of every study; all of its signals have the same gain."""
    return [_example(study, one) for study, one in shown.items()]


def _example(study: str, shown: Shown) -> Example:
    rate = shown.sample_rate
    signals = {
        name: np.nan_to_num(signal[: round(LONGEST_S * rate)])
        for name, signal in shown.signals.items()
    }
    loudest = max(np.abs(signal).max() for signal in signals.values())
    lofargrams = shown_lofargrams(signals, rate)
    panels = []
    for name, signal in signals.items():
        level_db = torch.from_numpy(lofargrams[name])
        picture = image((level_db - LOWEST_DB) / (RANGE_DB - LOWEST_DB))
        heard = at_rate(PEAK / loudest * signal, rate, playable(rate))
        panels.append(Panel(name, "", picture, sound(torch.from_numpy(heard), playable(rate))))
    seconds = len(signals["mixture"]) / rate
    return Example(f"Study {study}", panels, seconds, min(HIGHEST_HZ, rate / 2))

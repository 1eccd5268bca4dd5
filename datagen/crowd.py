"""Speech of a test in several of its noises at once, to listen to; no plan has such a row."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from datagen.gain import fitting_gain_db
from datagen.library import Library
from datagen.mix import mix
from datagen.several_noises import Further, together

MOST = 5  # largest number of noises at once


class Crowd(NamedTuple):
    """signals: "mixture", "clean" and "noise", [time] each. kinds: of the noises."""

    signals: dict[str, Tensor]
    kinds: Sequence[str]
    snr_db: float


def crowd(row: Mapping[str, Any], rows: pd.DataFrame, library: Library) -> Crowd | None:
    """The clean speech of `row` in up to MOST noises of the test `rows`.

    The noises have equal levels, and their sum the lowest SNR of the test; unseen noises come
    first. None if fewer than two noises are audible, or if 16 bits cannot hold that SNR.
    """
    noises, kinds = _audible_cuts(rows, row["length"], library)
    if len(noises) < 2:
        return None
    first, *others = noises
    noise = torch.from_numpy(together(first, [Further("", other, 0.0) for other in others]))
    speech = library.clean(row["speech_id"], row["speech_start"], row["length"])
    clean, snr_db = torch.from_numpy(speech), float(rows.snr_db.min())
    gain_db = fitting_gain_db(clean, noise, snr_db, drawn_db=0.0)
    if gain_db is None:
        return None
    snr, gain = torch.tensor([snr_db, gain_db], dtype=torch.float64)
    return Crowd(mix(clean, noise, snr, gain), kinds, snr_db)


def _audible_cuts(
    rows: pd.DataFrame, length: int, library: Library
) -> tuple[list[np.ndarray], list[str]]:
    """Cuts of different noises that are not silent, 16-bit samples [time] each, and their kinds."""
    cuts, kinds = [], []
    each_once = rows.sort_values("noise_seen", kind="stable").drop_duplicates("noise_id")
    for row in each_once.head(2 * MOST).itertuples():  # some cuts may be silent
        cut = row.noise_id, row.noise_start, length
        samples = library.noise(*cut)
        if samples.any():
            cuts.append(samples)
            kinds.append(library.noise_type(*cut))
        if len(cuts) == MOST:
            break
    return cuts, kinds

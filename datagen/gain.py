"""The joint gain of clean and noise: as drawn, but within the limits of 16-bit audio."""

import numpy as np
import torch

from datagen.mix import TOLERANCE_DB, mix
from datagen.unmixable import PEAK_LIMIT
from dsp.level import level_db
from dsp.level import snr_db as measured_snr_db

# The quieter of clean and noise is at least this loud if possible: 16-bit rounding then changes
# the SNR by 0.0003 dB.
FLOOR_DB = -60.0
STEP_DB = 0.01
LIFT_DB = 6.0  # step of the further gains that are tried


def fitting_gain_db(
    clean: torch.Tensor, noise: torch.Tensor, snr_db: float, drawn_db: float
) -> float | None:
    """The gain nearest to `drawn_db` at which a mixture of two excerpts [time] keeps `snr_db`.

    Peaks stay below the limit, and the quieter part above the floor if possible. None if rounding
    changes the SNR at every gain.
    """
    lowest, highest = _limits_db(clean, noise, snr_db)
    begin = min(max(drawn_db, lowest), highest)
    lifted = np.arange(begin, highest + 1e-9, LIFT_DB)
    for gain_db in (*lifted, highest):
        gain_db = _on_grid(gain_db)
        if _keeps_snr(clean, noise, snr_db, gain_db):
            return gain_db
    return None


def _limits_db(clean: torch.Tensor, noise: torch.Tensor, snr_db: float) -> tuple[float, float]:
    """The gains that bring the quieter part to the floor, and the loudest peak to its limit."""
    parts = _mixed(clean, noise, snr_db, 0.0)
    peaks = [float(part.abs().max()) for part in parts.values()]
    levels_db = [float(level_db(parts[name])) for name in ("clean", "noise")]
    lowest = FLOOR_DB - min(levels_db)
    highest = 20 * np.log10(PEAK_LIMIT / max(peaks))
    return lowest, highest


def _on_grid(gain_db: float) -> float:
    steps = np.floor(gain_db / STEP_DB)
    return float(np.round(steps * STEP_DB, 2))


def _keeps_snr(clean: torch.Tensor, noise: torch.Tensor, snr_db: float, gain_db: float) -> bool:
    """Whether the SNR survives rounding.

    For a signal with few values (an offset, a square wave) it may not.
    """
    parts = _mixed(clean, noise, snr_db, gain_db)
    achieved = float(measured_snr_db(parts["clean"], parts["noise"]))
    return abs(achieved - snr_db) <= TOLERANCE_DB


def _mixed(
    clean: torch.Tensor, noise: torch.Tensor, snr_db: float, gain_db: float
) -> dict[str, torch.Tensor]:
    snr, gain = torch.tensor([snr_db, gain_db], dtype=torch.float64)
    return mix(clean, noise, snr, gain)

"""The results of line enhancers for a mixture: gains, times, and signals."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from dsp.tone import Tone
from metrics.guard import NotComputable
from metrics.snr_gain import Powers, line_powers
from models.system import Enhancing

OPTIONS = ("frame_s", "delay_s", "cell")  # options of a system in the table

Signals = dict[str, np.ndarray]  # [time], float64, by name


class Candidate(NamedTuple):
    """A system with one setting: its name, and the options that differ between settings."""

    name: str
    options: Mapping[str, Any]
    system: Enhancing


class Mixture(NamedTuple):
    """signal: [time], float64. tones: whose gains are measured; no gains without tones."""

    signal: np.ndarray
    sample_rate: int
    tones: Sequence[Tone]


def line_gains(
    study: str, candidates: Sequence[Candidate], mixture: Mixture
) -> tuple[list[dict], Signals]:
    """A row per candidate, and its output for `mixture`.

    Raises ValueError naming `study` and the candidate that cannot enhance it.
    """
    rows = []
    made = {}
    before = _powers(mixture.signal, mixture)
    for candidate in candidates:
        try:
            enhanced, seconds = _timed(candidate.system, mixture.signal)
            after = _powers(enhanced, mixture)
        except ValueError as error:
            remedy = "; make the mixtures longer" if isinstance(error, NotComputable) else ""
            raise ValueError(f"study {study}, {candidate.name}: {error}{remedy}") from error
        made[candidate.name] = enhanced
        options = {option: candidate.options.get(option) for option in OPTIONS}
        gains = _gains(before, after)
        rows.append({"system": candidate.name, **options, **gains, "seconds": seconds})
    return rows, made


def _timed(system: Enhancing, signal: np.ndarray) -> tuple[np.ndarray, float]:
    """The enhanced signal, and the seconds of one core that it took, independent of other load."""
    begin = time.process_time()
    batch = torch.from_numpy(signal).unsqueeze(0)
    enhanced = system.enhance(batch)[0]
    samples = enhanced.double().numpy()
    seconds = time.process_time() - begin
    return samples, seconds


def _powers(signal: np.ndarray, mixture: Mixture) -> Powers | None:
    """The powers of the mixture's tones in `signal`; None without tones."""
    if not mixture.tones:
        return None
    return line_powers(signal, mixture.sample_rate, mixture.tones)


def _gains(before: Powers | None, after: Powers | None) -> dict[str, float]:
    if before is None or after is None:
        return {"gain_db": np.nan, "gain_inband_db": np.nan}
    return {
        "gain_db": after.broadband_db - before.broadband_db,
        "gain_inband_db": after.inband_db - before.inband_db,
    }

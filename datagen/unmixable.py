"""Why cuts cannot be mixed, and what their user can do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch

from audio.pcm import FULL_SCALE
from datagen.mix import TOLERANCE_DB
from dsp.decibel import power
from dsp.level import level_db

PEAK_LIMIT = 0.99  # of full scale, for mixture, clean and noise
# Where rounding, on average a twelfth of a squared step, moves a level by all of the tolerance: -74.7 dB.
QUIETEST_DB = 10 * np.log10(1 / 12 / FULL_SCALE**2 / (power(TOLERANCE_DB) - 1))
SILENT_SPEECH, SILENT_NOISE, OUT_OF_REACH = "silent speech", "silent noise", "out of reach"


class Unmixable(NamedTuple):
    """A cut that cannot be mixed at snr_db. lowest_db, highest_db: the SNRs within the reach of 16 bits."""

    cause: str
    noise_id: str
    snr_db: float = 0.0
    lowest_db: float = 0.0
    highest_db: float = 0.0


def reach_db(clean: torch.Tensor, noise: torch.Tensor) -> tuple[float, float]:
    """Lowest and highest SNR that mixtures of two excerpts [time] can have, about.

    The louder part may fill the scale with its peaks, and the quieter one lies above QUIETEST_DB:
    the more a signal's peaks stand out of its mean power, the less is left for the other one.
    """
    clean_db, noise_db = (_highest_level_db(part.double()) - QUIETEST_DB for part in (clean, noise))
    return -noise_db, clean_db


def _highest_level_db(signal: torch.Tensor) -> float:
    return float(level_db(signal, float(signal.abs().max()) / PEAK_LIMIT))


def refusal(
    tried: Sequence[Unmixable],
    speech: str,
    noises: Mapping[str, str],
    option: str,
    snrs_db: Sequence[float] = (),
) -> str:
    """One line on why all cuts that were tried failed, in what share of them, and remedies.

    speech: path of the recording. noises: paths by id. option: what decides the SNR, by choosing
    one of `snrs_db` where there are any.
    """
    reasons, remedies = [], []
    for cause, count in Counter(cut.cause for cut in tried).most_common():
        cuts = [cut for cut in tried if cut.cause == cause]
        what, remedy = _explained(cause, cuts, speech, noises, option, snrs_db)
        reasons.append(f"in {count} {what}")
        remedies.append(remedy)
    return f"none of {len(tried)} cuts of {speech} can be mixed: {', '.join(reasons)}; {', or '.join(remedies)}"


def _explained(
    cause: str,
    cuts: Sequence[Unmixable],
    speech: str,
    noises: Mapping[str, str],
    option: str,
    snrs_db: Sequence[float],
) -> tuple[str, str]:
    """What is wrong with the cuts that failed by one cause, and a remedy."""
    if cause == SILENT_SPEECH:
        return "the speech is silent", f"take {speech} out of its corpus"
    if cause == SILENT_NOISE:
        return _noise(cuts, noises)
    return _reach(cuts, option, snrs_db)


def _noise(cuts: Sequence[Unmixable], noises: Mapping[str, str]) -> tuple[str, str]:
    (path, _), *more = Counter(noises[cut.noise_id] for cut in cuts).most_common()
    others = f" and {len(more)} more" if more else ""
    return f"the noise is silent (mostly {path}{others})", f"take {path} out of its corpus"


def _reach(cuts: Sequence[Unmixable], option: str, snrs_db: Sequence[float]) -> tuple[str, str]:
    snr_db = cuts[-1].snr_db
    lowest = int(
        np.ceil(max(cut.lowest_db for cut in cuts) + 1)
    )  # within a decibel of the edge, chance decides
    highest = int(np.floor(min(cut.highest_db for cut in cuts) - 1))
    limit = (
        f"at most {highest}"
        if snr_db > highest
        else f"at least {lowest}"
        if snr_db < lowest
        else "another"
    )
    what = f"an SNR of {snr_db:g} dB is out of reach of 16-bit audio ({limit} dB here)"
    if not snrs_db:
        return what, f"choose another {option}"
    within = [snr for snr in snrs_db if lowest <= snr <= highest and snr != snr_db]
    fitting = within or [min(20, highest) if snr_db > 0 else max(-20, lowest)]
    return what, f"set {option}=[{','.join(f'{snr:g}' for snr in fitting)}]"

"""The reasons why cuts cannot be mixed, and remedies."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch

from audio.pcm import FULL_SCALE
from datagen.mix import TOLERANCE_DB
from dsp.decibel import power
from dsp.level import level_db

PEAK_LIMIT = 0.99  # relative to full scale, for mixture, clean and noise
# The level that rounding, on average a twelfth of a squared step, changes by the whole tolerance:
# -74.7 dB.
QUIETEST_DB = 10 * np.log10(1 / 12 / FULL_SCALE**2 / (power(TOLERANCE_DB) - 1))
SILENT_SPEECH, SILENT_NOISE, OUT_OF_REACH = "silent speech", "silent noise", "out of reach"


class Unmixable(NamedTuple):
    """A cut that cannot be mixed at snr_db.

    lowest_db, highest_db: the SNRs that are possible in 16 bits.
    """

    cause: str
    noise_id: str
    snr_db: float = 0.0
    lowest_db: float = 0.0
    highest_db: float = 0.0


def reach_db(clean: torch.Tensor, noise: torch.Tensor) -> tuple[float, float]:
    """The approximate lowest and highest SNR of mixtures of two excerpts [time].

    The peaks of the louder part may reach full scale, and the quieter part must exceed QUIETEST_DB:
    a higher crest factor leaves a smaller range.
    """
    return -_headroom_db(noise), _headroom_db(clean)


def _headroom_db(signal: torch.Tensor) -> float:
    """The largest level that a signal can have above QUIETEST_DB, in dB."""
    signal = signal.double()
    full_scale = float(signal.abs().max()) / PEAK_LIMIT
    return float(level_db(signal, full_scale)) - QUIETEST_DB


def refusal(
    failures: Sequence[Unmixable],
    speech: str,
    noises: Mapping[str, str],
    option: str,
    snrs_db: Sequence[float] = (),
) -> str:
    """One line with the causes of the failed cuts, the share of each cause, and remedies.

    speech: path of the recording. noises: paths by id. option: the option that decides the SNR; it
    chooses one of `snrs_db` where there are any.
    """
    reasons, remedies = [], []
    causes = Counter(cut.cause for cut in failures)
    for cause, count in causes.most_common():
        cuts = [cut for cut in failures if cut.cause == cause]
        problem, remedy = _explained(cause, cuts, speech, noises, option, snrs_db)
        reasons.append(f"in {count} {problem}")
        remedies.append(remedy)
    return (
        f"none of {len(failures)} cuts of {speech} can be mixed: "
        f"{', '.join(reasons)}; {', or '.join(remedies)}"
    )


def _explained(
    cause: str,
    cuts: Sequence[Unmixable],
    speech: str,
    noises: Mapping[str, str],
    option: str,
    snrs_db: Sequence[float],
) -> tuple[str, str]:
    """The description of one cause of failed cuts, and a remedy."""
    if cause == SILENT_SPEECH:
        return "the speech is silent", f"take {speech} out of its corpus"
    if cause == SILENT_NOISE:
        return _silent_noise(cuts, noises)
    return _reach(cuts, option, snrs_db)


def _silent_noise(cuts: Sequence[Unmixable], noises: Mapping[str, str]) -> tuple[str, str]:
    paths = Counter(noises[cut.noise_id] for cut in cuts)
    ((commonest, _),) = paths.most_common(1)
    named = f"mostly {commonest}"
    if len(paths) > 1:
        named += f" and {len(paths) - 1} more"
    return f"the noise is silent ({named})", f"take {commonest} out of its corpus"


def _reach(cuts: Sequence[Unmixable], option: str, snrs_db: Sequence[float]) -> tuple[str, str]:
    snr_db = cuts[-1].snr_db
    # Within a decibel of the limit, chance decides.
    lowest_db = max(cut.lowest_db for cut in cuts) + 1
    highest_db = min(cut.highest_db for cut in cuts) - 1
    lowest, highest = int(np.ceil(lowest_db)), int(np.floor(highest_db))
    limit = _limit(snr_db, lowest, highest)
    problem = f"an SNR of {snr_db:g} dB is out of reach of 16-bit audio ({limit} dB here)"
    if not snrs_db:
        return problem, f"choose another {option}"
    fitting = [snr for snr in snrs_db if lowest <= snr <= highest and snr != snr_db]
    if not fitting:
        nearest = min(20, highest) if snr_db > 0 else max(-20, lowest)
        fitting = [nearest]
    values = ",".join(f"{snr:g}" for snr in fitting)
    return problem, f"set {option}=[{values}]"


def _limit(snr_db: float, lowest: int, highest: int) -> str:
    if snr_db > highest:
        return f"at most {highest}"
    if snr_db < lowest:
        return f"at least {lowest}"
    return "another"

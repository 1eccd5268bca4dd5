"""Line enhancers on tones in noise: from studies to gain.csv, one row per system and mixture."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from tqdm import tqdm

from audio.encoding import encode
from audio.pcm import FULL_SCALE
from audio.whole import whole
from datagen.tones import TonalProtocol, draw_tonal_rows, render_tonal
from dsp.tone import Tone
from files.atomic import write_atomic
from metrics.guard import NotComputable
from metrics.snr_gain import Powers, line_powers
from models.system import Enhancing
from reporting.gains_table import COLUMNS

OPTIONS = ("frame_s", "delay_s", "cell")  # of a system, in the table
PEAK = 0.9  # of what is written
RECORDING = "recording"  # the study of a recording of one's own
SHOWN_DB = -24.0  # the SNR whose lofargrams are shown, or the one nearest to it


Signals = dict[str, np.ndarray]  # [time], float64, by name


class Candidate(NamedTuple):
    """A system under one setting: its name, and the options that tell settings apart."""

    name: str
    options: Mapping[str, Any]
    system: Enhancing


class Study(NamedTuple):
    """Candidates over all SNRs and draws of a protocol."""

    name: str
    protocol: TonalProtocol
    snrs_db: Sequence[float]
    draws: int
    candidates: Sequence[Candidate]
    written: int  # draws whose audio is written


class Mixture(NamedTuple):
    """signal: [time], float64. tones: those to look for in it; none: no gains."""

    signal: np.ndarray
    sample_rate: int
    tones: Sequence[Tone]


class Shown(NamedTuple):
    """A mixture and what the systems made of it."""

    signals: Signals
    sample_rate: int


class Outcome(NamedTuple):
    """What line enhancers did. gains: COLUMNS, a row per system and mixture. shown: a mixture of each study.

    gain_db and gain_inband_db are as in metrics.snr_gain; seconds are those that enhancing took, training included.
    """

    gains: pd.DataFrame
    shown: Mapping[str, Shown]


def score_studies(studies: Sequence[Study], seed: int, folder: Path) -> Outcome:
    """The gains of all studies; mixtures, and what the systems made of them, are written to `folder`/audio.

    Of a study whose audio is not written, nothing is shown.
    """
    rows, shown = [], {}
    for study in studies:
        found, mixture = _score_study(study, seed, folder / "audio" / study.name)
        rows += found
        if study.written:
            shown[study.name] = mixture
    return Outcome(pd.DataFrame(rows)[COLUMNS], shown)


def _score_study(study: Study, seed: int, folder: Path) -> tuple[list[dict], Shown]:
    """A row per candidate and mixture, and the mixture to show."""
    rows, rate, tones = [], study.protocol.sample_rate, study.protocol.tones
    plan = draw_tonal_rows(study.snrs_db, study.draws)
    shown_db = min(study.snrs_db, key=lambda snr_db: abs(snr_db - SHOWN_DB))
    for row in tqdm(
        plan.itertuples(), study.name, len(plan), unit="mixture", leave=False, disable=None
    ):
        parts = render_tonal(study.protocol, row.snr_db, row.draw, seed)
        found, enhanced = _enhance(
            study.name, study.candidates, Mixture(parts["mixture"], rate, tones)
        )
        rows += [
            {"study": study.name, "snr_in_db": row.snr_db, "draw": row.draw, **gain}
            for gain in found
        ]
        if row.draw < study.written:
            write_signals({**parts, **enhanced}, folder, row.mixture_id, rate)
        if row.draw == 0 and row.snr_db == shown_db:
            shown = Shown({"mixture": parts["mixture"], **enhanced}, rate)
    return rows, shown


def read_recording(path: Path, tones: Sequence[Tone]) -> Mixture:
    """A recording at the rate that it has, and the tones to look for in it.

    Raises ValueError where it cannot be read, is silent, or cannot hold a tone.
    """
    try:
        samples, sample_rate = whole(path)
    except ValueError as error:
        raise ValueError(f"wav={error}") from error
    signal = samples.astype(np.float64) / FULL_SCALE
    if signal.min() == signal.max():
        raise ValueError(
            f"wav={path}: is constant or silent, there is nothing to enhance; choose another recording"
        )
    if too_high := [tone.hz for tone in tones if tone.hz >= sample_rate / 2]:
        raise ValueError(
            f"wav_tones_hz={too_high}: must lie below {sample_rate / 2:g} Hz, half the rate of {path}"
        )
    return Mixture(signal, sample_rate, tones)


def enhance_recording(
    mixture: Mixture, candidates: Sequence[Candidate], name: str, folder: Path
) -> Outcome:
    """What `candidates` make of a recording; it and that are written to `folder`/audio under its `name`."""
    found, enhanced = _enhance(RECORDING, candidates, mixture)
    rows = [{"study": RECORDING, "snr_in_db": np.nan, "draw": 0, **gain} for gain in found]
    signals = {"mixture": mixture.signal, **enhanced}
    write_signals(signals, folder / "audio", name, mixture.sample_rate)
    return Outcome(pd.DataFrame(rows)[COLUMNS], {RECORDING: Shown(signals, mixture.sample_rate)})


def _enhance(
    study: str, candidates: Sequence[Candidate], mixture: Mixture
) -> tuple[list[dict], Signals]:
    """A row per candidate, and what it made of `mixture`."""
    rows, made, before = [], {}, _powers(mixture.signal, mixture)
    for candidate in candidates:
        try:
            enhanced, seconds = _timed(candidate.system, mixture.signal)
            after = _powers(enhanced, mixture)
        except ValueError as error:
            remedy = "; make the mixtures longer" if isinstance(error, NotComputable) else ""
            raise ValueError(f"study {study}, {candidate.name}: {error}{remedy}") from error
        made[candidate.name] = enhanced
        options = {name: candidate.options.get(name) for name in OPTIONS}
        rows.append(
            {"system": candidate.name, **options, **_gains(before, after), "seconds": seconds}
        )
    return rows, made


def _timed(system: Enhancing, signal: np.ndarray) -> tuple[np.ndarray, float]:
    """The enhanced signal, and the seconds that it took."""
    begin = time.perf_counter()
    enhanced = system.enhance(torch.from_numpy(signal)[None])[0].double().numpy()
    return enhanced, time.perf_counter() - begin


def _powers(signal: np.ndarray, mixture: Mixture) -> Powers | None:
    """Of the mixture's tones in `signal`; None where there are none to look for."""
    return line_powers(signal, mixture.sample_rate, mixture.tones) if mixture.tones else None


def _gains(before: Powers | None, after: Powers | None) -> dict[str, float]:
    if before is None or after is None:
        return {"gain_db": np.nan, "gain_inband_db": np.nan}
    return {
        "gain_db": after.broadband_db - before.broadband_db,
        "gain_inband_db": after.inband_db - before.inband_db,
    }


def write_signals(
    signals: Signals, folder: Path, name: str, sample_rate: int, audio_format: str = "flac"
) -> None:
    """24-bit files: mixture, clean and noise under one gain, so that they still add up; the others each under one."""
    together = [part for part in ("mixture", "clean", "noise") if part in signals]
    common = max(np.abs(signals[part]).max() for part in together)
    for part, signal in signals.items():
        highest = common if part in together else max(np.abs(signal).max(), 1e-12)
        content = encode(PEAK / highest * signal, sample_rate, audio_format, 24)
        write_atomic(folder / f"{name}-{part}.{audio_format}", content)

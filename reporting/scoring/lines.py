"""Line enhancers on tones in noise: from studies to gain.csv, one row per system and mixture."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from audio.encoding import encode
from audio.pcm import FULL_SCALE
from audio.whole import whole
from datagen.tones import TonalProtocol, draw_tonal_rows, render_tonal
from dsp.tone import Tone
from files.atomic import write_atomic
from metrics.detected_lines import Detected, detected_lines
from parallel.progress import progress
from reporting.gains_table import COLUMNS
from reporting.scoring.line_gains import Candidate, Mixture, Signals, line_gains

PEAK = 0.9  # peak of written signals
RECORDING = "recording"  # the name of the study of a user's recording
SHOWN_DB = -24.0  # the SNR whose lofargrams are shown, or the nearest SNR
ADD_UP = ("mixture", "clean", "noise")  # signals that are written with the same gain


class Study(NamedTuple):
    """Candidates over all SNRs and draws of a protocol."""

    name: str
    protocol: TonalProtocol
    snrs_db: Sequence[float]
    draws: int
    candidates: Sequence[Candidate]
    written: int  # number of draws whose audio is written


class Shown(NamedTuple):
    """A mixture and the outputs of the systems."""

    signals: Signals
    sample_rate: int


class Outcome(NamedTuple):
    """The results of line enhancers. gains: COLUMNS, a row per system and mixture.

    gain_db and gain_inband_db are as in metrics.snr_gain; seconds are the time of enhancing,
    including training. shown: a mixture of each study. found: the lines of a recording, by system.
    """

    gains: pd.DataFrame
    shown: Mapping[str, Shown]
    found: Detected | None = None


def score_studies(studies: Sequence[Study], seed: int, folder: Path) -> Outcome:
    """The gains of all studies; mixtures and enhanced signals are written to `folder`/audio.

    A study without written audio shows nothing.
    """
    rows = []
    shown = {}
    for study in studies:
        rows_of_study, mixture = _score_study(study, seed, folder / "audio" / study.name)
        rows += rows_of_study
        if study.written:
            shown[study.name] = mixture
    return Outcome(pd.DataFrame(rows)[COLUMNS], shown)


def _score_study(study: Study, seed: int, folder: Path) -> tuple[list[dict], Shown]:
    """A row per candidate and mixture, and the mixture to show."""
    rows = []
    rate = study.protocol.sample_rate
    shown_db = _shown_db(study.snrs_db)
    plan = draw_tonal_rows(study.snrs_db, study.draws)
    with progress(study.name, len(plan), "mixture") as count:
        for row in plan.itertuples():
            signals = render_tonal(study.protocol, row.snr_db, row.draw, seed)
            tones = study.protocol.tones_of(row.draw, seed)
            mixture = Mixture(signals["mixture"], rate, tones)
            gains, enhanced = line_gains(study.name, study.candidates, mixture)
            rows += _in_study(gains, study.name, row.snr_db, row.draw)
            if row.draw < study.written:
                write_signals({**signals, **enhanced}, folder, row.mixture_id, rate)
            if row.draw == 0 and row.snr_db == shown_db:
                shown = Shown({"mixture": mixture.signal, **enhanced}, rate)
            count(1)
    return rows, shown


def _shown_db(snrs_db: Sequence[float]) -> float:
    """The SNR whose mixture is shown."""
    return min(snrs_db, key=lambda snr_db: abs(snr_db - SHOWN_DB))


def _in_study(gains: Sequence[dict], study: str, snr_db: float, draw: int) -> list[dict]:
    """Rows of `gains` with the columns of the study."""
    about = {"study": study, "snr_in_db": snr_db, "draw": draw}
    return [{**about, **gain} for gain in gains]


def read_recording(path: Path, tones: Sequence[Tone]) -> Mixture:
    """A recording at its sample rate, and the tones whose gains are measured.

    Raises ValueError if it cannot be read, is silent, or cannot hold a tone.
    """
    try:
        samples, sample_rate = whole(path)
    except ValueError as error:
        raise ValueError(f"wav={error}") from error
    signal = samples.astype(np.float64) / FULL_SCALE
    if signal.min() == signal.max():
        raise ValueError(
            f"wav={path}: is constant or silent, there is nothing to enhance; "
            "choose another recording"
        )
    half_rate = sample_rate / 2
    too_high = [tone.hz for tone in tones if tone.hz >= half_rate]
    if too_high:
        raise ValueError(
            f"wav_tones_hz={too_high}: must lie below {half_rate:g} Hz, half the rate of {path}"
        )
    return Mixture(signal, sample_rate, tones)


def enhance_recording(
    mixture: Mixture, candidates: Sequence[Candidate], name: str, folder: Path
) -> Outcome:
    """The results of `candidates` for a recording.

    Its signals are written to `folder`/audio under its `name`.
    """
    gains, enhanced = line_gains(RECORDING, candidates, mixture)
    rows = _in_study(gains, RECORDING, np.nan, 0)
    signals = {"mixture": mixture.signal, **enhanced}
    write_signals(signals, folder / "audio", name, mixture.sample_rate)
    shown = Shown(signals, mixture.sample_rate)
    found = {
        system: detected_lines(mixture.signal, signal, mixture.sample_rate)
        for system, signal in enhanced.items()
    }
    return Outcome(pd.DataFrame(rows)[COLUMNS], {RECORDING: shown}, found)


def write_signals(
    signals: Signals, folder: Path, name: str, sample_rate: int, audio_format: str = "flac"
) -> None:
    """Write files of 24 bits: mixture, clean and noise have the same gain, and still add up.

    Each other signal has a separate gain.
    """
    peaks = {part: np.abs(signal).max() for part, signal in signals.items()}
    common = max(peak for part, peak in peaks.items() if part in ADD_UP)
    for part, signal in signals.items():
        peak = common if part in ADD_UP else max(peaks[part], 1e-12)
        content = encode(PEAK / peak * signal, sample_rate, audio_format, 24)
        write_atomic(folder / f"{name}-{part}.{audio_format}", content)

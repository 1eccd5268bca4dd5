"""Line enhancers on tones in noise: from studies to gain.csv, one row per system and mixture."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from tqdm import tqdm

from audio.encoding import encode
from audio.listening import whole
from audio.pcm import FULL_SCALE
from datagen.tones import TonalProtocol, draw_tonal_rows, render_tonal
from dsp.tone import Tone
from files.atomic import write_atomic
from files.table import OptionalFloat, read_table
from metrics.guard import NotComputable
from metrics.snr_gain import line_powers
from reporting.scoring.systems import Enhancing

OPTIONS = ("frame_s", "delay_s", "cell")  # of a system, in the table
TYPES = {"study": str, "system": str, "snr_in_db": OptionalFloat, "frame_s": OptionalFloat, "delay_s": OptionalFloat}
TYPES |= {"cell": str, "draw": int, "gain_db": OptionalFloat, "gain_inband_db": OptionalFloat, "seconds": OptionalFloat}
COLUMNS = list(TYPES)
GAINS, LOFARGRAMS = "gain.csv", "lofargrams_"  # names of files; a study follows
PEAK = 0.9  # of what is written
RECORDING = "recording"  # the study of a recording of one's own
SHOWN_DB = -24.0  # the SNR whose lofargrams are shown, or the one nearest to it


class Candidate(NamedTuple):
    """A system under one setting: its name, the options that tell settings apart, what makes it."""

    name: str
    options: Mapping[str, Any]
    make: Callable[[], Enhancing]


class Study(NamedTuple):
    """Candidates over all SNRs and draws of a protocol."""

    name: str
    protocol: TonalProtocol
    snrs_db: Sequence[float]
    draws: int
    candidates: Sequence[Candidate]
    written: int  # draws whose audio is written


Signals = dict[str, np.ndarray]


def score_lines(studies: Sequence[Study], seed: int, folder: Path) -> tuple[pd.DataFrame, dict[str, Signals]]:
    """The gains of all studies, and by study the signals to show of those whose audio is written.

    Columns: COLUMNS; gains in dB (see metrics.snr_gain), seconds that enhancing took, training included. Mixtures and
    what the systems made of them are written to `folder`/audio.
    """
    rows, shown = [], {}
    for study in studies:
        table = draw_tonal_rows(study.snrs_db, study.draws)
        nearest = min(study.snrs_db, key=lambda snr: abs(snr - SHOWN_DB))
        for row in tqdm(table.itertuples(), study.name, len(table), unit="mixture", leave=False, disable=None):
            parts = render_tonal(study.protocol, row.snr_db, row.draw, seed)
            made = dict(parts)
            protocol = study.protocol
            for found in _scored(
                study.name, study.candidates, parts["mixture"], protocol.sample_rate, protocol.tones, made
            ):
                rows.append({"study": study.name, "snr_in_db": row.snr_db, "draw": row.draw, **found})
            if row.draw < study.written:
                write_signals(made, folder / "audio" / study.name, row.mixture_id, study.protocol.sample_rate)
            if study.written and study.name not in shown and row.snr_db == nearest:
                shown[study.name] = {name: made[name] for name in made if name not in ("clean", "noise")}
    return pd.DataFrame(rows)[COLUMNS], shown


def enhance_recording(
    path: Path, tones: Sequence[Tone], systems: Callable[[int], Sequence[Candidate]], folder: Path
) -> tuple[pd.DataFrame, dict[str, Signals], int]:
    """What `systems` (given its rate) make of a recording, at the rate it has; gains where there are tones to look for.

    Raises ValueError for a recording that cannot be read or is silent, or a tone that it cannot hold.
    """
    try:
        samples, sample_rate = whole(path)
    except ValueError as error:
        raise ValueError(f"wav={error}") from error
    mixture = samples.astype(np.float64) / FULL_SCALE
    if mixture.min() == mixture.max():
        raise ValueError(f"wav={path}: is constant or silent, there is nothing to enhance; choose another recording")
    if too_high := [tone.hz for tone in tones if tone.hz >= sample_rate / 2]:
        raise ValueError(f"wav_tones_hz={too_high}: must lie below {sample_rate / 2:g} Hz, half the rate of {path}")
    made: Signals = {"mixture": mixture}
    found = _scored(RECORDING, systems(sample_rate), mixture, sample_rate, tones, made)
    rows = [{"study": RECORDING, "snr_in_db": np.nan, "draw": 0, **row} for row in found]
    write_signals(made, folder / "audio", Path(path).stem, sample_rate)
    return pd.DataFrame(rows)[COLUMNS], {RECORDING: made}, sample_rate


def _scored(
    study: str,
    candidates: Sequence[Candidate],
    mixture: np.ndarray,
    rate: int,
    tones: Sequence[Tone],
    made: Signals,
) -> Iterator[dict]:
    """One row per candidate; what it makes is put into `made`."""
    before = line_powers(mixture, rate, tones) if tones else None
    for candidate in candidates:
        try:
            system, begin = candidate.make(), time.perf_counter()
            enhanced = system.enhance(torch.from_numpy(mixture)[None])[0].double().numpy()
            seconds = time.perf_counter() - begin
            after = line_powers(enhanced, rate, tones) if tones else None
        except ValueError as error:
            remedy = "; make the mixtures longer" if isinstance(error, NotComputable) else ""
            raise ValueError(f"study {study}, {candidate.name}: {error}{remedy}") from error
        made[candidate.name] = enhanced
        gains = {"gain_db": np.nan, "gain_inband_db": np.nan}
        if after:
            gains["gain_db"] = after.broadband_db - before.broadband_db
            gains["gain_inband_db"] = after.inband_db - before.inband_db
        options = {name: candidate.options.get(name) for name in OPTIONS}
        yield {"system": candidate.name, **options, **gains, "seconds": seconds}


class Studies(NamedTuple):
    """What experiment=lines left in a folder. gains: as in gain.csv. pictures: PNG of its lofargrams, by study."""

    gains: pd.DataFrame
    pictures: Mapping[str, bytes]


def read_studies(folder: Path) -> Studies:
    """The studies in `folder`; FileNotFoundError or ValueError where it holds none."""
    path = folder / GAINS
    if not path.exists():
        raise FileNotFoundError(
            f"gains={folder}: has no {GAINS}; give a folder that evaluate.py experiment=lines wrote"
        )
    gains = read_table(path, TYPES, f"write it anew with evaluate.py experiment=lines output={folder}")
    pictures = sorted((folder / "figures").glob(f"{LOFARGRAMS}*.png"))
    return Studies(gains, {picture.stem.removeprefix(LOFARGRAMS): picture.read_bytes() for picture in pictures})


def write_signals(signals: Signals, folder: Path, name: str, sample_rate: int, audio_format: str = "flac") -> None:
    """24-bit files: mixture, clean and noise under one gain, so that they still add up; the others each under one."""
    together = [part for part in ("mixture", "clean", "noise") if part in signals]
    common = max(np.abs(signals[part]).max() for part in together)
    for part, signal in signals.items():
        highest = common if part in together else max(np.abs(signal).max(), 1e-12)
        content = encode(PEAK / highest * signal, sample_rate, audio_format, 24)
        write_atomic(folder / f"{name}-{part}.{audio_format}", content)

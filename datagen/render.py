"""Audio from a plan: a row to samples, all rows to disk. Nothing is random: all is in the row."""

import hashlib
import math
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from audio import reading
from audio.encoding import encode
from datagen.heard import BOTH, heard
from datagen.library import Library
from datagen.mix import TOLERANCE_DB, mix, to_pcm
from datagen.plan import Plan
from dsp.level import snr_db
from files.atomic import clear_unfinished, write_atomic
from files.schema import OptionalFloat
from files.table import write_tables
from parallel.threads import over_threads

PARTS = ("mixture", "clean", "noise")
FORMATS = ("flac", "wav")
RENDERED = {
    "mixture_id": str, "split": str, "snr_db": float, "achieved_snr_db": OptionalFloat,
    "gain_db": float, "samples": int, "sha256": str,
}  # fmt: skip


def render(row: Mapping[str, Any], library: Library) -> dict[str, Tensor]:
    """The audio of a row (see datagen.row): "mixture", "clean", "noise", each [time].

    mixture == clean + noise.
    """
    clean, noise = library.excerpts(row)
    snr_db = torch.tensor(row["snr_db"], dtype=torch.float64)
    gain_db = torch.tensor(row["gain_db"], dtype=torch.float64)
    return mix(torch.from_numpy(clean), torch.from_numpy(noise), snr_db, gain_db, **heard(row))


class Rendering:
    """The audio of rows that are rendered when they are asked for (datagen.signals.Signals)."""

    follows_plan = True

    def __init__(self, library: Library):
        self.library = library
        self.noise_type = library.noise_type

    def signals(self, row: Mapping[str, Any]) -> dict[str, Tensor]:
        """See `render`."""
        return render(row, self.library)


def part_path(folder: Path, row: Mapping[str, Any], part: str, audio_format: str) -> Path:
    """Where one part of a rendered row lies."""
    return folder / row["split"] / part / f"{row['mixture_id']}.{audio_format}"


def render_plan(
    plan: Plan,
    library: Library,
    folder: Path,
    sample_rate: int,
    audio_format: str = "flac",
    jobs: int = 1,
) -> pd.DataFrame:
    """Render `plan` to `folder`, over `jobs` threads, and measure every file written.

    Each file appears whole or not at all; files that stand are compared, not written again, so an
    interrupted rendering continues where it was and ends in the same bytes. Writes and returns
    rendered.csv, with the columns RENDERED: the SNR achieved, empty for speech or noise alone, and
    the sha256 of the mixture's 16-bit little-endian samples.
    Raises ValueError where a measured SNR is more than 0.01 dB off, or where what stands is not
    this plan's, be it damaged or of other recordings.
    """
    plan.save(folder)
    clear_unfinished(folder)
    for split in plan.rows.split.unique():
        for part in PARTS:
            clear_unfinished(folder / split / part)
    to_disk = partial(
        _render_to_disk,
        library=library,
        folder=folder,
        sample_rate=sample_rate,
        audio_format=audio_format,
    )
    rows = over_threads(to_disk, plan.rows.to_dict("records"), jobs, "rendering", "mixture")
    table = pd.DataFrame(rows, columns=list(RENDERED))
    write_tables(folder, {"rendered.csv": table})
    return table


def sha256(mixture: np.ndarray) -> str:
    """Of 16-bit samples, as in rendered.csv."""
    return hashlib.sha256(mixture.astype("<i2").tobytes()).hexdigest()


def _render_to_disk(
    row: dict, library: Library, folder: Path, sample_rate: int, audio_format: str
) -> dict:
    """One row of rendered.csv, once its files stand."""
    paths = {part: part_path(folder, row, part, audio_format) for part in PARTS}
    signals = render(row, library)
    made = {part: to_pcm(signal).numpy() for part, signal in signals.items()}
    achieved_db = _achieved_db(row, made, folder)
    if not all(path.exists() for path in paths.values()):
        for part, samples in made.items():
            write_atomic(paths[part], encode(samples, sample_rate, audio_format))
    for part, path in paths.items():
        there = reading.read(path, sample_rate)
        _compare(path, there, made[part], folder)
    return {
        "mixture_id": row["mixture_id"],
        "split": row["split"],
        "snr_db": row["snr_db"],
        "gain_db": row["gain_db"],
        "achieved_snr_db": round(achieved_db, 6),
        "samples": row["length"],
        "sha256": sha256(made["mixture"]),
    }


def _compare(path: Path, there: np.ndarray, made: np.ndarray, folder: Path) -> None:
    """Raise ValueError where a file holds other samples than were made."""
    again = f"remove it and run again (or remove {folder}, where all of it is old)"
    if len(there) != len(made):
        raise ValueError(f"{path}: has {len(there)} samples, not the plan's {len(made)}; {again}")
    if not np.array_equal(there, made):
        raise ValueError(
            f"{path}: is damaged, or was rendered before the recordings "
            f"that it is made of changed; {again}"
        )


def _achieved_db(row: dict, made: dict[str, np.ndarray], folder: Path) -> float:
    """The SNR of what was made, in dB; not a number where there is speech or noise alone."""
    name, wanted_db = f"{folder}: {row['mixture_id']}", row["snr_db"]
    if not np.array_equal(made["mixture"], made["clean"] + made["noise"]):
        raise ValueError(f"{name} clips; its audio has changed since the plan was drawn")
    if row["heard"] != BOTH:
        return math.nan
    clean, noise = torch.from_numpy(made["clean"]), torch.from_numpy(made["noise"])
    achieved_db = float(snr_db(clean, noise))
    if not abs(achieved_db - wanted_db) <= TOLERANCE_DB:
        raise ValueError(
            f"{name}: achieved {achieved_db:.3f} dB for {wanted_db} dB, "
            f"more than {TOLERANCE_DB} dB off; "
            "its audio is too quiet or has changed since the plan was drawn"
        )
    return achieved_db

"""Audio from a plan: any row to samples, a whole plan to disk. No randomness, no decisions: all that is in the row."""

import hashlib
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from datagen import audio
from datagen.draw import excerpts
from datagen.library import Library
from datagen.mix import TOLERANCE_DB, mix, to_pcm
from datagen.plan import Plan
from datagen.threads import over_threads
from dsp.level import snr_db
from safety.atomic import clear_unfinished, write_atomic

PARTS = ("mixture", "clean", "noise")
FORMATS = ("flac", "wav")


def render(row: dict, library: Library) -> dict[str, Tensor]:
    """The mixture of one plan row: "mixture", "clean", "noise", each [time], with mixture == clean + noise."""
    clean, noise = (torch.from_numpy(excerpt) for excerpt in excerpts(row, library))
    return mix(clean, noise, *(torch.tensor(row[name], dtype=torch.float64) for name in ("snr_db", "gain_db")))


def part_path(folder: Path, row: dict, part: str, audio_format: str) -> Path:
    """Where one part of a rendered row lies."""
    return folder / row["split"] / part / f"{row['mixture_id']}.{audio_format}"


def render_plan(
    plan: Plan, library: Library, folder: Path, sample_rate: int, audio_format: str = "flac", jobs: int = 1
) -> pd.DataFrame:
    """Render `plan` to `folder`, over `jobs` threads, and measure every file written.

    Each file appears whole or not at all; files that stand are measured, not rendered again, so an interrupted
    rendering continues where it was and ends in the same bytes. Writes and returns rendered.csv: mixture_id, split,
    snr_db, achieved_snr_db, gain_db, samples, sha256 (of the mixture's 16-bit little-endian samples).
    Raises ValueError where a measured SNR is more than 0.01 dB off, or where what stands is not this plan's.
    """
    plan.save(folder)
    clear_unfinished(folder)
    for split in plan.rows.split.unique():
        for part in PARTS:
            clear_unfinished(folder / split / part)
    one = partial(_render_to_disk, library=library, folder=folder, sample_rate=sample_rate, audio_format=audio_format)
    table = pd.DataFrame(over_threads(one, plan.rows.to_dict("records"), jobs, "rendering", "mixture"))
    write_atomic(folder / "rendered.csv", table.to_csv(index=False))
    return table


def _render_to_disk(row: dict, library: Library, folder: Path, sample_rate: int, audio_format: str) -> dict:
    paths = {part: part_path(folder, row, part, audio_format) for part in PARTS}
    if not all(path.exists() for path in paths.values()):
        for part, signal in render(row, library).items():
            write_atomic(paths[part], audio.encode(to_pcm(signal).numpy(), sample_rate, audio_format))
    return _measured(row, {part: audio.read(path, sample_rate) for part, path in paths.items()}, folder)


def _measured(row: dict, parts: dict[str, np.ndarray], folder: Path) -> dict:
    name = f"{folder}: {row['mixture_id']}"
    if any(len(samples) != row["length"] for samples in parts.values()):
        raise ValueError(f"{name} has not the plan's {row['length']} samples; remove {folder} and render again")
    if not np.array_equal(parts["mixture"], parts["clean"] + parts["noise"]):
        raise ValueError(f"{name} is not the sum of its clean and noise; remove {folder} and render again")
    achieved = float(snr_db(*(torch.from_numpy(parts[part]) for part in ("clean", "noise"))))
    if not abs(achieved - row["snr_db"]) <= TOLERANCE_DB:
        raise ValueError(
            f"{name}: achieved {achieved:.3f} dB for {row['snr_db']} dB, more than {TOLERANCE_DB} dB off; "
            "its audio is too quiet or has changed since the plan was drawn"
        )
    return {
        "mixture_id": row["mixture_id"],
        "split": row["split"],
        "snr_db": row["snr_db"],
        "achieved_snr_db": round(achieved, 6),
        "gain_db": row["gain_db"],
        "samples": row["length"],
        "sha256": hashlib.sha256(parts["mixture"].astype("<i2").tobytes()).hexdigest(),
    }

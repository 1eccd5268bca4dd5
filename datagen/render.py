"""Audio of a plan: a row to samples, in memory or on disk. Nothing is random."""

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from datagen.library import Library
from datagen.mix import TOLERANCE_DB, mix, to_pcm
from datagen.present import BOTH, part_factors
from datagen.signals import LibrarySignals
from datagen.storage.storage import Made, Storage
from dsp.level import snr_db
from files.schema import OptionalFloat

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
    return mix(
        torch.from_numpy(clean), torch.from_numpy(noise), snr_db, gain_db, **part_factors(row)
    )


class Rendering(LibrarySignals):
    """The audio of rows, rendered on request from `library`."""

    follows_plan = True

    def signals(self, row: Mapping[str, Any]) -> dict[str, Tensor]:
        """See `render`."""
        return render(row, self.library)


def made(row: Mapping[str, Any], library: Library) -> Made:
    """The 16-bit samples of a row, see `render`."""
    return {part: to_pcm(signal).numpy() for part, signal in render(row, library).items()}


def render_to_disk(
    rows: Sequence[Mapping[str, Any]], library: Library, storage: Storage
) -> list[dict]:
    """Rows of rendered.csv for `rows`, which are written to `storage` as one piece.

    Existing audio is compared. Raises ValueError if a measured SNR differs by more than 0.01 dB, or
    if existing audio differs.
    """
    told = []

    def one_by_one() -> Iterator[Made]:
        for row in rows:
            parts = made(row, library)
            told.append(_told(row, parts, storage.folder))
            yield parts

    storage.keep(rows, one_by_one())
    return told


def sha256(mixture: np.ndarray) -> str:
    """The checksum of 16-bit samples, as in rendered.csv."""
    return hashlib.sha256(mixture.astype("<i2").tobytes()).hexdigest()


def _told(row: Mapping[str, Any], parts: Made, folder: Path) -> dict[str, Any]:
    """One row of rendered.csv."""
    return {
        "mixture_id": row["mixture_id"],
        "split": row["split"],
        "snr_db": row["snr_db"],
        "gain_db": row["gain_db"],
        "achieved_snr_db": round(_achieved_db(row, parts, folder), 6),
        "samples": row["length"],
        "sha256": sha256(parts["mixture"]),
    }


def _achieved_db(row: Mapping[str, Any], made: Made, folder: Path) -> float:
    """The SNR of the rendered mixture, in dB; NaN for speech or noise alone."""
    name, wanted_db = f"{folder}: {row['mixture_id']}", row["snr_db"]
    if not np.array_equal(made["mixture"], made["clean"] + made["noise"]):
        raise ValueError(f"{name} clips; its audio has changed since the plan was drawn")
    if row["present"] != BOTH:
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

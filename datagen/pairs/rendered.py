"""The mixtures that generate.py rendered, with the plan of their folder."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from audio.pcm import FULL_SCALE
from datagen.library import Library
from datagen.pairs.pairs import PairedTest, Pairs
from datagen.plan import load_plan
from datagen.signals import LibrarySignals
from datagen.storage.storage import PARTS
from datagen.storage.stored import existing_storage

AGAIN = "render it again with generate.py render=true"


class Rendered(Pairs):
    """The test mixtures that `generate.py render=true` wrote to the folder `root`.

    The plan gives SNRs, noises, speakers, and whether training may use a noise.
    """

    def __init__(self, root: str):
        self.root = Path(root)

    def test(self, sample_rate: int, cache: Path, jobs: int, check_audio: bool) -> PairedTest:
        """See `Pairs.test`."""
        plan = load_plan(self.root)
        rows = plan.rows[plan.rows.split == "test"].reset_index(drop=True)
        if rows.empty:
            raise ValueError(f"{self.root}: its plan has no test mixtures; {AGAIN}")
        test = replace(plan, rows=rows)
        audio = _Files(rows, self.root, sample_rate, Library(plan.speech, plan.noise, reader=None))
        return PairedTest(test, audio, [])


class _Files(LibrarySignals):
    """The files of `library`'s rows; they may have been changed after rendering."""

    def __init__(self, rows: pd.DataFrame, root: Path, sample_rate: int, library: Library):
        super().__init__(library)
        self.storage, located = existing_storage(rows, root, sample_rate, AGAIN)
        self.rows = {row["mixture_id"]: row for row in located.to_dict("records")}
        self._require(located.iloc[0].to_dict(), sample_rate)

    def signals(self, row: Mapping[str, Any]) -> dict[str, Tensor]:
        """See `Signals.signals`."""
        return {part: self._read(row, part) for part in PARTS}

    def _require(self, row: Mapping[str, Any], sample_rate: int) -> None:
        """Raise ValueError if the files of `row` have another rate than `sample_rate`."""
        rate = self.storage.rate(row)
        if rate != sample_rate:
            path = self.storage.path(row, "mixture")
            raise ValueError(f"{path}: has {rate} Hz, not {sample_rate} Hz; add sample_rate={rate}")

    def _read(self, row: Mapping[str, Any], part: str) -> Tensor:
        there = self.rows[row["mixture_id"]]
        samples = self.storage.samples(there, part)
        if len(samples) != row["length"]:
            path = self.storage.path(there, part)
            raise ValueError(
                f"{path}: has {len(samples)} samples, its plan {row['length']}; {AGAIN}"
            )
        return torch.from_numpy(samples.astype(np.float32) / FULL_SCALE)

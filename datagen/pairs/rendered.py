"""What generate.py rendered: its own plan, judged from its files."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from audio import reading
from audio.pcm import FULL_SCALE
from datagen.library import Library
from datagen.pairs.pairs import PairedTest, Pairs
from datagen.plan import load_plan
from datagen.render import FORMATS, PARTS, part_path

AGAIN = "render it again with generate.py render=true"


class Rendered(Pairs):
    """The test mixtures that `generate.py render=true` wrote to the folder `root`.

    SNRs, noises, speakers, and whether training may have heard a noise are those of its plan.
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
        audio = _Files(self.root, Library(plan.speech, plan.noise, reader=None))
        audio.require(rows.iloc[0].to_dict(), sample_rate)
        return PairedTest(test, audio, [])


class _Files:
    """See datagen.signals.Signals."""

    follows_plan = False  # but the files that were rendered, whatever became of them

    def __init__(self, root: Path, library: Library):
        self.root = root
        self.noise_type = library.noise_type

    def signals(self, row: Mapping[str, Any]) -> dict[str, Tensor]:
        return {part: self._read(row, part) for part in PARTS}

    def require(self, row: Mapping[str, Any], sample_rate: int) -> None:
        """Raise FileNotFoundError or ValueError where files of `row` are not at `sample_rate`."""
        path = self._path(row, "mixture")
        rate, _, _ = reading.header(path)
        if rate != sample_rate:
            raise ValueError(f"{path}: has {rate} Hz, not {sample_rate} Hz; add sample_rate={rate}")

    def _read(self, row: Mapping[str, Any], part: str) -> Tensor:
        path = self._path(row, part)
        rate, _, _ = reading.header(path)
        samples = reading.read(path, rate)
        if len(samples) != row["length"]:
            raise ValueError(
                f"{path}: has {len(samples)} samples, its plan {row['length']}; {AGAIN}"
            )
        return torch.from_numpy(samples.astype(np.float32) / FULL_SCALE)

    def _path(self, row: Mapping[str, Any], part: str) -> Path:
        paths = [part_path(self.root, row, part, form) for form in FORMATS]
        for path in paths:
            if path.exists():
                return path
        raise FileNotFoundError(f"{paths[0]}: no such file; {AGAIN}")

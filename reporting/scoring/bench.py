"""The mixtures of a test, and the outputs of systems for them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from datagen.library import Library
from datagen.mix import mix
from datagen.pairs.pairs import UNKNOWN
from datagen.plan import Plan
from datagen.render import Rendering
from datagen.several_noises import Further, together
from datagen.signals import Signals
from datagen.transcribed import transcript
from files.fingerprint import of_sources, of_values
from metrics.facts import TEXT
from models.system import System
from reporting.scores_table import IDENTITY
from reporting.scoring.memory import Memory
from reporting.scoring.mixture import Enhanced, Mixture

CROWD = 5  # largest number of noises at once
HIGHEST = 0.9  # peak of the mixture of speech and several noises, for which no plan sets a gain


def _mixed(clean: np.ndarray, noise: np.ndarray, snr_db: float) -> dict[str, Tensor]:
    """Clean and noise [time] at an SNR; the gain of both is lowered if their sum would clip."""
    gain_db = torch.tensor(0.0, dtype=torch.float64)
    snr = torch.tensor(snr_db, dtype=torch.float64)
    signals = torch.from_numpy(clean), torch.from_numpy(noise)
    peak = mix(*signals, snr, gain_db)["mixture"].abs().max().double()
    return mix(*signals, snr, -20 * torch.log10((peak / HIGHEST).clamp_min(1)))


@dataclass(frozen=True)
class Bench:
    """The test mixtures of `plan`, with `audio` at `sample_rate`.

    audio: of rows, or the library that they are rendered from. Systems run on `device`. memory: the
    cache. fold: name of the fold of this test. failures: why systems failed on mixtures, by system
    and mixture_id; failed systems do not run again for the page, because they might end the
    process.
    """

    plan: Plan
    audio: Signals | Library
    sample_rate: int
    device: str = "cpu"
    memory: Memory = field(default_factory=Memory.empty)
    fold: str = ""
    failures: dict[tuple[System, str], str] = field(default_factory=dict)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The rows of the plan on which systems are tested."""
        return self.plan.split(self.plan.judged)

    def mixtures(self) -> Iterator[Mixture]:
        """All mixtures in the plan's order, one at a time."""
        return map(self._mixture, self.rows.to_dict("records"))

    def mixture(self, mixture_id: str) -> Mixture:
        """The mixture of this mixture_id."""
        (row,) = self.rows[self.rows.mixture_id == mixture_id].to_dict("records")
        return self._mixture(row)

    def crowded(self, mixture_id: str) -> Mixture | None:
        """The clean speech of a mixture in up to CROWD noises at once.

        The noises have equal levels, and their sum the lowest SNR of the test; unseen noises come
        first. Its identity has their kinds. None if there are fewer than two noises, or if the
        audio of the test is not rendered from a library.
        """
        if not isinstance(self.audio, Library):
            return None
        (row,) = self.rows[self.rows.mixture_id == mixture_id].to_dict("records")
        others = self.rows.sort_values("noise_seen", kind="stable").drop_duplicates("noise_id")
        noises, kinds = [], []
        for other in others.head(2 * CROWD).to_dict("records"):  # some cuts may be silent
            cut = other["noise_id"], other["noise_start"], row["length"]
            samples = self.audio.noise(*cut)
            if samples.any() and len(noises) < CROWD:
                noises.append(samples)
                kinds.append(self.audio.noise_type(*cut))
        if len(noises) < 2:
            return None
        further = [Further("", samples, 0.0) for samples in noises[1:]]
        clean, _ = self.audio.excerpts(row)
        snr_db = float(self.rows.snr_db.min())
        parts = _mixed(clean, together(noises[0], further), snr_db)
        identity = {"mixture_id": f"{mixture_id} crowded", "noises": kinds, "snr_db": snr_db}
        return Mixture(identity, lambda: parts, self.device)

    def enhanced(self, system: System, mixture: Mixture) -> Enhanced:
        """The output of `system` for `mixture`."""
        problem = self.failures.get((system, mixture.identity["mixture_id"]), "")
        return Enhanced(system, mixture, self.memory, problem)

    def _mixture(self, row: Mapping[str, Any]) -> Mixture:
        speech = self._speech.loc[row["speech_id"]]
        noise_cut = row["noise_id"], row["noise_start"], row["length"]
        known = {
            **row,
            "snr_db": float("nan") if row.get("snr_from") == UNKNOWN else row["snr_db"],
            "sample_rate": self.sample_rate,
            "noise_type": self._signals.noise_type(*noise_cut),
            "speaker": speech.source,
            "sex": speech.sex,
            "fold": self.fold,
        }
        identity = {column: known[column] for column in IDENTITY if column != "system"}
        key = self._key(row)
        named = self.memory.names(key) if key else None
        mixture = Mixture(identity, lambda: self._parts(row), self.device, named)
        if key and named is None:
            self.memory.put_names(key, mixture.names)
        return mixture

    def _parts(self, row: Mapping[str, Any]) -> dict[str, Tensor | str]:
        """The signals of a row, and its transcript, if it is known."""
        text = transcript(row, self._speech.loc[row["speech_id"]])
        said = {TEXT: text} if text else {}
        return said | {**self._signals.signals(row)}

    def _key(self, row: Mapping[str, Any]) -> str:
        """A key of all that decides the audio of a row; "" if its tables are incomplete."""
        if not (getattr(self._signals, "follows_plan", False) and self._tables):
            return ""
        return of_values({name: str(value) for name, value in row.items()}, self._tables)

    @cached_property
    def _tables(self) -> str:
        """A key of the plan's recordings and of the code that reads them; "" without contents."""
        tables = self.plan.speech, self.plan.noise
        if any((table.content == "").any() for table in tables):
            return ""
        texts = [table.drop(columns="path").to_csv(index=False) for table in tables]
        return of_values(*texts, self.sample_rate, of_sources("audio", "datagen", "dsp"))

    @cached_property
    def _signals(self) -> Signals:
        return Rendering(self.audio) if isinstance(self.audio, Library) else self.audio

    @cached_property
    def _speech(self) -> pd.DataFrame:
        return self.plan.speech.set_index("id")[["source", "sex", "text", "length"]]

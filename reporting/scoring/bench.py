"""The mixtures of a test, and the outputs of systems for them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd
from torch import Tensor

from datagen.crowd import crowd
from datagen.pairs.pairs import UNKNOWN
from datagen.plan import Plan
from datagen.render import Rendering
from datagen.signals import Signals
from datagen.transcribed import transcript
from files.fingerprint import of_sources, of_values
from models.system import System
from reporting.scores_table import IDENTITY
from reporting.scoring.memory import Memory
from reporting.scoring.mixture import Enhanced, Mixture
from text.answers import TEXT


@dataclass(frozen=True)
class Bench:
    """The test mixtures of `plan`, whose rows have `audio` at `sample_rate`.

    Systems run on `device`. memory: the cache. fold: name of the fold of this test. failures: why
    systems failed on mixtures, by system and mixture_id; failed systems do not run again for the
    page, because they might end the process.
    """

    plan: Plan
    audio: Signals
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
        return self._mixture(self._row(mixture_id))

    def crowded(self, mixture_id: str) -> Mixture | None:
        """The clean speech of a mixture in several noises of the test, see datagen.crowd.

        Its identity has their kinds. None if the audio of the test is not rendered, or if there are
        too few noises.
        """
        if not isinstance(self.audio, Rendering):
            return None
        made = crowd(self._row(mixture_id), self.rows, self.audio.library)
        if made is None:
            return None
        about = {"noises": made.kinds, "snr_db": made.snr_db}
        identity = {"mixture_id": f"{mixture_id} crowded", **about}
        return Mixture(identity, lambda: made.signals, self.device)

    def enhanced(self, system: System, mixture: Mixture) -> Enhanced:
        """The output of `system` for `mixture`."""
        problem = self.failures.get((system, mixture.identity["mixture_id"]), "")
        return Enhanced(system, mixture, self.memory, problem)

    def _row(self, mixture_id: str) -> dict[str, Any]:
        (row,) = self.rows[self.rows.mixture_id == mixture_id].to_dict("records")
        return row

    def _mixture(self, row: Mapping[str, Any]) -> Mixture:
        speech = self._speech.loc[row["speech_id"]]
        noise_cut = row["noise_id"], row["noise_start"], row["length"]
        known = {
            **row,
            "snr_db": float("nan") if row.get("snr_from") == UNKNOWN else row["snr_db"],
            "sample_rate": self.sample_rate,
            "noise_type": self.audio.noise_type(*noise_cut),
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
        return said | {**self.audio.signals(row)}

    def _key(self, row: Mapping[str, Any]) -> str:
        """A key of all that decides the audio of a row; "" if its tables are incomplete."""
        if not (self.audio.follows_plan and self._tables):
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
    def _speech(self) -> pd.DataFrame:
        return self.plan.speech.set_index("id")[["source", "sex", "text", "length"]]

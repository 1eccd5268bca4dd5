"""The options of evaluate.py and the rules across them."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from command.speech_schema import Built, Rate, SpeechScriptConfig
from options.choices import CONF
from options.limits import Name, Share

DEVICE = re.compile(r"cpu|cuda(:\d+)?")
# The experiments that read a folder of mixtures, by the option that names it.
READERS = {
    "clean": ["experiment=pairs"],
    "mixture": ["experiment=recordings", "experiment=pairs"],
}


class EvaluateConfig(SpeechScriptConfig):
    """conf/evaluate.yaml."""

    split: Literal["test", "validation"]
    rates: list[Rate]
    runs: list[str]
    names: list[Name]
    sweep: Name | None
    baselines: dict[str, Built]
    costs: bool
    title: Name | None
    gains: Name | None
    clean: Name | None
    mixture: Name | None
    tag: Name | None = None
    pairs: Built | None = None
    examples: bool
    figures: bool
    stages: bool
    mix_back: list[Share]
    clusters: Literal["speakers", "speakers_and_noises"]
    resembling: list[str]
    scheduler: Name | None
    device: Name
    oracle: Built
    metric: Annotated[dict[str, Built], Field(min_length=1)]
    headline: list[str]

    @field_validator("device")
    @classmethod
    def _is_a_device(cls, device: str) -> str:
        if not DEVICE.fullmatch(device):
            raise PydanticCustomError("device", "is no device; give cpu, cuda or cuda:1")
        return device

    @model_validator(mode="after")
    def _each_rate_once(self):
        if len(set(self.rates)) < len(self.rates):
            raise ValueError(f"rates={self.rates}: names one rate twice; give each once")
        return self

    @model_validator(mode="after")
    def _headlines_are_computed(self):
        others = [score for score in self.headline if score not in self.metric]
        if others:
            is_option = (CONF / "metric" / f"{others[0]}.yaml").is_file()
            added = f", or add +metric@metric.{others[0]}={others[0]}" if is_option else ""
            raise ValueError(
                f"headline: {others[0]} is no metric of this evaluation; choose among "
                f"{', '.join(self.metric)}{added}"
            )
        return self

    @model_validator(mode="after")
    def _folders_are_of_pairs(self):
        for option in ("clean", "mixture"):
            folder = getattr(self, option)
            if folder and not self.pairs:
                readers = " and ".join(READERS[option])
                raise ValueError(
                    f"{option}={folder!r}: is read by {readers} alone; choose "
                    f"{READERS[option][-1]} as the experiment, or leave {option} out"
                )
            if folder and folder not in self.pairs.values():
                raise ValueError(f"{option}={folder!r}: this test has other folders; leave it out")
        recorded = str((self.pairs or {}).get("_target_")).endswith(".Recordings")
        if self.tag and not recorded:
            raise ValueError(
                f"tag={self.tag!r}: groups recordings by the noise that it predicts; choose "
                "experiment=recordings mixture=DIR, or leave it out"
            )
        if self.pairs and self.split != "test":
            raise ValueError(f"split={self.split!r}: pairs of files are a test; leave out split")
        return self

    @model_validator(mode="after")
    def _layout_has_a_root(self):
        pairs = self.pairs or {}
        own = [pairs[option] for option in ("clean", "mixture") if option in pairs]
        of_layout = [folder for folder in own if folder not in (self.clean, self.mixture)]
        if pairs.get("root", "") is None and not all(Path(one).is_dir() for one in of_layout):
            raise ValueError(
                f"pairs.root is missing: add pairs.root=DIR, which holds {' and '.join(of_layout)}"
            )
        return self

    @model_validator(mode="after")
    def _something_to_test(self):
        count = getattr(self.plan, self.split)
        if not count:
            raise ValueError(f"plan.{self.split}={count}: must be above 0")
        return self

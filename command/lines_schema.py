"""What may be typed of tones in noise and of the studies over them."""

from typing import Annotated, Any

from pydantic import Field, ValidationError, model_validator

from command.plan_schema import Count, Decibel, Name, Positive, Strict
from command.schema import Built, EvaluateConfig, GenerateConfig

Seconds = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class ToneConfig(Strict):
    """dsp.tone.Tone."""

    hz: Positive
    amplitude: Positive = 1.0
    begin_s: NotNegative = 0.0
    end_s: Positive | None = None


class InterfererConfig(Strict):
    """datagen.tones.Interferer."""

    hz: Positive
    above_db: Decibel = 15.0
    width_hz: NotNegative = 1.0


class TonalPlanConfig(Strict):
    """conf/plan/lines.yaml."""

    tones: Annotated[list[ToneConfig], Field(min_length=1)]
    noise: Name
    interferers: list[InterfererConfig]
    sample_rate: Annotated[int, Field(ge=100, le=192000)]
    duration_s: Seconds
    snr_db: Annotated[list[Decibel], Field(min_length=1)]
    draws: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _each_snr_once(self):
        if len(set(self.snr_db)) < len(self.snr_db):
            raise ValueError(f"snr_db={self.snr_db}: each SNR goes through all draws once; remove those given twice")
        return self


class StudyConfig(Strict):
    """One of lines.studies: which systems, what is other than in the plan, what is gone through."""

    systems: Annotated[list[str], Field(min_length=1)]
    plan: dict[str, Any]
    vary: Annotated[dict[str, Annotated[list[Any], Field(min_length=1)]], Field(max_length=1)]


class LinesConfig(Strict):
    """conf/experiment/lines.yaml: lines."""

    systems: Annotated[dict[str, Built], Field(min_length=1)]
    recording: Annotated[list[str], Field(min_length=1)]
    audio_draws: Count
    studies: Annotated[dict[str, StudyConfig], Field(min_length=1)]

    @model_validator(mode="after")
    def _known_systems(self):
        for where, named in (
            ("recording", self.recording),
            *((name, one.systems) for name, one in self.studies.items()),
        ):
            if unknown := [name for name in named if name not in self.systems]:
                raise ValueError(f"{where}: no system {unknown[0]!r}; there are {', '.join(self.systems)}")
        return self


class TonalGenerateConfig(GenerateConfig):
    """conf/generate.yaml with plan=lines."""

    plan: TonalPlanConfig
    lines: Any = None

    @model_validator(mode="before")
    @classmethod
    def _speech(cls, content: dict):
        return content

    @model_validator(mode="after")
    def _nothing_to_audit(self):
        if self.audit:
            raise ValueError("audit=true: is about corpora of speech and noise, and plan=lines has none")
        return self


class LinesEvaluateConfig(EvaluateConfig):
    """conf/evaluate.yaml with experiment=lines."""

    plan: TonalPlanConfig
    lines: LinesConfig
    wav: str | None
    wav_tones_hz: list[Positive]

    @model_validator(mode="before")
    @classmethod
    def _speech(cls, content: dict):
        return content

    @model_validator(mode="after")
    def _something_to_test(self):
        for name, study in self.lines.studies.items():
            try:
                TonalPlanConfig.model_validate({**self.plan.model_dump(), **study.plan})
            except ValidationError as error:
                problem = error.errors()[0]
                option = ".".join(map(str, problem["loc"]))
                raise ValueError(f"lines.studies.{name}.plan.{option}={problem['input']!r}: {problem['msg']}") from None
        return self

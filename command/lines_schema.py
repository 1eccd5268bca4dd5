"""The options of lines.py."""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from command.check import explained
from command.speech_schema import Built, CommonConfig
from options.limits import Count, Decibel, Name, Positive, Strict

Seconds = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Names = Annotated[list[str], Field(min_length=1)]
Values = Annotated[list[Any], Field(min_length=1)]


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


class RandomTonesConfig(Strict):
    """datagen.tones.RandomTones."""

    count: Annotated[int, Field(ge=1)]
    lowest_hz: Positive
    highest_hz: Positive

    @model_validator(mode="after")
    def _in_order(self):
        if self.lowest_hz >= self.highest_hz:
            raise ValueError(
                f"lowest_hz={self.lowest_hz:g} is not below highest_hz={self.highest_hz:g}"
            )
        return self


class TonalPlanConfig(Strict):
    """conf/lines.yaml: plan."""

    random_tones: RandomTonesConfig | None
    tones: list[ToneConfig]
    noise: Name
    interferers: list[InterfererConfig]
    sample_rate: Annotated[int, Field(ge=100, le=192000)]
    duration_s: Seconds
    snr_db: Annotated[list[Decibel], Field(min_length=1)]
    draws: Annotated[int, Field(ge=1)]

    @field_validator("tones")
    @classmethod
    def _at_least_one(cls, tones: list[ToneConfig], plan: ValidationInfo) -> list[ToneConfig]:
        if not tones and plan.data.get("random_tones") is None:
            raise PydanticCustomError("tones", "give at least one tone, or random_tones")
        return tones

    @model_validator(mode="after")
    def _each_snr_once(self):
        if len(set(self.snr_db)) < len(self.snr_db):
            raise ValueError(
                f"snr_db={self.snr_db}: each SNR goes through all draws once; "
                "remove those given twice"
            )
        return self


class StudyConfig(Strict):
    """conf/study: one of its studies.

    plan: the options that differ from the common plan. vary: the values of one option.
    """

    systems: Names
    plan: dict[str, Any]
    vary: Annotated[dict[str, Values], Field(max_length=1)]


class LinesConfig(CommonConfig):
    """conf/lines.yaml."""

    plan: TonalPlanConfig
    systems: Annotated[dict[str, Built], Field(min_length=1)]
    studies: Annotated[dict[str, StudyConfig], Field(min_length=1)]
    audio_draws: Count
    wav: Name | None
    wav_tones_hz: list[Positive]
    recording: Names
    draw: bool
    render: bool
    render_format: Literal["flac", "wav"]

    @model_validator(mode="after")
    def _known_systems(self):
        self._require_known("recording", self.recording)
        for name, study in self.studies.items():
            self._require_known(f"studies.{name}.systems", study.systems)
        return self

    def _require_known(self, option: str, systems: list[str]) -> None:
        for name in systems:
            if name not in self.systems:
                known = ", ".join(self.systems)
                raise ValueError(f"{option}: no system {name!r}; there are {known}")

    @model_validator(mode="after")
    def _known_options(self):
        for name, study in self.studies.items():
            options = set()
            for system in study.systems:
                options.update(self.systems[system])
            for option in study.vary:
                if option not in options:
                    systems = ", ".join(study.systems)
                    raise ValueError(f"studies.{name}.vary.{option}: {systems} have no such option")
        return self

    @model_validator(mode="after")
    def _plans_of_studies(self):
        shared = self.plan.model_dump()
        for name, study in self.studies.items():
            plan = {**shared, **study.plan}
            try:
                TonalPlanConfig.model_validate(plan)
            except ValidationError as error:
                raise ValueError(explained(error, f"studies.{name}.plan")) from None
        return self

    @model_validator(mode="after")
    def _a_recording_is_enhanced(self):
        if self.wav is None and self.wav_tones_hz:
            raise ValueError(
                f"wav_tones_hz={self.wav_tones_hz}: are looked for in a recording; add wav=FILE"
            )
        if self.wav is not None and (self.draw or self.render):
            raise ValueError(
                f"wav={self.wav}: is enhanced, and draw and render are about tones; "
                "leave out one of them"
            )
        return self

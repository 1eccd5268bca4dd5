"""What may be typed at lines.py."""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from command.check import explained
from command.schema import Built, CommonConfig
from options.limits import Count, Decibel, Name, Positive, Strict

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
    """conf/lines.yaml: plan."""

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
            raise ValueError(
                f"snr_db={self.snr_db}: each SNR goes through all draws once; remove those given twice"
            )
        return self


class StudyConfig(Strict):
    """conf/study: one of its studies. plan: what is other than in the plan of all. vary: the values of one option."""

    systems: Annotated[list[str], Field(min_length=1)]
    plan: dict[str, Any]
    vary: Annotated[dict[str, Annotated[list[Any], Field(min_length=1)]], Field(max_length=1)]


class LinesConfig(CommonConfig):
    """conf/lines.yaml."""

    plan: TonalPlanConfig
    systems: Annotated[dict[str, Built], Field(min_length=1)]
    studies: Annotated[dict[str, StudyConfig], Field(min_length=1)]
    audio_draws: Count
    wav: Name | None
    wav_tones_hz: list[Positive]
    recording: Annotated[list[str], Field(min_length=1)]
    draw: bool
    render: bool
    render_format: Literal["flac", "wav"]

    @model_validator(mode="after")
    def _known_systems(self):
        named = {"recording": self.recording}
        named |= {f"studies.{name}.systems": study.systems for name, study in self.studies.items()}
        for option, systems in named.items():
            if unknown := [name for name in systems if name not in self.systems]:
                raise ValueError(
                    f"{option}: no system {unknown[0]!r}; there are {', '.join(self.systems)}"
                )
        return self

    @model_validator(mode="after")
    def _known_options(self):
        for name, study in self.studies.items():
            for option in study.vary:
                if not any(option in self.systems[system] for system in study.systems):
                    raise ValueError(
                        f"studies.{name}.vary.{option}: {', '.join(study.systems)} have no such option"
                    )
        return self

    @model_validator(mode="after")
    def _plans_of_studies(self):
        for name, study in self.studies.items():
            try:
                TonalPlanConfig.model_validate({**self.plan.model_dump(), **study.plan})
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
                f"wav={self.wav}: is enhanced, and draw and render are about tones; leave out one of them"
            )
        return self

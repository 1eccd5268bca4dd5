"""What may be typed of a mixing plan, and the types that all options share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Count = Annotated[int, Field(ge=0)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]  # what every generator takes
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Seconds = Annotated[float, Field(ge=0.1, allow_inf_nan=False)]  # shorter excerpts hold no speech
Name = Annotated[str, Field(min_length=1)]
Fraction = Annotated[float, Field(gt=0, lt=1)]
Decibel = Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)]


class Strict(BaseModel):
    """A config node that takes no unknown key, and no text for a number."""

    model_config = ConfigDict(extra="forbid", strict=True)


class PerSplit(Strict):
    """How many of something per split; None: all."""

    train: Annotated[int, Field(ge=1)] | None
    validation: Annotated[int, Field(ge=1)] | None
    test: Annotated[int, Field(ge=1)] | None


class SnrsPerSplit(Strict):
    """The SNRs of each split in dB."""

    train: Annotated[list[Decibel], Field(min_length=1)]
    validation: Annotated[list[Decibel], Field(min_length=1)]
    test: Annotated[list[Decibel], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_test_snr_once(self):
        if len(set(self.test)) < len(self.test):
            raise ValueError(f"test={self.test}: the grid goes through each SNR once; remove those given twice")
        return self


class SecondsPerSplit(Strict):
    """Longest excerpts in seconds; None: whole."""

    train: Seconds | None
    validation: Seconds | None
    test: Seconds | None


class Stretches(Strict):
    """Relative parts of a seen noise for each split."""

    train: Positive
    validation: Positive
    test: Positive


class PlanConfig(Strict):
    """conf/plan."""

    train: Count
    validation: Count
    test: Count
    utterances: PerSplit
    snr_db: SnrsPerSplit
    segment_s: SecondsPerSplit
    shortest_s: Seconds
    gain_db: Annotated[list[Decibel], Field(min_length=2, max_length=2)]
    noise_amplitude: Annotated[list[Positive], Field(min_length=2, max_length=2)] | None
    validation_speakers: Fraction
    test_speakers: Fraction
    noise_stretches: Stretches | None

    @model_validator(mode="after")
    def _ranges_in_order(self):
        for option, ends in (("gain_db", self.gain_db), ("noise_amplitude", self.noise_amplitude or [0, 0])):
            if ends[0] > ends[1]:
                raise ValueError(f"{option}={ends}: the lower end comes first")
        return self

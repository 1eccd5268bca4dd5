"""The protocol of a mixing plan: every option of conf/plan, its type, its limits and its rules."""

from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field, model_validator

from options.limits import Count, Decibel, Fraction, Positive, Share, Strict

Value = TypeVar("Value")
Seconds = Annotated[float, Field(ge=0.1, allow_inf_nan=False)]  # speech needs more
Limit = Annotated[int, Field(ge=1)]
BandEnd = Annotated[float, Field(ge=500, allow_inf_nan=False)]  # in Hz; speech needs it
Range = Annotated[list[Decibel], Field(min_length=2, max_length=2)]
Snrs = Annotated[list[Decibel], Field(min_length=1)]
PART = 10_000  # a process draws so many rows of a split at once; fewer are drawn by threads
STEEPEST = 0.45  # coefficients up to this value make a stable filter without zero gain
WITHIN = 1e-6  # tolerance of the sum of probabilities
# What these decide stands in the tables of recordings, or is how many rows there are: see
# `Protocol.of_rows`.
NOT_OF_ROWS = (
    "train",
    "validation",
    "test",
    "utterances",
    "shortest_s",
    "validation_speakers",
    "test_speakers",
    "noise_stretches",
    "second_talker",
)
# Options that change only the rows of the split "train".
OF_TRAINING = (
    "speech_alone",
    "noise_alone",
    "noises",
    "noises_db",
    "tilt",
    "band_limited",
    "band_hz",
    "turn_s",
)


class PerSplit(Strict, Generic[Value]):
    """A value for each split, by its name: `snr_db["test"]`."""

    train: Value
    validation: Value
    test: Value

    def __getitem__(self, split: str) -> Value:
        return getattr(self, split)

    @classmethod
    def model_parametrized_name(cls, params: tuple[type, ...]) -> str:
        """The name without the type of the value, which readers of errors do not know."""
        return cls.__name__


class SnrsPerSplit(PerSplit[Snrs]):
    """The SNRs of each split in dB."""

    @model_validator(mode="after")
    def _each_test_snr_once(self):
        if len(set(self.test)) < len(self.test):
            raise ValueError(
                f"test={self.test}: the grid goes through each SNR once; remove those given twice"
            )
        return self


class Protocol(Strict):
    """The options of a plan; conf/plan/paper.yaml explains each, and holds its usual value.

    A newer option has a default, which is its meaning in configs of older runs.
    """

    train: Count
    validation: Count
    test: Count
    utterances: PerSplit[Limit | None]
    snr_db: SnrsPerSplit
    segment_s: PerSplit[Seconds | None]
    shortest_s: Seconds
    gain_db: Range
    noise_amplitude: Annotated[list[Positive], Field(min_length=2, max_length=2)] | None
    validation_speakers: Fraction
    test_speakers: Fraction
    noise_stretches: PerSplit[Positive] | None
    speech_alone: Share = 0.0
    noise_alone: Share = 0.0
    noises: Annotated[list[Share], Field(min_length=1, max_length=3, default=[1.0])]
    noises_db: Annotated[Range, Field(default=[-10.0, 0.0])]
    tilt: Annotated[float, Field(ge=0, le=STEEPEST)] | None = None
    band_limited: Share = 0.0
    band_hz: Annotated[list[BandEnd], Field(min_length=2, max_length=2, default=[3000.0, 8000.0])]
    turn_s: Positive | None = None
    second_talker: bool = False

    @model_validator(mode="after")
    def _ranges_in_order(self):
        ranges = {
            "gain_db": self.gain_db,
            "noise_amplitude": self.noise_amplitude,
            "noises_db": self.noises_db,
            "band_hz": self.band_hz,
        }
        for option, ends in ranges.items():
            if ends is not None and ends[0] > ends[1]:
                raise ValueError(f"{option}={ends}: the lower end comes first")
        return self

    @model_validator(mode="after")
    def _shares_within_the_whole(self):
        if self.speech_alone + self.noise_alone > 1:
            raise ValueError(
                f"speech_alone={self.speech_alone:g}, noise_alone={self.noise_alone:g}: "
                "together at most 1; lower one of them"
            )
        whole = sum(self.noises)
        if abs(whole - 1) > WITHIN:
            raise ValueError(
                f"noises={self.noises}: chances of one, two and three noises must add up to 1, "
                f"not {whole:g}; raise or lower one of them"
            )
        return self

    @model_validator(mode="after")
    def _two_talkers_at_most(self):
        if self.second_talker and self.noises != [1.0]:
            raise ValueError(
                f"noises={self.noises}: with second_talker=true there is one second speaker; "
                "give noises=[1.0]"
            )
        return self

    @property
    def overlapping(self) -> bool:
        """Whether the seen noise of all splits is cut from the same long noise."""
        return self.noise_stretches is None

    def amplitude(self, split: str) -> list[float] | None:
        """The range of the factor that noise is added with; None where an SNR is chosen.

        In every test it is.
        """
        return None if split == "test" else self.noise_amplitude

    def of_rows(self, split: str) -> dict[str, Any]:
        """The options that decide the rows of `split`, beside the tables of recordings.

        These are all options but NOT_OF_ROWS, and OF_TRAINING in the split "train" alone.
        """
        options = {}
        for name in type(self).model_fields:
            elsewhere = name in OF_TRAINING and split != "train"
            if name in NOT_OF_ROWS or elsewhere:
                continue
            value = getattr(self, name)
            options[name] = value[split] if isinstance(value, PerSplit) else value
        options["noise_amplitude"] = self.amplitude(split)
        return options

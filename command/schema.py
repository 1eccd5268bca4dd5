"""What may be typed: types, ranges and rules across options, checked before any work is done."""

from typing import Annotated, Any, Literal

from omegaconf import DictConfig, OmegaConf
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from reporting.summary import HEADLINE

Count = Annotated[int, Field(ge=0)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]  # what every generator takes
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Seconds = Annotated[float, Field(ge=0.1, allow_inf_nan=False)]  # shorter excerpts hold no speech
Name = Annotated[str, Field(min_length=1)]
Fraction = Annotated[float, Field(gt=0, lt=1)]
Decibel = Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)]
Built = dict[str, Any]  # built through safety.build, which checks the arguments


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


class SpeechConfig(Strict):
    """Corpora of speech by role."""

    train: dict[str, Built]
    test: dict[str, Built]


class NoiseConfig(Strict):
    """Corpora of noise by role."""

    seen: dict[str, Built]
    unseen: dict[str, Built]


class StftConfig(Strict):
    """The transform."""

    window_s: Positive
    hop_s: Positive


class CommonConfig(Strict):
    """conf/common.yaml and the groups that every script reads."""

    seed: Seed
    sample_rate: Literal[8000, 16000]
    data_root: Name
    output: Name
    cache: Name
    jobs: Annotated[int, Field(ge=1)] | None
    check_audio: bool
    stft: StftConfig
    plan: PlanConfig
    speech: SpeechConfig
    noise: NoiseConfig
    caution: str | None
    next: str | None


class GenerateConfig(CommonConfig):
    """conf/generate.yaml."""

    render: bool
    render_format: Literal["flac", "wav"]


class RecipeConfig(Strict):
    """conf/recipe."""

    optimizer: Built
    max_epochs: Annotated[int, Field(ge=1)]
    batch_size: Annotated[int, Field(ge=1)]
    gradient_clip: Positive | None
    rule_of_rises: Built
    stage_weight: Annotated[float, Field(ge=0)]
    stage_gains_db: dict[Annotated[int, Field(strict=False)], list[Decibel]]  # a typed key is text


class DataConfig(Strict):
    """conf/data."""

    route: Built
    cache: Literal["none", "pool"]
    folder: str | None
    batch_size: Annotated[int, Field(ge=1)]
    max_padding: Fraction
    workers: Count


class TrainerConfig(BaseModel):
    """conf/trainer: what matters here; Lightning checks the rest."""

    model_config = ConfigDict(extra="allow", strict=True)

    max_epochs: Annotated[int, Field(ge=1)]
    gradient_clip_val: Positive | None = None


class TrainConfig(CommonConfig):
    """conf/train.yaml."""

    network: Built
    target: Built
    level: Built
    recipe: RecipeConfig
    data: DataConfig
    trainer: TrainerConfig
    resume: str | None

    @model_validator(mode="after")
    def _folder_for_the_rendered_route_alone(self):
        rendered = str(self.data.route.get("_target_")).endswith(".Rendered")
        if rendered and self.data.folder is None:
            raise ValueError("data=rendered needs data.folder=DIR, a folder that generate.py render=true wrote")
        if not rendered and self.data.folder is not None:
            raise ValueError(f"data.folder={self.data.folder!r}: is read by data=rendered alone; add data=rendered")
        if rendered and self.data.cache != "none":
            raise ValueError(f"data.cache={self.data.cache!r}: mixtures read as rendered have no pool; remove it")
        return self

    @model_validator(mode="after")
    def _something_to_learn_from(self):
        if self.data.folder is None and not (self.plan.train and self.plan.validation):
            raise ValueError(f"plan.train={self.plan.train}, plan.validation={self.plan.validation}: must be above 0")
        return self


class EvaluateConfig(CommonConfig):
    """conf/evaluate.yaml."""

    runs: list[str]
    costs: bool
    device: Annotated[str, Field(pattern=r"^(cpu|cuda(:\d+)?)$")]
    oracle: Built
    metric: Annotated[dict[str, Built], Field(min_length=1)]

    @model_validator(mode="after")
    def _a_headline(self):
        if not set(self.metric) & set(HEADLINE):
            raise ValueError(f"metric: the report needs at least one of {', '.join(HEADLINE)}")
        return self

    @model_validator(mode="after")
    def _something_to_test(self):
        if not self.plan.test:
            raise ValueError(f"plan.test={self.plan.test}: must be above 0")
        return self


def check(cfg: DictConfig, model: type[BaseModel]) -> None:
    """Raise one ValueError naming every option of `cfg` that `model` does not allow, its value and the limit."""
    if missing := sorted(str(key) for key in cfg if OmegaConf.is_missing(cfg, key)) or sorted(
        OmegaConf.missing_keys(cfg)
    ):
        raise ValueError(f"{', '.join(missing)} must be given: add {missing[0]}=... to the command")
    try:
        model.model_validate(OmegaConf.to_container(cfg, resolve=True))
    except ValidationError as error:
        raise ValueError("; ".join(_told(problem) for problem in error.errors())) from None


def _told(problem: dict) -> str:
    option = ".".join(str(part) for part in problem["loc"] if not str(part).startswith(("function-", "literal[")))
    if problem["type"] == "extra_forbidden":
        return f"{option}: no such option; '--cfg job' lists them"
    if problem["type"] == "missing":
        return f"{option}: must be given; '--cfg job' shows what it usually is"
    if problem["type"] == "list_type":
        return f"{option}={problem['input']!r}: must be a list; write {option}=[{problem['input']}]"
    value = "" if problem["type"] == "value_error" else f"={problem['input']!r}"
    return f"{option}{value}: {problem['msg'].removeprefix('Value error, ')}".removeprefix(": ")

"""The options of each script: types, ranges and rules across options."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from command.search_schema import SearchConfig
from command.trainer_schema import TrainerConfig
from datagen.protocol import Protocol
from options.choices import CONF
from options.limits import Count, Decibel, Fraction, Name, Positive, Seed, Share, Strict

# The experiments that read a folder of mixtures, by the option that names it.
READERS = {
    "clean": ["experiment=pairs"],
    "mixture": ["experiment=recordings", "experiment=pairs"],
}
Rate = Literal[8000, 16000]
Steps = Annotated[int, Field(ge=1)] | None
Built = dict[str, Any]  # options.build builds it and checks the arguments


class SpeechConfig(Strict):
    """Corpora of speech by role."""

    train: dict[str, Built]
    test: dict[str, Built]


class NoiseConfig(Strict):
    """Corpora of noise by role."""

    seen: dict[str, Built]
    unseen: dict[str, Built]


class StftConfig(Strict):
    """The options of the STFT."""

    window_s: Positive
    hop_s: Positive
    window: str = "hamming"  # older runs lack it; dsp/stft.py has the other windows


class CommonConfig(Strict):
    """conf/common.yaml."""

    seed: Seed
    output: Name


class SpeechScriptConfig(CommonConfig):
    """conf/speech.yaml and the groups that all speech scripts read."""

    task: Built

    sample_rate: Rate
    data_root: Name
    cache: Name
    jobs: Annotated[int, Field(ge=1)] | None
    check_audio: bool
    stft: StftConfig
    plan: Protocol
    speech: SpeechConfig
    noise: NoiseConfig
    caution: str | None
    published: Literal["pl_crnn"] | None
    next: str | None


class GenerateConfig(SpeechScriptConfig):
    """conf/generate.yaml."""

    render: bool
    render_format: Literal["flac", "wav", "shards"]
    scheduler: str | None
    audit: bool

    @model_validator(mode="after")
    def _an_audit_draws_nothing(self):
        if self.audit and self.render:
            raise ValueError(
                "audit=true: looks at corpora and draws nothing; leave out render=true"
            )
        if self.scheduler and not self.render:
            raise ValueError(
                f"scheduler={self.scheduler}: renders; add render=true, or leave it out"
            )
        return self


class AveragingConfig(Strict):
    """Averaging of the weights."""

    decay: Fraction | None


class RecipeConfig(Strict):
    """conf/recipe."""

    optimizer: Built
    max_epochs: Annotated[int, Field(ge=1)]
    batch_size: Annotated[int, Field(ge=1)]
    steps_per_epoch: Steps
    cooldown_epochs: Count
    gradient_clip: Positive | None
    rule_of_rises: Built
    schedule: Built | None
    loss: Built | None
    averaging: AveragingConfig
    stage_weight: Annotated[float, Field(ge=0)]
    stage_gains_db: dict[Annotated[int, Field(strict=False)], list[Decibel]]  # typed keys are text

    @model_validator(mode="after")
    def _one_plan_of_the_rate(self):
        if self.schedule is not None and self.cooldown_epochs:
            raise ValueError(
                f"cooldown_epochs={self.cooldown_epochs}: recipe.schedule plans the rate to the "
                "end; give recipe.cooldown_epochs=0"
            )
        return self


class DataConfig(Strict):
    """conf/data."""

    route: Built
    cache: Literal["none", "pool"]
    folder: str | None
    batch_size: Annotated[int, Field(ge=1)]
    steps_per_epoch: Steps
    max_padding: Fraction
    workers: Count


class TrainConfig(SpeechScriptConfig):
    """conf/train.yaml."""

    network: Built | None = None  # network, target and level: only for the tasks that read them
    target: Built | None = None
    level: Built | None = None
    recipe: RecipeConfig
    data: DataConfig
    trainer: TrainerConfig
    resume: str | None
    # Older runs lack these options.
    search: SearchConfig | None = None
    checkpoint_minutes: Annotated[float, Field(ge=0, strict=False)] | None = None
    start_from: str | None = None

    @model_validator(mode="after")
    def _folder_for_the_rendered_route_alone(self):
        target = str(self.data.route.get("_target_"))
        rendered = target.endswith(".Rendered")
        if rendered and self.data.folder is None:
            raise ValueError(
                "data=rendered needs data.folder=DIR, a folder that generate.py render=true wrote"
            )
        if not rendered and self.data.folder is not None:
            raise ValueError(
                f"data.folder={self.data.folder!r}: is read by data=rendered alone; "
                "add data=rendered"
            )
        if rendered and self.data.cache != "none":
            raise ValueError(
                f"data.cache={self.data.cache!r}: mixtures read as rendered have no pool; remove it"
            )
        return self

    @model_validator(mode="after")
    def _something_to_learn_from(self):
        if self.data.folder is None and not (self.plan.train and self.plan.validation):
            counts = f"plan.train={self.plan.train}, plan.validation={self.plan.validation}"
            raise ValueError(f"{counts}: must be above 0")
        return self


class EvaluateConfig(SpeechScriptConfig):
    """conf/evaluate.yaml."""

    split: Literal["test", "validation"]
    rates: list[Rate]
    runs: list[str]
    names: list[Name]
    sweep: str | None
    baselines: dict[str, Built]
    costs: bool
    title: str | None
    gains: str | None
    clean: str | None
    mixture: str | None
    tag: Name | None = None
    pairs: Built | None = None
    examples: bool
    figures: bool
    stages: bool
    mix_back: list[Share]
    clusters: Literal["speakers", "speakers_and_noises"]
    resembling: list[str]
    scheduler: str | None
    device: Annotated[str, Field(pattern=r"^(cpu|cuda(:\d+)?)$")]
    oracle: Built
    metric: Annotated[dict[str, Built], Field(min_length=1)]
    headline: list[str]

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

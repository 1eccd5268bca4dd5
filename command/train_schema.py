"""The options of train.py and the rules across them."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from command.search_schema import SearchConfig
from command.speech_schema import Built, SpeechScriptConfig
from command.trainer_schema import TrainerConfig
from options.limits import Count, Decibel, Fraction, Name, Positive, Strict

Steps = Annotated[int, Field(ge=1)] | None


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
    folder: Name | None
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
    resume: Name | None
    # Older runs lack these options.
    search: SearchConfig | None = None
    checkpoint_minutes: Annotated[float, Field(ge=0, strict=False)] | None = None
    start_from: Name | None = None

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

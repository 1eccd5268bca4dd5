"""The options of the trainer: Lightning's options, without those that end in half a run."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from options.limits import Positive

# Set by train.py.
OURS = (
    "barebones",
    "callbacks",
    "default_root_dir",
    "enable_checkpointing",
    "logger",
    "plugins",
)
REFUSED = {  # option: the effect that it would have, unless it is off
    "fast_dev_run": "keeps no checkpoint; for a short training give recipe=brief",
    "max_steps": (
        "would cut an epoch; give trainer.max_epochs, and recipe.steps_per_epoch for short epochs"
    ),
    "overfit_batches": "validates on the training batches; give a smaller plan.train",
    "use_distributed_sampler": (
        "would share out batches that are shared out already; leave it false"
    ),
    "val_check_interval": (
        "would validate within an epoch; give recipe.steps_per_epoch for short epochs"
    ),
}
OFF = {"max_steps": "-1", "val_check_interval": "1.0"}  # off, besides false, 0 and null
# The STFT needs 32 bits.
Precision = Literal[32, 64, "32", "32-true", "64", "64-true", "16-mixed", "bf16-mixed"]
Strategy = Literal[
    "auto",
    "ddp",
    "ddp_find_unused_parameters_false",
    "ddp_find_unused_parameters_true",
]
AtLeastOne = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(gt=0, le=1)]
Batches = AtLeastOne | Share | None  # a number of batches, or a share of them


class TrainerConfig(BaseModel):
    """conf/trainer: the options that this project uses; Lightning checks the others."""

    model_config = ConfigDict(extra="allow", strict=True)

    accelerator: str = "auto"
    max_epochs: AtLeastOne
    gradient_clip_val: Positive | None = None
    check_val_every_n_epoch: AtLeastOne = 1
    limit_train_batches: Batches = None
    limit_val_batches: Batches = None  # never 0, because validation chooses the best epoch
    precision: Precision | None = None
    compile: bool = False
    strategy: Strategy = "auto"

    @model_validator(mode="before")
    @classmethod
    def _no_half_runs(cls, content: dict[str, Any]) -> dict[str, Any]:
        """Refuse the options that train.py sets, and those of REFUSED."""
        for name in OURS:
            if name in content:
                raise ValueError(f"{name}: is set by train.py; remove it")
        for name, effect in REFUSED.items():
            value = content.get(name)
            if value and repr(value) != OFF.get(name):
                raise ValueError(f"{name}={value!r}: {effect}")
        return content

    @model_validator(mode="after")
    def _half_precision_on_gpus(self):
        """Refuse 16-mixed without a GPU."""
        if self.precision == "16-mixed" and self.accelerator == "cpu":
            raise ValueError(f"precision={self.precision!r}: is for GPUs; on a CPU give bf16-mixed")
        return self

    @model_validator(mode="after")
    def _validated_at_all(self):
        """Refuse trainings without validation, which chooses the best epoch."""
        every = self.check_val_every_n_epoch
        if every > self.max_epochs:
            raise ValueError(
                f"check_val_every_n_epoch={every}: no epoch of max_epochs={self.max_epochs} "
                "would be validated, and the best one is chosen by that; lower it"
            )
        return self

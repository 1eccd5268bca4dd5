"""The average of a training's weights, which is validated and which the run keeps."""

from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import WeightAveraging
from torch.optim.swa_utils import get_ema_multi_avg_fn


class Averaging(WeightAveraging):
    """Keeps an exponential moving average of the weights, updated after each step.

    average = decay * average + (1 - decay) * weights; it begins with the weights
    after the first step. Validation, the rule of rises and the best epoch use the average.
    Checkpoints hold it as their `state_dict`; the weights that a training continues with stand
    beside it.

    Statistics of batch norm are averaged alike. The latest statistics would not fit the average:
    they look back over some ten batches, the average over 1 / (1 - decay) steps.

    Raises ValueError for a decay that is not between 0 and 1.
    """

    def __init__(self, decay: float):
        if not 0 < decay < 1:
            raise ValueError(f"recipe.averaging.decay={decay}: must be between 0 and 1; null: none")
        # Of PyTorch's two ways the one that leaves what does not change as it is, to the last bit.
        super().__init__(multi_avg_fn=get_ema_multi_avg_fn(decay))
        self._swapped = False  # while the average is validated, the module holds it

    def on_fit_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Follow the module to its device and precision, which it has only now."""
        self._average_model.to(pl_module.device, pl_module.dtype)

    def on_validation_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Validate the average."""
        super().on_validation_epoch_start(trainer, pl_module)
        self._swapped = True

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Go on with the weights."""
        super().on_validation_epoch_end(trainer, pl_module)
        self._swapped = False

    def on_save_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Keep both; which is which is another matter within a validation."""
        super().on_save_checkpoint(trainer, pl_module, checkpoint)
        if self._swapped:
            weights, average = checkpoint["state_dict"], checkpoint["current_model_state"]
            checkpoint.update(state_dict=average, current_model_state=weights)

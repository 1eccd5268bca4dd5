"""Facts about a training that are known once its data is ready; printed before the first step."""

import sys

import pytorch_lightning as pl


class Started(pl.Callback):
    """Prints the size of the network, the amount of data, the device and the number of epochs."""

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Print two lines to standard error, in the first process only."""
        if not trainer.is_global_zero:
            return
        weights = sum(parameter.numel() for parameter in pl_module.network.parameters())
        device = trainer.strategy.root_device
        devices = f"{trainer.world_size} x {device.type}" if trainer.world_size > 1 else device
        data = ", ".join(map(trainer.datamodule.described, ("train", "validation")))
        begun = f", {trainer.current_epoch} of them done" if trainer.current_epoch else ""
        print(f"{weights:,} parameters on {devices}; {data}", file=sys.stderr)
        print(
            f"{trainer.max_epochs} epochs{begun}, each of {trainer.num_training_batches} steps",
            file=sys.stderr,
            flush=True,
        )

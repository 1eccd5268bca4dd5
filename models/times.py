"""The duration of each epoch and its machine, apart from the curve, which no machine changes."""

import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytorch_lightning as pl
import torch

from files.atomic import write_atomic
from files.table import csv_text


class Times(pl.Callback):
    """Writes one row per epoch to `path`, with the columns models.layouts.TIMED.

    The seconds are wall-clock time and include the validation. machine: the computer in words; a
    GPU is named before it. Checkpoints store the rows. An epoch by an older version has no row.
    """

    def __init__(self, path: Path, machine: str):
        self.path, self.machine = path, machine
        self.rows = []
        self.spent_s = 0.0  # on an epoch that was interrupted
        self.began = time.monotonic()

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Continue the clock of an interrupted epoch."""
        self.began = time.monotonic() - self.spent_s

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Start the clock."""
        self.began = time.monotonic()

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Add the epoch that ends."""
        row = {
            "epoch": trainer.current_epoch,
            "seconds": round(time.monotonic() - self.began, 3),
            "machine": _devices(trainer) + self.machine,
        }
        self.rows.append(row)
        if trainer.is_global_zero:
            write_atomic(self.path, csv_text(pd.DataFrame(self.rows)))

    def state_dict(self) -> dict[str, Any]:
        """The state that a checkpoint keeps."""
        return {"rows": self.rows, "spent_s": time.monotonic() - self.began}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state of a checkpoint."""
        self.rows = state["rows"]
        self.spent_s = state.get("spent_s", 0.0)


def _devices(trainer: pl.Trainer) -> str:
    """The GPUs of a training, in words; "" without a GPU."""
    device = trainer.strategy.root_device
    if device.type != "cuda":
        return ""
    return f"{trainer.world_size} x {torch.cuda.get_device_name(device)}, "

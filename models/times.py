"""How long a training took, and on what: beside its curve, which is the same on any machine."""

import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytorch_lightning as pl
import torch

from files.atomic import write_atomic
from files.table import csv_text


class Times(pl.Callback):
    """Writes one row per epoch to `path`: models.layouts.TIMED, seconds by the clock, with its
    validation.

    machine: the computer in words; a GPU is named before it. The rows travel in the checkpoint. An
    epoch that an older version trained has none.
    """

    def __init__(self, path: Path, machine: str):
        self.path, self.machine = path, machine
        self.rows = []
        self.spent_s = 0.0  # on an epoch that was interrupted
        self.began = time.monotonic()

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Go on with the clock of an epoch that was interrupted."""
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
        """What a checkpoint keeps."""
        return {"rows": self.rows, "spent_s": time.monotonic() - self.began}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up where a checkpoint was made."""
        self.rows = state["rows"]
        self.spent_s = state.get("spent_s", 0.0)


def _devices(trainer: pl.Trainer) -> str:
    """The GPUs that a training runs on; "" for none."""
    device = trainer.strategy.root_device
    if device.type != "cuda":
        return ""
    return f"{trainer.world_size} x {torch.cuda.get_device_name(device)}, "

"""Checkpoints of a training: which are saved, and how they appear."""

import io
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import ModelCheckpoint
from pytorch_lightning.plugins.io import TorchCheckpointIO

from files.atomic import write_atomic
from models.checkpoints import read_checkpoint


class Saver(ModelCheckpoint):
    """Saves at the end of each epoch.

    With `monitor` only the best one, of those that were validated. It still knows its best one when
    the run folder has moved.
    """

    def __init__(self, path: Path, monitor: str | None = None):
        super().__init__(
            path.parent,
            path.stem,
            monitor,
            enable_version_counter=False,
            save_on_train_epoch_end=True,
        )

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Save, unless what is monitored was not measured in this epoch."""
        if self.monitor is None or is_validated(trainer):
            super().on_train_epoch_end(trainer, pl_module)

    def state_dict(self) -> dict[str, Any]:
        """What it must know again: names of files, for a run folder may lie anywhere."""
        state = {**super().state_dict(), "dirpath": ""}
        for name, value in state.items():
            if name.endswith("_path"):
                state[name] = Path(value).name if value else value
        state["best_k_models"] = {
            Path(path).name: score for path, score in state["best_k_models"].items()
        }
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up where a checkpoint was made, there or elsewhere."""
        here = {**state, "dirpath": self.dirpath}
        for name, value in state.items():
            if name.endswith("_path"):
                here[name] = self._here(value)
        here["best_k_models"] = {
            self._here(path): score for path, score in state["best_k_models"].items()
        }
        super().load_state_dict(here)

    def _here(self, path: str) -> str:
        """Where a file of that name is now; paths are empty where there is no file."""
        if not path:
            return path
        return str(Path(self.dirpath) / Path(path).name)


class WholeCheckpoints(TorchCheckpointIO):
    """Checkpoints appear whole or not at all, on any file system.

    A run that was killed while saving still has its last one.
    """

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: str, storage_options: Any = None
    ) -> None:
        """Write `checkpoint` to `path`."""
        write_checkpoint(checkpoint, path)

    def load_checkpoint(self, path: str, *options: Any, **more: Any) -> dict[str, Any]:
        """See `read_checkpoint`."""
        return read_checkpoint(Path(path))


def write_checkpoint(checkpoint: dict[str, Any], path: str | Path) -> None:
    """Write `checkpoint` to `path`, whole or not at all."""
    content = io.BytesIO()
    torch.save(checkpoint, content)
    write_atomic(path, content.getvalue())


def is_validated(trainer: pl.Trainer) -> bool:
    """Whether the epoch that runs or has just ended has a validation loss of its own."""
    every = trainer.check_val_every_n_epoch
    return every is not None and (trainer.current_epoch + 1) % every == 0

"""The checkpoints of a training: their selection, and their writing."""

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

    With `monitor` it keeps only the best of the validated epochs. It still finds that checkpoint
    after the run folder has moved.
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
        """Save, unless the monitored value was not measured in this epoch."""
        if self.monitor is None or is_validated(trainer):
            super().on_train_epoch_end(trainer, pl_module)

    def state_dict(self) -> dict[str, Any]:
        """The state that a checkpoint keeps: names of files only, because a run folder may move."""
        state = {**super().state_dict(), "dirpath": ""}
        for name, value in state.items():
            if name.endswith("_path"):
                state[name] = Path(value).name if value else value
        state["best_k_models"] = {
            Path(path).name: score for path, score in state["best_k_models"].items()
        }
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state of a checkpoint, also in a moved folder."""
        here = {**state, "dirpath": self.dirpath}
        for name, value in state.items():
            if name.endswith("_path"):
                here[name] = self._here(value)
        here["best_k_models"] = {
            self._here(path): score for path, score in state["best_k_models"].items()
        }
        super().load_state_dict(here)

    def _here(self, path: str) -> str:
        """The present path of a file by its old path; "" stays ""."""
        if not path:
            return path
        return str(Path(self.dirpath) / Path(path).name)


class WholeCheckpoints(TorchCheckpointIO):
    """Checkpoints appear whole or not at all, on any file system.

    A run that was killed during a save still has its previous checkpoint.
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
    """Whether the current epoch, or the epoch that has just ended, is validated."""
    every = trainer.check_val_every_n_epoch
    return every is not None and (trainer.current_epoch + 1) % every == 0

"""The Trainer of a training, from its config; it writes only to the run folder."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from lightning_fabric.utilities.warnings import PossibleUserWarning
from omegaconf import DictConfig, OmegaConf
from pytorch_lightning.loggers import TensorBoardLogger
from pytorch_lightning.plugins.environments import SLURMEnvironment
from pytorch_lightning.utilities.exceptions import MisconfigurationException
from torch import nn

from command.launch import require_processes, require_tasks_per_node
from command.started import Started
from models.compiling import Compiling
from models.layouts import LAST
from models.progress import Progress
from models.saving import WholeCheckpoints
from models.training import TimeLimit
from options.build import build
from text.line import in_one_line

log = logging.getLogger(__name__)

# Errors that Lightning raises for invalid options, or invalid combinations.
REFUSALS = (MisconfigurationException, ImportError, RuntimeError, TypeError, AttributeError)


def build_trainer(
    cfg: DictConfig, run: Path, callbacks: Sequence[pl.Callback], steps: int | None
) -> pl.Trainer:
    """The trainer of `cfg`, writing to `run`.

    callbacks: in addition to the trainer's. steps: number of steps done before. Raises ValueError
    if its devices, or the processes that should have been started for them, are missing.
    """
    options = OmegaConf.to_container(cfg.trainer, resolve=True)
    synchronised = options.get("sync_batchnorm", False)
    options["sync_batchnorm"] = synchronised and _on_gpu(options)
    require_tasks_per_node()
    limit = options.pop("max_time", None)
    compiled = options.pop("compile", False)
    with _refusals_of_lightning(limit):
        trainer = build(
            {**options, "enable_progress_bar": False},
            pl.Trainer,
            within="pytorch_lightning",
            logger=_logger(run, steps),
            callbacks=[*callbacks, *_own_callbacks(options, limit, compiled)],
            plugins=_plugins(),
            default_root_dir=run / LAST.parent,  # Lightning looks there for its checkpoints
        )
    require_processes(trainer)
    return trainer


def _logger(run: Path, steps: int | None) -> TensorBoardLogger:
    return TensorBoardLogger(
        run,
        name="",
        version="",
        sub_dir="tensorboard",
        purge_step=steps,
    )


def _own_callbacks(options: dict, limit: Any, compiled: bool) -> list[pl.Callback]:
    """Callbacks that replace options of Lightning: a time limit, first messages, a progress bar.

    Compilation of the network is added, which Lightning leaves to its caller.
    """
    callbacks = [Started()]
    if compiled:
        callbacks.append(Compiling())
    if limit is not None:
        callbacks.append(TimeLimit(limit))
    if options.get("enable_progress_bar", True):
        callbacks.append(Progress())
    return callbacks


def _plugins() -> list:
    """Atomic checkpoints, and SLURM's environment without requeueing.

    Lightning would requeue a job, with a checkpoint in a place of its choice.
    """
    plugins = [WholeCheckpoints()]
    if SLURMEnvironment.detect():
        plugins.append(SLURMEnvironment(auto_requeue=False))
    return plugins


def _on_gpu(options: dict) -> bool:
    """Whether to synchronise batch norm: PyTorch does so only on GPUs."""
    return torch.cuda.is_available() and options.get("accelerator", "auto") != "cpu"


def note_unsynchronised(trainer: pl.Trainer, module: nn.Module) -> None:
    """Print a note about the parts that the processes of a training do not synchronise."""
    on_cpus = trainer.strategy.root_device.type != "cuda"
    has_batch_norm = any(
        isinstance(layer, nn.modules.batchnorm._BatchNorm) for layer in module.modules()
    )
    if trainer.world_size > 1 and on_cpus and has_batch_norm:
        log.warning(
            "note: batch norm is synchronised on GPUs only: here its statistics are those of the "
            "first process' share of each batch"
        )


@contextmanager
def _refusals_of_lightning(limit: Any) -> Iterator[None]:
    """Convert errors of Lightning about its options to a ValueError of one line.

    limit: the typed max_time.
    """
    try:
        yield
    except REFUSALS as error:
        message = in_one_line(error)
        option = "trainer"
        if limit is not None and "time" in message.lower():
            option = f"trainer.max_time={limit!r}"
        raise ValueError(f"{option}: {message} Give others, or trainer=cpu") from error


@contextmanager
def quiet() -> Iterator[None]:
    """Hide Lightning's greetings, tips and guesses, which do not fit this project's users."""
    for name in ("pytorch_lightning", "lightning_fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=PossibleUserWarning)
        # Lightning 2.6 on torch 2.14.
        warnings.filterwarnings("ignore", r".*isinstance\(treespec, LeafSpec\)")
        # Lightning says so when resuming.
        warnings.filterwarnings("ignore", "Checkpoint directory .* exists and is not empty")
        yield

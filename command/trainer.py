"""The Trainer of a training: from its config, with the run folder as all that it knows of the world."""

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

from command.launch import require_processes
from models.checkpoints import WholeCheckpoints
from models.progress import Progress
from models.run import LAST
from models.training import TimeLimit
from options.build import build


def build_trainer(cfg: DictConfig, run: Path, callbacks: Sequence[pl.Callback], steps: int | None) -> pl.Trainer:
    """The trainer that `cfg` describes, with `callbacks`, writing to `run`; `steps` are done already.

    Raises ValueError where its devices, or the processes that were started for them, are not there.
    """
    options = OmegaConf.to_container(cfg.trainer, resolve=True)
    options["sync_batchnorm"] = options.get("sync_batchnorm", False) and _on_gpu(options)
    limit = options.pop("max_time", None)
    with _refused(limit):
        more = [TimeLimit(limit)] if limit is not None else []
        more += [Progress()] if options.get("enable_progress_bar", True) else []
        trainer = build(
            {**options, "enable_progress_bar": False, "_partial_": True},
            "pytorch_lightning",
            logger=TensorBoardLogger(run, name="", version="", sub_dir="tensorboard", purge_step=steps),
            callbacks=[*callbacks, *more],
            plugins=[WholeCheckpoints(), *_environment()],
            default_root_dir=run / LAST.parent,  # Lightning looks there for checkpoints of its own
        )
    require_processes(trainer)
    return trainer


def _environment() -> list[SLURMEnvironment]:
    """Lightning puts a job back into SLURM's queue by itself, with a checkpoint in a place of its own: never here."""
    return [SLURMEnvironment(auto_requeue=False)] if SLURMEnvironment.detect() else []


def _on_gpu(options: dict) -> bool:
    """PyTorch synchronises batch norm on GPUs only, and refuses elsewhere."""
    return torch.cuda.is_available() and options.get("accelerator", "auto") != "cpu"


@contextmanager
def _refused(limit: Any) -> Iterator[None]:
    """What Lightning refuses of its options, as a ValueError of one line."""
    try:
        yield
    except (MisconfigurationException, ImportError, RuntimeError, TypeError, AttributeError) as error:
        of = f"trainer.max_time={limit!r}" if limit is not None and "time" in str(error).lower() else "trainer"
        raise ValueError(f"{of}: {' '.join(str(error).split())} Give others, or trainer=cpu") from error


@contextmanager
def quiet() -> Iterator[None]:
    """Lightning's greetings, tips and guesses at what its user may have meant are not for ours."""
    for name in ("pytorch_lightning", "lightning_fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=PossibleUserWarning)
        warnings.filterwarnings("ignore", r".*isinstance\(treespec, LeafSpec\)")  # Lightning 2.6 on torch 2.14
        warnings.filterwarnings("ignore", "Checkpoint directory .* exists and is not empty")  # it does when resuming
        yield

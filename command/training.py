"""From a training config to a run folder, or on from where a run was interrupted."""

import logging
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytorch_lightning as pl
import torch
from hydra.core.hydra_config import HydraConfig
from lightning_fabric.utilities.warnings import PossibleUserWarning
from omegaconf import DictConfig, OmegaConf
from pytorch_lightning.loggers import TensorBoardLogger
from pytorch_lightning.utilities.exceptions import MisconfigurationException
from pytorch_lightning.utilities.rank_zero import rank_zero_only

from command import data
from command.entry import save_config
from command.process import Ended
from datagen.datamodule import PlanData
from datagen.library import Library
from datagen.plan import Plan, load_plan
from datagen.pool import build_pool
from models.progress import Progress
from models.run import BEST, CURVE, LAST, build_enhancer, checkpoint, keep_ancestors, load_weights, run_config
from models.training import Cooldown, Curve, OwnSignals, Saver, SeedByEpoch, WholeCheckpoints
from safety.atomic import clear_unfinished
from safety.build import build

MAY_CHANGE = ("trainer.", "data.workers", "data.cache", "data_root=", "cache=", "jobs=")


def resumed(cfg: DictConfig) -> DictConfig:
    """The config of the run to resume, with the few overrides that may differ; ValueError naming any other."""
    typed = [item for item in HydraConfig.get().overrides.task if not item.startswith("resume=")]
    typed = [item.lstrip("+") for item in typed]
    if refused := [item for item in typed if not item.startswith(MAY_CHANGE)]:
        raise ValueError(
            f"resume={cfg.resume}: goes on with the config of that run, so {', '.join(refused)} cannot be given; "
            f"only {', '.join(MAY_CHANGE)} may change"
        )
    return OmegaConf.merge(run_config(Path(cfg.resume)), OmegaConf.from_dotlist(typed), {"resume": cfg.resume})


def require_unused(run: Path) -> None:
    """Raise ValueError where `run` holds the checkpoints of a training: a new one would replace them unasked."""
    if any((run / name).exists() for name in (BEST, LAST)):
        raise ValueError(f"output={run}: holds a training; go on with it by resume={run}, or choose another output")


def fit(cfg: DictConfig, run: Path) -> None:
    """Train as `cfg` says, into `run`; with `resume` from the last epoch that it finished, if it finished one."""
    pl.seed_everything(cfg.seed, workers=True, verbose=False)
    last = run / LAST if cfg.resume and (run / LAST).exists() else None
    step = checkpoint(run, LAST)["global_step"] if last else None
    module = build_enhancer(cfg)
    if cfg.get("start_from") and not last:
        load_weights(module, Path(cfg.start_from))
    batches = plan_data(cfg)
    if rank_zero_only.rank == 0:
        batches.plan.save(run)
        if not cfg.resume:
            if cfg.start_from:
                keep_ancestors(run, Path(cfg.start_from))
            save_config(cfg, run)
        for folder in (run, run / LAST.parent):
            clear_unfinished(folder)
    callbacks = [build(cfg.recipe.rule_of_rises, "models.training"), Cooldown(cfg.recipe.cooldown_epochs)]
    callbacks += [SeedByEpoch(cfg.seed), Curve(run / CURVE), OwnSignals()]
    # One for the best epoch on validation, one for the last: the state to resume from.
    callbacks += [Saver(run / BEST, monitor="validation_loss"), Saver(run / LAST)]
    options = OmegaConf.to_container(cfg.trainer, resolve=True)
    options["sync_batchnorm"] = options.get("sync_batchnorm", False) and _on_gpu(options)
    callbacks += [Progress()] if options.get("enable_progress_bar", True) else []
    with _quiet(), _one_line(run):
        trainer = build(
            {**options, "enable_progress_bar": False, "_partial_": True},
            "pytorch_lightning",
            logger=TensorBoardLogger(run, name="", version="", sub_dir="tensorboard", purge_step=step),
            callbacks=callbacks,
            plugins=[WholeCheckpoints()],
        )
        trainer.fit(module, batches, ckpt_path=last, weights_only=True)


def _on_gpu(options: dict) -> bool:
    """PyTorch synchronises batch norm on GPUs only, and refuses elsewhere."""
    return torch.cuda.is_available() and options.get("accelerator", "auto") != "cpu"


@contextmanager
def _quiet() -> Iterator[None]:
    """Lightning's greetings, tips and guesses at what its user may have meant are not for ours."""
    for name in ("pytorch_lightning", "lightning_fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=PossibleUserWarning)
        warnings.filterwarnings("ignore", r".*isinstance\(treespec, LeafSpec\)")  # Lightning 2.6 on torch 2.14
        warnings.filterwarnings("ignore", "Checkpoint directory .* exists and is not empty")  # it does when resuming
        yield


@contextmanager
def _one_line(run: Path) -> Iterator[None]:
    """What a user can mend, as a ValueError of one line: a setting of the trainer, a file that a worker met."""
    try:
        yield
    except SystemExit as error:  # what Lightning makes of Ctrl-C, and of other signals
        number = getattr(error.__context__, "number", signal.SIGINT)
        raise Ended(number, f"go on with resume={run}") from None
    except (MisconfigurationException, ImportError) as error:
        raise ValueError(f"trainer: {' '.join(str(error).split())} Give others, or trainer=cpu") from error
    except (ValueError, OSError) as error:
        if "Original Traceback" not in str(error):
            raise
        raise ValueError(str(error).strip().splitlines()[-1].partition(": ")[2]) from error


def plan_data(cfg: DictConfig) -> PlanData:
    """The batches that the config trains and validates on, by its route."""
    route = build(cfg.data.route, "datagen.dataset")
    if cfg.data.folder is not None:
        plan = load_plan(Path(cfg.data.folder))
        route = partial(route, folder=cfg.data.folder, sample_rate=cfg.sample_rate)
    else:
        drawer = data.drawer(cfg)
        plan = data.plan(cfg, drawer, "train", "validation")
        route = partial(route, library=_library(cfg, plan, drawer.library))
    options = {name: cfg.data[name] for name in ("batch_size", "max_padding", "workers", "steps_per_epoch")}
    return PlanData(plan, route, seed=cfg.seed, **options)


def _library(cfg: DictConfig, plan: Plan, files: Library) -> Library:
    if cfg.data.cache == "none":
        return files
    speech = plan.speech[plan.speech.split != "test"]
    pool = build_pool([*speech.path, *plan.noise.path], cfg.sample_rate, Path(cfg.cache))
    return Library(speech, plan.noise, pool)

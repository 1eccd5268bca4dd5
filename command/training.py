"""From a training config to a run folder, or on from where a run was interrupted."""

from functools import partial
from pathlib import Path

import pytorch_lightning as pl
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf
from pytorch_lightning.callbacks import ModelCheckpoint
from pytorch_lightning.loggers import TensorBoardLogger

from command import data
from datagen.datamodule import PlanData
from datagen.library import Library
from datagen.plan import Plan, load_plan
from datagen.pool import build_pool
from models.run import BEST, LAST, build_enhancer, checkpoint, run_config
from models.training import Curve, SeedByEpoch, WholeCheckpoints
from safety.build import build

MAY_CHANGE = ("trainer.", "data.workers", "data.cache")


def resumed(cfg: DictConfig) -> DictConfig:
    """The config of the run to resume, with the few overrides that may differ; ValueError naming any other."""
    typed = [item for item in HydraConfig.get().overrides.task if not item.startswith(("resume=", "output="))]
    if refused := [item for item in typed if not item.startswith(MAY_CHANGE)]:
        raise ValueError(
            f"resume={cfg.resume}: goes on with the config of that run, so {', '.join(refused)} cannot be given; "
            f"only {', '.join(MAY_CHANGE)} may change"
        )
    return OmegaConf.merge(run_config(Path(cfg.resume)), OmegaConf.from_dotlist(typed), {"resume": cfg.resume})


def fit(cfg: DictConfig, run: Path) -> None:
    """Train as `cfg` says, into `run`; with `resume` from the last epoch that it finished."""
    pl.seed_everything(cfg.seed, workers=True, verbose=False)
    module, plan_data = build_enhancer(cfg), _data(cfg)
    last = run / LAST if cfg.resume else None
    step = checkpoint(run, LAST)["global_step"] if cfg.resume else None
    logger = TensorBoardLogger(run, name="", version="", sub_dir="tensorboard", purge_step=step)
    callbacks = [build(cfg.recipe.rule_of_rises, "models.training"), SeedByEpoch(cfg.seed), Curve(run / "curve.csv")]
    # One for the best epoch on validation, one for the last: the state to resume from.
    saver = partial(ModelCheckpoint, run / BEST.parent, enable_version_counter=False, save_on_train_epoch_end=True)
    callbacks += [saver(filename=BEST.stem, monitor="validation_loss"), saver(filename=LAST.stem)]
    trainer = build(
        {**OmegaConf.to_container(cfg.trainer, resolve=True), "_partial_": True},
        "pytorch_lightning",
        logger=logger,
        callbacks=callbacks,
        plugins=[WholeCheckpoints()],
    )
    trainer.fit(module, plan_data, ckpt_path=last, weights_only=True)


def _data(cfg: DictConfig) -> PlanData:
    route = build(cfg.data.route, "datagen.dataset")
    if cfg.data.folder is not None:
        plan = load_plan(Path(cfg.data.folder))
        route = partial(route, folder=cfg.data.folder, sample_rate=cfg.sample_rate)
    else:
        drawer = data.drawer(cfg)
        plan = data.plan(cfg, drawer, "train", "validation")
        route = partial(route, library=_library(cfg, plan, drawer.library))
    return PlanData(plan, route, cfg.data.batch_size, cfg.data.max_padding, cfg.data.workers, cfg.seed)


def _library(cfg: DictConfig, plan: Plan, files: Library) -> Library:
    if cfg.data.cache == "none":
        return files
    speech = plan.speech[plan.speech.split != "test"]
    pool = build_pool([*speech.path, *plan.noise.path], cfg.sample_rate, Path(cfg.cache))
    return Library(speech, plan.noise, pool)

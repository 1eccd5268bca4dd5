"""A run folder is the model: rebuilt from its config, weights loaded, nothing executed."""

from functools import partial
from pathlib import Path
from typing import Any

import torch
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from dsp.stft import STFT
from files.table import copy_tables
from models.checkpoints import read_checkpoint
from models.enhancer import Enhancer
from models.level import Level
from models.losses.loss import Loss
from models.multiply_adds import require_countable
from models.networks.network import Network, require_shapes
from models.targets.target import Target
from options.build import build, maker
from options.older import upgraded
from options.typed import typed

CONFIG, CURVE = Path(".hydra/config.yaml"), Path("curve.csv")
# The tables of what the weights were trained on before, a folder for each training.
ANCESTORS = Path("ancestors")
BEST, LAST = Path("checkpoints/best.ckpt"), Path("checkpoints/last.ckpt")
NEEDED = ("network", "target", "level", "recipe", "stft", "sample_rate")  # of a training's config


def build_enhancer(cfg: DictConfig) -> Enhancer:
    """The untrained module that a training config describes.

    Raises ValueError where a part of it is not what it must be, and where the costs of its network
    could not be told.
    """
    # A key typed on the command line is text, and comes after those of the file.
    stage_gains_db = {}
    for stages, gains_db in cfg.recipe.stage_gains_db.items():
        stage_gains_db[int(stages)] = list(gains_db)
    enhancer = Enhancer(
        stft=STFT(cfg.sample_rate, **cfg.stft),
        target=build(cfg.target, Target),
        network=partial(build, cfg.network, Network),
        level=build(cfg.level, Level, within="models.level"),
        stage_gains_db=stage_gains_db,
        stage_weight=cfg.recipe.stage_weight,
        optimizer=maker(cfg.recipe.optimizer, torch.optim.Optimizer),
        criterion=build(cfg.recipe.loss, Loss) if cfg.recipe.loss else None,
    )
    require_countable(enhancer.network, enhancer.stft.freqs, enhancer.target.component_count)
    require_shapes(enhancer.network, enhancer.stft.freqs)
    return enhancer


def run_config(run: Path) -> DictConfig:
    """The config of a training run, in today's words.

    Raises FileNotFoundError or ValueError where `run` is none.
    """
    path = _config_of(run)
    try:
        cfg = OmegaConf.load(path)
    except (OmegaConfBaseException, YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{path}: not a config ({reason[:120]}); train the run anew") from error
    for option in NEEDED:
        if option not in cfg:
            raise ValueError(
                f"{run}: not a training run, its config has no {option}; "
                "give a folder train.py wrote"
            )
    return upgraded(cfg)


def checkpoint(run: Path, name: Path) -> dict[str, Any]:
    """What a checkpoint of `run` holds, tensors and plain values only.

    Raises FileNotFoundError or ValueError, in one line, for none or a broken one.
    """
    _config_of(run)
    path = run / name
    if not path.exists():
        raise FileNotFoundError(
            f"{run}: has no {name}, its training has not finished an epoch; "
            f"train it with {typed('resume', run)}"
        )
    return read_checkpoint(path)


def load_run(run: Path) -> Enhancer:
    """The trained module of a run, ready to enhance: its best epoch on validation."""
    enhancer = build_enhancer(run_config(run))
    load_weights(enhancer, run)
    return enhancer.eval()


def load_weights(enhancer: Enhancer, run: Path, name: Path = BEST) -> None:
    """Give `enhancer` the weights of a run's best epoch on validation.

    name: of another checkpoint. Raises ValueError where the run's network is another.
    """
    try:
        content = checkpoint(run, name)
        enhancer.load_state_dict(content["state_dict"])
    except RuntimeError as error:
        network = type(enhancer.network).__name__
        raise ValueError(
            f"{run / name}: weights of another network than {network} as the config has it; "
            "give the run that they belong to"
        ) from error


def ancestors(run: Path) -> list[Path]:
    """Folders with speech.csv and noise.csv of all trainings that the weights of `run` come from.

    Those before its own.
    """
    return sorted((run / ANCESTORS).glob("*"))


def keep_ancestors(run: Path, parent: Path) -> None:
    """Copy into `run` what its `parent` and the ancestors of that one were trained on."""
    remedy = f"put it back with train.py resume={parent}"
    for generation, folder in enumerate([parent, *ancestors(parent)]):
        copy = run / ANCESTORS / f"{generation:03d}"
        copy_tables(folder, copy, ("speech.csv", "noise.csv"), remedy)


def _config_of(run: Path) -> Path:
    path = run / CONFIG
    if not path.exists():
        raise FileNotFoundError(
            f"{run}: not a training run, it has no .hydra/config.yaml; give a folder train.py wrote"
        )
    return path

"""Rebuilds a model from its run folder: config and weights; no code of the folder is executed."""

import pickle
from functools import lru_cache
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf
from torch import nn

from files.fingerprint import of_values
from files.sums import copy_tables
from models.building import build_enhancer
from models.enhancer import Enhancer
from models.layouts import (
    ANCESTORS,
    ancestors,
    best_weights,
    checkpoint,
    config_path,
    curves_in,
    layout,
    tables_again,
    weights_of,
)
from options.config_file import parsed_config
from options.older import upgraded
from options.run_options import PARTS, flat, portable

NEEDED = ("recipe", "stft", "sample_rate")  # in the config of a training


def task_name(cfg: DictConfig) -> str:
    """The task of a config, as `task=` chooses it."""
    return cfg.task["_target_"].rpartition(".")[2].lower()


def run_config(run: Path) -> DictConfig:
    """The config of a training run, with today's options.

    Raises FileNotFoundError or ValueError where `run` is not a training run.
    """
    path = config_path(run)
    # Unpickling copies a config several times as fast as copying it does.
    return pickle.loads(_config(run, path, path.read_bytes()))  # noqa: S301 - of this process


@lru_cache
def _config(run: Path, path: Path, content: bytes) -> bytes:
    """See run_config; `content` is that of `path`. The config is pickled.

    Kept, as reading YAML is slow and an evaluation asks many times for the config of a run.
    """
    cfg = parsed_config(path, content, "train the run anew")
    for option in NEEDED:
        if option not in cfg:
            raise ValueError(
                f"{run}: not a training run, its config has no {option}; "
                "give a folder that train.py or publish.py wrote"
            )
    return pickle.dumps(upgraded(cfg))


def load_run(run: Path) -> Enhancer:
    """The trained module of a run, ready to enhance: its best epoch on validation.

    Raises FileNotFoundError or ValueError where `run` is no run, or of a task other than
    enhancement.
    """
    cfg = run_config(run)
    if any(cfg.get(option) is None for option in PARTS):
        raise ValueError(
            f"{run}: is a run of task={task_name(cfg)}, and one of task=enhancement is needed; "
            "give one of python train.py recipe=demo network=pl_crnn target=iam output=RUN"
        )
    enhancer = build_enhancer(cfg)
    load_weights(enhancer, run)
    return enhancer.eval()


def load_weights(module: nn.Module, run: Path, name: Path | None = None) -> None:
    """Load the weights of a run's best epoch on validation into `module`.

    module: its attribute `network` is the network. name: of another checkpoint of the run. Raises
    ValueError where the run has a different network.
    """
    state = best_weights(run) if name is None else checkpoint(run, name)["state_dict"]
    _load(module, state, run / (name or layout(run).weights))


def start_from(module: nn.Module, run: Path) -> list[str]:
    """Load the weights of a run's best epoch, from which a training of `module` starts.

    The run may lack the parts of the network that change nothing before they are trained
    (`Network.neutral`). Returns the names of those it lacks. Raises ValueError where the run has a
    different network.
    """
    neutral = getattr(module.network, "neutral", ())
    own = {
        name: value
        for name, value in module.state_dict().items()
        if name.split(".")[:2] in [["network", part] for part in neutral]
    }
    state = best_weights(run)
    lacking = own.keys() - state.keys()
    _load(module, own | state, run / layout(run).weights)
    return sorted({name.split(".")[1] for name in lacking})


def _load(module: nn.Module, state: dict[str, Any], path: Path) -> None:
    """Raises ValueError where `state`, read from `path`, is that of a different network."""
    try:
        module.load_state_dict(state)
    except RuntimeError as error:
        network = type(module.network).__name__
        raise ValueError(
            f"{path}: weights of another network than {network} as the config has it; "
            "give the run that they belong to"
        ) from error


def content_of(run: Path) -> str:
    """A fingerprint of a run's config and weights, equal for its folder and its published form."""
    options = OmegaConf.to_container(run_config(run))
    return of_values(flat(portable(options)), weights_of(run))


def keep_ancestors(run: Path, parent: Path) -> None:
    """Copy into `run` the training tables and curves of its `parent` and the parent's ancestors."""
    for generation, folder in enumerate([parent, *ancestors(parent)]):
        copy = run / ANCESTORS / f"{generation:03d}"
        names = ("speech.csv", "noise.csv", *curves_in(folder))
        copy_tables(folder, copy, names, tables_again(parent))

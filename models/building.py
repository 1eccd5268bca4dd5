"""Builds the untrained model that a training's config describes."""

import inspect
from functools import partial
from typing import Any

from omegaconf import DictConfig
from torch import nn

from dsp.stft import STFT
from models.enhancer import Enhancer
from models.level import Level
from models.multiply_adds import require_countable
from models.networks.network import Network, require_shapes
from models.targets.target import Target
from options.build import build
from options.faults import faults_named


def build_enhancer(cfg: DictConfig) -> Enhancer:
    """The untrained enhancer that a training config describes.

    Raises ValueError for an invalid part of it, and for a network whose costs cannot be counted.
    """
    limit_db = cfg.task.get("attenuation_limit_db")
    enhancer = Enhancer(**enhancer_parts(cfg), attenuation_limit_db=limit_db)
    require_contract(enhancer)
    return enhancer


def enhancer_parts(cfg: DictConfig) -> dict[str, Any]:
    """The arguments of `Enhancer` that a training config describes."""
    return estimator_parts(cfg, cfg, Network)


def require_contract(enhancer: Enhancer) -> None:
    """Raise ValueError where the network of `enhancer` breaks its contract, or fails."""
    network = enhancer.network
    with faults_named(inspect.getfile(type(network)), checked=False):
        require_countable(network, enhancer.stft.freqs, enhancer.target.component_count)
        require_shapes(network, enhancer.stft.freqs)


def estimator_parts(
    cfg: DictConfig, chosen: DictConfig, contract: type[nn.Module]
) -> dict[str, Any]:
    """The arguments of an `Estimator` that a training's config describes.

    chosen: the part of the config with the target and the network, which fulfils `contract`. Raises
    ValueError for an invalid part.
    """
    return {
        "stft": STFT(cfg.sample_rate, **cfg.stft),
        "target": build(chosen.target, Target),
        "network": partial(build, chosen.network, contract),
        "level": build(cfg.level, Level, within="models.level"),
    }

"""The parts of an estimator that a training's config describes."""

from functools import partial
from typing import Any

from omegaconf import DictConfig
from torch import nn

from dsp.stft import STFT
from models.level import Level
from models.targets.target import Target
from options.build import build


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

"""Configs that older versions wrote: what they would say today."""

from typing import Any

from omegaconf import DictConfig, OmegaConf


def upgraded(cfg: DictConfig) -> DictConfig:
    """The config of a run as it would be written today."""
    return OmegaConf.create(_upgraded(OmegaConf.to_container(cfg)))


def _upgraded(node: Any) -> Any:
    if isinstance(node, list):
        return [_upgraded(value) for value in node]
    if not isinstance(node, dict):
        return node
    node = {name: _upgraded(value) for name, value in node.items()}
    if "_target_" in node and "category" in node:  # of a folder of audio: it told kinds of noise apart
        node["kind"] = node.pop("category")
    return node

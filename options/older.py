"""Upgrades configs of older versions to today's options."""

from typing import Any

from omegaconf import DictConfig, OmegaConf

TARGETS = {  # former functions: the classes that replace them
    "datagen.corpora.demo.demo": "datagen.corpora.demo.Demo",
    "datagen.corpora.esc50.esc50": "datagen.corpora.esc50.ESC50",
    "datagen.corpora.folder.folder": "datagen.corpora.folder.Folder",
    "datagen.corpora.librispeech.librispeech": "datagen.corpora.librispeech.LibriSpeech",
    "datagen.corpora.noisex92.noisex92": "datagen.corpora.noisex92.NOISEX92",
    "datagen.corpora.synthetic.crowds": "datagen.corpora.synthetic.Crowds",
    "datagen.corpora.synthetic.random_colours": "datagen.corpora.synthetic.RandomColours",
    "datagen.corpora.timit.timit": "datagen.corpora.timit.TIMIT",
}


MEANT = {  # values of options that older configs lack, below choices that they have
    "recipe.averaging": {"decay": None},
    "recipe.loss": None,
    "recipe.schedule": None,
    "stft.window": "hamming",
}


TASK = {"_target_": "tasks.enhancement.Enhancement"}  # the only task of older runs


def upgraded(cfg: DictConfig) -> DictConfig:
    """The config of a run with today's options."""
    today = OmegaConf.create(_upgraded(OmegaConf.to_container(cfg)))
    if "network" in today:
        task = today.setdefault("task", TASK)
        if task["_target_"] == TASK["_target_"]:
            task.setdefault("attenuation_limit_db", None)
    for option, value in MEANT.items():
        choice, _, name = option.rpartition(".")
        node = OmegaConf.select(today, choice)
        if isinstance(node, DictConfig) and name not in node:
            node[name] = value
    return today


def _upgraded(node: Any) -> Any:
    if isinstance(node, list):
        return [_upgraded(value) for value in node]
    if not isinstance(node, dict):
        return node
    node = {name: _upgraded(value) for name, value in node.items()}
    if "_target_" in node:
        node["_target_"] = TARGETS.get(str(node["_target_"]), node["_target_"])
        node.pop("_partial_", None)  # the caller knows the missing arguments
        if "category" in node:  # of a folder of audio: the kind of noise
            node["kind"] = node.pop("category")
    return node

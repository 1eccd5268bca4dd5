"""Configs that older versions wrote: what they would say today."""

from typing import Any

from omegaconf import DictConfig, OmegaConf

TARGETS = {  # what was a function once: the class that it is today
    "datagen.corpora.demo.demo": "datagen.corpora.demo.Demo",
    "datagen.corpora.esc50.esc50": "datagen.corpora.esc50.ESC50",
    "datagen.corpora.folder.folder": "datagen.corpora.folder.Folder",
    "datagen.corpora.librispeech.librispeech": "datagen.corpora.librispeech.LibriSpeech",
    "datagen.corpora.noisex92.noisex92": "datagen.corpora.noisex92.NOISEX92",
    "datagen.corpora.synthetic.crowds": "datagen.corpora.synthetic.Crowds",
    "datagen.corpora.synthetic.random_colours": "datagen.corpora.synthetic.RandomColours",
    "datagen.corpora.timit.timit": "datagen.corpora.timit.TIMIT",
}


MEANT = {  # an option that there was not yet, below a choice that there was: what its runs mean
    "recipe.averaging": {"decay": None},
    "recipe.loss": None,
    "recipe.schedule": None,
    "stft.window": "hamming",
}


TASK = {"_target_": "tasks.enhancement.Enhancement"}  # of every run of before there were others


def upgraded(cfg: DictConfig) -> DictConfig:
    """The config of a run as it would be written today."""
    today = OmegaConf.create(_upgraded(OmegaConf.to_container(cfg)))
    if "network" in today:
        today.setdefault("task", TASK)
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
        node.pop("_partial_", None)  # whoever builds it knows which arguments it lacks
        if "category" in node:  # of a folder of audio: it told kinds of noise apart
            node["kind"] = node.pop("category")
    return node

"""The options of a script as a command line composes them, without running it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

REFERENCE = re.compile(r"\$\{([\w.]+)\}")  # a value that is another option's
MISSING = "???"  # of an option that must be typed


class Source(NamedTuple):
    """A yaml that options come from. package: the option that it is put at; "" for the top."""

    path: Path
    package: str


class Choice(NamedTuple):
    """A group of options of which one is chosen. key: what is typed, GROUP or GROUP@PLACE."""

    key: str
    group: str
    chosen: str
    options: list[str]


class Composed(NamedTuple):
    """What a command line makes of conf/. sources: a later one has the last word."""

    cfg: DictConfig
    sources: list[Source]
    choices: list[Choice]


def config(script: str, folder: Path, typed: Sequence[str] = ()) -> DictConfig:
    """The options of `script` alone; see `composed`. Within a script of the same folder, too."""
    if GlobalHydra.instance().is_initialized():
        return compose(script, list(typed))
    with initialize_config_dir(str(folder), version_base="1.3", job_name=script):
        return compose(script, list(typed))


def composed(script: str, folder: Path, typed: Sequence[str] = ()) -> Composed:
    """The options of `script`, whose root yaml stands in `folder`, with what was `typed`.

    Raises what Hydra raises where it cannot be composed.
    """
    with initialize_config_dir(str(folder), version_base="1.3", job_name=script):
        cfg = compose(script, list(typed), return_hydra_config=True)
        loader = GlobalHydra.instance().config_loader()
        found = loader.compute_defaults_list(script, list(typed), RunMode.RUN)
        choices = []
        for key, chosen in found.overrides.known_choices.items():
            group, _, _ = key.partition("@")
            if not group.startswith("hydra/"):
                options = loader.get_group_options(group)
                choices.append(Choice(key, group, str(chosen), options))
    sources = []
    for default in found.defaults:
        path = folder / f"{default.config_path}.yaml"
        if path.is_file():
            sources.append(Source(path, default.package))
    with open_dict(cfg), _hydra_config(cfg):
        if not OmegaConf.is_missing(cfg, "output") and "output" in cfg:
            cfg.output = cfg.output  # the one option that refers to Hydra's own
        del cfg["hydra"]
    return Composed(cfg, sources, choices[::-1])


class Option(NamedTuple):
    """An option by its whole name. value: as it resolves, None of one that holds others.

    refers_to: the option whose value it takes, unless typed.
    """

    name: str
    value: Any
    refers_to: str = ""
    holds: bool = False


def options(cfg: DictConfig, prefix: str = "") -> Iterator[Option]:
    """All options of `cfg`, one that holds others before them."""
    for key in cfg:
        name = f"{prefix}{key}"
        reference = REFERENCE.fullmatch(str(_raw(cfg, key)))
        node = None if reference or OmegaConf.is_missing(cfg, key) else cfg._get_node(key)
        if isinstance(node, DictConfig) and len(node):
            yield Option(name, None, holds=True)
            yield from options(node, f"{name}.")
        else:
            yield Option(name, _value(cfg, key), reference[1] if reference else "")


def _raw(cfg: DictConfig, key: Any) -> Any:
    """What stands there: a reference as it is written."""
    return cfg._get_node(key)._value()


def _value(cfg: DictConfig, key: Any) -> Any:
    """What an option is, resolved where that can be done without running a script."""
    if OmegaConf.is_missing(cfg, key):
        return MISSING
    try:
        value = cfg[key]
    except OmegaConfBaseException:
        return _raw(cfg, key)
    return OmegaConf.to_container(value, resolve=True) if OmegaConf.is_config(value) else value


@contextmanager
def _hydra_config(cfg: DictConfig) -> Iterator[None]:
    """Within it, options that refer to Hydra's own resolve to those of `cfg`."""
    holder = HydraConfig.instance()
    before = holder.cfg
    holder.set_config(cfg)
    try:
        yield
    finally:
        holder.cfg = before

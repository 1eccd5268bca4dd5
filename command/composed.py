"""The options of a script as its command line composes them, without running the script."""

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

REFERENCE = re.compile(r"\$\{([\w.]+)\}")  # a value that refers to another option
MISSING = "???"  # the value of an option that must be typed


class Source(NamedTuple):
    """A yaml that contains options. package: the option under which they are put, or ""."""

    path: Path
    package: str


class Choice(NamedTuple):
    """A group of options from which one is chosen. key: the typed name, GROUP or GROUP@PLACE."""

    key: str
    group: str
    chosen: str
    options: list[str]


class Composed(NamedTuple):
    """The config of a command line. sources: its yaml files; later ones override earlier ones."""

    cfg: DictConfig
    sources: list[Source]
    choices: list[Choice]


def config(script: str, folder: Path, typed: Sequence[str] = ()) -> DictConfig:
    """Only the options of `script`; see `composed`. Works inside a script of its folder, too."""
    if GlobalHydra.instance().is_initialized():
        return compose(script, list(typed))
    with initialize_config_dir(str(folder), version_base="1.3", job_name=script):
        return compose(script, list(typed))


def composed(script: str, folder: Path, typed: Sequence[str] = ()) -> Composed:
    """The options of `script`, whose root yaml is in `folder`, after `typed`.

    Raises the errors of Hydra if the config cannot be composed.
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
            cfg.output = cfg.output  # the only option that refers to Hydra's config
        del cfg["hydra"]
    return Composed(cfg, sources, choices[::-1])


class Option(NamedTuple):
    """An option by its full name. value: resolved; None for an option that contains others.

    refers_to: the option that gives its value by default.
    """

    name: str
    value: Any
    refers_to: str = ""
    holds: bool = False


def options(cfg: DictConfig, prefix: str = "") -> Iterator[Option]:
    """All options of `cfg`; an option that contains others comes before them."""
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
    """The value as written, without resolving a reference."""
    return cfg._get_node(key)._value()


def _value(cfg: DictConfig, key: Any) -> Any:
    """The value of an option, resolved if that is possible without running a script."""
    if OmegaConf.is_missing(cfg, key):
        return MISSING
    try:
        value = cfg[key]
    except OmegaConfBaseException:
        return _raw(cfg, key)
    return OmegaConf.to_container(value, resolve=True) if OmegaConf.is_config(value) else value


@contextmanager
def _hydra_config(cfg: DictConfig) -> Iterator[None]:
    """A context in which references to Hydra's config resolve to that of `cfg`."""
    holder = HydraConfig.instance()
    before = holder.cfg
    holder.set_config(cfg)
    try:
        yield
    finally:
        holder.cfg = before

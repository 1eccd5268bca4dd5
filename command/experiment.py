"""Refuses data_root without the experiment that would read it."""

from collections.abc import Iterator
from pathlib import Path

from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf

from command.composed import config
from command.typed_options import typed_options
from datagen.roles import ROLES
from options.typed import quoted, typed

DEMO = "datagen.corpora.demo.Demo"  # synthesises its audio
LAYOUT = (
    "experiment=folders takes any audio in DIR/speech/SPEAKER, DIR/noise/seen and DIR/noise/unseen"
)


def require_experiment(cfg: DictConfig, conf: Path, script: str) -> None:
    """Raise ValueError if data_root was typed, but no experiment that reads from it.

    Otherwise the demo, the default, would write its speech and noise there. conf: the folder of
    `script`'s root yaml.
    """
    options = typed_options()
    if "data_root" not in options or "experiment" in options:
        return
    given = typed("data_root", cfg.data_root)
    found = [f"experiment={name}" for name in _fitting(Path(cfg.data_root), conf, script)]
    which = " or ".join(found) or f"none finds all of its folders there; {LAYOUT}"
    raise ValueError(f"{given}: name the experiment that reads it: {which}")


def _fitting(data_root: Path, conf: Path, script: str) -> Iterator[str]:
    """The names of experiments whose corpora below `data_root` are all there."""
    for path in sorted((conf / "experiment").glob("*.yaml")):
        choice = [f"experiment={path.stem}", f"data_root={quoted(str(data_root))}"]
        try:
            cfg = config(script, conf, choice)
        except HydraException:
            continue  # an experiment of another script
        corpora = [node for role in ROLES for node in _corpora(cfg, role)]
        if any(node._target_ == DEMO for node in corpora):
            continue
        roots = {Path(node.root) for node in corpora}
        below = [root for root in roots if root.is_relative_to(data_root)]
        if below and all(root.is_dir() for root in below):
            yield path.stem


def _corpora(cfg: DictConfig, role: str) -> list[DictConfig]:
    return list((OmegaConf.select(cfg, role) or {}).values())

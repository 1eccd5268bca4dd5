"""Going on with a run: what may be typed then, where it stands, and what its folder must hold."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from models.checkpoints import require_training
from models.run import BEST, CONFIG, LAST, checkpoint, run_config
from options.run_options import changeable, flat, meaning
from options.typed import typed

CORPORA_LIE_BELOW = ("data_root", "cache")  # options


def resumed(cfg: DictConfig) -> DictConfig:
    """The config of the run to resume, with the few overrides that may differ; ValueError naming any other."""
    given = [item.lstrip("+") for item in HydraConfig.get().overrides.task]
    if refused := [item for item in given if meaning(item.partition("=")[0]).fixed]:
        raise ValueError(
            f"{typed('resume', cfg.resume)}: goes on with the config of that run, so {', '.join(refused)} cannot be "
            f"given; only {', '.join(changeable())} may change"
        )
    run = run_config(Path(cfg.resume))
    changed = [item.partition("=")[0] for item in given if not item.startswith(("resume=", "output="))]
    return OmegaConf.merge(_moved(run, cfg, changed), _changed(cfg, run, changed), {"resume": cfg.resume})


def _moved(run: DictConfig, cfg: DictConfig, changed: Sequence[str]) -> DictConfig:
    """`run`, whose corpora lie below the folders that were typed anew where they lay below those of before."""
    for option in CORPORA_LIE_BELOW:
        if option in changed and option in run:
            corpora = {kind: run[kind] for kind in ("speech", "noise") if kind in run}
            corpora = _below(OmegaConf.to_container(OmegaConf.create(corpora)), Path(run[option]), Path(cfg[option]))
            run = OmegaConf.merge(run, corpora)
    return run


def _below(node: Any, before: Path, now: Path) -> Any:
    """A part of a config, paths below `before` with `now` in its place."""
    if isinstance(node, dict):
        return {name: _below(value, before, now) for name, value in node.items()}
    if isinstance(node, str) and Path(node).is_relative_to(before):
        return str(now / Path(node).relative_to(before))
    return node


def _changed(cfg: DictConfig, run: DictConfig, changed: Sequence[str]) -> DictConfig:
    """What was typed, as composed: a value is what Hydra read it as. Of `trainer=...` what is of the machine."""
    values = OmegaConf.create()
    if "trainer" in changed:
        for name in [name for name in run.get("trainer", {}) if meaning(f"trainer.{name}").machine]:
            run.trainer.pop(name)
        machine = [f"trainer.{name}" for name in cfg.trainer if meaning(f"trainer.{name}").machine]
        changed = [*machine, *(option for option in changed if option != "trainer")]
    for option in changed:
        OmegaConf.update(values, option, OmegaConf.select(cfg, option), force_add=True)
    return values


def taken_up(cfg: DictConfig, run: Path) -> DictConfig:
    """`cfg` of a job of a sweep, to go on in `run` where an earlier start of the same sweep had begun it.

    Raises ValueError where `run` was trained with other options.
    """
    if not (run / CONFIG).exists():
        return cfg
    before, now = (flat(OmegaConf.to_container(config, resolve=True)) for config in (run_config(run), cfg))
    options = sorted(option for option in before.keys() | now.keys() if before.get(option, "") != now.get(option, ""))
    if other := [option for option in options if meaning(option).fixed]:
        raise ValueError(
            f"{run}: was begun with another {', '.join(other[:5])}; choose another output, or go on with it by "
            f"{typed('resume', run)}"
        )
    return OmegaConf.merge(cfg, {"resume": str(run)})


def require_unused(run: Path) -> None:
    """Raise ValueError where `run` holds the checkpoints of a training: a new one would replace them unasked."""
    if any((run / LAST.parent).glob("*.ckpt")):
        raise ValueError(
            f"{typed('output', run)}: holds a training; go on with it by {typed('resume', run)}, "
            "or choose another output"
        )


def steps_done(run: Path) -> int | None:
    """After how many steps the training in `run` goes on; None where it has not finished an epoch.

    Raises ValueError where its last checkpoint is damaged, of something else, or gone while its best one is there.
    """
    if not (run / LAST).exists():
        if (run / BEST).exists():
            raise ValueError(
                f"{run}: has no {LAST}, so there is nothing to go on from, and its {BEST} is not replaced; restore "
                f"{LAST}, or begin another run with {typed('start_from', run)}"
            )
        return None
    content = checkpoint(run, LAST)
    require_training(content, run / LAST)
    return content["global_step"]

"""Resumes a run: checks which options may differ."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from models.layouts import CONFIG, layout
from models.run import run_config
from options.run_options import AUTO, changeable, flat, meaning
from options.typed import option_of, typed

CORPORA_LIE_BELOW = ("data_root", "cache")  # folders that contain the corpora
OF_A_START = ("resume", "output")  # options of the command, not of the run


def resumed(cfg: DictConfig) -> DictConfig:
    """The config of the run to resume, with the typed options that may differ.

    Raises ValueError naming a typed option that may not differ.
    """
    _require_training(Path(cfg.resume))
    items = [item.lstrip("+") for item in HydraConfig.get().overrides.task]
    refused = [item for item in items if item.startswith("~") or meaning(option_of(item)).fixed]
    if refused:
        raise ValueError(
            f"{typed('resume', cfg.resume)}: goes on with the config of that run, so "
            f"{', '.join(refused)} cannot be given; only {', '.join(changeable())} may change"
        )
    run = run_config(Path(cfg.resume))
    options = [option_of(item) for item in items]
    changed = [option for option in options if option not in OF_A_START]
    values = _changed(cfg, run, changed)
    return OmegaConf.merge(moved(run, cfg, changed), values, {"resume": cfg.resume})


def _require_training(run: Path) -> None:
    if not layout(run).resumable:
        raise ValueError(
            f"{typed('resume', run)}: was published, and holds no training to go on with; begin "
            f"another with its weights: {typed('start_from', run)}"
        )


def moved(run: DictConfig, cfg: DictConfig, changed: Sequence[str]) -> DictConfig:
    """`run`, with its corpora below the newly typed folders.

    Only corpora below the previous folders are moved.
    """
    for option in CORPORA_LIE_BELOW:
        if option not in changed or option not in run:
            continue
        roles = {kind: run[kind] for kind in ("speech", "noise") if kind in run}
        corpora = OmegaConf.to_container(OmegaConf.create(roles))
        before = Path(run[option])
        now = Path(cfg[option])
        run = OmegaConf.merge(run, _below(corpora, before, now))
    return run


def _below(node: Any, before: Path, now: Path) -> Any:
    """A part of a config, with `now` instead of `before` in its paths."""
    if isinstance(node, dict):
        return {name: _below(value, before, now) for name, value in node.items()}
    if isinstance(node, str):
        path = Path(node)
        if path.is_relative_to(before):
            return str(now / path.relative_to(before))
    return node


def _changed(cfg: DictConfig, run: DictConfig, changed: Sequence[str]) -> DictConfig:
    """The typed options with their composed values.

    Of `trainer=...` only the options of the machine are used; they replace those of `run`.
    """
    options = [option for option in changed if option != "trainer"]
    if "trainer" in changed:
        for option in _of_the_machine(run):
            run.trainer.pop(option.removeprefix("trainer."))
        options = [*_of_the_machine(cfg), *options]
    values = OmegaConf.create()
    for option in options:
        value = OmegaConf.select(cfg, option)
        OmegaConf.update(values, option, value, force_add=True)
    return values


def _of_the_machine(cfg: DictConfig) -> list[str]:
    """The trainer's options in `cfg` that describe the machine."""
    options = [f"trainer.{name}" for name in cfg.get("trainer", {})]
    return [option for option in options if meaning(option).machine]


def taken_up(cfg: DictConfig, run: Path) -> DictConfig:
    """`cfg` of a job, which resumes in `run` if it was started before.

    Jobs of a sweep and jobs with resume=auto do so. Raises ValueError if `run` was trained with
    other options, or if resume=auto has no folder to resume in.
    """
    if cfg.resume == AUTO:
        _require_lasting_output(cfg)
    if not (run / CONFIG).exists():
        return OmegaConf.merge(cfg, {"resume": None})
    before = _flat(run_config(run))
    now = _flat(cfg)
    other = []
    for option in sorted(before.keys() | now.keys()):
        differs = before.get(option, "") != now.get(option, "")
        if differs and meaning(option).fixed:
            other.append(option)
    if other:
        listed = ", ".join(other[:5])
        raise ValueError(
            f"{run}: was begun with another {listed}; choose another output, or go on with it by "
            f"{typed('resume', run)}"
        )
    return OmegaConf.merge(cfg, {"resume": str(run)})


def _require_lasting_output(cfg: DictConfig) -> None:
    """Raise ValueError if `output` differs at each start, so that no run could resume."""
    output = OmegaConf.to_container(cfg)["output"]  # without resolving references
    if "${now:" in output:
        raise ValueError(
            f"resume={AUTO}: goes on in the folder of before, and without output=DIR there is "
            "none; give it"
        )


def _flat(cfg: DictConfig) -> dict[str, Any]:
    content = OmegaConf.to_container(cfg, resolve=True)
    return flat(content)

"""The test of runs by default: that of their own experiment, plan and seed."""

import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from command.composed import options
from command.experiment import require_experiment, typed_options
from command.resume import moved
from datagen.protocol import OF_TRAINING
from datagen.roles import ROLES
from models.layouts import layout
from models.run import run_config
from options.choices import CONF
from options.run_options import meaning
from options.typed import typed
from reporting.tables.sweep import runs_of

TAKEN = (  # what an experiment decides of a test
    "task",
    "seed",
    "sample_rate",
    "check_audio",
    "stft",
    "plan",
    "speech",
    "noise",
    "data_root",
    "caution",
    "published",
    "next",
)
SPLITS = ("train", "validation", "test")
NAMED = "name the test by experiment=..."


def with_own_test(cfg: DictConfig) -> DictConfig:
    """`cfg` with the experiment, plan and seed that its runs were trained with, unless typed.

    What was taken from them is printed. A published run names no folders, and so no test. Raises
    ValueError where two runs disagree on the test, or no test is named at all.
    """
    runs = [Path(run) for run in cfg.runs]
    if cfg.sweep:
        runs += runs_of(Path(cfg.sweep))[0]
    configs = {run: run_config(run) for run in runs if layout(run).resumable}
    names = typed_options()
    if "experiment" in names or not configs:
        require_experiment(cfg, CONF, "evaluate")
        return cfg
    kept = [option for option in names if option.partition(".")[0] in TAKEN]
    _require_one_test(cfg, configs, kept)
    first, config = next(iter(configs.items()))
    others = f", as {len(configs) - 1} more are" if len(configs) > 1 else ""
    print(f"Tested as {first} was trained{others}: {_described(config, kept)}", file=sys.stderr)
    return _taken(cfg, config, kept)


def _taken(cfg: DictConfig, config: DictConfig, kept: Sequence[str]) -> DictConfig:
    """`cfg` with what TAKEN names of `config`, but for the options `kept`."""
    own = OmegaConf.merge(cfg)  # a copy
    config = moved(config, cfg, [option for option in kept if option == "data_root"])
    for option in TAKEN:
        if option in config:
            OmegaConf.update(own, option, config[option], merge=False)
    for option in kept:
        OmegaConf.update(own, option, OmegaConf.select(cfg, option), merge=False, force_add=True)
    return own


def _described(config: DictConfig, kept: Sequence[str]) -> str:
    corpora = []
    for role in ROLES:
        corpora += OmegaConf.select(config, role) or {}
    instead = f"; typed otherwise: {', '.join(kept)}" if kept else ""
    return f"{', '.join(dict.fromkeys(corpora))}, seed {config.seed}{instead}"


def _require_one_test(
    cfg: DictConfig, configs: Mapping[Path, DictConfig], kept: Sequence[str]
) -> None:
    (first, config), *others = configs.items()
    expected = _test(config, cfg, kept)
    for run, other in others:
        found = _test(other, cfg, kept)
        for option in sorted(expected.keys() | found.keys()):
            one = _as_typed(option, expected.get(option))
            another = _as_typed(option, found.get(option))
            if one != another:
                raise ValueError(
                    f"{first} was trained with {one}, {run} with {another}, so that they have no "
                    f"test in common; {_remedy(option, one)}"
                )


def _as_typed(option: str, value: Any) -> str:
    if isinstance(value, str):
        return typed(option, value)
    return shlex.quote(f"{option}={json.dumps(value)}".replace(", ", ","))


def _remedy(option: str, one: str) -> str:
    if option.startswith(("speech.", "noise.")):
        return NAMED
    return f"type the one to test with, {one}, or {NAMED}"


def _test(config: DictConfig, cfg: DictConfig, kept: Sequence[str]) -> dict[str, Any]:
    """What of a run's config the test of `cfg` consists of; without what is typed anyway."""
    found = {}
    for option in options(config):
        name = option.name
        top, _, _ = name.partition(".")
        is_typed = any(f"{name}.".startswith(f"{one}.") for one in kept)
        if option.holds or is_typed or top not in _of_a_test(cfg):
            continue
        if meaning(name).names and not _of_another_split(name, cfg.split):
            found[name] = option.value
    return found


def _of_a_test(cfg: DictConfig) -> list[str]:
    """Options at the top that decide a test; a rate only where not several are tested."""
    names = ["seed", "plan", "speech", "noise"]
    return names if cfg.rates else [*names, "sample_rate"]


def _of_another_split(option: str, split: str) -> bool:
    """Whether an option is of the plan and decides nothing of the mixtures of `split`."""
    if not option.startswith("plan."):
        return False
    words = option.split(".")
    return words[1] in OF_TRAINING or (words[-1] in SPLITS and split not in words)

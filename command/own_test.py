"""The default test of runs: that of the experiment, plan and seed with which they were trained."""

import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from omegaconf import DictConfig, OmegaConf

from command.composed import options
from command.experiment import require_experiment
from command.resume import moved
from command.typed_options import typed_options
from datagen.protocol import OF_TRAINING
from datagen.roles import ROLES, UNSEEN_NOISE
from models.layouts import layout
from models.run import run_config
from options.choices import CONF
from options.run_options import meaning
from options.typed import typed
from reporting.tables.sweep import runs_of
from tasks.task import task_of

TAKEN = (  # the options of a test that an experiment sets
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
RECORDINGS = ("speech.", "noise.")
NAMED = "name the test by experiment=..."


class Test(NamedTuple):
    """A test of some runs.

    cfg: of the evaluation, with the test of the runs. runs: their folders. fold: name of the fold;
    "" if there is only one test.
    """

    cfg: DictConfig
    runs: Sequence[Path]
    fold: str = ""


def own_tests(cfg: DictConfig) -> list[Test]:
    """`cfg` with the experiment, plan and seed that its runs were trained with, unless typed.

    There is one test, or one per fold if the runs are folds of one corpus (see `Task.folds`). The
    values that were taken from the runs are printed. A published run has no folders, and so no
    test. Raises ValueError if two runs have different tests, or if there is no test.
    """
    runs = [Path(run) for run in cfg.runs]
    if cfg.sweep:
        runs += runs_of(Path(cfg.sweep))[0]
    configs = {run: run_config(run) for run in runs if layout(run).resumable}
    names = typed_options()
    if "experiment" in names or not configs:
        require_experiment(cfg, CONF, "evaluate")
        return [Test(cfg, runs)]
    kept = [option for option in names if option.partition(".")[0] in TAKEN]
    folds = _folds(cfg, configs, kept)
    if len(folds) < 2 or len(configs) < len(runs):
        _require_one_test(cfg, configs, kept)
        folds = {"": runs}
    first, config = next(iter(configs.items()))
    others = f", as {len(configs) - 1} more are" if len(configs) > 1 else ""
    if len(folds) > 1:
        others = f", and {len(configs) - 1} more as they were, in {len(folds)} folds"
    print(f"Tested as {first} was trained{others}: {_described(config, kept)}", file=sys.stderr)
    return [
        Test(_taken(cfg, configs.get(of_fold[0], config), kept), of_fold, fold)
        for fold, of_fold in folds.items()
    ]


def _folds(
    cfg: DictConfig, configs: Mapping[Path, DictConfig], kept: Sequence[str]
) -> dict[str, list[Path]]:
    """Runs by their test fold, in the order of its name.

    None if their tasks have no folds, or if their tests differ in more than the recordings.
    """
    folds: dict[str, list[Path]] = {}
    if not all(task_of(config).folds for config in configs.values()):
        return folds
    tests = {run: _test(config, cfg, kept) for run, config in configs.items()}
    several = _disagreeing(list(tests.values()))
    if not all(option.startswith(RECORDINGS) for option in several):
        return folds
    unseen = [option for option in several if option.startswith(UNSEEN_NOISE)]
    for run, test in tests.items():
        said = [f"{name.rpartition('.')[2]}={_plain(test.get(name))}" for name in unseen]
        folds.setdefault(", ".join(said), []).append(run)
    return dict(sorted(folds.items()))


def _disagreeing(tests: Sequence[Mapping[str, Any]]) -> list[str]:
    names = dict.fromkeys(name for test in tests for name in test)
    return [name for name in names if any(test.get(name) != tests[0].get(name) for test in tests)]


def _plain(value: Any) -> str:
    """A value as part of a name.

    >>> _plain([1]), _plain([1, 2]), _plain("a")
    ('1', '1+2', 'a')
    """
    return "+".join(map(str, value)) if isinstance(value, list) else str(value)


def _taken(cfg: DictConfig, config: DictConfig, kept: Sequence[str]) -> DictConfig:
    """`cfg` with the options TAKEN from `config`, except the options `kept`."""
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
        task_of(config).own_config(run)
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
    if option.startswith(RECORDINGS):
        return NAMED
    return f"type the one to test with, {one}, or {NAMED}"


def _test(config: DictConfig, cfg: DictConfig, kept: Sequence[str]) -> dict[str, Any]:
    """The options of a run's config that form the test of `cfg`, without those that are typed."""
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
    """The options at the top that decide a test; the rate only if a single one is tested."""
    names = ["seed", "plan", "speech", "noise"]
    return names if cfg.rates else [*names, "sample_rate"]


def _of_another_split(option: str, split: str) -> bool:
    """Whether an option belongs to the plan, but does not affect the mixtures of `split`."""
    if not option.startswith("plan."):
        return False
    words = option.split(".")
    return words[1] in OF_TRAINING or (words[-1] in SPLITS and split not in words)

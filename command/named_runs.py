"""The runs of an evaluation by their names in the report, and the tests of each."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from omegaconf import DictConfig, OmegaConf

from command.announcement import say
from command.own_test import RECORDINGS, Test
from files.fingerprint import of_values
from models.run import run_config
from options.run_options import compared
from reporting.scores_table import KNOWING, MIXTURE
from reporting.tables.run_names import run_names
from reporting.tables.runs import Run, read_run
from tasks.task import costs_of

Runs = Mapping[str, Path]  # by their names in the report


class Tried(NamedTuple):
    """A test, and the runs that it tests."""

    test: Test
    runs: Runs


def named(tests: Sequence[Test]) -> list[Tried]:
    """The runs of every test by name; a name means the same run, or runs of folds, in all tests.

    Raises ValueError for a run that is given twice, and for a run that lacks a fold of the others.
    """
    cfg = tests[0].cfg
    taken = (MIXTURE, *KNOWING, *cfg.baselines)
    folders = [folder for test in tests for folder in test.runs]
    if len({folder.resolve() for folder in folders}) < len(folders):
        given = ", ".join(map(str, folders))
        raise ValueError(f"runs: names one run twice; give each once: {given}")
    configs = {folder: run_config(folder) for folder in tests[0].runs}
    names = run_names(configs, taken, cfg.names)
    if len(tests) == 1:
        return [Tried(tests[0], dict(zip(names, configs, strict=True)))]
    keys = [_but_for_recordings(config) for config in configs.values()]
    name_of = dict(zip(keys, names, strict=True))
    return [Tried(test, _of_fold(test, name_of)) for test in tests]


def _of_fold(test: Test, name_of: Mapping[str, str]) -> Runs:
    """The runs of one fold; name_of: by the text that distinguishes the runs of a fold."""
    found: dict[str, Path] = {}
    for folder in test.runs:
        name = name_of.get(_but_for_recordings(run_config(folder)))
        if name is None or name in found:
            other = f"is like {found[name]}" if name else "is like no run of another fold"
            raise ValueError(
                f"{folder}: {other}; of each training give one run for every fold, as "
                "python train.py -m makes them"
            )
        found[name] = folder
    lacking = [name for name in name_of.values() if name not in found]
    if lacking:
        raise ValueError(
            f"{lacking[0]}: has no run for {test.fold}; train that, too, or leave out "
            f"{test.runs[0]}"
        )
    return {name: found[name] for name in name_of.values()}


def _but_for_recordings(config: DictConfig) -> str:
    """A text that is equal for runs that differ only in their training and test recordings."""
    options = compared(OmegaConf.to_container(config, resolve=True))
    kept = {name: value for name, value in options.items() if not name.startswith(RECORDINGS)}
    return of_values(kept)


def opened(tried: Sequence[Tried], outputs: Mapping[Path, Sequence[str]]) -> dict[str, Run]:
    """The runs for the report: of several folds the first run, with the folders of the others.

    outputs: names of the systems that are a run's stages, see `stage_outputs`.
    """
    found = {}
    cache = Path(tried[0].test.cfg.cache)
    for name, run in tried[0].runs.items():
        first = read_run(run, cache, outputs.get(run, ()), say, costs_of)
        others = [one.runs[name] for one in tried[1:]]
        found[name] = first.in_folds(others) if others else first
    return found

"""Names of runs in a report: network and target, as in papers, and options that differ."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from options.choices import title
from reporting.tables.sweep import TITLED, differing

LONGEST = 48  # longest name; a longer one is replaced by the folder


def run_names(
    configs: Mapping[Path, DictConfig], taken: Collection[str] = (), given: Sequence[str] = ()
) -> list[str]:
    """A name for each of the runs with these folders and configs, in their order.

    "PL-CRNN IAM"; of several such runs, "PL-CRNN IAM, stages=5"; of runs that do not differ in
    their options, or in too many, "PL-CRNN IAM (runs/second)". taken: names of other systems; a run
    with such a name gets its folder, too. given: the names instead. Raises ValueError if these do
    not fit.
    """
    if given:
        _require_fitting(configs, taken, given)
        return list(given)
    alike: dict[str, list[Path]] = {}
    for folder, config in configs.items():
        alike.setdefault(_base(config), []).append(folder)
    names = {}
    for base, folders in alike.items():
        names |= _told_apart(base, {folder: configs[folder] for folder in folders})
    counts = Counter([*names.values(), *taken])
    for folder, ending in zip(names, _endings(list(names)), strict=True):
        if counts[names[folder]] > 1:
            names[folder] = f"{_base(configs[folder])} ({ending})"
    return [names[folder] for folder in configs]


def _base(config: DictConfig) -> str:
    parts = {part: config[part] for part in TITLED if config.get(part) is not None}
    if not parts and "network" in config.task:
        parts = {"network": config.task.network}  # a task with a separate network
    if not parts:
        parts = {"task": config.task}  # a task whose network has no options
    return " ".join(title(part, OmegaConf.to_container(node)) for part, node in parts.items())


def _told_apart(base: str, configs: Mapping[Path, DictConfig]) -> dict[Path, str]:
    """Names of the runs with the same network and target; some may be equal."""
    if len(configs) == 1:
        return dict.fromkeys(configs, base)
    table = differing({str(folder): config for folder, config in configs.items()})
    table.columns = _short(table.columns)
    names = {folder: _with_options(base, table.loc[str(folder)]) for folder in configs}
    fits = max(map(len, names.values())) <= LONGEST
    return names if fits else dict.fromkeys(configs, base)


def _with_options(base: str, options: pd.Series) -> str:
    values = [f"{option}={value or 'none'}" for option, value in options.items()]
    return ", ".join([base, *values])


def _short(options: Sequence[str]) -> list[str]:
    """The last words of `options`, but full names of options with the same last word."""
    last = [option.rpartition(".")[2] for option in options]
    counts = Counter(last)
    return [
        option if counts[word] > 1 else word for option, word in zip(options, last, strict=True)
    ]


def _endings(folders: Sequence[Path]) -> list[str]:
    """The names of folders, with as many parents as make them unique."""
    paths = [folder.resolve() for folder in folders]
    for depth in range(1, max((len(path.parts) for path in paths), default=0) + 1):
        endings = ["/".join(path.parts[-depth:]) for path in paths]
        if len(set(endings)) == len(endings):
            return endings
    return list(map(str, folders))


def _require_fitting(
    configs: Mapping[Path, DictConfig], taken: Collection[str], given: Sequence[str]
) -> None:
    counts = Counter([*given, *taken])
    twice = [name for name in given if counts[name] > 1]
    if twice:
        raise ValueError(f"names: {twice[0]} is the name of two systems; give each its own")
    if not configs and given:
        raise ValueError("names: there are no runs to name; add runs=[DIR,...], or leave names out")
    if len(given) != len(configs):
        order = ", ".join(folder.name for folder in configs)
        raise ValueError(
            f"names: {len(given)} for {len(configs)} runs; give each one, in the order of {order}"
        )

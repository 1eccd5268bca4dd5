"""Facts about the evaluation that wrote a report."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from command.about import SOURCES, commit, machine, typed_command, version_line
from datagen.roles import NOISE, SPEECH
from metrics.known import packages
from metrics.metric import Metric
from models.system import System
from reporting.tables.finding import speakers_in
from reporting.tables.wording import called, words
from text.words import ENHANCEMENT, UNTITLED

PACKAGES = ("torch", "pytorch-lightning")  # reported in addition to the packages of the metrics
IN_TITLE = 3  # corpora that a title names


def about(
    cfg: DictConfig,
    tested: Sequence[str],
    noise: pd.DataFrame,
    metrics: Mapping[str, Metric],
    scores: pd.DataFrame,
    unfinished: Sequence[Path],
    systems: Mapping[str, System],
) -> Mapping[str, str]:
    """The facts about an evaluation, by the names that the page shows.

    tested: a line about each test. noise: the table of noises of their plan. unfinished: runs of
    the sweep that were left out. systems: of the first test, by name.
    """
    runs = list(cfg.runs)
    if cfg.sweep:
        runs.append(f"all of {cfg.sweep}")
    left_out = ", ".join(run.name for run in unfinished)
    failed = (scores.failed != "").sum()
    tested_on = "speech" if words().speaker == "speaker" else "tested on"
    said = {
        "date": f"{date.today()}",
        "commit": commit(),
        "command": typed_command("evaluate"),
        "systems": _each_once(map(called, scores.system)),
        "runs": ", ".join(runs) or "none",
        "left out": f"{left_out}: finished no epoch" if left_out else "",
        "test plan": "; ".join(tested),
        "tools": _remarks(systems),
        "pairs": _pairs(cfg),
        tested_on: f"{_corpora(cfg, SPEECH)}{speakers_in(scores)}",
        "noise": f"{_corpora(cfg, NOISE)}{_noises(noise)}",
        "scores not computed": f"{failed} of {len(scores)} signals lack at least one",
        "versions": version_line([*PACKAGES, *packages(metrics)], SOURCES),
        "machine": machine(),
    }
    return {what: value for what, value in said.items() if value}


def title(cfg: DictConfig) -> str:
    """The title of a page whose experiment has none: what the test consists of."""
    corpora = (_in_short(_names(cfg, roles)) for roles in (SPEECH, NOISE))
    of = words().task
    heard = " in ".join(dict.fromkeys(filter(None, corpora))) or _tested_folder(cfg)
    if not heard:
        return UNTITLED if words() == ENHANCEMENT else f"{of}: evaluation report"
    return f"{of} of {heard}"


def _tested_folder(cfg: DictConfig) -> str:
    """The folder of a test of files, in two words: "dns/no_reverb"; "" for a plan that is drawn."""
    options = cfg.get("pairs") or {}
    folder = options.get("root") or options.get("mixture") or ""
    return "/".join(Path(folder).absolute().parts[-2:]) if folder else ""


def _noises(noise: pd.DataFrame) -> str:
    """The number of seen noises, and the kinds of the unseen noises."""
    seen = noise[noise.seen]
    unseen = noise[~noise.seen]
    kinds = _each_once(unseen.kind) or "none"
    return f"{seen.source.nunique()} seen sources; unseen: {kinds}"


def _corpora(cfg: DictConfig, roles: Sequence[str]) -> str:
    """The names of the corpora in `roles`, and a colon; "" for pairs of files."""
    names = _names(cfg, roles)
    return f"{', '.join(names)}: " if names else ""


def _names(cfg: DictConfig, roles: Sequence[str]) -> list[str]:
    """The names of the corpora in `roles`, each once."""
    names: dict[str, None] = {}
    for role in roles:
        names |= dict.fromkeys(OmegaConf.select(cfg, role) or {})
    return list(names)


def _in_short(names: Sequence[str]) -> str:
    """`names` in a line; of many, the first ones and the number of the others."""
    if len(names) <= IN_TITLE:
        return ", ".join(names)
    first = names[: IN_TITLE - 1]
    return f"{', '.join(first)} and {len(names) - len(first)} more"


def _remarks(systems: Mapping[str, System]) -> str:
    """The remarks of all systems that have any, in a line."""
    return "; ".join(f"{name}: {one.remark}" for name, one in systems.items() if one.remark)


def _pairs(cfg: DictConfig) -> str:
    """The folder of pairs of files, as text; "" for a plan that is drawn."""
    options = cfg.get("pairs") or {}
    said = [f"{name}={value}" for name, value in options.items() if name != "_target_" and value]
    return ", ".join(said)


def _each_once(names: Iterable[str]) -> str:
    """`names` in their order, without repeats, in a line."""
    return ", ".join(dict.fromkeys(names))

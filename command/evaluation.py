"""From an evaluation config to a report, and the last lines a user reads."""

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import pandas as pd
import torch
from omegaconf import DictConfig, OmegaConf

from command.about import SCORING, SOURCES, machine, typed_command, version_line
from command.cluster import workers
from command.costs import cost_table
from command.trial import Trial, built
from datagen.roles import NOISE, SPEECH
from reporting.gains_table import read_studies
from reporting.pages.report import Beside, write_report
from reporting.scores_table import MIXTURE, ORACLE
from reporting.scoring.systems import run_names, stage_outputs
from reporting.tables.finding import finding
from reporting.tables.published import PUBLISHED
from reporting.tables.runs import Run, read_run
from reporting.tables.summary import headline_text
from reporting.tables.sweep import runs_of

PACKAGES = ("torch", "pytorch-lightning", *SCORING)


def evaluate(cfg: DictConfig, folder: Path) -> None:
    """Score all systems on the test rows of the config's plan, at every rate, and write the report to `folder`."""
    if cfg.device != "cpu" and not torch.cuda.is_available():
        raise ValueError(f"device={cfg.device}: no CUDA device here; use device=cpu")
    lines = read_studies(Path(cfg.gains)) if cfg.gains else None
    swept, unfinished = runs_of(Path(cfg.sweep)) if cfg.sweep else ([], [])
    runs = _named(cfg, swept)
    trials = _trials(cfg, runs)
    opened = _opened(cfg, runs, trials)
    for trial in trials:
        trial.bench.plan.save(folder if trial is trials[0] else folder / f"{trial.sample_rate}")
    tables = _scores(cfg, trials)
    scores = pd.concat(tables, ignore_index=True)
    beside = Beside(
        caution=cfg.caution,
        costs=cost_table(trials[0].cfg) if cfg.costs else None,
        published=PUBLISHED[cfg.published]() if cfg.published else None,
        examples=list(chain(*map(Trial.examples, trials, tables))) if cfg.examples else [],
        runs=opened,
        swept=list(opened)[len(cfg.runs) :],
        lines=lines,
        config=OmegaConf.to_yaml(cfg),
    )
    about = _about(cfg, trials, scores, unfinished)
    summary = write_report(scores, about, folder, beside)
    _print(cfg, scores, summary, folder)


def _named(cfg: DictConfig, swept: Sequence[Path]) -> dict[str, Path]:
    """The folders of all runs, by what they are called in the report; those of a sweep last."""
    folders = [*map(Path, cfg.runs), *swept]
    names = run_names(folders, (MIXTURE, ORACLE, *cfg.baselines))
    return dict(zip(names, folders, strict=True))


def _trials(cfg: DictConfig, runs: Mapping[str, Path]) -> list[Trial]:
    """One trial for every rate. What the config names is built for all of them before any audio is read."""
    rates = cfg.rates or [cfg.sample_rate]
    configs = [OmegaConf.merge(cfg, {"sample_rate": rate}) for rate in rates]
    parts = [built(config, runs) for config in configs]
    return [Trial(*pair) for pair in zip(configs, parts, strict=True)]


def _opened(cfg: DictConfig, runs: Mapping[str, Path], trials: Sequence[Trial]) -> dict[str, Run]:
    """Runs as the report tells of them."""
    outputs: dict[Path, list[str]] = {}
    for trial in trials:
        outputs |= stage_outputs(trial.systems)
    return {
        name: read_run(run, Path(cfg.cache), outputs.get(run, ())) for name, run in runs.items()
    }


def _scores(cfg: DictConfig, trials: Sequence[Trial]) -> list[pd.DataFrame]:
    """The scores of every trial, computed here or on the config's cluster."""
    metrics = {trial.sample_rate: trial.metrics for trial in trials}
    with workers(cfg.scheduler, metrics) as spread:
        return [trial.scores(spread) for trial in trials]


def _print(cfg: DictConfig, scores: pd.DataFrame, summary: pd.DataFrame, folder: Path) -> None:
    print(f"{headline_text(summary)}\n\n{finding(scores)}")
    print(f"Report: {folder / 'report.html'}")
    for line in filter(None, (cfg.caution, cfg.next)):
        print(line)


def _about(
    cfg: DictConfig, trials: Sequence[Trial], scores: pd.DataFrame, unfinished: Sequence[Path]
) -> Mapping[str, str]:
    """What was run, in the words of the page."""
    runs = [*cfg.runs, f"all of {cfg.sweep}"] if cfg.sweep else cfg.runs
    left_out = ", ".join(run.name for run in unfinished)
    noise = trials[0].bench.plan.noise
    seen, unseen = noise[noise.seen], noise[~noise.seen]
    kinds = ", ".join(dict.fromkeys(unseen.kind)) or "none"
    about = {
        "command": typed_command("evaluate"),
        "systems": ", ".join(dict.fromkeys(scores.system)),
        "runs": ", ".join(runs) or "none",
        "left out": f"{left_out}: finished no epoch" if left_out else "",
        "test plan": "; ".join(trial.described() for trial in trials),
        "speech": f"{_corpora(cfg, SPEECH)}: {scores.speaker.nunique()} test speakers",
        "noise": f"{_corpora(cfg, NOISE)}: {seen.source.nunique()} seen sources; unseen: {kinds}",
        "scores not computed": f"{(scores.failed != '').sum()} of {len(scores)} signals lack at least one",
        "versions": version_line(PACKAGES, SOURCES),
        "machine": machine(),
    }
    return {what: value for what, value in about.items() if value}


def _corpora(cfg: DictConfig, roles: Sequence[str]) -> str:
    """Names of the corpora that serve in `roles`."""
    named = [OmegaConf.select(cfg, role) or {} for role in roles]
    return ", ".join(dict.fromkeys(name for corpora in named for name in corpora))

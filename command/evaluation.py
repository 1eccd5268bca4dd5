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
from command.trial import Trial, entered
from datagen.roles import NOISE, SPEECH
from reporting.pages.report import Beside, finding, write_report
from reporting.scores_table import MIXTURE, ORACLE
from reporting.scoring.lines import read_studies
from reporting.scoring.systems import run_names, stage_outputs
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
    folders = [*map(Path, cfg.runs), *swept]
    runs = dict(zip(run_names(folders, (MIXTURE, ORACLE, *cfg.baselines)), folders, strict=True))
    trials = _trials(cfg, runs)
    opened = _opened(cfg, runs, trials)
    for trial in trials:
        trial.bench.plan.save(folder if trial is trials[0] else folder / f"{trial.sample_rate}")
    with workers(cfg.scheduler, {trial.sample_rate: trial.metrics for trial in trials}) as spread:
        tables = [trial.scores(spread) for trial in trials]
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
    summary = write_report(scores, _about(cfg, trials, scores, unfinished), folder, beside)
    _print(cfg, scores, summary, folder)


def _trials(cfg: DictConfig, runs: Mapping[str, Path]) -> list[Trial]:
    """One trial for every rate. What the config names is built for all of them before any audio is read."""
    configs = [OmegaConf.merge(cfg, {"sample_rate": rate}) for rate in cfg.rates or [cfg.sample_rate]]
    entries = [entered(config, runs) for config in configs]
    return [Trial(*pair) for pair in zip(configs, entries, strict=True)]


def _opened(cfg: DictConfig, runs: Mapping[str, Path], trials: Sequence[Trial]) -> dict[str, Run]:
    """Runs as the report tells of them."""
    outputs = {run: names for trial in trials for run, names in stage_outputs(trial.systems).items()}
    return {name: read_run(run, Path(cfg.cache), outputs.get(run, ())) for name, run in runs.items()}


def _print(cfg: DictConfig, scores: pd.DataFrame, summary: pd.DataFrame, folder: Path) -> None:
    print(f"{headline_text(summary)}\n\n{finding(scores)}")
    print(f"Report: {folder / 'report.html'}")
    for line in filter(None, (cfg.caution, cfg.next)):
        print(line)


def _about(
    cfg: DictConfig, trials: Sequence[Trial], scores: pd.DataFrame, unfinished: Sequence[Path]
) -> Mapping[str, str]:
    noise = trials[0].bench.plan.noise
    return {
        "command": typed_command("evaluate"),
        "systems": ", ".join(dict.fromkeys(scores.system)),
        "runs": ", ".join([*cfg.runs, *([f"all of {cfg.sweep}"] if cfg.sweep else [])]) or "none",
        **({"left out": f"{', '.join(run.name for run in unfinished)}: finished no epoch"} if unfinished else {}),
        "test plan": "; ".join(trial.described() for trial in trials),
        "speech": f"{_corpora(cfg, SPEECH)}: {scores.speaker.nunique()} test speakers",
        "noise": f"{_corpora(cfg, NOISE)}: {noise[noise.seen].source.nunique()} seen sources; "
        f"unseen: {', '.join(dict.fromkeys(noise[~noise.seen].kind)) or 'none'}",
        "scores not computed": f"{(scores.failed != '').sum()} of {len(scores)} signals lack at least one",
        "versions": version_line(PACKAGES, SOURCES),
        "machine": machine(),
    }


def _corpora(cfg: DictConfig, roles: Sequence[str]) -> str:
    """Names of the corpora that serve in `roles`."""
    named = [OmegaConf.select(cfg, role) or {} for role in roles]
    return ", ".join(dict.fromkeys(name for corpora in named for name in corpora))

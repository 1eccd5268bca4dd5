"""From an evaluation config to a report, and the last lines a user reads."""

import platform
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from itertools import chain
from pathlib import Path

import pandas as pd
import torch
from hydra.core.hydra_config import HydraConfig
from joblib import cpu_count
from omegaconf import DictConfig, OmegaConf

from command.cluster import workers
from command.costs import cost_table
from command.trial import Trial
from datagen.roles import NOISE, SPEECH
from files.fingerprint import of_sources
from reporting.pages.report import Beside, finding, write_report
from reporting.scoring.lines import read_studies
from reporting.scoring.systems import MIXTURE, ORACLE, run_names
from reporting.tables.published import PUBLISHED
from reporting.tables.runs import read_run
from reporting.tables.summary import headline_text
from reporting.tables.sweep import runs_of

SOURCES = ("datagen", "dsp", "metrics", "models", "reporting", "audio", "files", "options", "parallel")
PACKAGES = ("torch", "pytorch-lightning", "pesq", "pystoi", "mir_eval", "numpy", "scipy")


def evaluate(cfg: DictConfig, folder: Path) -> None:
    """Score all systems on the test rows of the config's plan, at every rate, and write the report to `folder`."""
    if cfg.device != "cpu" and not torch.cuda.is_available():
        raise ValueError(f"device={cfg.device}: no CUDA device here; use device=cpu")
    lines = read_studies(Path(cfg.gains)) if cfg.gains else None
    swept, unfinished = runs_of(Path(cfg.sweep)) if cfg.sweep else ([], [])
    runs = [*map(Path, cfg.runs), *swept]
    named = dict(zip(run_names(runs, (MIXTURE, ORACLE, *cfg.baselines)), runs, strict=True))
    trials = list(_trials(cfg, runs))
    opened = {name: read_run(run, Path(cfg.cache)) for name, run in named.items()}
    for trial in trials:
        trial.plan.save(folder if trial is trials[0] else folder / f"{trial.sample_rate}")
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
    print(f"{headline_text(summary)}\n\n{finding(scores)}")
    print(f"Report: {folder / 'report.html'}")
    for line in filter(None, (cfg.caution, cfg.next)):
        print(line)


def _trials(cfg: DictConfig, runs: Sequence[Path]) -> Iterator[Trial]:
    """One trial for every rate."""
    for rate in cfg.rates or [cfg.sample_rate]:
        yield Trial(OmegaConf.merge(cfg, {"sample_rate": rate}), runs)


def _about(
    cfg: DictConfig, trials: Sequence[Trial], scores: pd.DataFrame, unfinished: Sequence[Path]
) -> Mapping[str, str]:
    noise = trials[0].plan.noise
    return {
        "command": " ".join(["evaluate.py", *HydraConfig.get().overrides.task]),
        "systems": ", ".join(dict.fromkeys(scores.system)),
        "runs": ", ".join([*cfg.runs, *([f"all of {cfg.sweep}"] if cfg.sweep else [])]) or "none",
        **({"left out": f"{', '.join(run.name for run in unfinished)}: finished no epoch"} if unfinished else {}),
        "test plan": "; ".join(trial.described() for trial in trials),
        "speech": f"{_corpora(cfg, SPEECH)}: {scores.speaker.nunique()} test speakers",
        "noise": f"{_corpora(cfg, NOISE)}: {noise[noise.seen].source.nunique()} seen sources; "
        f"unseen: {', '.join(dict.fromkeys(noise[~noise.seen].kind)) or 'none'}",
        "scores not computed": f"{(scores.failed != '').sum()} of {len(scores)} signals lack at least one",
        "versions": ", ".join(f"{name} {version(name)}" for name in PACKAGES)
        + f", Clarion's sources {of_sources(*SOURCES)}",
        "machine": f"{platform.system()} {platform.machine()}, {cpu_count()} cores, Python {platform.python_version()}",
    }


def _corpora(cfg: DictConfig, roles: Sequence[str]) -> str:
    """Names of the corpora that serve in `roles`."""
    named = [OmegaConf.select(cfg, role) or {} for role in roles]
    return ", ".join(dict.fromkeys(name for corpora in named for name in corpora))

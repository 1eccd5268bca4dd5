"""From an evaluation config to a report, and the last lines a user reads."""

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import torch
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from command import data
from command.cluster import workers
from command.costs import cost_table
from datagen.library import Library
from datagen.plan import Plan
from dsp.stft import STFT
from reporting.examples import Example, examples
from reporting.lines import read_gains
from reporting.published import PUBLISHED
from reporting.report import Beside, finding, write_report
from reporting.runs import read_run
from reporting.score_cache import ScoreCache
from reporting.scoring import Memory, require_usable, score_plan
from reporting.summary import headline_text
from reporting.sweep import runs_of
from reporting.systems import System, open_systems
from safety.build import build
from safety.fingerprint import of_sources, of_values

PACKAGES = ("torch", "pytorch-lightning", "pesq", "pystoi", "mir_eval", "numpy", "scipy")


def evaluate(cfg: DictConfig, folder: Path) -> None:
    """Score all systems on the test rows of the config's plan and write the report to `folder`."""
    if cfg.device != "cpu" and not torch.cuda.is_available():
        raise ValueError(f"device={cfg.device}: no CUDA device here; use device=cpu")
    drawer = data.drawer(cfg)
    plan = data.plan(cfg, drawer, "test")
    swept = runs_of(Path(cfg.sweep)) if cfg.sweep else []
    runs = [*map(Path, cfg.runs), *swept]
    systems = _systems(cfg, plan, runs)
    metrics = {name: build(node, "metrics") for name, node in cfg.metric.items()}
    require_usable(metrics, cfg.sample_rate)
    plan.save(folder)
    memory = _memory(cfg, systems)
    with workers(cfg.scheduler):
        scores = score_plan(plan, drawer.library, systems, metrics, cfg.sample_rate, data.jobs(cfg), cfg.device, memory)
    names = list(systems)[len(systems) - len(runs) :]
    beside = Beside(
        caution=cfg.caution,
        costs=cost_table(cfg) if cfg.costs else None,
        published=PUBLISHED[cfg.published]() if cfg.published else None,
        examples=_examples(cfg, scores, plan, drawer.library, systems, memory) if cfg.examples else [],
        runs={name: read_run(run) for name, run in zip(names, runs, strict=True)},
        swept=names[len(cfg.runs) :],
        lines=read_gains(Path(cfg.gains)) if cfg.gains else None,
    )
    summary = write_report(scores, _about(cfg, plan, scores), folder, beside)
    print(f"{headline_text(summary, 'simple')}\n\n{finding(scores)}")
    print(f"Report: {folder / 'report.html'}")
    for line in filter(None, (cfg.caution, cfg.next)):
        print(line)


def _systems(cfg: DictConfig, plan: Plan, runs: Sequence[Path]) -> dict[str, System]:
    """All systems by name; the runs come last, in their order."""
    target, stft = build(cfg.oracle, "models.targets"), STFT(cfg.sample_rate, **cfg.stft)
    baselines = {
        name: build(node, "models.baselines", sample_rate=cfg.sample_rate) for name, node in cfg.baselines.items()
    }
    return open_systems(runs, plan, cfg.sample_rate, stft, target, cfg.device, baselines, cfg.stages)


def _examples(
    cfg: DictConfig,
    scores: pd.DataFrame,
    plan: Plan,
    library: Library,
    systems: Mapping[str, System],
    memory: Memory,
) -> list[Example]:
    return list(examples(scores, plan, library, systems, STFT(cfg.sample_rate, **cfg.stft), cfg.device, memory))


def _memory(cfg: DictConfig, systems: Mapping[str, System]) -> Memory:
    """What was scored before, and the versions of systems and metrics: of all that decides what they give."""
    shared = cfg.sample_rate, cfg.device, of_sources("dsp", "models", "safety"), version("torch")
    libraries = [version(name) for name in ("pesq", "pystoi", "mir_eval", "numpy", "scipy")]
    measured = {
        name: of_values(name, node, cfg.sample_rate, of_sources("metrics"), libraries)
        for name, node in OmegaConf.to_container(cfg.metric, resolve=True).items()
    }
    versions = {name: of_values(system.made_of, shared) for name, system in systems.items()}
    return Memory(ScoreCache(Path(cfg.cache) / "scores.sqlite"), versions, measured)


def _about(cfg: DictConfig, plan: Plan, scores: pd.DataFrame) -> dict[str, str]:
    rows, noise = plan.split("test"), plan.noise
    unseen = noise.vector.str.startswith("unseen")
    minutes = rows.length.sum() / cfg.sample_rate / 60
    return {
        "command": " ".join(["evaluate.py", *HydraConfig.get().overrides.task]),
        "systems": ", ".join(dict.fromkeys(scores.system)),
        "runs": ", ".join([*cfg.runs, *([f"all of {cfg.sweep}"] if cfg.sweep else [])]) or "none",
        "test plan": f"{len(rows)} mixtures of {rows.speech_id.nunique()} utterances at {cfg.sample_rate} Hz, "
        f"{minutes:.1f} minutes; seed {cfg.seed}, fingerprint {of_values(rows.to_csv())}",
        "noise": f"{noise[~unseen].source.nunique()} seen sources; "
        f"unseen: {', '.join(dict.fromkeys(noise[unseen].category)) or 'none'}",
        "scores not computed": f"{(scores.failed != '').sum()} of {len(scores)} signals lack at least one",
        "versions": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
    }

"""From an evaluation config to a report, and the last lines a user reads."""

import platform
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import torch
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from command import data
from command.costs import cost_table
from datagen.plan import Plan
from dsp.stft import STFT
from reporting.published import PUBLISHED
from reporting.report import finding, write_report
from reporting.scoring import require_usable, score_plan
from reporting.summary import headline_text
from reporting.systems import open_systems
from safety.build import build
from safety.fingerprint import of_values

PACKAGES = ("torch", "pytorch-lightning", "pesq", "pystoi", "mir_eval", "numpy", "scipy")


def evaluate(cfg: DictConfig, folder: Path) -> None:
    """Score all systems on the test rows of the config's plan and write the report to `folder`."""
    if cfg.device != "cpu" and not torch.cuda.is_available():
        raise ValueError(f"device={cfg.device}: no CUDA device here; use device=cpu")
    drawer = data.drawer(cfg)
    plan = data.plan(cfg, drawer, "test")
    target = build(cfg.oracle, "models.targets")
    runs = [Path(run) for run in cfg.runs]
    baselines = {
        name: build(node, "models.baselines", sample_rate=cfg.sample_rate) for name, node in cfg.baselines.items()
    }
    stft = STFT(cfg.sample_rate, **cfg.stft)
    systems = open_systems(runs, plan, cfg.sample_rate, stft, target, cfg.device, baselines)
    metrics = {name: build(node, "metrics") for name, node in cfg.metric.items()}
    require_usable(metrics, cfg.sample_rate)
    plan.save(folder)
    scores = score_plan(plan, drawer.library, systems, metrics, cfg.sample_rate, data.jobs(cfg), cfg.device)
    costs = cost_table(cfg) if cfg.costs else None
    published = PUBLISHED[cfg.published]() if cfg.published else None
    summary = write_report(scores, _about(cfg, plan, scores), cfg.caution, folder, costs, published)
    print(f"{headline_text(summary, 'simple')}\n\n{finding(scores)}")
    print(f"Report: {folder / 'report.html'}")
    for line in filter(None, (cfg.caution, cfg.next)):
        print(line)


def _about(cfg: DictConfig, plan: Plan, scores: pd.DataFrame) -> dict[str, str]:
    rows, noise = plan.split("test"), plan.noise
    unseen = noise.vector.str.startswith("unseen")
    minutes = rows.length.sum() / cfg.sample_rate / 60
    return {
        "command": " ".join(["evaluate.py", *HydraConfig.get().overrides.task]),
        "systems": ", ".join(dict.fromkeys(scores.system)),
        "runs": ", ".join(map(str, cfg.runs)) or "none",
        "test plan": f"{len(rows)} mixtures of {rows.speech_id.nunique()} utterances at {cfg.sample_rate} Hz, "
        f"{minutes:.1f} minutes; seed {cfg.seed}, fingerprint {of_values(rows.to_csv())}",
        "noise": f"{noise[~unseen].source.nunique()} seen sources; "
        f"unseen: {', '.join(dict.fromkeys(noise[unseen].category)) or 'none'}",
        "scores not computed": f"{(scores.failed != '').sum()} of {len(scores)} signals lack at least one",
        "versions": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
    }

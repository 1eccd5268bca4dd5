"""A trial: systems on a test plan at one sample rate, and what is remembered of both."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from command import data
from dsp.stft import STFT
from files.fingerprint import of_sources, of_values
from metrics.metric import Metric
from options.build import build
from reporting.pages.examples import Example, examples
from reporting.scoring.score_cache import ScoreCache
from reporting.scoring.score_plan import Memory, Spread, require_usable, score_plan
from reporting.scoring.systems import System, open_systems

LIBRARIES = ("pesq", "pystoi", "mir_eval", "numpy", "scipy")  # that decide what a score is


def chosen_metrics(cfg: DictConfig) -> dict[str, Metric]:
    """The config's metrics by name; ValueError naming one that is none, or that its options break."""
    metrics = {}
    for name, node in cfg.metric.items():
        try:
            metrics[name] = build(node, Metric)
        except ValueError as error:
            raise ValueError(f"metric.{name}: {error}") from error
    return metrics


class Trial:
    """Opened at once, so that what cannot be tested is refused before anything is scored."""

    def __init__(self, cfg: DictConfig, runs: Sequence[Path]):
        self.cfg, self.sample_rate = cfg, cfg.sample_rate
        self.metrics = chosen_metrics(cfg)
        require_usable(self.metrics, cfg.sample_rate)
        drawer = data.drawer(cfg)
        self.plan, self.library = data.plan(cfg, drawer, "test"), drawer.library
        self.stft = STFT(cfg.sample_rate, **cfg.stft)
        self.systems = self._opened(runs)
        self.memory = self._memory()

    def scores(self, spread: Spread | None = None) -> pd.DataFrame:
        """See reporting.scoring.score_plan.score_plan; without `spread` over the config's jobs."""
        return score_plan(
            self.plan,
            self.library,
            self.systems,
            self.metrics,
            self.sample_rate,
            data.jobs(self.cfg),
            self.cfg.device,
            self.memory,
            spread,
        )

    def examples(self, scores: pd.DataFrame) -> list[Example]:
        """See reporting.pages.examples; `scores` are those of this trial."""
        found = examples(scores, self.plan, self.library, self.systems, self.stft, self.cfg.device, self.memory)
        several = len(self.cfg.rates) > 1
        return [one._replace(title=f"{self.sample_rate} Hz, {one.title}") if several else one for one in found]

    def described(self) -> str:
        """What was tested, in a line."""
        rows = self.plan.split("test")
        return (
            f"{len(rows)} mixtures of {rows.speech_id.nunique()} utterances at {self.sample_rate} Hz, "
            f"{rows.length.sum() / self.sample_rate / 60:.1f} minutes; seed {self.cfg.seed}, "
            f"fingerprint {of_values(rows.to_csv())}"
        )

    def _opened(self, runs: Sequence[Path]) -> dict[str, System]:
        cfg, target = self.cfg, build(self.cfg.oracle, "models.targets")
        baselines = {
            name: build(node, "models.baselines", sample_rate=cfg.sample_rate) for name, node in cfg.baselines.items()
        }
        stft = STFT(cfg.sample_rate, **cfg.stft)  # of its own: it moves to the device
        return open_systems(
            runs, self.plan, cfg.sample_rate, stft, target, cfg.device, baselines, cfg.stages, cfg.rates
        )

    def _memory(self) -> Memory:
        """What was scored before, and the versions of systems and metrics: of all that decides what they give."""
        cfg = self.cfg
        shared = cfg.sample_rate, cfg.device, of_sources("dsp", "models"), version("torch")
        libraries = [version(name) for name in LIBRARIES]
        measured = {
            name: of_values(name, node, cfg.sample_rate, of_sources("metrics"), libraries)
            for name, node in OmegaConf.to_container(cfg.metric, resolve=True).items()
        }
        versions = {name: of_values(system.made_of, shared) for name, system in self.systems.items()}
        return Memory(ScoreCache(Path(cfg.cache) / "scores.sqlite"), versions, measured)

"""A trial: systems on a test plan at one sample rate."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from command import data
from command.about import SCORING, versions
from dsp.stft import STFT
from files.fingerprint import of_sources, of_values
from metrics.metric import Metric
from models.baselines.oracle import Oracle
from models.system import Enhancing
from models.targets.target import Target
from options.build import build
from parallel.spread import Spread, over_processes
from reporting.pages.examples import examples
from reporting.pages.media import Example
from reporting.scoring.bench import Bench
from reporting.scoring.memory import Memory
from reporting.scoring.score_cache import ScoreCache
from reporting.scoring.score_plan import require_usable, score_plan
from reporting.scoring.systems import Systems, of_rate, refuse_heard, trained, untrained

Thing = TypeVar("Thing")


class Built(NamedTuple):
    """What a config names: what is put on the test, and what measures it; both by name."""

    systems: Systems
    metrics: dict[str, Metric]


def built(cfg: DictConfig, runs: Mapping[str, Path]) -> Built:
    """What `cfg` names, built; of `runs` those that were trained at its rate.

    No corpus is read for it, so that what cannot be tested is refused at once. Raises FileNotFoundError or ValueError.
    """
    metrics = chosen_metrics(cfg)
    require_usable(metrics, cfg.sample_rate)
    oracle = Oracle(_stft(cfg).to(cfg.device), build(cfg.oracle, Target))
    baselines = chosen_baselines(cfg)
    systems = untrained(oracle, baselines)
    tested = of_rate(runs, cfg.sample_rate, cfg.rates)
    learned = trained(tested, cfg.device, cfg.stages)
    if both := systems.keys() & learned.keys():
        raise ValueError(
            f"baselines.{min(both)}: is the name of a stage of a run, too; choose another name"
        )
    return Built(systems | learned, metrics)


def chosen_metrics(cfg: DictConfig) -> dict[str, Metric]:
    """The config's metrics by name; ValueError naming one that is none, or that its options break."""
    return _each(cfg, "metric", lambda node: build(node, Metric))


def chosen_baselines(cfg: DictConfig) -> dict[str, Enhancing]:
    """The config's baselines by name; ValueError naming one that is none, or that its options break."""
    make = partial(
        build, contract=Enhancing, within="models.baselines", sample_rate=cfg.sample_rate
    )
    return _each(cfg, "baselines", make)


def _each(cfg: DictConfig, option: str, make: Callable[[DictConfig], Thing]) -> dict[str, Thing]:
    things = {}
    for name, node in cfg[option].items():
        try:
            things[name] = make(node)
        except ValueError as error:
            raise ValueError(f"{option}.{name}: {error}") from error
    return things


class Trial:
    """Opened at once, so that a run which has heard the test is refused before anything is scored."""

    def __init__(self, cfg: DictConfig, built: Built):
        self.cfg, self.sample_rate = cfg, cfg.sample_rate
        self.systems, self.metrics = built
        drawer = data.drawer(cfg)
        plan = data.plan(cfg, drawer, "test")
        refuse_heard(self.systems, plan)
        self.bench = Bench(plan, drawer.library, cfg.sample_rate, cfg.device, _memory(cfg))

    def scores(self, spread: Spread | None = None) -> pd.DataFrame:
        """See reporting.scoring.score_plan; without `spread` over the config's jobs."""
        return score_plan(
            self.bench, self.systems, self.metrics, spread or over_processes(data.jobs(self.cfg))
        )

    def examples(self, scores: pd.DataFrame) -> list[Example]:
        """See reporting.pages.examples; `scores` are those of this trial."""
        shown = list(examples(scores, self.bench, self.systems, _stft(self.cfg)))
        if len(self.cfg.rates) < 2:
            return shown
        return [
            example._replace(title=f"{self.sample_rate} Hz, {example.title}") for example in shown
        ]

    def described(self) -> str:
        """What was tested, in a line."""
        rows = self.bench.rows
        return (
            f"{len(rows)} mixtures of {rows.speech_id.nunique()} utterances at {self.sample_rate} Hz, "
            f"{rows.length.sum() / self.sample_rate / 60:.1f} minutes; seed {self.cfg.seed}, "
            f"fingerprint {of_values(rows.to_csv())}"
        )


def _stft(cfg: DictConfig) -> STFT:
    return STFT(cfg.sample_rate, **cfg.stft)


def _memory(cfg: DictConfig) -> Memory:
    """What was scored before: of the same signals, by systems and metrics whose code and libraries are the same."""
    beside = cfg.sample_rate, cfg.device, of_sources("dsp", "models"), versions(["torch"])
    measured = cfg.sample_rate, of_sources("metrics", "dsp"), versions(SCORING)
    nodes = OmegaConf.to_container(cfg.metric, resolve=True)
    metrics = {name: of_values(name, node, measured) for name, node in nodes.items()}
    return Memory(ScoreCache(Path(cfg.cache) / "scores.sqlite"), beside, metrics)

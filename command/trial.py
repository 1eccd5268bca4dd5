"""A trial: systems on a test plan at one sample rate."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import pandas as pd
from omegaconf import DictConfig, OmegaConf

from command.about import versions
from datagen import from_config
from datagen.pairs.pairs import Pairs
from datagen.plan import fingerprint
from datagen.split import shares_speakers
from dsp.stft import STFT
from files.fingerprint import of_modules, of_sources, of_values
from metrics.error_rate import ErrorRate
from metrics.facts import SPEECH
from metrics.known import kind_of
from metrics.metric import Metric
from models.baselines.clean import Clean
from models.recognition.ear import Ear, outside_recogniser
from models.system import CLEAN, ORACLE, Enhancing
from options.build import build
from parallel.spread import Spread, over_processes
from reporting.pages.examples import ROOM, examples, worst_examples
from reporting.pages.media import Example, Heard
from reporting.scoring.bench import Bench
from reporting.scoring.files import look_at
from reporting.scoring.memory import Memory
from reporting.scoring.score_cache import ScoreCache
from reporting.scoring.score_plan import require_usable, score_plan
from reporting.scoring.systems import Systems, mixed_back, of_rate, refuse_heard, trained, untrained
from reporting.scoring.transcripts import transcripts
from tasks.task import system_of, task_of

Thing = TypeVar("Thing")

ON_VALIDATION = (
    "These are mixtures of the validation, by which a training keeps its best epoch: "
    "they choose between trainings, and are no test."
)
HEARD_SPEAKERS = (
    "Training has heard the speakers of this test: there were too few, so that utterances were set "
    "aside. It says little about other voices."
)


class Built(NamedTuple):
    """What a config names: what is put on the test and what measures it, both by name; memory."""

    systems: Systems
    metrics: dict[str, Metric]
    memory: Memory


def built(cfg: DictConfig, runs: Mapping[str, Path]) -> Built:
    """What `cfg` names, built; of `runs` those that were trained at its rate.

    No corpus is read for it, so that what cannot be tested is refused at once. Raises
    FileNotFoundError or ValueError.
    """
    task = task_of(cfg)
    beside = task.beside(cfg)
    metrics = _taking(next(iter(beside.values())).gives, chosen_metrics(cfg))
    if cfg.get("pairs") and not build(cfg.pairs, Pairs).has_clean:
        _require_no_reference(metrics)
        beside.pop(ORACLE, None)
    require_usable(metrics, cfg.sample_rate)
    baselines = chosen_baselines(cfg)
    if any(metric.takes == SPEECH != metric.facts.compares for metric in metrics.values()):
        beside[CLEAN] = Clean()  # what is heard in it is as good as it gets
    systems = untrained(beside, baselines)
    tested = of_rate(runs, cfg.sample_rate, cfg.rates)
    memory = _memory(cfg, metrics)
    learned = trained(tested, partial(task.system, device=cfg.device), cfg.stages, memory)
    shared = systems.keys() & learned.keys()
    if shared:
        raise ValueError(
            f"baselines.{min(shared)}: is the name of a stage of a run, too; choose another name"
        )
    return Built(systems | mixed_back(learned, cfg.mix_back), metrics, memory)


def _require_no_reference(metrics: Mapping[str, Metric]) -> None:
    """Raise ValueError for a metric that compares with clean speech."""
    others = [f"~metric.{name}" for name, one in metrics.items() if one.facts.needs_reference]
    if others:
        raise ValueError(
            f"recordings have no clean speech to compare with; leave out {' '.join(others)}, or "
            "add experiment=recordings"
        )


def _taking(kind: str, metrics: dict[str, Metric]) -> dict[str, Metric]:
    """Those of `metrics` that take answers of that kind; ValueError where there are none."""
    fitting = {name: metric for name, metric in metrics.items() if metric.takes == kind}
    for name, metric in metrics.items():
        if kind == SPEECH and isinstance(metric, ErrorRate) and name not in fitting:
            raise ValueError(
                f"metric.{name}: enhancers give speech, and it has no recogniser to hear it; add "
                f"metric.{name}.run=RUN, of task=recognition, or metric.{name}.by=pocketsphinx"
            )
    if not fitting:
        raise ValueError(
            f"metric: none takes {kind}; add +metric@metric.NAME=NAME, of one that does"
        )
    return fitting


def chosen_metrics(cfg: DictConfig) -> dict[str, Metric]:
    """The config's metrics by name.

    Raises ValueError naming one that is none, that its options break, or that is called by a name
    which does not say what it is.
    """
    metrics = _each(cfg, "metric", lambda node: build(node, Metric))
    for name, metric in metrics.items():
        kind, _ = kind_of(name)
        if kind is not type(metric):
            own = type(metric).__module__.rpartition(".")[2]
            raise ValueError(
                f"metric.{name}: tables know a score by its name, and this one is that of "
                f"metrics/{own}.py; call it {own} or {own}_{name}"
            )
        if isinstance(metrics[name], ErrorRate):
            _open_recogniser(name, metrics[name], cfg.device)
    return metrics


def _open_recogniser(name: str, metric: ErrorRate, device: str) -> None:
    """Give an error rate the recogniser that it names, where it does.

    Raises ValueError or FileNotFoundError where that is none, or is missing.
    """
    try:
        if metric.run is not None:
            ear = Ear(Path(metric.run), device, system_of)
            metric.listen(ear, ear.made_of, ear.sample_rate)
        elif metric.by is not None:
            outside = outside_recogniser(metric.by)
            metric.listen(outside, outside.made_of, outside.sample_rate)
    except ValueError as error:
        raise ValueError(f"metric.{name}: {error}") from error


def chosen_baselines(cfg: DictConfig) -> dict[str, Enhancing]:
    """The config's baselines by name.

    Raises ValueError naming one that is none, or that its options break.
    """
    make = partial(
        build, contract=Enhancing, within="models.baselines", sample_rate=cfg.sample_rate
    )
    return _each(cfg, "baselines", make)


def _each(cfg: DictConfig, option: str, make: Callable[[DictConfig], Thing]) -> dict[str, Thing]:
    built_by_name = {}
    for name, node in cfg[option].items():
        try:
            built_by_name[name] = make(node)
        except ValueError as error:
            raise ValueError(f"{option}.{name}: {error}") from error
    return built_by_name


class Trial:
    """Opened at once: a run which has heard the test is refused before anything is scored.

    notes: what must be known of it before its numbers are read, in sentences.
    """

    def __init__(self, cfg: DictConfig, built: Built):
        self.cfg = cfg
        self.sample_rate = cfg.sample_rate
        self.systems = built.systems
        self.metrics = built.metrics
        plan, audio, notes = task_of(cfg).test(cfg)
        self.notes = [*notes, *refuse_heard(self.systems, plan)]
        if cfg.split != "test":
            self.notes.append(ON_VALIDATION)
        if not cfg.get("pairs") and shares_speakers(plan.speech):
            self.notes.append(HEARD_SPEAKERS)
        self.bench = Bench(plan, audio, cfg.sample_rate, cfg.device, built.memory)

    def scores(self, spread: Spread | None = None) -> pd.DataFrame:
        """See reporting.scoring.score_plan; without `spread` over the config's jobs.

        These enhance, too; workers of a cluster have no runs, and a GPU is one.
        """
        there = spread is None and self.cfg.device == "cpu"
        if spread is None:
            spread = over_processes(from_config.jobs(self.cfg))
        return score_plan(self.bench, self.systems, self.metrics, spread, there)

    def files(self) -> pd.DataFrame:
        """See reporting.scoring.files.look_at."""
        return look_at(self.bench, self.systems)

    def examples(self, scores: pd.DataFrame) -> list[Example]:
        """See reporting.pages.examples; `scores` are those of this trial."""
        transcribe = _recogniser(self.metrics, self.sample_rate)
        stft = _stft(self.cfg)
        shown = list(examples(scores, self.bench, self.systems, stft, transcribe))
        if len(self.cfg.rates) < 2:
            return shown
        titled = []
        for example in shown:
            title = f"{self.sample_rate} Hz, {example.title}"
            titled.append(example._replace(title=title))
        return titled

    def worst(self, scores: pd.DataFrame) -> list[Heard]:
        """See reporting.pages.examples; `scores` are those of this trial."""
        room = ROOM // max(1, len(self.cfg.rates))
        return list(worst_examples(scores, self.bench, self.systems, _stft(self.cfg), room))

    def transcripts(self) -> pd.DataFrame:
        """See reporting.scoring.transcripts."""
        table = transcripts(self.bench, self.systems, self.metrics)
        return table.assign(sample_rate=self.sample_rate)

    def described(self) -> str:
        """What was tested, in a line."""
        rows = self.bench.rows
        utterances = rows.speech_id.nunique()
        minutes = rows.length.sum() / self.sample_rate / 60
        mixtures = f"{len(rows)} mixtures of {utterances} utterances at {self.sample_rate} Hz"
        drawn = f"fingerprint {fingerprint(rows)}"
        if not self.cfg.get("pairs"):
            drawn = f"seed {self.cfg.seed}, {drawn}"
        return f"{mixtures}, {minutes:.1f} minutes; {drawn}"


def _recogniser(
    metrics: Mapping[str, Metric], sample_rate: int
) -> Callable[[np.ndarray], str] | None:
    """What the first error rate with a recogniser hears; None where there is none."""
    for metric in metrics.values():
        if isinstance(metric, ErrorRate) and metric.hears is not None:
            return partial(metric.hears, sample_rate=sample_rate)
    return None


def _stft(cfg: DictConfig) -> STFT:
    return STFT(cfg.sample_rate, **cfg.stft)


def _memory(cfg: DictConfig, metrics: Mapping[str, Metric]) -> Memory:
    """What was scored before.

    That is of the same signals, by systems and metrics whose code and libraries are the same.
    """
    enhancing = of_sources("dsp", "models", "text")
    beside = cfg.sample_rate, cfg.device, enhancing, versions(["torch"])
    versions_of = {}
    nodes = OmegaConf.to_container(cfg.metric, resolve=True)
    for name, metric in metrics.items():
        code = of_modules(type(metric).__module__, "metrics.table")
        measured = cfg.sample_rate, code, versions(metric.facts.packages)
        if metric.made_of is not None:
            measured = *measured, metric.made_of
        versions_of[name] = of_values(nodes[name], *measured)
    cache = ScoreCache(Path(cfg.cache) / "scores.sqlite")
    return Memory(cache, beside, versions_of)

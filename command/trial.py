"""A trial: systems on a test plan at one sample rate."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from command.about import versions
from command.chosen import (
    chosen_baselines,
    chosen_metrics,
    recogniser,
    require_no_reference,
    taking,
)
from command.tagged_kinds import with_tagged_kinds
from datagen import from_config
from datagen.pairs.pairs import Pairs
from datagen.plan import fingerprint
from datagen.split import shares_speakers
from dsp.stft import STFT
from files.fingerprint import of_modules, of_sources, of_values
from metrics.metric import Metric
from models.baselines.clean import Clean
from models.system_names import CLEAN, KNOWING
from models.tagging.namer import Namer
from options.build import build
from parallel.spread import Spread, over_processes
from reporting.pages.examples import ROOM, examples, worst_examples
from reporting.pages.media import Example, MixtureExample
from reporting.scoring.again import OneByOne
from reporting.scoring.bench import Bench
from reporting.scoring.files import look_at
from reporting.scoring.memory import Memory
from reporting.scoring.score_cache import ScoreCache
from reporting.scoring.score_plan import require_usable, score_plan
from reporting.scoring.systems import (
    Systems,
    heard_by_recognisers,
    mixed_back,
    of_rate,
    refuse_trained_on_test,
    trained,
    untrained,
)
from reporting.scoring.transcripts import transcripts
from tasks.task import task_of
from text.answers import SPEECH

ON_VALIDATION = (
    "These are mixtures of the validation, by which a training keeps its best epoch: "
    "they choose between trainings, and are no test."
)
SHARED_SPEAKERS = (
    "Training used the speakers of this test: there were too few speakers, so utterances were set "
    "aside. The scores say little about other voices."
)


class Built(NamedTuple):
    """The systems and metrics of a config, by name, and the cache.

    namer: names the noises of recordings without a label.
    """

    systems: Systems
    metrics: dict[str, Metric]
    memory: Memory
    namer: Namer | None = None


def built(cfg: DictConfig, runs: Mapping[str, Path]) -> Built:
    """The systems and metrics of `cfg`, built; of `runs`, those that were trained at its rate.

    No corpus is read, so that errors come at once. Raises FileNotFoundError or ValueError.
    """
    task = task_of(cfg)
    for run in runs.values():
        task.own_config(run)
    beside = task.beside(cfg)
    metrics = taking(next(iter(beside.values())).gives, chosen_metrics(cfg))
    if cfg.get("pairs") and not build(cfg.pairs, Pairs).has_clean:
        require_no_reference(metrics)
        beside = {name: system for name, system in beside.items() if name not in KNOWING}
    memory = _memory(cfg, metrics)
    untried = {name: metric for name, metric in metrics.items() if not memory.has_scored(name)}
    require_usable(untried, cfg.sample_rate)
    baselines = chosen_baselines(cfg)
    if any(metric.takes == SPEECH != metric.facts.compares for metric in metrics.values()):
        beside[CLEAN] = Clean()  # a reference for what a recogniser can reach
    systems = untrained(beside, baselines)
    tested = of_rate(runs, cfg.sample_rate, cfg.rates)
    learned = trained(tested, partial(task.system, device=cfg.device), cfg.stages, memory)
    shared = systems.keys() & learned.keys()
    if shared:
        raise ValueError(
            f"baselines.{min(shared)}: is the name of a stage of a run, too; choose another name"
        )
    return Built(systems | mixed_back(learned, cfg.mix_back), metrics, memory)


class Trial:
    """A test at one rate; raises before scoring if a run was trained on part of the test.

    notes: cautions to read before the numbers, in sentences. fold: name of the fold of this test.
    """

    def __init__(self, cfg: DictConfig, built: Built, fold: str = ""):
        self.cfg = cfg
        self.sample_rate = cfg.sample_rate
        self.systems = built.systems
        self.metrics = built.metrics
        plan, audio, notes = task_of(cfg).test(cfg)
        if built.namer:
            audio = with_tagged_kinds(plan, audio, built.namer)
            notes = [*notes, f"Kinds of noise are what {cfg.tag} hears, and may be wrong."]
        self.notes = [
            *notes,
            *refuse_trained_on_test(self.systems, plan),
            *heard_by_recognisers(self.metrics, plan),
        ]
        if cfg.split != "test":
            self.notes.append(ON_VALIDATION)
        of_speakers = task_of(cfg).words.speaker == "speaker"
        if of_speakers and not cfg.get("pairs") and shares_speakers(plan.speech):
            self.notes.append(SHARED_SPEAKERS)
        self.fold = fold
        self.bench = Bench(plan, audio, cfg.sample_rate, cfg.device, built.memory, fold)

    def require_unseen(self, kinds: Sequence[str]) -> None:
        """Raise ValueError for one of `kinds` without an unseen noise in the test."""
        noise = self.bench.plan.noise
        unseen = sorted(noise.kind[~noise.seen].unique())
        for kind in kinds:
            if kind not in unseen:
                known = ", ".join(unseen) or "none"
                raise ValueError(
                    f"resembling={kind}: no unseen noise of this test is of that kind; there are "
                    f"{known}"
                )

    def scores(self, spread: Spread | None = None) -> pd.DataFrame:
        """See reporting.scoring.score_plan; without `spread` over the config's jobs.

        The jobs also enhance, except on a cluster, whose workers have no runs, and on a GPU.
        """
        there = spread is None and self.cfg.device == "cpu"
        if spread is None:
            spread = self._over_processes()
        return score_plan(self.bench, self.systems, self.metrics, spread, there)

    def _over_processes(self) -> Spread:
        """Over the config's jobs; a job that ends its process ends no other.

        A single job starts a process of its own only for other people's code.
        """
        jobs = from_config.jobs(self.cfg)
        foreign = any(self.systems[name].is_foreign for name in self.cfg.baselines)
        apart = self.cfg.device == "cpu" and (jobs > 1 or foreign)
        return over_processes(jobs, OneByOne() if apart else None)

    def files(self) -> pd.DataFrame:
        """See reporting.scoring.files.look_at."""
        return look_at(self.bench, self.systems)

    def examples(self, scores: pd.DataFrame) -> list[Example]:
        """See reporting.pages.examples; `scores` are those of this trial."""
        transcribe = recogniser(self.metrics, self.sample_rate)
        stft = _stft(self.cfg)
        shown = list(examples(scores, self.bench, self.systems, stft, transcribe))
        if len(self.cfg.rates) < 2:
            return shown
        titled = []
        for example in shown:
            title = f"{self.sample_rate} Hz, {example.title}"
            titled.append(example._replace(title=title))
        return titled

    def worst(self, scores: pd.DataFrame) -> list[MixtureExample]:
        """See reporting.pages.examples; `scores` are those of this trial."""
        room = ROOM // max(1, len(self.cfg.rates))
        return list(worst_examples(scores, self.bench, self.systems, _stft(self.cfg), room))

    def transcripts(self) -> pd.DataFrame:
        """See reporting.scoring.transcripts."""
        table = transcripts(self.bench, self.systems, self.metrics)
        return table.assign(sample_rate=self.sample_rate)

    def described(self) -> str:
        """The test, on one line."""
        rows = self.bench.rows
        utterances = rows.speech_id.nunique()
        minutes = rows.length.sum() / self.sample_rate / 60
        words = task_of(self.cfg).words
        of = f" of {utterances} utterances" if words.rows == "mixtures" else ""
        mixtures = f"{words.counted(len(rows))}{of} at {self.sample_rate} Hz"
        mixtures = f"{self.fold}: {mixtures}" if self.fold else mixtures
        drawn = f"fingerprint {fingerprint(rows)}"
        if not self.cfg.get("pairs"):
            drawn = f"seed {self.cfg.seed}, {drawn}"
        return f"{mixtures}, {minutes:.1f} minutes; {drawn}"


def _stft(cfg: DictConfig) -> STFT:
    return STFT(cfg.sample_rate, **cfg.stft)


def _memory(cfg: DictConfig, metrics: Mapping[str, Metric]) -> Memory:
    """The cache of scores.

    A score is reused for the same signals, and the same code and libraries of system and metric.
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

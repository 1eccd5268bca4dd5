"""Tagging: from a clip to the class of its sound."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import torch
from omegaconf import DictConfig, OmegaConf

from datagen import from_config
from datagen.clips import Clips, ClipSignals, clip_plan
from datagen.file_reader import decoded
from datagen.library import Library
from datagen.pairs.pairs import PairedTest
from datagen.plan import Plan
from datagen.pool import pooled
from datagen.recordings import RecordingsCallback
from datagen.roles import SEEN_NOISE, UNSEEN_NOISE
from models.cost import Costs
from models.known_costs import cached_costs
from models.recognition.features import Features
from models.run import content_of, load_weights
from models.system import System
from models.system_names import MIXTURE, ORACLE
from models.tagging.answering import Always, Labels, TaggerRun
from models.tagging.cost import costs
from models.tagging.namer import Namer
from models.tagging.network import TaggingNetwork
from models.tagging.tagger import Tagger
from options.build import build, maker
from tasks.task import Task, opened
from text.words import Words

if TYPE_CHECKING:
    from datagen.datamodule import PlanData
    from models.tagging_learner import TaggingLearner


class Tagging(Task):
    """A network learns the class of clips of up to `clip_s` seconds, among `classes`.

    The classes are the kinds of noise.seen; noise.unseen is the test. The counts of the plan are
    not used, because all clips are. class_of: the class of all recordings of a corpus, by the
    beginning of their ids, instead of their kinds. Raises ValueError for fewer than two classes, or
    a repeated one.
    """

    serves = ("evaluate",)
    folds = True
    words = Words(
        "Tagging",
        row="clip",
        rows="clips",
        speaker="source",
        speakers="sources",
        conditions="clips",
        kind="class",
        base="naming the first class",
        base_name="the first class",
        oracle="The oracle knows the class.",
        changes=False,
    )

    def __init__(
        self,
        classes: Sequence[str],
        clip_s: float = 5.0,
        class_of: Mapping[str, str] | None = None,
    ):
        if len(classes) < 2 or len({*classes}) < len(classes):
            raise ValueError(f"task.classes={list(classes)}: give two or more, each once")
        if clip_s <= 0:
            raise ValueError(f"task.clip_s={clip_s:g}: must be above 0")
        self.classes, self.clip_s = list(classes), clip_s
        self.class_of = dict(class_of or {})

    def learner(self, cfg: DictConfig) -> TaggingLearner:
        """See models.tagging_learner."""
        from models.tagging_learner import TaggingLearner

        optimizer = maker(cfg.recipe.optimizer, torch.optim.Optimizer)
        return TaggingLearner(*self._parts(cfg), optimizer)

    def _parts(self, cfg: DictConfig) -> tuple[Features, TaggingNetwork]:
        features = build(cfg.task.features, Features, sample_rate=cfg.sample_rate)
        sizes = {"features": features.count, "classes": len(self.classes)}
        return features, build(cfg.task.network, TaggingNetwork, **sizes)

    def batches(self, cfg: DictConfig, on_recordings: RecordingsCallback) -> PlanData:
        """All clips of training and validation."""
        from datagen.datamodule import PlanData

        plan = self._plan(cfg)
        numbers = {name: number for number, name in enumerate(self.classes)}
        route = partial(Clips, signals=ClipSignals(_library(cfg, plan)), classes=numbers)
        return PlanData.of(cfg, plan, route)

    def test(self, cfg: DictConfig) -> PairedTest:
        """All clips of the test, each with its class as "label"."""
        plan = self._plan(cfg)
        return PairedTest(plan, ClipSignals(decoded(plan.speech, plan.noise, cfg.sample_rate)), [])

    def _plan(self, cfg: DictConfig) -> Plan:
        tables = from_config.scanned(cfg)
        return clip_plan(
            self._labelled(tables[SEEN_NOISE], SEEN_NOISE),
            self._labelled(tables[UNSEEN_NOISE], UNSEEN_NOISE),
            from_config.protocol(cfg),
            self.clip_s,
            cfg.sample_rate,
            cfg.seed,
        )

    def _labelled(self, recordings: pd.DataFrame, role: str) -> pd.DataFrame:
        """`recordings` with their classes as kinds; raises ValueError for other classes."""
        corpora = recordings.id.str.partition("/")[0]
        known = zip(corpora, recordings.kind, strict=True)
        kinds = [self.class_of.get(corpus, kind) for corpus, kind in known]
        others = sorted({*kinds} - {*self.classes})
        if others:
            raise ValueError(
                f"{role}: has {', '.join(map(repr, others))}, none of task.classes; add them to "
                "that, or leave them out of the corpus"
            )
        return recordings.assign(kind=kinds)

    def system(self, run: Path, device: str) -> TaggerRun:
        """The run's tagger, from a clip to the name of its class."""
        self.own_config(run)
        learned = namer(run)
        return TaggerRun(run, learned.tagger.to(device), learned.classes, content_of(run))

    def beside(self, cfg: DictConfig) -> dict[str, System]:
        """The first class for all clips, and the true class."""
        return {MIXTURE: Always(self.classes[0]), ORACLE: Labels()}

    def costs(self, cfg: DictConfig, cache: Path, say: Callable[[str], object]) -> Costs:
        """The costs of the network, for clips of `clip_s`."""
        tagger = Tagger(*self._parts(cfg)).eval()
        identity = OmegaConf.to_container(cfg.task, resolve=True)
        measure = partial(costs, tagger, self.clip_s)
        return cached_costs(identity, measure, type(tagger.network).__name__, cache, say)


def _library(cfg: DictConfig, plan: Plan) -> Library:
    """The clips of training and validation: decoded at every request, or from a pool of them."""
    noise = plan.noise[plan.noise.split != "test"]
    no_speech = plan.speech.iloc[:0]  # a row has noise alone
    if cfg.data.cache == "pool":
        return pooled(no_speech, noise, cfg.sample_rate, Path(cfg.cache))
    return decoded(no_speech, noise, cfg.sample_rate)


def namer(run: Path) -> Namer:
    """The tagger of a run of this task, at its best epoch; raises the errors of `run_config`.

    Raises ValueError if `run` has another task.
    """
    training = "experiment=esc50_tagging recipe=tagging"
    cfg, task = opened(run, Tagging, "names no noises", training)
    tagger = Tagger(*task._parts(cfg))
    load_weights(tagger, run)
    return Namer(tagger, task.classes, task.clip_s)

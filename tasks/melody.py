"""Melodies: predicts the next note of a tune from the notes so far."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import ClassVar

import pandas as pd
import torch
from omegaconf import DictConfig, OmegaConf

from datagen.melodies.plan import TuneData, TuneRows, draw
from datagen.melodies.tested import tested
from datagen.melodies.tokens import TOKENS, to_tokens
from datagen.melodies.tune import unwritten
from datagen.melodies.tunes import Tunes
from datagen.pairs.pairs import PairedTest
from datagen.recordings import RecordingsCallback
from models.cost import Costs
from models.enhancer import Enhancer
from models.known_costs import cached_costs
from models.melody.answering import Composer, Counting
from models.melody.cost import costs
from models.melody.learner import MelodyLearner
from models.melody.next_note import NextNote
from models.melody.ngram import NGram
from models.run import content_of, load_weights
from models.system import System
from models.system_names import MIXTURE
from options.build import build, maker
from options.typed import typed
from tasks.task import Task, opened
from text.words import Words

# Orders of the n-gram models in tokens; a note is two tokens. The tunes in all keys contain too
# many different runs of five tokens for a 5-gram.
ORDERS = {"unigram": 1, "trigram": 3, "5-gram": 5}
IN_ALL_KEYS = {"unigram": 1, "trigram": 3}


class Melody(Task):
    """A network learns to predict the next token of tunes; options as in conf/task/melody.yaml.

    Raises ValueError for shares that leave no training tunes, or pieces without a note.
    """

    serves: ClassVar[tuple[str, ...]] = ("evaluate", "compose")
    words = Words(
        "Melody",
        row="tune",
        rows="tunes",
        speaker="family",
        speakers="families",
        conditions="tunes",
        base="the unigram",
        base_name="unigram",
        changes=False,
    )

    def __init__(self, transpose: int, validation: float, test: float, longest: int):
        if not 0 <= transpose <= 12:
            raise ValueError(f"task.transpose={transpose}: 0 to 12 semitones")
        if min(validation, test) <= 0 or validation + test >= 1:
            raise ValueError(
                f"task.validation={validation:g}, task.test={test:g}: above 0, together below 1"
            )
        if longest < 4:
            raise ValueError(f"task.longest={longest}: at least 4 tokens, a note and two ends")
        self.draw = partial(
            draw, transpose=transpose, validation=validation, test=test, longest=longest
        )

    def learner(self, cfg: DictConfig) -> MelodyLearner:
        """See models.melody.learner."""
        network = build(cfg.task.network, NextNote, tokens=TOKENS)
        build(cfg.task.tunes, Tunes)
        return MelodyLearner(network, maker(cfg.recipe.optimizer, torch.optim.Optimizer))

    def batches(self, cfg: DictConfig, on_recordings: RecordingsCallback) -> TuneData:
        """Tunes as tokens; `on_recordings` is not called, as there are no recordings."""
        tunes = build(cfg.task.tunes, Tunes).tunes()
        plan = self.draw(tunes)
        return TuneData.of(cfg, plan, partial(TuneRows, tunes=plan.tunes))

    def beside(self, cfg: DictConfig) -> dict[str, System]:
        """N-gram models of the config's training tunes: the unigram first."""

        systems = counting(lambda: self._tunes(cfg, "train").notes, cfg.task.transpose)
        return {MIXTURE: systems.pop("unigram"), **systems}

    def test(self, cfg: DictConfig) -> PairedTest:
        """The tunes of the tested split, in their original keys."""
        return tested(self._tunes(cfg, cfg.split).reset_index(drop=True), cfg.sample_rate)

    def _tunes(self, cfg: DictConfig, split: str) -> pd.DataFrame:
        """The tunes of a split."""
        tunes = self.draw(build(cfg.task.tunes, Tunes).tunes()).tunes
        return tunes[tunes.split == split]

    def system(self, run: Path, device: str) -> Composer:
        """The run's composer, which predicts the next token."""
        self.own_config(run)
        return Composer(run, composer(run).to(device), content_of(run))

    def costs(self, cfg: DictConfig, cache: Path, say: Callable[[str], object]) -> Costs:
        """The costs of the network, per token."""
        network = build(cfg.task.network, NextNote, tokens=TOKENS).eval()
        identity = [OmegaConf.to_container(cfg.task.network, resolve=True), TOKENS]
        return cached_costs(identity, partial(costs, network), type(network).__name__, cache, say)

    def enhancers(self, run: Path) -> Mapping[str, Enhancer]:
        """Raises ValueError, because a composer does not enhance."""
        raise ValueError(
            f"{run}: composes melodies, and enhances nothing; "
            f"python compose.py {typed('run', run)} writes some"
        )


def counting(learned: Callable[[], Iterable[str]], semitones: int) -> dict[str, Counting]:
    """N-gram models by name, the unigram first.

    learned: gives the training tunes, as text, on first use. Models "in all keys" count them
    transposed by up to `semitones`.
    """

    def counts(semitones: int, orders: Mapping[str, int]) -> NGram:
        return counted(learned(), semitones, max(orders.values()))

    as_written = cache(partial(counts, 0, ORDERS))
    in_all_keys = cache(partial(counts, semitones, IN_ALL_KEYS))
    systems = {name: Counting(as_written, order) for name, order in ORDERS.items()}
    for name, order in IN_ALL_KEYS.items():
        systems[f"{name} in all keys"] = Counting(in_all_keys, order)
    return systems


def counted(tunes: Iterable[str], semitones: int, order: int) -> NGram:
    """The n-gram counts of `tunes`, as text, transposed by up to `semitones`."""
    keys = range(-semitones, semitones + 1)
    learned = (to_tokens(unwritten(notes), by) for notes in tunes for by in keys)
    return NGram(order, TOKENS).learn(learned)


def composer(run: Path) -> NextNote:
    """The network of a run of this task, at its best epoch; raises the errors of `run_config`.

    Raises ValueError if `run` has another task.
    """
    training = "experiment=melodies recipe=melodies"
    cfg, task = opened(run, Melody, "composes nothing", training)
    learner = task.learner(cfg)
    load_weights(learner, run)
    return learner.network.eval()

"""Melodies: from the notes of a tune so far to the next one."""

from functools import partial
from pathlib import Path
from typing import ClassVar

import torch
from omegaconf import DictConfig

from datagen.melodies.plan import TuneData, TuneRows, draw
from datagen.melodies.tokens import TOKENS
from datagen.melodies.tunes import Tunes
from datagen.recordings import Hearing
from models.melody.learner import MelodyLearner
from models.melody.next_note import NextNote
from models.run import load_weights, run_config, task_name
from models.system import System
from options.build import build, maker
from options.typed import typed
from tasks.task import Task, task_of
from text.words import Words


class Melody(Task):
    """A network learns what comes next in tunes; options as conf/task/melody.yaml has them.

    Raises ValueError for shares that leave nothing to train on, or pieces without a note.
    """

    serves: ClassVar[tuple[str, ...]] = ("compose",)
    words = Words(
        "Melodies",
        row="tune",
        rows="tunes",
        speaker="family of tunes",
        speakers="families of tunes",
        conditions="tunes",
        base="the unigram",
        base_name="unigram",
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

    def batches(self, cfg: DictConfig, heard: Hearing) -> TuneData:
        """Tunes as tokens; no recording is heard."""
        tunes = build(cfg.task.tunes, Tunes).tunes()
        plan = self.draw(tunes)
        return TuneData.of(cfg, plan, partial(TuneRows, tunes=plan.tunes))

    def beside(self, cfg: DictConfig) -> dict[str, System]:
        """A ValueError: an evaluation is of answers to mixtures, and a composer gives none."""
        raise ValueError(
            "task=melody: evaluate.py judges what is made of mixtures; "
            "python compose.py run=RUN perplexity=true says how well a composer foretells"
        )

    def system(self, run: Path, device: str) -> System:
        """A ValueError: a composer gives nothing for a mixture."""
        raise ValueError(
            f"{run}: composes melodies, and enhances nothing; "
            f"python compose.py {typed('run', run)} writes some, and says how well it foretells"
        )


def composer(run: Path) -> NextNote:
    """The network of a training of this task, at its best epoch; raises as `run_config` does.

    And ValueError where `run` is of another task.
    """
    cfg = run_config(run)
    task = task_of(cfg)
    if not isinstance(task, Melody):
        raise ValueError(
            f"{run}: is a run of task={task_name(cfg)} and composes nothing; give one of "
            "python train.py experiment=melodies recipe=melodies output=RUN"
        )
    learner = task.learner(cfg)
    load_weights(learner, run)
    return learner.network.eval()

"""Batches of mixtures from a training's config."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
from omegaconf import DictConfig

from datagen import from_config
from datagen.datamodule import PlanData
from datagen.draw_plan import require_drawable
from datagen.from_config import Suited
from datagen.plan import Plan, load_plan
from datagen.pool import pooled
from datagen.recordings import RecordingsCallback
from datagen.route import Route
from datagen.transcribed import Spelling, Transcribed, require_whole
from options.build import maker

USED = "train", "validation"  # splits of a training


def mixtures(cfg: DictConfig, on_recordings: RecordingsCallback) -> PlanData:
    """The config's training and validation mixtures.

    on_recordings: called with the tables of their recordings.
    """
    plan, route = _plan_and_route(cfg, on_recordings)
    return PlanData.of(cfg, plan, route)


def transcribed_mixtures(
    cfg: DictConfig, on_recordings: RecordingsCallback, spelling: Spelling
) -> PlanData:
    """Mixtures of whole utterances that have a transcript, with the transcripts as tokens.

    on_recordings: as of `mixtures`. Raises the errors of `Spelling.known`, and ValueError if a
    mixture has only a part of an utterance.
    """
    plan, route = _plan_and_route(cfg, on_recordings, spelling.known)
    require_whole(plan.rows, plan.speech)
    used = plan.speech[plan.speech.id.isin(plan.rows.speech_id)]
    tokens = {}
    for utterance in used.itertuples():
        tokens[utterance.id] = spelling.alphabet.tokens(utterance.text)

    def with_text(rows: pd.DataFrame) -> Route:
        return Transcribed(rows, route(rows), tokens)

    return PlanData.of(cfg, plan, with_text)


def _plan_and_route(
    cfg: DictConfig, on_recordings: RecordingsCallback, suited: Suited | None = None
) -> tuple[Plan, Callable[..., Route]]:
    """The plan, with the speech that `suited` accepts, and the class of its data set."""
    route = maker(cfg.data.route, Route)
    if cfg.data.folder is not None:
        plan = load_plan(Path(cfg.data.folder))
        if suited is not None:
            plan = plan.of(suited(plan.speech, f"{cfg.data.folder}", cfg.sample_rate))
        on_recordings(plan.speech, plan.noise, 0)
        return plan, partial(route, folder=cfg.data.folder, sample_rate=cfg.sample_rate)
    drawer = from_config.drawer(cfg, suited)
    on_recordings(drawer.speech, drawer.noise, drawer.left_out)
    if cfg.data.cache == "pool":
        for split in USED:
            require_drawable(drawer, split, cfg.plan[split])
        speech = drawer.speech[drawer.speech.split != "test"]
        drawer.library = pooled(speech, drawer.noise, cfg.sample_rate, Path(cfg.cache))
    plan = from_config.plan(cfg, drawer, *USED)
    return plan, partial(route, library=drawer.library)

"""The model card of a published run: training, scores and limits."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from reporting.pages.page import definitions, heads, rendered
from reporting.tables import markdown
from reporting.tables.corpora import COLUMNS
from reporting.tables.curves import Curves
from reporting.tables.evaluated import Evaluated
from reporting.tables.headline import headlines
from reporting.tables.improvement import score_names
from reporting.tables.runs import Run, call
from reporting.tables.score_grids import by_snr
from reporting.tables.summary import conditions, titled
from reporting.tables.weaknesses import least_improved, worsened

WORST = {"noise_type": "kind of noise", "snr_db": "SNR in dB"}  # columns and their names


class Scores(NamedTuple):
    """The scores of a run: a sentence about the test; caution: to read before the scores."""

    evaluated: Evaluated
    test: str
    caution: str


class Card(NamedTuple):
    """The content of the card beside the files of the run.

    trained_on: see reporting.tables.corpora. plan: of the training, as text. earlier: the curves of
    earlier trainings that its weights come from. machine: on which its real-time factor was
    measured. latency: as text. scores: None if no report was given.
    """

    run: Run
    trained_on: pd.DataFrame
    plan: str
    earlier: Sequence[Curves]
    machine: str
    latency: str
    scores: Scores | None


def card_text(card: Card) -> str:
    """The card as Markdown; all text from outside is escaped."""
    page = {
        "title": f"{call(card.run.config.network).partition('(')[0]}, speech enhancement",
        "what": _what(card),
        "training": _training(card),
        "corpora": card.trained_on[COLUMNS],
        "scores": _scores(card.scores) if card.scores else None,
    }
    scores = score_names(card.scores.evaluated.scores) if card.scores else []
    return rendered("card.md.j2", page, escape=False, markdown=markdown, heads=heads(scores))


def _what(card: Card) -> Mapping[str, str]:
    run, config = card.run, card.run.config
    facts, costs, stft = run.facts(), run.costs, run.config.stft
    window = f"{1000 * stft.window_s:g} ms every {1000 * stft.hop_s:g} ms, {stft.window}"
    factor = f"{costs['cpu_seconds_per_second']:.3f} on one core of {card.machine}"
    return {
        "network": call(config.network),
        "target": facts["target"],
        "level": facts["level"],
        "largest attenuation": _limit(config),
        "sample rate": f"{config.sample_rate} Hz",
        "windows": window,
        "parameters": f"{costs['parameters']:,}",
        "multiply-adds per second of audio": f"{costs['macs_per_second']:,}",
        "latency": card.latency,
        "real-time factor": factor,
        "weights": run.weights,
    }


def _limit(config: DictConfig) -> str:
    limit_db = config.task.get("attenuation_limit_db")
    return "no limit" if limit_db is None else f"{limit_db:g} dB"


def _training(card: Card) -> Mapping[str, str]:
    config = card.run.config
    facts = {
        "plan": card.plan,
        "seed": _value(config, "seed"),
        "trained": card.run.facts()["trained"],
        "time": Curves(card.run.curve, card.run.times).spent(),
        "began with": _began(card.earlier),
        "optimiser": _value(config, "recipe.optimizer"),
        "schedule": _value(config, "recipe.schedule"),
        "rule of rises": _value(config, "recipe.rule_of_rises"),
        "loss": _value(config, "recipe.loss") or "that of the target",
        "decay of averaged weights": _value(config, "recipe.averaging.decay"),
        "mixtures in a batch": _value(config, "data.batch_size"),
        "batches in an epoch": _value(config, "data.steps_per_epoch"),
        "precision": _value(config, "trainer.precision"),
    }
    return {what: value for what, value in facts.items() if value}


def _value(config: DictConfig, option: str) -> str:
    value = OmegaConf.select(config, option)
    if value is None:
        return ""
    return call(value) if isinstance(value, DictConfig) else str(value)


def _began(earlier: Sequence[Curves]) -> str:
    if not earlier:
        return ""
    each = "; ".join(map(_in_words, earlier))
    return (
        f"the weights of {len(earlier)} earlier training(s), whose data is counted above ({each})"
    )


def _in_words(training: Curves) -> str:
    if training.curve is None:
        return "steps not recorded"
    return f"{training.curve.step.max()} steps, time: {training.spent()}"


def _scores(scores: Scores) -> Mapping[str, object]:
    system, rows, summary = scores.evaluated
    unmarked = summary.assign(mark="")  # the systems that marks compare with may be missing here
    grids = []
    for condition, under in conditions(unmarked):
        grids.append(by_snr(under, f"{titled(condition)}, by SNR in dB", published=None))
    worst = {name: least_improved(rows, system, column) for column, name in WORST.items()}
    return {
        "test": scores.test,
        "caution": scores.caution,
        "grids": grids,
        "definitions": definitions(headlines(score_names(rows))),
        "worst": worst,
        "worsened": worsened(rows, system),
    }

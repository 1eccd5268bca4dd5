"""From an evaluation config to a report and the printed summary."""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd
import torch
from omegaconf import DictConfig, OmegaConf

from command.about_evaluation import about, title
from command.announcement import say
from command.cluster import workers
from command.costs import cost_table
from command.named_runs import Tried, named, opened
from command.own_test import Test
from command.trial import Trial, built
from command.worker_check import require_same_scores
from files.atomic import write_atomic
from files.table import csv_text
from metrics.known import computed_by, facts
from reporting.gains_table import Studies, read_studies
from reporting.pages.media import Example, MixtureExample
from reporting.pages.report import Beside, write_report
from reporting.scoring.files import failed_checks
from reporting.scoring.systems import stage_outputs
from reporting.tables.finding import finding
from reporting.tables.headline import showing
from reporting.tables.published import PUBLISHED
from reporting.tables.runs import Run
from reporting.tables.summary import headline_text, unscored_text
from reporting.tables.sweep import runs_of
from reporting.tables.wording import speaking
from tasks.tagging import namer
from tasks.task import task_of
from text.answers import LABEL

log = logging.getLogger(__name__)
TRANSCRIPTS = "transcripts.csv"


def evaluate(tests: Sequence[Test], folder: Path) -> None:
    """Score all systems on the test rows of every test, at every rate.

    The report is written to `folder`.
    """
    cfg = tests[0].cfg
    if cfg.device != "cpu" and not torch.cuda.is_available():
        raise ValueError(f"device={cfg.device}: no CUDA device here; use device=cpu")
    lines = read_studies(Path(cfg.gains)) if cfg.gains else None
    tried = named(tests)
    trials = _trials(tried)
    outputs: dict[Path, list[str]] = {}
    for trial in trials:
        trial.require_unseen(cfg.resembling)
        outputs.update(stage_outputs(trial.systems))
    runs = opened(tried, outputs)
    _save_plans(trials, folder)
    words = task_of(cfg).words
    with showing(cfg.headline), speaking(words), computed_by(trials[0].metrics):
        _report(cfg, folder, trials, runs, lines)


def _trials(tried: Sequence[Tried]) -> list[Trial]:
    """A trial for every test and rate.

    All systems and metrics of the configs are built before any audio is read.
    """
    tag = tried[0].test.cfg.tag
    hears = namer(Path(tag).expanduser()) if tag else None
    prepared = []
    for test, runs in tried:
        for rate in test.cfg.rates or [test.cfg.sample_rate]:
            config = OmegaConf.merge(test.cfg, {"sample_rate": rate})
            prepared.append((config, built(config, runs)._replace(namer=hears), test.fold))
    return [Trial(*parts) for parts in prepared]


def _save_plans(trials: Sequence[Trial], folder: Path) -> None:
    """Write the plan of the first trial to `folder`, others to folders named by fold or rate."""
    trials[0].bench.plan.save(folder)
    for trial in trials[1:]:
        trial.bench.plan.save(folder / (trial.fold or f"{trial.sample_rate}"))


def _report(
    cfg: DictConfig,
    folder: Path,
    trials: Sequence[Trial],
    opened: Mapping[str, Run],
    lines: Studies | None,
) -> None:
    """Score all trials, write the report, and print its headlines."""
    files = _files(trials)
    tables = _scores(cfg, trials)
    scores = pd.concat(tables, ignore_index=True)
    texts = pd.concat([trial.transcripts() for trial in trials], ignore_index=True)
    _write_transcripts(texts, folder)
    beside = _beside(cfg, trials, tables, opened)._replace(
        lines=lines, files=files, named=texts[texts.score.map(_is_of_classes).astype(bool)]
    )
    described = _described(cfg, trials, scores)
    say("Draws the figures and writes the pages" if cfg.figures else "Writes the pages")
    summary = write_report(scores, described, folder, beside, cfg.figures, Path(cfg.cache))
    found = [finding(scores, opened, cfg.clusters), unscored_text(scores)]
    _print([*filter(None, found)], summary, folder, beside.caution)
    if cfg.next:
        print(cfg.next)


def _beside(
    cfg: DictConfig,
    trials: Sequence[Trial],
    tables: Sequence[pd.DataFrame],
    opened: Mapping[str, Run],
) -> Beside:
    """What the config asks for beside the scores, which are in `tables`, one for each trial."""
    if cfg.examples:
        say("Makes the examples to listen to")
    return Beside(
        caution=_caution(cfg, trials),
        costs=cost_table(trials[0].cfg) if cfg.costs else None,
        published=PUBLISHED[cfg.published]() if cfg.published else None,
        examples=_examples(trials, tables) if cfg.examples else [],
        runs=opened,
        swept=[name for name, run in opened.items() if _is_swept(run, cfg)],
        worst=_worst(trials, tables) if cfg.examples else [],
        config=OmegaConf.to_yaml(cfg),
        clusters=cfg.clusters,
        resembling=list(cfg.resembling),
        title=cfg.title or title(cfg),
    )


def _described(cfg: DictConfig, trials: Sequence[Trial], scores: pd.DataFrame) -> Mapping[str, str]:
    """The facts about the evaluation that its report begins with."""
    tested = [trial.described() for trial in trials]
    first = trials[0]
    unfinished = runs_of(Path(cfg.sweep))[1] if cfg.sweep else []
    noise = first.bench.plan.noise
    return about(cfg, tested, noise, first.metrics, scores, unfinished, first.systems)


def _caution(cfg: DictConfig, trials: Sequence[Trial]) -> str | None:
    """Cautions to read before the numbers: of the config, and about the runs."""
    sentences = [cfg.caution or ""]
    for trial in trials:
        sentences += trial.notes
    return " ".join(dict.fromkeys(sentences)).strip() or None


def _files(trials: Sequence[Trial]) -> pd.DataFrame | None:
    """The problems of other tools' files, printed before scoring; None without such files."""
    files = pd.concat([trial.files() for trial in trials], ignore_index=True)
    if files.empty:
        return None
    for row in failed_checks(files).itertuples(index=False):
        log.warning("note: %s, %s: %s (%s)", row.system, row.what, row.files, row.example)
    return files


def _scores(cfg: DictConfig, trials: Sequence[Trial]) -> list[pd.DataFrame]:
    """The scores of every trial, computed here or on the config's cluster."""
    metrics = {trial.sample_rate: trial.metrics for trial in trials}
    require = partial(require_same_scores, metrics=metrics)
    # A process that scores needs only the metrics and the packages that they import.
    with workers(cfg.scheduler, ("metrics",), require) as spread:
        return [trial.scores(spread) for trial in trials]


def _is_of_classes(score: str) -> bool:
    return facts(score).compares == LABEL


def _is_swept(run: Run, cfg: DictConfig) -> bool:
    return bool(cfg.sweep) and run.folder.parent == Path(cfg.sweep)


def _write_transcripts(texts: pd.DataFrame, folder: Path) -> None:
    """Write references and answers that are texts to transcripts.csv in `folder`, if any."""
    if len(texts):
        write_atomic(folder / TRANSCRIPTS, csv_text(texts))


def _examples(trials: Sequence[Trial], tables: Sequence[pd.DataFrame]) -> list[Example]:
    """Examples of every trial, whose scores are in `tables`; of folds, only those of one fold."""
    shown = []
    for trial, scores in zip(trials, tables, strict=True):
        if trial.fold != trials[0].fold:
            continue
        shown += trial.examples(scores)
    return shown


def _worst(trials: Sequence[Trial], tables: Sequence[pd.DataFrame]) -> list[MixtureExample]:
    """Players of the largest losses of every trial, whose scores are in `tables`."""
    examples = []
    for trial, scores in zip(trials, tables, strict=True):
        examples += trial.worst(scores)
    return examples


def _print(found: Sequence[str], summary: pd.DataFrame, folder: Path, caution: str | None) -> None:
    """Print the headline table, its findings, the place of the report, and a caution."""
    print(headline_text(summary))
    print()
    for sentence in found:
        print(sentence)
    print(f"Report: {folder / 'report.html'}")
    if caution:
        print(caution)

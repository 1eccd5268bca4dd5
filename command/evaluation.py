"""From an evaluation config to a report, and the last lines a user reads."""

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
from command.trial import Trial, built
from command.worker_check import require_same_scores
from files.atomic import write_atomic
from files.table import csv_text
from metrics.known import computed_by
from models.run import run_config
from reporting.gains_table import Studies, read_studies
from reporting.pages.media import Example, Heard
from reporting.pages.report import Beside, write_report
from reporting.scores_table import KNOWING, MIXTURE
from reporting.scoring.files import told
from reporting.scoring.systems import stage_outputs
from reporting.tables.finding import finding
from reporting.tables.headline import showing
from reporting.tables.published import PUBLISHED
from reporting.tables.run_names import run_names
from reporting.tables.runs import Run, read_run
from reporting.tables.summary import headline_text
from reporting.tables.sweep import runs_of
from tasks.task import costs_of

log = logging.getLogger(__name__)
TRANSCRIPTS = "transcripts.csv"


def evaluate(cfg: DictConfig, folder: Path) -> None:
    """Score all systems on the test rows of the config's plan, at every rate.

    The report is written to `folder`.
    """
    if cfg.device != "cpu" and not torch.cuda.is_available():
        raise ValueError(f"device={cfg.device}: no CUDA device here; use device=cpu")
    lines = read_studies(Path(cfg.gains)) if cfg.gains else None
    swept, unfinished = runs_of(Path(cfg.sweep)) if cfg.sweep else ([], [])
    runs = _named(cfg, swept)
    trials = _trials(cfg, runs)
    for trial in trials:
        trial.require_unseen(cfg.resembling)
    opened = _opened(cfg, runs, trials)
    _save_plans(trials, folder)
    with showing(cfg.headline), computed_by(trials[0].metrics):
        _report(cfg, folder, trials, opened, lines, unfinished)


def _report(
    cfg: DictConfig,
    folder: Path,
    trials: Sequence[Trial],
    opened: Mapping[str, Run],
    lines: Studies | None,
    unfinished: Sequence[Path],
) -> None:
    """Score, and write what came of it."""
    files = _files(trials)
    tables = _scores(cfg, trials)
    scores = pd.concat(tables, ignore_index=True)
    caution = _caution(cfg, trials)
    if cfg.examples:
        say("Makes the examples to listen to")
    beside = Beside(
        caution=caution,
        costs=cost_table(trials[0].cfg) if cfg.costs else None,
        published=PUBLISHED[cfg.published]() if cfg.published else None,
        examples=_examples(trials, tables) if cfg.examples else [],
        runs=opened,
        swept=list(opened)[len(cfg.runs) :],
        lines=lines,
        files=files,
        worst=_worst(trials, tables) if cfg.examples else [],
        config=OmegaConf.to_yaml(cfg),
        clusters=cfg.clusters,
        resembling=list(cfg.resembling),
        title=cfg.title or title(cfg),
    )
    _write_transcripts(trials, folder)
    tested = [trial.described() for trial in trials]
    first = trials[0]
    described = about(cfg, tested, first.bench.plan.noise, first.metrics, scores, unfinished)
    say("Draws the figures and writes the pages")
    summary = write_report(scores, described, folder, beside)
    _print(cfg, finding(scores, opened, cfg.clusters), summary, folder, caution)


def _caution(cfg: DictConfig, trials: Sequence[Trial]) -> str | None:
    """What must be read before the numbers: what the config says, and what was found of runs."""
    sentences = [cfg.caution or ""]
    for trial in trials:
        sentences += trial.notes
    return " ".join(dict.fromkeys(sentences)).strip() or None


def _named(cfg: DictConfig, swept: Sequence[Path]) -> dict[str, Path]:
    """The folders of all runs, by what they are called in the report; those of a sweep last."""
    folders = [Path(run) for run in cfg.runs]
    folders += swept
    if len({folder.resolve() for folder in folders}) < len(folders):
        given = ", ".join(map(str, folders))
        raise ValueError(f"runs: names one run twice; give each once: {given}")
    taken = (MIXTURE, *KNOWING, *cfg.baselines)
    names = run_names({folder: run_config(folder) for folder in folders}, taken, cfg.names)
    return dict(zip(names, folders, strict=True))


def _trials(cfg: DictConfig, runs: Mapping[str, Path]) -> list[Trial]:
    """A trial for every rate.

    What the config names is built for all of them before any audio is read.
    """
    configs = []
    contents = []
    for rate in cfg.rates or [cfg.sample_rate]:
        config = OmegaConf.merge(cfg, {"sample_rate": rate})
        content = built(config, runs)
        configs.append(config)
        contents.append(content)
    return list(map(Trial, configs, contents))


def _opened(cfg: DictConfig, runs: Mapping[str, Path], trials: Sequence[Trial]) -> dict[str, Run]:
    """Runs as the report tells of them."""
    outputs: dict[Path, list[str]] = {}
    for trial in trials:
        outputs.update(stage_outputs(trial.systems))
    opened = {}
    for name, run in runs.items():
        stages = outputs.get(run, ())
        opened[name] = read_run(run, Path(cfg.cache), stages, say, costs_of)
    return opened


def _save_plans(trials: Sequence[Trial], folder: Path) -> None:
    """The plan of the first trial in `folder`, those of the others in folders by their rates."""
    trials[0].bench.plan.save(folder)
    for trial in trials[1:]:
        trial.bench.plan.save(folder / f"{trial.sample_rate}")


def _files(trials: Sequence[Trial]) -> pd.DataFrame | None:
    """What files of other tools are like, said before scoring; None where there are none."""
    files = pd.concat([trial.files() for trial in trials], ignore_index=True)
    if files.empty:
        return None
    for row in told(files).itertuples(index=False):
        log.warning("note: %s, %s: %s (%s)", row.system, row.what, row.files, row.example)
    return files


def _scores(cfg: DictConfig, trials: Sequence[Trial]) -> list[pd.DataFrame]:
    """The scores of every trial, computed here or on the config's cluster."""
    metrics = {trial.sample_rate: trial.metrics for trial in trials}
    require = partial(require_same_scores, metrics=metrics)
    # A process that scores needs nothing but metrics, and what stands below it.
    with workers(cfg.scheduler, ("metrics", "dsp"), require) as spread:
        return [trial.scores(spread) for trial in trials]


def _write_transcripts(trials: Sequence[Trial], folder: Path) -> None:
    """Write to transcripts.csv in `folder` what was said and what was heard, where texts are."""
    heard = pd.concat([trial.transcripts() for trial in trials], ignore_index=True)
    if len(heard):
        write_atomic(folder / TRANSCRIPTS, csv_text(heard))


def _examples(trials: Sequence[Trial], tables: Sequence[pd.DataFrame]) -> list[Example]:
    """Examples of every trial, whose scores are in `tables`."""
    shown = []
    for trial, scores in zip(trials, tables, strict=True):
        shown += trial.examples(scores)
    return shown


def _worst(trials: Sequence[Trial], tables: Sequence[pd.DataFrame]) -> list[Heard]:
    """Players of what is lost most in every trial, whose scores are in `tables`."""
    heard = []
    for trial, scores in zip(trials, tables, strict=True):
        heard += trial.worst(scores)
    return heard


def _print(
    cfg: DictConfig,
    found: str,
    summary: pd.DataFrame,
    folder: Path,
    caution: str | None,
) -> None:
    """The last lines: the headline table, what it shows, and what to do next."""
    print(headline_text(summary))
    print()
    print(found)
    print(f"Report: {folder / 'report.html'}")
    if caution:
        print(caution)
    if cfg.next:
        print(cfg.next)

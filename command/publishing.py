"""From a run folder to a folder that can be shared."""

from pathlib import Path

import pandas as pd
from hydra import compose
from omegaconf import DictConfig, OmegaConf

from command.about import machine
from command.replaceable import require_replaceable
from command.tested import read_scores
from datagen.corpora.corpus import Corpora
from datagen.from_config import corpora
from datagen.plan import fingerprint, load_plan
from datagen.roles import ROLES
from datagen.trained_on import load_trained_on, publishable
from files.atomic import write_atomic
from files.fingerprint import of_contents
from files.replaced import replaced
from files.sums import SUMS, copy_tables, write_summed
from files.table import write_tables
from models.enhancer import Enhancer
from models.layouts import (
    ANCESTORS,
    CURVE,
    PUBLISHED,
    TIMES,
    ancestors,
    best_weights,
    curve_again,
    curves_in,
    layout,
    tables_again,
)
from models.published import weights_file
from models.run import load_run, run_config
from options.run_options import portable
from options.typed import typed
from reporting.pages.card import Card, card_text
from reporting.scoring.leaks import COPY
from reporting.tables.corpora import trained_on
from reporting.tables.curves import read_curves
from reporting.tables.runs import read_run

CARD = "README.md"
TABLES = ("speech.csv", "noise.csv")
OURS = {str(PUBLISHED.config), str(PUBLISHED.weights), str(CURVE), str(TIMES), str(ANCESTORS)}
OURS |= {CARD, SUMS, *TABLES}


def publish(cfg: DictConfig, output: Path) -> str:
    """Write the published form of the run `cfg.run` to `output`; returns a line about it.

    Raises FileNotFoundError or ValueError if there is no run, it lacks a file, or `output` holds
    files that were not published; `output` is then unchanged.
    """
    run = Path(cfg.run).expanduser().absolute()
    if not layout(run).resumable:
        raise ValueError(f"{typed('run', run)}: was published already; copy the folder")
    require_replaceable(output, OURS, "publishing")
    if not (output / PUBLISHED.weights).exists():  # a run has tables of these names, too
        require_replaceable(output, (), "publishing")
    enhancer = load_run(run)
    heard = {Path(): publishable(run, tables_again(run))}
    for folder in ancestors(run):
        heard[folder.relative_to(run)] = publishable(folder, COPY)
    card = _card(cfg, run, enhancer)
    with replaced(output) as folder:
        _write_model(run, folder)
        for place, tables in heard.items():
            write_tables(folder / place, tables)
            source = run / place
            copy_tables(source, folder / place, curves_in(source), _curve_again(source, run))
        write_atomic(folder / CARD, card_text(card))
    return f"published: {output}; {output / CARD} says what it is"


def _curve_again(folder: Path, run: Path) -> str:
    """What restores a curve in `folder`, which is `run` or one of its ancestors."""
    return curve_again(run) if folder == run else COPY


def _write_model(run: Path, folder: Path) -> None:
    """Write config and weights."""
    options = OmegaConf.to_container(run_config(run), resolve=True)
    config = OmegaConf.to_yaml(OmegaConf.create(portable(options)))
    write_atomic(folder / PUBLISHED.config, config)
    weights = weights_file(best_weights(run), of_contents([folder / PUBLISHED.config]))
    write_summed(folder, {str(PUBLISHED.weights): weights})


def _card(cfg: DictConfig, run: Path, enhancer: Enhancer) -> Card:
    config = run_config(run)
    opened = read_run(run, Path(cfg.cache))
    rows = load_plan(run).rows
    remedy = tables_again(run)
    trainings = [load_trained_on(folder, remedy) for folder in (run, *ancestors(run))]
    window_ms = 1000 * config.stft.window_s
    causal = enhancer.network.causal
    return Card(
        run=opened,
        trained_on=trained_on(trainings, _corpora(cfg, config), config.sample_rate),
        plan=f"fingerprint {fingerprint(rows)}, {_counts(rows)}",
        earlier=[read_curves(folder, COPY) for folder in ancestors(run)],
        machine=machine(),
        latency=f"{window_ms:g} ms, one window" if causal else "it looks ahead: for recordings",
        scores=read_scores(Path(cfg.scores), opened) if cfg.scores else None,
    )


def _counts(rows: pd.DataFrame) -> str:
    counts = rows.groupby("split", sort=False).size()
    return ", ".join(f"{count} mixtures of {split}" for split, count in counts.items())


def _corpora(cfg: DictConfig, run: DictConfig) -> dict[str, Corpora]:
    """The corpora of a run's config; `cfg.licences` adds missing titles and licences."""
    if not cfg.licences:
        return corpora(run)
    told = compose("train", [f"experiment={cfg.licences}"])
    for role in ROLES:
        for name, node in OmegaConf.select(run, role).items():
            for option in ("title", "licence"):
                said = OmegaConf.select(told, f"{role}.{name}.{option}")
                if said and not node.get(option):
                    node[option] = said
    return corpora(run)

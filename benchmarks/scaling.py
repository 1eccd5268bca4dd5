"""The cost of an hour of audio, step by step: python benchmarks/scaling.py data_root=DIR ...

Prints, for every step from the files of a corpus to scores, the seconds of one processor and the
megabytes of disk per hour of audio (an hour of mixtures; for scan and pool an hour of recordings),
and the same for 1,000 and 100,000 hours. It measures processor time instead of wall-clock time, so
that other work on the machine changes little. Prices are CORE_HOUR and GB_MONTH: replace them by
yours.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

import torch
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from command.check import check
from command.entry import CONF, start
from command.train_schema import TrainConfig
from datagen import from_config
from datagen.batches import collate
from datagen.dataset import Mixed
from datagen.draw_plan import draw_plan
from datagen.library import Library
from datagen.pool import build_pool
from datagen.prepare import make_drawer, scan_all
from datagen.recordings import corrections
from datagen.render_plan import render_plan
from metrics.metric import Metric
from metrics.table import scores_of
from models.learner import Learner, build_learner
from options.build import build

METRICS = ("pesq_nb_raw", "pesq_wb", "stoi", "estoi", "sdr", "si_sdr")
SCALES = (1_000, 100_000)  # hours of audio
CORE_HOUR, GB_MONTH = 0.04, 0.02  # price of a core per hour, and of a GB of storage per month
FEW = 24  # number of mixtures that are trained on, enhanced and scored


class Cost(NamedTuple):
    """The cost of an hour of audio: seconds of one processor, and megabytes on the disk."""

    step: str
    seconds: float
    megabytes: float = 0.0


def main(cfg: DictConfig) -> None:
    """Measure every step on the config's corpora and the training rows of its plan."""
    check(cfg, TrainConfig)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        costs = _measured(cfg, Path(folder))
    _print(costs)


def _measured(cfg: DictConfig, folder: Path) -> list[Cost]:
    corpora, rate = from_config.corpora(cfg), cfg.sample_rate
    tables, scan_s = _timed(lambda: scan_all(corpora, rate, folder, 1, cfg.check_audio))
    of_corpora = sum((table.samples / table.sample_rate).sum() for table in tables.values()) / 3600
    costs = [Cost("scan (once)", scan_s / of_corpora)]
    drawer = make_drawer(tables, from_config.protocol(cfg), rate, cfg.seed)
    plan, draw_s = _timed(lambda: draw_plan(drawer, {"train": cfg.plan.train}, folder))
    rows = plan.split("train")
    hours = rows.length.sum() / rate / 3600
    costs.append(Cost("draw a plan (once)", draw_s / hours))
    for form in ("flac", "shards"):
        target = folder / form
        work = partial(render_plan, plan, drawer.library, target, rate, form)
        _, render_s = _timed(work)
        costs.append(Cost(f"render as {form}", render_s / hours, _megabytes(target) / hours))
    paths, corrected = [*plan.speech.path, *plan.noise.path], corrections(plan.speech, plan.noise)
    pool, pool_s = _timed(lambda: build_pool(paths, rate, folder / "pool", corrected))
    of_pool = len(pool.samples) / rate / 3600
    costs.append(
        Cost("build a pool (once)", pool_s / of_pool, _megabytes(folder / "pool") / of_pool)
    )
    return costs + _of_learning(cfg, Mixed(rows.head(FEW), Library(plan.speech, plan.noise, pool)))


def _of_learning(cfg: DictConfig, mixtures: Mixed) -> list[Cost]:
    """The costs of reading, training, enhancing and scoring."""
    items, read_s = _timed(lambda: [mixtures[index] for index in range(len(mixtures))])
    hours = sum(item["length"] for item in items) / cfg.sample_rate / 3600
    size = min(cfg.data.batch_size, len(items) // 2)
    batches = [collate(items[at : at + size]) for at in range(0, len(items) - size + 1, size)]
    padded = sum(batch["mixture"].numel() for batch in batches) / cfg.sample_rate / 3600
    learner = build_learner(cfg)
    optimizer = learner.configure_optimizers()
    _step(learner, optimizer, batches[0])  # one unmeasured step
    _, train_s = _timed(lambda: [_step(learner, optimizer, batch) for batch in batches])
    enhanced, enhance_s = _timed(
        lambda: [learner.enhance(item["mixture"][None])[0] for item in items]
    )
    metrics = {
        name: build(OmegaConf.load(CONF / "metric" / f"{name}.yaml"), Metric) for name in METRICS
    }
    pairs = [
        (number, item["clean"].double().numpy(), estimate.double().numpy(), metrics)
        for number, (item, estimate) in enumerate(zip(items, enhanced, strict=True))
    ]
    scores_of(pairs[:1], cfg.sample_rate)
    _, score_s = _timed(lambda: scores_of(pairs, cfg.sample_rate))
    return [
        Cost("make mixtures from a pool", read_s / hours),
        Cost(f"train {_network()}, an epoch", train_s / padded),
        Cost("enhance", enhance_s / hours),
        Cost(f"score, {len(METRICS)} metrics", score_s / hours),
    ]


def _network() -> str:
    """The typed network."""
    return HydraConfig.get().runtime.choices["network"]


def _metric(name: str) -> Metric:
    return build(OmegaConf.load(CONF / "metric" / f"{name}.yaml"), Metric)


def _step(learner: Learner, optimizer: torch.optim.Optimizer, batch: dict) -> None:
    learner.loss(batch)[0].backward()
    optimizer.step()
    optimizer.zero_grad()


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """The result of `work`, and the processor seconds that this process took for it."""
    begin = time.process_time()
    outcome = work()
    return outcome, time.process_time() - begin


def _megabytes(folder: Path) -> float:
    """The size of the files of a folder on the disk."""
    blocks = [path.stat().st_blocks for path in folder.rglob("*") if path.is_file()]
    return 512 * sum(blocks) / 1e6


def _print(costs: list[Cost]) -> None:
    head = f"{'an hour of audio':34}{'core s':>9}{'MB':>8}"
    for hours in SCALES:
        head += f"{f'{hours:,} h: core h':>19}{'GB':>9}{'price':>9}{'a month':>9}"
    print(head)
    for cost in costs:
        line = f"{cost.step:34}{cost.seconds:9.1f}{cost.megabytes:8.0f}"
        for hours in SCALES:
            core_hours, gigabytes = hours * cost.seconds / 3600, hours * cost.megabytes / 1e3
            price, monthly = CORE_HOUR * core_hours, GB_MONTH * gigabytes
            line += f"{core_hours:19,.0f}{gigabytes:9,.0f}{price:9,.0f}{monthly:9,.0f}"
        print(line)


if __name__ == "__main__":
    start(main, "train")

"""How fast mixtures are made: python benchmarks/render.py [experiment=... data_root=... plan.train=...]

Prints hours of mixtures per hour and core for every route, beside the limit that decoding alone sets on the same
excerpts of the same files. One core, rounds interleaved so that a busy machine slows all alike; medians of the rounds.
"""

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import soundfile
import torch
from omegaconf import DictConfig

from command import data
from command.check import check
from command.entry import start
from command.schema import GenerateConfig
from datagen.batches import collate
from datagen.dataset import Mixed, Rendered, Unmixed
from datagen.library import FileReader, Library
from datagen.plan import Plan
from datagen.pool import build_pool
from datagen.recordings import corrections
from datagen.render import render_plan

ROUNDS, BATCH, FEW = 5, 16, 0.1
LIMIT, FILES, POOL = "decoding alone (the limit)", "worker, from files", "worker, from the pool"
DISK, READ = "to disk, measured again", "read as rendered"  # timed on FEW of the rows


class DecodeOnly(FileReader):
    """Decodes and does nothing else: what libsndfile itself costs."""

    def read(self, path: str, start: int, length: int):
        """Samples as libsndfile gives them."""
        with soundfile.SoundFile(path) as file:
            file.seek(start)
            return file.read(length, dtype="int16")


def main(cfg: DictConfig) -> None:
    """Time all routes over the training rows of the plan."""
    check(cfg, GenerateConfig)
    torch.set_num_threads(1)
    drawer = data.drawer(cfg)
    plan = data.plan(cfg, drawer, "train")
    rows = plan.split("train")
    hours = rows.length.sum() / cfg.sample_rate / 3600
    with tempfile.TemporaryDirectory() as folder:
        routes = _routes(plan, drawer.library, Path(folder), cfg)
        for run in routes.values():  # once unmeasured: file caches fill, pages are mapped
            run()
        before = _peak_mib()
        seconds = {name: [] for name in routes}
        for _ in range(ROUNDS):
            for name, run in routes.items():
                begin = time.perf_counter()
                run()
                seconds[name].append(time.perf_counter() - begin)
    _print(seconds, hours, len(rows))
    print(
        f"peak memory {before:.0f} MiB after one pass, {_peak_mib():.0f} MiB after {1 + ROUNDS}: {len(rows)} rows each"
    )


def _routes(plan: Plan, library: Library, folder: Path, cfg: DictConfig) -> dict[str, Callable[[], None]]:
    rows = plan.split("train")
    paths, corrected = [*plan.speech.path, *plan.noise.path], corrections(plan.speech, plan.noise)
    pool = Library(plan.speech, plan.noise, build_pool(paths, cfg.sample_rate, folder, corrected))
    decode = Library(plan.speech, plan.noise, DecodeOnly(cfg.sample_rate, corrected))
    few = Plan(rows.head(max(1, round(len(rows) * FEW))), plan.speech, plan.noise)
    render_plan(few, library, folder / "rendered", cfg.sample_rate)

    def to_disk() -> None:
        with tempfile.TemporaryDirectory(dir=folder) as target:
            render_plan(few, library, Path(target), cfg.sample_rate)

    def load(dataset: Mixed) -> None:
        for begin in range(0, len(dataset), BATCH):
            items = [dataset[index] for index in range(begin, min(begin + BATCH, len(dataset)))]
            dataset.on_device(collate(items))

    def go_through(dataset: Mixed) -> None:
        for index in range(len(dataset)):
            dataset[index]

    return {
        LIMIT: lambda: go_through(Unmixed(rows, decode)),
        FILES: lambda: go_through(Mixed(rows, library)),
        POOL: lambda: go_through(Mixed(rows, pool)),
        "device, from files, mixed in batches": lambda: load(Unmixed(rows, library)),
        "device, from the pool, mixed in batches": lambda: load(Unmixed(rows, pool)),
        DISK: to_disk,
        READ: lambda: load(Rendered(few.rows, str(folder / "rendered"), cfg.sample_rate)),
    }


def _print(seconds: dict[str, list[float]], hours: float, rows: int) -> None:
    took = {
        name: statistics.median(measured) / (FEW if name in (DISK, READ) else 1) for name, measured in seconds.items()
    }
    print(f"{'route':42}{'h per h and core':>18}{'ms per mixture':>16}{'of the limit':>14}")
    for name, total in took.items():
        print(f"{name:42}{hours / (total / 3600):18,.0f}{1000 * total / rows:16.3f}{took[LIMIT] / total:13.0%}")
    print(f"worker route: the pool is {took[FILES] / took[POOL]:.1f} times as fast as the files")


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    start(main, "generate")

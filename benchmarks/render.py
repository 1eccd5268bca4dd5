"""Measures how fast mixtures are made: python benchmarks/render.py [experiment=... plan.train=...]

Prints hours of mixtures per hour and core for every route, and the limit that decoding sets on the
same excerpts of the same files. It uses one core, and interleaves rounds so that a busy machine
slows all routes alike; figures are medians of the rounds.
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

from command.check import check
from command.entry import start
from command.generate_schema import GenerateConfig
from datagen import from_config
from datagen.batches import collate
from datagen.dataset import Mixed, Rendered, Unmixed
from datagen.file_reader import FileReader
from datagen.library import Library
from datagen.plan import Plan
from datagen.pool import build_pool
from datagen.recordings import corrections
from datagen.render_plan import render_plan

ROUNDS = 5
BATCH = 16
FEW = 0.1  # share of the rows for routes that write
LIMIT = "decoding alone (the limit)"
FILES = "worker, from files"
POOL = "worker, from the pool"
DEVICE_FILES = "device, from files, mixed in batches"
DEVICE_POOL = "device, from the pool, mixed in batches"
DISK = "to disk, measured again"  # timed on the share FEW of the rows
READ = "read as rendered"  # timed on the share FEW of the rows, too
Route = Callable[[], None]
Seconds = dict[str, float]  # the seconds of each route


class DecodeOnly(FileReader):
    """Only decodes: the cost of libsndfile."""

    def read(self, path: str, start: int, length: int):
        """Samples as libsndfile gives them."""
        with soundfile.SoundFile(path) as file:
            file.seek(start)
            return file.read(length, dtype="int16")


def main(cfg: DictConfig) -> None:
    """Time all routes over the training rows of the plan."""
    check(cfg, GenerateConfig)
    torch.set_num_threads(1)
    drawer = from_config.drawer(cfg)
    plan = from_config.plan(cfg, drawer, "train")
    rows = plan.split("train")
    hours = rows.length.sum() / cfg.sample_rate / 3600
    with tempfile.TemporaryDirectory() as folder:
        routes = _routes(plan, drawer.library, Path(folder), cfg)
        for run in routes.values():  # one unmeasured round fills file caches and maps pages
            run()
        peak_of_one = _peak_mib()
        seconds = _timed(routes)
        peak_of_all = _peak_mib()
    _print(_of_all_rows(seconds), hours, len(rows))
    print(
        f"peak memory {peak_of_one:.0f} MiB after one pass, "
        f"{peak_of_all:.0f} MiB after {1 + ROUNDS}: {len(rows)} rows each"
    )


def _timed(routes: dict[str, Route]) -> Seconds:
    """Medians of the rounds; each round has all routes in turn."""
    rounds = {name: [] for name in routes}
    for _ in range(ROUNDS):
        for name, run in routes.items():
            begin = time.perf_counter()
            run()
            took_s = time.perf_counter() - begin
            rounds[name].append(took_s)
    return {name: statistics.median(took_s) for name, took_s in rounds.items()}


def _routes(
    plan: Plan,
    library: Library,
    folder: Path,
    cfg: DictConfig,
) -> dict[str, Route]:
    """Functions that read the training rows of `plan`, by name of the route.

    library: reads the files of the corpora. folder: for a pool and rendered files.
    """
    rows = plan.split("train")
    decode, pool = _other_libraries(plan, folder, cfg.sample_rate)
    few = _few(plan)
    rendered = folder / "rendered"
    render_plan(few, library, rendered, cfg.sample_rate)

    def to_disk() -> None:
        """Render a few rows into a folder, and remove it."""
        with tempfile.TemporaryDirectory(dir=folder) as target:
            render_plan(few, library, Path(target), cfg.sample_rate)

    return {
        LIMIT: lambda: _go_through(Unmixed(rows, decode)),
        FILES: lambda: _go_through(Mixed(rows, library)),
        POOL: lambda: _go_through(Mixed(rows, pool)),
        DEVICE_FILES: lambda: _load(Unmixed(rows, library)),
        DEVICE_POOL: lambda: _load(Unmixed(rows, pool)),
        DISK: to_disk,
        READ: lambda: _load(Rendered(few.rows, str(rendered), cfg.sample_rate)),
    }


def _other_libraries(plan: Plan, folder: Path, sample_rate: int) -> tuple[Library, Library]:
    """The recordings of `plan` by decoding only, and by a pool in `folder`."""
    corrected = corrections(plan.speech, plan.noise)
    decode_only = DecodeOnly(sample_rate, corrected)
    paths = [*plan.speech.path, *plan.noise.path]
    pool = build_pool(paths, sample_rate, folder, corrected)
    return (
        Library(plan.speech, plan.noise, decode_only),
        Library(plan.speech, plan.noise, pool),
    )


def _few(plan: Plan) -> Plan:
    """The share FEW of the training rows of `plan`."""
    rows = plan.split("train")
    count = max(1, round(len(rows) * FEW))
    return Plan(rows.head(count), plan.speech, plan.noise)


def _go_through(dataset: Mixed) -> None:
    """Read every item as a worker does."""
    for index in range(len(dataset)):
        dataset[index]


def _load(dataset: Mixed) -> None:
    """Read every batch as the device receives it."""
    for begin in range(0, len(dataset), BATCH):
        end = min(begin + BATCH, len(dataset))
        items = [dataset[index] for index in range(begin, end)]
        batch = collate(items)
        dataset.on_device(batch)


def _of_all_rows(seconds: Seconds) -> Seconds:
    """The seconds of every route for all rows; DISK and READ were timed on FEW of them."""
    return {
        **seconds,
        DISK: seconds[DISK] / FEW,
        READ: seconds[READ] / FEW,
    }


def _print(seconds: Seconds, hours: float, rows: int) -> None:
    """A line per route: hours per hour, milliseconds per mixture, share of the limit.

    hours: of the audio in all `rows`.
    """
    heads = ("h per h and core", "ms per mixture", "of the limit")
    print("{:42}{:>18}{:>16}{:>14}".format("route", *heads))
    for name, total_s in seconds.items():
        speed = hours / (total_s / 3600)
        each_ms = 1000 * total_s / rows
        of_limit = seconds[LIMIT] / total_s
        print(f"{name:42}{speed:18,.0f}{each_ms:16.3f}{of_limit:13.0%}")
    gain = seconds[FILES] / seconds[POOL]
    print(f"worker route: the pool is {gain:.1f} times as fast as the files")


def _peak_mib() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_maxrss / 1024


if __name__ == "__main__":
    start(main, "generate")

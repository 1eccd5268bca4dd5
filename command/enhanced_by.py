"""The enhancer of enhance.py: a run, or a line enhancer."""

import functools
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from omegaconf import DictConfig, OmegaConf

from enhancing.many import anywhere, elsewhere, in_batches, one_by_one, spread
from enhancing.outcome import Outcome
from enhancing.places import Job
from enhancing.recording import Progress
from enhancing.signal import Wish
from models.enhancer import Enhancer
from models.layouts import config_path
from models.run import content_of
from tasks.task import enhancers_of

TYPICAL_RATE = 16000  # a usual rate of recordings, for a check before they are read
BATCH = 16  # recordings that a GPU enhances at once
PACKAGES = ("enhancing", "tasks")  # sent to workers that enhance, with their imports
PRETRAINED = Path(__file__).parent.parent / "pretrained"


class By(NamedTuple):
    """An enhancer of recordings. name: printed. content: distinguishes it from other enhancers.

    rate: the sample rate at which it works; None: the rate of the recording. outcomes: enhances
    jobs over processes. parts: the names of its output files per recording, see
    `enhancing.places.Job`.
    """

    name: str
    content: str
    rate: int | None
    outcomes: Callable[[list[Job], Progress, int], Iterator[Outcome]]
    parts: Sequence[str] = ("",)


def by_run(cfg: DictConfig) -> By:
    """The run of the config, here or on the workers of `cfg.scheduler`."""
    run, wish, device = run_of(cfg), wish_of(cfg), device_of(cfg)
    loaded = enhancers_of(run)
    enhancers = {part: enhancer.to(device) for part, enhancer in loaded.items()}
    rates = [enhancer.stft.sample_rate for enhancer in enhancers.values()]

    def outcomes(jobs: list[Job], progress: Progress, processes: int) -> Iterator[Outcome]:
        if cfg.scheduler is not None and jobs:
            return _on_cluster(cfg.scheduler, jobs, run, wish)
        if device.type != "cpu":
            return in_batches(jobs, enhancers, wish, progress, BATCH)
        if processes > 1:
            return spread(jobs, enhancers, wish, processes)
        return one_by_one(jobs, enhancers, wish, progress)

    return By(str(run), content_of(run), rates[0], outcomes, list(enhancers))


def _on_cluster(scheduler: str, jobs: list[Job], run: Path, wish: Wish) -> Iterator[Outcome]:
    from command.same_disk import workers_on_this_disk

    work, folder = anywhere(enhancers_of, run, wish), jobs[0].target.parent
    paths = [run, jobs[0].source]
    with workers_on_this_disk(scheduler, PACKAGES, work, folder, paths) as over:
        yield from elsewhere(jobs, enhancers_of, run, wish, over)


def by_lines(cfg: DictConfig) -> By:
    """The line enhancer of the config, which learns from each recording separately."""
    from enhancing.lines import LineWish, lines_of  # imports Numba and SciPy, which take a second

    options = OmegaConf.to_container(cfg.line_enhancer, resolve=True)
    wish = LineWish(options, cfg.attenuation_limit_db)
    system = wish.at(TYPICAL_RATE)  # wrong options raise before a recording is read
    name = f"{type(system).__name__}, which learns from each recording"
    outcomes = functools.partial(lines_of, wish=wish)
    return By(name, json.dumps(options), None, outcomes)


def path_of(typed: str | None) -> Path | None:
    """A typed path; None for None."""
    return None if typed is None else Path(typed).expanduser().absolute()


def run_of(cfg: DictConfig) -> Path:
    """The typed run, or the pretrained one."""
    if cfg.run is not None:
        return path_of(cfg.run)
    if not PRETRAINED.exists():
        raise ValueError(
            "run must be given, no pretrained network is here: add run=RUN, a folder that train.py "
            "or publish.py wrote"
        )
    config_path(PRETRAINED)
    return PRETRAINED


def one_enhancer(run: Path) -> Enhancer:
    """The enhancer of a stream with `run`; raises ValueError if `run` outputs several files.

    Also raises the errors of `enhancers_of`.
    """
    enhancers = enhancers_of(run)
    if len(enhancers) > 1:
        raise ValueError(
            f"run={run}: makes {len(enhancers)} signals of one ({', '.join(enhancers)}), and a "
            "stream is one; give input=FILE, or a run that enhances"
        )
    return enhancers[""]


def device_of(cfg: DictConfig) -> torch.device:
    """The typed device, by default a GPU if there is one; raises ValueError if it is missing."""
    name = cfg.device or ("cuda" if torch.cuda.is_available() else "cpu")
    if name == "cuda" and not torch.cuda.is_available():
        raise ValueError("device=cuda: PyTorch sees no such GPU here; give device=cpu")
    return torch.device(name)


def wish_of(cfg: DictConfig) -> Wish:
    """The typed options of an enhanced signal."""
    return Wish(cfg.attenuation_limit_db, cfg.band == "keep")


def what_is_lost(wish: Wish, sample_rate: int, network_rate: int) -> str:
    """A line about the band of a signal that is lost, "" if none is."""
    goes = not wish.keep_upper_band and wish.attenuation_limit_db is None
    if not goes or sample_rate <= network_rate:
        return ""
    return f"nothing above {network_rate / 2:g} Hz, the network's band, stays; band=keep keeps it"

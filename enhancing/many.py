"""Enhances many recordings, in turn or in several processes; a failure does not stop the others."""

import functools
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import torch

from audio import probing
from enhancing.outcome import Outcome, outcome_of
from enhancing.places import Job
from enhancing.recording import Progress, enhance_recording
from enhancing.signal import Through, Wish
from enhancing.together import SHORT_S, together
from models.enhancer import Enhancer
from parallel.copies import over_copies
from parallel.spread import Spread

Enhancers = Mapping[str, Enhancer]  # by the part of a recording that they output, see Job.part
Load = Callable[[Path], Enhancers]  # the enhancers of a run


def seconds(job: Job) -> float:
    """The duration of a recording by its header; 0 if the header does not state it."""
    length = _length(job)
    return 0.0 if math.isinf(length) else length


def _length(job: Job) -> float:
    """The duration in seconds: infinite if the header does not state it, 0 without a header."""
    try:
        head = probing.header(job.source)
    except ValueError:
        return 0.0
    return math.inf if head.samples is None else head.samples / head.sample_rate


def one_by_one(
    jobs: list[Job], enhancers: Enhancers, wish: Wish, progress: Progress
) -> Iterator[Outcome]:
    """The outcomes in order; `progress` is called after every block."""
    for job in jobs:
        yield _outcome(job, enhancers[job.part], wish, progress)


def in_batches(
    jobs: list[Job], enhancers: Enhancers, wish: Wish, progress: Progress, size: int
) -> Iterator[Outcome]:
    """The outcomes in order; short recordings go through the network in batches of `size`."""
    for part, enhancer in enhancers.items():
        for group in groups([job for job in jobs if job.part == part], size):
            made = together(enhancer, [job.source for job in group])
            for job, through in zip(group, made, strict=True):
                yield _outcome(job, enhancer, wish, progress, through)


def groups(jobs: list[Job], size: int) -> Iterator[list[Job]]:
    """Groups of at most `size` neighbours of similar length; long recordings are alone.

    Long is longer than SHORT_S. A recording whose header does not state its length is alone, too.
    """
    lengths = {job: _length(job) for job in jobs}
    group: list[Job] = []
    for job in sorted(jobs, key=lengths.__getitem__):
        if group and (len(group) == size or lengths[job] > SHORT_S):
            yield group
            group = []
        group.append(job)
    if group:
        yield group


def spread(jobs: list[Job], enhancers: Enhancers, wish: Wish, processes: int) -> Iterator[Outcome]:
    """The outcomes as they come, from processes with one thread each."""
    return over_copies(processes, _in_a_process, (enhancers, wish), jobs)


def _in_a_process(shared: tuple[Enhancers, Wish], job: Job) -> Outcome:
    enhancers, wish = shared
    return _outcome(job, enhancers[job.part], wish, lambda s: None)


def elsewhere(
    jobs: list[Job], load: Load, run: Path, wish: Wish, over: Spread
) -> Iterator[Outcome]:
    """The outcomes as they come, from the places where `over` runs `anywhere`."""
    for outcomes in over(anywhere(load, run, wish), ([job] for job in jobs)):
        yield from outcomes


def anywhere(load: Load, run: Path, wish: Wish) -> Callable[[list[Job]], list[Outcome]]:
    """A function that enhances jobs in a new process with one thread; `load` opens `run` there."""
    return functools.partial(_from_nothing, load=load, run=run, wish=wish)


def _from_nothing(jobs: list[Job], load: Load, run: Path, wish: Wish) -> list[Outcome]:
    torch.set_num_threads(1)
    shared = (_loaded(load, run), wish)
    return [_in_a_process(shared, job) for job in jobs]


@functools.lru_cache(1)
def _loaded(load: Load, run: Path) -> Enhancers:
    return load(run)


def _outcome(
    job: Job, enhancer: Enhancer, wish: Wish, progress: Progress, through: Through | None = None
) -> Outcome:
    return outcome_of(
        job,
        lambda: enhance_recording(enhancer, job.source, job.target, wish, progress, through),
    )

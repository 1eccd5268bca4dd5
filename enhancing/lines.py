"""Recordings and streams through a line enhancer in place of a network, at their own rates."""

import functools
from collections.abc import Iterable, Iterator, Mapping
from itertools import tee
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import torch

from audio.channels import Measured
from audio.header import Header
from dsp.decibel import amplitude
from enhancing.outcome import Outcome, outcome_of
from enhancing.places import Job
from enhancing.recording import Done, Progress, rewrite
from enhancing.track import Track, side_by_side
from files.atomic import write_atomic
from metrics.detected_lines import as_csv, detected_lines, in_words
from models.baselines.online_lines import OnlineLineEnhancer
from models.system import Enhancing
from options.build import build
from parallel.copies import over_copies

CHANNEL = "channel"  # what holds a line

System = TypeVar("System", bound=Enhancing)


class LineWish(NamedTuple):
    """By which system lines are enhanced, a node of its config, and how much it may take away."""

    system: Mapping[str, Any]
    attenuation_limit_db: float | None = None

    @property
    def share(self) -> float:
        """Of the mixture in what is written."""
        limit_db = self.attenuation_limit_db
        return 0.0 if limit_db is None else amplitude(-limit_db)

    def at(self, sample_rate: int, contract: type[System] = Enhancing) -> System:
        """The system, a `contract`; ValueError for options that make none."""
        return build(self.system, contract, within="models.baselines", sample_rate=sample_rate)


def table_beside(target: Path) -> Path:
    """Where the table of the lines of an enhanced recording stands."""
    return target.with_name(f"{target.name}.lines.csv")


def lines_of(
    jobs: list[Job], wish: LineWish, progress: Progress, processes: int
) -> Iterator[Outcome]:
    """The outcomes of recordings, whose lines stand in tables beside them, as they come."""
    if processes > 1:
        yield from over_copies(processes, _in_a_process, wish, jobs)
        return
    for job in jobs:
        yield outcome_of(job, functools.partial(enhance_lines, wish, job, progress))


def _in_a_process(wish: LineWish, job: Job) -> Outcome:
    torch.set_num_threads(1)
    return outcome_of(job, functools.partial(enhance_lines, wish, job))


def enhance_lines(wish: LineWish, job: Job, progress: Progress = lambda s: None) -> Done:
    """Write a recording with its lines enhanced, and before it the table of them.

    The whole recording is held in memory. Raises as `rewrite` does, and ValueError where the
    recording is too short.
    """
    made = _Made(wish, table_beside(job.target))
    done = rewrite(made.blocks, job.source, job.target, progress)
    return done._replace(found=made.found)


class _Made:
    """What was made of a recording, and found in it; asked again it gives the same."""

    def __init__(self, wish: LineWish, table: Path):
        self.wish = wish
        self.table = table
        self.found = ""
        self._enhanced: np.ndarray | None = None

    def blocks(
        self, heard: Iterator[np.ndarray], head: Header, measured: Measured
    ) -> Iterator[np.ndarray]:
        if self._enhanced is None:
            mixture = np.concatenate(list(heard))
            made = self.wish.at(head.sample_rate).enhance(torch.from_numpy(mixture.T))
            numbers = np.flatnonzero(~measured.constant) + 1
            self._find(mixture.T, made.numpy(), head.sample_rate, numbers)
            self._enhanced = self.wish.share * mixture + (1 - self.wish.share) * made.numpy().T
        yield self._enhanced

    def _find(
        self, mixture: np.ndarray, enhanced: np.ndarray, sample_rate: int, numbers: np.ndarray
    ) -> None:
        """Write the lines of every channel: [channel, time] each."""
        found = {
            str(number): detected_lines(before, after, sample_rate)
            for number, before, after in zip(numbers, mixture, enhanced, strict=True)
        }
        write_atomic(self.table, as_csv(CHANNEL, found))
        self.found = in_words(CHANNEL, found)


def online(wish: LineWish, sample_rate: int) -> OnlineLineEnhancer:
    """The system for a stream; ValueError for one that needs the whole signal."""
    return wish.at(sample_rate, OnlineLineEnhancer)


def online_blocks(
    system: OnlineLineEnhancer, blocks: Iterable[np.ndarray], share: float
) -> Iterator[np.ndarray]:
    """A signal that has not ended with its lines enhanced: as many samples, without delay.

    share: of the mixture in it. Shapes: [time, channel] each, full scale 1.
    """
    own, source = tee(block for block in blocks if len(block))
    given = (torch.from_numpy(np.ascontiguousarray(block.T)) for block in source)
    enhanced = (made.numpy().T for made in system.blocks(given))
    for mixture, made in side_by_side(own, Track(enhanced)):
        yield share * mixture + (1 - share) * made


def online_in_words(system: OnlineLineEnhancer) -> str:
    """How late its output comes, for a line."""
    late = 1000 * system.latency / system.sample_rate
    return f"at most {late:.0f} ms late, a window of {type(system).__name__}"

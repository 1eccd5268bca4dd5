"""Enhances recordings and streams by a line enhancer instead of a network, at their own rates."""

import functools
from collections.abc import Iterable, Iterator, Mapping
from itertools import tee
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import torch

from audio.channels import Measured
from audio.header import Header
from dsp.decibel import mixture_share
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

CHANNEL = "channel"  # the channel of a line

System = TypeVar("System", bound=Enhancing)


class LineWish(NamedTuple):
    """The system that enhances lines, as its config, and its largest attenuation."""

    system: Mapping[str, Any]
    attenuation_limit_db: float | None = None

    @property
    def share(self) -> float:
        """The share of the mixture in the output."""
        return mixture_share(self.attenuation_limit_db)

    def at(self, sample_rate: int, contract: type[System] = Enhancing) -> System:
        """The system, a `contract`; raises ValueError for options that do not build one."""
        return build(self.system, contract, within="models.baselines", sample_rate=sample_rate)


def table_beside(target: Path) -> Path:
    """The path of the table of lines beside an enhanced recording."""
    return target.with_name(f"{target.name}.lines.csv")


def lines_of(
    jobs: list[Job], wish: LineWish, progress: Progress, processes: int
) -> Iterator[Outcome]:
    """The outcomes of recordings as they come; a table of lines is written beside each."""
    if processes > 1:
        yield from over_copies(processes, _in_a_process, wish, jobs)
        return
    for job in jobs:
        yield outcome_of(job, functools.partial(enhance_lines, wish, job, progress))


def _in_a_process(wish: LineWish, job: Job) -> Outcome:
    return outcome_of(job, functools.partial(enhance_lines, wish, job))


def enhance_lines(wish: LineWish, job: Job, progress: Progress = lambda s: None) -> Done:
    """Write the table of lines of a recording, and then the recording with its lines enhanced.

    The whole recording is held in memory. Raises the errors of `rewrite`, and ValueError for a
    recording that is too short.
    """
    made = _Made(wish, table_beside(job.target))
    done = rewrite(made.blocks, job.source, job.target, progress)
    return done._replace(details=made.details)


class _Made:
    """The enhanced signal and the lines of a recording; computed once."""

    def __init__(self, wish: LineWish, table: Path):
        self.wish = wish
        self.table = table
        self.details = ""
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
        """Write the lines of every channel: mixture, enhanced [channel, time]."""
        found = {
            str(number): detected_lines(before, after, sample_rate)
            for number, before, after in zip(numbers, mixture, enhanced, strict=True)
        }
        write_atomic(self.table, as_csv(CHANNEL, found))
        self.details = in_words(CHANNEL, found)


def online(wish: LineWish, sample_rate: int) -> OnlineLineEnhancer:
    """The system for a stream; raises ValueError for a system that needs the whole signal."""
    return wish.at(sample_rate, OnlineLineEnhancer)


def online_blocks(
    system: OnlineLineEnhancer, blocks: Iterable[np.ndarray], share: float
) -> Iterator[np.ndarray]:
    """A stream with its lines enhanced, with as many samples as `blocks`, without delay.

    share: the share of the mixture in the output. Shapes: [time, channel] each, full scale 1.
    """
    own, source = tee(block for block in blocks if len(block))
    given = (torch.from_numpy(np.ascontiguousarray(block.T)) for block in source)
    enhanced = (made.numpy().T for made in system.blocks(given))
    for mixture, made in side_by_side(own, Track(enhanced)):
        yield share * mixture + (1 - share) * made


def online_in_words(system: OnlineLineEnhancer) -> str:
    """The delay of the system's output as part of a printed line."""
    late = 1000 * system.latency / system.sample_rate
    return f"at most {late:.0f} ms late, a window of {type(system).__name__}"

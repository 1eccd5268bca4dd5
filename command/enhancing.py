"""From the options of enhance.py to enhanced recordings."""

import os
import sys
from collections.abc import Iterator

from omegaconf import DictConfig
from tqdm import tqdm

from audio import probing
from command.done import Done
from command.enhanced_by import By, by_lines, by_run, device_of, path_of, what_is_lost, wish_of
from enhancing.many import seconds
from enhancing.noises import in_words, noises
from enhancing.outcome import Outcome
from enhancing.places import Job, find_jobs, page_place, shown, unfinished_jobs
from enhancing.signal import Wish
from files.atomic import clear_unfinished_of
from models.tagging.namer import Namer
from parallel.progress import progress
from text.line import in_one_line

BAR = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}, {remaining} left"


def enhance(cfg: DictConfig) -> Done:
    """Enhance the recordings of `cfg.input`.

    Raises FileNotFoundError or ValueError if the run, the recordings or the output folder are
    missing.
    """
    source, output = path_of(cfg.input), path_of(cfg.output)
    by = by_lines(cfg) if cfg.lines else by_run(cfg)
    tagger = _tagger(cfg)
    jobs = find_jobs(source, output, by.parts)
    page = page_place(jobs, output) if cfg.listen else None
    left = jobs
    if output is None:
        for job in jobs:
            clear_unfinished_of(job.target)
    else:
        made_with = f"{by.content} {cfg.attenuation_limit_db} {cfg.band}\n"
        left = unfinished_jobs(jobs, output, made_with)
    if by.rate:
        _say_what_is_lost(wish_of(cfg), left, by.rate)
    if tagger:
        _name_noises(tagger, jobs)
    outcomes = list(_outcomes(cfg, left, by))
    return Done(by.name, jobs, outcomes, page)


def _tagger(cfg: DictConfig) -> Namer | None:
    """The tagger of the option `tag`; raises ValueError if that run is not a tagger."""
    if not cfg.tag:
        return None
    from tasks.tagging import namer  # imports pandas, which takes a second

    return namer(path_of(cfg.tag))


def _name_noises(tagger: Namer, jobs: list[Job]) -> None:
    """Print a line for each recording, also for failed ones."""
    for job in {job.source: job for job in jobs}.values():
        try:
            said = in_words(noises(tagger, job.source)) or "nothing to hear"
        except ValueError as error:
            said = f"noises not named: {in_one_line(error)}"
        print(f"{shown(job.source.name)}: {said}")


def _say_what_is_lost(wish: Wish, jobs: list[Job], network_rate: int) -> None:
    """Print once, for all recordings, which band is lost."""
    highest = max(map(_rate, jobs), default=0)
    lost = what_is_lost(wish, highest, network_rate)
    if lost:
        print(lost)


def _rate(job: Job) -> int:
    try:
        return probing.header(job.source).sample_rate
    except ValueError:
        return 0


def _outcomes(cfg: DictConfig, jobs: list[Job], by: By) -> Iterator[Outcome]:
    """The outcomes; each is printed as it comes, with the progress in seconds of audio."""
    on_gpu = not cfg.lines and device_of(cfg).type != "cpu"
    processes = 1 if on_gpu else min(cfg.jobs or os.cpu_count() or 1, len(jobs))
    lengths = {job: seconds(job) for job in jobs}
    total = sum(lengths.values())
    # Some headers state no length, so more seconds may come than are known.
    with progress("enhancing", total, "second", bar_format=BAR) as count:
        outcomes = by.outcomes(jobs, progress=count, processes=processes)
        for outcome in outcomes:
            if cfg.scheduler or processes > 1:
                count(lengths[outcome.job])
            _say(outcome)
            yield outcome


def _say(outcome: Outcome) -> None:
    """Print the details and the remark of an outcome, above the bar if there is one."""
    if outcome.details:
        tqdm.write(f"{outcome.job.name}: {outcome.details}", file=sys.stdout)
    if outcome.remark:
        stream = sys.stderr if outcome.became == "failed" else sys.stdout
        tqdm.write(f"{outcome.job.name}: {outcome.remark}", file=stream)

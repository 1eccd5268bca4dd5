"""The page that compares recordings before and after enhance.py."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from omegaconf import DictConfig

from command.about import typed_command, version_line
from command.done import Done
from enhancing.outcome import Outcome
from enhancing.places import Job, shown
from parallel.progress import progress
from reporting.pages.before_after import Pair, write_before_after

PACKAGES = ("torch", "soundfile", "soxr")


def write_page(cfg: DictConfig, done: Done) -> None:
    """Write the page about the results `done`, and print its path."""
    by_job = {outcome.job: outcome for outcome in done.outcomes}
    pairs = [_pair(job, by_job.get(job)) for job in done.jobs]
    with progress("listening", len(pairs), "file") as count:
        write_before_after(_counted(pairs, count), _about(cfg, done.system), done.page)
    print(f"Page: {shown(done.page)}")


def _counted(pairs: Sequence[Pair], count: Callable[[int], None]) -> Iterator[Pair]:
    """The pairs; each is counted when the next one is asked for."""
    for pair in pairs:
        yield pair
        count(1)


def _pair(job: Job, outcome: Outcome | None) -> Pair:
    if outcome is None:
        return Pair(job.name, job.source, job.target, "finished before", True)
    remark = ": ".join(filter(None, (outcome.became, outcome.remark)))
    return Pair(job.name, job.source, job.target, remark, outcome.became == "enhanced")


def _about(cfg: DictConfig, system: str) -> Mapping[str, str]:
    limit = cfg.attenuation_limit_db
    return {
        "command": typed_command("enhance"),
        "lines" if cfg.lines else "run": system,
        "taken away at most": "as much as the network does" if limit is None else f"{limit:g} dB",
        "band": cfg.band,
        "versions": version_line(PACKAGES),
    }

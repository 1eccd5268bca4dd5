"""The results of enhance.py."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from enhancing.outcome import Outcome
from enhancing.places import Job


class Done(NamedTuple):
    """The outcome of `jobs`.

    system: the printed name of the enhancer. outcomes: of the jobs that were not finished before.
    page: the path of the page about them.
    """

    system: str
    jobs: list[Job]
    outcomes: list[Outcome]
    page: Path | None

    @property
    def well(self) -> bool:
        """Whether no job failed."""
        return all(outcome.became != "failed" for outcome in self.outcomes)

    @property
    def counts(self) -> str:
        """The number of jobs of each outcome, on one line."""
        counts = Counter(outcome.became for outcome in self.outcomes)
        counts["finished before"] = len(self.jobs) - len(self.outcomes)
        told = [f"{counts['enhanced']} enhanced"]
        for what in ("copied", "finished before", "failed"):
            if counts[what]:
                told.append(f"{counts[what]} {what}")
        return ", ".join(told)

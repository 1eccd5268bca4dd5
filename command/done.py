"""What enhance.py has done with recordings."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from enhancing.outcome import Outcome
from enhancing.places import Job


class Done(NamedTuple):
    """The outcome of `jobs`.

    system: what enhanced them, for people. outcomes: of those that were not finished before. page:
    where a page about them goes.
    """

    system: str
    jobs: list[Job]
    outcomes: list[Outcome]
    page: Path | None

    @property
    def well(self) -> bool:
        """Whether none failed."""
        return all(outcome.became != "failed" for outcome in self.outcomes)

    @property
    def counts(self) -> str:
        """How many jobs ended in which way, on one line."""
        counts = Counter(outcome.became for outcome in self.outcomes)
        counts["finished before"] = len(self.jobs) - len(self.outcomes)
        told = [f"{counts['enhanced']} enhanced"]
        for what in ("copied", "finished before", "failed"):
            if counts[what]:
                told.append(f"{counts[what]} {what}")
        return ", ".join(told)

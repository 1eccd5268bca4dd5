"""Repeats jobs whose process ended, for example by a fault in the C code of a tool or score."""

from collections.abc import Callable, Sequence

from parallel.apart import Apart
from reporting.scoring.work import Done, Job


class OneByOne:
    """Repeats jobs one by one, in a separate process.

    If a job ends this process, too, it has no answer, and the reason says how. It is counted as a
    failed row; the evaluation continues.
    """

    def __init__(self):
        self._apart = Apart()

    def __call__(self, function: Callable, jobs: Sequence[Job]) -> list[Done]:
        """The results of `function`, see `reporting.scoring.work.work`, for `jobs`."""
        done = []
        for job in jobs:
            try:
                done += self._apart(function, [job])
            except ChildProcessError as error:
                done.append(Done(job.number, "", {}, f"no answer, {error}"))
        return done

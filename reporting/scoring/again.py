"""What becomes of jobs whose process has ended, as by a fault in the C code of a tool or score."""

from collections.abc import Callable, Sequence

from parallel.apart import Apart
from reporting.scoring.work import Done, Job


class OneByOne:
    """Does jobs once more, one by one in a process apart.

    A job that ends that, too, has no answer, and the reason says how: a counted row, and no end of
    an evaluation.
    """

    def __init__(self):
        self._apart = Apart()

    def __call__(self, function: Callable, jobs: Sequence[Job]) -> list[Done]:
        """What `function`, see `reporting.scoring.work.work`, gives for `jobs`."""
        done = []
        for job in jobs:
            try:
                done += self._apart(function, [job])
            except ChildProcessError as error:
                done.append(Done(job.number, "", {}, f"no answer, {error}"))
        return done

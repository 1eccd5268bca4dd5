"""The outcome of one recording among many; a failed recording does not stop the others."""

from collections.abc import Callable
from typing import NamedTuple

from enhancing.places import Job, shown
from enhancing.recording import Done
from text.line import in_one_line


class Outcome(NamedTuple):
    """The outcome of a recording.

    became: "enhanced", "copied", or "failed" if nothing was written. remark: a message on one line.
    details: lines with further results.
    """

    job: Job
    became: str
    remark: str
    details: str = ""


def outcome_of(job: Job, work: Callable[[], Done]) -> Outcome:
    """The outcome of a recording after `work`, also if `work` raises any exception."""
    try:
        done = work()
    except OSError as error:
        place = f"{shown(error.filename)}: " if error.filename else ""
        return Outcome(job, "failed", f"{place}{error.strerror}")
    except Exception as error:
        # A bug of a library or a lack of memory does not stop the other recordings either.
        kind = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
        return Outcome(job, "failed", kind + in_one_line(error))
    return Outcome(job, "copied" if done.copied else "enhanced", done.remark, done.details)

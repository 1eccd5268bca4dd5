"""What becomes of a recording among many: one that fails ends no other."""

from collections.abc import Callable
from typing import NamedTuple

from enhancing.places import Job, shown
from enhancing.recording import Done


class Outcome(NamedTuple):
    """What became of a recording.

    became: "enhanced", "copied" or, where nothing was written, "failed". remark: what is to be said
    of it, on a line. found: what was found in it, on more of them.
    """

    job: Job
    became: str
    remark: str
    found: str = ""


def outcome_of(job: Job, work: Callable[[], Done]) -> Outcome:
    """What becomes of a recording by `work`, whatever that raises."""
    try:
        done = work()
    except OSError as error:
        place = f"{shown(error.filename)}: " if error.filename else ""
        return Outcome(job, "failed", f"{place}{error.strerror}")
    except Exception as error:
        # A bug of a library or a lack of memory ends no other recording either.
        kind = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
        return Outcome(job, "failed", kind + " ".join(str(error).split()))
    return Outcome(job, "copied" if done.copied else "enhanced", done.remark, done.found)

"""A training whose time limit comes before its first checkpoint would never make progress."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from command.process import Ended
from command.watched import checkpoint_times
from parallel.ending import WARNINGS


@contextmanager
def enough_time(run: Path) -> Iterator[None]:
    """Raise ValueError if a warning ends the training in `run` before anything was saved.

    A job that is requeued at every time limit would otherwise start again without end.
    """
    before = checkpoint_times(str(run))
    try:
        yield
    except Ended as error:
        if error.number in WARNINGS and checkpoint_times(str(run)) == before:
            name = signal.Signals(error.number).name
            raise ValueError(
                f"ended by {name} before it had made a step: its time limit leaves none; give a "
                "longer one (#SBATCH --time, hydra.launcher.timeout_min), or a later warning"
            ) from error
        raise

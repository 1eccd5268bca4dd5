"""A training whose time is up before it has made a step: started again it would do no more."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from command.process import Ended
from parallel.ending import WARNINGS


@contextmanager
def enough_time(run: Path) -> Iterator[None]:
    """Where a warning ends the training in `run` and nothing of it was saved, a ValueError.

    A job that is put back into its queue whenever it was warned of its time limit would else begin
    anew for ever.
    """
    before = _checkpoints(run)
    try:
        yield
    except Ended as error:
        if error.number in WARNINGS and _checkpoints(run) == before:
            name = signal.Signals(error.number).name
            raise ValueError(
                f"ended by {name} before it had made a step: its time limit leaves none; give a "
                "longer one (#SBATCH --time, hydra.launcher.timeout_min), or a later warning"
            ) from error
        raise


def _checkpoints(run: Path) -> dict[str, int]:
    """When each was written; compared with one another only, for clocks may differ."""
    return {path.name: path.stat().st_mtime_ns for path in (run / "checkpoints").glob("*.ckpt")}

"""What a sweep has come to, as a table beside its runs."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from hydra.core.hydra_config import HydraConfig

from command.process import is_first
from command.sweep import is_sweep, swept_values
from files.atomic import write_atomic
from files.lock import locked
from files.owner import is_owned
from files.table import csv_text
from models.layouts import CURVE, TIMES

SWEEP, LOCK = "sweep.csv", ".sweep.lock"
RUN, STATE, LOSS, SECONDS = "run", "state", "validation_loss", "seconds"
RUNNING, WHOLE, INTERRUPTED, FAILED = "running", "trained", "interrupted", "failed"


@contextmanager
def told(run: Path) -> Iterator[None]:
    """Keep the row of `run` in the table of its sweep, if this job is one of a sweep.

    The table has, of each run, its folder, its state (running, trained, interrupted or failed), its
    best loss on validation, seconds of training by the clock, and every option that a sweep into
    its folder went through.
    """
    if not is_sweep() or not is_first():
        yield
        return
    _note(run, RUNNING)
    try:
        yield
    except KeyboardInterrupt:
        _note(run, INTERRUPTED)
        raise
    except BaseException:
        _note(run, FAILED)
        raise
    _note(run, WHOLE)


def _note(run: Path, state: str) -> None:
    """Put the row of `run` in the table, beside those of all other runs as they are now."""
    job = HydraConfig.get()
    folder = Path(job.sweep.dir)
    row = {RUN: str(job.sweep.subdir), STATE: state, **_reached(run)}
    row |= swept_values(job.overrides.task, job.sweeper.get("params"))
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / LOCK):
        rows = [other for other in _rows(folder) if other[RUN] != row[RUN]]
        rows = sorted([*rows, row], key=lambda one: one[RUN])
        write_atomic(folder / SWEEP, csv_text(pd.DataFrame(rows).fillna("")))


def _rows(folder: Path) -> list[dict[str, str]]:
    """The table as it is; what was running and has no owner now was interrupted.

    A table that cannot be read is made anew: runs tell what they are when they come again.
    """
    try:
        text = (folder / SWEEP).read_text(encoding="utf-8", errors="surrogateescape")
        rows = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
        rows = rows.to_dict("records") if {RUN, STATE} <= {*rows} else []
    except (OSError, ValueError):
        return []
    for row in rows:
        if row[STATE] == RUNNING and not is_owned(folder / row[RUN]):
            row[STATE] = INTERRUPTED
    return rows


def _reached(run: Path) -> Mapping[str, str]:
    """The best loss of `run` on validation, and how long its epochs took; empty before one."""
    try:
        loss = pd.read_csv(run / CURVE)[LOSS].min()
        seconds = pd.read_csv(run / TIMES)[SECONDS].sum()
    except (OSError, ValueError, KeyError):
        return {LOSS: "", SECONDS: ""}
    return {LOSS: repr(float(loss)), SECONDS: f"{seconds:.1f}"}

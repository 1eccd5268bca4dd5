"""The results of a sweep, as a table beside its runs."""

import io
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pandas as pd
from hydra.core.hydra_config import HydraConfig

from command.process import is_first
from command.sweep import is_sweep, swept_values
from files.atomic import write_atomic
from files.lock import locked
from files.owner import is_owned, owned
from files.table import csv_text
from models.layouts import CURVE, TIMES

SWEEP, LOCK, JOBS = "sweep.csv", ".sweep.lock", ".jobs"
RUN, STATE, LOSS, SECONDS = "run", "state", "validation_loss", "seconds"
RUNNING, WHOLE, INTERRUPTED, FAILED = "running", "trained", "interrupted", "failed"
PRUNED = "pruned"  # a trial of a search that ended early, because other trials were better


class Reached:
    """The result of a job of a sweep that did not fail."""

    state = WHOLE


@contextmanager
def kept_row(run: Path) -> Iterator[Reached]:
    """Keep the row of `run` in the table of its sweep, if this job belongs to a sweep.

    A row has the run's folder, its state (running, trained, pruned, interrupted or failed), its
    best validation loss, its training time in seconds, and every option that a sweep into its
    folder varied. Yields an object that stores the result of the training.
    """
    reached = Reached()
    if not is_sweep() or not is_first() or is_owned(run):  # its owner keeps the row
        yield reached
        return
    job = HydraConfig.get().sweep
    with _running(Path(job.dir), job.subdir):
        _note(run, RUNNING)
        try:
            yield reached
        except KeyboardInterrupt:
            _note(run, INTERRUPTED)
            raise
        except BaseException:
            _note(run, FAILED)
            raise
        _note(run, reached.state)


@contextmanager
def _running(folder: Path, name: str) -> Iterator[None]:
    """Show for the block, and while this process lives, that the job `name` is running.

    Its training owns the run folder only after some seconds of imports.
    """
    try:
        with owned(folder / JOBS / str(name)):
            yield
    finally:
        with suppress(OSError):  # other jobs are running
            (folder / JOBS).rmdir()


def state_in(folder: Path, name: str) -> str | None:
    """The state of the job called `name` of the sweep in `folder`; None before it began."""
    states = {row[RUN]: row[STATE] for row in _rows(folder)}
    return states.get(name)


def best_loss(run: Path) -> float | None:
    """The best validation loss of `run`; None before the first one."""
    try:
        loss = float(pd.read_csv(run / CURVE)[LOSS].min())
    except (OSError, ValueError, KeyError):
        return None
    return loss if math.isfinite(loss) else None


def settle(
    folder: Path, failed: Mapping[str, Sequence[str]], params: Collection[str] | None
) -> None:
    """Correct the table of the sweep in `folder` after all of its jobs have ended.

    failed: the overrides of failed jobs, by name; a job that could not write its row gets one.
    params: options that the experiment sweeps.
    """
    with _locked_rows(folder) as rows:
        states = {row[RUN]: row[STATE] for row in rows}
        for name, overrides in failed.items():
            if states.get(name) in (None, WHOLE):
                _put(rows, _row(folder / name, name, FAILED, swept_values(overrides, params)))


def _note(run: Path, state: str) -> None:
    """Write the row of `run` to the table, and update the rows of all other runs."""
    job = HydraConfig.get()
    values = swept_values(job.overrides.task, job.sweeper.get("params"))
    with _locked_rows(Path(job.sweep.dir)) as rows:
        _put(rows, _row(run, str(job.sweep.subdir), state, values))


@contextmanager
def _locked_rows(folder: Path) -> Iterator[list[dict[str, str]]]:
    """The rows of the table in `folder`, for changes; written when the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / LOCK):
        rows = _rows(folder)
        yield rows
        if not rows:
            return
        rows.sort(key=lambda row: row[RUN])
        write_atomic(folder / SWEEP, csv_text(pd.DataFrame(rows).fillna("")))


def _put(rows: list[dict[str, str]], row: dict[str, str]) -> None:
    """Replace the row of the same run by `row`."""
    rows[:] = [other for other in rows if other[RUN] != row[RUN]]
    rows.append(row)


def _row(run: Path, name: str, state: str, values: Mapping[str, str]) -> dict[str, str]:
    return {RUN: name, STATE: state, **_reached(run), **values}


def _rows(folder: Path) -> list[dict[str, str]]:
    """The rows of the table; a running run whose job has ended becomes interrupted.

    A table that cannot be read is created again, and runs add their rows when they start again.
    """
    try:
        text = (folder / SWEEP).read_text(encoding="utf-8", errors="surrogateescape")
        rows = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
        rows = rows.to_dict("records") if {RUN, STATE} <= {*rows} else []
    except (OSError, ValueError):
        return []
    for row in rows:
        if row[STATE] == RUNNING and not is_owned(folder / JOBS / row[RUN]):
            row[STATE] = INTERRUPTED
    return rows


def _reached(run: Path) -> Mapping[str, str]:
    """The best validation loss of `run`, and the duration of its epochs; empty without one."""
    loss = best_loss(run)
    try:
        seconds = pd.read_csv(run / TIMES)[SECONDS].sum()
    except (OSError, ValueError, KeyError):
        return {LOSS: "", SECONDS: ""}
    return {LOSS: "" if loss is None else repr(loss), SECONDS: f"{seconds:.1f}"}

"""The results of a sweep, as a table beside its runs."""

import io
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
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
PRUNED = "pruned"  # a trial of a search that others did better than


class Reached:
    """The result of a job of a sweep that did not fail."""

    state = WHOLE


@contextmanager
def told(run: Path) -> Iterator[Reached]:
    """Keep the row of `run` in the table of its sweep, if this job is one of a sweep.

    The table has, of each run, its folder, its state (running, trained, pruned, interrupted or
    failed), its best loss on validation, seconds of training by the clock, and every option that a
    sweep into its folder went through. Yields what is to be told what a training has come to.
    """
    reached = Reached()
    if not is_sweep() or not is_first() or is_owned(run):  # its owner tells
        yield reached
        return
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


def state_in(folder: Path, name: str) -> str | None:
    """What the job called `name` of the sweep in `folder` has come to; None before it began."""
    states = {row[RUN]: row[STATE] for row in _rows(folder)}
    return states.get(name)


def best_loss(run: Path) -> float | None:
    """The best loss of `run` on validation; None before one."""
    try:
        loss = float(pd.read_csv(run / CURVE)[LOSS].min())
    except (OSError, ValueError, KeyError):
        return None
    return loss if math.isfinite(loss) else None


def settle(
    folder: Path, failed: Mapping[str, Sequence[str]], params: Collection[str] | None
) -> None:
    """Put right the table of the sweep in `folder`, none of whose jobs runs any more.

    failed: the overrides of jobs that failed, by name; one that could not say so itself gets its
    row. params: options that the experiment goes through.
    """
    with _locked_rows(folder) as rows:
        states = {row[RUN]: row[STATE] for row in rows}
        for name, overrides in failed.items():
            if states.get(name) in (None, WHOLE):
                _put(rows, _row(folder / name, name, FAILED, swept_values(overrides, params)))


def _note(run: Path, state: str) -> None:
    """Put the row of `run` in the table, beside those of all other runs as they are now."""
    job = HydraConfig.get()
    values = swept_values(job.overrides.task, job.sweeper.get("params"))
    with _locked_rows(Path(job.sweep.dir)) as rows:
        _put(rows, _row(run, str(job.sweep.subdir), state, values))


@contextmanager
def _locked_rows(folder: Path) -> Iterator[list[dict[str, str]]]:
    """The rows of the table in `folder`, to be changed: written when the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / LOCK):
        rows = _rows(folder)
        yield rows
        if not rows:
            return
        rows.sort(key=lambda row: row[RUN])
        write_atomic(folder / SWEEP, csv_text(pd.DataFrame(rows).fillna("")))


def _put(rows: list[dict[str, str]], row: dict[str, str]) -> None:
    """Put `row` in place of the one of the same run."""
    rows[:] = [other for other in rows if other[RUN] != row[RUN]]
    rows.append(row)


def _row(run: Path, name: str, state: str, values: Mapping[str, str]) -> dict[str, str]:
    return {RUN: name, STATE: state, **_reached(run), **values}


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
    loss = best_loss(run)
    try:
        seconds = pd.read_csv(run / TIMES)[SECONDS].sum()
    except (OSError, ValueError, KeyError):
        return {LOSS: "", SECONDS: ""}
    return {LOSS: "" if loss is None else repr(loss), SECONDS: f"{seconds:.1f}"}

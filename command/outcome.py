"""The end of a training, as a line, and the command that resumes it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytorch_lightning as pl
import torch
from omegaconf import DictConfig
from pytorch_lightning.utilities.exceptions import MisconfigurationException

from command.callbacks import Callbacks, rule_of
from command.process import Ended
from command.pruning import is_pruned
from command.state import state_of
from command.sweep_table import INTERRUPTED, PRUNED, WHOLE
from files.sums import SUMS
from models.interruption import Stopped
from models.layouts import CURVE
from models.training import RuleOfRises, TimeLimit
from options.typed import typed
from parallel.ending import current
from text.line import in_one_line


class Outcome(NamedTuple):
    """The end of a training: a line, and the state in the table of a sweep."""

    line: str
    state: str = WHOLE


def done(cfg: DictConfig, run: Path) -> Outcome | None:
    """The outcome of a finished training in `run`; None if it is not finished.

    No data is read. Also None if `run` lacks a file that a training would write again.
    """
    if not cfg.resume or not all((run / name).exists() for name in (SUMS, CURVE)):
        return None
    state = state_of(run)
    if state is None:
        return None
    rule = rule_of(cfg)
    rule.load_state_dict(dict(state.rule))
    most = cfg.trainer.max_epochs
    if rule.has_stopped() or state.epochs >= most:
        return Outcome(_ended(run, rule, state.epochs, most, went_on=False))
    return None


def outcome(trainer: pl.Trainer, run: Path, callbacks: Callbacks, began: int) -> Outcome:
    """The outcome of a training that has just ended. began: number of steps before this start."""
    epochs = len(callbacks.curve.rows)
    most = trainer.max_epochs
    if is_pruned(trainer):
        line = f"pruned after epoch {epochs} of {most}: other trials did better by then"
        return Outcome(line, PRUNED)
    if epochs < most and not callbacks.rule.has_stopped():
        why = "trainer.max_time is up" if _time_is_up(trainer) else "stopped"
        line = f"{why} after epoch {epochs} of {most}; go on with {typed('resume', run)}"
        return Outcome(line, INTERRUPTED)
    return Outcome(_ended(run, callbacks.rule, epochs, most, trainer.global_step > began))


def _ended(run: Path, rule: RuleOfRises, epochs: int, most: int, went_on: bool) -> str:
    """The line about a training that has reached its end."""
    if rule.has_stopped():
        ended = "trained" if went_on else "was trained before"
        limit = f"recipe.rule_of_rises.stop_after={rule.stop_after}"
        why = f"the validation loss rose more than {limit} times"
        return f"{ended}: {run}, {epochs} of {most} epochs: {why}"
    if not went_on:
        remedy = "trainer.max_epochs=N with more than that goes on"
        return f"was trained before: {run}, all {epochs} epochs; {remedy}"
    return f"trained: {run}"


def _time_is_up(trainer: pl.Trainer) -> bool:
    limits = [callback for callback in trainer.callbacks if isinstance(callback, TimeLimit)]
    return any(limit.is_up() for limit in limits)


@contextmanager
def one_line(remedy: str) -> Iterator[None]:
    """Convert errors that a user can mend to a ValueError of one line, and signals to Ended.

    Such errors are wrong settings of the trainer, and files that a worker could not read.
    """
    try:
        yield
    except (KeyboardInterrupt, SystemExit) as error:  # Lightning raises SystemExit after Ctrl-C
        raise _ended_by_signal(error, remedy) from None
    except torch.OutOfMemoryError as error:
        raise ValueError(
            "the device is out of memory; give a smaller data.batch_size or plan.segment_s"
        ) from error
    except MisconfigurationException as error:
        raise ValueError(f"trainer: {in_one_line(error)} Give others, or trainer=cpu") from error
    except (ValueError, OSError) as error:
        if "Original Traceback" not in str(error):
            raise
        last_line = str(error).strip().splitlines()[-1]
        _, _, problem = last_line.partition(": ")
        raise ValueError(problem) from error
    except RuntimeError as error:
        ended = _by_other_processes(error, remedy)
        if ended is None:
            raise
        raise ended from error


def _by_other_processes(error: RuntimeError, remedy: str) -> Exception | None:
    """The error for a training whose other processes have ended; None for any other `error`."""
    signalled = current()
    if signalled is not None and signalled.number is not None:
        return Ended(signalled.number, remedy)
    if _is_of_connections(error):
        problem = "another process of this training has ended, see what it says"
        return ValueError(f"{problem}; {remedy}")
    return None


def _is_of_connections(error: RuntimeError) -> bool:
    """Whether `error` is about the connections of a training's processes."""
    distributed = torch.distributed
    kinds = (distributed.DistError,) if distributed.is_available() else ()
    return isinstance(error, kinds) or "gloo/transport" in str(error)


def _ended_by_signal(error: BaseException, remedy: str) -> Ended:
    """The Ended for a training that `error`, or a signal before it, ended."""
    for cause in (error, error.__context__):
        if isinstance(cause, Stopped):
            return Ended(cause.number, remedy, f"at step {cause.step}")
        if isinstance(cause, Ended):
            return Ended(cause.number, remedy)
    return Ended(signal.SIGINT, remedy)

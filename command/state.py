"""The progress of the training in a folder, and the checkpoint from which it resumes."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from models.checkpoints import require_training
from models.layouts import BEST, LAST, WITHIN, checkpoint, layout
from models.training import RuleOfRises
from options.typed import typed


def require_unused(run: Path) -> None:
    """Raise ValueError if `run` holds the checkpoints of a training.

    A new training would replace them. The same holds for a published run in `run`.
    """
    if not layout(run).resumable:
        raise ValueError(f"{typed('output', run)}: holds a published run; choose another output")
    checkpoints = (run / LAST.parent).glob("*.ckpt")
    if any(checkpoints):
        raise ValueError(
            f"{typed('output', run)}: holds a training; go on with it by {typed('resume', run)}, "
            "or choose another output"
        )


class State(NamedTuple):
    """The progress of a training: its checkpoint, and the number of steps and whole epochs.

    rule: the state of its rule of rises, or nothing. skipped: the problems of other checkpoints.
    """

    name: Path
    step: int
    epochs: int
    rule: Mapping[str, Any]
    skipped: Sequence[str] = ()


def state_of(run: Path) -> State | None:
    """The state from which the training in `run` resumes; None if nothing was saved.

    A damaged or missing checkpoint is skipped if there is another one. The best one is the last
    choice, because its epoch may be an early one. Raises ValueError if all are damaged or not
    checkpoints.
    """
    states, problems = _states(run, LAST, WITHIN)
    if not states:
        states, damaged = _states(run, BEST)
        problems += damaged
        if states and not problems:
            problems = [f"{run}: has no {LAST}"]
    if not states:
        if problems:
            raise ValueError(problems[0])
        return None
    latest = max(states, key=lambda state: state.step)  # if equal, the first is later
    return latest._replace(skipped=problems)


def note_skipped(state: State) -> None:
    """Print a note about each checkpoint that was skipped, to the standard error."""
    for problem in state.skipped:
        fact, _, _ = problem.partition("; ")  # without its remedy
        print(f"note: {fact}; goes on from {state.name}", file=sys.stderr)


def _states(run: Path, *names: Path) -> tuple[list[State], list[str]]:
    """The states in the checkpoints `names` of `run` that exist, and the problems of the others."""
    states, problems = [], []
    for name in names:
        if (run / name).exists():
            try:
                states.append(_state(run, name))
            except ValueError as error:
                problems.append(str(error))
    return states, problems


def _state(run: Path, name: Path) -> State:
    """The state in one checkpoint of `run`."""
    content = checkpoint(run, name)
    require_training(content, run / name)
    epochs = content["loops"]["fit_loop"]["epoch_progress"]["current"]["processed"]
    rule = content["callbacks"].get(RuleOfRises.__name__, {})
    return State(name, content["global_step"], epochs, rule)

"""The progress of the training in a folder, and the checkpoint from which it resumes."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from models.checkpoints import require_training
from models.layouts import BEST, CURVE, LAST, WITHIN, checkpoint, layout
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

    rule: the state of its rule of rises, or None.
    """

    name: Path
    step: int
    epochs: int
    rule: Mapping[str, Any]


def state_of(run: Path) -> State | None:
    """The state from which the training in `run` resumes; None if nothing was saved.

    A damaged checkpoint is skipped with a note if there is another one. Raises ValueError if all
    are damaged or not checkpoints, or if only the best one is left.
    """
    states, problems = [], []
    for name in (LAST, WITHIN):
        if (run / name).exists():
            try:
                states.append(_state(run, name))
            except ValueError as error:
                problems.append(error)
    if not states:
        if problems:
            raise problems[0]
        _require_no_best(run)
        return None
    latest = max(states, key=lambda state: state.step)  # if equal, the first is later
    for problem in problems:
        print(f"note: {problem}; goes on from {latest.name}", file=sys.stderr)
    return latest


def _state(run: Path, name: Path) -> State:
    """The state in one checkpoint of `run`."""
    content = checkpoint(run, name)
    require_training(content, run / name)
    epochs = content["loops"]["fit_loop"]["epoch_progress"]["current"]["processed"]
    rule = content["callbacks"].get(RuleOfRises.__name__, {})
    return State(name, content["global_step"], epochs, rule)


def _require_no_best(run: Path) -> None:
    """Raise ValueError if a training of more than an epoch has lost its last checkpoint."""
    curve = run / CURVE
    epochs = curve.read_text(encoding="utf-8").count("\n") - 1 if curve.exists() else None
    # A training that was killed at the end of its first epoch may have saved only the best one.
    if (run / BEST).exists() and epochs != 1:
        raise ValueError(
            f"{run}: has no {LAST}, so there is nothing to go on from, and its {BEST} is not "
            f"replaced; restore {LAST}, or begin another run with {typed('start_from', run)}"
        )

"""Typed options that contradict resume=."""

from pathlib import Path

import pandas as pd
from omegaconf import DictConfig

from command.typed_options import typed_options
from models.layouts import CURVE
from options.typed import typed


def require_its_own_folder(cfg: DictConfig, run: Path) -> None:
    """Raise ValueError if the typed output is not `run`, which is resumed."""
    if "output" in typed_options() and Path(cfg.output).absolute() != run.absolute():
        output = typed("output", cfg.output)
        raise ValueError(
            f"{output}: a training goes on in its own folder, {run}; leave output out, or begin "
            f"another training with its weights: {typed('start_from', run)} {output}"
        )


def require_an_end_ahead(cfg: DictConfig, run: Path) -> None:
    """Raise ValueError if the training in `run` has more epochs than trainer.max_epochs."""
    done = _epochs(run / CURVE)
    most = cfg.trainer.max_epochs
    if isinstance(most, int) and most < done:
        raise ValueError(
            f"trainer.max_epochs={most}: {run} has finished {done} epochs already; give more, such "
            f"as trainer.max_epochs={2 * done}, or evaluate it as it is"
        )


def _epochs(curve: Path) -> int:
    """The number of epochs in a curve; 0 if it is missing or cannot be read."""
    try:
        return len(pd.read_csv(curve))
    except (OSError, ValueError):  # the code that needs the curve reports the error
        return 0

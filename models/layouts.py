"""The layouts of a model's folder: as train.py writes it, and as publish.py writes it."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor

from files.fingerprint import of_contents, of_files
from models import published
from models.checkpoints import read_checkpoint
from options.typed import typed

CONFIG, CURVE, TIMES = Path(".hydra/config.yaml"), Path("curve.csv"), Path("times.csv")
TIMED = {"epoch": int, "seconds": float, "machine": str}  # the columns of TIMES
# The tables and curves of earlier trainings of the weights, a folder for each training.
ANCESTORS = Path("ancestors")
BEST, LAST = Path("checkpoints/best.ckpt"), Path("checkpoints/last.ckpt")
WITHIN = Path("checkpoints/within_epoch.ckpt")  # at least as late as the last one


class Layout(NamedTuple):
    """The places of a model's parts in its folder; tables and curve have the same place in all.

    config, weights: files below the folder. state: reads the tensors of the best epoch, by name.
    tables_again, curve_again: the commands that restore the tables and the curve, with {} for the
    folder. resumable: whether the training can be continued.
    """

    config: Path
    weights: Path
    state: Callable[[Path], Mapping[str, Tensor]]
    tables_again: str
    curve_again: str
    resumable: bool


def layout(run: Path) -> Layout:
    """The layout of `run`; for any other folder it is the layout of train.py."""
    for one in (TRAINED, PUBLISHED):
        if (run / one.config).exists() or (run / one.weights).exists():
            return one
    return TRAINED


def config_path(run: Path) -> Path:
    """The config file of `run`; raises FileNotFoundError where it has none."""
    path = run / layout(run).config
    if not path.exists():
        raise FileNotFoundError(
            f"{run}: not a training run, it has no {layout(run).config}; "
            "give a folder that train.py or publish.py wrote"
        )
    return path


def checkpoint(run: Path, name: Path) -> dict[str, Any]:
    """The content of a checkpoint of `run`, tensors and plain values only.

    Raises FileNotFoundError, in one line, for a missing checkpoint, ValueError for a broken one.
    """
    config_path(run)
    path = run / name
    if not path.exists():
        raise FileNotFoundError(
            f"{run}: has no {name}, its training has not finished an epoch; "
            f"train it with {typed('resume', run)}"
        )
    return read_checkpoint(path)


def best_weights(run: Path) -> Mapping[str, Tensor]:
    """The tensors of a run's best epoch on validation, by name.

    Raises FileNotFoundError or ValueError, in one line, for missing or damaged weights.
    """
    return layout(run).state(run)


def weights_of(run: Path) -> str:
    """A fingerprint of the weights of a run's best epoch, without its config and its place."""
    return _weights_of(run, of_files([config_path(run), run / layout(run).weights]))


@lru_cache
def _weights_of(run: Path, _files: str) -> str:
    """See `weights_of`; cached until the files change, because large weights are slow to read."""
    return published.of_weights(best_weights(run))


def tables_again(run: Path) -> str:
    """The command that restores the tables of `run`."""
    return layout(run).tables_again.format(run)


def curve_again(run: Path) -> str:
    """The command that restores the curve of `run`."""
    return layout(run).curve_again.format(run)


def ancestors(run: Path) -> list[Path]:
    """Folders with tables and curves of all earlier trainings of the weights of `run`.

    Its own training is not among them. Older runs have no curves of them.
    """
    return sorted((run / ANCESTORS).glob("*"))


def curves_in(folder: Path) -> tuple[str, ...]:
    """The names of the curve and the times of epochs, of those that `folder` has."""
    return tuple(str(name) for name in (CURVE, TIMES) if (folder / name).exists())


def _trained_state(run: Path) -> Mapping[str, Tensor]:
    return checkpoint(run, BEST)["state_dict"]


def _published_state(run: Path) -> Mapping[str, Tensor]:
    config = of_contents([config_path(run)])
    return published.read_weights(run / published.WEIGHTS, config)


TRAINED = Layout(
    CONFIG,
    BEST,
    _trained_state,
    tables_again="put it back with train.py resume={}",
    curve_again="train on with resume={} and more epochs, which writes it again",
    resumable=True,
)
PUBLISHED = Layout(
    published.CONFIG,
    published.WEIGHTS,
    _published_state,
    tables_again=published.AGAIN,
    curve_again=published.AGAIN,
    resumable=False,
)

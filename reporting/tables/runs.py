"""A trained run in a report: network, data, epochs and costs."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from files.fingerprint import of_values
from models.cost import Costs
from models.known_costs import known_costs
from models.layouts import CURVE, curve_again, weights_of
from models.run import run_config
from options.run_options import PARTS, compared
from reporting.tables.curves import read_curves

STAGES = "network.stages"
COST_HEADS = {  # heads of the columns of models.cost
    "macs_per_frame": "multiply-adds per frame",
    "macs_per_second": "multiply-adds per second of audio",
    "latency_ms": "algorithmic latency ms",
    "causal": "causal",
    "cpu_seconds_per_second": "real-time factor",
    "steps": "training steps",
    "training_minutes": "minutes of training",
}

Say = Callable[[str], object]
Measure = Callable[[DictConfig, Path, Say], Costs]  # see models.known_costs


class Run(NamedTuple):
    """A run. curve: see models.training.Curve. costs: see models.cost.

    outputs: names of the systems that are its stages, from the first on, if they are scored.
    weights: identifies them, see models.layouts.weights_of. times: see models.times.Times; None if
    an older version trained it. folds: the same training on other folds, if several are one row;
    this is the first one.
    """

    folder: Path
    config: DictConfig
    curve: pd.DataFrame
    costs: Costs
    outputs: Sequence[str] = ()
    weights: str = ""
    times: pd.DataFrame | None = None
    folds: Sequence[Path] = ()

    def in_folds(self, others: Sequence[Path]) -> "Run":
        """The run as one row for all folds: no single run has the tested weights."""
        weights = [self.weights, *map(weights_of, others)]
        return self._replace(folds=others, weights=of_values(weights))

    @property
    def stages(self) -> int | None:
        """The number of stages of its network; None if it is not progressive."""
        return OmegaConf.select(self.config, STAGES)

    @property
    def but_for_stages(self) -> str:
        """A text that is equal for runs that differ only in the number of stages."""
        options = compared(OmegaConf.to_container(self.config, resolve=True))
        options.pop(STAGES, None)
        return of_values(options)

    @property
    def but_for_network(self) -> str:
        """A text that is equal for runs that differ only in their networks."""
        options = compared(OmegaConf.to_container(self.config, resolve=True))
        return of_values({name: value for name, value in options.items() if not _of_network(name)})

    @property
    def yaml(self) -> str:
        """Its whole config."""
        return OmegaConf.to_yaml(self.config)

    def facts(self) -> dict[str, str]:
        """The most important facts about the run, by name."""
        parts = {name: call(node) for name, node in _parts(self.config).items()}
        first = next(iter(parts))
        parts[first] += f" at {self.config.sample_rate} Hz"
        return {
            **parts,
            "trained": self._trained(),
            "costs": self._cost(),
            "folder": str(self.folder),
            **({"of the other folds": ", ".join(map(str, self.folds))} if self.folds else {}),
        }

    @property
    def steps(self) -> int:
        """The number of training steps so far."""
        return int(self.curve.step.max())

    @property
    def minutes(self) -> float:
        """The wall-clock time of training and validation; NaN if older epochs have no times."""
        if self.times is None or len(self.times) < len(self.curve):
            return float("nan")
        return round(self.times.seconds.sum() / 60, 1)

    def _trained(self) -> str:
        """The progress of its training, and its best epoch."""
        trained = f"{len(self.curve)} epochs, {self.steps} steps"
        losses = self.curve.validation_loss
        if losses.isna().all():
            return trained
        best = self.curve.loc[losses.idxmin()]
        epoch = int(best.epoch) + 1
        return f"{trained}; best validation loss {best.validation_loss:.4g} in epoch {epoch}"

    def _cost(self) -> str:
        parameters = self.costs["parameters"]
        macs = self.costs["macs_per_second"]
        seconds = self.costs["cpu_seconds_per_second"]
        computed = f"{macs:,} multiply-adds and {seconds:.3f} s on one core per second of audio"
        return f"{parameters:,} parameters, {computed}"


def _parts(config: DictConfig) -> dict[str, DictConfig]:
    """The parts of a run's config that readers need, from the config or from its task."""
    found = {}
    for name in PARTS:
        node = config.get(name) or config.task.get(name)
        if node is not None:
            found[name] = node
    return found or {"task": config.task}  # a task whose network has no options


def _of_network(option: str) -> bool:
    return f"{option}.".startswith(("network.", "task.network."))


def read_run(
    folder: Path,
    cache: Path,
    outputs: Sequence[str] = (),
    say: Say = str,
    measure: Measure = known_costs,
) -> Run:
    """The run in `folder`.

    The costs of its network by `measure` are cached under `cache`, see models.known_costs, which
    also explains `say`. Raises FileNotFoundError or ValueError if `folder` is not a run, or has no
    curve.
    """
    config = run_config(folder)
    path = folder / CURVE
    if not path.exists():
        raise FileNotFoundError(
            f"{folder}: has no {CURVE}; copy it from where the run was trained, or train it anew"
        )
    curves = read_curves(folder, curve_again(folder))
    costs = measure(config, cache, say)
    return Run(folder, config, curves.curve, costs, outputs, weights_of(folder), curves.times)


def cost_rows(runs: Mapping[str, Run]) -> pd.DataFrame:
    """The costs of every run: system, the columns of models.cost, training steps and time."""
    rows = []
    for name, run in runs.items():
        trained = {"steps": run.steps, "training_minutes": run.minutes}
        rows.append({"system": name, **run.costs, **trained})
    return pd.DataFrame(rows)


def run_rows(runs: Mapping[str, Run]) -> pd.DataFrame:
    """The costs of every run, and in a last column the fingerprint of its weights."""
    weights = [run.weights for run in runs.values()]
    return cost_rows(runs).assign(weights=weights)


def call(node: DictConfig) -> str:
    """The call that a node of a config makes, written as Python."""
    _, _, name = str(node["_target_"]).rpartition(".")
    options = []
    for option, value in node.items():
        if not option.startswith("_"):
            options.append(f"{option}={value}")
    return f"{name}({', '.join(options)})"

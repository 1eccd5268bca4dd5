"""Messages before a training begins and after it has ended; imports no slow package."""

import math
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import DictConfig, OmegaConf

from options.run_options import PARTS
from options.typed import option_of, quoted, typed

CHOICES = ("task", "network", "target", "level", "recipe", "plan", "experiment", "data", "trainer")


def say(what: str) -> None:
    """Print a line about a step that takes seconds to standard error, before it begins."""
    print(what, file=sys.stderr, flush=True)


def announce(run: Path, goes_on: bool) -> None:
    """Print the training (in a sweep, the job) that begins, and its choices, to standard error.

    goes_on: whether `run` is resumed.
    """
    job = HydraConfig.get()
    if goes_on:
        say(f"Goes on with {run}")
        return
    sweep = _of_a_sweep(job)
    if sweep:
        say(sweep)
    chosen = job.runtime.choices
    # Asking the task for its groups would import PyTorch first, which takes seconds.
    enhances = chosen.get("task") == "enhancement"
    groups = [group for group in CHOICES if enhances or group not in PARTS]
    named = [f"{group}={chosen[group]}" for group in groups if group in chosen]
    say(f"Trains {' '.join(named)}, into {run}")


def _of_a_sweep(job: DictConfig) -> str:
    """The number of this job in its sweep, as text; "" outside of a sweep."""
    number = OmegaConf.select(job, "job.num")  # None in another process than the sweep's
    is_trial = any(option_of(item) == "search.trial" for item in job.overrides.task)
    if number is None or is_trial:  # its search prints it
        return ""
    swept = _swept([*(f"{key}={value}" for key, value in (job.sweeper.params or {}).items())])
    swept.update(_swept(sys.argv[1:]))
    count = math.prod(swept.values())
    of_all = f" of {count}" if count > number else ""  # not known if the sweep was typed elsewhere
    differing = [item for item in job.overrides.task if option_of(item) in _several(swept)]
    return f"\nJob {number + 1}{of_all}: {' '.join(differing)}".rstrip()


def _several(swept: dict[str, int]) -> list[str]:
    return [option for option, count in swept.items() if count > 1]


def _swept(arguments: Sequence[str]) -> dict[str, int]:
    """The number of values of each swept option of `arguments`."""
    parser = OverridesParser.create()
    counts = {}
    for argument in arguments:
        if argument.startswith("-") or "=" not in argument:
            continue
        override = parser.parse_override(argument)
        counts[option_of(argument)] = 1
        if override.is_discrete_sweep():
            counts[option_of(argument)] = len([*override.sweep_string_iterator()])
    return counts


def say_next(run: Path, scripts: Sequence[str]) -> None:
    """Print the next commands after a training, those of `scripts`, to standard error."""
    report = run.with_name(f"{run.name}_report")
    runs = shlex.quote(f"runs=[{quoted(str(run))}]")
    arguments = {
        "evaluate": f"{runs} {typed('output', report)}",
        "enhance": f"input=FILE_OR_DIR output=DIR {typed('run', run)}",
        "compose": f"{typed('run', run)} output=DIR",
    }
    for script in scripts:
        print(f"Next: python {script}.py {arguments[script]}", file=sys.stderr)

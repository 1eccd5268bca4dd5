"""The jobs of a sweep (-m): what their folders are called, and what happens when a job fails.

A failed job does not end the others.
"""

import hashlib
import os
import re
import sys
from collections.abc import Collection, Sequence

from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import OmegaConf

from options.run_options import meaning
from options.typed import option_and_value, option_of

SWEPT = "CLARION_SWEPT"  # the swept options, for the jobs of the sweep in other processes
OF_A_SWEEP = "CLARION_JOB_OF_A_SWEEP"  # set to the name of a job that runs in a separate process
LONGEST = 80  # characters of a folder's name; file systems take 255 bytes


class JobFailedError(Exception):
    """A job of a sweep that ended with an error, which has been printed."""


def is_sweep() -> bool:
    """Whether this process runs a job of a sweep."""
    if is_launched():
        return True
    return HydraConfig.initialized() and HydraConfig.get().mode == RunMode.MULTIRUN


def is_launched() -> bool:
    """Whether another process runs the sweep of this job."""
    return OF_A_SWEEP in os.environ


def note_swept(arguments: Sequence[str]) -> None:
    """Note which options the command line `arguments` sweeps.

    A job in a separate process gets them from its sweep.
    """
    if is_launched():
        return
    parser = OverridesParser.create()
    swept = []
    for argument in arguments:
        option = _swept(parser, argument)
        if option:
            swept.append(option)
    os.environ[SWEPT] = ",".join(sorted(swept))


def job_name(overrides: Sequence[str], swept: Collection[str]) -> str:
    """The folder of the job with these `overrides`: the options that name a run or are `swept`.

    Two jobs of a sweep have different names, and the same job always has the same name. Characters
    that a file name or a command line does not allow are replaced. A long name is cut, and a few
    digits of a hash follow.
    """
    differing = []  # the options that differ between jobs come first
    others = []
    for item in overrides:
        option = option_of(item)
        if option in swept:
            differing.append(item)
        elif meaning(option).names:
            others.append(item)
    named = [*sorted(differing), *sorted(others)]
    words = [item.lstrip("+").replace("=", "-", 1) for item in named]
    exact = "_".join(words) or "job"
    plain = re.sub(r"[^A-Za-z0-9_.+-]+", "-", exact)
    if plain == exact and len(exact) <= LONGEST:
        return exact
    begin = plain[:LONGEST].strip("-_.")
    digest = hashlib.sha256(exact.encode()).hexdigest()
    return f"{begin}-{digest[:8]}"


_FAILED: list[str] = []  # failed jobs of this process


def fail(script: str, message: str) -> None:
    """Print the error of this job of a sweep, and note that it failed.

    Raises JobFailedError if another process runs the sweep, so that it learns of the failure.
    """
    job = HydraConfig.get()
    note_failed(job.sweep.subdir)
    print(f"{script}.py: {job.sweep.subdir}: {message}", file=sys.stderr, flush=True)
    if not job.launcher._target_.endswith(".BasicLauncher"):
        raise JobFailedError(message)


def note_failed(name: str) -> None:
    """Note that the job called `name` failed."""
    _FAILED.append(name)


def failed() -> Sequence[str]:
    """The jobs of this process' sweep that failed, by name."""
    return tuple(_FAILED)


def take_failed() -> Sequence[str]:
    """The failed jobs, by name, for a caller that reports them; they are no longer counted."""
    taken = failed()
    _FAILED.clear()
    return taken


def require_all() -> None:
    """Raise JobFailedError if a job of this process' sweep failed."""
    if _FAILED:
        raise JobFailedError


def failures() -> str:
    """The number of failed jobs of the sweep that this process knows of, as text."""
    many = f"{len(_FAILED)} job(s)" if _FAILED else "some jobs"
    remedy = "the same command tries those again and leaves the others"
    return f"{many} of the sweep failed, see above; {remedy}"


def _swept(parser: OverridesParser, argument: str) -> str | None:
    """The option of `argument` if the argument has several values."""
    try:
        override = parser.parse_override(argument)
    except HydraException:  # an option of Hydra, or an argument that cannot be parsed
        return None
    if not override.is_sweep_override():
        return None
    return option_of(override.get_key_element())


def swept_values(overrides: Sequence[str], params: Collection[str] | None) -> dict[str, str]:
    """The swept options among the `overrides` of a job: values by option.

    params: options that the experiment sweeps.
    """
    swept = _swept_options(params)
    values = {}
    for item in overrides:
        option, value = option_and_value(item)
        if option in swept:
            values[option] = value
    return values


def _swept_options(params: Collection[str] | None) -> set[str]:
    swept = set(os.environ.get(SWEPT, "").split(","))
    swept.update(params or ())
    return swept


def _job_name(overrides: Sequence[str], params: Collection[str] | None) -> str:
    return job_name(overrides, _swept_options(params))


OmegaConf.register_new_resolver("job_name", _job_name, replace=True)

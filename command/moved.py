"""Options that went to another script, or never were at this one: said before a command line is composed."""

import re
import shlex
from collections.abc import Collection, Sequence
from typing import NamedTuple


class Moved(NamedTuple):
    """Where something went.

    script: that does it now. options: to type there instead. prefix: that the options typed beside it lose there.
    """

    why: str
    script: str
    options: tuple[str, ...] = ()
    prefix: str = ""


def _to_lines(*options: str) -> Moved:
    return Moved("line enhancement has a script of its own", "lines", options, "lines.")


# By script, then by what is typed: option=value, or an option whatever its value is.
MOVED = {
    "evaluate": {
        "experiment=lines": _to_lines(),
        "experiment=lines_quick": _to_lines("study=quick"),
        "plan=lines": _to_lines(),
        "wav": _to_lines(),
    },
    "generate": {
        "experiment=lines": _to_lines("draw=true"),
        "experiment=lines_quick": _to_lines("draw=true", "study=quick"),
        "plan=lines": _to_lines("draw=true"),
    },
}
_RUNS = "line enhancers alone are tested here; trained runs are tested by evaluate.py, which has this option"
_REPORT = "is about reports of speech; leave it out"
_SPEECH = "is about speech and noise of corpora, and here tones and noise are made; leave it out"
NOT_HERE = {
    "lines": {
        "experiment": "there are none here; choose the studies by study=full or study=quick",
        "plan=lines": "there is one plan here; leave it out",
        "lines": "options stand by themselves here; leave out 'lines.'",
        "sample_rate": "tones have plan.sample_rate here, and a recording is enhanced at the rate that it has",
        "baselines": "these are systems here; write +baseline@systems.NAME=nlms and systems.NAME.step=0.1",
        "metric": "gains in SNR alone are measured here; scores of speech are those of evaluate.py",
        "gains": "is an option of evaluate.py; give it the folder that lines.py wrote",
        **dict.fromkeys(
            ("runs", "sweep", "rates", "stages", "oracle", "costs", "device", "scheduler"), _RUNS
        ),
        **dict.fromkeys(("examples", "caution", "published", "next"), _REPORT),
        **dict.fromkeys(
            ("speech", "noise", "data_root", "cache", "jobs", "check_audio", "stft", "audit"),
            _SPEECH,
        ),
    },
}


def refuse_moved(script: str, typed: Sequence[str]) -> None:
    """Raise ValueError for the first option of the command line `typed` that is not at `script`: where it is."""
    moved, not_here = MOVED.get(script, {}), NOT_HERE.get(script, {})
    for argument in typed:
        if key := _key(argument, moved):
            raise ValueError(f"{argument}: {moved[key].why}: {_command(script, typed)}")
        if key := _key(argument, not_here):
            raise ValueError(f"{argument}: {not_here[key]}")


def _command(script: str, typed: Sequence[str]) -> str:
    """The command that does now what `script` did with `typed`."""
    options, stayed = {}, []
    for argument in typed:
        key = _key(argument, MOVED[script])
        if key:
            new = MOVED[script][key]
            options |= dict.fromkeys(new.options)
        if not key or "=" not in key:
            stayed.append(argument)
    renamed = [
        re.sub(rf"(^[+~]*|@){re.escape(new.prefix)}", r"\1", argument) for argument in stayed
    ]
    kept = [argument for argument in renamed if not _key(argument, NOT_HERE.get(new.script, {}))]
    return shlex.join(["python", f"{new.script}.py", *options, *kept])


def _key(argument: str, table: Collection[str]) -> str | None:
    """What `table` calls the option of `argument`, or that option with its value; None where it has neither."""
    option, _, values = argument.lstrip("+~").partition("=")
    keys = [f"{option}={value}" for value in values.split(",")]  # of a sweep, any
    keys.append(option.rpartition("@")[2].partition(".")[0])  # of a group, where it is put
    return next((key for key in keys if key in table), None)

"""Options that moved to another script, or belong to another script.

They are refused before a command line is composed.
"""

import re
import shlex
from collections.abc import Collection, Sequence
from typing import NamedTuple

from options.typed import option_and_value


class Moved(NamedTuple):
    """The new place of an option.

    script: has the option now. options: to type there instead. prefix: removed there from the other
    typed options.
    """

    why: str
    script: str
    options: tuple[str, ...] = ()
    prefix: str = ""


def _to_lines(*options: str) -> Moved:
    return Moved("line enhancement has a script of its own", "lines", options, "lines.")


# By script, then by the typed text: option=value, or the name of an option with any value.
MOVED = {
    "evaluate": {
        "experiment=lines": _to_lines(),
        "experiment=lines_quick": _to_lines("study=quick"),
        "plan=lines": _to_lines(),
        "wav": _to_lines(),
    },
    "train": {  # line enhancers learn from the signal that they enhance
        "experiment=lines": _to_lines(),
        "experiment=lines_quick": _to_lines("study=quick"),
        "plan=lines": _to_lines(),
    },
    "generate": {
        "experiment=lines": _to_lines("draw=true"),
        "experiment=lines_quick": _to_lines("draw=true", "study=quick"),
        "plan=lines": _to_lines("draw=true"),
    },
}
_RUNS = (
    "line enhancers alone are tested here; trained runs are tested by evaluate.py, "
    "which has this option"
)
_REPORT = "is about reports of speech; leave it out"
_SPEECH = "is about speech and noise of corpora, and here tones and noise are made; leave it out"
_OF_RUNS = ("runs", "sweep", "rates", "stages", "oracle", "costs", "device", "scheduler")
_OF_REPORTS = ("examples", "caution", "published", "next")
_OF_SPEECH = ("speech", "noise", "data_root", "cache", "jobs", "check_audio", "stft", "audit")
NOT_HERE = {
    "lines": {
        "experiment": "there are none here; choose the studies by study=full or study=quick",
        "plan=lines": "there is one plan here; leave it out",
        "lines": "options stand by themselves here; leave out 'lines.'",
        "sample_rate": "tones have plan.sample_rate here, and a recording is enhanced at the rate "
        "that it has",
        "baselines": "these are systems here; write +baseline@systems.NAME=nlms and "
        "systems.NAME.step=0.1",
        "metric": "gains in SNR alone are measured here; scores of speech are those of evaluate.py",
        "gains": "is an option of evaluate.py; give it the folder that lines.py wrote",
        **dict.fromkeys(_OF_RUNS, _RUNS),
        **dict.fromkeys(_OF_REPORTS, _REPORT),
        **dict.fromkeys(_OF_SPEECH, _SPEECH),
    },
}


def refuse_moved(script: str, typed: Sequence[str]) -> None:
    """Raise ValueError for the first typed option that `script` does not have any more.

    The message has the new place of the option.
    """
    moved = MOVED.get(script, {})
    not_here = NOT_HERE.get(script, {})
    for argument in typed:
        key = _key(argument, moved)
        if key:
            raise ValueError(f"{argument}: {moved[key].why}: {_command(script, typed)}")
        key = _key(argument, not_here)
        if key:
            raise ValueError(f"{argument}: {not_here[key]}")


def _command(script: str, typed: Sequence[str]) -> str:
    """The command that now does what `script` did with `typed`."""
    moved = MOVED[script]
    options = {}  # without repeats, in order
    stayed = []
    for argument in typed:
        key = _key(argument, moved)
        if key:
            new = moved[key]
            options.update(dict.fromkeys(new.options))
        if not key or "=" not in key:
            stayed.append(argument)
    kept = _kept(stayed, new)
    return shlex.join(["python", f"{new.script}.py", *options, *kept])


def _kept(arguments: Sequence[str], new: Moved) -> list[str]:
    """The `arguments` that the script of `new` has, in its form."""
    not_there = NOT_HERE.get(new.script, {})
    prefix = rf"(^[+~]*|@){re.escape(new.prefix)}"
    kept = []
    for argument in arguments:
        renamed = re.sub(prefix, r"\1", argument)
        if not _key(renamed, not_there):
            kept.append(renamed)
    return kept


def _key(argument: str, table: Collection[str]) -> str | None:
    """The key of `table` for `argument`: the option, or the option with its value.

    None if there is neither.
    """
    option, values = option_and_value(argument)
    _, _, place = option.rpartition("@")  # the place of a group
    top, _, _ = place.partition(".")
    keys = [f"{option}={value}" for value in values.split(",")]  # any of the values of a sweep
    for key in (*keys, top):
        if key in table:
            return key
    return None

"""Suggestions for an unknown option or an unknown value of a group."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path

from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from command.composed import Composed, composed, options
from options.typed import option_of

LIST = "'--help' lists the options"
LIBRARIES = ("torch.", "pytorch_lightning.")  # conf/ shows some of their arguments
MOST = 3  # number of suggestions
CLOSE = 0.7  # similarity by difflib; 1 is equal
UNKNOWN_OPTION = re.compile(r"Could not (?:override|delete from config\.) '([^']+)'")
UNKNOWN_CHOICE = re.compile(
    r"Could not find '(\S+)/([^/']+)'\s+Available options in '\S+':(.*)", re.S
)


@contextmanager
def suggesting(script: str, folder: Path, typed: Sequence[str]) -> Iterator[None]:
    """A context that converts Hydra's errors about unknown options to a ValueError of one line.

    The message names a similar option, if there is one. folder: of the root yaml of `script`.
    typed: the command line.
    """
    try:
        yield
    except HydraException as error:
        option = UNKNOWN_OPTION.match(str(error))
        choice = UNKNOWN_CHOICE.search(str(error))
        if option:
            there = _without(option[1], script, folder, typed)
            raise ValueError(_of_option(option[1], there)) from error
        if choice:
            group, chosen, listed = choice.groups()
            listed, _, _ = listed.partition("Config search path")
            raise ValueError(_of_choice(group, chosen, listed.split())) from error
        raise
    except UnicodeDecodeError as error:
        for path in sorted(folder.rglob("*.yaml")):
            _require_text(path)
        raise error


def _require_text(path: Path) -> None:
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: is no text in UTF-8 ({error.reason})") from error


def closest(name: str, names: Iterable[str]) -> list[str]:
    """Similar names for `name`, dotted or not, the likeliest first.

    First names that end in `name`, then names in the same place, then other similar names.
    """
    there = [one for one in dict.fromkeys(names) if not one.endswith("._target_")]
    above, _, last = name.rpartition(".")
    beside = [one for one in there if _parted(one)[0] == above]
    for ends_alike in (f".{name}", f".{last}"):
        found = [one for one in there if f".{one}".endswith(ends_alike)]
        if found and not (above and beside):
            return found[:MOST]
    for some in (beside, there):
        alike = get_close_matches(last, {_parted(one)[1] for one in some}, 1, CLOSE)
        if alike:
            return [one for one in some if _parted(one)[1] in alike][:MOST]
    return []


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """A question with similar names, or where to find the list of all names."""
    found = closest(name, names)
    return f"did you mean {' or '.join(found)}?" if found else f"{LIST}"


def _parted(name: str) -> tuple[str, str]:
    """The option that contains the option `name`, and the last part of `name`."""
    above, _, last = name.rpartition(".")
    return above, last


def _without(option: str, script: str, folder: Path, typed: Sequence[str]) -> Composed:
    """The options of `script` without `option`, as far as the rest can be composed."""
    others = [item for item in typed if "=" in item and not item.startswith("-")]
    others = [item for item in others if option_of(item) != option]
    try:
        return composed(script, folder, others)
    except (HydraException, OmegaConfBaseException):
        return composed(script, folder)


def _of_option(option: str, of_script: Composed) -> str:
    names = [choice.key for choice in of_script.choices if "@" not in choice.key]
    names += [one.name for one in options(of_script.cfg)]
    said = f"{option}: no such option; {did_you_mean(option, names)}"
    above, _, _ = option.rpartition(".")
    target = OmegaConf.select(of_script.cfg, f"{above}._target_") if above else None
    if target and target.startswith(LIBRARIES):
        said = f"{said}; any other that {target} takes is added by +{option}="
    return said


def _of_choice(group: str, chosen: str, there: Sequence[str]) -> str:
    found = get_close_matches(chosen, there, MOST, CLOSE)
    question = f"did you mean {' or '.join(found)}? " if found else ""
    return f"{group}={chosen}: no such option of {group}; {question}there are {', '.join(there)}"

"""Error messages for the person who typed a command.

A message is one line that names the value, the limit and what to type instead.
"""

import re
import shlex
import sys

from hydra.errors import HydraException, OverrideParseException
from omegaconf.errors import InterpolationKeyError, OmegaConfBaseException
from yaml import YAMLError

from command.suggestion import LIST
from options.choices import CONF
from options.typed import quoted, typed
from text.line import in_one_line

# Errors that the user can mend.
MENDABLE = (ValueError, OSError, HydraException, OmegaConfBaseException, YAMLError)
ELSEWHERE = re.compile(r"In '(\w+/\w+)': Could not override '(\w+)'")
UNNAMED = re.compile(r"[^\w@.+~:/$-]+")  # characters that no name of an option has
AMBIGUOUS = re.compile(r"Ambiguous value for argument '(.*?)'\s+1\. ", re.DOTALL)


def one_line(error: BaseException) -> str:
    """The message of `error` on one line, without Hydra's list of searched places.

    For an option that Hydra cannot parse, it has the option and the corrected option.
    """
    override = _unreadable(error)
    if override is not None:
        return _rewritten(override)
    if isinstance(error, FileExistsError) and error.filename:
        return f"{error.filename}: is a file, and a folder is expected; choose another output"
    if isinstance(error, OSError) and error.strerror:
        place = error.filename or "disk"
        return f"{place}: {error.strerror}"
    message = _before("Config search path", error)
    elsewhere = ELSEWHERE.match(message)
    if elsewhere:
        option, choice = elsewhere.groups()
        typed_option = option.replace("/", "=")
        return f"{typed_option}: is for another script, as this one has no {choice}=; {LIST}"
    if isinstance(error, HydraException) and error.__cause__ is not None:
        cause = _before("full_key", error.__cause__)
        message = f"{message} {cause}"
    return message


def _before(end: str, error: BaseException) -> str:
    """The text of `error` before `end`, on one line."""
    message, _, _ = str(error).partition(end)
    return in_one_line(message)


def _unreadable(error: BaseException) -> str | None:
    """The typed option that Hydra could not parse, if `error` is about one."""
    if isinstance(error, OverrideParseException):
        return error.override
    if isinstance(error, InterpolationKeyError):
        return _first_reference(sys.argv[1:])
    if not isinstance(error, HydraException):
        return None
    ambiguous = AMBIGUOUS.match(str(error))
    return ambiguous[1] if ambiguous else None


def _first_reference(arguments: list[str]) -> str | None:
    """The first argument that refers to another option, as ${...}."""
    for argument in arguments:
        if "${" in argument:
            return argument
    return None


def _rewritten(override: str) -> str:
    """The corrected form of an option that Hydra cannot parse."""
    option, equals, value = override.partition("=")
    if not equals:
        return f"{override}: is no option=value; {LIST}"
    name = UNNAMED.sub("_", option)
    if name != option:
        return (
            f"{override}: names of options have letters, digits and _ alone; write "
            f"{typed(name, value)}"
        )
    if "," in value and (CONF / option).is_dir():
        first = value.partition(",")[0]
        return f"{override}: choose one of them, as {typed(option, first)}; for a sweep add -m"
    if value.startswith("[") and value.endswith("]"):
        return f"{override}: Hydra cannot read this; write {_with_quoted_items(option, value)}"
    remedy = f"for one text write {typed(option, value)}"
    if "," in value:
        as_list = shlex.quote(f"{option}=[{value}]")
        remedy = f"{remedy}; for a list {as_list}, and for a sweep add -m"
    return f"{override}: Hydra cannot read this; {remedy}"


def _with_quoted_items(option: str, value: str) -> str:
    """An option whose `value` is a list, "[...]", with all items in quotes."""
    items = []
    for item in value[1:-1].split(","):
        text = item.strip()
        items.append(quoted(text))
    listed = ",".join(items)
    return shlex.quote(f"{option}=[{listed}]")


def named(error: BaseException) -> str:
    """The kind and the message of `error`, on one line."""
    message = in_one_line(error)
    return f"{type(error).__name__}: {message}"

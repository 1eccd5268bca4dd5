"""What is said to the person who typed a command: one line that names the value, the limit and what to type instead."""

import re
import shlex
import sys

from hydra.errors import HydraException, OverrideParseException
from omegaconf.errors import InterpolationKeyError, OmegaConfBaseException

from options.typed import quoted, typed

MENDABLE = (ValueError, OSError, HydraException, OmegaConfBaseException)  # by the person who typed the command
AMBIGUOUS = re.compile(r"Ambiguous value for argument '(.*?)'\s+1\. ", re.DOTALL)


def one_line(error: BaseException) -> str:
    """What `error` says, on one line; of Hydra's lists of places searched nothing."""
    if (override := _unreadable(error)) is not None:
        return _instead_of(override)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'disk'}: {error.strerror}"
    message = " ".join(str(error).split("Config search path")[0].split())
    if isinstance(error, HydraException) and error.__cause__ is not None:
        message = f"{message} {' '.join(str(error.__cause__).split('full_key')[0].split())}"
    return re.sub(r"To append to your (?:config|default list) use (\S+)", _unknown_option, message)


def _unknown_option(appended: re.Match) -> str:
    more = f"; one of Lightning's own is added by {appended[1]}" if appended[1].startswith("+trainer.") else ""
    return f"'--cfg job' lists the options{more}."


def _unreadable(error: BaseException) -> str | None:
    """The typed option that Hydra could not read, where that is what `error` is about."""
    if isinstance(error, OverrideParseException):
        return error.override
    if isinstance(error, InterpolationKeyError):
        return next((item for item in sys.argv[1:] if "${" in item), None)
    ambiguous = AMBIGUOUS.match(str(error)) if isinstance(error, HydraException) else None
    return ambiguous[1] if ambiguous else None


def _instead_of(override: str) -> str:
    option, equals, value = override.partition("=")
    if not equals:
        return f"{override}: is no option=value; '--cfg job' lists the options"
    if value.startswith("[") and value.endswith("]"):
        items = ",".join(quoted(item.strip()) for item in value[1:-1].split(","))
        return f"{override}: Hydra cannot read this; write {shlex.quote(f'{option}=[{items}]')}"
    more = f"; for a list {shlex.quote(f'{option}=[{value}]')}, and for a sweep add -m" if "," in value else ""
    return f"{override}: Hydra cannot read this; for one text write {typed(option, value)}{more}"

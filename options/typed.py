"""Typed options: spelled for Hydra on the command line of a POSIX shell, and taken apart."""

import re
import shlex

PLAIN = re.compile(r"[A-Za-z0-9_/.\-+:@%]+")  # text without special meaning to the shell and Hydra
# Text that Hydra would read as another type.
OTHER = re.compile(r"(?i:null|true|false|nan|[+-]?inf)|[+-]?[\d_.]+(?:[eE][+-]?\d+)?")
QUOTE_OR_END = re.compile(r'(\\*)("|$)')  # the end of a quoted text, with the backslashes before it
REFERENCE = re.compile(r"(\\*)\$\{")  # the start of an interpolation


def typed(option: str, value: object) -> str:
    """`option`=`value` for a command line, quoted where needed.

    Inside the shell's quotes Hydra needs its own quotes: without them it would read some texts as a
    number or a list.
    """
    text = str(value)
    if PLAIN.fullmatch(text) and not OTHER.fullmatch(text):
        return f"{option}={text}"
    return shlex.quote(f"{option}={quoted(text)}")


def option_and_value(item: str) -> tuple[str, str]:
    """The option and the value of a typed `item`, without the signs + and ~ before the option.

    >>> option_and_value("+recipe.loss=null"), option_and_value("~metric.lsd")
    (('recipe.loss', 'null'), ('metric.lsd', ''))
    """
    option, _, value = item.lstrip("+~").partition("=")
    return option, value


def option_of(item: str) -> str:
    """The option of a typed `item`, see `option_and_value`."""
    return option_and_value(item)[0]


def quoted(text: str) -> str:
    """`text` in double quotes for Hydra; every character is literal."""
    escaped = QUOTE_OR_END.sub(_escaped_quote, text)
    literal = REFERENCE.sub(_escaped_reference, escaped)
    return f'"{literal}"'


def _escaped_quote(match: re.Match) -> str:
    """A literal quote, or backslashes that do not escape the closing quote."""
    backslashes, quote = match.groups()
    if not quote:
        return backslashes * 2
    return backslashes * 2 + r"\""


def _escaped_reference(match: re.Match) -> str:
    """The characters that start an interpolation, made literal."""
    backslashes = match[1]
    return backslashes * 2 + r"\${"

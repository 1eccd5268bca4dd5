"""An option as it can be typed: at a POSIX shell, for Hydra, whatever its value holds."""

import re
import shlex

PLAIN = re.compile(r"[A-Za-z0-9_/.\-+:@%]+")  # what means itself to the shell and to Hydra
# What Hydra takes for no text.
OTHER = re.compile(r"(?i:null|true|false|nan|[+-]?inf)|[+-]?[\d_.]+(?:[eE][+-]?\d+)?")
QUOTE_OR_END = re.compile(r'(\\*)("|$)')  # of a text in quotes, with the backslashes before it
REFERENCE = re.compile(r"(\\*)\$\{")  # to another option, with the backslashes before it


def typed(option: str, value: object) -> str:
    """`option`=`value` as it is pasted into a command line, quoted where that is needed.

    Hydra reads quotes of its own inside those of the shell, and what looks like a number or a list
    as one.
    """
    text = str(value)
    if PLAIN.fullmatch(text) and not OTHER.fullmatch(text):
        return f"{option}={text}"
    return shlex.quote(f"{option}={quoted(text)}")


def quoted(text: str) -> str:
    """`text` in double quotes as Hydra reads them: every character means itself."""
    escaped = QUOTE_OR_END.sub(_escaped_quote, text)
    literal = REFERENCE.sub(_escaped_reference, escaped)
    return f'"{literal}"'


def _escaped_quote(match: re.Match) -> str:
    """A quote that ends nothing; backslashes before the end of the text do not escape the last."""
    backslashes, quote = match.groups()
    if not quote:
        return backslashes * 2
    return backslashes * 2 + r"\""


def _escaped_reference(match: re.Match) -> str:
    """The characters of a reference, which then is none."""
    backslashes = match[1]
    return backslashes * 2 + r"\${"

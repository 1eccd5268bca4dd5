"""An option as it can be typed: at a POSIX shell, for Hydra, whatever its value holds."""

import re
import shlex

PLAIN = re.compile(r"[A-Za-z0-9_/.\-+:@%]+")  # what means itself to the shell and to Hydra
OTHER = re.compile(r"(?i:null|true|false|nan|[+-]?inf)|[+-]?[\d_.]+(?:[eE][+-]?\d+)?")  # what Hydra takes for no text


def typed(option: str, value: object) -> str:
    """`option`=`value` as it is pasted into a command line, quoted where that is needed.

    Hydra reads quotes of its own inside those of the shell, and what looks like a number or a list as one.
    """
    text = str(value)
    if PLAIN.fullmatch(text) and not OTHER.fullmatch(text):
        return f"{option}={text}"
    return shlex.quote(f"{option}={quoted(text)}")


def quoted(text: str) -> str:
    """`text` in double quotes as Hydra reads them: every character means itself."""
    escaped = re.sub(r'(\\*)("|$)', lambda found: found[1] * 2 + (r"\"" if found[2] else ""), text)
    literal = re.sub(r"(\\*)\$\{", lambda found: found[1] * 2 + r"\${", escaped)  # no reference to another option
    return f'"{literal}"'

"""The comments of the files of conf/, beside and above their options.

Options are explained only there; --help prints these comments.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from text.line import in_one_line

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the faster one if libyaml is installed
NO_OPTIONS = ("defaults", "hydra")  # keys at the top of a file that belong to Hydra
COMMENT = re.compile(r"\s*:?\s*#\s?(.*)")  # beside a value, or behind the colon of a key
SENTENCE = re.compile(r"(?<=\w[.])\s+")


class Comments(NamedTuple):
    """The comments of a file: head, its first lines; beside and above, by the option's name.

    above: lines over an option, which may also explain the options after it.
    """

    head: list[str]
    beside: dict[str, str]
    above: dict[str, str]


def comments(path: Path) -> Comments:
    """The comments of a yaml file. Raises ValueError if it is not yaml."""
    lines = path.read_text(encoding="utf-8").splitlines()
    head = _head(lines)
    found = Comments(_text(head), {}, {})
    try:
        root = yaml.compose("\n".join(lines), Loader=Loader)
    except yaml.YAMLError as error:
        reason = in_one_line(error)
        raise ValueError(f"{path}: no yaml: {reason}") from error
    for option, key, value in _options(root):
        beside = _beside(lines, key, value)
        if beside:
            found.beside[option] = beside
        above = " ".join(_text(_above(lines, key.start_mark.line, len(head))))
        if above:
            found.above[option] = above
    return found


def headline(path: Path) -> str:
    """The first sentence of a yaml file, without the commands that follow it."""
    words = []
    for line in _text(_head(path.read_text(encoding="utf-8").splitlines())):
        if line.startswith("python "):
            break
        words.append(line)
    return SENTENCE.split(" ".join(words), maxsplit=1)[0].rstrip(".:")


def _head(lines: list[str]) -> list[str]:
    """The comments at the beginning of a file, up to an empty line or the first option."""
    head = []
    for line in lines:
        if not line.startswith("#"):
            break
        head.append(line)
    return head


def _text(lines: list[str]) -> list[str]:
    """Lines of comments without "#", and without the directives of Hydra."""
    words = [line.strip().removeprefix("#").removeprefix(" ") for line in lines]
    return [line for line in words if not line.startswith("@package")]


def _options(node: yaml.Node | None, prefix: str = "") -> Iterator[tuple]:
    """The options of a yaml by name, with the nodes of key and value."""
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        if not prefix and key.value in NO_OPTIONS:
            continue
        option = f"{prefix}{key.value}"
        yield option, key, value
        yield from _options(value, f"{option}.")


def _beside(lines: list[str], key: yaml.Node, value: yaml.Node) -> str:
    is_block = isinstance(value, yaml.CollectionNode) and not value.flow_style
    end = key.end_mark if is_block else value.end_mark
    rest = lines[end.line][end.column :] if end.line < len(lines) else ""
    comment = COMMENT.fullmatch(rest)
    return comment[1].strip() if comment else ""


def _above(lines: list[str], line: int, first: int) -> list[str]:
    """The comments directly above `line`, at or after the line `first`."""
    begin = line
    while begin > first and lines[begin - 1].lstrip().startswith("#"):
        begin -= 1
    return lines[begin:line]

"""The text of --help: the script, and its options with their comments from conf/."""

import functools
import re
import shutil
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from command.comments import Comments, comments, headline
from command.composed import Composed, Option, Source, composed, options

FLAGS = ("-h", "--help")
NARROWEST, WIDEST = 60, 120  # limits of the width of the text in characters
FIRST = "experiment"  # the group whose options choose from other groups
COLUMN = 40  # column where explanations begin
LONGEST = 72  # characters of a printed value; '--cfg job' prints all of it
ENDING = """\
-m                  train, or whatever the script does, for every value of option=value,value;
                    side by side with hydra/launcher=joblib, by SLURM with =submitit_slurm
--cfg job           the options alone, as yaml
-sc install=bash    for completion by Tab: eval "$(python {script}.py -sc install=bash)"
"""


def asks_for_help(arguments: Iterable[str]) -> bool:
    """Whether a command line asks for help."""
    return any(argument in FLAGS for argument in arguments)


def help_text(script: str, folder: Path, arguments: Sequence[str]) -> str:
    """All options of `script`, whose root yaml is in `folder`.

    arguments: the command line; the help shows the options of its choices.
    """
    typed = [argument for argument in arguments if not argument.startswith("-")]
    of_script = composed(script, folder, [argument for argument in typed if "=" in argument])
    read = {source: comments(source.path) for source in of_script.sources}
    width = min(max(shutil.get_terminal_size((WIDEST, 24)).columns, NARROWEST), WIDEST)
    sections = [
        "\n".join(_head(script, read)),
        "\n".join(_choices(of_script, folder, width)),
        "\n".join(_options(of_script, read, width)),
        ENDING.format(script=script),
    ]
    return "\n\n".join(section for section in sections if section)


def _head(script: str, read: dict[Source, Comments]) -> list[str]:
    for source, found in read.items():
        if source.path.stem == script and not source.package:
            return found.head
    return []


def _choices(of_script: Composed, folder: Path, width: int) -> Iterator[str]:
    """Groups of options: those of the script, then those at a place of its config."""
    here = [choice for choice in of_script.choices if "@" not in choice.key]
    if here:
        yield "Choices, typed as GROUP=OPTION; * is chosen:"
    for choice in sorted(here, key=lambda choice: choice.group != FIRST):
        yield ""
        yield f"{choice.group}="
        for option in choice.options:
            mark = "*" if option == choice.chosen else " "
            said = headline(folder / choice.group / f"{option}.yaml")
            yield from _wrapped("  ", f"{mark} {option}", said, width)
    yield from _choices_elsewhere(of_script, width)


def _choices_elsewhere(of_script: Composed, width: int) -> Iterator[str]:
    elsewhere = [choice for choice in of_script.choices if "@" in choice.key]
    if elsewhere:
        yield ""
        yield "Choices at a place, typed as GROUP@PLACE=OPTION; + before it adds a place:"
    for group in dict.fromkeys(choice.group for choice in elsewhere):
        of_group = [choice for choice in elsewhere if choice.group == group]
        yield ""
        for choice in of_group:
            yield f"  {choice.key}={choice.chosen}"
        others = ", ".join(of_group[0].options)
        yield from _wrapped("  ", "", f"of {others}", width)


def _options(of_script: Composed, read: dict[Source, Comments], width: int) -> Iterator[str]:
    """Every option with its value; options that contain others come last."""
    yield "Options, typed as NAME=VALUE, with the value that they have now:"
    yield ""
    said_of = _by_whole_name(read)
    by_top: dict[str, list[Option]] = {}
    for option in options(of_script.cfg):
        top, _, _ = option.name.partition(".")
        by_top.setdefault(top, []).append(option)
    for of_top in sorted(by_top.values(), key=lambda of_top: len(of_top) > 1):
        if len(of_top) > 1:
            yield ""
        yield from _listed(of_top, said_of, width)


def _listed(of_top: Sequence[Option], said_of: tuple[dict, dict], width: int) -> Iterator[str]:
    beside, above = said_of
    for option in of_top:
        if option.name.endswith("_target_"):
            continue
        said = beside.get(option.name, "")
        if option.name in above:
            yield from _wrapped("  ", f"# {above[option.name]}", "", width)
        if option.holds and said:
            yield from _wrapped("  ", f"{option.name}.", said, width)
        elif not option.holds:
            if option.refers_to:
                said = f"as {option.refers_to}; {said}".removesuffix("; ")
            yield from _wrapped("  ", f"{option.name}={_shown(option)}", said, width)


def _by_whole_name(read: dict[Source, Comments]) -> tuple[dict[str, str], dict[str, str]]:
    """Comments beside and above options by full name; later files override earlier ones."""
    beside = {}
    above = {}
    for source, found in read.items():
        prefix = f"{source.package}." if source.package else ""
        for all_of_them, of_file in ((beside, found.beside), (above, found.above)):
            all_of_them.update({f"{prefix}{name}": said for name, said in of_file.items()})
    return beside, above


def _shown(option: Option) -> str:
    """A value on one line; a long value is cut."""
    text = _plain(option.value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000)
    return re.sub(r"\n(\.\.\.\n)?", "", text).replace(", ", ",")


def _wrapped(indent: str, name: str, said: str, width: int) -> list[str]:
    """`name`, and its explanation beside or below it."""
    begin = f"{indent}{name}"
    # Commands must not be broken at hyphens, so that they can be copied.
    wrap = functools.partial(
        textwrap.wrap, width=width, break_on_hyphens=False, break_long_words=False
    )
    if not said:
        return wrap(name, initial_indent=indent, subsequent_indent=f"{indent}  ") or [begin]
    column = " " * COLUMN
    if len(begin) <= COLUMN - 2:
        return wrap(f"{begin:{COLUMN}}{said}", subsequent_indent=column)
    return [begin, *wrap(said, initial_indent=column, subsequent_indent=column)]

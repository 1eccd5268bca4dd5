"""The columns of a table: declared once, as the fields of a dataclass or by hand."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field
from typing import Any, get_type_hints

# The type of each column by name, in order: str, int, float (finite), bool or OptionalFloat.
Types = Mapping[str, Any]
Cells = Mapping[str, Sequence[str]]  # the text of each column, by name
OptionalFloat = float | None  # a column that may have empty cells, and any number


@dataclass(frozen=True)
class Schema:
    """The columns of a table, and the rules for reading a table of an older version.

    defaults: the values of columns that older tables may lack. upgrade: turns the columns of an
    older table into today's, and does not change today's. more: whether other columns may follow;
    they are kept as text.
    """

    types: Types
    defaults: Mapping[str, Any] = field(default_factory=dict)
    upgrade: Callable[[Cells], Cells] = dict
    more: bool = False


def types_of(rows: type) -> dict[str, Any]:
    """The types of the columns of a table whose rows are the dataclass `rows`."""
    hints = get_type_hints(rows)
    return {column.name: hints[column.name] for column in dataclasses.fields(rows)}


def defaults_of(rows: type) -> dict[str, Any]:
    """The defaults of the dataclass `rows`: the values of a column that an older table lacks."""
    defaults = {}
    for column in dataclasses.fields(rows):
        if column.default is not MISSING:
            defaults[column.name] = column.default
    return defaults

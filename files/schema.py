"""What columns a table has: named once, as the fields of a dataclass or by hand."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field
from typing import Any, get_type_hints

# Of each column by name, in order: str, int, float (finite), bool or OptionalFloat.
Types = Mapping[str, Any]
Cells = Mapping[str, Sequence[str]]  # of each column by name: its text
OptionalFloat = float | None  # a column that may have empty cells, and any number


@dataclass(frozen=True)
class Schema:
    """The columns of a table, and how one is read that an older version wrote.

    defaults: of columns that older tables may lack. upgrade: makes today's columns of those of an
    older table, and leaves all others as they are. more: whether other columns may follow; they are
    kept, as text.
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
    """The defaults of the dataclass `rows`: what an older table without a column is read with."""
    defaults = {}
    for column in dataclasses.fields(rows):
        if column.default is not MISSING:
            defaults[column.name] = column.default
    return defaults

"""A list to print: its rows, and how each value of a row is worded for people. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """One key of a row; `wording` says how a table words its value, `hidden` leaves it out of the
    table. `unit` is that of its numbers ("£"), `link` says that it holds addresses."""

    name: str
    heading: str = ""
    hidden: bool = False
    right: bool = False
    wording: Callable[[Row], str] | None = None
    unit: str = ""
    link: bool = False


@dataclass(frozen=True)
class Listing:
    """Rows to print. `closing` stands under a table; `empty` is said, not as data, where there is
    no row. `name` is what the list is called, `read` when each source behind it was last well
    read: a file says both."""

    columns: tuple[Column, ...]
    rows: Sequence[Row]
    closing: str = ""
    empty: str = "Nothing to show."
    name: str = ""
    read: Mapping[str, dt.datetime] = field(default_factory=dict)


def humanise(value: object) -> str:
    """Return a value of the model as people say it: "requires improvement"."""
    if value is None:
        return ""
    return str(value).replace("_", " ")


def worded(name: str, heading: str = "", hidden: bool = False) -> Column:
    """Return a column whose values are words of the model."""

    def wording(row: Row) -> str:
        return humanise(row[name])

    return Column(name, heading, hidden, wording=wording)


def plain_columns(*names: str, hidden: bool = False) -> tuple[Column, ...]:
    """Return columns whose values are shown as they are."""
    columns = [Column(name, hidden=hidden) for name in names]
    return tuple(columns)


def link_column(name: str, heading: str = "", hidden: bool = True) -> Column:
    """Return a column of addresses."""
    return Column(name, heading, hidden, link=True)

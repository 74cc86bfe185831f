"""Numbers as they are typed: of a change, of a message, of a sum, of a subscription."""

from __future__ import annotations

from typing import Any

import click

LARGEST = 2**63 - 1
"""SQLite's largest integer ("Datatypes In SQLite"): nothing in a store has a larger number."""


class Numbers(click.ParamType[range]):
    """A number, or all from one to another: 12, 124-128."""

    name = "number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> range:
        """Return the numbers. Raises UsageError for what is none."""
        if isinstance(value, range):
            return value

        first, dash, last = str(value).partition("-")
        one = Number()
        begin = one.convert(first, param, ctx)
        end = one.convert(last, param, ctx) if dash else begin
        if end < begin:
            self.fail(f"{value!r} ends before it begins", param, ctx)
        return range(begin, end + 1)


class Number(click.ParamType[int]):
    """The number of something that a store holds."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number. Raises UsageError for what is none, or what nothing can have."""
        try:
            number = int(value)
        except ValueError:
            self.fail(f"{value!r} is not a number", param, ctx)

        if abs(number) > LARGEST:
            self.fail(f"there is nothing with the number {number}", param, ctx)
        return number

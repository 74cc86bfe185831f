"""What a table's cell holds: a figure, nothing on purpose, or words.

Statistical tables write short marks into cells of figures: `[x]` not available, `[c]` suppressed,
`[z]` not applicable, `[r]` revised, `[note 2]`; older ones `-`, `..`, `nil`, `tbc`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from syncer.model import Money
from syncer.quantities.money import read_amount_cell, without_marks

_BLANK = re.compile(
    r"(?:£\s*)?[-–—.:*]+|n/?a|nil|none|tb[acd]|[xcz]|\[[a-z]{1,3}\]"
    r"|(?:nil|none) this year|rejected|withdrawn|unsuccessful"
    r"|(?:to be|not|not yet) (?:confirmed|agreed|available|applicable|announced|published)",
    re.I,
)
_NOT_ZERO = re.compile(r"[1-9]|half", re.I)
_SUFFIX = re.compile(r"\d\s*(?:m|mn|bn|k|million|billion|thousand)\b", re.I)
_DECIMALS = re.compile(r"\d[\d,\s]*(?:\.(\d+))?")
_HEADS_THOUSANDS = re.compile(r"\(?£?\s?['’]?000['’]?s?\)?")
_MAX_POUNDS = 3_000_000_000
"""No grant to one council is as much: the largest whole schools grant is about 1.5 billion."""


def is_figure(cell: str) -> bool:
    """Return whether the cell reads as a number of something; "£000s" heads a column of them."""
    has_digit = any(character.isdigit() for character in cell)
    if not has_digit or heads_thousands(cell):
        return False
    return read_amount_cell(cell) is not None


def heads_thousands(cell: str) -> bool:
    """Return whether the cell only says that figures are in thousands: "£000s"."""
    return _HEADS_THOUSANDS.fullmatch(cell.strip()) is not None


def is_blank(cell: str) -> bool:
    """Return whether the cell says that there is no figure."""
    if not cell:
        return False
    return bool(_BLANK.fullmatch(cell.strip()))


def pounds_of(cell: str, scale: int) -> Money | None:
    """Return the cell's figure in pounds, one printed unit being `scale` pounds; None for a cell
    that is no amount, and for "nil" and "-" (a printed 0 is nothing given, too)."""
    money = read_amount_cell(cell)
    if money is None or not _NOT_ZERO.search(cell):
        return None
    if scale == 1 or _SUFFIX.search(cell):
        return money
    return _scaled(cell, money, scale)


def _scaled(cell: str, money: Money, scale: int) -> Money | None:
    """Return a figure printed in thousands or millions, with the range it was rounded from."""
    digits = _DECIMALS.search(without_marks(cell))
    if digits is None:
        return None

    pounds = _pounds_of_number(digits[0], scale)
    if _is_negative(cell, money):
        pounds = -pounds

    decimals = len(digits[1] or "")
    half = scale // 10**decimals // 2
    return replace(
        money,
        pounds=pounds,
        low=pounds - half,
        high=pounds + half,
    )


def _pounds_of_number(printed: str, scale: int) -> int:
    number = float(re.sub(r"[,\s]", "", printed))
    return round(number * scale)


def _is_negative(cell: str, money: Money) -> bool:
    """Return whether a cell's figure is below 0. Read as whole pounds, "-0.4" (million) is 0 and
    has lost its minus."""
    if money.pounds == 0:
        return "-" in cell
    return money.pounds < 0


def is_possible(money: Money) -> bool:
    """Return whether one council can have been given as much."""
    return abs(money.pounds) <= _MAX_POUNDS

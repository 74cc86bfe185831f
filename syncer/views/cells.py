"""Values as the text of a cell: nothing in it steers a terminal, or is calculated by a spreadsheet.
Pure.

A text that a spreadsheet would take for a formula (it begins with one of FORMULA_STARTS) is led by
an apostrophe, in every CSV and XLSX and in the tables beside a message. Source: OWASP, "CSV
Injection".
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any

FORMULA_STARTS = (
    *("=", "+", "-", "@"),
    *("\uff1d", "\uff0b", "\uff0d", "\uff20"),  # full-width, for some spreadsheets the same
    *("|", "%"),  # with which commands were begun in old ones
    *("\t", "\r", "\n"),
)

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What steers a terminal or turns its text round: C0 but tab and newline, DEL, C1, and the marks of
Unicode for the direction of writing."""


def harmless(text: str) -> str:
    """Return a text without what could steer a terminal: a page, a file or a mail may have it."""
    return CONTROLS.sub("", text)


def in_iso(value: object) -> str:
    """Return a value as text: days and moments as ISO 8601, moments in UTC."""
    if isinstance(value, dt.datetime):
        moment = value.astimezone(dt.UTC)
        return moment.isoformat(timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def plain_text(value: Any) -> str:
    """Return a value as text: lists joined by "; ", nothing where there is no value."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(plain_text(part) for part in value)
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=in_iso)
    return in_iso(value)


def defanged(text: str) -> str:
    """Return the text, with an apostrophe before it where a spreadsheet would calculate it."""
    if text.startswith(FORMULA_STARTS):
        return f"'{text}"
    return text

"""What the site shows, made by hand: facts without a store, and pages as a reader's browser has
them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bs4 import BeautifulSoup, Tag
from records import NOW, day

from syncer.model import Area, Change, Event, EventKind, Record, RecordKind
from syncer.register.councils import load_register
from syncer.site.addresses import Places
from syncer.site.contents import Contents
from syncer.site.facts import Facts

REGISTER = load_register()
TODAY = day("2026-08-22")


def facts(
    *records: Record, events: Iterable[Event] = (), today: dt.date = TODAY, **more: Any
) -> Facts:
    """What is known on a day of August 2026: these records and changes."""
    by_kind: dict[RecordKind, list[Record]] = {}
    for record in records:
        by_kind.setdefault(record.record, []).append(record)
    made = dt.datetime.combine(today, dt.time(12), dt.UTC)
    return Facts(REGISTER, today, made, by_kind, tuple(events), **more)


def shown(known: Facts, address: str) -> BeautifulSoup:
    """The page at an address."""
    page = Contents(known, Places())[address]()
    return BeautifulSoup(page, "html.parser")


def texts(found: Iterable[Tag]) -> list[str]:
    """The words of elements, each as one line."""
    return [" ".join(each.get_text(" ").split()) for each in found]


def rows(page: BeautifulSoup, caption: str, part: str = "tbody") -> list[list[str]]:
    """The cells of the table with this caption, row by row."""
    for table in page.select("table"):
        if table.caption and table.caption.get_text(strip=True) == caption:
            return [texts(row.select("th, td")) for row in table.select(f"{part} tr")]
    return []


def change(number: int, old: str, new: str, *, council: str = "leeds", **more: Any) -> Event:
    """A judgement of leadership that changed; record 1, noticed in September 2024."""
    event = Event(
        RecordKind.INSPECTION,
        EventKind.ADDED,
        (council,),
        Area.LEADERSHIP,
        old,
        new,
        day("2024-08-20"),
        day("2024-07-08"),
        NOW,
        "ofsted_reports",
        f"https://example.org/{council}",
        record_id=1,
        change=Change.DECLINED,
        id=number,
    )
    return replace(event, **more)

"""What a subscription asks for, as it is stored: in a row of its own, or as JSON of what somebody
is asked to confirm."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from syncer.model import FollowedRecord, Frequency, Subscription
from syncer.store import as_json, as_moment

LISTS = (
    "councils",
    "regions",
    "neighbours_of",
    "but",
    "kinds",
    "areas",
    "directions",
    "grades",
    "programmes",
    "records",
)
WANTED = (*LISTS, "minimum_pounds", "payments", "frequency", "weekday", "hour")
"""What makes two subscriptions of one subscriber the same one."""
AS_STORED = ("id", "subscriber", "minimum_pounds", "weekday", "hour", "mark")
"""Fields of a subscription that are stored as they are."""
UNTIED: Mapping[str, Any] = {"id": 0, "subscriber": 0, "mark": 0, "considered_at": None}
"""Of a subscription that nobody has yet."""


def columns(subscription: Subscription) -> dict[str, Any]:
    """Return what a subscription asks for, as it is stored."""
    values: dict[str, Any] = {}
    for name in WANTED:
        values[name] = getattr(subscription, name)
    for name in LISTS:
        values[name] = as_json(list(values[name]))

    values["frequency"] = str(subscription.frequency)
    values["payments"] = int(subscription.payments)
    return values


def of_row(row: Mapping[str, Any]) -> Subscription:
    """Return the subscription that a row holds, the reverse of `columns`."""
    values = {name: row[name] for name in AS_STORED}
    for name in LISTS:
        values[name] = tuple(json.loads(row[name]))
    values["records"] = tuple(FollowedRecord(*pair) for pair in values["records"])

    return Subscription(
        **values,
        payments=bool(row["payments"]),
        frequency=Frequency(row["frequency"]),
        considered=as_moment(row["considered_at"]),
    )


def is_same(one: Subscription, other: Subscription) -> bool:
    """Return whether two subscriptions ask for the same."""
    return columns(one) == columns(other)


def as_list(subscriptions: Iterable[Subscription]) -> str:
    """Return what these ask for as JSON."""
    return as_json([columns(each) for each in subscriptions])


def of_list(text: str) -> tuple[Subscription, ...]:
    """Return the subscriptions that JSON names, the reverse of `as_list`. What an older syncer did
    not know of has its default."""
    plain = columns(Subscription(0, 0))
    found = []
    for each in json.loads(text):
        row = {**UNTIED, **plain, **each}
        found.append(of_row(row))
    return tuple(found)

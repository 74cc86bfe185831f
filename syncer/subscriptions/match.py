"""Who is told: does an event match a subscription, and which filter says so (DESIGN §6.13, §7).
Pure."""

from __future__ import annotations

from collections.abc import Iterator

from syncer.model import Area, Event, FundingFields, RecordKind, Subscription
from syncer.register.councils import Register

KINDS = {
    RecordKind.INSPECTION: "rating",
    RecordKind.VISIT: "visit",
    RecordKind.AWARD: "money",
    RecordKind.INTERVENTION: "intervention",
    RecordKind.PAYMENT: "payment",
    RecordKind.COUNCIL: "council",
}
"""What a subscription calls each kind of record."""

ALSO_CALLED = {"rating": ("inspection",), "money": ("award",)}


def wants(subscription: Subscription, event: Event, register: Register) -> bool:
    """Whether this event is to be told under this subscription, as far as its filters go (marks and
    what was already told are the pipeline's)."""
    return next(_objections(subscription, event, register), None) is None


def why(subscription: Subscription, event: Event, register: Register) -> str:
    """One sentence: the filter that refuses the event, or that all of them let it through."""
    refusal = next(_objections(subscription, event, register), None)
    if refusal is not None:
        return f"Not wanted: {refusal}."
    note = (
        ", which has no overall judgement, so that each of its judgements counts"
        if by_missing_overall(subscription, event)
        else ""
    )
    return f"Wanted: {kind_of(event)} of {', '.join(event.councils)} passes every filter{note}."


def kind_of(event: Event) -> str:
    """The subscriber's word for the event's kind: rating, visit, money, intervention, payment or
    council."""
    return KINDS[event.record]


def could_want(subscription: Subscription, record: RecordKind) -> bool:
    """Whether any change of such a record could pass the filters on what it is about."""
    kind = KINDS[record]
    asked = not {kind, *ALSO_CALLED.get(kind, ())}.isdisjoint(subscription.kinds)
    if kind == "payment":
        return asked or subscription.payments
    return asked if subscription.kinds else kind == "rating" or not _is_about_ratings(subscription)


def by_missing_overall(subscription: Subscription, event: Event) -> bool:
    """Whether the event matches a filter on the overall judgement only because its inspection has
    none (DESIGN §6.13)."""
    return (
        event.record is RecordKind.INSPECTION
        and Area.OVERALL in subscription.areas
        and event.area not in subscription.areas
        and event.detail.overall_judged is False
    )


def describe(subscription: Subscription, register: Register) -> str:
    """What it asks for, in a sentence: "Leeds and the statistical neighbours of Trafford: every
    rating, visit, …; weekly, Monday 07:00"."""
    where = [register.by_slug(slug).name for slug in subscription.councils] + list(
        subscription.regions
    )
    where += [
        f"the statistical neighbours of {register.by_slug(slug).name}"
        for slug in subscription.neighbours_of
    ]
    only = [
        f"only {_either(values)}" if not said else f"only where it {said} {_either(values)}"
        for values, said in (
            (subscription.areas, ""),
            (subscription.directions, ""),
            (subscription.grades, "becomes or stops being"),
        )
        if values
    ]
    if subscription.minimum_pounds:
        only.append(f"from £{subscription.minimum_pounds:,}")
    hour, weekday = f"{subscription.hour:02}:00", subscription.weekday.capitalize()
    times = {"daily": f"daily at {hour}", "weekly": f"weekly, {weekday} at {hour}"}
    every = "every rating" if _is_about_ratings(subscription) else "every change"
    kinds = (
        _either(subscription.kinds)
        if subscription.kinds
        else every + (" and payment" if subscription.payments else "")
    )
    said_where = ", ".join(where) or "All councils"
    return f"{said_where[:1].upper()}{said_where[1:]}: {', '.join([kinds, *only])}; {times.get(subscription.frequency, 'as it happens')}"


def _objections(subscription: Subscription, event: Event, register: Register) -> Iterator[str]:
    if event.held:
        yield f"it is held ({event.hold_reason or 'until somebody has looked'})"
    if event.silent:
        yield "it is silent: old news, or the first reading of a page"
    yield from _kind(subscription, event)
    yield from _place(subscription, event, register)
    if kind_of(event) == "rating":
        yield from _rating(subscription, event)
    elif _is_about_ratings(subscription) and not _asks_for(subscription, event):
        yield "areas, directions and grades are asked for, and it is not a rating"
    if event.record in (RecordKind.AWARD, RecordKind.PAYMENT):
        yield from _amount(subscription, event)


def _asks_for(subscription: Subscription, event: Event) -> bool:
    kind = kind_of(event)
    return not {kind, *ALSO_CALLED.get(kind, ())}.isdisjoint(subscription.kinds)


def _kind(subscription: Subscription, event: Event) -> Iterator[str]:
    asked = _asks_for(subscription, event)
    if kind_of(event) == "payment":
        if not (asked or subscription.payments):
            yield "payments: they are told only where they are asked for"
    elif subscription.kinds and not asked:
        yield f"kind: only {_either(subscription.kinds)} is wanted"


def _place(subscription: Subscription, event: Event, register: Register) -> Iterator[str]:
    """A joint award is wanted by who follows any of its councils."""
    if not (subscription.councils or subscription.regions or subscription.neighbours_of):
        return
    near = {
        council.slug for name in subscription.neighbours_of for council in register.neighbours(name)
    }
    regions = {region.casefold() for region in subscription.regions}
    followed = near.union(subscription.councils)
    in_region = bool(regions) and any(
        register.by_slug(slug).region.casefold() in regions for slug in event.councils
    )
    if not in_region and followed.isdisjoint(event.councils):
        yield f"place: {_either(event.councils)} is not followed"


def _is_about_ratings(subscription: Subscription) -> bool:
    return bool(subscription.areas or subscription.directions or subscription.grades)


def _rating(subscription: Subscription, event: Event) -> Iterator[str]:
    """A withdrawal has no direction and passes that filter: it takes back a change of any."""
    if (
        subscription.areas
        and event.area not in subscription.areas
        and not by_missing_overall(subscription, event)
    ):
        yield f"area: only {_either(subscription.areas)} is wanted"
    if subscription.directions and event.change and event.change not in subscription.directions:
        yield f"direction: only {_either(subscription.directions)} is wanted"
    if subscription.grades and (
        event.old == event.new or {event.old, event.new}.isdisjoint(subscription.grades)
    ):
        yield f"grade: only a judgement that becomes or stops being {_either(subscription.grades)} is wanted"


def _amount(subscription: Subscription, event: Event) -> Iterator[str]:
    """The larger of the figure before and after counts: a grant cut to nothing is news to who
    follows large ones. A sum that nobody has stated is not below the minimum."""
    if not subscription.minimum_pounds:
        return
    figures = [abs(pounds) for pounds in amounts(event)]
    if figures and max(figures) < subscription.minimum_pounds:
        yield f"amount: only £{subscription.minimum_pounds:,} and more is wanted"


def amounts(event: Event) -> tuple[int, ...]:
    """The whole pounds an event on money speaks of: before and after if the amount moved, else the
    amount it has."""
    moved = [
        int(value)
        for value in (event.old, event.new)
        if event.area in ("amount", "confirmed") and _is_number(value)
    ]
    said = event.detail.fields
    stated = said.amount if isinstance(said, FundingFields) else None
    return tuple(moved) or (() if stated is None else (stated,))


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def _either(values: tuple[str, ...]) -> str:
    return " or ".join(str(value).replace("_", " ") for value in values)

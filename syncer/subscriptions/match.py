"""Who is told: does an event match a subscription, and which filter says so (DESIGN §6.13, §7).
Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from syncer.model import Area, Event, Frequency, FundingFields, RecordKind, Subscription
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
    """Return whether this event is to be told under this subscription, as far as its filters go
    (marks and what was already told are the pipeline's)."""
    return next(_objections(subscription, event, register), None) is None


def why(subscription: Subscription, event: Event, register: Register) -> str:
    """Return one sentence: the filter that refuses the event, or that all of them let it
    through."""
    refusal = next(_objections(subscription, event, register), None)
    if refusal is not None:
        return f"Not wanted: {refusal}."
    note = ""
    if by_missing_overall(subscription, event):
        note = ", which has no overall judgement, so that each of its judgements counts"
    councils = ", ".join(event.councils)
    return f"Wanted: {kind_of(event)} of {councils} passes every filter{note}."


def kind_of(event: Event) -> str:
    """Return the subscriber's word for the event's kind: rating, visit, money, intervention,
    payment or council."""
    return KINDS[event.record]


def could_want(subscription: Subscription, record: RecordKind) -> bool:
    """Return whether any change of such a record could pass the filters on what it is about."""
    kind = KINDS[record]
    asked = not {kind, *ALSO_CALLED.get(kind, ())}.isdisjoint(subscription.kinds)
    if kind == "payment":
        return asked or subscription.payments
    if subscription.kinds:
        return asked
    return kind == "rating" or not _is_about_ratings(subscription)


def contradiction(subscription: Subscription) -> str:
    """Return why what is asked for excludes itself; empty where it does not."""
    asked = {*subscription.kinds}
    ratings = {"rating", *ALSO_CALLED["rating"]}
    if not asked or not _is_about_ratings(subscription) or not asked.isdisjoint(ratings):
        return ""
    kinds = _either(subscription.kinds)
    return f"areas, directions and grades are about ratings, and only {kinds} is asked for"


def by_missing_overall(subscription: Subscription, event: Event) -> bool:
    """Return whether the event matches a filter on the overall judgement only because its
    inspection has none (DESIGN §6.13)."""
    return (
        event.record is RecordKind.INSPECTION
        and Area.OVERALL in subscription.areas
        and event.area not in subscription.areas
        and event.detail.overall_judged is False
    )


def describe(subscription: Subscription, register: Register) -> str:
    """Return what it asks for, in a sentence: "Leeds and the statistical neighbours of Trafford:
    every rating, visit, …; weekly, Monday 07:00"."""
    where = ", ".join(_places(subscription, register)) or "all councils"
    what = ", ".join([_asked_kinds(subscription), *_limits(subscription)])
    return f"{where[:1].upper()}{where[1:]}: {what}; {_times(subscription)}"


def _places(subscription: Subscription, register: Register) -> list[str]:
    places = [register.by_slug(slug).name for slug in subscription.councils]
    places += subscription.regions
    for slug in subscription.neighbours_of:
        places.append(f"the statistical neighbours of {register.by_slug(slug).name}")
    return places


def _asked_kinds(subscription: Subscription) -> str:
    """The kinds asked for; payments are named wherever they are wanted."""
    if subscription.kinds:
        kinds = _either(subscription.kinds)
        missing = subscription.payments and "payment" not in subscription.kinds
    else:
        kinds = "every rating" if _is_about_ratings(subscription) else "every change"
        missing = subscription.payments
    return f"{kinds} and payment" if missing else kinds


def _limits(subscription: Subscription) -> list[str]:
    limits = []
    for values in (subscription.areas, subscription.directions):
        if values:
            limits.append(f"only {_either(values)}")
    if subscription.grades:
        grades = _either(subscription.grades)
        limits.append(f"only where it becomes or stops being {grades}")
    if subscription.minimum_pounds:
        limits.append(f"from £{subscription.minimum_pounds:,}")
    return limits


def _times(subscription: Subscription) -> str:
    hour = f"{subscription.hour:02}:00"
    match subscription.frequency:
        case Frequency.DAILY:
            return f"daily at {hour}"
        case Frequency.WEEKLY:
            return f"weekly, {subscription.weekday.capitalize()} at {hour}"
    return "as it happens"


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
    """A joint award is wanted by whoever follows any of its councils."""
    if not follows(subscription, event.councils, register):
        yield f"place: {_either(event.councils)} is not followed"


def follows(subscription: Subscription, councils: Sequence[str], register: Register) -> bool:
    """Return whether the subscription is about any of these councils."""
    if not (subscription.councils or subscription.regions or subscription.neighbours_of):
        return True
    followed = set(subscription.councils)
    for name in subscription.neighbours_of:
        followed |= {council.slug for council in register.neighbours(name)}
    if not followed.isdisjoint(councils):
        return True
    regions = {region.casefold() for region in subscription.regions}
    if not regions:
        return False
    return any(register.by_slug(slug).region.casefold() in regions for slug in councils)


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
    if subscription.grades and not _crosses(subscription, event):
        grades = _either(subscription.grades)
        yield f"grade: only a judgement that becomes or stops being {grades} is wanted"


def _crosses(subscription: Subscription, event: Event) -> bool:
    """Whether the judgement becomes or stops being one of the grades asked for."""
    if event.old == event.new:
        return False
    return not {event.old, event.new}.isdisjoint(subscription.grades)


def _amount(subscription: Subscription, event: Event) -> Iterator[str]:
    """The larger of the figure before and after counts: a grant cut to nothing is news to whoever
    follows large ones. A sum that nobody has stated is not below the minimum."""
    if not subscription.minimum_pounds:
        return
    figures = [abs(pounds) for pounds in amounts(event)]
    if figures and max(figures) < subscription.minimum_pounds:
        yield f"amount: only £{subscription.minimum_pounds:,} and more is wanted"


def amounts(event: Event) -> tuple[int, ...]:
    """Return the whole pounds an event on money speaks of: before and after if the amount moved,
    else the amount it has."""
    moved = []
    if event.area in ("amount", "confirmed"):
        moved = [int(value) for value in (event.old, event.new) if _is_number(value)]
    said = event.detail.fields
    if moved or not isinstance(said, FundingFields) or said.amount is None:
        return tuple(moved)
    return (said.amount,)


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def _either(values: tuple[str, ...]) -> str:
    return " or ".join(str(value).replace("_", " ") for value in values)

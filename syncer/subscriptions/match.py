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

OF_MONEY = frozenset({"money", "payment"})
HAVE_AN_END = frozenset({"money", "intervention"})
"""Kinds of which one can be followed to its end."""

ALSO_CALLED = {"rating": ("inspection",), "money": ("award",)}


def wants(subscription: Subscription, event: Event, register: Register) -> bool:
    """Return whether this event is to be told under this subscription, as far as its filters go
    (marks and what was already told are the pipeline's)."""
    objections = _objections(subscription, event, register)
    return next(objections, None) is None


def why(subscription: Subscription, event: Event, register: Register) -> str:
    """Return one sentence: the filter that refuses the event, or that all of them let it
    through."""
    refusal = next(_objections(subscription, event, register), None)
    if refusal is not None:
        return f"Not wanted: {refusal}."

    note = ""
    if by_missing_overall(subscription, event):
        note = ", which has no overall judgement, so that each of its judgements counts"

    kind = kind_of(event)
    councils = ", ".join(event.councils)
    return f"Wanted: {kind} of {councils} passes every filter{note}."


def kind_of(event: Event) -> str:
    """Return the subscriber's word for the event's kind: rating, visit, money, intervention,
    payment or council."""
    return KINDS[event.record]


def could_want(subscription: Subscription, record: RecordKind) -> bool:
    """Return whether any change of such a record could pass the filters on what it is about."""
    kind = KINDS[record]
    asked = _is_named(subscription, kind)
    if kind == "payment":
        return asked or subscription.payments

    if subscription.kinds:
        return asked
    return kind in _kinds_left(subscription)


def _kinds_left(subscription: Subscription) -> frozenset[str]:
    """Return the kinds that its other filters leave: those on ratings, without a kind, ask for
    ratings alone, programmes for money alone."""
    left = frozenset(KINDS.values())
    if _is_about_ratings(subscription):
        left &= {"rating"}
    if subscription.programmes:
        left &= OF_MONEY
    return left


def contradiction(subscription: Subscription) -> str:
    """Return why what is asked for excludes itself; empty where it does not."""
    if subscription.kinds:
        return _contradicted_kinds(subscription)
    if not _kinds_left(subscription):
        return "areas, directions and grades are about ratings, and programmes are about money"
    return ""


def _contradicted_kinds(subscription: Subscription) -> str:
    """Return why none of the kinds named could pass the other filters; empty where one could."""
    kinds = _either(subscription.kinds)
    if _is_about_ratings(subscription) and not _is_named(subscription, "rating"):
        return f"areas, directions and grades are about ratings, and only {kinds} is asked for"

    names_money = any(_is_named(subscription, kind) for kind in OF_MONEY)
    if subscription.programmes and not names_money:
        return f"programmes are about money, and only {kinds} is asked for"

    can_end = any(_is_named(subscription, kind) for kind in HAVE_AN_END)
    if subscription.records and not can_end:
        return f"notices and awards are followed to their end, and only {kinds} is asked for"
    return ""


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
    where = _where(subscription, register)
    first, rest = where[:1], where[1:]

    asked = [_asked_kinds(subscription), *_limits(subscription)]
    what = ", ".join(asked)
    return f"{first.upper()}{rest}: {what}; {_times(subscription)}"


def _where(subscription: Subscription, register: Register) -> str:
    """Return "Leeds, London but Brent"."""
    where = ", ".join(_places(subscription, register)) or "all councils"
    if not subscription.but:
        return where

    left_out = [register.by_slug(slug).name for slug in subscription.but]
    return f"{where} but {' and '.join(left_out)}"


def _places(subscription: Subscription, register: Register) -> list[str]:
    places = []
    for slug in subscription.councils:
        council = register.by_slug(slug)
        places.append(council.name)

    places += subscription.regions

    for slug in subscription.neighbours_of:
        council = register.by_slug(slug)
        places.append(f"the statistical neighbours of {council.name}")
    return places


def _asked_kinds(subscription: Subscription) -> str:
    """Return the kinds asked for; payments are named wherever they are wanted."""
    kinds = _every(subscription)
    if subscription.kinds:
        kinds = _either(subscription.kinds)

    if subscription.payments and "payment" not in subscription.kinds:
        return f"{kinds} and payment"
    return kinds


def _every(subscription: Subscription) -> str:
    if _is_about_ratings(subscription):
        return "every rating"
    return "money" if subscription.programmes else "every change"


def _limits(subscription: Subscription) -> list[str]:
    limits = []
    if subscription.programmes:
        programmes = " or ".join(subscription.programmes)
        limits.append(f"only of the {programmes}")
    for followed in subscription.records:
        limits.append(f"only what becomes of “{followed.title}”, until it ends")
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
    kind = kind_of(event)
    if event.held:
        yield f"it is held ({event.hold_reason or 'until somebody has looked'})"
    if event.silent:
        yield "it is silent: old news, or the first reading of a page"

    yield from _kind(subscription, event)
    yield from _place(subscription, event, register)
    yield from _record(subscription, event)
    yield from _programme(subscription, event)

    if kind == "rating":
        yield from _rating(subscription, event)
    elif _is_about_ratings(subscription) and not _is_named(subscription, kind):
        yield "areas, directions and grades are asked for, and it is not a rating"

    if event.record in (RecordKind.AWARD, RecordKind.PAYMENT):
        yield from _amount(subscription, event)


def _is_named(subscription: Subscription, kind: str) -> bool:
    """Return whether the subscription asks for this kind by a name of it."""
    names = {kind, *ALSO_CALLED.get(kind, ())}
    return not names.isdisjoint(subscription.kinds)


def _kind(subscription: Subscription, event: Event) -> Iterator[str]:
    kind = kind_of(event)
    asked = _is_named(subscription, kind)
    if kind == "payment":
        if not asked and not subscription.payments:
            yield "payments: they are told only where they are asked for"

    elif subscription.kinds and not asked:
        kinds = _either(subscription.kinds)
        yield f"kind: only {kinds} is wanted"


def _place(subscription: Subscription, event: Event, register: Register) -> Iterator[str]:
    """Yield that the place is not followed. A joint award is wanted by whoever follows any of its
    councils."""
    if follows(subscription, event.councils, register):
        return
    councils = _either(event.councils)
    yield f"place: {councils} is not followed"


def _record(subscription: Subscription, event: Event) -> Iterator[str]:
    """Yield that only other notices or awards are followed."""
    numbers = [followed.record for followed in subscription.records]
    if numbers and event.record_id not in numbers:
        titles = " or ".join(f"“{followed.title}”" for followed in subscription.records)
        yield f"record: only {titles} is followed"


def _programme(subscription: Subscription, event: Event) -> Iterator[str]:
    """Yield that the money is of another programme, or that it is no money. A kind that is asked
    for by name is told besides."""
    if not subscription.programmes:
        return

    kind = kind_of(event)
    if kind not in OF_MONEY:
        if not _is_named(subscription, kind):
            yield "programmes are asked for, and it is not money"
        return

    named = programmes_of(event)
    if not any(_is_programme(name, asked) for name in named for asked in subscription.programmes):
        programmes = " or ".join(subscription.programmes)
        yield f"programme: only {programmes} is wanted"


def programmes_of(event: Event) -> list[str]:
    """Return the programme of an event on money, by its name in the register, and where that is
    what moved, the one before too; nothing where none is known."""
    said = event.detail.fields
    now = said.programme if isinstance(said, FundingFields) else None
    moved = [event.old, event.new] if event.area == "programme" else []
    return [name for name in (now, *moved) if name]


def _is_programme(name: str, asked: str) -> bool:
    """Return whether a programme is the one asked for, or a round of it."""
    return name == asked or name.startswith(f"{asked} round ")


def follows(subscription: Subscription, councils: Sequence[str], register: Register) -> bool:
    """Return whether the subscription is about any of these councils."""
    asked = set(councils).difference(subscription.but)
    if subscription.but and not asked:
        return False
    if not (subscription.councils or subscription.regions or subscription.neighbours_of):
        return True

    followed = set(subscription.councils)
    for name in subscription.neighbours_of:
        followed |= {neighbour.slug for neighbour in register.neighbours(name)}
    if not followed.isdisjoint(asked):
        return True
    return bool(subscription.regions) and _in_regions(subscription, tuple(asked), register)


def _in_regions(subscription: Subscription, councils: Sequence[str], register: Register) -> bool:
    """Return whether any of these councils is in a region that the subscription names."""
    regions = {region.casefold() for region in subscription.regions}
    for slug in councils:
        council = register.by_slug(slug)
        if council.region.casefold() in regions:
            return True
    return False


def _is_about_ratings(subscription: Subscription) -> bool:
    asked = (
        subscription.areas,
        subscription.directions,
        subscription.grades,
    )
    return any(asked)


def _rating(subscription: Subscription, event: Event) -> Iterator[str]:
    """Yield the filters on ratings that refuse the event. A withdrawal has no direction and passes
    that filter: it takes back a change of any."""
    if subscription.areas and not _is_of_areas(subscription, event):
        areas = _either(subscription.areas)
        yield f"area: only {areas} is wanted"

    directions = subscription.directions
    if directions and event.change and event.change not in directions:
        yield f"direction: only {_either(directions)} is wanted"

    if subscription.grades and not _crosses(subscription, event):
        grades = _either(subscription.grades)
        yield f"grade: only a judgement that becomes or stops being {grades} is wanted"


def _is_of_areas(subscription: Subscription, event: Event) -> bool:
    return event.area in subscription.areas or by_missing_overall(subscription, event)


def _crosses(subscription: Subscription, event: Event) -> bool:
    """Return whether the judgement becomes or stops being one of the grades asked for."""
    if event.old == event.new:
        return False

    grades = {event.old, event.new}
    return not grades.isdisjoint(subscription.grades)


def _amount(subscription: Subscription, event: Event) -> Iterator[str]:
    """Yield that the sum is below the minimum. The larger of the figure before and after counts: a
    grant cut to nothing is news to whoever follows large ones. A sum that nobody has stated is not
    below it."""
    least = subscription.minimum_pounds
    if not least:
        return

    figures = [abs(pounds) for pounds in amounts(event)]
    if figures and max(figures) < least:
        yield f"amount: only £{least:,} and more is wanted"


def amounts(event: Event) -> tuple[int, ...]:
    """Return the whole pounds an event on money speaks of: before and after if the amount moved,
    else the amount it has."""
    moved = _moved(event)
    if moved:
        return moved

    said = event.detail.fields
    if isinstance(said, FundingFields) and said.amount is not None:
        return (said.amount,)
    return ()


def _moved(event: Event) -> tuple[int, ...]:
    """Return the pounds before and after, as far as they are stated; nothing where the amount did
    not move."""
    if event.area not in ("amount", "confirmed"):
        return ()

    stated = filter(_is_number, (event.old, event.new))
    return tuple(map(int, stated))


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isdecimal()


def _either(values: tuple[str, ...]) -> str:
    names = [str(value).replace("_", " ") for value in values]
    return " or ".join(names)

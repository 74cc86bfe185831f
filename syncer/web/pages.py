"""The pages on which readers help themselves, as pages of the site: their words, and the choices
as they are filled in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from syncer.digest import wording
from syncer.model import (
    Area,
    Change,
    Council,
    Frequency,
    Grade,
    RecordKind,
    Subscriber,
    Subscription,
)
from syncer.register.council_rows import REGIONS
from syncer.register.councils import Register
from syncer.register.programmes import load_programmes
from syncer.site.page import SitePage
from syncer.subscriptions.match import ALSO_CALLED, KINDS, describe
from syncer.subscriptions.schedule import WEEKDAYS
from syncer.web.typed import MOST_SETS, Fault, Typed, suffix_of, typed_of

KIND_WORDS = {
    RecordKind.INSPECTION: "Ofsted’s judgements",
    RecordKind.VISIT: "Ofsted’s visits between inspections",
    RecordKind.AWARD: "Money from the government",
    RecordKind.INTERVENTION: "Interventions: notices, directions, commissioners",
    RecordKind.PAYMENT: "Single payments over £25,000",
    RecordKind.COUNCIL: "Councils that begin or end",
}
DIRECTIONS: Mapping[str, str] = {
    Change.DECLINED: "is worse than before",
    Change.IMPROVED: "is better than before",
    Change.UNCHANGED: "is as before",
    Change.FIRST_JUDGED: "is made for the first time",
    Change.JUDGED_APART: "is made apart for the first time",
    Change.NO_LONGER_JUDGED: "is no longer made",
    Change.NOT_COMPARABLE: "cannot be compared with the one before",
}
FREQUENCIES: Mapping[str, str] = {
    Frequency.IMMEDIATELY: "As it happens",
    Frequency.DAILY: "Once a day",
    Frequency.WEEKLY: "Once a week",
}
ALL_QUIET: Mapping[str, str] = {
    "monthly": "Once a month",
    "weekly": "Once a week",
    "off": "Never",
}
AS_BEFORE = {"": "Once a month (or as before)"}
STATES = {
    "pending": "You have not yet confirmed your address, so you get no emails.",
    "active": "You get emails.",
    "paused": "Your emails are paused.",
    "bounced": "Our emails to you came back, so we send no more.",
    "unsubscribed": "You get no emails.",
    "erased": "You get no emails.",
}
COUNCIL_FIELDS = 3
"""Fields for names that are there to begin with; there is always one that is empty."""

_USUAL = {other: kind for kind, others in ALSO_CALLED.items() for other in others}
"""Other names of kinds, and the one that the form has for each."""

GOING = ("unsubscribed", "erased")


@dataclass(frozen=True)
class Choice:
    """One of several answers: its value, its words, and whether it is chosen."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class RegionOf:
    """The councils of one region to choose from, and how many of them are chosen."""

    name: str
    councils: tuple[Choice, ...]

    @property
    def chosen(self) -> int:
        return sum(choice.chosen for choice in self.councils)


@dataclass(frozen=True)
class Choices:
    """One set of fields as it is shown. `suffix`: how their names end."""

    suffix: str
    names: tuple[str, ...]
    by_region: tuple[RegionOf, ...]
    regions: tuple[Choice, ...]
    like: tuple[str, ...]
    but: tuple[str, ...]
    kinds: tuple[Choice, ...]
    areas: tuple[Choice, ...]
    directions: tuple[Choice, ...]
    grades: tuple[Choice, ...]
    programmes: tuple[str, ...]
    minimum: str
    payments: bool
    records: tuple[str, ...]
    frequencies: tuple[Choice, ...]
    days: tuple[Choice, ...]
    hours: tuple[Choice, ...]

    @property
    def narrows_money(self) -> bool:
        """Whether any of the choices about money is made."""
        return bool(any(self.programmes) or self.minimum or self.payments or any(self.records))

    @property
    def narrows_judgements(self) -> bool:
        """Whether any of the choices about judgements is made."""
        made = (*self.areas, *self.directions, *self.grades)
        return any(choice.chosen for choice in made)


class Filler:
    """Fills in the choices of a form, on one day."""

    def __init__(self, register: Register, today: dt.date) -> None:
        self._register = register
        self._councils = register.open_on(today)

    def names(self) -> tuple[str, ...]:
        """Return the councils that a field for a name offers while it is typed in."""
        return tuple(sorted(council.name for council in self._councils))

    def choices(self, typed: Typed, number: int = 1) -> Choices:
        """Return a set of fields, filled in as it was typed."""
        own = _Set(typed, suffix_of(number))
        named = own.values("council")
        listed = {council.slug for council in self._councils}
        unlisted = [name for name in named if name not in listed]
        return Choices(
            suffix=own.suffix,
            names=_with_room(unlisted, COUNCIL_FIELDS),
            by_region=self._by_region(named),
            regions=own.choices("region", _same(REGIONS)),
            like=own.texts("neighbours_of"),
            but=own.texts("but"),
            kinds=own.choices("kind", _kinds()),
            areas=own.choices("area", _areas()),
            directions=own.choices("direction", DIRECTIONS),
            grades=own.choices("grade", _grades()),
            programmes=own.texts("programme"),
            minimum=own.one("minimum", ""),
            payments=bool(own.values("payments")),
            records=own.texts("record"),
            frequencies=own.choices("frequency", FREQUENCIES, "immediately"),
            days=own.choices("day", _days(), Subscription.weekday),
            hours=own.choices("hour", _hours(), str(Subscription.hour)),
        )

    def _by_region(self, named: Collection[str]) -> tuple[RegionOf, ...]:
        found = []
        for region in REGIONS:
            own = [council for council in self._councils if council.region == region]
            choices = [_council(council, named) for council in own]
            choices.sort(key=lambda choice: choice.text)
            found.append(RegionOf(region, tuple(choices)))
        return tuple(found)


def _council(council: Council, named: Collection[str]) -> Choice:
    return Choice(council.slug, council.name, council.slug in named)


@dataclass(frozen=True)
class _Set:
    """What was typed into one set of fields."""

    typed: Typed
    suffix: str

    def values(self, field: str) -> tuple[str, ...]:
        return self.typed.get(f"{field}{self.suffix}", ())

    def one(self, field: str, default: str) -> str:
        """Return the first value of a field of which there is one, or its default."""
        first, *_ = self.values(field) or (default,)
        return first

    def texts(self, field: str) -> tuple[str, ...]:
        """Return the values of a field for text, and an empty one."""
        return _with_room(self.values(field), 1)

    def choices(
        self, field: str, known: Mapping[str, str], default: str = ""
    ) -> tuple[Choice, ...]:
        """Return what may be chosen, with its words. `default`: what is chosen where nothing
        was."""
        chosen = {_folded(value) for value in self.values(field) or (default,)}
        found = []
        for value, text in known.items():
            is_chosen = _folded(value) in chosen
            found.append(Choice(str(value), text, is_chosen))
        return tuple(found)


def _folded(value: str) -> str:
    """Return what is the same for every spelling of a value: "Children_in_care", "rating" and
    "inspection", "07:00"."""
    plain = value.lower().replace("_", " ").removesuffix(":00")
    bare = plain.lstrip("0") or plain
    return _USUAL.get(bare, bare)


def _with_room(values: Sequence[str], least: int) -> tuple[str, ...]:
    """Return the values of fields for text, with empty ones: so many in all at least, and one to
    go on with."""
    spare = max(least - len(values), 1)
    return (*values, *[""] * spare)


def _same(values: Iterable[str]) -> dict[str, str]:
    """Return what may be chosen and is shown as it is."""
    return {value: value for value in values}


def _kinds() -> dict[str, str]:
    return {KINDS[record]: words for record, words in KIND_WORDS.items()}


def _grades() -> dict[str, str]:
    return {grade: wording.capital(wording.grade(grade)) for grade in Grade}


def _areas() -> dict[str, str]:
    return {area: wording.capital(wording.area(area)) for area in Area}


def _days() -> dict[str, str]:
    return {day: day.capitalize() for day in WEEKDAYS}


def _hours() -> dict[str, str]:
    return {str(hour): f"{hour:02}:00" for hour in range(24)}


def programmes() -> list[str]:
    """Return the programmes that a field for one offers while it is typed in."""
    return sorted(programme.name for programme in load_programmes().all)


# -- Pages -----------------------------------------------------------------------------------------


def subscribe(filler: Filler, typed: Typed, faults: Sequence[Fault] = ()) -> SitePage:
    """Return the form by which mails are asked for, filled in as it was typed."""
    model = {
        "names": filler.names(),
        "programmes": programmes(),
        "fields": filler.choices(typed),
        "email": next(iter(typed.get("email", ())), ""),
        "quiet": _Set(typed, "").choices("all_quiet", {**AS_BEFORE, **ALL_QUIET}),
        "faults": faults,
    }
    return SitePage(
        "Get emails about changes",
        "form_subscribe.html.j2",
        model,
        "Choose councils, and get an email when their Ofsted rating or their funding has changed.",
    )


def manage(typed: Typed, faults: Sequence[Fault] = ()) -> SitePage:
    """Return the form that asks for the address to which a link is to be sent."""
    model = {"email": next(iter(typed.get("email", ())), ""), "faults": faults}
    return SitePage("Manage or stop your emails", "form_manage.html.j2", model)


def said(title: str, *paragraphs: str, links: Sequence[tuple[str, str]] = ()) -> SitePage:
    """Return a page that says what was done, or why it was not. `links`: where to go on, as
    (address, text)."""
    model = {"paragraphs": paragraphs, "onward": links}
    return SitePage(title, "form_said.html.j2", model, is_private=True)


def confirm(address: str, wants: Sequence[str], button: str) -> SitePage:
    """Return what would be confirmed, and the button that does it."""
    model = {"email": address, "wants": wants, "button": button}
    return SitePage("Confirm your emails", "form_confirm.html.j2", model, is_private=True)


def leave() -> SitePage:
    """Return the button that ends all mails. Whoever reads a mail that was passed on sees nothing
    of whoever it was written to."""
    return SitePage("Stop your emails", "form_leave.html.j2", is_private=True)


def described(wanted: Iterable[Subscription], register: Register) -> list[str]:
    """Return what is wanted, each in a sentence."""
    return [describe(each, register) for each in wanted]


@dataclass(frozen=True)
class Notice:
    """What was just done, or the faults for which it was not, with what was typed."""

    done: str = ""
    faults: tuple[Fault, ...] = ()
    typed: Typed | None = None


def choices(person: Subscriber, filler: Filler, register: Register, notice: Notice) -> SitePage:
    """Return all that one person may see and change."""
    model = {
        "email": person.address,
        "state": person.state,
        "says": STATES[person.state],
        "is_gone": person.state in GOING,
        "wants": described(person.subscriptions, register),
        "sets": _sets(person, filler, notice.typed),
        "names": filler.names(),
        "programmes": programmes(),
        "quiet": _Set(notice.typed or {}, "").choices("all_quiet", ALL_QUIET, person.all_quiet),
        "done": notice.done,
        "faults": notice.faults,
    }
    return SitePage("Your emails", "form_choices.html.j2", model, is_private=True)


def _sets(person: Subscriber, filler: Filler, typed: Typed | None) -> list[Choices]:
    """Return a set of fields for each subscription: filled in as it stands or, where that had
    faults, as it was typed."""
    found = []
    for number, wanted in enumerate(person.subscriptions[:MOST_SETS], 1):
        own = typed_of(wanted, suffix_of(number))
        found.append(filler.choices(own if typed is None else typed, number))
    return found

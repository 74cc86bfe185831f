"""What was typed into a form → what is wanted, or what is wrong with it, field by field. Places are
named as on the command line; what is left empty asks for everything.

A page may have several sets of the same fields: those of the second end in `.2`, and so on."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from syncer.app import App
from syncer.digest import wording
from syncer.errors import Contradiction, SyncerError
from syncer.model import Area, Change, Frequency, Grade, Subscription
from syncer.operations import wishes
from syncer.quantities.money import read_amount_cell
from syncer.subscriptions.match import ALSO_CALLED, KINDS
from syncer.subscriptions.schedule import WEEKDAYS

T = TypeVar("T")
Typed = Mapping[str, tuple[str, ...]]
"""The values of each field, as they were typed, without those left empty."""

NAMED = {
    "council": "councils",
    "region": "regions",
    "neighbours_of": "neighbours_of",
    "but": "but",
    "programme": "programmes",
}
"""Fields for names of things, and what a subscription calls these."""

CHOSEN = {
    "kind": "kinds",
    "area": "areas",
    "direction": "directions",
    "grade": "grades",
}
"""Fields for words of a list."""

FIELDS = (*NAMED, *CHOSEN, "record", "minimum", "payments", "frequency", "day", "hour")
SUFFIX = re.compile(r"(?P<field>[a-z_]+?)(?:\.(?P<number>[1-9]\d?))?")
"""A name of a field, and the number of its set where there are several."""

ALL_QUIET = ("monthly", "weekly", "off")
MOST_SETS = 99
"""Sets of fields that a page shows."""

STOP = "stop"
"""The box by which a set of fields is left out."""

MOST_VALUES = 200
"""Of one field; more councils than there are nobody needs to name."""

LONGEST = 200
"""Characters of one value."""

MOST_FAULTS = 10
"""Of one field: a page full of them helps nobody."""

UNSHOWN = "\N{REPLACEMENT CHARACTER}"
LONGEST_NUMBER = 12
LAST_HOUR = 23
SHORTEST_DAY = 3
"""Letters of a day that is shortened."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a field, in words for whoever typed it. `field` is its name."""

    field: str
    text: str


@dataclass(frozen=True)
class Read:
    """What came of one set of fields: what is wanted, or faults."""

    wanted: Subscription | None
    faults: tuple[Fault, ...] = ()


class _Reader:
    """Reads one set of fields. `suffix` is how its names end."""

    def __init__(self, typed: Typed, app: App, suffix: str) -> None:
        self._typed = typed
        self._app = app
        self._suffix = suffix
        self.faults: list[Fault] = []

    def wrong(self, field: str, text: str) -> None:
        """Note a fault, unless there are many of the field already."""
        if not self._has_enough(field):
            self.faults.append(Fault(f"{field}{self._suffix}", text))

    def _has_enough(self, field: str) -> bool:
        """Return whether so many faults of a field are known that no more are looked for."""
        name = f"{field}{self._suffix}"
        known = [fault for fault in self.faults if fault.field == name]
        return len(known) >= MOST_FAULTS

    def given(self, field: str) -> tuple[str, ...]:
        """Return the values of a field, no more than can be looked at."""
        values = self._typed.get(f"{field}{self._suffix}", ())
        if len(values) > MOST_VALUES:
            self.wrong(field, f"{MOST_VALUES} are the most that can be named.")
        return values[:MOST_VALUES]

    def named(self, field: str, asked: str) -> tuple[str, ...]:
        """Return the values of a field, each of which names something. `asked`: the name by which
        the command line's rule knows the field."""
        values = self.given(field)
        for value in values:
            if self._has_enough(field):
                break
            if len(value) > LONGEST:
                self.wrong(field, f"“{value[:30]}…” is too long to be a name.")
            else:
                self._look_up(field, asked, value)
        return values

    def _look_up(self, field: str, asked: str, value: Any) -> None:
        """Note a fault where a value names nothing."""
        try:
            wishes.wanted(self._app, {asked: (value,)})
        except SyncerError as error:
            text = f"{error} {_advice(error)}".strip()
            self.wrong(field, wording.capital(text))

    def records(self) -> tuple[int, ...]:
        """Return the numbers of what is to be followed to its end."""
        numbers = []
        for value in self.given("record"):
            if not _is_number(value):
                self.wrong("record", f"“{value[:LONGEST]}” is not a number.")
                continue
            self._look_up("record", "records", int(value))
            numbers.append(int(value))
        return tuple(numbers)

    def chosen(self, field: str, known: Collection[str]) -> tuple[str, ...]:
        """Return the values of a field whose values are known words."""
        found = []
        for value in self.given(field):
            word = value.lower().replace(" ", "_")
            if word in known:
                found.append(word)
            else:
                self.wrong(field, f"“{value[:LONGEST]}” is not one of the choices.")
        return tuple(dict.fromkeys(found))

    def one(self, field: str, read: Callable[[str], T | None], default: T, what: str) -> T:
        """Return what the value of a field means that has only one; its default where there is
        none. `what` it should be."""
        values = self.given(field)
        if not values:
            return default

        found = read(values[0])
        if found is None or len(values) > 1:
            listed = ", ".join(values)
            self.wrong(field, f"“{listed[:LONGEST]}” is not {what}.")
        return default if found is None else found


def _advice(error: SyncerError) -> str:
    """Return what to do about it; nothing where that is a command, which a reader cannot give."""
    return "" if "`" in error.hint else error.hint


def _is_number(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) < LONGEST_NUMBER


def _frequency(typed: str) -> Frequency | None:
    word = typed.lower()
    return Frequency(word) if word in tuple(Frequency) else None


def _weekday(typed: str) -> str | None:
    """Return the day that begins so; None where none does, or too little was typed."""
    if len(typed) < SHORTEST_DAY:
        return None
    return next((day for day in WEEKDAYS if day.startswith(typed.lower())), None)


def _hour(typed: str) -> int | None:
    """Return the hour that "7", "07" or "07:00" names; None for none."""
    digits = typed.removesuffix(":00")
    if not _is_number(digits) or int(digits) > LAST_HOUR:
        return None
    return int(digits)


def _pounds(typed: str) -> int | None:
    """Return the whole pounds of "£250,000" or "1.5m"; None for what is no sum."""
    written = typed if typed.startswith("£") else f"£{typed}"
    money = read_amount_cell(written[:LONGEST])
    if money is None or money.pounds < 0:
        return None
    return money.pounds


def kinds() -> tuple[str, ...]:
    """Return every name of a kind of news."""
    names = list(KINDS.values())
    for others in ALSO_CALLED.values():
        names += others
    return tuple(names)


WORDS = {
    "kind": kinds(),
    "area": tuple(Area),
    "direction": tuple(Change),
    "grade": tuple(Grade),
}


def read(typed: Typed, app: App, suffix: str = "") -> Read:
    """Return what one set of fields asks for, or everything that is wrong with it."""
    reader = _Reader(typed, app, suffix)
    asked: dict[str, Any] = {}
    for field, name in NAMED.items():
        asked[name] = reader.named(field, name)
    for field, name in CHOSEN.items():
        asked[name] = reader.chosen(field, WORDS[field])

    asked["records"] = reader.records()
    asked["minimum_pounds"] = reader.one("minimum", _pounds, 0, "a sum like £250,000")
    asked["payments"] = bool(reader.given("payments"))
    asked.update(_when(reader))
    return _made(reader, asked, app)


def _made(reader: _Reader, asked: Mapping[str, Any], app: App) -> Read:
    """Return the subscription where nothing is wrong with it, on its own or as a whole."""
    if not reader.faults:
        try:
            return Read(wishes.wanted(app, asked))
        except Contradiction as error:
            reader.wrong("kind", f"{wording.capital(str(error))}.")
    return Read(None, tuple(reader.faults))


def all_quiet(typed: Typed) -> tuple[str | None, tuple[Fault, ...]]:
    """Return how often to say that nothing has changed (None: as it is), or what is wrong with
    it."""
    values = typed.get("all_quiet", ())
    if not values:
        return None, ()
    if len(values) == 1 and values[0] in ALL_QUIET:
        return values[0], ()
    return None, (Fault("all_quiet", f"“{values[0][:LONGEST]}” is not one of the choices."),)


def _when(reader: _Reader) -> dict[str, Any]:
    """Return how often, and the day and hour as far as that has one."""
    how_often = reader.one("frequency", _frequency, Frequency.IMMEDIATELY, "one of the choices")
    day = reader.one("day", _weekday, Subscription.weekday, "a day of the week")
    hour = reader.one("hour", _hour, Subscription.hour, "an hour from 0 to 23")
    match how_often:
        case Frequency.DAILY:
            return {"frequency": how_often, "hour": hour}
        case Frequency.WEEKLY:
            return {"frequency": how_often, "weekday": day, "hour": hour}
    return {"frequency": how_often}


def typed_of(wanted: Subscription, suffix: str = "") -> Typed:
    """Return a set of fields as it is filled in where this is wanted."""
    values: dict[str, tuple[str, ...]] = {}
    for field, name in (NAMED | CHOSEN).items():
        values[field] = getattr(wanted, name)

    values["record"] = tuple(str(each.record) for each in wanted.records)
    values["minimum"] = (f"£{wanted.minimum_pounds:,}",) if wanted.minimum_pounds else ()
    values["payments"] = ("yes",) if wanted.payments else ()
    values["frequency"] = (str(wanted.frequency),)
    values["day"] = (wanted.weekday,)
    values["hour"] = (str(wanted.hour),)
    return {f"{name}{suffix}": value for name, value in values.items()}


def typed_in(pairs: Iterable[tuple[str, Sequence[str]]]) -> Typed:
    """Return what a form holds, each value on one line, without what was left empty."""
    typed = {}
    for name, values in pairs:
        lines = [_one_line(value) for value in values]
        kept = tuple(line for line in lines if line)
        if kept:
            typed[name] = kept
    return typed


def _one_line(value: str) -> str:
    """Return a value with one space for any white space, and a sign in the place of whatever cannot
    be shown: it is wrong, and is seen to be."""
    signs = [sign if sign.isprintable() else UNSHOWN for sign in " ".join(value.split())]
    return "".join(signs)


def suffixes(typed: Typed) -> tuple[str, ...]:
    """Return how the names of each set end that is not to be left out, in order; one set at
    least."""
    numbers = set()
    for name in typed:
        found = SUFFIX.fullmatch(name)
        if found and found["field"] in FIELDS:
            numbers.add(int(found["number"] or 1))

    named = [suffix_of(number) for number in sorted(numbers or {1})]
    return tuple(suffix for suffix in named if f"{STOP}{suffix}" not in typed)


def suffix_of(number: int) -> str:
    """Return how the names of a set of fields end: the first set's have no number."""
    return f".{number}" if number > 1 else ""

"""One change in the words of the digest: the title a subject would give it, the item a message
would show, and what was said of it later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from syncer.digest import items, subject, wording
from syncer.digest.folding import Line
from syncer.digest.message_model import DigestContext, Item
from syncer.digest.subject import News
from syncer.model import Event, EventKind
from syncer.subscriptions.match import kind_of

MOST_NAMED = 4
"""Of so many councils all are named in a title; of more, the first three."""


def title(event: Event, context: DigestContext) -> str:
    """Return what changed in a line: "Trafford: leadership requires improvement → inadequate"."""
    return wording.one_line(news([_line(event)], context).text)


def news(lines: Sequence[Line], context: DigestContext) -> News:
    """Return the lines of one item as a subject would name them."""
    event = lines[0].event
    name = _councils(event, context)
    if kind_of(event) == "rating":
        return subject.of_inspection(name, lines)
    return subject.of_other(name, lines[0])


def item(event: Event, context: DigestContext) -> Item:
    """Return a change as a message would show it, with its evidence."""
    line = _line(event)
    if kind_of(event) == "rating":
        return items.inspection([line], context)
    return items.other(line, context)


def _line(event: Event) -> Line:
    return Line(event, (event.id,))


def _councils(event: Event, context: DigestContext) -> str:
    """Return whom a change is about: "Leeds", or "Barnet, Bexley, Brent and 4 others"."""
    slugs = event.councils
    if len(slugs) <= MOST_NAMED:
        return items.council_names(context, slugs)

    named = [items.council_names(context, [slug]) for slug in slugs[: MOST_NAMED - 1]]
    others = len(slugs) - len(named)
    return wording.listed([*named, f"{others} others"])


@dataclass(frozen=True)
class TakenBack:
    """What became of a change: the later one, and whether it was `corrected` or `withdrawn`."""

    by: Event
    how: str

    @property
    def says(self) -> str:
        """What its reader is told: "Corrected on 3 August 2026"."""
        day = wording.local_day(self.by.noticed_at)
        return f"{wording.capital(self.how)} on {wording.day(day)}"


def taken_back(events: Iterable[Event]) -> Mapping[int, TakenBack]:
    """Return by a change's id the last one that corrects it, or withdraws what it is about; of a
    confirmation, which takes nothing back, nothing. `events` are in the order in which they were
    noticed."""
    found: dict[int, TakenBack] = {}
    of_record: dict[tuple[str, int], list[Event]] = {}
    for event in events:
        if event.kind is EventKind.CORRECTED and event.corrects:
            found[event.corrects] = TakenBack(event, "corrected")

        earlier = of_record.setdefault((event.record, event.record_id), [])
        if event.kind is EventKind.WITHDRAWN:
            for each in _withdrawn_by(event, earlier, found):
                found[each.id] = TakenBack(event, "withdrawn")
        earlier.append(event)
    return found


def _withdrawn_by(
    event: Event, earlier: Iterable[Event], found: Mapping[int, TakenBack]
) -> list[Event]:
    """Return the changes of a record that a withdrawal takes back: those in its area, and those
    that nothing has taken back yet."""
    if not event.record_id:
        return []
    return [each for each in earlier if each.area == event.area or each.id not in found]

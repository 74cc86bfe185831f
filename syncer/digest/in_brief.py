"""What asks nobody to act folds to a line at the end of a digest: an inspection that changed
nothing (unless a judgement is inadequate again), a visit without findings, a reorganisation. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from syncer.digest import items, wording
from syncer.digest.folding import Line
from syncer.digest.message_model import DigestContext, Item, Shown
from syncer.digest.weight import Weight, weight_of
from syncer.model import Change, Event, EventKind
from syncer.subscriptions.match import kind_of

HEADING = "In brief"
FOLDS = frozenset((Weight.UNCHANGED, Weight.VISIT, Weight.COUNCIL))


def folds(block: Sequence[Line]) -> bool:
    """Return whether a line will do for these lines of one item. What corrects or takes back
    something never folds."""
    for line in block:
        if line.event.kind is not EventKind.ADDED:
            return False

    gravest = min(weight_of(line.event) for line in block)
    return gravest in FOLDS


def item(name: str, block: Sequence[Line], context: DigestContext) -> Item:
    """Return the line of one council. Whoever follows few councils still sees what needs to
    improve there."""
    events = [line.event for line in items.in_order(block)]
    first = events[0]
    text = f"{name} – {_said(events)}"
    return Item(
        kind=kind_of(first),
        title=text,
        summary=text,
        tag=items.tag_of(first),
        brief=True,
        improve=_improvements(first, context),
        notes=items.late_note(first),
        evidence=_links(events, context),
    )


def _said(events: Sequence[Event]) -> str:
    first = events[0]
    if kind_of(first) == "rating":
        return _inspection(events)
    return _other(first)


def _improvements(event: Event, context: DigestContext) -> tuple[str, ...]:
    if kind_of(event) != "rating" or not items.follows_few(context):
        return ()
    return items.improvements(event, context)


def _inspection(events: Sequence[Event]) -> str:
    """Return "leadership, care leavers: good as before; overall: no longer judged (inspected 27
    April–1 May 2026, published 17 June 2026)"."""
    judged = "; ".join(_judged(events))
    when = _small(items.inspection_title(events[0]))
    return f"{judged} ({when})"


def _judged(events: Sequence[Event]) -> Iterator[str]:
    """Yield "leadership, care leavers: good as before", judgement by judgement."""
    for how, names in _areas(events).items():
        areas = ", ".join(names)
        yield f"{areas}: {how}"


def _areas(events: Sequence[Event]) -> dict[str, list[str]]:
    """Return the areas of each judgement."""
    areas: dict[str, list[str]] = defaultdict(list)
    for event in events:
        name = wording.area(event.area)
        areas[_how(event)].append(name)
    return areas


def _how(event: Event) -> str:
    if event.change is Change.NO_LONGER_JUDGED:
        return "no longer judged"
    return f"{wording.grade(event.new)} as before"


def _small(text: str) -> str:
    """Return the text with its first letter small."""
    return text[:1].lower() + text[1:]


def _other(event: Event) -> str:
    title = items.title_of(event)
    if kind_of(event) != "visit":
        return title
    return _small(title) + _theme_and_outcome(event)


def _theme_and_outcome(event: Event) -> str:
    """Return ", on care leavers: systemic failings"; nothing where a visit has neither."""
    said = event.detail.report
    text = ""
    if said.theme:
        text += f", on {wording.one_line(said.theme)}"
    if said.send_outcome:
        outcome = said.send_outcome.replace("_", " ")
        text += f": {wording.one_line(outcome)}"
    return text


def _links(events: Sequence[Event], context: DigestContext) -> tuple[Shown, ...]:
    """Return where to look, without the words that were read."""
    seen = items.all_evidence(events, context)
    return tuple(shown for shown in seen if shown.link)

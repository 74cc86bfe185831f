"""The subject of a digest (DESIGN §7.8): the worst news by its own words, then how much more there
is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from syncer.digest import items, wording
from syncer.digest.folding import Line
from syncer.model import Area, Change, Event, EventKind
from syncer.subscriptions.match import amounts, kind_of

LONGEST = 120
RANKS = ("changed", "intervention", "rating", "money", "visit", "council", "payment")


@dataclass(frozen=True)
class News:
    """One item as a subject could name it: `rank` sorts the worst first, `more` counts what it
    leaves unsaid."""

    rank: tuple[int, ...]
    text: str
    more: int = 0


def of_inspection(council: str, lines: Sequence[Line]) -> News:
    """How a subject names one inspection: the overall judgement if there is one, else what moved
    most, worst first."""
    head = items.headline(lines).event
    told = [
        line.event
        for line in lines
        if line.event.change not in (Change.UNCHANGED, Change.NO_LONGER_JUDGED)
    ]
    if not told:
        return News(
            (RANKS.index("rating"), *items.moved(head)),
            _as_before(council, [line.event for line in items.in_order(lines)]),
        )
    text, said = _judgement(head), [head]
    if head.change is Change.UNCHANGED:
        said.append(min(told, key=items.moved))
        text += "; " + _judgement(said[1])
    lead = "Correction: " if head.kind is EventKind.CORRECTED else ""
    best = min(items.moved(event) for event in said)
    return News(
        (RANKS.index("changed"), *best),
        f"{lead}{council}: {text}",
        sum(event not in said for event in told),
    )


def of_other(council: str, line: Line) -> News:
    """How a subject names a visit, money, an intervention or a council's end."""
    event = line.event
    text = items.money_title(event) if kind_of(event) in ("money", "payment") else ""
    title = text or {"visit": _visit}.get(kind_of(event), _other)(event)
    lead = "Correction: " if event.kind is EventKind.CORRECTED else ""
    largest = max((abs(pounds) for pounds in amounts(event)), default=0)
    return News(
        (RANKS.index(kind_of(event)), -largest), f"{lead}{council}: {wording.shortened(title, 90)}"
    )


def of_programme(heading: str, summary: str) -> News:
    """How a subject names a whole table of one programme."""
    return News((RANKS.index("money"), -(10**12)), f"{wording.shortened(heading, 60)}: {summary}")


def subject(news: Sequence[Sequence[News]], headings: Sequence[str]) -> str:
    """The subject from the news of each group, worst group first, and the groups' headings."""
    first = min(news[0], key=lambda n: n.rank)
    more = first.more + len(news[0]) - 1
    text = first.text + (f", and {more} more" if more else "")
    also = f"; also {wording.listed(headings[1:])}" if len(headings) > 1 else ""
    if len(headings) > 4 or len(text + also) > LONGEST:
        also = f"; also {len(headings) - 1} other{'s' if len(headings) > 2 else ''}"
    return wording.shortened(text, LONGEST - len(also) * (len(headings) > 1)) + (
        also if len(headings) > 1 else ""
    )


def _judgement(event: Event) -> str:
    line = items.grade_line(event)
    area = wording.area(event.area)
    if event.kind is EventKind.WITHDRAWN:
        return (
            f"report withdrawn; before it: {area} {line.new.word}"
            if event.new
            else "report withdrawn"
        )
    if line.old:
        was = f" ({line.meaning})" if event.kind is EventKind.CORRECTED else ""
        return f"{area} {line.old[0].word} → {line.new.word}{was}"
    if event.change is Change.UNCHANGED:
        return f"{area} {line.new.word} as before"
    return f"{area} {line.new.word}" + (f" ({line.meaning})" if line.meaning else "")


def _as_before(council: str, events: Sequence[Event]) -> str:
    """ "Brent inspected again: all four judgements good as before; overall no longer judged"."""
    same = [event for event in events if event.change is Change.UNCHANGED]
    ended = "; ".join(
        f"{wording.area(event.area)} no longer judged"
        for event in events
        if event.change is Change.NO_LONGER_JUDGED
    )
    grades = {event.new for event in same}
    if not same:
        return f"{council}: {ended}"
    if len(same) == 1:
        said = _judgement(same[0])
    elif len(grades) == 1:
        said = f"all {wording.number(len(same))} judgements {wording.grade(same[0].new)} as before"
    elif same[0].area == Area.OVERALL:
        said = f"overall {wording.grade(same[0].new)} and all else as before"
    else:
        said = f"all {wording.number(len(same))} judgements as before"
    return f"{council} inspected again: {said}" + (f"; {ended}" if ended else "")


def _visit(event: Event) -> str:
    title = items.visit_title(event).split(", ")[0]
    theme = wording.one_line(event.detail.report.theme or "")
    actions = len(event.detail.report.priority_actions or ())
    urgent = f", {wording.counted(actions, 'area')} for priority action" if actions else ""
    return wording.shortened(title + (f" on {theme}" if theme else ""), 90 - len(urgent)) + urgent


def _other(event: Event) -> str:
    return (
        items.intervention_title(event)
        if kind_of(event) == "intervention"
        else items.council_title(event)
    )

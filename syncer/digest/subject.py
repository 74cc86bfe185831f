"""The subject of a digest (DESIGN §7.8): the worst news by its own words, then how much more there
is. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from syncer.digest import items, sums, wording
from syncer.digest.folding import Line
from syncer.digest.message_model import GradeLine
from syncer.digest.weight import Weight, weight_of
from syncer.model import Area, Change, Event, EventKind
from syncer.subscriptions.match import amounts, kind_of

LONGEST = 120
LONGEST_TITLE = 90
MAX_NAMED = 4
"""Of how many councils all are named; of more, the gravest."""


@dataclass(frozen=True)
class News:
    """One item as a subject could name it: `rank` sorts the worst first and begins with its weight,
    `more` counts what it leaves unsaid."""

    rank: tuple[int, ...]
    text: str
    more: int = 0

    @property
    def weight(self) -> Weight:
        return Weight(self.rank[0])


def rank_of(event: Event) -> tuple[int, ...]:
    """Return what sorts judgements, the gravest first: of those that are inadequate the ones that
    became so, then the overall judgement, then by how far they moved."""
    weight = weight_of(event)
    order = _among_grave(event) if weight.is_grave else (0, 0)
    return (weight, *order, *items.moved(event))


def _among_grave(event: Event) -> tuple[int, int]:
    """Return a key that sorts what became inadequate before what is so again, and the overall
    judgement first."""
    is_again = event.change is Change.UNCHANGED
    is_part = event.area != Area.OVERALL
    return int(is_again), 1 + is_part


def of_inspection(council: str, lines: Sequence[Line], *, is_earlier: bool = False) -> News:
    """Return how a subject names one inspection: the overall judgement if there is one, else what
    moved most; and the gravest of all, where that is another. `is_earlier`: it is told late, and
    the council was inspected since."""
    events = [line.event for line in items.in_order(lines)]
    worst = min(events, key=rank_of)
    told = [event for event in events if _is_told(event)]
    if not told:
        text = _again(council, worst, events, is_earlier=is_earlier)
        return News(rank_of(worst), text)

    head = items.headline(lines).event
    said = _named(head, worst, told)
    unsaid = [event for event in told if event not in said]
    whose = _earlier(council, head) if is_earlier else council
    return News(rank_of(worst), _what_was_judged(whose, said), len(unsaid))


def _what_was_judged(whose: str, events: Sequence[Event]) -> str:
    judgements = [_judgement(event) for event in events]
    said = "; ".join(judgements)
    return f"{_lead(events[0])}{whose}: {said}"


def _earlier(council: str, event: Event) -> str:
    """Return "Leeds: earlier inspection of March 2023, read late"."""
    first = event.detail.inspection.first_day
    of_month = f" of {first:%B %Y}" if first else ""
    return f"{council}: earlier inspection{of_month}, read late"


def _named(head: Event, worst: Event, told: Sequence[Event]) -> list[Event]:
    """Return the judgements that stand for an inspection: its headline, what was told where that
    changed nothing, and the gravest."""
    said = [head]
    if head.change is Change.UNCHANGED:
        said.append(min(told, key=rank_of))

    gravest = weight_of(worst)
    if all(gravest < weight_of(event) for event in said):
        said.append(worst)
    return said


def _lead(event: Event) -> str:
    if event.kind is EventKind.CORRECTED:
        return "Correction: "
    return ""


def _is_told(event: Event) -> bool:
    return event.change not in (Change.UNCHANGED, Change.NO_LONGER_JUDGED)


def _again(council: str, worst: Event, events: Sequence[Event], *, is_earlier: bool) -> str:
    """Return the words for an inspection that changed no grade. What is inadequate again is
    named."""
    text = _as_before(events)
    hides = weight_of(worst).is_grave and "inadequate" not in text
    if hides:
        text = _judgement(worst)
    if is_earlier:
        return f"{_earlier(council, worst)}: {text}"
    if any(event.change is Change.UNCHANGED for event in events):
        return f"{council} inspected again: {text}"
    return f"{council}: {text}"


def of_other(council: str, line: Line) -> News:
    """Return how a subject names a visit, money, an intervention or a council's end."""
    event = line.event
    rank = (weight_of(event), 0, 0, -_size(event))
    return News(rank, f"{_lead(event)}{council}: {_short_title(event)}")


def _short_title(event: Event) -> str:
    title = _title(event)
    return wording.shortened(title, LONGEST_TITLE)


def _size(event: Event) -> int:
    """Return the largest of its amounts, in pounds; 0 where there is none."""
    sizes = [abs(pounds) for pounds in amounts(event)]
    return max(sizes, default=0)


def _title(event: Event) -> str:
    match kind_of(event):
        case "visit":
            return _visit(event)
        case "intervention":
            return items.intervention_title(event)
        case "council":
            return items.council_title(event)
    return sums.title(event)


def of_programme(heading: str, summary: str) -> News:
    """Return how a subject names a whole table of one programme."""
    largest_of_all = -(10**12)
    name = wording.shortened(heading, 60)
    return News((Weight.MONEY, 0, 0, largest_of_all), f"{name}: {summary}")


def subject(news: Sequence[Sequence[News]], headings: Sequence[str]) -> str:
    """Return the subject from the news of each group, worst group first, and their headings."""
    text = _first(news[0])
    others = list(headings[1:])
    if not others:
        return wording.shortened(text, LONGEST)

    grave = _with_grave_news(others, news[1:])
    return _with_others(text, list(_also(others, grave)))


def _with_grave_news(headings: Sequence[str], news: Sequence[Sequence[News]]) -> list[str]:
    """Return those of the headings under which there is grave news."""
    pairs = zip(headings, news, strict=True)
    return [heading for heading, own in pairs if _is_grave(own)]


def _with_others(text: str, endings: Sequence[str]) -> str:
    """Return the text with the fullest ending that there is room for; where there is room for none,
    the text is shortened for the last."""
    for ending in endings:
        if len(text + ending) <= LONGEST:
            return text + ending

    last = endings[-1]
    room = LONGEST - len(last)
    return wording.shortened(text, room) + last


def _first(news: Sequence[News]) -> str:
    """Return what is gravest in a group, and how much more there is."""
    first = min(news, key=lambda each: each.rank)
    more = first.more + len(news) - 1
    if not more:
        return first.text
    return f"{first.text}, and {more} more"


def _is_grave(news: Sequence[News]) -> bool:
    return any(each.weight.is_grave for each in news)


def _also(others: Sequence[str], grave: Sequence[str]) -> Iterator[str]:
    """Yield how the other councils can be told, the fullest words first."""
    if len(others) < MAX_NAMED:
        yield f"; also {wording.listed(others)}"

    for named in (grave[:2], grave[:1]):
        rest = len(others) - len(named)
        if named and rest:
            yield _also_named(named, rest)
    yield f"; also {_others(len(others))}"


def _also_named(named: Sequence[str], rest: int) -> str:
    """Return "; also Leeds, Brent and 3 others"."""
    said = wording.listed([*named, _others(rest)])
    return f"; also {said}"


def _others(count: int) -> str:
    return f"{count} other{'' if count == 1 else 's'}"


def _judgement(event: Event) -> str:
    line = items.grade_line(event)
    now = f"{wording.area(event.area)} {line.new.word}"
    if event.kind is EventKind.WITHDRAWN:
        return _taken_back(event, now)
    if line.old:
        return _moved(event, line)
    return f"{now}{_how_it_came(event, line)}"


def _taken_back(event: Event, now: str) -> str:
    """Return the words for a report that was withdrawn, with the grade that stands since then."""
    if not event.new:
        return "report withdrawn"
    return f"report withdrawn; before it: {now}"


def _how_it_came(event: Event, line: GradeLine) -> str:
    """Return what stands after a grade that has no other before it."""
    if event.change is Change.UNCHANGED:
        return " as before"
    if line.meaning:
        return f" ({line.meaning})"
    return ""


def _moved(event: Event, line: GradeLine) -> str:
    """Return "leadership good → inadequate"; a correction says what was told."""
    area = wording.area(event.area)
    text = f"{area} {items.grades_in_words(line)}"
    if event.kind is EventKind.CORRECTED:
        text += f" ({line.meaning})"
    return text


def _as_before(events: Sequence[Event]) -> str:
    """Return what an inspection says that changed no grade: "all four judgements good as before;
    overall no longer judged"."""
    said = []
    same = [event for event in events if event.change is Change.UNCHANGED]
    if same:
        said.append(_same(same))

    ended = [event for event in events if event.change is Change.NO_LONGER_JUDGED]
    said += [f"{wording.area(event.area)} no longer judged" for event in ended]
    return "; ".join(said)


def _same(events: Sequence[Event]) -> str:
    """Return the judgements that are what they were, in as few words as will do."""
    first = events[0]
    count = len(events)
    if count == 1:
        return _judgement(first)

    grades = {event.new for event in events}
    if len(grades) == 1:
        return f"{wording.judgements(count, first.new)} as before"
    if first.area == Area.OVERALL:
        return f"overall {wording.grade(first.new)} and all else as before"
    return f"all {wording.number(count)} judgements as before"


def _visit(event: Event) -> str:
    urgent = _urgent(event)
    room = LONGEST_TITLE - len(urgent)
    return wording.shortened(_what_and_theme(event), room) + urgent


def _what_and_theme(event: Event) -> str:
    """Return "Focused visit on care leavers"."""
    title = items.visit_title(event)
    what, *_ = title.split(", ")
    theme = wording.one_line(event.detail.report.theme or "")
    if theme:
        what += f" on {theme}"
    return what


def _urgent(event: Event) -> str:
    """Return ", two areas for priority action", or nothing."""
    actions = event.detail.report.priority_actions
    if not actions:
        return ""
    areas = wording.counted(len(actions), "area")
    return f", {areas} for priority action"

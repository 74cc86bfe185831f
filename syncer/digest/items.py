"""Folded lines → items to show: all lines of one inspection as one block, one item for everything
else. Pure.

Everything a template may show is put into words here, so that the HTML and the text part cannot
differ in what they say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from syncer.digest import sums, wording
from syncer.digest.context import of_inspection as inspection_context
from syncer.digest.folding import Line
from syncer.digest.message_model import (
    DigestContext,
    Fact,
    GradeBadge,
    GradeLine,
    Item,
    Shown,
    facts_of,
)
from syncer.errors import UnknownCouncil
from syncer.model import (
    Absence,
    Area,
    Change,
    Event,
    EventKind,
    Evidence,
    FileKind,
    Framework,
    FundingFields,
    Grade,
    RecordKind,
    ReportFields,
)
from syncer.records.standing import RANK
from syncer.subscriptions.match import kind_of

COLOURED = ("outstanding", "good", "requires_improvement", "inadequate")
LETTERS = {
    "outstanding": "O",
    "good": "G",
    "requires_improvement": "RI",
    "inadequate": "I",
    "adequate": "A",
    "unknown": "?",
}
ORDER = {str(area): place for place, area in enumerate(Area)}
JUDGEMENT_TABLE = "judgement table"
FEW_COUNCILS = 5  # whoever follows no more than these sees every item that must improve
FIRST_ITEMS = 3
LONGEST_QUOTE = 400
UNRANKED = 9  # sorts behind every grade
NOTHING_BEFORE = (Change.FIRST_JUDGED, Change.JUDGED_APART)


def grade_badge(value: str) -> GradeBadge:
    """Return a grade with its colour's key; whatever has no colour of its own is `none`."""
    key = value if value in COLOURED else "none"
    letter = LETTERS.get(value, "–")
    return GradeBadge(key, wording.grade(value), letter)


def in_order(lines: Iterable[Line]) -> list[Line]:
    """Return the lines of one inspection in a report's order: overall, leadership, help and
    protection, …; what is judged no longer, last."""

    def place(line: Line) -> tuple[bool, int, str]:
        area = line.event.area
        return not _has_grade(line.event), _place_of(area), area

    return sorted(lines, key=place)


def _place_of(area: str) -> int:
    """Return where an area stands in a report; one that is not known, at the end."""
    return ORDER.get(area, len(ORDER))


def inspection(lines: Sequence[Line], context: DigestContext) -> Item:
    """Return one block for all lines of one inspection that are told at once."""
    ordered = in_order(lines)
    events = [line.event for line in ordered]
    event = events[0]
    lead = headline(ordered).event.area

    judged = _with_grades(events)
    placed = replace(
        judged,
        context=_context(event, lead, context),
        notes=(*_taken_for(event, context), *late_note(event)),
        evidence=all_evidence(events, context),
    )
    return _with_what_must_improve(placed, event, context)


def _with_grades(events: Sequence[Event]) -> Item:
    """Return the inspection with its grades: those that are told, and the others of the same
    report."""
    event = events[0]
    title = inspection_title(event)
    grades = tuple(grade_line(each) for each in events)
    said = "; ".join(line.says for line in grades)
    told = {each.area for each in events}
    return Item(
        kind="rating",
        tag=tag_of(event),
        title=title,
        summary=f"{title}: {said}",
        grades=grades,
        others=_others(event, told),
        facts=_inspection_facts(event),
    )


def _with_what_must_improve(item: Item, event: Event, context: DigestContext) -> Item:
    actions = event.detail.inspection.priority_actions
    return replace(
        item,
        actions=actions or (),
        improve=improvements(event, context),
        improve_more=more_improvements(event, context),
    )


def _context(event: Event, lead: str, context: DigestContext) -> tuple[str, ...]:
    if event.kind is EventKind.WITHDRAWN:
        return ()
    return inspection_context(event, _judged(event, lead), context)


def headline(lines: Sequence[Line]) -> Line:
    """Return the line that names an inspection: the overall judgement if there is one, else what
    moved most, worst first (DESIGN §7.8)."""

    overall = [line for line in lines if _is_overall(line.event)]
    return min(overall or lines, key=lambda line: moved(line.event))


def _is_overall(event: Event) -> bool:
    """Return whether an event is of an overall judgement that has a grade."""
    return event.area == Area.OVERALL and _has_grade(event)


def moved(event: Event) -> tuple[int, int, int]:
    """Return a key that sorts judgements by how far they moved, the worst first among equals: falls
    before rises, lower grades before higher."""
    if not _has_grade(event):
        return 1, 0, UNRANKED

    step = _step(event)
    rank = _rank(event.new)
    if rank is None:
        rank = UNRANKED
    return _how_far(event, step), step, rank


def _how_far(event: Event, step: int) -> int:
    """Return a key that sorts first what moved farther and, among equals, what is told as a
    change."""
    is_told = event.change not in (Change.UNCHANGED, Change.NO_LONGER_JUDGED)
    return -abs(step) * 2 - is_told


def _step(event: Event) -> int:
    """Return by how many grades a judgement rose; negative where it fell."""
    if event.change not in (Change.IMPROVED, Change.DECLINED):
        return 0

    old = _rank(event.old)
    new = _rank(event.new)
    if old is None or new is None:
        return 0
    return new - old


def other(line: Line, context: DigestContext) -> Item:
    """Return a visit, money, an intervention or a council's end: one item a line."""
    event = line.event
    title = title_of(event)
    notes = _notes(event, context)
    return Item(
        kind=kind_of(event),
        tag=tag_of(event),
        title=title,
        summary=title,
        facts=_facts(event, context),
        actions=_urgent(event),
        notes=(*notes, *late_note(event)),
        evidence=all_evidence([event], context),
    )


def _urgent(event: Event) -> tuple[str, ...]:
    """Return the areas for priority action that a report names."""
    said = event.detail.fields
    if not isinstance(said, ReportFields):
        return ()
    return said.priority_actions or ()


def title_of(event: Event) -> str:
    """Return what happened, in a line, where it is no inspection."""
    match kind_of(event):
        case "visit":
            return visit_title(event)
        case "intervention":
            return intervention_title(event)
        case "council":
            return council_title(event)
    return sums.title(event)


def _facts(event: Event, context: DigestContext) -> tuple[Fact, ...]:
    match kind_of(event):
        case "visit":
            return _visit_facts(event)
        case "intervention":
            return _intervention_facts(event)
        case "council":
            return ()
    return sums.facts(event, context)


def safe_link(url: str) -> str:
    """Return the address if it is one of the web that can stand in a message as it is, else
    nothing."""
    is_address = re.fullmatch(r"https?://[^\s\"'<>\\]+", url)
    if is_address and url == wording.one_line(url):
        return url
    return ""


def site_of(link: str) -> str:
    """Return the site's name as people say it."""
    host = link.split("/")[2]
    if host == "www.gov.uk":
        return "GOV.UK"
    return host


def council_names(context: DigestContext, slugs: Iterable[str]) -> str:
    """Return "Leeds and Wakefield"; a name that is not a council of the register is shown as it
    stands."""
    return wording.listed([_name(context, slug) for slug in slugs])


def _name(context: DigestContext, slug: str) -> str:
    try:
        return context.register.by_slug(slug).name
    except UnknownCouncil:
        return slug


# -- Ratings ---------------------------------------------------------------------------------------


def _rank(value: str) -> int | None:
    for grade, rank in RANK.items():
        if grade == value:
            return rank
    return None


def _has_grade(event: Event) -> bool:
    return bool(event.new) and event.change is not Change.NO_LONGER_JUDGED


def _judged(event: Event, area: str) -> str:
    """Return the area that context is given for: one that is judged now."""
    if area in ORDER and area != Area.OVERALL:
        return area
    if event.detail.overall_judged is False:
        return Area.LEADERSHIP
    return area


def inspection_title(event: Event) -> str:
    """Return "Inspected 8–19 June 2026, published 3 August 2026"."""
    title = _when_inspected(event)
    if event.kind is EventKind.WITHDRAWN:
        return f"{title}: report withdrawn"
    return title + _published(event)


def _when_inspected(event: Event) -> str:
    said = event.detail.inspection
    first = said.first_day
    if first is None:
        return "Inspection"

    last = said.last_day or first
    return f"Inspected {wording.span(first, last)}"


def _published(event: Event) -> str:
    """Return the end of a title: ", published 3 August 2026"."""
    if event.published is None:
        return ""
    return f", published {wording.day(event.published)}"


def grade_line(event: Event) -> GradeLine:
    """Return one judgement as it is shown: badges, arrow, and the same in words."""
    now = _grade_now(event)
    change = event.change or event.kind
    badges = GradeLine(
        area=_area_name(event.area),
        old=_grade_before(event),
        new=grade_badge(now),
        change=str(change),
        meaning=_meaning(event),
        note=wording.one_line(event.detail.note),
        says="",
    )
    return replace(badges, says=_in_words(badges))


def _area_name(area: str) -> str:
    return wording.capital(wording.area(area))


def _in_words(line: GradeLine) -> str:
    """Return "Leadership: good → inadequate", then what that means, and the note."""
    says = f"{line.area}: {grades_in_words(line)}"
    if line.meaning:
        says += f", {line.meaning}"
    if line.note:
        says += f" ({line.note})"
    return says


def grades_in_words(line: GradeLine) -> str:
    """Return "good → inadequate"; the new grade alone where there was none before."""
    if not line.old:
        return line.new.word
    return f"{line.old[0].word} → {line.new.word}"


def _grade_before(event: Event) -> tuple[GradeBadge, ...]:
    """Return the grade to show before the arrow, if there was one and it was another."""
    if event.change in NOTHING_BEFORE or event.old in ("", event.new):
        return ()
    return (grade_badge(event.old),)


def _grade_now(event: Event) -> str:
    """Return the grade to show after the arrow, or why there is none."""
    if event.new:
        return event.new
    if event.change is Change.NO_LONGER_JUDGED:
        return Absence.NO_LONGER_JUDGED
    return "no grade"


def _meaning(event: Event) -> str:
    was = event.detail.was
    if event.kind is EventKind.CORRECTED and was:
        return f"not {wording.grade(was)}, as we told you"
    if event.kind is EventKind.WITHDRAWN:
        return _what_is_left(event)
    return _change_in_words(event)


def _what_is_left(event: Event) -> str:
    """Return what a grade is that stands since a report was withdrawn."""
    if event.new:
        return "as it was before this report"
    return "there is no earlier grade"


def _change_in_words(event: Event) -> str:
    """Return what a change means; nothing where the grades say it."""
    if event.old == Absence.UNKNOWN:
        return "the report before could not be read"
    if event.change in (None, Change.NO_LONGER_JUDGED):
        return ""
    return wording.CHANGE_WORDS.get(event.change, "")


def _others(event: Event, told: set[str]) -> tuple[GradeLine, ...]:
    """Return the judgements of the same inspection that have no line of their own here (not
    followed, or told before)."""
    if event.kind is EventKind.WITHDRAWN:
        return ()

    lines = []
    grades = event.detail.inspection.grades()
    for area in sorted(grades, key=_place_of):
        if area not in told:
            lines.append(_other_line(event, area, grades[area]))
    return tuple(lines)


def _other_line(event: Event, area: str, value: Grade) -> GradeLine:
    before = event.detail.before.get(area, "")
    badge = GradeLine(
        area=_area_name(area),
        old=(),
        new=grade_badge(value),
        change="other",
        meaning=_was(str(before), value),
        note="",
        says="",
    )
    return replace(badge, says=_in_words(badge))


def _was(old: str, value: str) -> str:
    """Return how a judgement stood before, where it is known."""
    if old == value:
        return "as before"
    if old in COLOURED:
        return f"before: {wording.grade(old)}"
    return ""


def _inspection_facts(event: Event) -> tuple[Fact, ...]:
    inspector = event.detail.inspection.lead_inspector
    return facts_of(
        ("Lead inspector", inspector or ""),
        ("Kind", _kind_of_inspection(event)),
    )


def _kind_of_inspection(event: Event) -> str:
    """Return how long it was, and under which framework."""
    said = event.detail.inspection
    kinds = []
    if said.length:
        kinds.append(f"{said.length} inspection")
    if said.framework:
        kinds.append(_framework_in_words(said.framework))
    return ", ".join(kinds)


def _framework_in_words(framework: Framework) -> str:
    return wording.FRAMEWORK_WORDS.get(framework, framework)


# -- Visits, money, interventions, councils --------------------------------------------------------


def visit_title(event: Event) -> str:
    """Return "Focused visit, 9–10 July 2024, published 1 August 2024"."""
    said = event.detail.report
    kind = wording.VISIT_WORDS.get(said.kind or "", "Visit")
    if event.kind is EventKind.WITHDRAWN:
        return f"{kind}: report withdrawn"
    return kind + _days_of(said) + _published(event)


def _days_of(said: ReportFields) -> str:
    """Return the middle of a title: ", 9–10 July 2024"."""
    days = [day for day in (said.first_day, said.last_day) if day]
    if not days:
        return ""
    return f", {wording.span(days[0], days[-1])}"


def _visit_facts(event: Event) -> tuple[Fact, ...]:
    said = event.detail.report
    return facts_of(
        ("Theme", said.theme or ""),
        ("Outcome", _plain(said.send_outcome or "")),
        ("Lead inspector", said.lead_inspector or ""),
    )


def intervention_title(event: Event) -> str:
    """Return "Improvement notice issued" or "Direction issued → lifted"."""
    what = _what_it_is(event)
    if event.kind is EventKind.WITHDRAWN:
        return f"{what} page withdrawn"
    return f"{what} {_state(event)}".rstrip()


def _what_it_is(event: Event) -> str:
    """Return the kind of an intervention: "Improvement notice"."""
    name = event.detail.intervention.what or "Intervention"
    return wording.capital(_plain(name))


def _state(event: Event) -> str:
    """Return "issued → lifted"; the state alone where there was none before."""
    state = event.new or event.detail.intervention.state or ""
    if event.old and event.new:
        return f"{_plain(event.old)} → {_plain(state)}"
    return _plain(state)


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _intervention_facts(event: Event) -> tuple[Fact, ...]:
    service = event.detail.intervention.service or ""
    issued = event.effective or event.published
    day = wording.day(issued) if issued else ""
    return facts_of(
        ("Service", _plain(service)),
        ("Issued", day),
    )


def council_title(event: Event) -> str:
    """Return what happened to the council, as the event says it."""
    note = wording.one_line(event.detail.note)
    if note:
        return note

    ends = [name for name in (event.old, event.new) if name]
    return " → ".join(ends) or "The council changes"


# -- What all have in common -----------------------------------------------------------------------


def tag_of(event: Event) -> str:
    """Return what is special about a line: a correction, a withdrawal, late news."""
    if event.kind is EventKind.CORRECTED:
        return "Correction"
    if event.kind is EventKind.WITHDRAWN:
        return "Withdrawn"
    return "Told late" if event.late else ""


def late_note(event: Event) -> tuple[str, ...]:
    """Return why a line is told late; nothing where it is not."""
    if not event.late or event.kind is not EventKind.ADDED:
        return ()
    return (_why_late(event),)


def _why_late(event: Event) -> str:
    read = wording.moment(event.noticed_at)
    said = f"we could not read it, or read it wrongly, before {read}."
    if event.published is None:
        return wording.capital(said)

    day = wording.day(event.published)
    return f"It was published on {day}; {said}"


def _taken_for(event: Event, context: DigestContext) -> tuple[str, ...]:
    """Return whose report it is, for those who were told of the wrong council (DESIGN §6.2);
    nothing where no council was wrong."""
    if event.kind is not EventKind.CORRECTED or not event.detail.was_councils:
        return ()

    wrong = council_names(context, event.detail.was_councils)
    right = council_names(context, event.councils)
    return (f"We took this report for one about {wrong}; it is about {right}.",)


def _notes(event: Event, context: DigestContext) -> tuple[str, ...]:
    notes = (
        _one_sum(event, context),
        _whom_it_helps(event, context),
        _no_grades(event),
    )
    return tuple(note for note in notes if note)


def _one_sum(event: Event, context: DigestContext) -> str:
    """Return the sentence that a joint sum is one sum; nothing where it is not joint."""
    is_joint = len(event.councils) > 1
    if not is_joint or event.record is RecordKind.COUNCIL:
        return ""

    givers = council_names(context, event.councils)
    return f"One sum for {givers} together; how it is shared is not stated."


def _whom_it_helps(event: Event, context: DigestContext) -> str:
    """Return who is helped with money that goes to others; nothing where nobody is."""
    said = event.detail.fields
    if not isinstance(said, FundingFields) or not said.helped:
        return ""
    return _for_helping(said.helped, event.councils, context)


def _for_helping(helped: Sequence[str], givers: Sequence[str], context: DigestContext) -> str:
    whom = council_names(context, helped)
    who = council_names(context, givers)
    return f"For helping {whom}: the money, if any, goes to {who}."


def _no_grades(event: Event) -> str:
    """Return the sentence that a visit leaves the grades as they are; a SEND inspection has an
    outcome instead."""
    if kind_of(event) != "visit" or event.detail.report.kind is FileKind.SEND:
        return ""
    return "A visit gives no grades: how the council stands has not changed."


def all_evidence(events: Sequence[Event], context: DigestContext) -> tuple[Shown, ...]:
    """Return each sentence that was read, once, and where to look: at the report and at the page
    that lists it. A row of a judgement table says nothing that the grades do not say."""
    event = events[0]
    found = _with_a_quote(events)
    quotes = _quotes(found) if found else _quote_of_record(event)
    return (*quotes, *_links(event, found, context))


def _links(event: Event, found: Iterable[Evidence], context: DigestContext) -> tuple[Shown, ...]:
    """Return where to look: at the report, on the pages of what was found there, and at the page
    that lists it."""
    pages = {evidence.page for evidence in found if evidence.page}
    report = _report_link(event, pages, context)
    return (*report, _page_link(event, context), *_change_link(event, context))


def _change_link(event: Event, context: DigestContext) -> tuple[Shown, ...]:
    """Return the link to the lasting page of a change, where there is a site that has one: it says
    what came before, and what becomes of it."""
    if not context.site or not event.id:
        return ()
    link = f"{context.site.rstrip('/')}/changes/{event.id}"
    return (link_to(link, "This change on the site"),)


def _with_a_quote(events: Iterable[Event]) -> list[Evidence]:
    found = []
    for event in events:
        evidence = event.evidence
        if evidence and evidence.quote:
            found.append(evidence)
    return found


def _quotes(found: Iterable[Evidence]) -> list[Shown]:
    shown = []
    for evidence in dict.fromkeys(found):
        if evidence.cell != JUDGEMENT_TABLE:
            shown.append(_quote(evidence.quote, evidence.page, evidence.cell))

    return shown


def table_row(event: Event) -> tuple[Shown, ...]:
    """Return the row of a judgement table that a change was read from, as printed; nothing where it
    was read elsewhere."""
    evidence = event.evidence
    if evidence is None or evidence.cell != JUDGEMENT_TABLE or not evidence.quote:
        return ()
    return (_quote(evidence.quote, evidence.page, evidence.cell),)


def _quote_of_record(event: Event) -> list[Shown]:
    said = event.detail.fields
    if isinstance(said, FundingFields) and said.quote:
        return [_quote(said.quote, None, "")]
    return []


def _quote(quote: str, page: int | None, cell: str) -> Shown:
    words = wording.shortened(quote, LONGEST_QUOTE)
    where = _where_quoted(page, cell)
    return Shown(
        quote=words,
        where=where,
        link="",
        link_text="",
        read="",
    )


def _where_quoted(page: int | None, cell: str) -> str:
    """Return "page 2, cell C5", as far as that is known."""
    on_page = f"page {page}" if page else ""
    known = [part for part in (on_page, cell) if part]
    return ", ".join(known)


def _report_link(event: Event, pages: set[int], context: DigestContext) -> tuple[Shown, ...]:
    """Return the link to the report itself. The file may move; the page that lists it stays (DESIGN
    §9)."""
    link = report_address(event, context)
    if not link:
        return ()
    text = f"Report, page {min(pages)}" if pages else "Report"
    return (link_to(link, text),)


def link_to(link: str, text: str) -> Shown:
    """Return evidence that is an address to look at, and no quote."""
    return Shown(
        quote="",
        where="",
        link=link,
        link_text=text,
        read="",
    )


def report_address(event: Event, context: DigestContext) -> str:
    """Return the address of the report, if the event rests on one and it is of the web."""
    said = event.detail.fields
    address = _known_address(event, context)
    if address is None and isinstance(said, ReportFields):
        address = said.report_url
    return safe_link(address or "")


def _known_address(event: Event, context: DigestContext) -> str | None:
    """Return the address of the report as the event's inspection has it."""
    known = context.inspections.get(event.record_id)
    if known is None:
        return None
    return known.report_url


def _page_link(event: Event, context: DigestContext) -> Shown:
    link = safe_link(event.url)
    if not link:
        return link_to("", "")
    return link_to(link, _name_of_page(event, link, context))


def _name_of_page(event: Event, link: str, context: DigestContext) -> str:
    """Return how the page of an event is called in a message."""
    if event.record not in (RecordKind.INSPECTION, RecordKind.VISIT):
        return f"The page on {site_of(link)}"

    names = council_names(context, event.councils)
    return f"{names} on Ofsted’s site"


# -- What must improve -----------------------------------------------------------------------------


def _asked_for(event: Event, context: DigestContext) -> tuple[str, ...]:
    known = context.inspections.get(event.record_id)
    if known is None or event.kind is EventKind.WITHDRAWN:
        return ()
    return tuple(text for _, text in known.improvements())


def follows_few(context: DigestContext) -> bool:
    """Return whether the reader follows so few councils that each is shown in full."""
    return 0 < len(context.followed) <= FEW_COUNCILS


def improvements(event: Event, context: DigestContext) -> tuple[str, ...]:
    """Return the whole list for those who follow few councils, else its first items."""
    asked = _asked_for(event, context)
    if follows_few(context):
        return asked
    return asked[:FIRST_ITEMS]


def more_improvements(event: Event, context: DigestContext) -> str:
    """Return how many items are left out, in words; nothing where none is."""
    asked = _asked_for(event, context)
    shown = improvements(event, context)
    more = len(asked) - len(shown)
    if not more:
        return ""
    return f"and {wording.number(more)} more in the report"

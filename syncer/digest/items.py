"""Folded lines → items to show: all lines of one inspection as one block, one item for everything
else. Pure.

Everything a template may show is put into words here, so that the HTML and the text part cannot
differ in what they say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial

from syncer.digest import wording
from syncer.digest.context import of_inspection as inspection_context
from syncer.digest.folding import Line
from syncer.digest.message_model import DigestContext, Fact, GradeBadge, GradeLine, Item, Shown
from syncer.errors import UnknownCouncil
from syncer.model import (
    Absence,
    Area,
    Change,
    Event,
    EventKind,
    FileKind,
    FundingFields,
    RecordKind,
    ReportFields,
)
from syncer.records.standing import RANK
from syncer.subscriptions.match import amounts, kind_of

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
NOTHING_BEFORE = (Change.FIRST_JUDGED, Change.JUDGED_APART)


def grade_badge(value: str) -> GradeBadge:
    """A grade with its colour's key; whatever has no colour of its own is `none`."""
    return GradeBadge(
        value if value in COLOURED else "none", wording.grade(value), LETTERS.get(value, "–")
    )


def in_order(lines: Iterable[Line]) -> list[Line]:
    """The lines of one inspection as a report has them: overall, leadership, help and protection,
    …; what is judged no longer, last."""
    return sorted(
        lines,
        key=lambda line: (
            not _has_grade(line.event),
            ORDER.get(line.event.area, len(ORDER)),
            line.event.area,
        ),
    )


def inspection(lines: Sequence[Line], context: DigestContext) -> Item:
    """One block for all lines of one inspection that are told at once."""
    ordered = in_order(lines)
    event = ordered[0].event
    grades = tuple(grade_line(line.event) for line in ordered)
    lead = headline(ordered).event.area
    return Item(
        kind="rating",
        tag=_tag(event),
        title=_title(event),
        summary=f"{_title(event)}: " + "; ".join(line.says for line in grades),
        grades=grades,
        others=_others(event, {line.event.area for line in ordered}),
        facts=_inspection_facts(event),
        actions=event.detail.inspection.priority_actions or (),
        improve=_improve(event, context),
        improve_more=_improve_more(event, context),
        notes=(*_taken_for(event, context), *_late(event, context)),
        context=()
        if event.kind is EventKind.WITHDRAWN
        else inspection_context(event, _judged(event, lead), context),
        evidence=all_evidence([line.event for line in ordered], context),
    )


def headline(lines: Sequence[Line]) -> Line:
    """The line that names an inspection: the overall judgement if there is one, else what moved
    most, worst first (DESIGN §7.8)."""
    return min(
        lines,
        key=lambda line: (
            line.event.area != Area.OVERALL or not _has_grade(line.event),
            *moved(line.event),
        ),
    )


def moved(event: Event) -> tuple[int, int, int]:
    """Sorts judgements by how far they moved, the worst first among equals: falls before rises,
    lower grades before higher."""
    old, new = (_rank(value) for value in (event.old, event.new))
    step = (
        new - old
        if new is not None
        and old is not None
        and event.change in (Change.IMPROVED, Change.DECLINED)
        else 0
    )
    told = event.change not in (Change.UNCHANGED, Change.NO_LONGER_JUDGED)
    return (
        (-abs(step) * 2 - told, step, new if new is not None else 9)
        if _has_grade(event)
        else (1, 0, 9)
    )


def other(line: Line, context: DigestContext) -> Item:
    """A visit, money, an intervention or a council's end: one item a line."""
    event = line.event
    title = {
        "visit": visit_title,
        "intervention": intervention_title,
        "council": council_title,
    }.get(kind_of(event), money_title)(event)
    facts = {"visit": _visit_facts, "intervention": _intervention_facts, "council": _no_facts}.get(
        kind_of(event), _money_facts
    )(event)
    said = event.detail.fields
    actions = said.priority_actions if isinstance(said, ReportFields) else None
    return Item(
        kind=kind_of(event),
        tag=_tag(event),
        title=title,
        summary=title,
        facts=facts,
        actions=actions or (),
        notes=(*_notes(event, context), *_late(event, context)),
        evidence=all_evidence([event], context),
    )


def safe_link(url: str) -> str:
    """The address if it is one of the web that can stand in a message as it is, else nothing."""
    return (
        url if re.fullmatch(r"https?://[^\s\"'<>\\]+", url) and url == wording.one_line(url) else ""
    )


def council_names(context: DigestContext, slugs: Iterable[str]) -> str:
    """ "Leeds and Wakefield"; a name that is not a council of the register is shown as it
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
    """The area that context is given for: one that is judged now."""
    if area in ORDER and area != Area.OVERALL:
        return area
    return Area.LEADERSHIP if event.detail.overall_judged is False else area


def _title(event: Event) -> str:
    said = event.detail.inspection
    first = said.first_day

    title = "Inspection"
    if first:
        title = f"Inspected {wording.span(first, said.last_day or first)}"

    if event.kind is EventKind.WITHDRAWN:
        return f"{title}: report withdrawn"
    if event.published:
        return f"{title}, published {wording.day(event.published)}"
    return title


def grade_line(event: Event) -> GradeLine:
    """One judgement as it is shown: badges, arrow, and the same in words."""
    area = wording.capital(wording.area(event.area))
    change = event.change
    old = _grade_before(event)
    new = grade_badge(_grade_now(event))
    meaning = _meaning(event)
    note = wording.one_line(event.detail.note)

    says = f"{area}: {new.word}"
    if old:
        says = f"{area}: {old[0].word} → {new.word}"
    if meaning:
        says += f", {meaning}"
    if note:
        says += f" ({note})"

    return GradeLine(
        area=area,
        old=old,
        new=new,
        change=str(change or event.kind),
        meaning=meaning,
        note=note,
        says=says,
    )


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
    if event.kind is EventKind.CORRECTED and event.detail.was:
        return f"not {wording.grade(event.detail.was)}, as we told you"
    if event.kind is EventKind.WITHDRAWN:
        return "as it was before this report" if event.new else "there is no earlier grade"
    if event.old == Absence.UNKNOWN:
        return "the report before could not be read"
    if event.change is Change.NO_LONGER_JUDGED:
        return ""
    return wording.CHANGE_WORDS.get(event.change, "") if event.change else ""


def _others(event: Event, told: set[str]) -> tuple[GradeLine, ...]:
    """The judgements of the same inspection that have no line of their own here (not followed, or
    told before)."""
    found = []
    before = event.detail.before
    for area, value in sorted(
        event.detail.inspection.grades().items(),
        key=lambda pair: ORDER.get(pair[0], len(ORDER)),
    ):
        if area not in told and event.kind is not EventKind.WITHDRAWN:
            old = str(before.get(area, ""))
            was = (
                "as before"
                if old == value
                else f"before: {wording.grade(old)}"
                if old in COLOURED
                else ""
            )
            says = f"{wording.capital(wording.area(area))}: {wording.grade(value)}" + (
                f", {was}" if was else ""
            )
            found.append(
                GradeLine(
                    wording.capital(wording.area(area)),
                    (),
                    grade_badge(value),
                    "other",
                    was,
                    "",
                    says,
                )
            )
    return tuple(found)


def _inspection_facts(event: Event) -> tuple[Fact, ...]:
    said = event.detail.inspection
    length = f"{said.length} inspection" if said.length else ""
    framework = said.framework or ""
    framework = wording.FRAMEWORK_WORDS.get(framework, framework)
    return _facts(
        ("Lead inspector", said.lead_inspector or ""),
        ("Kind", ", ".join(filter(None, (length, framework)))),
    )


# -- Visits, money, interventions, councils --------------------------------------------------------


def visit_title(event: Event) -> str:
    """ "Focused visit, 9–10 July 2024, published 1 August 2024"."""
    said = event.detail.report
    kind = wording.VISIT_WORDS.get(said.kind or "", "Visit")
    if event.kind is EventKind.WITHDRAWN:
        return f"{kind}: report withdrawn"

    title = kind
    days = [day for day in (said.first_day, said.last_day) if day]
    if days:
        title += f", {wording.span(days[0], days[-1])}"
    if event.published:
        title += f", published {wording.day(event.published)}"
    return title


def _visit_facts(event: Event) -> tuple[Fact, ...]:
    said = event.detail.report
    return _facts(
        ("Theme", said.theme or ""),
        ("Outcome", (said.send_outcome or "").replace("_", " ")),
        ("Lead inspector", said.lead_inspector or ""),
    )


def money_title(event: Event) -> str:
    """What was given, from what to what: "Partners in Practice: £9.6m, awarded"."""
    said = event.detail.funding
    unnamed = "Payment" if kind_of(event) == "payment" else "Funding"
    programme = wording.one_line(said.programme or "") or unnamed
    now = amount_words(event)
    if event.kind is EventKind.WITHDRAWN:
        return f"{programme}: withdrawn ({now})"
    if event.area == "confirmed":
        return f"{programme}: {now}, confirmed by {said.funder or 'the funder'}"
    if event.kind is not EventKind.ADDED and event.area not in ("amount", ""):
        return (
            f"{programme}: {event.area} {event.old or 'not stated'} → {event.new or 'not stated'}"
        )
    if event.kind is not EventKind.ADDED and event.old:
        return f"{programme}: {_pounds(event.old)} → {now}"
    usual = "paid" if kind_of(event) == "payment" else "awarded"
    word = (
        "taken back" if now.startswith("−") else wording.FUNDING_WORDS.get(said.kind or "", usual)
    )
    return f"{programme}: {now}, {word}"


def amount_words(event: Event) -> str:
    """The amount with its qualifier, as printed; or that none is stated."""
    figures = amounts(event)
    if not figures:
        return "amount not stated"
    said = event.detail.funding
    if said.amount != figures[-1]:
        return wording.pounds(figures[-1])
    return wording.money(figures[-1], said.qualifier or "", said.amount_text or "")


def _pounds(value: str) -> str:
    is_number = value.removeprefix("-").isdecimal()
    return wording.pounds(int(value)) if is_number else value


def _money_facts(event: Event) -> tuple[Fact, ...]:
    """What the title does not say: programme and amount stand there, the amount only where it is
    what is told."""
    said = event.detail.funding
    kinds = (("capital", said.capital), ("ring-fenced", said.ring_fenced))
    kind = wording.listed([word for word, holds in kinds if holds])
    announced = wording.day(event.published) if event.published else ""
    amount = amount_words(event) if event.area not in ("amount", "confirmed", "") else ""
    return _facts(
        ("Amount", amount),
        ("Funder", said.funder or ""),
        ("Period", said.period or ""),
        ("Determination", said.determination or ""),
        ("Status", said.status or ""),
        ("Kind", kind),
        ("Announced", announced),
    )


def intervention_title(event: Event) -> str:
    """ "Improvement notice issued", "Direction issued → lifted"."""
    said = event.detail.intervention
    what = wording.capital((said.what or "Intervention").replace("_", " "))
    state = (event.new or said.state or "").replace("_", " ")
    if event.kind is EventKind.WITHDRAWN:
        state = "page withdrawn"
    return " ".join(
        filter(
            None,
            (
                what,
                f"{event.old.replace('_', ' ')} → {state}" if event.old and event.new else state,
            ),
        )
    )


def _intervention_facts(event: Event) -> tuple[Fact, ...]:
    issued = event.effective or event.published
    service = (event.detail.intervention.service or "").replace("_", " ")
    return _facts(("Service", service), ("Issued", wording.day(issued) if issued else ""))


def council_title(event: Event) -> str:
    """What happened to the council, as the event says it."""
    return (
        wording.one_line(event.detail.note)
        or " → ".join(filter(None, (event.old, event.new)))
        or "The council changes"
    )


def _no_facts(event: Event) -> tuple[Fact, ...]:
    return ()


# -- What all have in common -----------------------------------------------------------------------


def _facts(*pairs: tuple[str, str]) -> tuple[Fact, ...]:
    found = []
    for label, value in pairs:
        if value:
            found.append(Fact(label, wording.one_line(value)))
    return tuple(found)


def _tag(event: Event) -> str:
    if event.kind is EventKind.CORRECTED:
        return "Correction"
    if event.kind is EventKind.WITHDRAWN:
        return "Withdrawn"
    return "Told late" if event.late else ""


def _late(event: Event, context: DigestContext) -> tuple[str, ...]:
    if not event.late or event.kind is not EventKind.ADDED:
        return ()

    read = wording.moment(event.noticed_at)
    said = f"we could not read it, or not rightly, before {read}."
    if event.published:
        said = f"It was published on {wording.day(event.published)}; {said}"
    return (wording.capital(said),)


def _taken_for(event: Event, context: DigestContext) -> tuple[str, ...]:
    """Rule §6.2, the wrong council: who was told has to be told whose report it is."""
    wrong = event.detail.was_councils
    if not wrong or event.kind is not EventKind.CORRECTED:
        return ()
    right = council_names(context, event.councils)
    return (
        f"We took this report for one about {council_names(context, wrong)}; it is about {right}.",
    )


def _notes(event: Event, context: DigestContext) -> tuple[str, ...]:
    names = partial(council_names, context)
    notes = []
    if len(event.councils) > 1 and event.record is not RecordKind.COUNCIL:
        notes.append(f"One sum for {names(event.councils)} together; how it is shared is not said.")
    said = event.detail.fields
    if isinstance(said, FundingFields) and (helped := said.helped):
        notes.append(
            f"For helping {names(helped)}: the money, if any, goes to {names(event.councils)}."
        )
    if kind_of(event) == "visit" and event.detail.report.kind is not FileKind.SEND:
        notes.append("A visit gives no grades: how the council stands has not changed.")
    return tuple(notes)


def all_evidence(events: Sequence[Event], context: DigestContext) -> tuple[Shown, ...]:
    """Return each sentence that was read, once, and where to look: at the report and at the page
    that lists it. A row of a judgement table says nothing that the grades do not say."""
    event = events[0]
    found = [e.evidence for e in events if e.evidence and e.evidence.quote]
    shown = []

    for evidence in dict.fromkeys(found):
        if evidence.cell != JUDGEMENT_TABLE:
            shown.append(_quote(evidence.quote, evidence.page, evidence.cell))

    said = event.detail.fields
    if not found and isinstance(said, FundingFields) and said.quote:
        shown.append(_quote(said.quote, None, ""))

    pages = {evidence.page for evidence in found if evidence.page}
    report = _report_link(event, pages, context)
    return (*shown, *report, _page_link(event, context))


def _quote(quote: str, page: int | None, cell: str) -> Shown:
    where = ", ".join(filter(None, (f"page {page}" if page else "", cell)))
    return Shown(wording.shortened(quote, 400), where, "", "", "")


def _report_link(event: Event, pages: set[int], context: DigestContext) -> tuple[Shown, ...]:
    """The report itself. The file may move; the page that lists it stays (DESIGN §9)."""
    known = context.inspections.get(event.record_id)
    said = event.detail.fields
    address = known.report_url if known else None
    if address is None and isinstance(said, ReportFields):
        address = said.report_url
    link = safe_link(address or "")
    text = f"Report, page {min(pages)}" if pages else "Report"
    return (Shown("", "", link, text, ""),) if link else ()


def _page_link(event: Event, context: DigestContext) -> Shown:
    link = safe_link(event.url)
    if not link:
        return Shown("", "", "", "", "")

    if event.record in (RecordKind.INSPECTION, RecordKind.VISIT):
        text = f"{council_names(context, event.councils)} on Ofsted’s site"
    else:
        host = link.split("/")[2]
        text = f"The page on {host}"
    return Shown("", "", link, text, "")


# -- What must improve -----------------------------------------------------------------------------


def _asked_for(event: Event, context: DigestContext) -> tuple[str, ...]:
    known = context.inspections.get(event.record_id)
    if known is None or event.kind is EventKind.WITHDRAWN:
        return ()
    return tuple(text for _, text in known.improvements())


def _shown_in_full(context: DigestContext) -> bool:
    return 0 < len(context.followed) <= FEW_COUNCILS


def _improve(event: Event, context: DigestContext) -> tuple[str, ...]:
    """The whole list for those who follow few councils, else its first items."""
    asked = _asked_for(event, context)
    return asked if _shown_in_full(context) else asked[:FIRST_ITEMS]


def _improve_more(event: Event, context: DigestContext) -> str:
    more = len(_asked_for(event, context)) - len(_improve(event, context))
    return f"and {wording.number(more)} more in the report" if more else ""

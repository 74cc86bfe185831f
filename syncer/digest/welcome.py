"""The first message: what its reader follows, what will come and when, how it stands, and how to
change or stop it. Pure.

What nobody asked for is not in it: a reader of money is shown money, and no grades.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from syncer.digest import about, items, sums, wording
from syncer.digest.context import counted_as
from syncer.digest.items import grade_badge
from syncer.digest.message_model import (
    AreaCount,
    Digest,
    DigestContext,
    GradeBadge,
    LinkedLine,
    MailKind,
    Row,
    Section,
)
from syncer.digest.weight import ENDED
from syncer.model import (
    Absence,
    Area,
    Frequency,
    Grade,
    Record,
    RecordKind,
    Standing,
    Subscriber,
    Subscription,
)
from syncer.subscriptions.match import could_want, describe, follows

COLUMNS = (Area.OVERALL, Area.LEADERSHIP, Area.HELP, Area.CARE, Area.CARE_LEAVERS)
SHORT_COLUMNS = ("All", "Lead", "Help", "Care", "Leav")
LEGEND = (
    "The gravest first. All: overall; Lead: leadership; Help: help and protection; Care: children "
    "in care; Leav: care leavers. O: outstanding; G: good; RI: requires improvement; I: "
    "inadequate; C: judged with children in care; –: no grade; ?: not known."
)
NOT_KNOWN = "not known"
WITH_CARE = "with children in care"
MOST_BLOCKS = 3  # of so many councils each has a block of its own; more stand in a grid
MOST_SUMS = 8
NONE_KNOWN = "None that we know of."
MONEY_SINCE = dt.timedelta(days=365)

WHAT_COMES = (
    (
        RecordKind.INSPECTION,
        "a new inspection report: each grade before and after, and what needs to improve",
    ),
    (RecordKind.VISIT, "the report on a visit between inspections"),
    (
        RecordKind.INTERVENTION,
        "an improvement notice or a direction that is issued, changed or lifted",
    ),
    (RecordKind.AWARD, "money that is announced, or whose sum changes"),
    (RecordKind.PAYMENT, "payments, as they are published"),
    (RecordKind.COUNCIL, "a council that ends or begins"),
)

WORST_FIRST = (Grade.INADEQUATE, Grade.REQUIRES_IMPROVEMENT, Grade.GOOD, Grade.OUTSTANDING)

WHY = "You get this because you asked, or agreed, to be told what changes."
NOTES = {
    WITH_CARE: (
        "With children in care: inspections before 2023 judged care leavers together with "
        "children in care."
    ),
    "no longer judged": (
        "No longer judged: inspections that start on or after 1 April 2026 have no overall "
        "judgement."
    ),
    NOT_KNOWN: "Not known: the page that lists this council's reports has not been read.",
    "not yet read": (
        "Not yet read: a newer report is published, and we have not been able to read it."
    ),
}


def welcome(subscriber: Subscriber, context: DigestContext) -> Digest:
    """Return how things stand for what is followed (all councils that are open now, if none is
    named), and what will be told."""
    rated = _rated(subscriber, context)
    rows = _rows(rated, context)
    subject = f"Welcome: {_what_stands(subscriber, context, rows)}"
    return Digest(
        kind=MailKind.WELCOME,
        subject=subject,
        heading="Welcome",
        preheader="What you follow, what will come, and how it stands now.",
        opening=(_followed(subscriber, context), _what_comes(subscriber)),
        columns=tuple(wording.capital(wording.area(area)) for area in COLUMNS),
        short_columns=SHORT_COLUMNS,
        legend=LEGEND,
        counts=_counts(rated, context) if len(rows) > MOST_BLOCKS else (),
        rows=rows,
        closing=(
            *_interventions(subscriber, context),
            *_money(subscriber, context),
            _to_change(context),
        ),
        notes=_notes(rows),
        sources=about.sources(context.freshness),
        about=(WHY, *about.run_by(context)),
    )


# -- What is followed, and what comes --------------------------------------------------------------


def _asking(subscriber: Subscriber, kind: RecordKind) -> list[Subscription]:
    """The subscriptions that could be told of such a record."""
    return [each for each in subscriber.subscriptions if could_want(each, kind)]


def _places(subscriber: Subscriber, kind: RecordKind, context: DigestContext) -> tuple[str, ...]:
    """The councils for which such records are followed; all that are open now, where none is
    named."""
    everywhere = tuple(council.slug for council in context.register.open_on(context.now.date()))
    asking = _asking(subscriber, kind)
    found = []
    for slug in context.followed or everywhere:
        if any(follows(each, [slug], context.register) for each in asking):
            found.append(slug)
    return tuple(found)


def _rated(subscriber: Subscriber, context: DigestContext) -> tuple[str, ...]:
    return _places(subscriber, RecordKind.INSPECTION, context)


def _what_stands(subscriber: Subscriber, context: DigestContext, rows: Sequence[Row]) -> str:
    """What the subject says after "Welcome": the gravest kind of thing that is followed."""
    if rows:
        verb = "stands" if len(rows) == 1 else "stand"
        return f"how {_whom([row.council for row in rows])} {verb}"

    for kind, what in (
        (RecordKind.INTERVENTION, "interventions"),
        (RecordKind.AWARD, "money"),
        (RecordKind.VISIT, "visits"),
        (RecordKind.PAYMENT, "payments"),
    ):
        slugs = _places(subscriber, kind, context)
        if slugs:
            names = [items.council_names(context, [slug]) for slug in slugs]
            return f"{what} for {_whom(names)}"
    return "what you will be told"


def _whom(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else wording.counted(len(names), "council")


def _followed(subscriber: Subscriber, context: DigestContext) -> Section:
    lines = [
        LinkedLine(f"{describe(subscription, context.register)}.")
        for subscription in subscriber.subscriptions
    ]
    return Section("What you follow", tuple(lines))


def _what_comes(subscriber: Subscriber) -> Section:
    lines = []
    for kind, what in WHAT_COMES:
        if _asking(subscriber, kind):
            lines.append(LinkedLine(f"{wording.capital(what)}."))

    note = f"{_when(subscriber.subscriptions)} {_silence(subscriber)}"
    return Section("What will come, and when", tuple(lines), note.strip())


def _to_change(context: DigestContext) -> Section:
    lines = (LinkedLine(about.how_to_change(context)), LinkedLine(context.unsubscribe))
    return Section("To change, pause or stop", lines)


def _when(subscriptions: Iterable[Subscription]) -> str:
    """ "You are told soon after it is published; the rest on Mondays at 07:00." """
    times = dict.fromkeys(_time(subscription) for subscription in subscriptions)
    said = wording.listed(list(times))
    return f"You are told {said}, and only where there is something to tell."


def _time(subscription: Subscription) -> str:
    hour = f"{subscription.hour:02}:00"
    match subscription.frequency:
        case Frequency.DAILY:
            return f"daily at {hour}"
        case Frequency.WEEKLY:
            return f"on {subscription.weekday.capitalize()}s at {hour}"
    return "soon after we have read it"


def _silence(subscriber: Subscriber) -> str:
    pauses = {"monthly": "a month", "weekly": "a week"}
    pause = pauses.get(subscriber.all_quiet)
    if pause is None:
        return ""
    return f"After {pause} without news a short “all quiet” says what was read."


# -- How it stands ---------------------------------------------------------------------------------


def _rows(slugs: Iterable[str], context: DigestContext) -> tuple[Row, ...]:
    """One row a council, the gravest first."""
    ordered = sorted(slugs, key=lambda slug: _gravity(slug, context))
    return tuple(_row(slug, context) for slug in ordered)


def _gravity(slug: str, context: DigestContext) -> tuple[int, tuple[int, ...], str]:
    """Sorts councils: by the overall judgement or, where there is none any more, the worst of the
    others; then by how many judgements have each grade."""
    held = context.standings.get(slug, {})
    values = [held[area].value for area in COLUMNS if area in held]
    overall = values[0] if values else Absence.UNKNOWN
    counts = tuple(-values.count(grade) for grade in WORST_FIRST)

    worst = len(WORST_FIRST)
    for place, grade in enumerate(WORST_FIRST):
        if grade == overall or (overall not in WORST_FIRST and grade in values):
            worst = place
            break
    name = items.council_names(context, [slug])
    return worst, counts, name


def _row(slug: str, context: DigestContext) -> Row:
    held = context.standings.get(slug, {})
    chips = []
    for area in COLUMNS:
        chips.append(_standing_badge(held.get(area, Standing(area, Absence.UNKNOWN))))

    inspected, when = _inspected(slug, context)
    latest = context.latest.get(slug)
    return Row(
        items.council_names(context, [slug]),
        inspected,
        tuple(chips),
        when,
        items.safe_link(latest.url) if latest else "",
        items.safe_link(latest.inspection.report_url or "") if latest else "",
    )


def _inspected(slug: str, context: DigestContext) -> tuple[str, str]:
    """When a council was inspected last, for a cell and in words. That there was no inspection is a
    finding only where the council's page was read, and lists none."""
    days = context.inspected.get(slug, ())
    if days:
        return f"{max(days):%b %Y}", f"last inspected in {max(days):%B %Y}"

    found = list(context.standings.get(slug, {}).values())
    if not found or any(standing.value is Absence.UNKNOWN for standing in found):
        return NOT_KNOWN, "inspections not known"
    return "not yet", "not inspected yet"


def _standing_badge(standing: Standing) -> GradeBadge:
    if standing.value is Absence.JUDGED_TOGETHER:
        return GradeBadge("none", WITH_CARE, "C")
    if standing.value is Absence.UNKNOWN and not standing.inspection:
        return GradeBadge("none", NOT_KNOWN, "?")
    return grade_badge(str(standing.value))


def _counts(slugs: Sequence[str], context: DigestContext) -> tuple[AreaCount, ...]:
    """How many councils have which grade, area by area."""
    found = []
    for area in COLUMNS:
        badges: Counter[GradeBadge] = Counter()
        for slug in slugs:
            standing = context.standings.get(slug, {}).get(area)
            badges[_counted_badge(standing)] += 1
        found.append(_area_count(area, badges))
    return tuple(found)


def _counted_badge(standing: Standing | None) -> GradeBadge:
    if standing is None or (standing.value is Absence.UNKNOWN and not standing.inspection):
        return GradeBadge("none", NOT_KNOWN)
    if isinstance(standing.value, Grade):
        return grade_badge(standing.value)
    return GradeBadge("none", counted_as(standing))


def _area_count(area: Area, badges: Counter[GradeBadge]) -> AreaCount:
    """The worst grade first, and whatever is no grade last."""
    order = [str(grade) for grade in WORST_FIRST]
    ordered = sorted(
        badges,
        key=lambda badge: (
            order.index(badge.key) if badge.key in order else len(order),
            badge.word,
        ),
    )
    name = wording.capital(wording.area(area))
    chips = [GradeBadge(badge.key, f"{badges[badge]} {badge.word}") for badge in ordered]
    says = ", ".join(chip.word for chip in chips)
    return AreaCount(name, tuple(chips), f"{name}: {says}")


def _notes(rows: Sequence[Row]) -> tuple[str, ...]:
    """What the words of the table mean, where they stand in it."""
    words = {badge.word for row in rows for badge in row.chips}
    return tuple(text for word, text in NOTES.items() if word in words)


# -- Interventions and money -----------------------------------------------------------------------


def _interventions(subscriber: Subscriber, context: DigestContext) -> tuple[Section, ...]:
    """What is in force, the latest first."""
    slugs = set(_places(subscriber, RecordKind.INTERVENTION, context))
    if not slugs:
        return ()

    lines = []
    for record in sorted(context.interventions, key=_announced, reverse=True):
        if slugs.intersection(record.councils) and _in_force(record):
            lines.append(_intervention(record, context))

    known = "" if lines else f"{NONE_KNOWN} "
    note = f"{known}Older ones, from before the pages that we read, may be in force too."
    return (Section("Interventions in force", tuple(lines), note),)


def _in_force(record: Record) -> bool:
    state = record.intervention.state or ""
    return state not in {*ENDED, "replaced"} and not record.withdrawn


def _announced(record: Record) -> dt.date:
    return record.published or dt.date.min


def _intervention(record: Record, context: DigestContext) -> LinkedLine:
    said = record.intervention
    what = (said.what or "intervention").replace("_", " ")
    service = (said.service or "").replace("_", " ")
    issued = said.issued or record.published
    parts = [f"{items.council_names(context, record.councils)}: {what}"]
    if service:
        parts.append(service)
    if issued:
        parts.append(f"issued {wording.day(issued)}")
    return _linked(", ".join(parts), record)


def _linked(text: str, record: Record) -> LinkedLine:
    link = items.safe_link(record.url)
    return LinkedLine(wording.one_line(text), link, items.site_of(link) if link else "")


def _money(subscriber: Subscriber, context: DigestContext) -> tuple[Section, ...]:
    """What was announced within a year: the latest sums of few councils, the programmes of many."""
    slugs = set(_places(subscriber, RecordKind.AWARD, context))
    if not slugs:
        return ()

    since = context.now.date() - MONEY_SINCE
    awards = []
    for record in context.awards:
        if slugs.intersection(record.councils) and _announced(record) >= since:
            awards.append(record)

    is_few = len(slugs) <= items.FEW_COUNCILS
    lines = _latest_sums(awards, context) if is_few else _by_programme(awards)
    heading = f"Money announced since {wording.day(since)}"
    note = _more(len(awards), is_few) if lines else NONE_KNOWN
    return (Section(heading, tuple(lines), note),)


def _more(count: int, is_few: bool) -> str:
    """What the lines leave out."""
    more = count - MOST_SUMS
    if is_few and more > 0:
        return f"These are the latest; {wording.counted(more, 'other')} came before them."
    return ""


def _latest_sums(awards: Iterable[Record], context: DigestContext) -> list[LinkedLine]:
    ordered = sorted(awards, key=lambda record: (_announced(record), record.id), reverse=True)
    return [_sum(record, context) for record in ordered[:MOST_SUMS]]


def _sum(record: Record, context: DigestContext) -> LinkedLine:
    said = record.funding
    names = items.council_names(context, record.councils)
    text = f"{names}: {said.programme or 'funding'}, {_amount(record)}"
    if said.period:
        text += f", {sums.for_when(said.period)}"
    if record.published:
        text += f" (announced {wording.day(record.published)})"
    return _linked(text, record)


def _amount(record: Record) -> str:
    said = record.funding
    if said.amount is None:
        return "amount not stated"
    return wording.money(said.amount, said.qualifier or "", said.amount_text or "")


def _by_programme(awards: Iterable[Record]) -> list[LinkedLine]:
    """The programmes with the largest sums: how many councils, and how much."""
    found: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in awards:
        said = record.funding
        found[said.programme or "Other funding", said.period or ""].append(record)

    ordered = sorted(found.items(), key=lambda pair: (-_stated(pair[1]), pair[0]))
    lines = []
    for (programme, period), records in ordered[:MOST_SUMS]:
        lines.append(_linked(_programme(programme, period, records), records[0]))

    more = len(ordered) - MOST_SUMS
    if more > 0:
        lines.append(LinkedLine(f"And {wording.counted(more, 'smaller programme')}."))
    return lines


def _stated(records: Iterable[Record]) -> int:
    return sum(record.funding.amount or 0 for record in records)


def _programme(programme: str, period: str, records: Sequence[Record]) -> str:
    councils = {slug for record in records for slug in record.councils}
    text = f"{programme}: {wording.counted(len(councils), 'council')}"
    stated = _stated(records)
    text += f", {wording.pounds(stated)}" if stated else ", amounts not stated"
    return f"{text}, {sums.for_when(period)}" if period else text

"""The first message: what its reader follows, what will come and when, how it stands, and how to
change or stop it. Pure.

What nobody asked for is not in it: a reader of money is shown money, and no grades.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from syncer.digest import about, items, sums, wording
from syncer.digest.context import counted_as
from syncer.digest.items import grade_badge
from syncer.digest.message_model import (
    BY_LINK,
    AreaCount,
    Digest,
    DigestContext,
    GradeBadge,
    LinkedLine,
    MailKind,
    Row,
    Section,
)
from syncer.model import (
    Absence,
    Area,
    Frequency,
    FundingFields,
    Grade,
    Record,
    RecordKind,
    Standing,
    Subscriber,
    Subscription,
)
from syncer.records.interventions import in_force
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
UNNAMED = "Other funding"
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

SUBJECTS = (
    (RecordKind.INTERVENTION, "interventions"),
    (RecordKind.AWARD, "money"),
    (RecordKind.VISIT, "visits"),
    (RecordKind.PAYMENT, "payments"),
)
"""What the subject names where no grades are followed."""

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
    rated = _places(subscriber, RecordKind.INSPECTION, context)
    rows = _rows(rated, context)
    stands = _what_stands(subscriber, context, rows)
    greeting = Digest(
        kind=MailKind.WELCOME,
        subject=f"Welcome: {stands}",
        heading="Welcome",
        preheader="What you follow, what will come, and how it stands now.",
        opening=(_followed(subscriber, context), _what_comes(subscriber)),
        closing=_closing(subscriber, context),
        sources=about.sources(context.freshness),
        about=(WHY, *about.run_by(context)),
    )
    return _with_grades(greeting, rated, rows, context)


def _closing(subscriber: Subscriber, context: DigestContext) -> tuple[Section, ...]:
    """Return what comes after the grades."""
    return (
        *_interventions(subscriber, context),
        *_money(subscriber, context),
        _to_change(context),
    )


def _with_grades(
    greeting: Digest, rated: Sequence[str], rows: tuple[Row, ...], context: DigestContext
) -> Digest:
    """Return the message with the table of the councils that are rated; many are counted above
    it."""
    is_grid = len(rows) > MOST_BLOCKS
    return replace(
        greeting,
        columns=tuple(_area_name(area) for area in COLUMNS),
        short_columns=SHORT_COLUMNS,
        legend=LEGEND,
        counts=_counts(rated, context) if is_grid else (),
        rows=rows,
        notes=_notes(rows),
    )


def _area_name(area: Area) -> str:
    return wording.capital(wording.area(area))


# -- What is followed, and what comes --------------------------------------------------------------


def _asking(subscriber: Subscriber, kind: RecordKind) -> list[Subscription]:
    """Return the subscriptions that could be told of such a record."""
    return [each for each in subscriber.subscriptions if could_want(each, kind)]


def _places(subscriber: Subscriber, kind: RecordKind, context: DigestContext) -> tuple[str, ...]:
    """Return the councils for which such records are followed; all that are open now, where none is
    named."""
    asking = _asking(subscriber, kind)
    slugs = context.followed or _all_open(context)
    return tuple(slug for slug in slugs if _asks_for(asking, slug, context))


def _asks_for(asking: Iterable[Subscription], slug: str, context: DigestContext) -> bool:
    """Return whether one of these subscriptions is for the council."""
    register = context.register
    return any(follows(each, [slug], register) for each in asking)


def _all_open(context: DigestContext) -> tuple[str, ...]:
    """Return all councils there are today."""
    today = context.now.date()
    councils = context.register.open_on(today)
    return tuple(council.slug for council in councils)


def _what_stands(subscriber: Subscriber, context: DigestContext, rows: Sequence[Row]) -> str:
    """Return what the subject says after "Welcome": the gravest kind of thing that is followed."""
    if not rows:
        return _what_comes_first(subscriber, context)
    return _how_they_stand([row.council for row in rows])


def _how_they_stand(councils: list[str]) -> str:
    """Return "how Leeds stands"."""
    verb = "stands" if len(councils) == 1 else "stand"
    return f"how {_whom(councils)} {verb}"


def _what_comes_first(subscriber: Subscriber, context: DigestContext) -> str:
    """Return what a subject names where no grades are followed: "money for Leeds"."""
    for kind, what in SUBJECTS:
        slugs = _places(subscriber, kind, context)
        if slugs:
            return f"{what} for {_whom(_names(slugs, context))}"
    return "what you will be told"


def _names(slugs: Iterable[str], context: DigestContext) -> list[str]:
    """Return the name of each of these councils."""
    return [items.council_names(context, [slug]) for slug in slugs]


def _whom(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return wording.counted(len(names), "council")


def _followed(subscriber: Subscriber, context: DigestContext) -> Section:
    wishes = [describe(each, context.register) for each in subscriber.subscriptions]
    lines = [LinkedLine(f"{wish}.") for wish in wishes]
    return Section("What you follow", tuple(lines))


def _what_comes(subscriber: Subscriber) -> Section:
    asked = [what for kind, what in WHAT_COMES if _asking(subscriber, kind)]
    return Section(
        "What will come, and when",
        tuple(_as_sentence(what) for what in asked),
        _when_and_when_not(subscriber),
    )


def _when_and_when_not(subscriber: Subscriber) -> str:
    """Return when messages come, and what their absence means."""
    when = _when(subscriber.subscriptions)
    silence = _silence(subscriber)
    return f"{when} {silence}".strip()


def _as_sentence(text: str) -> LinkedLine:
    line = wording.capital(text)
    return LinkedLine(f"{line}.")


def _to_change(context: DigestContext) -> Section:
    change = LinkedLine(about.how_to_change(context))
    stop = LinkedLine(context.unsubscribe or BY_LINK)
    return Section("To change, pause or stop", (change, stop))


def _when(subscriptions: Iterable[Subscription]) -> str:
    """Return "You are told daily at 07:00 and on Mondays at 07:00, and only where …"."""
    times = [_time(subscription) for subscription in subscriptions]
    each_once = list(dict.fromkeys(times))
    said = wording.listed(each_once)
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
    """Return one row a council, the gravest first."""

    def gravity(slug: str) -> tuple[int, tuple[int, ...], str]:
        return _gravity(slug, context)

    ordered = sorted(slugs, key=gravity)
    return tuple(_row(slug, context) for slug in ordered)


def _gravity(slug: str, context: DigestContext) -> tuple[int, tuple[int, ...], str]:
    """Return a key that sorts councils by the overall judgement or, where there is none any more,
    the worst of the others; then by how many judgements have each grade."""
    values = _judgements(slug, context)
    worst = _worst(_deciding(values))
    counts = tuple(-values.count(grade) for grade in WORST_FIRST)
    return (
        worst,
        counts,
        items.council_names(context, [slug]),
    )


def _judgements(slug: str, context: DigestContext) -> list[Grade | Absence]:
    """Return what is held of a council, in the order of the columns."""
    held = context.standings.get(slug, {})
    return [held[area].value for area in COLUMNS if area in held]


def _deciding(values: Sequence[Grade | Absence]) -> Sequence[Grade | Absence]:
    """Return the judgements by which a council is placed: the overall one, or else all."""
    overall = values[:1]
    is_judged = set(overall) <= set(WORST_FIRST)
    if is_judged:
        return overall
    return values


def _worst(values: Sequence[Grade | Absence]) -> int:
    """Return the place of the worst grade among these; behind all of them where there is none."""
    for place, grade in enumerate(WORST_FIRST):
        if grade in values:
            return place
    return len(WORST_FIRST)


def _row(slug: str, context: DigestContext) -> Row:
    standings = [_standing(slug, area, context) for area in COLUMNS]
    inspected, when = _inspected(slug, context)
    page, report = _addresses(slug, context)
    return Row(
        council=items.council_names(context, [slug]),
        inspected=inspected,
        chips=tuple(_standing_badge(standing) for standing in standings),
        when=when,
        page=page,
        report=report,
    )


def _standing(slug: str, area: Area, context: DigestContext) -> Standing:
    """Return how a council stands in one area; not known, where nothing is held."""
    held = context.standings.get(slug, {})
    return held.get(area, Standing(area, Absence.UNKNOWN))


def _addresses(slug: str, context: DigestContext) -> tuple[str, str]:
    """Return a council's page on Ofsted's site, and its last report."""
    latest = context.latest.get(slug)
    if latest is None:
        return "", ""

    report = latest.inspection.report_url or ""
    return items.safe_link(latest.url), items.safe_link(report)


def _inspected(slug: str, context: DigestContext) -> tuple[str, str]:
    """Return when a council was inspected last, for a cell and in words. That there was no
    inspection is a finding only where the council's page was read, and lists none."""
    day = context.inspected.last(slug)
    if day:
        return _last_inspected(day)
    if _was_read(slug, context):
        return "not yet", "not inspected yet"
    return NOT_KNOWN, "inspections not known"


def _last_inspected(day: dt.date) -> tuple[str, str]:
    return f"{day:%b %Y}", f"last inspected in {day:%B %Y}"


def _was_read(slug: str, context: DigestContext) -> bool:
    """Return whether the page that lists a council's reports was read."""
    standings = context.standings.get(slug, {})
    values = {standing.value for standing in standings.values()}
    return bool(values) and Absence.UNKNOWN not in values


def _standing_badge(standing: Standing) -> GradeBadge:
    if standing.value is Absence.JUDGED_TOGETHER:
        return GradeBadge("none", WITH_CARE, "C")
    if _is_not_known(standing):
        return GradeBadge("none", NOT_KNOWN, "?")
    return grade_badge(str(standing.value))


def _is_not_known(standing: Standing) -> bool:
    """Return whether no report is known that would say how the council stands."""
    return standing.value is Absence.UNKNOWN and not standing.inspection


def _counts(slugs: Sequence[str], context: DigestContext) -> tuple[AreaCount, ...]:
    """Return how many councils have which grade, area by area."""
    found = []
    for area in COLUMNS:
        badges = _badges(slugs, area, context)
        found.append(_area_count(area, badges))
    return tuple(found)


def _badges(slugs: Sequence[str], area: Area, context: DigestContext) -> Counter[GradeBadge]:
    """Return how many of the councils have which badge in one area."""
    standings = [_standing(slug, area, context) for slug in slugs]
    return Counter(_counted_badge(standing) for standing in standings)


def _counted_badge(standing: Standing) -> GradeBadge:
    if _is_not_known(standing):
        return GradeBadge("none", NOT_KNOWN)
    if isinstance(standing.value, Grade):
        return grade_badge(standing.value)
    return GradeBadge("none", counted_as(standing))


def _area_count(area: Area, badges: Counter[GradeBadge]) -> AreaCount:
    worst_first = sorted(badges, key=_place_of)
    chips = tuple(_with_count(badge, badges[badge]) for badge in worst_first)
    return _area_row(_area_name(area), chips)


def _area_row(name: str, chips: tuple[GradeBadge, ...]) -> AreaCount:
    """Return the badges of an area as one row, which says the same in words."""
    says = ", ".join(chip.word for chip in chips)
    return AreaCount(name, chips, f"{name}: {says}")


def _with_count(badge: GradeBadge, count: int) -> GradeBadge:
    """Return "12 good", in the colour of the grade."""
    return GradeBadge(badge.key, f"{count} {badge.word}")


def _place_of(badge: GradeBadge) -> tuple[int, str]:
    """Return a key that sorts the worst grade first, and whatever is no grade last."""
    places = {str(grade): place for place, grade in enumerate(WORST_FIRST)}
    return places.get(badge.key, len(places)), badge.word


def _notes(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return what the words of the table mean, where they stand in it."""
    words = {badge.word for row in rows for badge in row.chips}
    return tuple(text for word, text in NOTES.items() if word in words)


# -- Interventions and money -----------------------------------------------------------------------


def _interventions(subscriber: Subscriber, context: DigestContext) -> tuple[Section, ...]:
    """Return what is in force, the latest first."""
    slugs = set(_places(subscriber, RecordKind.INTERVENTION, context))
    if not slugs:
        return ()

    records = _in_force_at(slugs, context)
    lines = [_intervention(record, context) for record in records]
    return (_in_force_section(lines),)


def _in_force_section(lines: Sequence[LinkedLine]) -> Section:
    """Return these interventions under their heading, with a note on what is not known."""
    note = "Older ones, from before the pages that we read, may be in force too."
    if not lines:
        note = f"{NONE_KNOWN} {note}"
    return Section("Interventions in force", tuple(lines), note)


def _in_force_at(slugs: AbstractSet[str], context: DigestContext) -> list[Record]:
    """Return the interventions in force at these councils, the latest first."""
    found = []
    for record in context.interventions:
        is_theirs = not slugs.isdisjoint(record.councils)
        if is_theirs and in_force(record):
            found.append(record)

    return sorted(found, key=_announced, reverse=True)


def _announced(record: Record) -> dt.date:
    return record.published or dt.date.min


def _intervention(record: Record, context: DigestContext) -> LinkedLine:
    names = items.council_names(context, record.councils)
    text = ", ".join(_told_of(record))
    return _linked(f"{names}: {text}", record)


def _told_of(record: Record) -> list[str]:
    """Return what an intervention is, in which service and since when, as far as that is known."""
    said = record.intervention
    told = (
        _plain(said.what or "intervention"),
        _plain(said.service or ""),
        _issued(record),
    )
    return [part for part in told if part]


def _issued(record: Record) -> str:
    issued = record.intervention.issued or record.published
    if issued:
        return f"issued {wording.day(issued)}"
    return ""


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _linked(text: str, record: Record) -> LinkedLine:
    line = wording.one_line(text)
    link = items.safe_link(record.url)
    if not link:
        return LinkedLine(line)
    return LinkedLine(line, link, items.site_of(link))


def _money(subscriber: Subscriber, context: DigestContext) -> tuple[Section, ...]:
    """Return what was announced within a year: the latest sums of few councils, the programmes of
    many."""
    slugs = set(_places(subscriber, RecordKind.AWARD, context))
    if not slugs:
        return ()

    since = context.now.date() - MONEY_SINCE
    awards = _awards_since(since, slugs, context)
    is_few = len(slugs) <= items.FEW_COUNCILS
    lines, note = _money_lines(awards, context, is_few=is_few)
    heading = f"Money announced since {wording.day(since)}"
    return (Section(heading, tuple(lines), note),)


def _money_lines(
    awards: Sequence[Record], context: DigestContext, *, is_few: bool
) -> tuple[list[LinkedLine], str]:
    """Return the lines, and a note on what they leave out."""
    if not awards:
        return [], NONE_KNOWN
    if is_few:
        return _latest_sums(awards, context), _more(len(awards))
    return _by_programme(awards), ""


def _awards_since(since: dt.date, slugs: AbstractSet[str], context: DigestContext) -> list[Record]:
    found = []
    for record in context.awards.since(since):
        is_theirs = not slugs.isdisjoint(record.councils)
        if is_theirs:
            found.append(record)

    return found


def _more(count: int) -> str:
    """Return what the lines of the latest sums leave out."""
    more = count - MOST_SUMS
    if more <= 0:
        return ""
    return f"These are the latest; {wording.counted(more, 'other')} came before them."


def _latest_sums(awards: Iterable[Record], context: DigestContext) -> list[LinkedLine]:
    def place(record: Record) -> tuple[dt.date, int]:
        return _announced(record), record.id

    latest_first = sorted(awards, key=place, reverse=True)
    return [_sum(record, context) for record in latest_first[:MOST_SUMS]]


def _sum(record: Record, context: DigestContext) -> LinkedLine:
    names = items.council_names(context, record.councils)
    text = f"{names}: {_programme_and_sum(record)}"
    if record.published:
        text += f" (announced {wording.day(record.published)})"
    return _linked(text, record)


def _programme_and_sum(record: Record) -> str:
    """Return "Family Hubs, £1,250,000, for 2026 to 2027"."""
    programme = record.funding.programme or "funding"
    amount = _amount(record)
    return f"{programme}, {amount}{_for_when(record.funding)}"


def _for_when(said: FundingFields) -> str:
    """Return ", for 2026 to 2027", or nothing."""
    if said.period:
        return f", {sums.for_when(said.period)}"
    return ""


def _amount(record: Record) -> str:
    said = record.funding
    if said.amount is None:
        return "amount not stated"
    return wording.money(said.amount, said.qualifier or "", said.amount_text or "")


def _by_programme(awards: Iterable[Record]) -> list[LinkedLine]:
    """Return the programmes with the largest sums: how many councils, and how much."""
    programmes = _programmes(awards)
    largest = programmes[:MOST_SUMS]
    lines = [_linked(_programme(records), records[0]) for records in largest]

    more = len(programmes) - len(largest)
    if more:
        lines.append(_smaller_ones(more))
    return lines


def _smaller_ones(count: int) -> LinkedLine:
    """Return "And 3 smaller programmes."."""
    counted = wording.counted(count, "smaller programme")
    return LinkedLine(f"And {counted}.")


def _programmes(awards: Iterable[Record]) -> list[list[Record]]:
    """Return the records of each programme and period, the largest sum first."""
    by_name = _by_programme_name(awards)
    return sorted(by_name, key=lambda records: -_stated(records))


def _by_programme_name(awards: Iterable[Record]) -> list[list[Record]]:
    """Return the records of each programme and period, in the order of their names."""
    found: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in awards:
        found[_programme_of(record)].append(record)
    return [found[key] for key in sorted(found)]


def _programme_of(record: Record) -> tuple[str, str]:
    """Return the programme and the period; what is sorted and counted as one."""
    said = record.funding
    return said.programme or UNNAMED, said.period or ""


def _stated(records: Iterable[Record]) -> int:
    amounts = [record.funding.amount or 0 for record in records]
    return sum(amounts)


def _programme(records: Sequence[Record]) -> str:
    first = records[0]
    name, _ = _programme_of(first)
    count = wording.counted(_councils(records), "council")
    return f"{name}: {count}, {_stated_in_words(records)}{_for_when(first.funding)}"


def _stated_in_words(records: Sequence[Record]) -> str:
    """Return the sum of what is stated; or that nothing is."""
    stated = _stated(records)
    if stated:
        return wording.pounds(stated)
    return "amounts not stated"


def _councils(records: Iterable[Record]) -> int:
    """Return how many councils the records are about."""
    slugs: set[str] = set()
    for record in records:
        slugs.update(record.councils)
    return len(slugs)

"""The first message: what its reader follows, what will come and when, how it stands, and how to
change or stop it. Pure.

What nobody asked for is not in it: a reader of money is shown money, and no grades.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

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
    asking = _asking(subscriber, kind)
    register = context.register
    today = context.now.date()
    everywhere = [council.slug for council in register.open_on(today)]

    found = []
    for slug in context.followed or everywhere:
        if any(follows(each, [slug], register) for each in asking):
            found.append(slug)
    return tuple(found)


def _rated(subscriber: Subscriber, context: DigestContext) -> tuple[str, ...]:
    return _places(subscriber, RecordKind.INSPECTION, context)


def _what_stands(subscriber: Subscriber, context: DigestContext, rows: Sequence[Row]) -> str:
    """What the subject says after "Welcome": the gravest kind of thing that is followed."""
    if rows:
        verb = "stands" if len(rows) == 1 else "stand"
        whom = _whom([row.council for row in rows])
        return f"how {whom} {verb}"

    for kind, what in SUBJECTS:
        slugs = _places(subscriber, kind, context)
        if slugs:
            names = [items.council_names(context, [slug]) for slug in slugs]
            return f"{what} for {_whom(names)}"
    return "what you will be told"


def _whom(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return wording.counted(len(names), "council")


def _followed(subscriber: Subscriber, context: DigestContext) -> Section:
    lines = []
    for subscription in subscriber.subscriptions:
        wish = describe(subscription, context.register)
        lines.append(LinkedLine(f"{wish}."))
    return Section("What you follow", tuple(lines))


def _what_comes(subscriber: Subscriber) -> Section:
    lines = []
    for kind, what in WHAT_COMES:
        if _asking(subscriber, kind):
            said = wording.capital(what)
            lines.append(LinkedLine(f"{said}."))

    when = _when(subscriber.subscriptions)
    silence = _silence(subscriber)
    return Section("What will come, and when", tuple(lines), f"{when} {silence}".strip())


def _to_change(context: DigestContext) -> Section:
    change = LinkedLine(about.how_to_change(context))
    stop = LinkedLine(context.unsubscribe)
    return Section("To change, pause or stop", (change, stop))


def _when(subscriptions: Iterable[Subscription]) -> str:
    """ "You are told daily at 07:00 and on Mondays at 07:00, and only where …"."""
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
    """One row a council, the gravest first."""

    def gravity(slug: str) -> tuple[int, tuple[int, ...], str]:
        return _gravity(slug, context)

    ordered = sorted(slugs, key=gravity)
    return tuple(_row(slug, context) for slug in ordered)


def _gravity(slug: str, context: DigestContext) -> tuple[int, tuple[int, ...], str]:
    """Sorts councils: by the overall judgement or, where there is none any more, the worst of the
    others; then by how many judgements have each grade."""
    held = context.standings.get(slug, {})
    values = [held[area].value for area in COLUMNS if area in held]
    overall = values[:1] if set(values[:1]) <= set(WORST_FIRST) else values

    counts = tuple(-values.count(grade) for grade in WORST_FIRST)
    name = items.council_names(context, [slug])
    return _worst(overall), counts, name


def _worst(values: Sequence[Grade | Absence]) -> int:
    """The place of the worst grade among these; behind all of them where there is none."""
    for place, grade in enumerate(WORST_FIRST):
        if grade in values:
            return place
    return len(WORST_FIRST)


def _row(slug: str, context: DigestContext) -> Row:
    held = context.standings.get(slug, {})
    chips = []
    for area in COLUMNS:
        standing = held.get(area, Standing(area, Absence.UNKNOWN))
        chips.append(_standing_badge(standing))

    inspected, when = _inspected(slug, context)
    page, report = _addresses(slug, context)
    return Row(
        council=items.council_names(context, [slug]),
        inspected=inspected,
        chips=tuple(chips),
        when=when,
        page=page,
        report=report,
    )


def _addresses(slug: str, context: DigestContext) -> tuple[str, str]:
    """A council's page on Ofsted's site, and its last report."""
    latest = context.latest.get(slug)
    if latest is None:
        return "", ""
    report = latest.inspection.report_url or ""
    return items.safe_link(latest.url), items.safe_link(report)


def _inspected(slug: str, context: DigestContext) -> tuple[str, str]:
    """When a council was inspected last, for a cell and in words. That there was no inspection is a
    finding only where the council's page was read, and lists none."""
    days = context.inspected.get(slug, ())
    if days:
        last = max(days)
        return f"{last:%b %Y}", f"last inspected in {last:%B %Y}"

    standings = context.standings.get(slug, {})
    values = {standing.value for standing in standings.values()}
    if not values or Absence.UNKNOWN in values:
        return NOT_KNOWN, "inspections not known"
    return "not yet", "not inspected yet"


def _standing_badge(standing: Standing) -> GradeBadge:
    if standing.value is Absence.JUDGED_TOGETHER:
        return GradeBadge("none", WITH_CARE, "C")
    if _is_not_known(standing):
        return GradeBadge("none", NOT_KNOWN, "?")
    return grade_badge(str(standing.value))


def _is_not_known(standing: Standing) -> bool:
    """Whether no report is known that would say how the council stands."""
    return standing.value is Absence.UNKNOWN and not standing.inspection


def _counts(slugs: Sequence[str], context: DigestContext) -> tuple[AreaCount, ...]:
    """How many councils have which grade, area by area."""
    found = []
    for area in COLUMNS:
        badges: Counter[GradeBadge] = Counter()
        for slug in slugs:
            held = context.standings.get(slug, {})
            standing = held.get(area, Standing(area, Absence.UNKNOWN))
            badges[_counted_badge(standing)] += 1
        found.append(_area_count(area, badges))
    return tuple(found)


def _counted_badge(standing: Standing) -> GradeBadge:
    if _is_not_known(standing):
        return GradeBadge("none", NOT_KNOWN)
    if isinstance(standing.value, Grade):
        return grade_badge(standing.value)
    return GradeBadge("none", counted_as(standing))


def _area_count(area: Area, badges: Counter[GradeBadge]) -> AreaCount:
    chips = []
    for badge in sorted(badges, key=_place_of):
        word = f"{badges[badge]} {badge.word}"
        chips.append(GradeBadge(badge.key, word))

    name = wording.capital(wording.area(area))
    says = ", ".join(chip.word for chip in chips)
    return AreaCount(name, tuple(chips), f"{name}: {says}")


def _place_of(badge: GradeBadge) -> tuple[int, str]:
    """Sorts the worst grade first, and whatever is no grade last."""
    places = {str(grade): place for place, grade in enumerate(WORST_FIRST)}
    return places.get(badge.key, len(places)), badge.word


def _notes(rows: Sequence[Row]) -> tuple[str, ...]:
    """What the words of the table mean, where they stand in it."""
    words = set()
    for row in rows:
        words |= {badge.word for badge in row.chips}
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
    is_over = state in ENDED or state == "replaced"
    return not is_over and not record.withdrawn


def _announced(record: Record) -> dt.date:
    return record.published or dt.date.min


def _intervention(record: Record, context: DigestContext) -> LinkedLine:
    said = record.intervention
    names = items.council_names(context, record.councils)
    what = said.what or "intervention"
    parts = [f"{names}: {_plain(what)}"]

    if said.service:
        parts.append(_plain(said.service))
    issued = said.issued or record.published
    if issued:
        parts.append(f"issued {wording.day(issued)}")
    return _linked(", ".join(parts), record)


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _linked(text: str, record: Record) -> LinkedLine:
    line = wording.one_line(text)
    link = items.safe_link(record.url)
    if not link:
        return LinkedLine(line)
    return LinkedLine(line, link, items.site_of(link))


def _money(subscriber: Subscriber, context: DigestContext) -> tuple[Section, ...]:
    """What was announced within a year: the latest sums of few councils, the programmes of many."""
    slugs = set(_places(subscriber, RecordKind.AWARD, context))
    if not slugs:
        return ()

    since = context.now.date() - MONEY_SINCE
    awards = _awards_since(since, slugs, context)
    is_few = len(slugs) <= items.FEW_COUNCILS
    lines = _latest_sums(awards, context) if is_few else _by_programme(awards)

    heading = f"Money announced since {wording.day(since)}"
    note = _more(len(awards), is_few) if lines else NONE_KNOWN
    return (Section(heading, tuple(lines), note),)


def _awards_since(since: dt.date, slugs: AbstractSet[str], context: DigestContext) -> list[Record]:
    found = []
    for record in context.awards:
        is_theirs = not slugs.isdisjoint(record.councils)
        if is_theirs and _announced(record) >= since:
            found.append(record)
    return found


def _more(count: int, is_few: bool) -> str:
    """What the lines leave out."""
    more = count - MOST_SUMS
    if is_few and more > 0:
        return f"These are the latest; {wording.counted(more, 'other')} came before them."
    return ""


def _latest_sums(awards: Iterable[Record], context: DigestContext) -> list[LinkedLine]:
    def place(record: Record) -> tuple[dt.date, int]:
        return _announced(record), record.id

    latest_first = sorted(awards, key=place, reverse=True)
    return [_sum(record, context) for record in latest_first[:MOST_SUMS]]


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
    programmes = _programmes(awards)
    lines = []
    for records in programmes[:MOST_SUMS]:
        text = _programme(records)
        lines.append(_linked(text, records[0]))

    more = len(programmes) - MOST_SUMS
    if more > 0:
        count = wording.counted(more, "smaller programme")
        lines.append(LinkedLine(f"And {count}."))
    return lines


def _programmes(awards: Iterable[Record]) -> list[list[Record]]:
    """The records of each programme and period, the largest sum first."""
    found: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in awards:
        said = record.funding
        key = (said.programme or UNNAMED, said.period or "")
        found[key].append(record)

    in_order = sorted(found)
    in_order.sort(key=lambda key: -_stated(found[key]))
    return [found[key] for key in in_order]


def _stated(records: Iterable[Record]) -> int:
    amounts = [record.funding.amount or 0 for record in records]
    return sum(amounts)


def _programme(records: Sequence[Record]) -> str:
    said = records[0].funding
    stated = _stated(records)
    amount = wording.pounds(stated) if stated else "amounts not stated"
    count = wording.counted(_councils(records), "council")

    text = f"{said.programme or UNNAMED}: {count}, {amount}"
    if said.period:
        text += f", {sums.for_when(said.period)}"
    return text


def _councils(records: Iterable[Record]) -> int:
    """How many councils the records are about."""
    slugs: set[str] = set()
    for record in records:
        slugs.update(record.councils)
    return len(slugs)

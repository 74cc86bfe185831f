"""What one subscriber is told in one message: waiting events → folded lines → items by council, and
the subject. Pure.

The other messages are made here too: welcome, all quiet, correction, source dark, operator, test,
confirm. `render` makes them text.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from syncer.digest import items, programme, subject, wording
from syncer.digest.folding import Folding, Line, fold
from syncer.digest.items import grade_badge
from syncer.digest.message_model import (
    NOT_THEIRS,
    Attachment,
    CorrectedMessage,
    Digest,
    DigestContext,
    Fact,
    Freshness,
    GradeBadge,
    Group,
    Item,
    MailKind,
    OverviewRow,
    Row,
    Shown,
)
from syncer.digest.subject import News
from syncer.digest.weight import counted, weight_of
from syncer.model import Absence, Area, Event, EventKind, Problem, Standing, Subscriber
from syncer.subscriptions.match import describe, kind_of

__all__ = [
    "Folding",
    "Line",
    "all_quiet",
    "briefer",
    "compose",
    "confirm",
    "correction",
    "fold",
    "operator",
    "source_dark",
    "test_mail",
    "welcome",
]

COLUMNS = (Area.OVERALL, Area.LEADERSHIP, Area.HELP, Area.CARE, Area.CARE_LEAVERS)
ITEM_ORDER = ("rating", "intervention", "money", "visit", "council", "payment")
MAX_LISTED = 8
NOT_KNOWN = "not known"
NO_OVERALL = (
    "You asked for overall effectiveness. Inspections that start on or after 1 April 2026 "
    "have no overall judgement, so of these you are "
    "told every judgement. We say this once."
)


# -- News ------------------------------------------------------------------------------------------


def compose(subscriber: Subscriber, events: Iterable[Event], context: DigestContext) -> Digest:
    """The digest of the events that this subscriber is to be told. A corrected event that is left
    after folding is news to this person, who was told nothing wrong: it is shown as the change
    itself, late (DESIGN §6.2). `Digest.empty` says that all events came to nothing together: then
    there is no message, and `folding` still says what became of each."""
    folding = fold(events)
    return _news(
        [replace(line, event=_as_late_news(line.event)) for line in folding.lines],
        folding,
        context,
    )


def correction(
    subscriber: Subscriber,
    events: Iterable[Event],
    context: DigestContext,
    wrong: CorrectedMessage,
) -> Digest:
    """What is right, to one who was told what is wrong, in the thread of that message."""
    folding = fold(events)
    made = _news(folding.lines, folding, context)
    title = (
        made.subject if made.subject.startswith("Correction: ") else f"Correction: {made.subject}"
    )
    sorry = (
        f"On {wording.moment(wrong.sent)} we wrote to you: "
        f"“{wording.one_line(wrong.subject)}”. That was wrong, and we are sorry."
    )
    return replace(
        made,
        kind=MailKind.CORRECTION,
        subject=wording.shortened(title, subject.LONGEST),
        heading="A correction",
        preheader=f"What we told you on {wording.day(wrong.sent.date())} was wrong.",
        intro=(sorry, "What is right stands below, with its evidence."),
        thread=(wrong.message_id,),
    )


def _as_late_news(event: Event) -> Event:
    if event.kind is not EventKind.CORRECTED:
        return event
    detail = replace(event.detail, was=None, was_councils=())
    return replace(
        event,
        kind=EventKind.ADDED if kind_of(event) == "rating" else EventKind.CHANGED,
        late=True,
        detail=detail,
    )


def _news(lines: Sequence[Line], folding: Folding, context: DigestContext) -> Digest:
    groups, title, attachments, overview = _groups(lines, context)
    weights = [min(weight_of(e.event) for e in block) for block in _blocks(lines).values()]
    about = f"{counted(weights)}. " if len(groups) > 1 else ""
    money = [line for line in lines if kind_of(line.event) == "money"]
    return Digest(
        kind=MailKind.DIGEST,
        subject=title,
        heading="What has changed",
        preheader=about.strip() or _preheader(groups),
        overview=overview,
        overview_sum=_money_sum(money) if overview and len(money) > 1 else "",
        intro=(f"{about}As known on {wording.moment(context.read_until or context.now)}.",),
        groups=groups,
        notes=_news_notes(context),
        sources=_sources(context.freshness),
        unsubscribe=context.unsubscribe,
        attachments=attachments,
        folding=folding,
    )


def _news_notes(context: DigestContext) -> tuple[str, ...]:
    """What is explained once, and which sources this message can say nothing new of."""
    notes = []
    if context.explain_no_overall:
        notes.append(NO_OVERALL)

    for row in context.freshness:
        if row.late:
            notes.append(_late(row))
    return tuple(notes)


def _late(row: Freshness) -> str:
    name = wording.one_line(row.source)
    if row.last_good is None:
        return f"{name}: not read yet. Nothing that stands there is in this message."
    read = wording.moment(row.last_good)
    return f"{name}: last read on {read}. What was published there since is not in this message."


def _money_sum(lines: Sequence[Line]) -> str:
    lines_of_money = wording.counted(len(lines), "line")
    count = wording.capital(lines_of_money)
    return f"{count} of money: {programme.total(lines)}."


def _blocks(lines: Iterable[Line]) -> dict[tuple[object, ...], list[Line]]:
    """The lines by item: those of one inspection together, all others alone."""
    blocks: dict[tuple[object, ...], list[Line]] = defaultdict(list)
    for line in lines:
        event = line.event
        is_rating = kind_of(event) == "rating"
        blocks[(event.record_id, event.kind) if is_rating else ("", event.id)].append(line)
    return blocks


def _overview(groups: Sequence[Group], news: Sequence[Sequence[News]]) -> tuple[OverviewRow, ...]:
    """The gravest news of each group in a line, where there are more than two."""
    if len(groups) < 3:
        return ()
    rows = []
    for group, own in zip(groups, news, strict=True):
        first = min(own, key=lambda each: each.rank)
        more = first.more + len(own) - 1
        what = first.text.removeprefix(group.heading).removeprefix(":").strip()
        what = wording.capital(what)
        rows.append(
            OverviewRow(group.heading, what + (f", and {more} more" if more else ""), group.anchor)
        )
    return tuple(rows)


def _groups(
    lines: Sequence[Line], context: DigestContext
) -> tuple[tuple[Group, ...], str, tuple[Attachment, ...], tuple[OverviewRow, ...]]:
    """The groups, worst news first, the subject they make, the attached tables, and the table at
    the top."""
    tables, rest = programme.split(lines)
    found = [_council_group(slug, own, context) for slug, own in _by_council(rest, context).items()]
    for name, rows in tables.items():
        whole = Group(name, "funding table", (programme.item(name, rows, context),))
        found.append((whole, [subject.of_programme(name, programme.summary(rows))]))
    found.sort(key=lambda pair: (min(news.rank for news in pair[1]), pair[0].heading))
    groups = tuple(replace(g, anchor=f"part-{n}") for n, (g, _) in enumerate(found, 1))
    title = (
        subject.subject([news for _, news in found], [group.heading for group in groups])
        if found
        else ""
    )
    return (
        groups,
        wording.one_line(title),
        tuple(programme.attachment(name, rows, context) for name, rows in tables.items()),
        _overview(groups, [news for _, news in found]),
    )


def _by_council(lines: Iterable[Line], context: DigestContext) -> dict[str, list[Line]]:
    """A joint award stands once, under the first of its councils that is followed."""
    councils: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        slugs = line.event.councils
        councils[
            next((slug for slug in slugs if slug in context.followed), slugs[0] if slugs else "")
        ].append(line)
    return councils


def _council_group(
    slug: str, lines: Sequence[Line], context: DigestContext
) -> tuple[Group, list[News]]:
    name = items.council_names(context, [slug])
    blocks: dict[tuple[object, ...], list[Line]] = defaultdict(list)
    for line in lines:
        event = line.event
        own = (event.record_id, event.kind) if kind_of(event) == "rating" else (event.id,)
        blocks[(ITEM_ORDER.index(kind_of(event)), str(event.published or ""), *own)].append(line)
    shown, news = [], []
    for key, block in sorted(blocks.items(), key=_gravest_first):
        is_rating = key[0] == ITEM_ORDER.index("rating")
        shown.append(
            items.inspection(block, context) if is_rating else items.other(block[0], context)
        )
        news.append(
            subject.of_inspection(name, block) if is_rating else subject.of_other(name, block[0])
        )
    region = next((council.region for council in context.register if council.slug == slug), "")
    return Group(name, region, tuple(shown)), news


def _gravest_first(pair: tuple[tuple[object, ...], list[Line]]) -> tuple[int, tuple[str, ...]]:
    key, block = pair
    return min(weight_of(line.event) for line in block), tuple(map(str, key))


def _preheader(groups: Sequence[Group]) -> str:
    """What a list of messages shows after the subject: the first lines of the first item."""
    return wording.shortened(
        "; ".join(item.summary for group in groups[:2] for item in group.items[:2]), 160
    )


def _sources(freshness: Iterable[Freshness]) -> tuple[Fact, ...]:
    facts = []
    for row in freshness:
        name = wording.one_line(row.source)
        facts.append(Fact(name, _read(row)))
    return tuple(facts)


def _read(row: Freshness) -> str:
    read = "not read yet"
    if row.last_good:
        read = f"read {wording.moment(row.last_good)}"
    if row.trouble:
        read += f"; {wording.one_line(row.trouble)}"
    return read


# -- Welcome and quiet -----------------------------------------------------------------------------


def welcome(subscriber: Subscriber, context: DigestContext) -> Digest:
    """How things stand for the councils followed (all that are open now, if none is named), and
    what will be told."""
    slugs = context.followed or tuple(
        council.slug for council in context.register.open_on(context.now.date())
    )
    rows = sorted((_row(slug, context) for slug in slugs), key=lambda row: row.council)
    whom = rows[0].council if len(rows) == 1 else wording.counted(len(rows), "council")
    asked = tuple(
        f"{describe(subscription, context.register)}." for subscription in subscriber.subscriptions
    )
    return Digest(
        kind=MailKind.WELCOME,
        subject=f"Welcome: how {whom} {'stands' if len(rows) == 1 else 'stand'}",
        heading="How things stand",
        preheader="From now on you are told what changes.",
        columns=tuple(wording.capital(wording.area(area)) for area in COLUMNS),
        intro=("From now on you are told when something here changes. You asked for:", *asked),
        rows=tuple(rows),
        notes=_welcome_notes(rows),
        sources=_sources(context.freshness),
        unsubscribe=context.unsubscribe,
    )


def _row(slug: str, context: DigestContext) -> Row:
    held = context.standings.get(slug, {})
    days = context.inspected.get(slug, ())
    chips = tuple(
        _standing_badge(held.get(area, Standing(area, Absence.UNKNOWN))) for area in COLUMNS
    )
    inspected = f"{max(days):%b %Y}" if days else _not_inspected(held.values())
    return Row(items.council_names(context, [slug]), inspected, chips)


def _not_inspected(standings: Iterable[Standing]) -> str:
    """No inspection was read: that is a finding only where the council's page was read, and lists
    none."""
    found = list(standings)
    if not found or any(standing.value is Absence.UNKNOWN for standing in found):
        return NOT_KNOWN
    return "not yet"


def _standing_badge(standing: Standing) -> GradeBadge:
    if standing.value is Absence.JUDGED_TOGETHER:
        return GradeBadge("none", "with care", "C")
    if standing.value is Absence.UNKNOWN and not standing.inspection:
        return GradeBadge("none", NOT_KNOWN, "?")
    return grade_badge(str(standing.value))


def _welcome_notes(rows: Sequence[Row]) -> tuple[str, ...]:
    words = {cell.word for row in rows for cell in row.chips}
    explained = {
        "with care": (
            "With care: care leavers were judged together with children in care "
            "(inspections before 2023)."
        ),
        "no longer judged": (
            "No longer judged: inspections that start on or after 1 April "
            "2026 have no overall judgement."
        ),
        NOT_KNOWN: "Not known: the page that lists this council's reports has not been read.",
        "not yet read": (
            "Not yet read: a newer report is published, and we have not been able to read it."
        ),
    }
    return tuple(text for word, text in explained.items() if word in words)


def all_quiet(subscriber: Subscriber, context: DigestContext, since: dt.datetime) -> Digest:
    """Nothing to tell since then, and what was read. All is called quiet only where everything was
    read, and only up to the day on which it was."""
    unread = [row for row in context.freshness if row.unreadable or row.late]
    day = wording.day(since.date())
    partly = any(row.trouble or row.late for row in context.freshness)
    seen = " in what could be read" if partly else ""
    changed = f"nothing you follow has changed{_up_to(context)}"
    asked = [
        f"You follow: {describe(subscription, context.register)}."
        for subscription in subscriber.subscriptions
    ]
    heading, said, preheader = (
        "All quiet",
        f"All quiet since {day}: {changed}",
        "Nothing has changed, and here is what was read.",
    )
    if unread:
        heading = "Nothing new"
        said = f"Nothing new since {day}{_up_to(context)}, but {_unread(unread)}"
        preheader = "Here is what was read, and what could not be."
    return Digest(
        kind=MailKind.ALL_QUIET,
        heading=heading,
        subject=said,
        preheader=preheader,
        intro=(f"Since {day} {changed}{seen}. This is what was read, and when.",),
        notes=tuple(asked),
        sources=_sources(context.freshness),
        unsubscribe=context.unsubscribe,
    )


def _up_to(context: DigestContext) -> str:
    """The day of the last reading, where that is not today."""
    read = context.read_until
    if read is None or wording.local_day(read) == wording.local_day(context.now):
        return ""
    return f" up to {wording.day(wording.local_day(read))}"


def _unread(rows: Sequence[Freshness]) -> str:
    """ "Ofsted inspection reports cannot be read now", and what was never read."""
    failing = [row for row in rows if row.unreadable or row.last_good or row.trouble]
    never = [row for row in rows if row not in failing]
    said = []
    if failing:
        said.append(f"{wording.listed(_titles(failing))} cannot be read now")
    if never:
        has = "has" if len(never) == 1 else "have"
        said.append(f"{wording.listed(_titles(never))} {has} not been read yet")
    return ", and ".join(said)


def _titles(rows: Iterable[Freshness]) -> list[str]:
    return [wording.one_line(row.source) for row in rows]


# -- When something is wrong, and the first contact ------------------------------------------------


def source_dark(subscriber: Subscriber, dark: Freshness, context: DigestContext) -> Digest:
    """A source that this person depends on could not be read for days."""
    name = wording.one_line(dark.source)
    since = f" since {wording.moment(dark.last_good)}" if dark.last_good else ""
    reason = f" The reason: {wording.one_line(dark.trouble)}." if dark.trouble else ""
    told = f"We have not been able to read {name}{since or ' yet'}.{reason}"
    return Digest(
        kind=MailKind.SOURCE_DARK,
        subject=f"{name} cannot be read{since}",
        heading="A source cannot be read",
        preheader=told,
        intro=(
            told,
            "Until it can be read again, hearing nothing from us does not mean that nothing "
            "has happened. "
            "Whatever is published there meanwhile, we will tell you then.",
        ),
        sources=_sources(context.freshness),
        unsubscribe=context.unsubscribe,
    )


def operator(
    problems: Sequence[Problem], ended: Sequence[Problem], context: DigestContext
) -> Digest:
    """For the one who runs it: problems that are new, with what to do, and those told before that
    have ended."""
    new = _how_many("new problem", problems)
    over = _how_many("ended problem", ended)
    return Digest(
        kind=MailKind.OPERATOR,
        subject=wording.shortened(
            "syncer: " + "; ".join(filter(None, (new, over))), subject.LONGEST
        ),
        heading="What needs a look" if problems else "What has ended",
        preheader=new or over,
        bullets=(
            *(_problem(p, context) for p in problems),
            *(_ended(p, context) for p in ended),
        ),
        intro=tuple(wording.capital(f"{text}.") for text in (new, over) if text),
        notes=(
            "A problem that goes on is not told again; “syncer status” lists it until it ends.",
        ),
        sources=_sources(context.freshness),
        attribution="",
        disclaimer="",
    )


def _how_many(kind: str, problems: Sequence[Problem]) -> str:
    """ "two new problems: HttpRefused and Unreachable", or nothing."""
    if not problems:
        return ""

    names = {problem.name for problem in problems}
    listed = wording.listed(sorted(names))
    return f"{wording.counted(len(problems), kind)}: {listed}"


def _ended(problem: Problem, context: DigestContext) -> Item:
    """What was wrong and is not any more; nothing needs doing."""
    without_hint = replace(problem, hint="")
    item = _problem(without_hint, context)
    title = f"Ended: {item.title}"
    summary = f"Ended: {item.summary}"
    return replace(item, title=title, summary=summary)


def _problem(problem: Problem, context: DigestContext) -> Item:
    where = f" – {items.council_names(context, [problem.council])}" if problem.council else ""
    link = items.safe_link(problem.url)
    seen = (Shown("", "", link, f"The page on {link.split('/')[2]}", ""),) if link else ()
    title = problem.name + where
    return Item(
        "problem",
        title,
        title,
        notes=tuple(wording.one_line(t) for t in (problem.message, problem.hint) if t),
        evidence=seen,
    )


def test_mail(context: DigestContext) -> Digest:
    """Proof that messages arrive."""
    return Digest(
        kind=MailKind.TEST_MAIL,
        subject="syncer: a test message",
        heading="It works",
        preheader="A test message; nothing has changed.",
        intro=(
            (
                f"This is a test, sent on {wording.moment(context.now)}. Nothing has changed; "
                f"messages arrive, and look like this."
            ),
        ),
        sources=_sources(context.freshness),
        attribution="",
        disclaimer=NOT_THEIRS,
    )


def confirm(subscriber: Subscriber, context: DigestContext, link: str = "") -> Digest:
    """Asks the owner of the address; with no https `link`, by a reply."""
    asked = tuple(
        f"{describe(subscription, context.register)}." for subscription in subscriber.subscriptions
    )
    how = "Open the link to confirm." if link else "Reply with the word yes to confirm."
    return Digest(
        kind=MailKind.CONFIRM,
        subject="Please confirm that you want to be told",
        heading="Please confirm",
        preheader=how,
        intro=(
            "We were asked, we hope by you, to write to this address about:",
            *asked,
            how,
            "If it was not you, do nothing: we will not write again.",
        ),
        action=items.safe_link(link),
        attribution="",
        disclaimer=NOT_THEIRS,
    )


# -- Too long --------------------------------------------------------------------------------------


def briefer(digest: Digest, items_in_full: int) -> Digest:
    """The same digest with only the first so many items in full, and of the rest their summaries
    and links: some clients cut a message off after about 100 KB."""
    left, groups = items_in_full, []
    for group in digest.groups:
        groups.append(
            replace(
                group,
                items=tuple(
                    _brief(item) if n >= left else item for n, item in enumerate(group.items)
                ),
            )
        )
        left = max(0, left - len(group.items))
    return replace(digest, groups=tuple(groups))


def _brief(item: Item) -> Item:
    """Its words and links, without facts, quotes and context; the judgements stay, in the
    summary."""
    seen = tuple(replace(shown, quote="", where="") for shown in item.evidence[:1])
    return Item(
        item.kind, item.summary, item.summary, item.tag, actions=item.actions, evidence=seen
    )

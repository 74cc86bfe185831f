"""Waiting events → the digest, or the correction, that tells them: the gravest first, what asks
nobody to act in a line each. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from syncer.digest import about, attached, in_brief, items, programme, subject, sums, wording
from syncer.digest.folding import Folding, Line, by_item, fold
from syncer.digest.message_model import (
    Attachment,
    CorrectedMessage,
    Digest,
    DigestContext,
    Freshness,
    Group,
    Item,
    MailKind,
    OverviewRow,
)
from syncer.digest.subject import News
from syncer.digest.weight import Weight, counted, weight_of
from syncer.model import Event, EventDetail, EventKind, Subscriber
from syncer.subscriptions.match import kind_of

FEW_GROUPS = 2  # of so many councils the heading is near enough; more stand in a table at the top
IN_BRIEF = "in-brief"
LONGEST_PREHEADER = 160
NO_OVERALL = (
    "You asked for overall effectiveness. Inspections that start on or after 1 April 2026 "
    "have no overall judgement, so of these you are "
    "told every judgement. We say this once."
)


@dataclass(frozen=True)
class Part:
    """What is told of one council, or of one programme: in full (`items`) or in a line (`brief`),
    and how a subject would name each."""

    heading: str
    subheading: str
    news: tuple[News, ...]
    items: tuple[Item, ...] = ()
    brief: tuple[Item, ...] = ()

    @property
    def gravest(self) -> News:
        """The news that comes first."""
        return min(self.news, key=lambda each: each.rank)


def compose(subscriber: Subscriber, events: Iterable[Event], context: DigestContext) -> Digest:
    """Return the digest of the events that this subscriber is to be told. A corrected event that is
    left after folding is news to this person, who was told nothing wrong: it is shown as the change
    itself, late (DESIGN §6.2). `Digest.empty` says that all events came to nothing together: then
    there is no message, and `folding` still says what became of each."""
    folding = fold(events)
    lines = [replace(line, event=_as_late_news(line.event)) for line in folding.lines]
    return _news(subscriber, lines, folding, context)


def correction(
    subscriber: Subscriber,
    events: Iterable[Event],
    context: DigestContext,
    wrong: CorrectedMessage,
) -> Digest:
    """Return what is right, for one who was told what is wrong, in the thread of that message."""
    folding = fold(events)
    made = _news(subscriber, folding.lines, folding, context)
    day = wording.day(wrong.sent.date())
    return replace(
        made,
        kind=MailKind.CORRECTION,
        subject=_correction_subject(made.subject),
        heading="A correction",
        preheader=f"What we told you on {day} was wrong.",
        intro=(_sorry(wrong), "What is right stands below, with its evidence."),
        thread=(wrong.message_id,),
    )


def _correction_subject(title: str) -> str:
    if not title.startswith("Correction: "):
        title = f"Correction: {title}"
    return wording.shortened(title, subject.LONGEST)


def _sorry(wrong: CorrectedMessage) -> str:
    """Return what was wrong, by the day and the subject of its message."""
    sent = wording.moment(wrong.sent)
    said = wording.one_line(wrong.subject)
    return f"On {sent} we wrote to you: “{said}”. That was wrong, and we are sorry."


def _as_late_news(event: Event) -> Event:
    if event.kind is not EventKind.CORRECTED:
        return event

    is_rating = kind_of(event) == "rating"
    return replace(
        event,
        kind=EventKind.ADDED if is_rating else EventKind.CHANGED,
        late=True,
        detail=_without_correction(event.detail),
    )


def _without_correction(detail: EventDetail) -> EventDetail:
    """Return the detail of an event without what was told before."""
    return replace(
        detail,
        was=None,
        was_councils=(),
    )


def _news(
    subscriber: Subscriber, lines: Sequence[Line], folding: Folding, context: DigestContext
) -> Digest:
    parts = _parts(lines, context)
    told = _told(parts, lines, context)
    return replace(
        told,
        notes=_notes(context),
        sources=about.sources(context.freshness),
        about=about.why_you_get_it(subscriber, context),
        unsubscribe=context.unsubscribe,
        attachments=_attachments(lines, context),
        whole=attached.everything(lines, context),
        folding=folding,
    )


def _told(parts: Sequence[Part], lines: Sequence[Line], context: DigestContext) -> Digest:
    """Return what has changed, from the subject to the last group."""
    groups = _groups(parts)
    count = _count(lines) if len(parts) > 1 else ""
    money = _money_sum(lines) if len(parts) > FEW_GROUPS else ""
    return Digest(
        kind=MailKind.DIGEST,
        subject=_subject(parts),
        heading="What has changed",
        preheader=count or _preheader(groups),
        overview=_overview(parts),
        overview_sum=money,
        intro=(_intro(count, context),),
        groups=groups,
    )


def _intro(count: str, context: DigestContext) -> str:
    """Return what the digest holds, and up to when that is known: "As known on 3 August 2026,
    10:42."; without that where no source was read lately: of each of them the notes say when it
    was."""
    if context.read_until is None and context.freshness:
        return count
    return f"{count} {_as_known(context)}".strip()


def _as_known(context: DigestContext) -> str:
    until = context.read_until or context.now
    moment = wording.moment(until)
    return f"As known on {moment}."


def _attachments(lines: Iterable[Line], context: DigestContext) -> tuple[Attachment, ...]:
    tables, _ = programme.split(lines)
    found = []
    for name, rows in tables.items():
        found.append(programme.attachment(name, rows, context))
    return tuple(found)


def _subject(parts: Sequence[Part]) -> str:
    if not parts:
        return ""

    news = [part.news for part in parts]
    headings = [part.heading for part in parts]
    return wording.one_line(subject.subject(news, headings))


def _count(lines: Iterable[Line]) -> str:
    """Return what the digest holds: "One intervention and two inspections that improved."."""
    weights = [_gravest(block) for block in by_item(lines).values()]
    return f"{counted(weights)}."


def _gravest(block: Sequence[Line]) -> Weight:
    """Return the weight of what is gravest in an item."""
    return min(weight_of(line.event) for line in block)


def _preheader(groups: Sequence[Group]) -> str:
    """Return what a list of messages shows after the subject: the first lines of the first
    items."""
    said = "; ".join(_first_items(groups))
    return wording.shortened(said, LONGEST_PREHEADER)


def _first_items(groups: Sequence[Group]) -> Iterator[str]:
    """Yield up to two items of the first two groups, in short."""
    for group in groups[:2]:
        for item in group.items[:2]:
            yield item.summary


def _money_sum(lines: Iterable[Line]) -> str:
    """Return the sum of all lines of money; nothing where there are fewer than two."""
    money = [line for line in lines if kind_of(line.event) == "money"]
    if len(money) < 2:
        return ""
    return _sum_in_words(money)


def _sum_in_words(money: Sequence[Line]) -> str:
    """Return "Three lines of money: £1,250,000."."""
    count = wording.counted(len(money), "line")
    total = sums.total(money)
    return f"{wording.capital(count)} of money: {total}."


def _notes(context: DigestContext) -> tuple[str, ...]:
    """Return what is explained once, and which sources this message can say nothing new of."""
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
        return f"{name}: not read yet. Nothing published there is in this message."

    read = wording.moment(row.last_good)
    return f"{name}: last read on {read}. What was published there since is not in this message."


# -- Parts -----------------------------------------------------------------------------------------


def _parts(lines: Sequence[Line], context: DigestContext) -> list[Part]:
    """Return what is told of each council and of each large programme, the gravest first."""
    tables, rest = programme.split(lines)
    unstated, rest = sums.split_unstated(rest)
    is_alone = len(by_item(lines)) == 1

    parts = _councils(rest, context, may_fold=not is_alone)
    parts += [_table(name, rows, context) for name, rows in tables.items()]
    parts += [_unstated(several, context) for several in unstated]
    return sorted(parts, key=_gravity)


def _gravity(part: Part) -> tuple[tuple[int, ...], str]:
    return part.gravest.rank, part.heading


def _councils(lines: Iterable[Line], context: DigestContext, *, may_fold: bool) -> list[Part]:
    parts = []
    for slug, own in _by_council(lines, context).items():
        part = _council(slug, own, context, may_fold=may_fold)
        parts.append(part)

    return parts


def _by_council(lines: Iterable[Line], context: DigestContext) -> dict[str, list[Line]]:
    councils: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        slug = _heading_of(line.event, context)
        councils[slug].append(line)

    return councils


def _heading_of(event: Event, context: DigestContext) -> str:
    """Return the council under which an event stands: a joint award stands once, under the first of
    its councils that is followed."""
    for slug in event.councils:
        if slug in context.followed:
            return slug
    return event.councils[0] if event.councils else ""


def _council(slug: str, lines: Sequence[Line], context: DigestContext, *, may_fold: bool) -> Part:
    name = items.council_names(context, [slug])
    blocks = sorted(by_item(lines).values(), key=_gravest_first)
    full, short = _full_and_short(blocks, may_fold=may_fold)
    return Part(
        name,
        _region(slug, context),
        news=tuple(_news_of(name, block, context) for block in blocks),
        items=tuple(_item(block, context) for block in full),
        brief=tuple(in_brief.item(name, block, context) for block in short),
    )


def _full_and_short(
    blocks: Iterable[list[Line]], *, may_fold: bool
) -> tuple[list[list[Line]], list[list[Line]]]:
    """Return the blocks that are told in full, and those for which a line will do."""
    full = []
    short = []
    for block in blocks:
        if may_fold and in_brief.folds(block):
            short.append(block)
        else:
            full.append(block)
    return full, short


def _region(slug: str, context: DigestContext) -> str:
    for council in context.register:
        if council.slug == slug:
            return council.region
    return ""


def _gravest_first(block: Sequence[Line]) -> tuple[int, str, str, int, str]:
    first = block[0].event
    return (
        _gravest(block),
        kind_of(first),
        str(first.published or ""),
        first.record_id,
        str(first.kind),
    )


def _item(block: Sequence[Line], context: DigestContext) -> Item:
    if kind_of(block[0].event) == "rating":
        return items.inspection(block, context)
    return items.other(block[0], context)


def _news_of(name: str, block: Sequence[Line], context: DigestContext) -> News:
    event = block[0].event
    if kind_of(event) == "rating":
        return subject.of_inspection(name, block, is_earlier=_is_earlier(event, context))
    return subject.of_other(name, block[0])


def _is_earlier(event: Event, context: DigestContext) -> bool:
    """Return whether an inspection is told late though a later one was read."""
    first = event.detail.inspection.first_day
    latest = context.latest.get(event.councils[0])
    if not event.late or event.kind is not EventKind.ADDED or first is None or latest is None:
        return False

    later = latest.inspection.first_day
    return not latest.unread and later is not None and later > first


def _table(name: str, rows: Sequence[Line], context: DigestContext) -> Part:
    """Return the part of a programme with more lines than a digest lists one by one."""
    news = subject.of_programme(name, programme.summary(rows))
    return Part(
        heading=name,
        subheading="funding table",
        news=(news,),
        items=(programme.item(name, rows, context),),
    )


def _unstated(lines: Sequence[Line], context: DigestContext) -> Part:
    """Return what one page gives to several councils without a sum: said once."""
    name = sums.programme_of(lines[0].event)
    news = _unstated_news(name, lines)
    item = _unstated_item(name, lines, context)
    return Part(
        heading=name,
        subheading="",
        news=(news,),
        items=(item,),
    )


def _unstated_news(name: str, lines: Sequence[Line]) -> News:
    """Return "Family Hubs: amount not stated, for three councils"."""
    first = lines[0]
    amount = sums.amount_words(first.event)
    for_whom = _for_how_many(lines)

    news = subject.of_other(name, first)
    return replace(news, text=f"{name}: {amount}, {for_whom}")


def _for_how_many(lines: Sequence[Line]) -> str:
    """Return "for three councils"."""
    slugs = programme.councils(lines)
    count = wording.counted(len(slugs), "council")
    return f"for {count}"


def _unstated_item(name: str, lines: Sequence[Line], context: DigestContext) -> Item:
    """Return the item of the first council, made one of all."""
    title = _title_of_all(lines, context)
    alone = items.other(lines[0], context)
    return replace(
        alone,
        title=title,
        summary=f"{name}, {title}",
        notes=(),
    )


def _title_of_all(lines: Sequence[Line], context: DigestContext) -> str:
    """Return "Brent, Leeds and Trafford: amount not stated"."""
    slugs = sorted(programme.councils(lines))
    names = items.council_names(context, slugs)
    amount = sums.amount_words(lines[0].event)
    return f"{names}: {amount}"


# -- From parts to what is shown -------------------------------------------------------------------


def _groups(parts: Sequence[Part]) -> tuple[Group, ...]:
    """Return the parts in full, then the lines of all in brief. A sentence that was quoted above is
    not quoted again."""
    return (*_in_full(parts), *_in_brief(parts))


def _in_full(parts: Sequence[Part]) -> list[Group]:
    groups = []
    quoted: set[str] = set()
    for number, part in enumerate(parts, 1):
        if part.items:
            shown = [_quoted_once(item, quoted) for item in part.items]
            groups.append(_group(part, number, shown))

    return groups


def _group(part: Part, number: int, shown: Sequence[Item]) -> Group:
    """Return the items of a part under its heading, the part being that of this number."""
    return Group(
        part.heading,
        part.subheading,
        tuple(shown),
        _anchor(number),
    )


def _in_brief(parts: Iterable[Part]) -> list[Group]:
    """Return one group of all lines in brief, if there are any."""
    brief = tuple(item for part in parts for item in part.brief)
    if not brief:
        return []
    return [Group(in_brief.HEADING, "", brief, IN_BRIEF)]


def _anchor(number: int) -> str:
    return f"part-{number}"


def _quoted_once(item: Item, quoted: set[str]) -> Item:
    """Return the item without the quotes in `quoted`, to which its own are added."""
    kept = []
    for shown in item.evidence:
        if not shown.quote:
            kept.append(shown)
        elif shown.quote not in quoted:
            kept.append(shown)
            quoted.add(shown.quote)
    return replace(item, evidence=tuple(kept))


def _overview(parts: Sequence[Part]) -> tuple[OverviewRow, ...]:
    """Return the gravest news of each part in a line, where there are more than two."""
    if len(parts) <= FEW_GROUPS:
        return ()

    numbered = enumerate(parts, 1)
    return tuple(_overview_row(number, part) for number, part in numbered)


def _overview_row(number: int, part: Part) -> OverviewRow:
    anchor = _anchor(number) if part.items else IN_BRIEF
    what = _in_a_line(part)
    return OverviewRow(part.heading, what, anchor)


def _in_a_line(part: Part) -> str:
    what = _without_heading(part)
    more = part.gravest.more + len(part.news) - 1
    if not more:
        return what
    return f"{what}, and {more} more"


def _without_heading(part: Part) -> str:
    """Return what is gravest in a part, without the name of the council."""
    text = part.gravest.text
    bare = text.removeprefix(part.heading)
    said = bare.removeprefix(":").strip()
    return wording.capital(said)

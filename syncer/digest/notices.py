"""The messages that tell no change: all quiet, sources that cannot be read and can be read again,
the operator's, the test and the first contact. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from syncer.digest import about, items, wording
from syncer.digest.message_model import (
    NOT_THEIRS,
    Digest,
    DigestContext,
    EndedProblem,
    Freshness,
    Item,
    MailKind,
    Shown,
)
from syncer.digest.subject import LONGEST
from syncer.model import Problem, Subscriber
from syncer.subscriptions.match import describe

MOST_NAMED = 2
"""Of so many sources a subject names all; of more, how many there are."""


# -- Quiet -----------------------------------------------------------------------------------------


def all_quiet(subscriber: Subscriber, context: DigestContext, since: dt.datetime) -> Digest:
    """Nothing to tell since then, and what was read. All is called quiet only where everything was
    read, and only up to the day on which it was."""
    unread = [row for row in context.freshness if row.unreadable or row.late]
    day = wording.day(since.date())
    partly = any(row.trouble or row.late for row in context.freshness)
    seen = " in what could be read" if partly else ""
    changed = f"nothing you follow has changed{_up_to(context)}"

    heading = "All quiet"
    said = f"All quiet since {day}: {changed}"
    preheader = "Nothing has changed, and here is what was read."
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
        sources=about.sources(context.freshness),
        about=about.why_you_get_it(subscriber, context),
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


# -- An outage, and its end ------------------------------------------------------------------------


def source_dark(
    subscriber: Subscriber, dark: Sequence[Freshness], context: DigestContext
) -> Digest:
    """Sources that this person depends on could not be read for days: one message for all."""
    is_one = len(dark) == 1
    told = [_cannot_be_read(row) for row in dark]
    it, can = ("it", "it can") if is_one else ("they", "they can")
    return Digest(
        kind=MailKind.SOURCE_DARK,
        subject=_dark_subject(dark),
        heading="A source cannot be read" if is_one else f"{_several(dark)} cannot be read",
        preheader=wording.shortened(" ".join(told), 160),
        intro=(
            *told,
            f"Until {can} be read again, hearing nothing from us does not mean that nothing has "
            f"happened. We will write as soon as {it} can be read, and tell you whatever was "
            "published in the meantime.",
        ),
        sources=about.sources(context.freshness),
        about=about.why_you_get_it(subscriber, context),
        unsubscribe=context.unsubscribe,
    )


def _cannot_be_read(row: Freshness) -> str:
    name = wording.one_line(row.source)
    since = f" since {wording.moment(row.last_good)}" if row.last_good else " yet"
    reason = f" The reason: {wording.one_line(row.trouble)}." if row.trouble else ""
    return f"We have not been able to read {name}{since}.{reason}"


def _dark_subject(dark: Sequence[Freshness]) -> str:
    if len(dark) == 1:
        last = dark[0].last_good
        since = f" since {wording.moment(last)}" if last else ""
        return f"{wording.one_line(dark[0].source)} cannot be read{since}"
    return wording.shortened(f"{_named(dark)} cannot be read", LONGEST)


def _named(rows: Sequence[Freshness]) -> str:
    return wording.listed(_titles(rows)) if len(rows) <= MOST_NAMED else _several(rows)


def _several(rows: Sequence[Freshness]) -> str:
    return wording.capital(wording.counted(len(rows), "source"))


def source_back(
    subscriber: Subscriber, back: Sequence[Freshness], context: DigestContext
) -> Digest:
    """Sources of whose outage this person was told can be read again: one message for all."""
    names = wording.listed(_titles(back))
    is_one = len(back) == 1
    return Digest(
        kind=MailKind.SOURCE_DARK,
        subject=wording.shortened(f"{_named(back)} can be read again", LONGEST),
        heading="A source can be read again" if is_one else f"{_several(back)} can be read again",
        preheader=f"{names} can be read again.",
        intro=(
            f"{names} can be read again.",
            "Whatever was published in the meantime and concerns what you follow is told like any "
            "other news.",
        ),
        sources=about.sources(context.freshness),
        about=about.why_you_get_it(subscriber, context),
        unsubscribe=context.unsubscribe,
    )


# -- For the operator ------------------------------------------------------------------------------


def operator(
    problems: Sequence[Problem],
    ended: Sequence[EndedProblem],
    context: DigestContext,
    still_open: int = 0,
) -> Digest:
    """For the one who runs it: problems that are new, with what to do, and those told before that
    have ended; how many are open besides."""
    new = _how_many("new problem", problems)
    over = _how_many("problem", [each.problem for each in ended], " ended")
    titles = "; ".join(text for text in (new, over) if text)
    open_now = _still_open(still_open, context)
    return Digest(
        kind=MailKind.OPERATOR,
        subject=wording.shortened(f"syncer: {titles}", LONGEST),
        heading="What is wrong" if problems else "What has ended",
        preheader=new or over,
        bullets=(
            *(_problem(problem, context) for problem in problems),
            *(_ended(each, context) for each in ended),
        ),
        intro=(*(wording.capital(f"{text}.") for text in (new, over) if text), *open_now),
        notes=("A problem that goes on is told once; “syncer status” lists it until it ends.",),
        sources=about.sources(context.freshness),
        attribution="",
        disclaimer="",
    )


def _how_many(kind: str, problems: Sequence[Problem], then: str = "") -> str:
    """ "two new problems: HttpRefused and Unreachable", or nothing."""
    if not problems:
        return ""

    names = {problem.name for problem in problems}
    listed = wording.listed(sorted(names))
    return f"{wording.counted(len(problems), kind)}{then}: {listed}"


def _still_open(count: int, context: DigestContext) -> tuple[str, ...]:
    if count == 0:
        return ()
    verb = "is" if count == 1 else "are"
    other = wording.capital(wording.counted(count, "problem"))
    return (f"{other} that you were told of before {verb} still open.",)


def _ended(ended: EndedProblem, context: DigestContext) -> Item:
    """What was wrong and is not any more; nothing needs doing."""
    item = _problem(replace(ended.problem, hint=""), context)
    lasted = (
        f"From {wording.moment(ended.since)} until {wording.moment(ended.until)}. "
        "Nothing needs doing."
    )
    return replace(
        item,
        title=f"Ended: {item.title}",
        summary=f"Ended: {item.summary}",
        notes=(*item.notes, lasted),
    )


def _problem(problem: Problem, context: DigestContext) -> Item:
    where = f" – {items.council_names(context, [problem.council])}" if problem.council else ""
    link = items.safe_link(problem.url)
    seen = (Shown("", "", link, f"The page on {link.split('/')[2]}", ""),) if link else ()
    title = problem.name + where
    notes = [sentence(text) for text in (problem.message, problem.hint) if text]
    return Item("problem", title, title, notes=tuple(notes), evidence=seen)


def sentence(text: str) -> str:
    """Return the text as a whole sentence: one line with a stop at its end."""
    line = wording.one_line(text)
    return line if line.endswith((".", "!", "?", ":", "…")) else f"{line}."


# -- The first contact -----------------------------------------------------------------------------


def test_mail(context: DigestContext) -> Digest:
    """Proof that messages arrive."""
    return Digest(
        kind=MailKind.TEST_MAIL,
        subject="syncer: a test message",
        heading="It works",
        preheader="A test message; nothing has changed.",
        intro=(
            f"This is a test, sent on {wording.moment(context.now)}. Nothing has changed; "
            "messages arrive, and look like this.",
        ),
        sources=about.sources(context.freshness),
        about=about.run_by(context),
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
        about=about.run_by(context),
        attribution="",
        disclaimer=NOT_THEIRS,
    )

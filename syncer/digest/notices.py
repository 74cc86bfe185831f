"""The messages that tell no change: all quiet, sources that cannot be read and can be read again,
the operator's and the test. Pure."""

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

MOST_NAMED = 2
"""Of so many sources a subject names all; of more, how many there are."""

LONGEST_PREHEADER = 160
BACK = (
    "Whatever was published in the meantime and concerns what you follow is told like any other "
    "news."
)
TOLD_ONCE = "A problem that goes on is told once; “syncer status” lists it until it ends."


# -- Quiet -----------------------------------------------------------------------------------------


def all_quiet(subscriber: Subscriber, context: DigestContext, since: dt.datetime) -> Digest:
    """Return the message that there is nothing to tell since then, with what was read. All is
    called quiet only where everything was read, and only up to the day on which it was."""
    unread = [row for row in context.freshness if row.unreadable or row.late or row.own_unread]
    day = wording.day(since.date())
    until = _up_to(context)

    quiet = _for_reader(MailKind.ALL_QUIET, subscriber, context)
    quiet = replace(quiet, intro=(_nothing_since(day, until, context.freshness),))
    if unread:
        return replace(
            quiet,
            heading="Nothing new",
            subject=f"Nothing new since {day}{until}, but {_unread(unread)}",
            preheader="Here is what was read, and what could not be.",
        )
    return replace(
        quiet,
        heading="All quiet",
        subject=f"All quiet since {day}: nothing you follow has changed{until}",
        preheader="Nothing has changed, and here is what was read.",
    )


def _for_reader(kind: MailKind, subscriber: Subscriber, context: DigestContext) -> Digest:
    """Return a message that has nothing to say yet, with what stands at the end of each."""
    return Digest(
        kind=kind,
        subject="",
        heading="",
        preheader="",
        sources=about.sources(context.freshness),
        about=about.why_you_get_it(subscriber, context),
        unsubscribe=context.unsubscribe,
    )


def _nothing_since(day: str, until: str, freshness: Iterable[Freshness]) -> str:
    """Return the sentence that nothing has changed, as far as it was read."""
    changed = f"nothing you follow has changed{until}"
    if any(row.trouble or row.late for row in freshness):
        changed += " in what could be read"
    return f"Since {day} {changed}. This is what was read, and when."


def _up_to(context: DigestContext) -> str:
    """Return the day of the last reading, where that is not today."""
    if context.read_until is None:
        return ""

    read = wording.local_day(context.read_until)
    if read == wording.local_day(context.now):
        return ""
    return f" up to {wording.day(read)}"


def _unread(rows: Sequence[Freshness]) -> str:
    """Return "Ofsted inspection reports cannot be read now", and what was never read."""
    partly = [row for row in rows if _is_partly_read(row)]
    whole = [row for row in rows if not _is_partly_read(row)]
    failing = [row for row in whole if _was_tried(row)]
    never = [row for row in whole if not _was_tried(row)]
    said = (_failing(failing), _partly_read(partly), _never_read(never))
    return ", and ".join(part for part in said if part)


def _is_partly_read(row: Freshness) -> bool:
    """Return whether the source was read lately, but not all that concerns this reader."""
    return row.own_unread and not row.unreadable and not row.late


def _partly_read(rows: Sequence[Freshness]) -> str:
    """Return "not all of Ofsted inspection reports could be read"; empty where there are none."""
    if not rows:
        return ""
    names = wording.listed(_titles(rows))
    return f"not all of {names} could be read"


def _failing(rows: Sequence[Freshness]) -> str:
    if not rows:
        return ""
    names = wording.listed(_titles(rows))
    return f"{names} cannot be read now"


def _never_read(rows: Sequence[Freshness]) -> str:
    if not rows:
        return ""
    names = wording.listed(_titles(rows))
    has = "has" if len(rows) == 1 else "have"
    return f"{names} {has} not been read yet"


def _was_tried(row: Freshness) -> bool:
    return row.unreadable or row.last_good is not None or bool(row.trouble)


def _titles(rows: Iterable[Freshness]) -> list[str]:
    return [wording.one_line(row.source) for row in rows]


# -- An outage, and its end ------------------------------------------------------------------------


def source_dark(
    subscriber: Subscriber, dark: Sequence[Freshness], context: DigestContext
) -> Digest:
    """Return one message about all sources that this person depends on and that could not be read
    for days."""
    told = [_cannot_be_read(row) for row in dark]
    return replace(
        _for_reader(MailKind.SOURCE_DARK, subscriber, context),
        subject=_dark_subject(dark),
        heading=f"{_how_many_sources(dark)} cannot be read",
        preheader=_preheader(told),
        intro=(*told, _until_then(dark)),
    )


def _preheader(told: Iterable[str]) -> str:
    """Return what a list of messages shows after the subject."""
    all_told = " ".join(told)
    return wording.shortened(all_told, LONGEST_PREHEADER)


def _until_then(dark: Sequence[Freshness]) -> str:
    """Return what silence means until they can be read again."""
    they = "it" if len(dark) == 1 else "they"
    return (
        f"Until {they} can be read again, hearing nothing from us does not mean that nothing has "
        f"happened. We will write as soon as {they} can be read, and tell you whatever was "
        "published in the meantime."
    )


def _cannot_be_read(row: Freshness) -> str:
    name = wording.one_line(row.source)
    said = f"We have not been able to read {name}{_since(row) or ' yet'}."
    if row.trouble:
        said += f" The reason: {wording.one_line(row.trouble)}."
    return said


def _since(row: Freshness) -> str:
    if row.last_good is None:
        return ""
    return f" since {wording.moment(row.last_good)}"


def _dark_subject(dark: Sequence[Freshness]) -> str:
    since = _since(dark[0]) if len(dark) == 1 else ""
    said = f"{_named(dark)} cannot be read{since}"
    return wording.shortened(said, LONGEST)


def _named(rows: Sequence[Freshness]) -> str:
    if len(rows) > MOST_NAMED:
        return _how_many_sources(rows)
    return wording.listed(_titles(rows))


def _how_many_sources(rows: Sequence[Freshness]) -> str:
    """Return "A source" or "Three sources"."""
    if len(rows) == 1:
        return "A source"
    return wording.capital(wording.counted(len(rows), "source"))


def source_back(
    subscriber: Subscriber, back: Sequence[Freshness], context: DigestContext
) -> Digest:
    """Return one message about all sources of whose outage this person was told and that can be
    read again."""
    names = wording.listed(_titles(back))
    said = f"{names} can be read again."
    title = f"{_named(back)} can be read again"
    return replace(
        _for_reader(MailKind.SOURCE_DARK, subscriber, context),
        subject=wording.shortened(title, LONGEST),
        heading=f"{_how_many_sources(back)} can be read again",
        preheader=said,
        intro=(said, BACK),
    )


# -- For the operator ------------------------------------------------------------------------------


def operator(
    problems: Sequence[Problem],
    ended: Sequence[EndedProblem],
    context: DigestContext,
    still_open: int = 0,
) -> Digest:
    """Return the message for the one who runs it: problems that are new, with what to do, and those
    told before that have ended; how many are open besides."""
    told = _begun_and_ended(problems, ended)
    titles = "; ".join(told)
    return Digest(
        kind=MailKind.OPERATOR,
        subject=wording.shortened(f"syncer: {titles}", LONGEST),
        heading="What is wrong" if problems else "What has ended",
        preheader=told[0] if told else "",
        bullets=_bullets(problems, ended, context),
        intro=(*_sentences(told), *_still_open(still_open)),
        notes=(TOLD_ONCE,),
        sources=about.sources(context.freshness),
        attribution="",
        disclaimer="",
    )


def _begun_and_ended(problems: Sequence[Problem], ended: Iterable[EndedProblem]) -> list[str]:
    """Return how many problems there are of either, by name."""
    over = [each.problem for each in ended]
    told = (
        _how_many("new problem", problems),
        _how_many("problem", over, " ended"),
    )
    return [text for text in told if text]


def _bullets(
    problems: Iterable[Problem], ended: Iterable[EndedProblem], context: DigestContext
) -> tuple[Item, ...]:
    begun = [_problem(problem, context) for problem in problems]
    finished = [_ended(each, context) for each in ended]
    return (*begun, *finished)


def _sentences(texts: Iterable[str]) -> list[str]:
    return [wording.capital(f"{text}.") for text in texts]


def _how_many(kind: str, problems: Sequence[Problem], then: str = "") -> str:
    """Return "two new problems: HttpRefused and Unreachable", or nothing."""
    if not problems:
        return ""

    count = wording.counted(len(problems), kind)
    return f"{count}{then}: {_names_of(problems)}"


def _names_of(problems: Iterable[Problem]) -> str:
    """Return the names of the errors, each once."""
    names = {problem.name for problem in problems}
    return wording.listed(sorted(names))


def _still_open(count: int) -> tuple[str, ...]:
    if count == 0:
        return ()

    verb = "is" if count == 1 else "are"
    problems = wording.capital(wording.counted(count, "problem"))
    return (f"{problems} that you were told of before {verb} still open.",)


def _ended(ended: EndedProblem, context: DigestContext) -> Item:
    """Return what was wrong and is not any more; nothing needs doing."""
    without_hint = replace(ended.problem, hint="")
    item = _problem(without_hint, context)
    title = f"Ended: {item.title}"
    return replace(
        item,
        title=title,
        summary=title,
        notes=(*item.notes, _lasted(ended)),
    )


def _lasted(ended: EndedProblem) -> str:
    since = wording.moment(ended.since)
    until = wording.moment(ended.until)
    return f"From {since} until {until}. Nothing needs doing."


def _problem(problem: Problem, context: DigestContext) -> Item:
    title = _problem_title(problem, context)
    said = (problem.message, problem.hint)
    return Item(
        kind="problem",
        title=title,
        summary=title,
        notes=tuple(sentence(text) for text in said if text),
        evidence=_page(problem),
    )


def _problem_title(problem: Problem, context: DigestContext) -> str:
    if not problem.council:
        return problem.name

    council = items.council_names(context, [problem.council])
    return f"{problem.name} – {council}"


def _page(problem: Problem) -> tuple[Shown, ...]:
    link = items.safe_link(problem.url)
    if not link:
        return ()
    text = f"The page on {items.site_of(link)}"
    return (items.link_to(link, text),)


def sentence(text: str) -> str:
    """Return the text as a whole sentence: one line with a stop at its end."""
    line = wording.one_line(text)
    is_ended = line.endswith((".", "!", "?", ":", "…"))
    if is_ended:
        return line
    return f"{line}."


# -- The test --------------------------------------------------------------------------------------


def test_mail(context: DigestContext) -> Digest:
    """Return the message that proves that messages arrive."""
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

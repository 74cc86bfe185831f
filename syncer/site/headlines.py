"""News in a line each, the gravest first, in the words in which a subject would name it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from syncer.digest import items, programme, subject
from syncer.digest.folding import Line, by_item, fold
from syncer.digest.message_model import DigestContext
from syncer.digest.subject import News
from syncer.model import Event
from syncer.site import telling
from syncer.subscriptions.match import kind_of


@dataclass(frozen=True)
class Headline:
    """One piece of news: its words and how grave it is, the change that stands for it, and how many
    changes it tells together. `programme` is named where it tells of a whole table of money."""

    news: News
    event: Event
    changes: int
    programme: str = ""

    @property
    def text(self) -> str:
        """Return it in words, with how many judgements of the same report they leave unsaid."""
        more = self.news.more
        return f"{self.news.text}, and {more} more" if more else self.news.text

    @property
    def tag(self) -> str:
        """Return what is special about it: a correction, a withdrawal, late news."""
        return items.tag_of(self.event)


def headlines(events: Iterable[Event], context: DigestContext) -> list[Headline]:
    """Return the news of these changes, the gravest first. What came to nothing is not among it."""
    tables, rest = programme.split(fold(events).lines)
    found = [_of_table(name, lines) for name, lines in tables.items()]
    found += [of_item(lines, context) for lines in by_item(rest).values()]
    return sorted(found, key=_gravity)


def _gravity(headline: Headline) -> tuple[tuple[int, ...], str]:
    return headline.news.rank, headline.news.text


def _of_table(name: str, lines: Sequence[Line]) -> Headline:
    news = subject.of_programme(name, programme.summary(lines))
    return Headline(news, lines[0].event, len(lines), name)


def of_item(lines: Sequence[Line], context: DigestContext) -> Headline:
    """Return the news of the lines of one item: one inspection, or anything else alone."""
    event = lines[0].event
    if kind_of(event) == "rating":
        event = items.headline(lines).event
    return Headline(telling.news(lines, context), event, len(lines))

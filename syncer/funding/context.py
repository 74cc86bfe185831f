"""What a reader knows when a sentence begins: whose paper it is, who was spoken of, what the
heading and the introduction of a list name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from syncer.funding.document import Sentence
from syncer.funding.lexicon import load_lexicon, tokens
from syncer.funding.mentions import Group, Marked

_FIRST_WORDS = 8
"""Words: an item is a council's if it names one that early."""


@dataclass(frozen=True)
class Part:
    """One sentence of a page with its marks, its words and the classes of these. `before` and
    `after` are the numbers of the neighbouring parts of the same page."""

    number: int
    sentence: Sentence
    marked: Marked
    words: tuple[str, ...]
    classes: tuple[frozenset[str], ...]

    def places(self, kind: str) -> list[tuple[int, int]]:
        """Return where marks of this kind stand: (place among the words, number of the mark)."""
        start = f"‹{kind}"
        return [
            (place, int(word[2:-1]))
            for place, word in enumerate(self.words)
            if word.startswith(start)
        ]


@dataclass(frozen=True)
class Page:
    """A page as parts. `own` is the council whose paper it is, `lists` the items that follow an
    introducing sentence (by its number), `headings` the number of the heading over each part."""

    parts: tuple[Part, ...]
    own: tuple[str, ...]
    titled: bool
    lists: dict[int, list[int]] = field(default_factory=dict)
    introductions: dict[int, int] = field(default_factory=dict)
    headings: dict[int, int] = field(default_factory=dict)

    def named(self) -> list[tuple[str, ...]]:
        """Return every run of councils named, in order."""
        return [group.councils for part in self.parts for group in part.marked.groups]


def page_of(
    sentences: Sequence[Sentence], marked: Sequence[Marked], own: tuple[str, ...], titled: bool
) -> Page:
    """Return the page's parts and how they hang together."""
    parts = []
    for number, (sentence, one) in enumerate(zip(sentences, marked, strict=True)):
        words = tokens(one.text)
        classes = load_lexicon().classes(words)
        parts.append(Part(number, sentence, one, tuple(words), tuple(classes)))

    page = Page(tuple(parts), own, titled)
    _link_lists(page)
    _link_headings(page)
    return page


def _link_lists(page: Page) -> None:
    """Note which sentence introduces which items."""
    introduction: int | None = None
    bare = _bare_items(page.parts)
    for part in page.parts:
        is_item = part.sentence.item or part.number in bare
        goes_on = bool(part.sentence.lead) and introduction is not None
        if not (is_item or goes_on):
            introduction = part.number
        elif introduction is not None:
            page.lists.setdefault(introduction, []).append(part.number)
            page.introductions[part.number] = introduction


def _bare_items(parts: Sequence[Part]) -> set[int]:
    """Return the items of lists whose bullets were lost: short lines in a row, each with a council,
    after a sentence."""
    found: set[int] = set()
    for is_bare, run in groupby(parts, key=_is_bare_item):
        numbers = [part.number for part in run]
        if is_bare and len(numbers) > 1:
            found.update(numbers)
    return found


def _is_bare_item(part: Part) -> bool:
    """Return whether it is a short line by itself that names a council and no sum."""
    stands_alone = part.sentence.is_heading and part.number > 0
    return stands_alone and bool(part.marked.groups) and not part.marked.money


def _link_headings(page: Page) -> None:
    heading: int | None = None
    for part in page.parts:
        if part.sentence.is_heading:
            heading = part.number
        elif heading is not None:
            page.headings[part.number] = heading


def list_group(page: Page, number: int) -> Group | None:
    """Return the councils of the items that a sentence introduces, where each item begins with
    them and names no sum."""
    items = [page.parts[item] for item in page.lists.get(number, ())]
    if any(item.marked.money for item in items):
        return None

    units: list[tuple[str, ...]] = []
    for item in items:
        units += _units_in_front(item)
    return Group(tuple(dict.fromkeys(units))) if len(units) > 1 else None


def _units_in_front(item: Part) -> tuple[tuple[str, ...], ...]:
    """Return the councils that an item begins with; none where it begins with other words."""
    places = item.places("G")
    if not places:
        return ()
    where, number = places[0]
    return item.marked.groups[number].units if where <= _FIRST_WORDS else ()

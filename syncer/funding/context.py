"""What a reader knows when a sentence begins: whose paper it is, who was spoken of, what the
heading and the introduction of a list name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

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
    lexicon = load_lexicon()
    parts = []
    for number, (sentence, one) in enumerate(zip(sentences, marked, strict=True)):
        words = tokens(one.text)
        parts.append(Part(number, sentence, one, tuple(words), tuple(lexicon.classes(words))))
    page = Page(tuple(parts), own, titled)
    _link_lists(page)
    _link_headings(page)
    return page


def _link_lists(page: Page) -> None:
    """Note which sentence introduces which items."""
    introduction = -1
    bare = _bare_items(page.parts)
    for part in page.parts:
        listed = part.sentence.item or part.number in bare
        if listed or (part.sentence.lead and introduction >= 0):
            if introduction >= 0:
                page.lists.setdefault(introduction, []).append(part.number)
                page.introductions[part.number] = introduction
        else:
            introduction = part.number


def _bare_items(parts: Sequence[Part]) -> set[int]:
    """Return the items of lists whose bullets were lost: short lines in a row, each with a council,
    after a sentence."""
    found: set[int] = set()
    run: list[int] = []
    for part in parts:
        alone = part.sentence.is_heading and part.number > 0
        if alone and part.marked.groups and not part.marked.money:
            run.append(part.number)
            continue
        found |= set(run) if len(run) > 1 else set()
        run = []
    return found | (set(run) if len(run) > 1 else set())


def _link_headings(page: Page) -> None:
    heading = -1
    for part in page.parts:
        if part.sentence.is_heading:
            heading = part.number
        elif heading >= 0:
            page.headings[part.number] = heading


def list_group(page: Page, number: int) -> Group | None:
    """Return the councils of the items that a sentence introduces, where each item begins with
    them and names no sum."""
    units: list[tuple[str, ...]] = []
    for item in page.lists.get(number, ()):
        part = page.parts[item]
        if part.marked.money:
            return None
        places = part.places("G")
        if places and places[0][0] <= _FIRST_WORDS:
            units += part.marked.groups[places[0][1]].units
    return Group(tuple(dict.fromkeys(units))) if len(units) > 1 else None

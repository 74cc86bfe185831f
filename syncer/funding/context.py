"""What a reader knows when a sentence begins: whose paper it is, who was spoken of, what the
heading and the introduction of a list name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from syncer.funding.document import Sentence
from syncer.funding.lexicon import load_lexicon, tokens
from syncer.funding.mentions import Group, Marked, mark_number

_LABEL = re.compile(
    r"(?:(?:the )?(?:(?:north|south|east|west|inner|outer|greater|central)[ -]?)*"
    r"(?:london|(?:the )?midlands|of england|yorkshire(?: and(?: the)? humber(?:side)?)?"
    r"|manchester|region)?|(?:wave|round|phase|cohort|tranche|group|model|year) \w+)\W*",
    re.I,
)
"""A region, or a part of a programme, that stands over some items of a list."""
_ONLY_NAMES = re.compile(
    r"(?:[^.:;‹›]{1,40}[:–—-] )?‹G\d+›(?:[\s,;&]|and|with|plus|\([^()]*\)|‹[GY]\d+›)*\.?"
)
"""A sentence that says nothing but names: "North East: ‹G0›, ‹G1›."""
_AROUND = 8
"""Sentences."""
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
        found = []
        for place, word in enumerate(self.words):
            if word.startswith(start):
                found.append((place, mark_number(word)))

        return found

    def councils(self) -> list[tuple[int, Group]]:
        """Return where runs of councils stand among the words, and the runs."""
        groups = self.marked.groups
        return [(place, groups[number]) for place, number in self.places("G")]


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

    def around(self, part: Part) -> Sequence[Part]:
        """Return the sentences before and after this one, with it, that may have to do with it: on
        a long page what stands far away says nothing, and on a short one it is all of it."""
        first = max(0, part.number - _AROUND)
        return self.parts[first : part.number + _AROUND + 1]

    def before(self, part: Part) -> Part | None:
        """Return the sentence before this one."""
        if part.number == 0:
            return None
        return self.parts[part.number - 1]

    def after(self, part: Part) -> Part | None:
        """Return the sentence after this one."""
        number = part.number + 1
        if number < len(self.parts):
            return self.parts[number]
        return None

    def before_list(self, part: Part) -> Part | None:
        """Return the sentence before this one; for an item of a list, before what introduces it."""
        return self.before(self.introduction_of(part) or part)

    def after_list(self, part: Part) -> Part | None:
        """Return the sentence after this one; for an item of a list, after the last item."""
        introduction = self.introductions.get(part.number)
        if introduction is None:
            return self.after(part)
        return self.after(self.parts[self.lists[introduction][-1]])

    def introduction_of(self, part: Part) -> Part | None:
        """Return the sentence that introduces the list in which this one is an item."""
        number = self.introductions.get(part.number)
        if number is None:
            return None
        return self.parts[number]

    def heading_of(self, part: Part) -> Part | None:
        """Return the heading over this sentence."""
        number = self.headings.get(part.number)
        if number is None:
            return None
        return self.parts[number]


def words_around(words: Sequence[str], place: int, parts: Callable[[str], bool]) -> tuple[int, int]:
    """Return the first place, and the place after the last, of the words around one up to those
    that part them."""
    start = place
    while start > 0 and not parts(words[start - 1]):
        start -= 1

    end = place + 1
    while end < len(words) and not parts(words[end]):
        end += 1

    return start, end


def page_of(
    sentences: Sequence[Sentence], marked: Sequence[Marked], own: tuple[str, ...], titled: bool
) -> Page:
    """Return the page's parts and how they hang together."""
    page = Page(_parts(sentences, marked), own, titled)
    _link_lists(page)
    _link_headings(page)

    return page


def _parts(sentences: Sequence[Sentence], marked: Sequence[Marked]) -> tuple[Part, ...]:
    parts: list[Part] = []
    for sentence, one in zip(sentences, marked, strict=True):
        parts.append(_part(len(parts), sentence, one))

    return tuple(parts)


def _part(number: int, sentence: Sentence, marked: Marked) -> Part:
    words = tokens(marked.text)
    classes = load_lexicon().classes(words)
    return Part(
        number,
        sentence,
        marked,
        tuple(words),
        tuple(classes),
    )


def _link_lists(page: Page) -> None:
    """Note which sentence introduces which items."""
    bare = _bare_items(page.parts)
    introduction: int | None = None
    for part in page.parts:
        is_item = part.sentence.item or part.number in bare
        goes_on = part.sentence.lead and not _introduces_itself(part)
        if not is_item and not goes_on:
            introduction = part.number
        elif introduction is not None:
            _link_item(page, introduction, part.number)


def _introduces_itself(part: Part) -> bool:
    """Return whether a short line begins another list ("Not in this tranche:") and is no label over
    some items ("North West:")."""
    text = part.marked.text
    return text.endswith(":") and _LABEL.fullmatch(text) is None


def _link_item(page: Page, introduction: int, item: int) -> None:
    page.introductions[item] = introduction
    items = page.lists.setdefault(introduction, [])
    items.append(item)


def _bare_items(parts: Sequence[Part]) -> set[int]:
    """Return the items of lists whose bullets were lost, and the labels between them: short lines
    in a row, or sentences of nothing but names, after a sentence."""
    found: set[int] = set()
    for is_bare, run in groupby(parts, key=_is_bare_item):
        items = list(run)
        if is_bare and sum(bool(item.marked.groups) for item in items) > 1:
            found.update(item.number for item in items)

    return found


def _is_bare_item(part: Part) -> bool:
    """Return whether it names councils and no sum, and is a short line by itself or says nothing
    else; or whether it is a label over some of them ("North West", "Wave 2")."""
    if part.number == 0 or part.marked.money:
        return False
    if not part.marked.groups:
        return part.sentence.is_heading and bool(_LABEL.fullmatch(part.marked.text))
    if part.sentence.is_heading:
        return True
    return _ONLY_NAMES.fullmatch(part.marked.text) is not None


def _link_headings(page: Page) -> None:
    heading: int | None = None
    for part in page.parts:
        if part.number in page.introductions and part.marked.groups:
            # An item of a list heads nothing.
            continue
        if part.sentence.is_heading:
            heading = part.number
        elif heading is not None:
            page.headings[part.number] = heading


def list_group(page: Page, number: int) -> Group | None:
    """Return the councils of the items that a sentence introduces, where the items begin with
    them and most name no sum: one that does has its own."""
    items = [page.parts[item] for item in page.lists.get(number, ())]
    bare = [item for item in items if not item.marked.money]
    if len(bare) * 3 <= len(items) * 2:
        return None

    units = _units_in_front_of_all(bare)
    if len(units) < 2:
        return None
    return Group(units)


def _units_in_front_of_all(items: Iterable[Part]) -> tuple[tuple[str, ...], ...]:
    """Return the councils with which the items begin, each once."""
    units: dict[tuple[str, ...], None] = {}
    for item in items:
        units |= dict.fromkeys(_units_in_front(item))

    return tuple(units)


def _units_in_front(item: Part) -> tuple[tuple[str, ...], ...]:
    """Return the councils that an item begins with; none where it begins with other words."""
    runs = item.councils()
    if not runs:
        return ()

    where, group = runs[0]
    if where <= _FIRST_WORDS:
        return group.units
    return ()

"""What the sentence is, what stands around it, and how large the sum is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from syncer.funding.context import Page, Part
from syncer.funding.signals.words import COMMON, bucket, classes_of, shape
from syncer.model import Money

WHOLE_SCHOOLS_GRANT = "the whole schools grant"
_SCHOOLS_GRANT = re.compile(r"\bDSG\b|\bdedicated schools grant\b", re.I)
_WHOLE = 100_000_000
"""Pounds: no agreement about a deficit pays a council as much, the grant itself is more."""
FOR_MANY = "for many, none named here"


def sentence(page: Page, part: Part) -> Iterator[str]:
    """Say what kind of sentence it is, and how much is in it."""
    yield from _how_much(part)
    if not part.places("G") and "MANY" in classes_of(part):
        yield FOR_MANY

    yield from _kinds(page, part)


def _how_much(part: Part) -> Iterator[str]:
    """Say how many sums and councils there are."""
    sums = len(part.places("M"))
    yield f"{bucket(sums, (1, 2, 3))} sums"

    councils = len(part.places("G"))
    yield f"{bucket(councils, (0, 1, 2))} councils"


def _kinds(page: Page, part: Part) -> Iterator[str]:
    """Say whether it is a question, an item, a heading, and whose the page is."""
    kinds = {
        "question": "?" in part.words,
        "item": part.sentence.item,
        "heading": part.sentence.is_heading,
        "introduces a list": part.number in page.lists,
        "the page has an owner": bool(page.own),
    }
    for kind, is_there in kinds.items():
        if is_there:
            yield kind


def sentence_of_place(page: Page, part: Part) -> Iterator[str]:
    """Say how long the sentence is and whether the page begins with it, and name the words of what
    introduces and heads it: where councils are named without sums, they tell lists apart. For a
    sum they say more of the training texts than of the sum."""
    words = len(part.words)
    yield f"{bucket(words, (8, 16, 30))} words"
    if part.number == 0:
        yield "first sentence"

    yield from _words_above("introduction", page.introduction_of(part))
    yield from _words_above("under", page.heading_of(part))


def _words_above(name: str, other: Part | None) -> Iterator[str]:
    if other is not None:
        yield from _its_words(name, set(other.words) - COMMON)


def neighbours(page: Page, part: Part, *, of_list: bool = False) -> Iterator[str]:
    """Name the classes of what introduces, heads, precedes and follows the sentence, and the first
    words of what follows. With `of_list` the items of a list have the neighbours of the list, so
    that they are judged alike."""
    yield from _above("introduction", page.introduction_of(part))
    yield from _above("under", page.heading_of(part))

    before = page.before_list(part) if of_list else page.before(part)
    if before is not None:
        yield from _its_classes("previous", before)

    following = page.after_list(part) if of_list else page.after(part)
    if following is not None:
        yield from _next(following)


def _next(following: Part) -> Iterator[str]:
    """Name the classes of the sentence that follows, and its first words."""
    yield from _its_classes("next", following)
    yield from _its_words("next begins", following.words[:3])


def _above(name: str, other: Part | None) -> Iterator[str]:
    """Name the classes of what stands above, or that nothing does."""
    if other is None:
        yield f"no {name}"
        return
    yield from _its_classes(name, other)


def _its_classes(name: str, other: Part) -> Iterator[str]:
    for kind in classes_of(other):
        yield f"{name} {kind}"


def _its_words(name: str, words: Iterable[str]) -> Iterator[str]:
    for word in words:
        yield f"{name} {shape(word)}"


# -- The figure ------------------------------------------------------------------------------------


def figure(page: Page, part: Part, number: int) -> Iterator[str]:
    """Say how large the sum is, how it is printed, and whether it is a total or is repeated."""
    money = part.marked.money[number]
    yield from _as_printed(money)
    if money.pounds > _WHOLE and _SCHOOLS_GRANT.search(part.sentence.text):
        yield WHOLE_SCHOOLS_GRANT
    yield from _of_programmes(page, part, money)

    others = [one.pounds for one in part.marked.money if one is not money]
    yield from _in_its_sentence(money.pounds, others)
    yield from _on_the_page(money.pounds, _all_pounds(page, part))


def _of_programmes(page: Page, part: Part, money: Money) -> Iterator[str]:
    """Yield the size with each programme named around: tens of millions are a deficit's, or a
    nation's, but under a safety valve agreement."""
    named = {programme.name for other in page.around(part) for programme in other.marked.programmes}
    size = len(str(money.pounds))
    for name in named:
        yield f"size {size} & {name}"


def _as_printed(money: Money) -> Iterator[str]:
    digits = str(money.pounds)
    yield f"size {len(digits)}"
    yield f"qualifier {money.qualifier.value}"


def _all_pounds(page: Page, part: Part) -> list[int]:
    """Return every sum of the sentences around."""
    pounds = []
    for other in page.around(part):
        pounds += [money.pounds for money in other.marked.money]

    return pounds


def _in_its_sentence(pounds: int, others: Sequence[int]) -> Iterator[str]:
    if not others:
        return

    if pounds >= max(others):
        yield "largest of the sentence"

    is_total = sum(others) == pounds
    if is_total and len(others) > 1:
        yield "total of the sentence"


def _on_the_page(pounds: int, everywhere: Sequence[int]) -> Iterator[str]:
    if everywhere.count(pounds) > 1:
        yield "printed again"

    if len(everywhere) > 1 and pounds == max(everywhere):
        yield "largest of the page"

    yield f"{bucket(len(everywhere), (1, 2, 4, 8))} sums on the page"

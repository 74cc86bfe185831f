"""Whether a sum is a part of another: "£3m, of which £1m …", "including £200,000", "£1m of it"."""

from __future__ import annotations

from collections.abc import Iterator

from syncer.funding.context import Part

_BEFORE, _AFTER = 4, 4
"""Words before and after the sum in which such a phrase counts."""
_PHRASES = (
    *(
        "of which",
        "of that",
        "of this",
        "of it",
        "of the same",
        "including",
        "includes",
        "included",
    ),
    *("first", "second", "initial", "instalment", "tranche", "remaining", "remainder", "balance"),
    *("further", "extra", "another", "additional", "on top", "up front", "upfront", "half", "rest"),
    *(
        "so far",
        "to date",
        "this year",
        "last year",
        "next year",
        "a year",
        "in all",
        "in total",
        "back",
    ),
)


def part_of_sum(part: Part, place: int, number: int) -> Iterator[str]:
    """Name the phrases that make it a part of a sum, or one of several, and how it stands to the
    sums before it in the sentence."""
    yield from _phrases("part before", part.words[max(0, place - _BEFORE) : place])
    yield from _phrases("part after", part.words[place + 1 : place + 1 + _AFTER])

    own = part.marked.money[number].pounds
    earlier = [part.marked.money[n].pounds for at, n in part.places("M") if at < place]
    if earlier:
        yield "smaller than earlier" if own < max(earlier) else "not smaller than earlier"
    yield f"{min(len(earlier), 2)} sums earlier"


def _phrases(name: str, words: tuple[str, ...]) -> Iterator[str]:
    said = f" {' '.join(words)} "
    for phrase in _PHRASES:
        if f" {phrase} " in said:
            yield f"{name} {phrase}"

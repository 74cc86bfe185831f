"""Counts as prose has them: "three", "twelve"."""

from __future__ import annotations

WORDS = (
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
)
"""The words for 1 to 20, in order."""

COUNT_OF = {word: count for count, word in enumerate(WORDS, 1)}


def read_count(printed: str) -> int:
    """Return the count that digits, or one of the words, print. Raises KeyError for other words."""
    if printed.isdigit():
        return int(printed)
    return COUNT_OF[printed.lower()]

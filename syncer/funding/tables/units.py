"""How many pounds one printed unit is: "£000", "£m", "in thousands", "(£ million)"."""

from __future__ import annotations

import re

_MILLIONS = re.compile(
    r"£\s?['’]?(?:m|mn|mil|millions?)\b|\bGBP millions?\b|\bin millions\b|\bmillions of pounds\b"
    r"|\bGBP ?m\b|\bmillions? (?:£|pounds)",
    re.I,
)
_THOUSANDS = re.compile(
    r"£\s?['’]?(?:000s?|k|thousands?)\b|\bin (?:£ ?)?(?:thousands|000s)\b"
    r"|\bGBP thousands?\b|\bthousands? (?:of )?pounds\b|\bthousands? £|\bGBP ?000s?\b|['’]000s?\b",
    re.I,
)
_POUNDS = re.compile(r"£(?!\s?['’]?(?:\d|m\b|k\b|mn|mil|thou))|\bin (?:whole )?pounds\b", re.I)


def unit_in(words: str) -> int | None:
    """Return how many pounds one unit is where the words say it: 1,000,000, 1,000 or 1; None where
    they do not."""
    if _MILLIONS.search(words):
        return 1_000_000
    if _THOUSANDS.search(words):
        return 1_000
    if _POUNDS.search(words):
        return 1
    return None

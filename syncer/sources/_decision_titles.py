"""Which council does the title of a decision name, in whatever order its words stand? ("Improvement
notice issued to X", "X: direction")"""

from __future__ import annotations

import datetime as dt
import re

from syncer.sources import SourceContext
from syncer.sources._decisions import without_month

ADDRESSED = re.compile(r"\b(?:to|for|in|at)\s+(?:the\s+)?(?P<council>[^:,(–]+)", re.I)


def council_in(
    title: str, instrument: re.Match[str], published: dt.date, context: SourceContext
) -> str:
    """Return the council that a title names: behind the instrument, else before it. Raises
    CouncilError."""
    before = title[: instrument.start("what")]
    behind = without_month(title[instrument.end() :])

    for words in (behind, before):
        named = councils_named(words, published, context)
        if len(named) == 1:
            return named.pop()

    name = _unknown_name(before, behind)
    return context.register.find(name, published).slug


def councils_named(words: str, day: dt.date, context: SourceContext) -> set[str]:
    """Return the councils that words name without doubt."""
    named: set[str] = set()
    for mention in context.register.mentions(words, day):
        if not mention.ambiguous:
            named.update(mention.slugs)
    return named


def _unknown_name(before: str, behind: str) -> str:
    """Return the words of a title that should be a council's name."""
    addressed = ADDRESSED.search(behind)
    if addressed:
        return addressed["council"].strip()

    for words in (behind.partition("(")[0], before):
        name = words.strip(" ,:–-")
        if name:
            return name
    return behind.strip()

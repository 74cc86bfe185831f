"""Whether words say that money is ring-fenced: of a sentence, a page, or a table alike."""

from __future__ import annotations

import re

_NOT_RING_FENCED = re.compile(r"\b(?:not|un|non)[- ]?ring-?\s?fenced\b", re.I)
_RING_FENCED = re.compile(r"\bring-?\s?fenced\b", re.I)


def ring_fenced_in(words: str) -> bool | None:
    """Return whether the words say so; None where they say nothing of it. Where they say both, it
    is not."""
    if _NOT_RING_FENCED.search(words):
        return False
    if _RING_FENCED.search(words):
        return True
    return None

"""Whose money counts (FUNDING §2.10): the education ministry's always, the communities ministry's
under a programme for children or families that we know, nobody else's."""

from __future__ import annotations

from syncer.register.ministries import EDUCATION, GOVERNMENT
from syncer.register.programmes import Programme


def counts(
    funder: str, programme: Programme | None, *, named_with_it: bool = False, for_children: bool
) -> bool:
    """Return whether money of this funder under this programme counts. `named_with_it`: the
    programme stands in the words about the money, not only elsewhere on the page; `for_children`:
    the page speaks of children's services."""
    if programme is not None and not programme.in_scope:
        return funder == EDUCATION and not named_with_it
    if funder == EDUCATION or programme is not None:
        return True
    return funder == GOVERNMENT and for_children

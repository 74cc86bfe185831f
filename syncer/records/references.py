"""Which intervention does a page mean that revises or ends one which another page issued? Pure.

It is one of the same council, instrument and service that was in force on that day, and was issued
when the page says. Where several could be meant none is taken: nothing is guessed (DESIGN §5.7).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from syncer.model import Observation, RecordKind
from syncer.quantities.partial_dates import days_of

REVISED_WITHIN = dt.timedelta(days=3 * 366)
RETOLD_WITHIN = dt.timedelta(days=31)
"""Who retells something may be some days late, and a page may be published some days after the
paper that it shows."""

_ANOTHER = re.compile(r"\b(?:new|another|second|third|further|fresh)\b", re.I)
Thing = Sequence[Observation]
"""What is said of one intervention."""


def refers_back(said: Observation) -> bool:
    """Return whether an observation is of a revision or an end, and not of what was issued."""
    if said.record is not RecordKind.INTERVENTION or _day(said) is None:
        return False
    return said.intervention.issued is None or said.intervention.refers_to is not None


def same_matter(a: Observation, b: Observation) -> bool:
    """Return whether both can be the same kind of intervention in one service of the same
    councils."""
    one, two = a.intervention, b.intervention
    if set(a.councils) != set(b.councils):
        return False
    return _agree(one.what, two.what) and _agree(one.service, two.service)


def meant(said: Observation, things: Iterable[Thing]) -> list[Thing]:
    """Return those of the interventions that an observation, which refers back, can mean: before
    what is only told in prose, what was published as a decision."""
    possible = [thing for thing in things if _can_mean(said, thing)]
    decided = [thing for thing in possible if _was_published(thing)]
    found = decided or possible
    exactly = [thing for thing in found if _names_exactly(said, thing)]
    return exactly if len(exactly) == 1 else found


def is_retold(said: Observation, things: Iterable[Thing]) -> bool:
    """Return whether prose that tells of an intervention ("which was issued with a notice in
    March") only retells one that was published as a decision: one that is in force, or was issued
    when the prose says. Another one of the same kind would have a decision of its own."""
    if not _is_issue_in_prose(said) or _ANOTHER.search(said.intervention.quote or ""):
        return False

    for thing in things:
        is_same = _was_published(thing) and all(same_matter(said, other) for other in thing)
        if is_same and _is_told_again(said, thing):
            return True
    return False


def _is_issue_in_prose(said: Observation) -> bool:
    if said.record is not RecordKind.INTERVENTION:
        return False
    return said.intervention.issued is not None and said.intervention.title is None


def _is_told_again(said: Observation, thing: Thing) -> bool:
    """Return whether it was issued when the prose says; where that says nothing, whether it was in
    force on the day of the prose."""
    told, begun, ended = said.intervention.issued, _begun(thing), _ended(thing)
    if told is None or begun is None or told < begun:
        return False
    if said.intervention.refers_to is not None:
        return _was_issued_then(said, thing)
    return ended is None or told <= ended + RETOLD_WITHIN


def _was_published(thing: Thing) -> bool:
    """Return whether a page of its own, with a title, tells of the intervention."""
    return any(other.intervention.title for other in thing)


def in_order(observations: Iterable[Observation]) -> list[Observation]:
    """Return observations that refer back, the earliest revision or end first."""

    def place(said: Observation) -> tuple[object, ...]:
        return _day(said) or dt.date.max, said.source, said.page, said.key

    return sorted(observations, key=place)


def _can_mean(said: Observation, thing: Thing) -> bool:
    if not all(same_matter(said, other) for other in thing):
        return False
    return _was_in_force(said, thing) and _was_issued_then(said, thing)


def _was_in_force(said: Observation, thing: Thing) -> bool:
    """Return whether the intervention had begun, and not ended, when it was revised or ended. What
    had ended some days before may be retold, or told on its own page too."""
    day = _day(said)
    begun = _begun(thing)
    if day is None or (begun is not None and day < begun):
        return False

    ended = _ended(thing)
    if said.intervention.lifted is None:
        return begun is not None and _may_be_revised(day, begun, ended)
    if ended is None:
        return begun is not None
    return abs(day - ended) <= RETOLD_WITHIN and not _has_page_of_end(thing, said)


def _may_be_revised(day: dt.date, begun: dt.date, ended: dt.date | None) -> bool:
    had_ended = ended is not None and day > ended
    return not had_ended and day <= begun + REVISED_WITHIN


def _has_page_of_end(thing: Thing, said: Observation) -> bool:
    """Return whether the same source tells this end on another page of its own already, which is
    not the same page under another address."""
    for other in thing:
        is_end = refers_back(other) and other.intervention.lifted is not None
        is_other_page = other.source == said.source and other.page != said.page
        if is_end and is_other_page and not _is_same_text(said, other):
            return True
    return False


def _is_same_text(one: Observation, other: Observation) -> bool:
    same_day = one.published == other.published
    return same_day and one.intervention.title == other.intervention.title


def _was_issued_then(said: Observation, thing: Thing) -> bool:
    """Return whether it was issued when the observation says, or some days before or after."""
    named = said.intervention.refers_to
    begun = _begun(thing)
    if named is None or begun is None:
        return True
    first, last = days_of(named)
    return first - RETOLD_WITHIN <= begun <= last + RETOLD_WITHIN


def _names_exactly(said: Observation, thing: Thing) -> bool:
    """Return whether it was issued on the very day, or in the month, that the observation says."""
    named = said.intervention.refers_to
    begun = _begun(thing)
    if named is None or begun is None:
        return False
    first, last = days_of(named)
    return first <= begun <= last


def _begun(thing: Thing) -> dt.date | None:
    """Return when the intervention was issued; None where nobody knows. One of which only a
    revision is known was issued by then."""
    issued = [other.intervention.issued for other in thing]
    revised = [other.intervention.revised for other in thing]
    known = [day for day in issued if day] or [day for day in revised if day]
    return min(known, default=None)


def _ended(thing: Thing) -> dt.date | None:
    lifted = [other.intervention.lifted for other in thing]
    return min((day for day in lifted if day), default=None)


def _day(said: Observation) -> dt.date | None:
    """Return the day of the revision or end."""
    return said.intervention.lifted or said.intervention.revised


def _agree(one: str | None, other: str | None) -> bool:
    """Return whether two words are the same, or one of them was not said."""
    return not one or not other or one == other

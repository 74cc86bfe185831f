"""Does a report's heading name another council than the page that lists it? (DESIGN §5.6)"""

from __future__ import annotations

from collections.abc import Collection

from syncer.errors import WrongCouncil
from syncer.model import Council
from syncer.register.councils import Register
from syncer.reports.paper import ReportReading

HINT = "Nothing is told of it until the site has put right which council's report it is."


def check_heading(reading: ReportReading, council: Council, register: Register) -> None:
    """Raise WrongCouncil where the heading names councils and none of them is this one, nor one
    that it came from or became. A trust's name says nothing: a trust works for several."""
    named = _councils_in(reading.heading, register)
    if named and named.isdisjoint(family_of(council)):
        others = " and ".join(register.by_slug(slug).name for slug in sorted(named))
        message = (
            f'the report of {council.name} is headed "{reading.heading}", which names {others}'
        )
        raise WrongCouncil(message, HINT)


def family_of(council: Council) -> Collection[str]:
    """Return the slugs of a council, of those it came from and of those it became."""
    return {council.slug, *council.predecessors, *council.successors}


def _councils_in(heading: str, register: Register) -> set[str]:
    """Return the councils whose own names stand in a heading. A name that may mean any of several
    stands for each of them."""
    named: set[str] = set()
    for mention in register.mentions(heading):
        if not register.is_trust(mention.text):
            named.update(mention.slugs)
    return named

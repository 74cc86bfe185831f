"""What single messages show, looked up when one asks for it, and kept: few ask for the same of a
long history. Asked within the transaction in which the message is written."""

from __future__ import annotations

import datetime as dt
from functools import cache, partial

from syncer.model import InspectionFields, Record
from syncer.store import Store, shown


class ReportsOnDemand:
    """What each inspection says, by the number of its record."""

    def __init__(self, store: Store) -> None:
        find = partial(shown.inspection, store)
        self._find = cache(find)

    def get(self, number: int, /) -> InspectionFields | None:
        """Return what the inspection says; None where there is none to show."""
        return self._find(number)


class BegunOnDemand:
    """When the inspections of councils began."""

    def __init__(self, store: Store) -> None:
        find = partial(shown.last_begun, store)
        self._find = cache(find)

    def last(self, council: str, before: dt.date = dt.date.max) -> dt.date | None:
        """Return the first day of the council's last inspection that began before that day; None
        where none is known."""
        return self._find(council, before)


class AwardsOnDemand:
    """The money that councils were awarded."""

    def __init__(self, store: Store) -> None:
        of_programme = partial(shown.awards_of_programme, store)
        self._of_programme = cache(of_programme)

        since = partial(shown.awards_since, store)
        self._since = cache(since)

    def of_programme(self, council: str, programme: str) -> tuple[Record, ...]:
        """Return what the council alone was awarded under the programme, oldest first."""
        return self._of_programme(council, programme)

    def since(self, day: dt.date) -> tuple[Record, ...]:
        """Return what was published on that day or later, oldest first."""
        return self._since(day)

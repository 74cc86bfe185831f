"""What the site shows, gathered once: records and changes as known at one moment, for one day."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from syncer.digest.message_model import AllAwards, AllBegun, DigestContext, Freshness, RunBy
from syncer.model import (
    Area,
    Council,
    Event,
    InspectionFields,
    PrintedTotal,
    Record,
    RecordKind,
    Standing,
)
from syncer.records.standing import in_order
from syncer.register.councils import Register
from syncer.site import addresses
from syncer.site.addresses import slug_of
from syncer.site.telling import TakenBack, taken_back
from syncer.views.council import History
from syncer.views.lists import known_standing, reaches_back, why_unknown
from syncer.views.programmes import Settled, settled

NO_IDENTITY = uuid.UUID(int=0)


@dataclass(frozen=True)
class Facts:
    """All that the site shows. `day` is the day it shows, `made` when it was looked up (UTC);
    `records` by kind, oldest first, those withdrawn left out; `events` every change that is not
    held, in the order in which it was noticed; `unread` are the slugs of the councils whose
    inspections were never read; `freshness` how each source was read; `printed_totals` what tables
    print as the sum of their lines, each with the address of the table; `begun` is when the store
    was, and `identity` what tells its changes from another's, whatever address the site has."""

    register: Register
    day: dt.date
    made: dt.datetime
    records: Mapping[RecordKind, Sequence[Record]]
    events: Sequence[Event] = ()
    unread: frozenset[str] = frozenset()
    freshness: tuple[Freshness, ...] = ()
    conflicts: Sequence[Mapping[str, Any]] = ()
    printed_totals: Sequence[tuple[str, PrintedTotal]] = ()
    run_by: RunBy = field(default_factory=RunBy)
    begun: dt.datetime = dt.datetime.min.replace(tzinfo=dt.UTC)
    identity: uuid.UUID = NO_IDENTITY

    @cached_property
    def councils(self) -> tuple[Council, ...]:
        """The councils that exist on the day, by name."""
        open_now = self.register.open_on(self.day)
        return tuple(sorted(open_now, key=lambda council: council.name))

    def of(self, *kinds: RecordKind) -> list[Record]:
        """Return the records of these kinds, oldest first."""
        found: list[Record] = []
        for kind in kinds:
            found += self.records.get(kind, ())
        return found

    @cached_property
    def _by_council(self) -> Mapping[str, Mapping[RecordKind, list[Record]]]:
        by_slug: dict[str, dict[RecordKind, list[Record]]] = {}
        for kind, records in self.records.items():
            for record in records:
                for slug in record.councils:
                    kinds = by_slug.setdefault(slug, {})
                    kinds.setdefault(kind, []).append(record)
        return by_slug

    @cached_property
    def events_by_council(self) -> Mapping[str, Sequence[Event]]:
        """The changes of each council (slug), in the order in which they were noticed."""
        by_slug: dict[str, list[Event]] = defaultdict(list)
        for event in self.events:
            for slug in event.councils:
                by_slug[slug].append(event)
        return by_slug

    @cached_property
    def programmes(self) -> Mapping[str, str]:
        """The programmes of which money is known, in the order of their names: the name by its
        slug."""
        names = set()
        for record in self.of(RecordKind.AWARD, RecordKind.PAYMENT):
            names.add(record.funding.programme or "")
        return {slug_of(name): name for name in sorted(names) if slug_of(name)}

    @cached_property
    def taken_back(self) -> Mapping[int, TakenBack]:
        """What became of the changes (by id) that were corrected or withdrawn."""
        return taken_back(self.events)

    @cached_property
    def events_by_record(self) -> Mapping[int, Sequence[Event]]:
        """The changes of each record (its number), in the order in which they were noticed."""
        by_record: dict[int, list[Event]] = defaultdict(list)
        for event in self.events:
            if event.record_id:
                by_record[event.record_id].append(event)
        return by_record

    def change_of(self, record: int) -> str:
        """Return where the page of the last change of a record lies; empty where it has none,
        because it was there when its page was first read."""
        changes = self.events_by_record.get(record)
        return addresses.change(changes[-1].id) if changes else ""

    @cached_property
    def settled(self) -> Settled:
        """Which payments seem to settle which award."""
        return settled(self.of(RecordKind.AWARD), self.of(RecordKind.PAYMENT))

    def history(self, council: Council) -> History:
        """Return all that is known of one council."""
        mine = []
        for conflict in self.conflicts:
            if council.slug in conflict["councils"]:
                mine.append(conflict)

        return History(
            council=council,
            register=self.register,
            today=self.day,
            records=self._by_council.get(council.slug, {}),
            conflicts=mine,
            unread=council.slug in self.unread,
        )

    def reason_of(self, council: Council) -> str:
        """Return why it is not known how a council stands, as `why_unknown` says it; nothing where
        it is known."""
        inspections = self.inspections_of(council.slug)
        return why_unknown(council, inspections, council.slug in self.unread, self.day)

    @cached_property
    def reasons(self) -> Mapping[str, str]:
        """Why it is not known how each council of the day stands (by slug); empty where it is."""
        return {council.slug: self.reason_of(council) for council in self.councils}

    @cached_property
    def standings(self) -> Mapping[str, Mapping[Area, Standing]]:
        """How every council that exists on the day stands in each area (by slug)."""
        return {council.slug: self.standings_of(council) for council in self.councils}

    def standings_of(self, council: Council) -> Mapping[Area, Standing]:
        """Return how a council stands in each area. *Never judged* is said only where what was read
        reaches back to its first inspection (DESIGN §6.10)."""
        inspections = self.inspections_of(council.slug)
        reason = self.reason_of(council)
        reaches = reaches_back(council, inspections, self.day)
        found = {}
        for area in Area:
            found[area] = known_standing(inspections, area, reason, reaches)
        return found

    def inspections_of(self, slug: str) -> list[Record]:
        """Return a council's inspections, oldest first."""
        kinds = self._by_council.get(slug, {})
        return in_order(kinds.get(RecordKind.INSPECTION, []))

    @cached_property
    def context(self) -> DigestContext:
        """What a line about a change shows besides it: the words of the site are the digest's."""
        reports: dict[int, InspectionFields] = {}
        for record in self.of(RecordKind.INSPECTION):
            reports[record.id] = record.inspection

        inspected: dict[str, tuple[dt.date, ...]] = {}
        latest: dict[str, Record] = {}
        for slug in self._by_council:
            inspections = self.inspections_of(slug)
            inspected[slug] = _first_days(inspections)
            if inspections:
                latest[slug] = inspections[-1]

        return DigestContext(
            now=self.made,
            register=self.register,
            standings=self.standings,
            inspected=AllBegun(inspected),
            inspections=reports,
            latest=latest,
            freshness=self.freshness,
            awards=AllAwards(tuple(self.of(RecordKind.AWARD))),
            interventions=tuple(self.of(RecordKind.INTERVENTION)),
            run_by=self.run_by,
        )


def _first_days(inspections: Sequence[Record]) -> tuple[dt.date, ...]:
    days = (record.inspection.first_day for record in inspections)
    return tuple(day for day in days if day is not None)

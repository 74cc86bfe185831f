"""The nouns (DESIGN §2). Frozen, plain, and known to every other file; nothing here reads, writes
or decides.

Amounts are whole pounds, days are `datetime.date`, moments are aware `datetime.datetime` in UTC,
councils are slugs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

Value = str | int | bool | tuple[str, ...]
"""What a field of a record may hold. Absent means "not said"; there is no None and no empty
string."""


def nothing() -> Mapping[str, Any]:
    """The empty mapping, as a default that no one can fill by mistake."""
    return MappingProxyType({})


# -- Ofsted's words --------------------------------------------------------------------------------


class Area(StrEnum):
    """What is judged."""

    OVERALL = "overall_effectiveness"
    LEADERSHIP = "leadership"
    HELP = "help_and_protection"
    CARE = "children_in_care"
    CARE_LEAVERS = "care_leavers"
    ADOPTION = "adoption"


class Grade(StrEnum):
    """What an inspection says of an area. ADEQUATE is from before 2013 and compares with
    nothing."""

    OUTSTANDING = "outstanding"
    GOOD = "good"
    REQUIRES_IMPROVEMENT = "requires_improvement"
    INADEQUATE = "inadequate"
    ADEQUATE = "adequate"
    NOT_JUDGED = "not_judged"


class Absence(StrEnum):
    """Why a council has no grade in an area (DESIGN §2, Standing)."""

    NEVER_JUDGED = "never_judged"
    JUDGED_TOGETHER = "judged_together"
    NO_LONGER_JUDGED = "no_longer_judged"
    UNKNOWN = "unknown"


class Framework(StrEnum):
    """The rules an inspection was made by; the three ILACS ones are told apart by the first day."""

    PRE_SIF = "pre_sif"
    SIF = "sif"
    ILACS = "ilacs"
    ILACS_2023 = "ilacs_2023"
    ILACS_2026 = "ilacs_2026"


class FileKind(StrEnum):
    """What a published file is. Only INSPECTION carries grades."""

    INSPECTION = "inspection"
    FOCUSED_VISIT = "focused_visit"
    MONITORING_VISIT = "monitoring_visit"
    JTAI = "jtai"
    SEND = "send"
    LSCB_REVIEW = "lscb_review"
    OTHER = "other"
    NOT_A_REPORT = "not_a_report"


# -- Records and changes ---------------------------------------------------------------------------


class RecordKind(StrEnum):
    INSPECTION = "inspection"
    VISIT = "visit"
    AWARD = "award"
    PAYMENT = "payment"
    INTERVENTION = "intervention"
    COUNCIL = "council"


class FundingKind(StrEnum):
    """What a statement of funding tells of (DESIGN §5.8)."""

    AWARD = "award"
    ALLOCATION = "allocation"
    PAYMENT = "payment"
    PARTNERSHIP = "partnership"
    INTERVENTION = "intervention"


class Qualifier(StrEnum):
    """How an amount is meant."""

    EXACT = "exact"
    UP_TO = "up_to"
    OVER = "over"
    ABOUT = "about"


class EventKind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


class Change(StrEnum):
    """What a rating line means to its reader."""

    IMPROVED = "improved"
    DECLINED = "declined"
    UNCHANGED = "unchanged"
    FIRST_JUDGED = "first_judged"
    JUDGED_APART = "judged_apart"
    NO_LONGER_JUDGED = "no_longer_judged"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True)
class Evidence:
    """Where a value stands in the archived bytes: page of a PDF (from 1) or sheet, the cell or
    sentence, as printed."""

    sha256: str
    quote: str
    page: int | None = None
    cell: str = ""


@dataclass(frozen=True)
class Problem:
    """A named error as a value: what failed, on which address, and what to do next."""

    name: str
    message: str
    url: str = ""
    hint: str = ""
    council: str = ""


@dataclass(frozen=True)
class Money:
    """An amount as printed: whole pounds, what the qualifier makes of it, the words themselves, and
    the range it stands for (£9.6m is 9,550,000 to 9,650,000; "over £4.5m" is 4,500,000 and up,
    `high` None)."""

    pounds: int
    qualifier: Qualifier
    text: str
    low: int
    high: int | None


@dataclass(frozen=True)
class Statement:
    """One statement of funding: who is given what, by whom, for what. `councils` are slugs: more
    than one only for a joint sum. For a partnership `councils` holds the payee and `helped` the
    council helped."""

    kind: FundingKind
    councils: tuple[str, ...]
    quote: str
    programme: str = ""
    funder: str = ""
    money: Money | None = None
    period: str = ""
    announced: dt.date | None = None
    joint: bool = False
    helped: tuple[str, ...] = ()
    determination: str = ""
    capital: bool | None = None
    ring_fenced: bool | None = None
    status: str = ""
    what: str = ""


@dataclass(frozen=True)
class Observation:
    """ "This source says this record": one reading of one entry. `key` is the source's own name for
    the entry (an Ofsted file id, a GOV.UK path and row) and is stable from read to read. `fields`
    are named as in DESIGN §10; a judgement's name is its area. `withdrawn`: the source itself took
    it back."""

    source: str
    page: str
    key: str
    record: RecordKind
    councils: tuple[str, ...]
    fields: Mapping[str, Value]
    published: dt.date | None
    url: str
    sha256: str = ""
    parser: int = 1
    evidence: Mapping[str, Evidence] = field(default_factory=nothing)
    first_seen: dt.datetime | None = None
    unread: bool = False
    withdrawn: bool = False
    id: int = 0


@dataclass(frozen=True)
class Record:
    """What all sources together say of one thing. `chosen` names for each field the observation
    (its id) whose value was taken."""

    id: int
    record: RecordKind
    councils: tuple[str, ...]
    fields: Mapping[str, Value]
    published: dt.date | None
    url: str
    source: str
    first_seen: dt.datetime
    chosen: Mapping[str, int] = field(default_factory=nothing)
    unread: bool = False
    withdrawn: bool = False


@dataclass(frozen=True)
class Conflict:
    """Two sources differ on one field of one record."""

    record: int
    field: str
    chosen: tuple[str, Value]
    other: tuple[str, Value]


@dataclass(frozen=True)
class Standing:
    """A council's grade in one area now, from which inspection, or why it has none."""

    area: Area
    value: Grade | Absence
    inspection: int = 0
    first_day: dt.date | None = None
    note: str = ""


@dataclass(frozen=True)
class Event:
    """One change, written before anyone is told. `councils` has one slug, or all of a joint
    award's. `old` and `new` are empty where there is nothing to show (a first judgement has no
    old). `seq` is None until the event may be told."""

    record: RecordKind
    kind: EventKind
    councils: tuple[str, ...]
    area: str
    old: str
    new: str
    published: dt.date | None
    effective: dt.date | None
    noticed_at: dt.datetime
    source: str
    url: str
    record_id: int = 0
    change: Change | None = None
    held: bool = False
    hold_reason: str = ""
    late: bool = False
    silent: bool = False
    detail: Mapping[str, Any] = field(default_factory=nothing)
    evidence: Evidence | None = None
    corrects: int = 0
    id: int = 0
    seq: int | None = None


@dataclass(frozen=True)
class Council:
    """An upper-tier English authority that has, had or will have children's services."""

    slug: str
    name: str
    official_name: str
    gss: str
    region: str
    type: str
    opened: dt.date | None = None
    closed: dt.date | None = None
    dfe_code: str = ""
    provider_ids: tuple[str, ...] = ()
    old_gss: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    predecessors: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()
    trust: str = ""
    neighbours: tuple[str, ...] = ()

    def open_on(self, day: dt.date) -> bool:
        """Whether the council exists on that day (closed is its first day of not existing)."""
        return (self.opened is None or self.opened <= day) and (
            self.closed is None or day < self.closed
        )


# -- People ----------------------------------------------------------------------------------------


class Frequency(StrEnum):
    IMMEDIATELY = "immediately"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True)
class Subscription:
    """What one subscriber wants to hear. Empty filters match everything; filters of different kinds
    must all match, values of one kind are alternatives, and councils, regions and neighbours are
    one kind: where. `directions` are values of Change, `grades` are grades a judgement becomes or
    stops being. `mark` is the sequence number of the last event it has considered, `considered`
    when it last was due."""

    id: int
    subscriber: int
    councils: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    neighbours_of: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    directions: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    minimum_pounds: int = 0
    payments: bool = False
    frequency: Frequency = Frequency.IMMEDIATELY
    weekday: str = "monday"
    hour: int = 7
    mark: int = 0
    considered: dt.datetime | None = None


@dataclass(frozen=True)
class Subscriber:
    """One address on one channel. `state` is pending, active, paused, bounced, unsubscribed or
    erased; not `welcomed` (new, or back after having been stopped): the next digest is a welcome.
    `quiet` is when the last "all quiet" was written."""

    id: int
    address: str
    channel: str
    state: str
    all_quiet: str = "monthly"
    created: dt.datetime | None = None
    welcomed: dt.datetime | None = None
    quiet: dt.datetime | None = None
    subscriptions: tuple[Subscription, ...] = ()

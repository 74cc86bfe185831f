"""The nouns (DESIGN §2). Frozen, plain, and known to every other file; nothing here reads, writes
or decides.

Amounts are whole pounds, days are `datetime.date`, moments are aware `datetime.datetime` in UTC,
councils are slugs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

Value = str | int | bool | dt.date | tuple[str, ...]
"""What a field of a record holds where it was said."""


def nothing() -> Mapping[str, Any]:
    """Return the empty mapping, as a default that no one can fill by mistake."""
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


class Certainty(StrEnum):
    """How sure a statement of funding is; NOTHING is said only where somebody asks why."""

    TOLD = "told"
    POSSIBLE = "possible"
    NOTHING = "nothing"


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


# -- What is said of a record ----------------------------------------------------------------------


@dataclass(frozen=True)
class Fields:
    """What is said of one record: one class a record kind. None always means "not said"; there is
    no empty string and no empty tuple. The names are those of DESIGN §10."""

    def said(self) -> dict[str, Value]:
        """Return the fields that were said, by name, in their order."""
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class ReportFields(Fields):
    """What is said of something Ofsted publishes about a council. `title_kind` is the kind that the
    page's title names, `as_at` the day for which a table about it was made."""

    file_id: str | None = None
    report_url: str | None = None
    title: str | None = None
    kind: FileKind | None = None
    title_kind: FileKind | None = None
    framework: Framework | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    length: str | None = None
    lead_inspector: str | None = None
    as_at: dt.date | None = None
    theme: str | None = None
    priority_actions: tuple[str, ...] | None = None
    send_outcome: str | None = None


IMPROVEMENT_LISTS = ("improve", "immediate_actions", "areas_for_improvement", "recommendations")
"""The fields of an inspection that hold what must improve."""


@dataclass(frozen=True)
class InspectionFields(ReportFields):
    """What is said of an inspection: besides its days, a grade for each area it judges, and what
    must improve, item by item: one list in ILACS reports (`improve`), up to two in those of single
    inspections."""

    overall_effectiveness: Grade | None = None
    leadership: Grade | None = None
    help_and_protection: Grade | None = None
    children_in_care: Grade | None = None
    care_leavers: Grade | None = None
    adoption: Grade | None = None
    improve: tuple[str, ...] | None = None
    recommendations: tuple[str, ...] | None = None
    immediate_actions: tuple[str, ...] | None = None
    areas_for_improvement: tuple[str, ...] | None = None

    def grade(self, area: Area) -> Grade | None:
        """Return the grade in one area; None where the report does not judge it."""
        grade: Grade | None = getattr(self, area)
        return grade

    def grades(self) -> dict[Area, Grade]:
        """Return every grade that was given, in the order of the areas."""
        given = {}
        for area in Area:
            grade = self.grade(area)
            if grade is not None:
                given[area] = grade
        return given

    def with_grades(self, grades: Mapping[Area, Grade]) -> InspectionFields:
        """Return the same with these grades in their areas."""
        named: dict[str, Any] = {}
        for area, grade in grades.items():
            named[str(area)] = grade
        return replace(self, **named)

    def improvements(self) -> tuple[tuple[str, str], ...]:
        """Return everything that must improve as (name of the field, text), most urgent first."""
        items: list[tuple[str, str]] = []
        for name in IMPROVEMENT_LISTS:
            texts = getattr(self, name) or ()
            items += [(name, text) for text in texts]

        return tuple(items)


@dataclass(frozen=True)
class VisitFields(ReportFields):
    """What is said of a visit, or of any other report that gives no grades."""


@dataclass(frozen=True)
class FundingFields(Fields):
    """What is said of money, whatever its kind. A figure is whole pounds with the range it stands
    for (`high` not said: open). `background`: told in passing, of a programme that had ended.
    `helped` are the slugs of the councils that a partnership helps."""

    kind: FundingKind | None = None
    programme: str | None = None
    funder: str | None = None
    period: str | None = None
    period_start: dt.date | None = None
    determination: str | None = None
    status: str | None = None
    helped: tuple[str, ...] | None = None
    what: str | None = None
    quote: str | None = None
    announced: dt.date | None = None
    background: bool | None = None
    capital: bool | None = None
    ring_fenced: bool | None = None
    amount: int | None = None
    qualifier: Qualifier | None = None
    amount_text: str | None = None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class AwardFields(FundingFields):
    """What is said of an award, an allocation or a partnership."""


@dataclass(frozen=True)
class PaymentFields(FundingFields):
    """What is said of a payment; `area` is its expense area."""

    paid: dt.date | None = None
    supplier: str | None = None
    area: str | None = None
    description: str | None = None
    transaction: str | None = None


@dataclass(frozen=True)
class InterventionFields(FundingFields):
    """What is said of a notice, a direction or a commissioner. The day on which it came to a state
    goes by the state's name. `refers_to` is the day, month or year (ISO) on which the one was
    issued that a page of its own revises or ends, where that page says it."""

    state: str | None = None
    service: str | None = None
    title: str | None = None
    issued: dt.date | None = None
    revised: dt.date | None = None
    lifted: dt.date | None = None
    refers_to: str | None = None


@dataclass(frozen=True)
class CouncilFields(Fields):
    """What is said of a council that has ended: its first day of not existing, and the slugs of
    those that took over."""

    closed: dt.date | None = None
    successors: tuple[str, ...] | None = None


FIELDS_OF: Mapping[RecordKind, type[Fields]] = MappingProxyType(
    {
        RecordKind.INSPECTION: InspectionFields,
        RecordKind.VISIT: VisitFields,
        RecordKind.AWARD: AwardFields,
        RecordKind.PAYMENT: PaymentFields,
        RecordKind.INTERVENTION: InterventionFields,
        RecordKind.COUNCIL: CouncilFields,
    }
)

SomeFields = TypeVar("SomeFields", bound=Fields)


class HasFields:
    """Gives what is said as the class of its record kind. Raises TypeError for another kind."""

    fields: Fields

    @property
    def report(self) -> ReportFields:
        return _as(ReportFields, self.fields)

    @property
    def inspection(self) -> InspectionFields:
        return _as(InspectionFields, self.fields)

    @property
    def funding(self) -> FundingFields:
        return _as(FundingFields, self.fields)

    @property
    def payment(self) -> PaymentFields:
        return _as(PaymentFields, self.fields)

    @property
    def intervention(self) -> InterventionFields:
        return _as(InterventionFields, self.fields)


def _as(kind: type[SomeFields], fields: Fields) -> SomeFields:
    if type(fields) is Fields:  # nothing is said, of whatever kind
        return kind()
    if not isinstance(fields, kind):
        raise TypeError(f"{type(fields).__name__} are not {kind.__name__}")
    return fields


# -- Where it stands, and what changed -------------------------------------------------------------


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
    """A named error as a value: what failed, on which address, and what to do next. `seen` is what
    a list said of the page at that moment: once it says something else, the page is asked again.
    `is_old`: a page's first read found it, about what was old then; it is listed, and told to
    nobody."""

    name: str
    message: str
    url: str = ""
    hint: str = ""
    council: str = ""
    seen: str = ""
    is_old: bool = False


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
    council helped. `certainty`: a *possible* one seems to be given and could not be read for
    certain; `p` is how likely it is given (0 to 1; None for a table's row), `why` the reasons."""

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
    certainty: Certainty = Certainty.TOLD
    p: float | None = None
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class PrintedTotal:
    """The total that a table prints under its lines: whole pounds of what its lines have in common,
    and the row as printed."""

    pounds: int
    quote: str
    programme: str = ""
    period: str = ""
    determination: str = ""
    capital: bool | None = None


@dataclass(frozen=True)
class Observation(HasFields):
    """ "This source says this record": one reading of one entry. `key` is the source's own name for
    the entry (an Ofsted file id, a GOV.UK path and row) and is stable from read to read.
    `withdrawn`: the source itself took it back. Not `listed`: its page no longer shows it."""

    source: str
    page: str
    key: str
    record: RecordKind
    councils: tuple[str, ...]
    fields: Fields
    published: dt.date | None
    url: str
    sha256: str = ""
    parser: int = 1
    evidence: Mapping[str, Evidence] = field(default_factory=nothing)
    first_seen: dt.datetime | None = None
    unread: bool = False
    withdrawn: bool = False
    listed: bool = True
    id: int = 0


@dataclass(frozen=True)
class Possible:
    """A sum, or a place in a programme, that a page seems to give to a council and that could not
    be read for certain (DESIGN §2): what would be observed were it told, the reasons, and how
    likely it is given (0 to 1; None for a table's row)."""

    observation: Observation
    why: tuple[str, ...] = ()
    p: float | None = None


@dataclass(frozen=True)
class Record(HasFields):
    """What all sources together say of one thing. `chosen` names for each field the observation
    (its id) whose value was taken."""

    id: int
    record: RecordKind
    councils: tuple[str, ...]
    fields: Fields
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
class EventDetail(HasFields):
    """What was known of an event's record when it was written. Of an inspection: the standing
    `before` it in each area, whether it judges overall effectiveness (None: not an inspection), and
    a `note` for its reader. `was` is the value that a correction takes back, `was_councils` are
    the councils it was taken for."""

    fields: Fields = Fields()
    before: Mapping[str, str] = field(default_factory=nothing)
    overall_judged: bool | None = None
    note: str = ""
    joint: bool = False
    was: str | None = None
    was_councils: tuple[str, ...] = ()


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
    detail: EventDetail = EventDetail()
    evidence: Evidence | None = None
    corrects: int = 0
    id: int = 0
    seq: int | None = None

    @property
    def about(self) -> tuple[object, ...]:
        """What all changes of one record have in common: its number; where the record is not there
        (after a restore, until it is read again), what the change says of it."""
        if self.record_id:
            return (self.record_id,)
        return self.councils, self.effective, self.published, self.detail.report.file_id


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
        """Return whether the council exists on that day (closed is its first day of not
        existing)."""
        has_opened = self.opened is None or self.opened <= day
        has_closed = self.closed is not None and self.closed <= day
        return has_opened and not has_closed


# -- People ----------------------------------------------------------------------------------------


class Frequency(StrEnum):
    IMMEDIATELY = "immediately"
    DAILY = "daily"
    WEEKLY = "weekly"


class FollowedRecord(NamedTuple):
    """One notice or award that is followed to its end: its number in the store, and its title on
    the day on which somebody asked for it."""

    record: int
    title: str


@dataclass(frozen=True)
class Subscription:
    """What one subscriber wants to hear. Empty filters match everything; filters of different kinds
    must all match, values of one kind are alternatives, and councils, regions and neighbours are
    one kind: where. `but` are councils left out of that. `directions` are values of Change,
    `grades` are grades a judgement becomes or stops being, `programmes` are names of the register.
    With `records` it is about these alone, and ends with them. `mark` is the sequence number of the
    last event it has considered, `considered` when it last was due."""

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
    but: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    records: tuple[FollowedRecord, ...] = ()


@dataclass(frozen=True)
class Subscriber:
    """One address on one channel; of a chat or webhook, whose address is a secret, `address` is a
    label, and `kind` and `host` are what may be shown besides. `state` is pending, active, paused,
    bounced, unsubscribed or erased; not `welcomed` (new, or back after having been stopped): the
    next digest is a welcome. `quiet` is when the last "all quiet" was written; by `link_key`
    signed links name them."""

    id: int
    address: str
    channel: str
    state: str
    all_quiet: str = "monthly"
    created: dt.datetime | None = None
    welcomed: dt.datetime | None = None
    quiet: dt.datetime | None = None
    subscriptions: tuple[Subscription, ...] = ()
    kind: str = ""
    host: str = ""
    link_key: str = ""

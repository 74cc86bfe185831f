"""What a message is made of: the nouns that `digest` fills and the templates show. Frozen, plain,
every text ready to be read.

A template never looks into an event: whatever may be missing there is an empty text or an empty
tuple here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from syncer.digest.folding import Folding
from syncer.digest.wording import one_line
from syncer.model import Area, InspectionFields, Problem, Record, Standing
from syncer.register.councils import Register

ATTRIBUTION = (
    "Contains public sector information licensed under the Open Government Licence v3.0 "
    "(Ofsted, Department for Education, "
    "Ministry of Housing, Communities and Local Government)."
)
NOT_THEIRS = "This is not a service of Ofsted or the DfE."
DISCLAIMER = f"{NOT_THEIRS} The published report or page is what counts; each line links to it."
UNSUBSCRIBE = (
    "To stop these messages, reply with the word unsubscribe; to pause them, with the word pause."
)
BY_LINK = "To stop these messages, or to pause them, use the links at the foot of each."


class MailKind(StrEnum):
    """Which templates show it."""

    DIGEST = "digest"
    WELCOME = "welcome"
    ALL_QUIET = "all_quiet"
    CORRECTION = "correction"
    SOURCE_DARK = "source_dark"
    OPERATOR = "operator"
    TEST_MAIL = "test_mail"
    CONFIRM = "confirm"
    MANAGE = "manage"
    REPLY = "reply"


# -- What the pipeline looks up --------------------------------------------------------------------


@dataclass(frozen=True)
class Freshness:
    """One source: its name as people read it, when it was last read well, what could not be read
    (empty: nothing), and whether that is all of it. `late`: it was not read well within the last
    day or so, so that nothing can be said of what stands there now. `own_unread`: of a
    council that this reader follows the page cannot be read, or something that appeared in the time
    of which the message speaks."""

    source: str
    last_good: dt.datetime | None
    trouble: str = ""
    unreadable: bool = False
    late: bool = False
    own_unread: bool = False


@dataclass(frozen=True)
class RunBy:
    """Who runs this service, as its settings say: a name, where questions go, and the address of
    the privacy notice; each empty where nothing is set."""

    name: str = ""
    contact: str = ""
    privacy: str = ""


@dataclass(frozen=True)
class EndedProblem:
    """A problem that the operator was told of and that is over, with the time it lasted."""

    problem: Problem
    since: dt.datetime
    until: dt.datetime


class Reports(Protocol):
    """What each inspection says, by the number of its record."""

    def get(self, number: int, /) -> InspectionFields | None:
        """Return what the inspection says; None where there is none to show."""


class Begun(Protocol):
    """When the inspections of councils began."""

    def last(self, council: str, before: dt.date = dt.date.max) -> dt.date | None:
        """Return the first day of the council's last inspection that began before that day; None
        where none is known."""


@dataclass(frozen=True)
class AllBegun:
    """The first days of all inspections, by council."""

    days: Mapping[str, Sequence[dt.date]] = field(default_factory=dict)

    def last(self, council: str, before: dt.date = dt.date.max) -> dt.date | None:
        """Return the first day of the council's last inspection that began before that day."""
        days = self.days.get(council, ())
        earlier = [day for day in days if day < before]
        return max(earlier, default=None)


class Awards(Protocol):
    """The money that councils were awarded, of which a message only asks for some."""

    def of_programme(self, council: str, programme: str) -> Sequence[Record]:
        """Return what the council alone was awarded under the programme, oldest first."""

    def since(self, day: dt.date) -> Sequence[Record]:
        """Return what was published on that day or later, oldest first."""


@dataclass(frozen=True)
class AllAwards:
    """The awards where all of them are at hand, oldest first."""

    records: tuple[Record, ...] = ()

    def of_programme(self, council: str, programme: str) -> Sequence[Record]:
        """Return what the council alone was awarded under the programme."""
        found = []
        for record in self.records:
            is_theirs = record.councils == (council,)
            if is_theirs and record.funding.programme == programme:
                found.append(record)

        return found

    def since(self, day: dt.date) -> Sequence[Record]:
        """Return what was published on that day or later."""
        found = []
        for record in self.records:
            published = record.published
            if published and published >= day:
                found.append(record)

        return found


@dataclass(frozen=True)
class DigestContext:
    """What a message shows besides its events. `standings` are those of all councils now (the lines
    on region and neighbours are counted from them), `inspected` when the inspections of a council
    began, `followed` the slugs this subscriber follows (empty: all); `explain_no_overall`: a line
    is told only because its inspection has no overall judgement, and that has not been explained
    yet. `inspections` says by record what each report asks to be improved, and where it
    stands; `latest` is each council's last inspection, `awards` and `interventions` are what is
    known of money and of interventions. `freshness` are the sources that this subscriber depends
    on, `read_until` the moment up to which those that are not late were all read: nothing is said
    of later days.
    `site` is the address of the site that has a page for each change (empty: there is none)."""

    now: dt.datetime
    register: Register
    standings: Mapping[str, Mapping[Area, Standing]] = field(default_factory=dict)
    inspected: Begun = AllBegun()
    freshness: tuple[Freshness, ...] = ()
    inspections: Reports = field(default_factory=dict[int, InspectionFields])
    latest: Mapping[str, Record] = field(default_factory=dict)
    awards: Awards = AllAwards()
    interventions: tuple[Record, ...] = ()
    read_until: dt.datetime | None = None
    followed: tuple[str, ...] = ()
    explain_no_overall: bool = False
    unsubscribe: str = UNSUBSCRIBE
    run_by: RunBy = RunBy()
    site: str = ""


@dataclass(frozen=True)
class CorrectedMessage:
    """The message that a correction answers: its Message-ID (with angle brackets), subject, and
    when it was sent."""

    message_id: str
    subject: str
    sent: dt.datetime


# -- What the templates show -----------------------------------------------------------------------


@dataclass(frozen=True)
class GradeBadge:
    """A grade as a coloured word; `key` is the grade, or `none` for every absence; `letter` stands
    for it in a large table."""

    key: str
    word: str
    letter: str = "–"


@dataclass(frozen=True)
class GradeLine:
    """One judgement: `old` is empty where there is nothing to show before the arrow; `says` is the
    whole line in words."""

    area: str
    old: tuple[GradeBadge, ...]
    new: GradeBadge
    change: str
    meaning: str
    note: str
    says: str


@dataclass(frozen=True)
class Fact:
    """A value with its label."""

    label: str
    value: str


def facts_of(*pairs: tuple[str, str]) -> tuple[Fact, ...]:
    """Return the labels and values, each one line, of those that have a value."""
    found = []
    for label, value in pairs:
        if value:
            found.append(Fact(label, one_line(value)))
    return tuple(found)


@dataclass(frozen=True)
class Shown:
    """Evidence: the sentence as printed, where it stands, the page to look at (empty if it is no
    web address), when it was read."""

    quote: str
    where: str
    link: str
    link_text: str
    read: str


@dataclass(frozen=True)
class Item:
    """One thing that happened; `summary` says it in a line. `tag` is empty, or one of Correction,
    Withdrawn, Told late; a `brief` one is a line without a heading of its own.
    `of_files` are those of the notes that speak of a file beside the message."""

    kind: str
    title: str
    summary: str
    tag: str = ""
    brief: bool = False
    grades: tuple[GradeLine, ...] = ()
    others: tuple[GradeLine, ...] = ()
    facts: tuple[Fact, ...] = ()
    actions: tuple[str, ...] = ()
    improve: tuple[str, ...] = ()
    improve_more: str = ""
    notes: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    evidence: tuple[Shown, ...] = ()
    of_files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """The items of one council, or of one programme; `anchor` is where the table at the top
    leads."""

    heading: str
    subheading: str
    items: tuple[Item, ...]
    anchor: str = ""


@dataclass(frozen=True)
class OverviewRow:
    """One line of the table at the top: the gravest news of one group."""

    heading: str
    what: str
    anchor: str


@dataclass(frozen=True)
class Row:
    """How one council stands: a badge per column of `Digest.columns`, when it was inspected (in a
    cell, and in words), its page on Ofsted's site and its last report (empty where there is no
    such address)."""

    council: str
    inspected: str
    chips: tuple[GradeBadge, ...]
    when: str = ""
    page: str = ""
    report: str = ""


@dataclass(frozen=True)
class AreaCount:
    """How many councils stand how in one area; `says` is the whole line in words."""

    area: str
    chips: tuple[GradeBadge, ...]
    says: str


@dataclass(frozen=True)
class LinkedLine:
    """A line of a section, and where to look; `link` is empty where there is no such address."""

    text: str
    link: str = ""
    link_text: str = ""


@dataclass(frozen=True)
class Section:
    """Some lines under a heading, and a word on how far they go."""

    heading: str
    lines: tuple[LinkedLine, ...]
    note: str = ""


@dataclass(frozen=True)
class Mentioned:
    """What one page seems to say of money and could not be read for certain: one sentence, and the
    page to look at."""

    sentence: str
    link: str


@dataclass(frozen=True)
class Attachment:
    """A file beside the message; `mime` is its type, `text/csv`."""

    filename: str
    mime: str
    content: bytes


@dataclass(frozen=True)
class Digest:
    """One message before it is rendered. `sources` are the lines on freshness, `about` says why
    its reader gets it and from whom; `opening` and `closing` are what stands before and after
    `rows`, and `legend` explains the letters of a large table of them; `whole` is attached where
    not all can be shown. `leave` is the page on
    which its reader stops these messages, `manage` that on which they ask for the link to change
    them (each empty where there is no site). `action` is the address of a
    button, which says `action_says`; `folding` says what became of each event."""

    kind: MailKind
    subject: str
    heading: str
    preheader: str
    intro: tuple[str, ...] = ()
    overview: tuple[OverviewRow, ...] = ()
    overview_sum: str = ""
    groups: tuple[Group, ...] = ()
    opening: tuple[Section, ...] = ()
    columns: tuple[str, ...] = ()
    short_columns: tuple[str, ...] = ()
    legend: str = ""
    counts: tuple[AreaCount, ...] = ()
    rows: tuple[Row, ...] = ()
    closing: tuple[Section, ...] = ()
    bullets: tuple[Item, ...] = ()
    action: str = ""
    action_says: str = ""
    notes: tuple[str, ...] = ()
    sources: tuple[Fact, ...] = ()
    about: tuple[str, ...] = ()
    unsubscribe: str = ""
    leave: str = ""
    manage: str = ""
    attribution: str = ATTRIBUTION
    disclaimer: str = DISCLAIMER
    attachments: tuple[Attachment, ...] = ()
    whole: Attachment | None = None
    thread: tuple[str, ...] = ()
    mentioned: tuple[Mentioned, ...] = ()
    folding: Folding = Folding((), {}, ())

    @property
    def empty(self) -> bool:
        """Whether nothing is left to be told after folding: then there is no message."""
        return self.kind in (MailKind.DIGEST, MailKind.CORRECTION) and not self.groups

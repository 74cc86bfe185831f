"""What people must be told, by a model that knows the rules alone: which report was published when
with which grades, when the sites were read, and what each message said.

Written apart from the product, so that an error would have to be made twice. Of the product it
knows the words of a message only. A report is known by the number of its file.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

UNKNOWN = "unknown"
AREAS = {
    "Overall": "overall_effectiveness",
    "Leadership": "leadership",
    "Help and protection": "help_and_protection",
    "Children in care": "children_in_care",
    "Care leavers": "care_leavers",
}
GRADES = {
    "outstanding": "outstanding",
    "good": "good",
    "requires improvement": "requires_improvement",
    "inadequate": "inadequate",
    "not yet read": UNKNOWN,
}
LINE = re.compile(
    rf"^  ({'|'.join(AREAS)}): (?:([^,→\n]+) → )?([^,→\n]+?)(, as before)?(?:,.*)?$", re.MULTILINE
)
BLOCK = re.compile(r"^(?:\[[^\]]+\] )?Inspected (?=\d)", re.MULTILINE)
IN_BRIEF = "\nIn brief\n--------\n\n"
ENTRY = re.compile(r"^- ", re.MULTILINE)
FILE = re.compile(r"/files/v1/file/(\d+)")
MOMENT = r"(\d+ \w+ \d{4}, \d\d:\d\d)"
CLAIM = re.compile(rf"(?:As known on|Ofsted inspection reports: read|last read on) {MOMENT}")
QUIET = re.compile(r"nothing you follow has changed(?! in what)")
MINUTE = dt.timedelta(minutes=1)


@dataclass
class Report:
    """One report: since when its page lists it, and whether its file was ever another than it
    should be while nobody may have read it."""

    file_id: str
    since: dt.datetime
    grades: Mapping[str, str]
    was_broken: bool = False


@dataclass(frozen=True)
class Read:
    """One sync that may have read everything that could be read: when it was, when its clock said
    it was, and of which councils page and files were well."""

    true: dt.datetime
    stated: dt.datetime
    well: frozenset[str]


@dataclass(frozen=True)
class Told:
    """One line of a message."""

    file_id: str
    area: str
    old: str
    new: str


@dataclass(frozen=True)
class Mail:
    """One message that arrived: `written` is the moment at which it was, by a clock that is
    right."""

    message_id: str
    to: str
    subject: str
    text: str
    written: dt.datetime

    def told(self) -> Iterator[Told]:
        """Give the rating lines. A block of them begins with when the inspection was, and ends with
        the link to its report; an inspection that changed nothing may be a line in brief."""
        full, _, brief = self.text.partition(IN_BRIEF)
        for block in BLOCK.split(full)[1:]:
            for said in LINE.finditer(block):
                yield _told(self._file_of(block), said)

        for entry in ENTRY.split(brief)[1:]:
            for names, grade in _judged_in_brief(entry):
                for name in names:
                    same = GRADES[grade]
                    yield Told(self._file_of(entry), AREAS[name.capitalize()], same, same)

    def _file_of(self, block: str) -> str:
        file = FILE.search(block)
        assert file, f"lines without a report: {self.text}"
        return file[1]

    def flat(self) -> str:
        """Return the text as one line."""
        return " ".join(self.text.split())

    def claims(self) -> list[dt.datetime]:
        """Give the moments up to which it says something, to the minute."""
        found = [
            dt.datetime.strptime(said, "%d %B %Y, %H:%M") for said in CLAIM.findall(self.flat())
        ]
        return [moment.replace(tzinfo=ZoneInfo("Europe/London")) for moment in found]

    def calls_all_quiet(self) -> bool:
        """Return whether it says without reserve that nothing has changed."""
        return bool(QUIET.search(self.flat()))


def _judged_in_brief(entry: str) -> Iterator[tuple[list[str], str]]:
    """Give the areas and the grade of each part of "York – leadership, care leavers: good as
    before; overall: inadequate as before (inspected …)"."""
    said = " ".join(entry.split()).partition(" (inspected ")[0].partition(" – ")[2]
    for part in said.split("; "):
        names, _, grade = part.partition(": ")
        yield names.split(", "), grade.removesuffix(" as before")


def _told(file_id: str, said: re.Match[str]) -> Told:
    name, before, now, same = said.groups()
    new = GRADES[now]
    old = new if same else GRADES[before] if before else ""
    return Told(file_id, AREAS[name], old, new)


def arrived(data: bytes) -> tuple[str, str, str, str]:
    """Give of a message as it arrived the Message-ID, the address, the subject and the text."""
    found = email.message_from_bytes(data, policy=email.policy.default)
    part = found.get_body(("plain",))
    assert part is not None
    text = str(part.get_content()).replace("\r\n", "\n")
    return found["Message-ID"], found["To"], found["Subject"], text


@dataclass
class NewsModel:
    """`reports` of each council in the order of their inspections, the baseline first; `follower`
    of each council; `mails` by Message-ID: a second copy of one is no second message."""

    follower: Mapping[str, str]
    reports: dict[str, list[Report]] = field(default_factory=dict)
    reads: list[Read] = field(default_factory=list)
    mails: dict[str, Mail] = field(default_factory=dict)

    def check(self) -> None:
        """Raise AssertionError where anybody was told what no page said, misses what one said, or
        was told more than had been read."""
        for council, address in self.follower.items():
            mails = [mail for mail in self.mails.values() if mail.to == address]
            mails.sort(key=lambda mail: mail.written)
            self._check_told(council, mails)
            self._check_claims(council, mails)

    def _check_told(self, council: str, mails: list[Mail]) -> None:
        baseline, *news = self.reports[council]
        known = {report.file_id: report for report in news}
        told: Counter[tuple[str, str]] = Counter()
        for mail in mails:
            for line in mail.told():
                report = known[line.file_id]
                assert report.since <= mail.written, f"told before it was published:\n{mail.text}"
                assert line.new == report.grades[line.area], f"{line}:\n{mail.text}"
                assert line.old in self._before(council, report, line.area), f"{line}:\n{mail.text}"
                told[line.file_id, line.area] += 1
        due = Counter((report.file_id, area) for report in news for area in report.grades)
        assert told == due, f"{council}: missed {due - told}, too often {told - due}"

    def _before(self, council: str, report: Report, area: str) -> set[str]:
        """Return what may be said of the grade before: that of the report before; that it is not
        known, if that report could not always be read."""
        reports = self.reports[council]
        before = reports[reports.index(report) - 1]
        return {before.grades[area], UNKNOWN} if before.was_broken else {before.grades[area]}

    def _check_claims(self, council: str, mails: list[Mail]) -> None:
        told: set[str] = set()
        for mail in mails:
            told |= {line.file_id for line in mail.told()}
            for claimed in mail.claims():
                reads = [read for read in self.reads if read.true <= mail.written]
                read = [r for r in reads if claimed <= r.stated < claimed + MINUTE]
                assert read, f"nobody read it then:\n{mail.subject}\n{mail.text}"
                if mail.calls_all_quiet() and all(council in r.well for r in read):
                    self._check_quiet(council, mail, max(r.true for r in read), told)

    def _check_quiet(self, council: str, mail: Mail, read: dt.datetime, told: set[str]) -> None:
        _, *news = self.reports[council]
        shown = {report.file_id for report in news if report.since <= read}
        assert shown <= told, f"not quiet, {shown - told} was there:\n{mail.text}"

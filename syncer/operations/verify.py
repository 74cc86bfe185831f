"""Is a line still what the archived bytes say? They are read again, with today's parser (`syncer
verify`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from syncer.documents.files import is_pdf, text_of
from syncer.documents.reader import DocumentReader
from syncer.documents.report import read_pdf
from syncer.documents.sheets import rows
from syncer.errors import SyncerError
from syncer.fetching.snapshots import Snapshots
from syncer.funding.payments import PaymentRow, read_spend
from syncer.model import Area, Council, Event, EventKind, Evidence, RecordKind
from syncer.register.councils import Register
from syncer.reports.paper import ReportReading


@dataclass(frozen=True)
class Sources:
    """What is needed to read archived bytes again: the archive, the reader, the register."""

    snapshots: Snapshots
    reader: DocumentReader
    register: Register


@dataclass(frozen=True)
class Verdict:
    """What the bytes say today (`reads`), whether that is the line (`confirmed`), why or why not,
    and where it stands, when that is not where the line says."""

    reason: str
    confirmed: bool = False
    reads: str | int = ""
    page: int | None = None
    quote: str = ""


def check(
    event: Event, snapshots: Snapshots, reader: DocumentReader, register: Register
) -> dict[str, Any]:
    """Return where the line stands (`sha256`, `page`, `cell`, `quote`), what the bytes say today
    (`reads`), whether that is the line (`confirmed`), and why or why not (`reason`)."""
    evidence = event.evidence or Evidence("", "")
    verdict = _verdict(event, Sources(snapshots, reader, register))
    return {
        "sha256": evidence.sha256,
        "page": verdict.page or evidence.page,
        "cell": evidence.cell,
        "quote": verdict.quote or evidence.quote,
        "reads": verdict.reads,
        "confirmed": verdict.confirmed,
        "reason": verdict.reason,
    }


def _verdict(event: Event, sources: Sources) -> Verdict:
    """Read again what the line rests on; that it cannot be read is a verdict too."""
    try:
        if event.record is RecordKind.COUNCIL:
            return _ended(event, sources.register)
        if event.evidence is None:
            return Verdict("no bytes were archived for this line")
        return _read_again(event, event.evidence, sources)
    except SyncerError as error:
        return Verdict(f"{error.name}: {error}. {error.hint}".strip())


def _read_again(event: Event, evidence: Evidence, sources: Sources) -> Verdict:
    """Read the archived bytes in the way of their kind. Raises SyncerError."""
    data = sources.snapshots.read(evidence.sha256)
    if event.record is RecordKind.PAYMENT:
        return _paid(event, evidence.cell, data, sources)
    if event.record is RecordKind.VISIT or (_is_graded(event) and is_pdf(data)):
        return _reported(event, sources.reader.call(read_pdf, data))

    text = sources.reader.call(text_of, data)
    return _quoted(evidence.quote, text)


def _reported(event: Event, report: ReportReading) -> Verdict:
    """Compare what a report or letter says with the line."""
    if event.record is RecordKind.VISIT:
        return _visited(event, report)
    return _judged(event, report)


def _ended(event: Event, register: Register) -> Verdict:
    """Compare the day on which a council ended, and who took over, with the register's: that is
    what the line rests on."""
    council = register.by_slug(event.councils[0])
    if council.closed is None:
        return Verdict("the register has no end of this council")

    successors = _successors(council, register)
    same = (council.closed, successors) == (event.effective, event.new)
    reason = f"the register says that it ended on {council.closed}"
    return Verdict(f"{reason}, followed by {successors or 'nobody'}", same, successors)


def _successors(council: Council, register: Register) -> str:
    """Return the names of those who took over from a council; nothing where nobody did."""
    names = [register.by_slug(slug).official_name for slug in council.successors]
    return " and ".join(names)


def _is_graded(event: Event) -> bool:
    if event.record is not RecordKind.INSPECTION:
        return False
    return event.area in tuple(Area)


def _told(event: Event) -> str:
    """Return the value that the bytes should give; a withdrawn one is what it was before."""
    if event.kind is EventKind.WITHDRAWN:
        return event.old
    return event.new


def _judged(event: Event, report: ReportReading) -> Verdict:
    """Compare the judgement that the report gives with the line's."""
    area = Area(event.area)
    grade = str(report.judgements.get(area, ""))
    page, quote = report.quotes.get(area, (None, ""))
    what = grade.replace("_", " ") or "nothing of this area"
    return Verdict(
        f"the report says {what}",
        confirmed=_is_told_grade(event, grade, report),
        reads=grade or "not judged in this report",
        page=page if quote else None,
        quote=quote,
    )


def _is_told_grade(event: Event, grade: str, report: ReportReading) -> bool:
    """Return whether the grade read is the line's. That there is none is only sure where all of
    the report could be read."""
    if grade != _told(event):
        return False
    return bool(grade) or not report.problems


def _visited(event: Event, letter: ReportReading) -> Verdict:
    """Compare what the letter is about, or else what it is, with the line's."""
    reads = letter.theme or letter.send_outcome or str(letter.kind)
    kind = letter.kind.replace("_", " ")
    reason = f"the report is a {kind} {_days(letter)}".strip()
    return Verdict(reason, reads == _told(event), reads)


def _days(letter: ReportReading) -> str:
    """Return from when to when a visit was; nothing where the letter does not say."""
    days = (letter.inspection_start, letter.inspection_end)
    return " to ".join(str(day) for day in days if day)


def _paid(event: Event, cell: str, data: bytes, sources: Sources) -> Verdict:
    """Compare the payment in the row of the file with the line's."""
    for sheet in sources.reader.call(rows, data):
        spend = read_spend(sheet.rows, sources.register, sheet.numbers)
        for payment in spend.payments:
            if cell == f"row {payment.row}":
                return _compared(event, payment)

    return Verdict("there is no payment to a council in that row")


def _compared(event: Event, payment: PaymentRow) -> Verdict:
    same_council = (payment.council,) == event.councils
    same_sum = str(payment.pounds) == event.new
    reason = f"the row says {payment.pounds} to {payment.supplier}"
    return Verdict(reason, same_council and same_sum, payment.pounds)


def _quoted(quote: str, text: str) -> Verdict:
    """Look for the words quoted in the text: together or, those of a table's cells, in one row."""
    if not quote:
        return Verdict("no words were quoted for this line")
    if squeezed(quote) in squeezed(text) or _in_one_row(quote.split(" | "), text):
        return Verdict("these words stand in the bytes", True, quote)
    return Verdict("these words do not stand in the bytes")


def _in_one_row(cells: list[str], text: str) -> bool:
    wanted = [squeezed(cell) for cell in cells]
    lines = [squeezed(line) for line in text.splitlines()]
    return any(all(cell in line for cell in wanted) for line in lines)


def squeezed(text: str) -> str:
    """Return letters and digits alone: white space, dashes and cell borders do not matter."""
    return "".join(re.findall(r"\w+", text.casefold()))

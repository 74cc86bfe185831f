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
from syncer.funding.payments import read_spend
from syncer.model import Area, Event, EventKind, Evidence, RecordKind
from syncer.register.councils import Register


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
    if event.evidence is None and event.record is not RecordKind.COUNCIL:
        verdict = Verdict("no bytes were archived for this line")
    else:
        verdict = _verdict(event, evidence, Sources(snapshots, reader, register))
    return {
        "sha256": evidence.sha256,
        "page": verdict.page or evidence.page,
        "cell": evidence.cell,
        "quote": verdict.quote or evidence.quote,
        "reads": verdict.reads,
        "confirmed": verdict.confirmed,
        "reason": verdict.reason,
    }


def _verdict(event: Event, evidence: Evidence, sources: Sources) -> Verdict:
    """Read the bytes again, in the way of their kind; that they cannot be read is a verdict too."""
    try:
        if event.record is RecordKind.COUNCIL:
            return _ended(event, sources.register)
        data = sources.snapshots.read(evidence.sha256)
        if _is_graded(event) and is_pdf(data):
            return _judged(event, sources.reader, data)
        if event.record is RecordKind.VISIT:
            return _visited(event, sources.reader, data)
        if event.record is RecordKind.PAYMENT:
            return _paid(event, evidence.cell, data, sources)
        return _quoted(evidence.quote, sources.reader.call(text_of, data))
    except SyncerError as error:
        return Verdict(f"{error.name}: {error}. {error.hint}".strip())


def _ended(event: Event, register: Register) -> Verdict:
    """Compare the day on which a council ended, and who took over, with the register's: that is
    what the line rests on."""
    council = register.by_slug(event.councils[0])
    heirs = " and ".join(register.by_slug(slug).official_name for slug in council.successors)
    if council.closed is None:
        return Verdict("the register has no end of this council")

    same = (council.closed, heirs) == (event.effective, event.new)
    reason = f"the register says that it ended on {council.closed}"
    return Verdict(f"{reason}, followed by {heirs or 'nobody'}", same, heirs)


def _is_graded(event: Event) -> bool:
    if event.record is not RecordKind.INSPECTION:
        return False
    return event.area in tuple(Area)


def _told(event: Event) -> str:
    """Return the value that the bytes should give; a withdrawn one is what it was before."""
    if event.kind is EventKind.WITHDRAWN:
        return event.old
    return event.new


def _judged(event: Event, reader: DocumentReader, data: bytes) -> Verdict:
    """Compare the judgement that the report gives with the line's."""
    reading = reader.call(read_pdf, data)
    area, said = Area(event.area), _told(event)
    grade = str(reading.judgements.get(area, ""))
    page, quote = reading.quotes.get(area, (None, ""))
    what = grade.replace("_", " ") or "nothing of this area"
    return Verdict(
        f"the report says {what}",
        confirmed=grade == said and (bool(said) or not reading.problems),
        reads=grade or "not judged in this report",
        page=page if quote else None,
        quote=quote,
    )


def _visited(event: Event, reader: DocumentReader, data: bytes) -> Verdict:
    """Compare what the letter is about, or else what it is, with the line's."""
    reading = reader.call(read_pdf, data)
    reads = reading.theme or reading.send_outcome or str(reading.kind)
    days = [reading.inspection_start, reading.inspection_end]
    when = " to ".join(str(day) for day in days if day)
    kind = reading.kind.replace("_", " ")
    return Verdict(f"the report is a {kind} {when}".strip(), reads == _told(event), reads)


def _paid(event: Event, cell: str, data: bytes, sources: Sources) -> Verdict:
    """Compare the payment in the row of the file with the line's."""
    for sheet in sources.reader.call(rows, data):
        for payment in read_spend(sheet.rows, sources.register, sheet.numbers).payments:
            if cell == f"row {payment.row}":
                same = (payment.council,) == event.councils and str(payment.pounds) == event.new
                reason = f"the row says {payment.pounds} to {payment.supplier}"
                return Verdict(reason, same, payment.pounds)
    return Verdict("there is no payment to a council in that row")


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

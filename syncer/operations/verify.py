"""Is a line still what the archived bytes say? They are read again, with today's parser (`syncer
verify`)."""

from __future__ import annotations

import re
from typing import Any

from syncer.documents.files import text_of
from syncer.documents.reader import DocumentReader
from syncer.documents.report import read_pdf
from syncer.documents.sheets import rows
from syncer.errors import SyncerError
from syncer.fetching.snapshots import Snapshots
from syncer.funding.payments import read_spend
from syncer.model import Area, Event, EventKind, Evidence, RecordKind
from syncer.register.councils import Register


def check(
    event: Event, snapshots: Snapshots, reader: DocumentReader, register: Register
) -> dict[str, Any]:
    """Where the line stands (`sha256`, `page`, `cell`, `quote`), what the bytes say today
    (`reads`), whether that is the line (`confirmed`), and why or why not (`reason`)."""
    found: dict[str, Any] = {
        "sha256": "",
        "page": None,
        "cell": "",
        "quote": "",
        "reads": "",
        "confirmed": False,
    }
    if event.evidence is None:
        return {**found, "reason": "no bytes were archived for this line"}
    evidence = event.evidence
    found |= {
        "sha256": evidence.sha256,
        "page": evidence.page,
        "cell": evidence.cell,
        "quote": evidence.quote,
    }
    try:
        data = snapshots.read(evidence.sha256)
        if _is_graded(event) and data.startswith(b"%PDF"):
            found |= _judged(event, reader, data)
        elif event.record is RecordKind.VISIT:
            found |= _visited(event, reader, data)
        elif event.record is RecordKind.PAYMENT:
            found |= _paid(event, evidence, reader, data, register)
        else:
            found |= _quoted(evidence.quote, reader.call(text_of, data))
    except SyncerError as error:
        found["reason"] = f"{error.name}: {error}. {error.hint}".strip()
    return found


def _is_graded(event: Event) -> bool:
    return event.record is RecordKind.INSPECTION and event.area in tuple(Area)


def _judged(event: Event, reader: DocumentReader, data: bytes) -> dict[str, Any]:
    """The judgement that the report gives, against the line's; a withdrawn grade is what it was
    before."""
    reading = reader.call(read_pdf, data)
    area = Area(event.area)
    grade = str(reading.judgements.get(area, ""))
    page, quote = reading.quotes.get(area, (None, ""))
    said = event.old if event.kind is EventKind.WITHDRAWN else event.new
    confirmed = grade == said and (bool(said) or not reading.problems)
    reason = f"the report says {grade.replace('_', ' ') or 'nothing of this area'}"
    found = {
        "reads": grade or "not judged in this report",
        "confirmed": confirmed,
        "reason": reason,
    }
    return found | ({"page": page, "quote": quote} if quote else {})


def _visited(event: Event, reader: DocumentReader, data: bytes) -> dict[str, Any]:
    """What the letter is about, or else what it is, against the line's; a withdrawn one's is what
    it was before."""
    reading = reader.call(read_pdf, data)
    reads = reading.theme or reading.send_outcome or str(reading.kind)
    days = " to ".join(
        str(day) for day in (reading.inspection_start, reading.inspection_end) if day
    )
    same = reads == (event.old if event.kind is EventKind.WITHDRAWN else event.new)
    return {
        "reads": reads,
        "confirmed": same,
        "reason": f"the report is a {reading.kind.replace('_', ' ')} {days}".strip(),
    }


def _paid(
    event: Event, evidence: Evidence, reader: DocumentReader, data: bytes, register: Register
) -> dict[str, Any]:
    """The payment in the row of the file, against the line's."""
    for payment in (
        payment
        for sheet in reader.call(rows, data)
        for payment in read_spend(sheet.rows, register, sheet.numbers).payments
    ):
        if evidence.cell == f"row {payment.row}":
            same = (payment.council,) == event.councils and str(payment.pounds) == event.new
            return {
                "reads": payment.pounds,
                "confirmed": same,
                "reason": f"the row says {payment.pounds} to {payment.supplier}",
            }
    return {"reason": "there is no payment to a council in that row"}


def _quoted(quote: str, text: str) -> dict[str, Any]:
    """Whether the words quoted stand in the text: together or, those of a table's cells, in one
    row."""
    if not quote:
        return {"reason": "no words were quoted for this line"}
    cells = [squeezed(cell) for cell in quote.split(" | ")]
    if squeezed(quote) in squeezed(text) or any(
        all(cell in line for cell in cells) for line in map(squeezed, text.splitlines())
    ):
        return {"confirmed": True, "reads": quote, "reason": "these words stand in the bytes"}
    return {"reason": "these words do not stand in the bytes"}


def squeezed(text: str) -> str:
    """Letters and digits alone, so that white space, dashes and cell borders do not matter."""
    return "".join(re.findall(r"\w+", text.casefold()))

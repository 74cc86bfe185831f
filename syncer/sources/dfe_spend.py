"""The department's payments over £25,000: one file a month on GOV.UK, read for its own grants to councils.

- Column names, their order and the encoding change from month to month; nothing in a row names the programme.
- A payment is money moved, not an award: it is linked to the award that it settles as inferred, never merged with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from syncer.documents import sheets
from syncer.errors import SyncerError
from syncer.model import Evidence, Observation, Problem, RecordKind, Value
from syncer.reading import Entry, Page, Reading
from syncer.sources import Reach
from syncer.sources._govuk import Attachment, Item, content, is_due, search
from syncer.spend import PaymentRow, read_spend

NAME = "dfe_spend"
TITLE = "DfE payments over £25,000"
PARSER = 1

QUERY = "department for education executive agency spend over £25,000"
TITLES = re.compile(r"spend(?:ing)? over £?25,?000", re.I)
FILES = (".csv", ".ods", ".xlsx", ".xls")


def fetch(reach: Reach) -> Iterator[Page]:
    """Every monthly file not read before, and known ones again, if changed, with the page that lists them."""
    rows = search(reach, q=QUERY, filter_organisations="department-for-education", filter_content_store_document_type="transparency")
    due = [r for r in rows if TITLES.search(r.title) and is_due(r.path, r.changed.isoformat(), r.changed.date(), reach, PARSER)]
    reach.expect(len(due))
    for row in due:
        try:
            item = content(reach, row.path)
            files = [a for a in item.attachments if a.kind == "file" and a.url.lower().endswith(FILES)]
        except SyncerError as error:
            reach.fail(error, row.path)
            continue
        for attachment in files:
            try:
                yield from _file(attachment, item, reach)
            except SyncerError as error:
                reach.fail(error, attachment.url)
        yield Page(item.path, item.link, b"", item.sha256, seen=row.changed.isoformat(), notes={"parser": PARSER})


def parse(page: Page, reach: Reach) -> Reading:
    """One observation a payment; rows whose council is not known are problems."""
    if not page.data:
        return Reading()
    entries: list[Entry] = []
    observations: list[Observation] = []
    problems: list[Problem] = []
    for sheet in sheets.rows(page.data, page.key):
        spend = read_spend(sheet.rows, reach.register, sheet.numbers)
        for payment in spend.payments:
            observations.append(_observation(payment, page))
            entries.append(Entry(observations[-1].key, payment.supplier, payment.paid, page.link))
        problems += spend.problems
    kept = {o.key for o in observations}
    gone = frozenset(key for key, o in page.before.items() if o.parser < PARSER and key not in kept)
    return Reading(tuple(entries), tuple(observations), tuple(problems), gone=gone)


def _file(attachment: Attachment, item: Item, reach: Reach) -> Iterator[Page]:
    known = reach.memory.page(attachment.url)
    tags = known.notes if known and known.notes.get("parser") == PARSER and not reach.full else {}
    answer = reach.client.get(attachment.url, etag=tags.get("etag", ""), last_modified=tags.get("modified", ""))
    if answer.status == 200:
        notes = {"etag": answer.etag, "modified": answer.last_modified, "parser": PARSER, "parent": item.path}
        yield Page(attachment.url, item.link, answer.data, answer.sha256, before=reach.memory.observations(attachment.url), notes=notes)


def _observation(payment: PaymentRow, page: Page) -> Observation:
    fields: dict[str, Value] = {
        "kind": "payment", "amount": payment.pounds, "amount_text": f"{payment.pounds}", "paid": payment.paid.isoformat(), "funder": "DfE",
        "supplier": payment.supplier, "low": payment.pounds, "high": payment.pounds, "qualifier": "exact", "period_start": payment.paid.isoformat(),
    }  # fmt: skip
    fields |= {n: v for n, v in (("area", payment.area), ("description", payment.description), ("transaction", payment.transaction)) if v}
    quote = f"{payment.paid:%d/%m/%Y} | {payment.area} | {payment.description} | {payment.supplier} | {payment.pounds}"
    evidence = dict.fromkeys((*fields, "quote"), Evidence(page.sha256, quote, None, f"row {payment.row}"))
    return Observation(NAME, page.key, f"row {payment.row}", RecordKind.PAYMENT, (payment.council,), fields, payment.paid, page.link, page.sha256,
                       PARSER, evidence)  # fmt: skip

"""The department's payments over £25,000: one file a month on GOV.UK, read for its own grants to
councils.

- Column names, their order and the encoding change from month to month; nothing in a row names the
  programme.
- A payment is money moved, not an award: it is linked to the award that it settles as inferred,
  never merged with it.
- A file is sometimes replaced by a corrected one, with rows put in between: a payment is known by
  what it says, not by its row.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from syncer.documents import sheets
from syncer.errors import DocumentError, StoreError
from syncer.funding.payments import PaymentRow, read_spend
from syncer.model import (
    Evidence,
    FundingKind,
    Observation,
    PaymentFields,
    Problem,
    Qualifier,
    RecordKind,
)
from syncer.reading import Entry, Page, Reading
from syncer.register.councils import Register
from syncer.sources import SourceContext
from syncer.sources._funding import ROWS, unread, version
from syncer.sources._pages import address, is_due
from syncer.sources.govuk.content import content, search
from syncer.sources.govuk.items import Attachment, Found, Item
from syncer.sources.govuk.pages import attached, download, failed

NAME = "dfe_spend"
TITLE = "DfE payments over £25,000"
PARSER = 1
GIVES = (RecordKind.PAYMENT,)

QUERY = "department for education executive agency spend over £25,000"
TITLES = re.compile(r"spend(?:ing)? over £?25,?000", re.I)
FILES = (".csv", ".ods", ".xlsx", ".xls")
MAX_LISTED = 5


def fetch(context: SourceContext) -> Iterator[Page]:
    """Every monthly file not read before, and known ones again, if changed, with the page that
    lists them."""
    rows = search(
        context,
        q=QUERY,
        filter_organisations="department-for-education",
        filter_content_store_document_type="transparency",
    )
    due = [
        r
        for r in rows
        if TITLES.search(r.title)
        and is_due(r.path, r.changed.isoformat(), r.changed.date(), context, PARSER)
    ]
    context.expect(len(due))
    for row in due:
        try:
            yield from _year(row, context)
        except StoreError:
            raise
        except Exception as error:
            context.fail(error, address(row.path, context))
            continue
        context.succeed(address(row.path, context))


def parse(page: Page, context: SourceContext) -> Reading:
    """One observation a payment; what is no longer in a file that was read whole never was. The
    rows of a file whose council is not known, or that cannot be read, are one problem."""
    if not page.data:
        return Reading()
    try:
        payments, problems = context.documents.call(
            _payments, page.data, page.notes["url"], context.register
        )
    except DocumentError as error:
        return unread(
            page,
            error.name,
            f"{page.notes['url'].rsplit('/', 1)[-1]}: {error}",
            error.hint,
            page.notes["url"],
        )
    if not problems:
        context.succeed(page.notes["url"] + ROWS)
    made = tuple(_observations(payments, page))
    entries = tuple(Entry(o.key, o.payment.supplier or "", o.published, page.link) for o in made)
    return Reading(
        entries, made, _as_one(problems, page), gone=frozenset(page.before) - {o.key for o in made}
    )


def _payments(data: bytes, url: str, register: Register) -> tuple[list[PaymentRow], list[Problem]]:
    payments, problems = list[PaymentRow](), list[Problem]()
    for sheet in sheets.rows(data, url):
        spend = read_spend(sheet.rows, register, sheet.numbers)
        payments += spend.payments
        problems += spend.problems
    return payments, problems


def _year(row: Found, context: SourceContext) -> Iterator[Page]:
    """The files of one financial year, then the page that lists them: it counts as seen when all of
    them could be had."""
    item = content(context, row.path)
    yield from attached(item, context, lambda each: _file(each, item, context))
    seen = "" if failed(context, item) else row.changed.isoformat()
    yield Page(
        item.path,
        item.link,
        b"",
        item.sha256,
        seen=seen,
        notes={"parser": PARSER, "published": item.published},
    )


def _file(attachment: Attachment, item: Item, context: SourceContext) -> Iterator[Page]:
    if attachment.kind != "file" or not attachment.url.lower().endswith(FILES):
        return
    known = context.memory.page(attachment.key)
    if answer := download(attachment, context, PARSER):
        now = version(known, answer.data, answer.sha256, item.changed.date())
        published = known.notes.get("published") if known else None
        notes = {
            "etag": answer.etag,
            "modified": answer.last_modified,
            "parser": PARSER,
            "parent": item.path,
            "url": attachment.url,
            "published": published or item.changed.date().isoformat(),
            **now.notes,
        }
        yield Page(
            attachment.key,
            item.link,
            answer.data,
            now.sha256,
            before=context.memory.observations(attachment.key),
            notes=notes,
        )


def _observations(payments: Sequence[PaymentRow], page: Page) -> Iterator[Observation]:
    """The payments, published with their file: a month or two after they were paid."""
    published, seen = dt.date.fromisoformat(str(page.notes["published"])), Counter[str]()
    for payment in payments:
        name = (
            f"{payment.council} {payment.paid} {payment.transaction or payment.area} "
            f"{payment.pounds}"
        )
        seen[name] += 1
        fields = _fields(payment)
        passage = Evidence(page.sha256, payment.quote, None, f"row {payment.row}")
        evidence = dict.fromkeys((*fields.said(), "quote"), passage)
        key = name if seen[name] == 1 else f"{name} #{seen[name]}"
        yield Observation(
            NAME,
            page.key,
            key,
            RecordKind.PAYMENT,
            (payment.council,),
            fields,
            published,
            page.link,
            page.sha256,
            PARSER,
            evidence,
        )


def _fields(payment: PaymentRow) -> PaymentFields:
    return PaymentFields(
        kind=FundingKind.PAYMENT,
        amount=payment.pounds,
        amount_text=f"{payment.pounds}",
        low=payment.pounds,
        high=payment.pounds,
        qualifier=Qualifier.EXACT,
        paid=payment.paid,
        period_start=payment.paid,
        funder="DfE",
        supplier=payment.supplier,
        area=payment.area or None,
        description=payment.description or None,
        transaction=payment.transaction or None,
    )


def _as_one(problems: Sequence[Problem], page: Page) -> tuple[Problem, ...]:
    """What is wrong with the rows of one file, as one problem."""
    if not problems:
        return ()
    named = "; ".join(p.message for p in problems[:MAX_LISTED])
    more = f"; and {len(problems) - MAX_LISTED} more" if len(problems) > MAX_LISTED else ""
    hint = (
        "If one is a council, add its name with [councils] register, then read again "
        "with `syncer sync --full`."
    )
    return (
        Problem(
            "UnmatchedRows",
            f"{page.notes['url'].rsplit('/', 1)[-1]}: {named}{more}",
            page.notes["url"] + ROWS,
            hint,
        ),
    )

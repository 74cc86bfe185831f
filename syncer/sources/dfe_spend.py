"""The department's payments over £25,000: one file a month on GOV.UK, read for its own grants to
councils.

- Column names, their order and the encoding change from month to month; nothing in a row names the
  programme.
- A payment is money moved, not an award: it is linked to the award that it settles as inferred,
  never merged with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from syncer.errors import DocumentError
from syncer.fetching.client import Response
from syncer.model import Observation, Problem, RecordKind
from syncer.reading import Entry, Page, Reading
from syncer.sources import SourceContext
from syncer.sources._funding import unread
from syncer.sources._pages import address, is_due
from syncer.sources._payments import observations, read_payments
from syncer.sources._row_problems import ROWS, unmatched_payments
from syncer.sources._versions import version
from syncer.sources.govuk.content import content, search
from syncer.sources.govuk.items import Attachment, Found, Item
from syncer.sources.govuk.pages import attached, download, failed

NAME = "dfe_spend"
TITLE = "DfE payments over £25,000"
PARSER = 1
GIVES = (RecordKind.PAYMENT,)

QUERY = "department for education executive agency spend over £25,000"
TITLES = re.compile(r"spend(?:ing)? over £?25,?000", re.I)
PAGES_A_YEAR = 13
"""A file a month and the page that lists them: what is expected of a year before it is opened."""
FILES = (".csv", ".ods", ".xlsx", ".xls")


def fetch(context: SourceContext) -> Iterator[Page]:
    """Yield every monthly file not read before, and known ones again, if changed, with the page
    that lists them."""
    due = _due(context)
    pages = 0
    for place, row in enumerate(due):
        context.expect(pages + PAGES_A_YEAR * (len(due) - place))
        with context.attempt(address(row.path, context)):
            for page in _year(row, context):
                pages += 1
                yield page

    context.expect(pages)


def parse(page: Page, context: SourceContext) -> Reading:
    """Return one observation a payment; what is no longer in a file that was read whole never was.
    The rows of a file whose council is not known, or that cannot be read, are one problem."""
    if not page.data:
        return Reading()

    url = str(page.notes["url"])
    file = url.rsplit("/", 1)[-1]
    try:
        payments, wrong = context.documents.call(read_payments, page.data, url, context.register)
    except DocumentError as error:
        return unread(error, file, url)

    problems: tuple[Problem, ...] = ()
    if wrong:
        problems = (unmatched_payments(wrong, file, url),)
    else:
        context.succeed(url + ROWS)

    made = tuple(observations(NAME, PARSER, page, payments))
    entries = tuple(_entry(each, page) for each in made)
    gone = frozenset(page.before) - {each.key for each in made}
    return Reading(entries, made, problems, gone=gone)


def _entry(payment: Observation, page: Page) -> Entry:
    supplier = payment.payment.supplier or ""
    return Entry(payment.key, supplier, payment.published, page.link)


# -- Pages and files -------------------------------------------------------------------------------


def _due(context: SourceContext) -> list[Found]:
    """Return the pages of a financial year that are to be read now."""
    rows = search(
        context,
        q=QUERY,
        filter_organisations="department-for-education",
        filter_content_store_document_type="transparency",
    )
    due = []
    for row in rows:
        if not TITLES.search(row.title):
            continue
        if is_due(row.path, row.changed.isoformat(), row.changed.date(), context, PARSER):
            due.append(row)
    return due


def _year(row: Found, context: SourceContext) -> Iterator[Page]:
    """Yield the files of one financial year, then the page that lists them: it counts as seen when
    all of them could be fetched."""
    item = content(context, row.path)
    yield from attached(item, context, lambda each: _file(each, item, context))

    seen = "" if failed(context, item) else row.changed.isoformat()
    notes = {"parser": PARSER, "published": item.published}
    yield Page(item.path, item.link, b"", item.sha256, seen=seen, notes=notes)


def _file(attachment: Attachment, item: Item, context: SourceContext) -> Iterator[Page]:
    """Yield one monthly file, unless it is as it was."""
    if attachment.kind != "file" or not attachment.url.lower().endswith(FILES):
        return

    answer = download(attachment, context, PARSER)
    if answer is None:
        return

    known = context.memory.page(attachment.key)
    now = version(known, answer.data, answer.sha256, item.changed.date())
    published = known.notes.get("published") if known else None
    notes = {
        **_notes(attachment, item, answer),
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


def _notes(attachment: Attachment, item: Item, answer: Response) -> dict[str, Any]:
    """Return what the next read has to know of a file."""
    return {
        "etag": answer.etag,
        "modified": answer.last_modified,
        "parser": PARSER,
        "parent": item.path,
        "url": attachment.url,
    }

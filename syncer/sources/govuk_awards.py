"""Money announced on GOV.UK: press releases, guidance, determinations with their tables, letters; by DfE and the communities ministry.

- Since April 2025 the largest children's grants are published by MHCLG: both are asked.
- The search index hides withdrawn pages, has no pages of attachments, and its timestamp moves on major changes only: known pages are
  read again, a share each day, and their attachments with them.
- One page can be many documents: the page itself, its HTML attachments, its files. Each is a page of its own here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from syncer.documents import html, sheets
from syncer.documents.files import text_of
from syncer.errors import Gone, SyncerError, UnreadableTable
from syncer.funding_tables import statements_from_rows
from syncer.model import FundingKind, Observation, Problem, Statement
from syncer.programmes import load_programmes
from syncer.reading import Entry, Page, Reading
from syncer.sources import Reach
from syncer.sources._funding import Document, observations
from syncer.sources._govuk import Attachment, Found, Item, content, is_due, search, since
from syncer.statements import read_statements

NAME = "govuk_awards"
TITLE = "Funding announced on GOV.UK"
PARSER = 1

ORGANISATIONS = {
    "department-for-education": "DfE", "ministry-of-housing-communities-local-government": "MHCLG",
    "department-for-levelling-up-housing-and-communities": "DLUHC", "department-for-communities-and-local-government": "DCLG",
}  # fmt: skip
TYPES = ("press_release", "news_story", "guidance", "notice", "transparency", "correspondence", "decision")
SPENDING = re.compile(r"spend(?:ing)? over £?25", re.I)
OF_MONEY = re.compile(r"grant|fund|alloc|award|determination|payment|agreement|safety valve|£|investment|settlement", re.I)
TABLES = (".csv", ".ods", ".xlsx", ".xls")


def fetch(reach: Reach) -> Iterator[Page]:
    """Every page that is new, changed, or due again, each followed by its attachments."""
    found = {row.path: row for row in _search(reach) if not SPENDING.search(row.title)}
    known = {p.key: p for p in reach.memory.pages() if p.key.startswith("/")}
    due = [path for path, row in found.items() if is_due(path, row.changed.isoformat(), row.changed.date(), reach, PARSER)]
    due += [key for key, page in known.items() if key not in found and not page.notes.get("parent") and is_due(key, "", None, reach, PARSER)]
    reach.expect(len(due))
    for path in due:
        yield from _document(path, found.get(path), reach)


def parse(page: Page, reach: Reach) -> Reading:
    """The statements of funding of one document, as observations."""
    if page.notes.get("withdrawn"):
        return Reading(tuple(_entries(page, page.before.values())), tuple(page.before.values()), withdrawn=True)
    document = Document(NAME, page.key, page.link, page.notes["published"], page.sha256, PARSER)
    statements, problems = _statements(page, reach)
    wanted = [s for s in statements if page.notes["type"] != "decision" or s.kind is not FundingKind.INTERVENTION]
    made = observations(wanted, document)
    gone = frozenset(k for k, o in page.before.items() if o.parser < PARSER and o.sha256 == page.sha256) - {o.key for o in made}
    return Reading(tuple(_entries(page, made)), made, tuple(problems), gone=gone)


def _search(reach: Reach) -> Iterator[Found]:
    yield from search(
        reach, filter_organisations=list(ORGANISATIONS), filter_content_store_document_type=list(TYPES),
        filter_public_timestamp=f"from:{since(reach)}",
    )  # fmt: skip


def _document(path: str, found: Found | None, reach: Reach) -> Iterator[Page]:
    """A page and its attachments; what cannot be had is a problem, and the rest goes on."""
    try:
        item = content(reach, path)
    except Gone:
        if before := reach.memory.observations(path):
            yield Page(path, reach.sites["govuk"][0] + path, b"", "", before=before, notes={"withdrawn": True, "parser": PARSER})
        return
    except SyncerError as error:
        reach.fail(error, path)
        return
    yield _page(item, found.changed.isoformat() if found else item.changed.isoformat(), reach)
    if not OF_MONEY.search(" ".join((item.title, *(a.title for a in item.attachments)))):
        return
    for attachment in item.attachments:
        try:
            yield from _attached(attachment, item, reach)
        except SyncerError as error:
            reach.fail(error, attachment.url)


def _page(item: Item, seen: str, reach: Reach) -> Page:
    return Page(
        item.path, item.link, item.body.encode(), item.sha256, seen=seen, before=reach.memory.observations(item.path),
        notes={"title": item.title, "type": item.type, "published": item.published, "funder": _funder(item), "parser": PARSER,
               **({"withdrawn": True} if item.withdrawn else {})},
    )  # fmt: skip


def _attached(attachment: Attachment, parent: Item, reach: Reach) -> Iterator[Page]:
    if attachment.kind == "html":
        own = content(reach, attachment.url)
        page = _page(own, own.changed.isoformat(), reach)
        yield replace(page, notes={**page.notes, "parent": parent.path, "funder": _funder(own) or _funder(parent), "published": parent.published})
    elif attachment.kind == "file" and attachment.url.lower().endswith((*TABLES, ".pdf")):
        known = reach.memory.page(attachment.url)
        tags = known.notes if known and not reach.full and known.notes.get("parser") == PARSER else {}
        answer = reach.client.get(attachment.url, etag=tags.get("etag", ""), last_modified=tags.get("modified", ""))
        if answer.status == 200:
            yield Page(
                attachment.url, parent.link, answer.data, answer.sha256, before=reach.memory.observations(attachment.url),
                notes={"title": f"{parent.title}. {attachment.title}", "type": parent.type, "published": parent.published, "funder": _funder(parent),
                       "parser": PARSER, "parent": parent.path, "etag": answer.etag, "modified": answer.last_modified, "file": True},
            )  # fmt: skip


def _funder(item: Item) -> str:
    return next((ORGANISATIONS[o] for o in item.organisations if o in ORGANISATIONS), "")


def _statements(page: Page, reach: Reach) -> tuple[list[Statement], list[Problem]]:
    notes, programmes = page.notes, load_programmes()
    if page.key.lower().endswith(TABLES):
        return _from_tables(page, reach)
    text = text_of(page.data, reach.pdf) if notes.get("file") else html.main_text(page.data) if page.data.strip() else ""
    found = read_statements(text, reach.register, programmes, published=notes["published"], title=notes["title"], funder=notes["funder"])
    return list(found), []


def _from_tables(page: Page, reach: Reach) -> tuple[list[Statement], list[Problem]]:
    """The allocations of every sheet that has councils and amounts; a row whose council is not known is a problem, never dropped."""
    notes, found, problems = page.notes, list[Statement](), list[Problem]()
    for sheet in sheets.rows(page.data, page.key):
        try:
            table = statements_from_rows(sheet.rows, reach.register, load_programmes(), published=notes["published"],
                                         lead=f"{notes['title']} {sheet.name}", funder=notes["funder"])  # fmt: skip
        except UnreadableTable:
            continue
        found += table.statements
        if table.unmatched:
            rows = "; ".join(" | ".join(row)[:80] for row in table.unmatched[:5])
            problems.append(Problem("UnmatchedRows", f"{sheet.name}: {len(table.unmatched)} rows name no council that is known: {rows}", page.key,
                                    "Add the name to the register if it is a council."))  # fmt: skip
    return found, problems


def _entries(page: Page, made: Iterable[Observation]) -> Iterator[Entry]:
    return (Entry(o.key, page.notes.get("title", ""), o.published, page.link) for o in made)

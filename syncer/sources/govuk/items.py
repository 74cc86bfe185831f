"""GOV.UK's answers as JSON → search rows and pages: the one door, where their form is checked.

What is known of the forms is what GOV.UK documents (content schemas of publishing-api); anything
else is a PageRedesigned, with the place in the answer. Run in the child that reads documents.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Annotated, Any, TypeVar
from urllib.parse import urljoin, urlsplit

from syncer.documents import html
from syncer.errors import Gone, PageRedesigned
from syncer.tables import Check, Fault, Meant, Reader, Table, in_one_line

FUNDERS = {
    "department-for-education": "DfE",
    "ministry-of-housing-communities-local-government": "MHCLG",
    "ministry-of-housing-communities-and-local-government": "MHCLG",
    "department-for-levelling-up-housing-and-communities": "DLUHC",
    "department-for-communities-and-local-government": "DCLG",
}
"""Organisations of GOV.UK, by the last part of their path, that give councils money (DESIGN
§5.8)."""
YEARS = range(1990, 2200)
MAX_LISTED = 3
SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")


def _moment(value: object) -> dt.datetime:
    if not isinstance(value, str):
        raise ValueError("not a time")

    moment = dt.datetime.fromisoformat(value)
    if moment.year not in YEARS:
        raise ValueError(f"the year {moment.year}")

    if moment.tzinfo is None:
        return moment.replace(tzinfo=dt.UTC)
    return moment.astimezone(dt.UTC)


def _address(value: str) -> str:
    urlsplit(value)  # raises ValueError for what is none
    return value


def _list(value: object) -> object:
    return [] if value is None else value


Moment = Annotated[dt.datetime, Meant(_moment)]
Absent = Meant(_list)
"""For a list that is null where there is nothing in it."""


Form = TypeVar("Form", bound=Table)


class _Organisation(Table, frozen=True):
    base_path: str


class _Links(Table, frozen=True):
    organisations: Annotated[tuple[_Organisation, ...], Absent] = ()


class _Rendering(Table, frozen=True):
    content_type: str = ""
    content: str = ""


Body = str | tuple[_Rendering, ...] | None


class _Part(Table, frozen=True):
    title: str = ""
    body: Body = None


class _Note(Table, frozen=True):
    note: str | None = None


class _Attachment(Table, frozen=True, kw_only=True):
    attachment_type: str = "file"
    title: str | None = None
    filename: str | None = None
    url: Annotated[str, Check(_address)]


class _Details(Table, frozen=True):
    body: Body = None
    parts: Annotated[tuple[_Part, ...], Absent] = ()
    attachments: Annotated[tuple[_Attachment, ...], Absent] = ()
    change_history: Annotated[tuple[_Note, ...], Absent] = ()


class _Notice(Table, frozen=True):
    explanation: str | None = None
    withdrawn_at: str | None = None


class _Page(Table, frozen=True, kw_only=True):
    title: str
    base_path: str = ""
    document_type: str = ""
    description: str | None = None
    first_published_at: Moment | None = None
    public_updated_at: Moment | None = None
    withdrawn_notice: _Notice | None = None
    links: _Links = _Links()
    details: _Details


class _Target(Table, frozen=True):
    destination: str


class _Redirect(Table, frozen=True):
    redirects: tuple[_Target, ...]


class _Row(Table, frozen=True, kw_only=True):
    link: str
    title: str = ""
    content_store_document_type: str = ""
    public_timestamp: Moment


class _Results(Table, frozen=True):
    results: tuple[Any, ...]
    total: int


@dataclass(frozen=True)
class Found:
    """One search result: path, title, document type, and when it last changed in a major way."""

    path: str
    title: str
    type: str
    changed: dt.datetime


@dataclass(frozen=True)
class Results:
    """One page of search results: its rows, how many it has in all, how many there are, and what is
    wrong with rows that could not be read."""

    rows: tuple[Found, ...]
    count: int
    total: int
    odd: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attachment:
    """One attachment of a page: `kind` is file, html or external; `url` is absolute for files, a
    path for html. A file that is replaced gets another address: it is remembered by `key`, its page
    and title."""

    kind: str
    title: str
    url: str
    key: str


@dataclass(frozen=True)
class Item:
    """One page of GOV.UK. `said` is its title, text and attachments, which change silently;
    timestamps do not move for that; `digest` is the SHA-256 of it. `body` is HTML, and so is
    `whole`: the summary before the body. `funder` is empty where no ministry that gives councils
    money published it. `sha256` are the bytes."""

    path: str
    link: str
    title: str
    type: str
    funder: str
    published: dt.date
    changed: dt.datetime
    body: str
    whole: str
    attachments: tuple[Attachment, ...]
    withdrawn: str
    notes: tuple[str, ...]
    said: str
    sha256: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.said.encode()).hexdigest()


@dataclass(frozen=True)
class PageText:
    """What a page says, without what only a site that is read again needs. The day is None where
    the page does not say it."""

    title: str
    text: str
    published: dt.date | None
    funder: str


@dataclass(frozen=True)
class Redirect:
    """Where a page has moved: a path, or an address on another site."""

    target: str


def read_results(data: bytes, url: str) -> Results:
    """Return one page of search results. A row that has another form is told and left out. Raises
    PageRedesigned."""
    answer = _checked(_Results, read_json(data, url), url)
    rows: list[Found] = []
    odd: list[str] = []

    for row in answer.results:
        reader = Reader(known_only=False)
        found = reader.table(_Row, row)
        if found is None:
            odd.append(f"{_named(row)}: {_reason(reader.faults)}")
        elif found.link.startswith("/"):  # else it leads to another site
            rows.append(_found(found))

    count = len(answer.results)
    return Results(tuple(rows), count, answer.total, tuple(odd))


def _found(row: _Row) -> Found:
    return Found(
        path=row.link,
        title=row.title,
        type=row.content_store_document_type,
        changed=row.public_timestamp,
    )


def read_item(data: bytes, base: str, url: str, sha256: str) -> Item | Redirect:
    """Return the page that a content item is, or where it has moved; `base` is the site's own
    address. Raises Gone for one that was taken down, and PageRedesigned."""
    answer = read_json(data, url)
    _check_there(answer, url)
    if answer.get("schema_name") == "redirect":
        return _redirect(answer, base, url)

    page = _checked(_Page, answer, url)
    changed = _last_change(page, url)
    published = page.first_published_at or changed
    attachments = tuple(_attachments(page, base))
    notice = answer.get("withdrawn_notice") or {}

    return Item(
        path=page.base_path,
        link=base + page.base_path,
        title=page.title,
        type=page.document_type,
        funder=_funder(page.links),
        published=published.date(),
        changed=changed,
        body=_body(page),
        whole=_whole(page),
        attachments=attachments,
        withdrawn=_withdrawn(page.withdrawn_notice),
        notes=tuple(note.note or "" for note in page.details.change_history),
        said=_said(page, attachments, notice),
        sha256=sha256,
    )


def _last_change(page: _Page, url: str) -> dt.datetime:
    """Return when the page last changed in a major way. Raises PageRedesigned for a page without
    that, or without what else each page has."""
    if page.public_updated_at is None or not page.document_type:
        raise PageRedesigned(f"{url}: a page without a day or a document type")
    if not page.base_path.startswith("/"):
        raise PageRedesigned(f"{url}: a page without a path of its own")
    return page.public_updated_at


def _said(page: _Page, attachments: Sequence[Attachment], notice: object) -> str:
    """Return all that changes silently, as one text."""
    addresses = [(each.title, each.url) for each in attachments]
    return json.dumps([page.title, _body(page), addresses, notice])


def read_text(data: bytes, url: str) -> PageText:
    """Return what a content item says, from a file of it, as `read_item` does. Raises Gone and
    PageRedesigned."""
    answer = read_json(data, url)
    _check_there(answer, url)
    page = _checked(_Page, answer, url)

    text = html.text_or_nothing(_whole(page))
    moment = page.first_published_at or page.public_updated_at
    published = moment.date() if moment else None
    return PageText(page.title, text, published, _funder(page.links))


def _check_there(answer: Mapping[str, Any], url: str) -> None:
    """Raise Gone for a page that was taken down."""
    if answer.get("schema_name") != "gone":
        return

    why = ""
    details = answer.get("details")
    if isinstance(details, dict):
        why = str(details.get("explanation") or "")

    address = answer.get("base_path") or url
    raise Gone(f"{address}: taken down. {why}".strip())


def _redirect(answer: Mapping[str, Any], base: str, url: str) -> Redirect:
    targets = _checked(_Redirect, answer, url).redirects
    if not targets:
        raise PageRedesigned(f"{url}: a redirect without a target")
    address, _, _ = targets[0].destination.partition("#")
    return Redirect(address.removeprefix(base))


def read_json(data: bytes, url: str) -> dict[str, Any]:
    """Return a JSON object. Raises PageRedesigned."""
    try:
        answer = json.loads(data)
        if SURROGATE.search(data) or not json.detect_encoding(data).startswith("utf-8"):
            answer = _encodable(answer)
    except (ValueError, RecursionError) as error:
        raise PageRedesigned(f"{url}: not JSON ({error})") from error
    if not isinstance(answer, dict):
        raise PageRedesigned(f"{url}: not a JSON object")
    return answer


def _encodable(answer: Any) -> Any:
    """Return the answer with a question mark for half a character, which JSON can escape and no
    encoding can write."""
    text = json.dumps(answer, ensure_ascii=False)
    return json.loads(text.encode("utf-8", errors="replace"))


def _checked(form: type[Form], answer: Mapping[str, Any], url: str) -> Form:
    reader = Reader(known_only=False)
    read = reader.table(form, answer)
    if read is None:
        reason = _reason(reader.faults)
        raise PageRedesigned(f"{url}: the answer has another form: {reason}")
    return read


def _reason(faults: Sequence[Fault]) -> str:
    """Return what is wrong where, in one line."""
    said = map(in_one_line, faults[:MAX_LISTED])
    return "; ".join(said)


def _named(row: object) -> str:
    """Return by what an odd row of the search can be found."""
    if not isinstance(row, dict):
        return "a row that is no object"
    name = row.get("link") or row.get("title") or "a row without link and title"
    return str(name)[:200]


def _withdrawn(notice: _Notice | None) -> str:
    """Return why the page was withdrawn; empty where it was not."""
    if notice is None:
        return ""
    return notice.explanation or ("Withdrawn." if notice.withdrawn_at else "")


def _funder(links: _Links) -> str:
    """Return the first ministry that gives councils money; empty where there is none."""
    for organisation in links.organisations:
        name = organisation.base_path.rsplit("/", 1)[-1]
        if name in FUNDERS:
            return FUNDERS[name]
    return ""


def _body(page: _Page) -> str:
    """Return the page's HTML; of a guide, that of its parts under their titles."""
    body = _rendered(page.details.body)
    if body:
        return body

    parts = [f"<h2>{part.title}</h2>\n{_rendered(part.body)}" for part in page.details.parts]
    return "\n".join(parts)


def _whole(page: _Page) -> str:
    """Return all that the page says, as HTML: its summary, which stands above the body, and that.
    Sums are read from both; one that both tell is told once."""
    if not page.description:
        return _body(page)
    return f"<div><p>{escape(page.description)}</p>\n{_body(page)}</div>"


def _rendered(body: Body) -> str:
    """Return the text of a page: a string, or a list of renderings of which the HTML one is
    taken."""
    if body is None or isinstance(body, str):
        return body or ""

    for rendering in body:
        if rendering.content_type == "text/html":
            return rendering.content
    return ""


def _attachments(page: _Page, base: str) -> Iterator[Attachment]:
    """Yield the attachments; two of one title are told apart by the names of their files."""
    seen: set[str] = set()

    for each in page.details.attachments:
        name = each.url.rsplit("/", 1)[-1]
        title = each.title or each.filename or name
        path = each.url.removeprefix(base)

        key = f"{page.base_path}#{title}"
        if each.attachment_type == "html":
            key = path
        elif title in seen:
            key += f" ({name})"

        is_file = each.attachment_type == "file"
        url = urljoin(base + "/", each.url) if is_file else path
        yield Attachment(each.attachment_type, title, url, key)
        seen.add(title)

"""GOV.UK's two interfaces, as the sources that read it need them.

- Search API (`/api/search.json`): strict, an unknown parameter is answered 422; `count` at most
  1500; withdrawn pages are hidden; its `public_timestamp` moves on major changes only.
- Content API (`/api/content/<path>`): 303 to the base path (followed by the client); `gone` may be
  200; `redirect` items name their target; `withdrawn_notice` is absent, {} or filled. Source: the
  interfaces' own documentation (search-api docs, content-api-docs), as read in September 2026.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin

from syncer.errors import Gone, PageRedesigned
from syncer.sources import SourceContext

COUNT = 500
MOST_PAGES = 100
MOST_HOPS = 3


@dataclass(frozen=True)
class Found:
    """One search result: path, title, document type, and when it last changed in a major way."""

    path: str
    title: str
    type: str
    changed: dt.datetime


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
    timestamps do not move for that; `digest` is the SHA-256 of it."""

    path: str
    link: str
    title: str
    type: str
    organisations: tuple[str, ...]
    published: dt.date
    changed: dt.datetime
    body: str
    attachments: tuple[Attachment, ...]
    withdrawn: str
    notes: tuple[str, ...]
    sha256: str
    said: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.said.encode()).hexdigest()


def search(context: SourceContext, **parameters: str | list[str]) -> Iterator[Found]:
    """Every result of a search, newest first. Raises FetchError, or PageRedesigned when the answer
    has another form."""
    base = context.sites["govuk"][0]
    for page in range(MOST_PAGES):
        asked = {
            **parameters,
            "order": "-public_timestamp",
            "count": str(COUNT),
            "start": str(page * COUNT),
            "fields": "title,link,content_store_document_type,public_timestamp",
        }
        url = f"{base}/api/search.json?{urlencode(asked, doseq=True)}"
        answer = _json(context.client.get(url).data, url)
        try:
            rows, total = answer["results"], int(answer["total"])
            yield from (_found(row) for row in rows if str(row["link"]).startswith("/"))
        except (KeyError, TypeError, ValueError) as error:
            raise PageRedesigned(
                f"{url}: the search answers in another form ({error!r})"
            ) from error
        if not rows or (page + 1) * COUNT >= total:
            return


def content(context: SourceContext, path: str) -> Item:
    """One page by its path, through at most three redirect items. Raises Gone when GOV.UK says that
    it was taken down, FetchError, or PageRedesigned when the item has another form."""
    base = context.sites["govuk"][0]
    for _ in range(MOST_HOPS):
        url = f"{base}/api/content{path}"
        response = context.client.get(url)
        item = _json(response.data, url)
        if item.get("schema_name") == "gone":
            details = item.get("details") or {}
            raise Gone(f"{path}: taken down. {details.get('explanation') or ''}".strip())
        if item.get("schema_name") != "redirect":
            return _item(item, base, response.sha256, url)
        path = str(item["redirects"][0]["destination"]).partition("#")[0]
    raise Gone(f"{path}: redirected in a circle")


def _found(row: Mapping[str, Any]) -> Found:
    return Found(
        row["link"],
        row.get("title", ""),
        row.get("content_store_document_type", ""),
        _moment(row["public_timestamp"]),
    )


def _item(item: Mapping[str, Any], base: str, sha256: str, url: str) -> Item:
    try:
        details, path = item["details"], str(item["base_path"])
        attachments = tuple(_attachments(details.get("attachments") or (), path, base))
        body = _body(details)
        said = json.dumps(
            [
                item["title"],
                body,
                [(a.title, a.url) for a in attachments],
                item.get("withdrawn_notice") or {},
            ]
        )
        return Item(
            path=path,
            link=base + path,
            title=item["title"],
            type=item["document_type"],
            organisations=tuple(
                o["base_path"].rsplit("/", 1)[-1]
                for o in item.get("links", {}).get("organisations", ())
            ),
            published=_moment(item.get("first_published_at") or item["public_updated_at"]).date(),
            changed=_moment(item["public_updated_at"]),
            body=body,
            attachments=attachments,
            withdrawn=str((item.get("withdrawn_notice") or {}).get("explanation") or ""),
            notes=tuple(str(n.get("note") or "") for n in details.get("change_history") or ()),
            sha256=sha256,
            said=said,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PageRedesigned(f"{url}: the content item has another form ({error!r})") from error


def _body(details: Mapping[str, Any]) -> str:
    """The text of a page: a string, or a list of renderings of which the HTML one is taken."""
    body = details.get("body") or ""
    if isinstance(body, list):
        return next(
            (
                str(part.get("content", ""))
                for part in body
                if part.get("content_type") == "text/html"
            ),
            "",
        )
    return str(body)


def _attachments(rows: Iterable[Mapping[str, Any]], page: str, base: str) -> Iterator[Attachment]:
    """The attachments; two of one title are told apart by the names of their files."""
    seen: set[str] = set()
    for row in rows:
        kind, url = str(row.get("attachment_type", "file")), str(row["url"])
        name = url.rsplit("/", 1)[-1]
        title = str(row.get("title") or row.get("filename") or name)
        key = (
            url.removeprefix(base)
            if kind == "html"
            else f"{page}#{title}"
            if title not in seen
            else f"{page}#{title} ({name})"
        )
        seen.add(title)
        yield Attachment(
            kind, title, urljoin(base + "/", url) if kind == "file" else url.removeprefix(base), key
        )


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


def _json(data: bytes, url: str) -> dict[str, Any]:
    try:
        answer = json.loads(data)
    except ValueError as error:
        raise PageRedesigned(f"{url}: not JSON ({error})") from error
    if not isinstance(answer, dict):
        raise PageRedesigned(f"{url}: not a JSON object")
    return answer

"""GOV.UK's two interfaces, as the sources that read it ask them.

- Search API (`/api/search.json`): strict, an unknown parameter is answered 422; `count` at most
  1500; withdrawn pages are hidden; its `public_timestamp` moves on major changes only.
- Content API (`/api/content/<path>`): 303 to the base path (followed by the client); `gone` may be
  200; `redirect` items name their target; `withdrawn_notice` is absent, {} or filled. Source: the
  interfaces' own documentation (search-api docs, content-api-docs), as read in September 2026.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from syncer.errors import PageRedesigned
from syncer.sources import SourceContext
from syncer.sources._pages import check_not_future
from syncer.sources._row_problems import ROWS, first_of
from syncer.sources.govuk.items import (
    Found,
    Item,
    Redirect,
    Results,
    read_item,
    read_results,
)

COUNT = 500
MOST_PAGES = 100
MOST_HOPS = 3
SEARCH = "/api/search.json"


def search(context: SourceContext, **parameters: str | list[str]) -> Iterator[Found]:
    """Yield every result of a search, newest first; rows that cannot be read are one problem.
    Raises FetchError, or PageRedesigned when the answer has another form."""
    address = context.sites["govuk"][0] + SEARCH
    odd: list[str] = []

    for page in range(MOST_PAGES):
        results = _results(context, address, page * COUNT, parameters)
        odd += results.odd
        if results.odd and not results.rows:
            raise PageRedesigned(f"{address}: no row can be read: {odd[0]}")

        yield from results.rows
        shown = (page + 1) * COUNT
        if not results.count or shown >= results.total:
            break

    _note_rows(odd, address + ROWS, context)


def _results(
    context: SourceContext, address: str, start: int, parameters: dict[str, str | list[str]]
) -> Results:
    asked = {
        **parameters,
        "order": "-public_timestamp",
        "count": str(COUNT),
        "start": str(start),
        "fields": "title,link,content_store_document_type,public_timestamp",
    }
    url = f"{address}?{urlencode(asked, doseq=True)}"
    answer = context.client.get(url)
    return context.documents.call(read_results, answer.data, url)


def _note_rows(odd: list[str], address: str, context: SourceContext) -> None:
    """Note the rows of a search that could not be read, or that there are none now."""
    context.succeed(address)
    if not odd:
        return
    said = f"{len(odd)} of the search's rows cannot be read: {first_of(odd)}"
    hint = "The other rows were read. A page that stands in such a row is not."
    context.fail(PageRedesigned(said, hint), address)


def content(context: SourceContext, path: str) -> Item:
    """Return one page by its path, through at most three redirect items. Raises Gone when GOV.UK
    says that it was taken down, FetchError, or PageError when the item is not what it should be:
    one that redirects in a circle says nothing of what became of it."""
    for _ in range(MOST_HOPS):
        answer = _item(context, path)
        if isinstance(answer, Item):
            return answer

        target = answer.target
        if not target.startswith("/"):
            raise PageRedesigned(f"{path}: redirected to another site, {target[:200]}")
        path = target

    raise PageRedesigned(f"{path}: redirected in a circle")


def _item(context: SourceContext, path: str) -> Item | Redirect:
    """Return what stands under a path: a page, or where it has moved."""
    base = context.sites["govuk"][0]
    url = f"{base}/api/content{path}"
    answer = context.client.get(url)
    item = context.documents.call(read_item, answer.data, base, url, answer.sha256)

    if isinstance(item, Item):
        check_not_future(item.published, url, context.today)
        check_not_future(item.changed.date(), url, context.today)
    return item

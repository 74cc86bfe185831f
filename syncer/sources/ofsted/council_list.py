"""Ofsted's list of local authority children's services: which councils it shows, and whether that
is all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from syncer.errors import (
    CouncilError,
    EmptyPage,
    IncompleteList,
    PageRedesigned,
    SyncerError,
    UnknownCouncil,
)
from syncer.model import Council
from syncer.sources import SourceContext
from syncer.sources.ofsted.pages import ListPage, ListRow, read_list

LIST = (
    "/search?q=&location=&lat=&lon=&radius=&level_1_types=3&level_2_types%5B%5D=12"
    "&start={start}&rows={rows}"
)
SEARCH = "/search"
ROWS = 100
MOST_PAGES = 20
EITHER_FORM = dt.timedelta(days=180)


@dataclass(frozen=True)
class Provider:
    """One council as the list shows it."""

    council: Council
    name: str
    address: str
    latest: str


def listed(base: str, context: SourceContext) -> list[Provider]:
    """Every council of the list that is known. An incomplete list is a problem with the missing
    names, and is used as far as it goes."""
    rows, total = _rows(base, context)
    found = _providers(rows, base, context)
    _check_complete(base, total, len(rows), found.keys(), context)

    chosen = context.options.get("councils")
    slugs = [slug for slug in sorted(found) if not chosen or slug in chosen]
    return [found[slug] for slug in slugs]


def _providers(rows: Iterable[ListRow], base: str, context: SourceContext) -> dict[str, Provider]:
    """Return the councils of the rows, by slug. One that stands there twice is a problem."""
    found: dict[str, Provider] = {}
    for row in rows:
        council = _council(row, base, context)
        if council is None:
            continue

        known = found.get(council.slug)
        if known is None:
            found[council.slug] = _provider(council, row, base)
        else:
            _fail_twice(known, row, base, context)
    return found


def _provider(council: Council, row: ListRow, base: str) -> Provider:
    latest = row.latest.isoformat() if row.latest else ""
    address = f"{base}/provider/44/{row.provider_id}"
    return Provider(council, row.name, address, latest)


def _fail_twice(known: Provider, row: ListRow, base: str, context: SourceContext) -> None:
    message = f"{known.council.name} is listed twice: {known.name!r} and {row.name!r}"
    context.fail(IncompleteList(message), base + SEARCH)


def _rows(base: str, context: SourceContext) -> tuple[list[ListRow], int | None]:
    """Return the rows of all pages of the list, and the total that it states (None: it states
    none)."""
    rows: dict[str, ListRow] = {}
    total: int | None = None
    for _ in range(MOST_PAGES):
        shown = _page_from(len(rows), base, context)
        if shown is None:
            break
        for odd in shown.oddities:
            context.fail(PageRedesigned(f"the list of providers: {odd}"), base + SEARCH)

        new = {row.provider_id: row for row in shown.rows if row.provider_id not in rows}
        rows |= new
        total = total if shown.total is None else shown.total
        if _is_last(len(rows), len(new), total):
            break
    return list(rows.values()), total


def _is_last(rows: int, new: int, total: int | None) -> bool:
    """Return whether no page of the list follows, by how many rows were read in all and last."""
    if new == 0:
        return True
    return new < ROWS if total is None else rows >= total


def _page_from(start: int, base: str, context: SourceContext) -> ListPage | None:
    """Return the page of the list that begins with that row; None where a later one has nothing
    on it."""
    url = base + LIST.format(start=start, rows=ROWS)
    return _further(url, context) if start else _page(url, context)


def _page(url: str, context: SourceContext) -> ListPage:
    return context.documents.call(read_list, context.client.get(url).data)


def _further(url: str, context: SourceContext) -> ListPage | None:
    """A later page of the list, None when there is nothing on it; what was listed before it still
    counts when it cannot be had."""
    try:
        return _page(url, context)
    except EmptyPage:
        return None
    except SyncerError as error:
        context.fail(error, url.partition("?")[0])
        return None


def _council(row: ListRow, base: str, context: SourceContext) -> Council | None:
    """The council of a row: by its name, else by its id. A known name under an unknown id is the
    same council."""
    place = f"{base}{SEARCH}#{row.provider_id}"
    try:
        council = _meant(row, context)
    except UnknownCouncil as error:
        context.fail(error, place)
        return None

    context.succeed(place)
    if row.provider_id not in council.provider_ids:
        context.identify(row.provider_id, council.slug)
    return council


def _meant(row: ListRow, context: SourceContext) -> Council:
    """Return the council of a row. Raises UnknownCouncil where neither name nor id leads to one,
    nor did the id before."""
    try:
        return context.register.find(row.name, context.today)
    except CouncilError:
        pass
    try:
        return context.register.by_provider_id(row.provider_id)
    except UnknownCouncil:
        known_as = context.memory.alias(row.provider_id)
        if not known_as:
            raise
    return context.register.by_slug(known_as)


def _check_complete(
    base: str, total: int | None, rows: int, listed: Iterable[str], context: SourceContext
) -> None:
    """DESIGN §6.5: against the register, by name, and against the stated total."""
    missing = _missing(set(listed), context)
    context.succeed(base + SEARCH)
    is_short = total is not None and total != rows
    if not missing and not is_short:
        return

    context.complete = False
    names = f"; missing: {', '.join(missing)}" if missing else ""
    message = f"the list gave {rows} providers and states {total}{names}"
    hint = "Nothing is concluded from what is missing; it is read again at the next run."
    context.fail(IncompleteList(message, missing, hint), base + SEARCH)


def _missing(listed: Collection[str], context: SourceContext) -> tuple[str, ...]:
    """Return the names of the open councils that the list does not show, of those that are
    read."""
    chosen = context.options.get("councils")
    found = []
    for council in context.register.open_on(context.today):
        if council.slug in listed or _in_between(council, context.today):
            continue
        if not chosen or council.slug in chosen:
            found.append(council.name)
    return tuple(found)


def _in_between(council: Council, today: dt.date) -> bool:
    """Whether the council opened or closes so near to today that the list is complete with it and
    without it."""
    for day in (council.opened, council.closed):
        if day is not None and abs(day - today) <= EITHER_FORM:
            return True
    return False

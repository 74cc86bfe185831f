"""Ofsted's list of local authority children's services: which councils it shows, and whether that
is all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
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
    found: dict[str, Provider] = {}
    for row in rows:
        council = _council(row, base, context)
        if council is None:
            continue
        if council.slug in found:
            context.fail(
                IncompleteList(
                    f"{council.name} is listed twice: {found[council.slug].name!r} and {row.name!r}"
                ),
                base + "/search",
            )
            continue
        latest = row.latest.isoformat() if row.latest else ""
        found[council.slug] = Provider(
            council, row.name, f"{base}/provider/44/{row.provider_id}", latest
        )
    _check_complete(base, total, len(rows), found.keys(), context)
    chosen = context.options.get("councils")
    return [p for slug, p in sorted(found.items()) if not chosen or slug in chosen]


def _rows(base: str, context: SourceContext) -> tuple[list[ListRow], int | None]:
    rows: dict[str, ListRow] = {}
    total: int | None = None
    for _ in range(MOST_PAGES):
        url = base + LIST.format(start=len(rows), rows=ROWS)
        listed = _page(url, context) if not rows else _further(url, context)
        if listed is None:
            break
        for odd in listed.oddities:
            context.fail(PageRedesigned(f"the list of providers: {odd}"), base + "/search")
        new = {row.provider_id: row for row in listed.rows if row.provider_id not in rows}
        rows, total = rows | new, listed.total if listed.total is not None else total
        if (
            not new
            or (total is not None and len(rows) >= total)
            or (total is None and len(new) < ROWS)
        ):
            break
    return list(rows.values()), total


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
    try:
        council = context.register.find(row.name, context.today)
    except CouncilError:
        try:
            council = context.register.by_provider_id(row.provider_id)
        except UnknownCouncil as error:
            if not (slug := context.memory.alias(row.provider_id)):
                context.fail(error, f"{base}/search#{row.provider_id}")
                return None
            council = context.register.by_slug(slug)
    context.succeed(f"{base}/search#{row.provider_id}")
    if row.provider_id not in council.provider_ids:
        context.identify(row.provider_id, council.slug)
    return council


def _check_complete(
    base: str, total: int | None, rows: int, listed: Iterable[str], context: SourceContext
) -> None:
    """DESIGN §6.5: against the register, by name, and against the stated total."""
    chosen, seen = context.options.get("councils"), set(listed)
    missing = tuple(
        c.name
        for c in context.register.open_on(context.today)
        if c.slug not in seen
        and not _in_between(c, context.today)
        and (not chosen or c.slug in chosen)
    )
    context.succeed(base + "/search")
    if missing or (total is not None and total != rows):
        context.complete = False
        names = f"; missing: {', '.join(missing)}" if missing else ""
        hint = "Nothing is concluded from what is missing; it is read again at the next run."
        context.fail(
            IncompleteList(
                f"the list gave {rows} providers and states {total}{names}", missing, hint
            ),
            base + "/search",
        )


def _in_between(council: Council, today: dt.date) -> bool:
    """Whether the council opened or closes so near to today that the list is complete with it and
    without it."""
    return any(
        day is not None and abs(day - today) <= EITHER_FORM
        for day in (council.opened, council.closed)
    )

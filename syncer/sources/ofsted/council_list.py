"""Ofsted's list of local authority children's services: which councils it shows, and whether that is all of them."""

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
from syncer.sources import Reach
from syncer.sources.ofsted.pages import ListPage, ListRow, read_list

LIST = "/search?q=&location=&lat=&lon=&radius=&level_1_types=3&level_2_types%5B%5D=12&start={start}&rows={rows}"
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


def listed(base: str, reach: Reach) -> list[Provider]:
    """Every council of the list that is known. An incomplete list is a problem with the missing names, and is used as far as it goes."""
    rows, total = _rows(base, reach)
    found: dict[str, Provider] = {}
    for row in rows:
        council = _council(row, base, reach)
        if council is None:
            continue
        if council.slug in found:
            reach.fail(IncompleteList(f"{council.name} is listed twice: {found[council.slug].name!r} and {row.name!r}"), base + "/search")
            continue
        latest = row.latest.isoformat() if row.latest else ""
        found[council.slug] = Provider(council, row.name, f"{base}/provider/44/{row.provider_id}", latest)
    _check_complete(base, total, len(rows), found.keys(), reach)
    chosen = reach.options.get("councils")
    return [p for slug, p in sorted(found.items()) if not chosen or slug in chosen]


def _rows(base: str, reach: Reach) -> tuple[list[ListRow], int | None]:
    rows: dict[str, ListRow] = {}
    total: int | None = None
    for _ in range(MOST_PAGES):
        url = base + LIST.format(start=len(rows), rows=ROWS)
        listed = read_list(reach.client.get(url).data) if not rows else _further(url, reach)
        if listed is None:
            break
        for odd in listed.oddities:
            reach.fail(PageRedesigned(f"the list of providers: {odd}"), base + "/search")
        new = {row.provider_id: row for row in listed.rows if row.provider_id not in rows}
        rows, total = rows | new, listed.total if listed.total is not None else total
        if not new or (total is not None and len(rows) >= total) or (total is None and len(new) < ROWS):
            break
    return list(rows.values()), total


def _further(url: str, reach: Reach) -> ListPage | None:
    """A later page of the list, None when there is nothing on it; what was listed before it still counts when it cannot be had."""
    try:
        return read_list(reach.client.get(url).data)
    except EmptyPage:
        return None
    except SyncerError as error:
        reach.fail(error, url.partition("?")[0])
        return None


def _council(row: ListRow, base: str, reach: Reach) -> Council | None:
    """The council of a row: by its name, else by its id. A known name under an unknown id is the same council."""
    try:
        council = reach.register.find(row.name, reach.today)
    except CouncilError:
        try:
            council = reach.register.by_provider_id(row.provider_id)
        except UnknownCouncil as error:
            if not (slug := reach.memory.alias(row.provider_id)):
                reach.fail(error, f"{base}/search#{row.provider_id}")
                return None
            council = reach.register.by_slug(slug)
    reach.succeed(f"{base}/search#{row.provider_id}")
    if row.provider_id not in council.provider_ids:
        reach.identify(row.provider_id, council.slug)
    return council


def _check_complete(base: str, total: int | None, rows: int, listed: Iterable[str], reach: Reach) -> None:
    """DESIGN §6.5: against the register, by name, and against the stated total."""
    chosen, seen = reach.options.get("councils"), set(listed)
    missing = tuple(c.name for c in reach.register.open_on(reach.today)
                    if c.slug not in seen and not _in_between(c, reach.today) and (not chosen or c.slug in chosen))  # fmt: skip
    reach.succeed(base + "/search")
    if missing or (total is not None and total != rows):
        reach.complete = False
        names = f"; missing: {', '.join(missing)}" if missing else ""
        hint = "Nothing is concluded from what is missing; it is read again at the next run."
        reach.fail(IncompleteList(f"the list gave {rows} providers and states {total}{names}", missing, hint), base + "/search")


def _in_between(council: Council, today: dt.date) -> bool:
    """Whether the council opened or closes so near to today that the list is complete with it and without it."""
    return any(day is not None and abs(day - today) <= EITHER_FORM for day in (council.opened, council.closed))

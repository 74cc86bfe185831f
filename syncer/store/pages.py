"""What was read and when: runs, pages, entries, and the memory that a source is handed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from syncer.model import Observation, PrintedTotal
from syncer.reading import Entry, File, KnownEntry, KnownFailure, KnownPage, Page, Reading
from syncer.store import Store, as_day, as_json, as_moment, as_text, day_as_text
from syncer.store import problems as problem_store
from syncer.store.records import observation_of
from syncer.store.sources import sources_in

ABSENT_ON = 3
ABSENT_OVER = dt.timedelta(days=14)
TOTALS = "printed_totals"
"""The key under which a page's memory has what its tables print as the sum of their lines."""

LONGEST_WAIT = dt.timedelta(days=31)
"""No page waits longer to be read again."""


class StoredMemory:
    """The `Memory` of one source, read from the store as it is asked for."""

    def __init__(self, store: Store, source: str, now: dt.datetime) -> None:
        self._store = store
        self._source = source
        self._now = now

    def page(self, key: str) -> KnownPage | None:
        sql = "SELECT * FROM pages WHERE source = ? AND page = ?"
        row = self._store.one(sql, (self._source, key))
        if row is None:
            return None
        return _page(row, self._now)

    def pages(self) -> Sequence[KnownPage]:
        sql = "SELECT * FROM pages WHERE source = ? ORDER BY page"
        rows = self._store.rows(sql, (self._source,))
        return [_page(row, self._now) for row in rows]

    def entries(self, page: str) -> Mapping[str, KnownEntry]:
        sql = """SELECT e.*, coalesce(o.parser, 0) AS parser
                 FROM entries e LEFT JOIN observations o USING (source, page, key)
                 WHERE e.source = ? AND e.page = ?"""
        rows = self._store.rows(sql, (self._source, page))
        return {row["key"]: _entry(row, self._now) for row in rows}

    def observations(self, page: str) -> Mapping[str, Observation]:
        sql = "SELECT * FROM observations WHERE source = ? AND page = ?"
        rows = self._store.rows(sql, (self._source, page))
        return {row["key"]: observation_of(row) for row in rows}

    def may_try(self, url: str) -> bool:
        return problem_store.is_due(self._store, self._source, url, self._now)

    def failure(self, url: str) -> KnownFailure | None:
        return problem_store.failure(self._store, self._source, url)

    def failing(self, council: str) -> Sequence[str]:
        sql = """SELECT url FROM problems WHERE source = ? AND council = ? AND ended_at IS NULL
            ORDER BY id"""
        return [row["url"] for row in self._store.rows(sql, (self._source, council))]

    def alias(self, key: str) -> str:
        sql = "SELECT council FROM identities WHERE source = ? AND key = ?"
        council = self._store.value(sql, (self._source, key))
        return str(council or "")


def _page(row: Mapping[str, Any], now: dt.datetime) -> KnownPage:
    return KnownPage(
        row["page"],
        row["council"],
        _believed(as_moment(row["first_good"]), now),
        _believed(as_moment(row["last_good"]), now),
        row["seen"],
        json.loads(row["memory"]),
    )


def _believed(moment: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    """Return a moment at which something was read. One later than now was written under a clock
    that was wrong: nobody knows when it was, and the page is due again."""
    if moment is None or moment <= now:
        return moment
    return now - LONGEST_WAIT


def _entry(row: Mapping[str, Any], now: dt.datetime) -> KnownEntry:
    first = as_moment(row["first_seen"])
    assert first is not None
    return KnownEntry(
        key=row["key"],
        first_seen=min(first, now),
        read=row["read_at"] is not None,
        sha256=row["sha256"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        checked=_not_later(as_moment(row["checked"]), now),
        parser=row["parser"],
        published=as_day(row["published"]),
        url=row["url"],
        absent=row["absent_days"] != "[]",
    )


def _not_later(moment: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    """Return the moment; None for one later than now, which a wrong clock wrote."""
    if moment is None or moment > now:
        return None
    return moment


# -- Runs ------------------------------------------------------------------------------------------


LAST_RUN = "SELECT max(id) FROM runs WHERE source = ?"

SINCE = "SELECT min(first_good) FROM pages WHERE source = ?"

READ_FOR_INSPECTIONS = f"""{sources_in("pages")}
    SELECT DISTINCT p.council FROM sources s CROSS JOIN pages p ON p.source = s.source
    WHERE p.first_good <= ? AND EXISTS (SELECT 1 FROM observations o
        WHERE o.source = s.source AND o.record IN ('inspection', 'visit'))"""

FAILING = """SELECT p.source, p.council, p.last_good, min(x.first_at) AS since, x.name
    FROM problems x INDEXED BY problems_open
    CROSS JOIN pages p INDEXED BY pages_by_council ON p.source = x.source AND p.council = x.council
    WHERE x.council <> '' AND x.ended_at IS NULL AND p.last_good < x.first_at
    GROUP BY p.source, p.page ORDER BY p.source, p.page"""

UNREAD_NOW = """SELECT DISTINCT x.source, x.council
    FROM problems x INDEXED BY problems_open
    LEFT JOIN pages p INDEXED BY pages_by_council ON p.source = x.source AND p.council = x.council
    WHERE x.council <> '' AND x.ended_at IS NULL
      AND (p.last_good IS NULL OR p.last_good < x.first_at)
      AND EXISTS (SELECT 1 FROM pages q INDEXED BY pages_by_council
          WHERE q.source = x.source AND q.council <> '')"""


def start_run(store: Store, source: str, now: dt.datetime) -> int:
    """Open a run of one source; return its id."""
    row = {"source": source, "started": as_text(now)}
    with store.writing():
        return store.insert("runs", row)


def last_run(store: Store, source: str) -> int:
    """Return the number of the last run of a source, 0 where it was never read."""
    number = store.value(LAST_RUN, (source,))
    return int(number or 0)


def finish_run(
    store: Store, run: int, now: dt.datetime, *, status: str, complete: bool, **counts: int
) -> None:
    """Close a run with its status (`ok`, `incomplete`, `stopped` or `failed`) and its counts of
    requests, records, events, held, problems."""
    row = {
        "finished": as_text(now),
        "status": status,
        "complete": complete,
        **counts,
    }
    with store.writing():
        store.update("runs", run, row)


def source_since(store: Store, source: str) -> dt.datetime | None:
    """Return when the source was first read: its oldest good read of any page; None while it has no
    baseline."""
    moment = store.value(SINCE, (source,))
    return as_moment(moment)


def read_for_inspections(store: Store, by: dt.datetime) -> frozenset[str]:
    """Return the councils of which a page that may list inspections had been well read by that
    moment; "" among them where a table of all councils was."""
    rows = store.rows(READ_FOR_INSPECTIONS, (as_text(by),))
    return frozenset(row["council"] for row in rows)


def failing_pages(store: Store) -> list[dict[str, Any]]:
    """Return the pages of single councils that have not been read well since a problem of them
    began, and goes on: source, council, `last_good`, `since`, and the problem's name."""
    return store.rows(FAILING)


def unread_now(store: Store) -> frozenset[tuple[str, str]]:
    """Return the sources and councils whose own page was never well read, or not since something
    went wrong with it that goes on. A source whose pages are of no single council has none."""
    rows = store.rows(UNREAD_NOW)
    return frozenset((row["source"], row["council"]) for row in rows)


def last_good_run(store: Store, source: str, now: dt.datetime) -> dt.datetime | None:
    """Return when the source's last complete run before now began."""
    sql = "SELECT max(started) FROM runs WHERE source = ? AND complete = 1 AND started <= ?"
    return as_moment(store.value(sql, (source, as_text(now))))


def log_fetches(store: Store, run: int, fetched: Iterable[tuple[str, str, int, str]]) -> None:
    """Keep which bytes an address gave: (url, moment, status, SHA-256 or empty)."""
    rows = []
    for each in fetched:
        rows.append((run, *each))

    names = ("run", "url", "at", "status", "sha256")
    store.insert_all("fetches", names, rows)


# -- Pages and entries -----------------------------------------------------------------------------


def read_before(store: Store, source: str, page: str, now: dt.datetime) -> dt.datetime | None:
    """Return when a page was last well read; None where it never was. A read later than now,
    under a clock that was wrong, was some time before now."""
    sql = "SELECT last_good FROM pages WHERE source = ? AND page = ?"
    moment = as_moment(store.value(sql, (source, page)))
    return min(moment, now) if moment else None


def save_page(store: Store, source: str, page: Page, reading: Reading, now: dt.datetime) -> None:
    """Note that a page was read, well or not. What the list said of it counts only at a good
    read."""
    place = {"source": source, "page": page.key, "now": as_text(now)}
    store.run(
        """INSERT INTO pages (source, page, council, last_try)
           VALUES (:source, :page, :council, :now)
           ON CONFLICT (source, page) DO UPDATE SET last_try = :now, council = :council""",
        {**place, "council": page.council},
    )
    if not reading.good:
        return

    said = {
        "seen": page.seen,
        "memory": as_json(_to_remember(page, reading)),
        "withdrawn": int(reading.withdrawn),
    }
    store.run(
        """UPDATE pages SET first_good = min(coalesce(first_good, :now), :now), last_good = :now,
             seen = :seen, memory = :memory, withdrawn = :withdrawn
           WHERE source = :source AND page = :page""",
        {**place, **said},
    )


def _to_remember(page: Page, reading: Reading) -> dict[str, Any]:
    """Return the source's notes on a page and, where its tables print any, their totals beside the
    address that its lines lead to."""
    notes = dict(page.notes)
    if reading.totals:
        notes[TOTALS] = [{"url": page.link, **asdict(total)} for total in reading.totals]
    return notes


def printed_totals(store: Store) -> list[tuple[str, PrintedTotal]]:
    """Return the totals that tables print under their lines, each with the address that the lines
    lead to; none of a page that was taken back."""
    rows = store.rows(
        f"""SELECT json_extract(memory, '$.{TOTALS}') AS totals FROM pages
            WHERE totals IS NOT NULL AND withdrawn = 0 ORDER BY source, page"""
    )
    found = []
    for row in rows:
        for total in json.loads(row["totals"]):
            url = total.pop("url")
            found.append((url, PrintedTotal(**total)))
    return found


def save_entries(
    store: Store,
    source: str,
    page: Page,
    entries: Sequence[Entry],
    read: frozenset[str],
    now: dt.datetime,
    before: dt.datetime | None,
) -> None:
    """Note the entries seen on a page. `read` are the keys that have become records. The page's
    last good read before this one (`before`) stays with a new entry, as the moment from which its
    news counts."""
    for entry in entries:
        _note_seen(store, source, page, entry, before, now)
        file = page.files.get(entry.file or entry.key)
        if entry.key in read and file is not None and _was_fetched(file):
            _note_read(store, source, page, entry, file, now)


def _was_fetched(file: File) -> bool:
    return file.asked and not file.problem


def _note_seen(
    store: Store,
    source: str,
    page: Page,
    entry: Entry,
    before: dt.datetime | None,
    now: dt.datetime,
) -> None:
    store.run(
        """INSERT INTO entries
             (source, page, key, title, published, url, first_seen, page_before, last_seen)
           VALUES (:source, :page, :key, :title, :published, :url, :now, :before, :now)
           ON CONFLICT (source, page, key) DO UPDATE SET title = :title, published = :published,
             url = :url, last_seen = :now, absent_days = '[]'""",
        {
            "source": source,
            "page": page.key,
            "key": entry.key,
            "title": entry.title,
            "published": day_as_text(entry.published),
            "url": entry.url,
            "now": as_text(now),
            "before": as_text(before) if before else None,
        },
    )


def _note_read(
    store: Store, source: str, page: Page, entry: Entry, file: File, now: dt.datetime
) -> None:
    store.run(
        """UPDATE entries SET read_at = coalesce(read_at, :now), checked = :now, sha256 = :sha256,
             etag = :etag, last_modified = :modified
           WHERE source = :source AND page = :page AND key = :key""",
        {
            "source": source,
            "page": page.key,
            "key": entry.key,
            "now": as_text(now),
            "sha256": file.sha256,
            "etag": file.etag,
            "modified": file.last_modified,
        },
    )


def note_absent(
    store: Store, source: str, page: str, seen: Iterable[str], now: dt.datetime
) -> list[dict[str, Any]]:
    """Note which entries a complete read of the page did not show. Return those now absent on at
    least 3 days over at least 14 (DESIGN §6.3): the operator is told, and nothing is concluded."""
    sql = """SELECT key, title, published, url, absent_days FROM entries
        WHERE source = ? AND page = ?"""
    shown = set(seen)
    gone = []
    for row in store.rows(sql, (source, page)):
        if row["key"] in shown:
            continue
        days = _days_absent(row["absent_days"], now.date())
        _save_days_absent(store, (source, page, row["key"]), days)
        if len(days) >= ABSENT_ON and days[-1] - days[0] >= ABSENT_OVER:
            gone.append(row)

    return gone


def shown_elsewhere(store: Store, source: str, page: str) -> set[str]:
    """Return the keys of a page whose records another entry of the source shows now."""
    sql = """SELECT DISTINCT own.key FROM observations own
        JOIN observations other ON other.record_id = own.record_id
          AND other.source = own.source AND other.id != own.id
        JOIN entries shown ON shown.source = other.source AND shown.page = other.page
          AND shown.key = other.key AND shown.absent_days = '[]'
        WHERE own.source = ? AND own.page = ?"""
    return {row["key"] for row in store.rows(sql, (source, page))}


def absent(store: Store, source: str, page: str) -> frozenset[str]:
    """Return the keys of the entries that the last complete read of a page did not show."""
    sql = "SELECT key FROM entries WHERE source = ? AND page = ? AND absent_days <> '[]'"
    return frozenset(row["key"] for row in store.rows(sql, (source, page)))


def _save_days_absent(store: Store, entry: tuple[str, str, str], days: Iterable[dt.date]) -> None:
    """Keep the days on which an entry (source, page, key) was not shown."""
    noted = as_json([day.isoformat() for day in days])
    sql = "UPDATE entries SET absent_days = ? WHERE source = ? AND page = ? AND key = ?"
    store.run(sql, (noted, *entry))


def _days_absent(noted: str, today: dt.date) -> list[dt.date]:
    """Return the days on which an entry was not shown, today among them. A day to come was noted
    under a clock that was wrong."""
    before = set()
    for text in json.loads(noted):
        day = dt.date.fromisoformat(text)
        if day < today:
            before.add(day)

    return [*sorted(before), today]


@dataclass(frozen=True)
class Listing:
    """A page that lists an entry now: its council, its address where anything was read from the
    entry, and whether that was all of it (`read`) or only that it is there."""

    page: str
    council: str
    link: str
    read: bool


def listings(store: Store, source: str, key: str, but: str) -> list[Listing]:
    """Return the pages, other than `but`, that list an entry now."""
    sql = """SELECT p.page, p.council, coalesce(o.url, '') AS link, coalesce(o.unread, 1) AS unread
        FROM entries e JOIN pages p USING (source, page)
        LEFT JOIN observations o USING (source, page, key)
        WHERE e.source = ? AND e.key = ? AND e.page <> ? AND e.absent_days = '[]'
        ORDER BY p.page"""
    found = []
    for row in store.rows(sql, (source, key, but)):
        found.append(Listing(row["page"], row["council"], row["link"], not row["unread"]))
    return found


def forget_read(store: Store, source: str, page: str, keys: Iterable[str]) -> None:
    """Have these entries of a page be read again, as if they had never been. When they were first
    seen stays."""
    sql = """UPDATE entries SET read_at = NULL, checked = NULL, sha256 = '', etag = '',
          last_modified = ''
        WHERE source = ? AND page = ? AND key = ?"""
    for key in keys:
        store.run(sql, (source, page, key))


def save_identities(
    store: Store, source: str, identified: Mapping[str, str], now: dt.datetime
) -> list[str]:
    """Keep which council an id unknown to the register belongs to; return the ids met for the first
    time (the operator is told once)."""
    sql = "SELECT council FROM identities WHERE source = ? AND key = ?"
    new = []
    for key, council in identified.items():
        if store.value(sql, (source, key)) == council:
            continue
        row = {
            "source": source,
            "key": key,
            "council": council,
            "first_seen": as_text(now),
        }
        store.upsert("identities", row, ["source", "key"])
        new.append(key)
    return new


def sightings(
    store: Store, source: str, page: str
) -> dict[str, tuple[dt.datetime | None, dt.datetime | None]]:
    """Return for each entry of a page when it was first seen, and when the page had last been well
    read before that."""
    sql = "SELECT key, first_seen, page_before FROM entries WHERE source = ? AND page = ?"
    found = {}
    for row in store.rows(sql, (source, page)):
        first_seen = as_moment(row["first_seen"])
        found[row["key"]] = (first_seen, as_moment(row["page_before"]))

    return found


def withdrawn_pages(store: Store, pages: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return which of these pages (source, page) the source itself has taken back."""
    sql = "SELECT withdrawn FROM pages WHERE source = ? AND page = ?"
    return {each for each in set(pages) if store.value(sql, each)}

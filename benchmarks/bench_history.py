"""What a long life costs: the same day's news taken in and told with 1, 10 and 100 years of history
behind it, of all councils: inspections, visits, awards, payments, the changes they were, every
message in which somebody was told of them, and how the sources were read: a run of each a day, each
page, a problem a month that ended.

    python benchmarks/bench_history.py [YEARS …]

The news: a page with a new inspection for each of ten councils, a file with a payment to every
council, and an announcement of ten awards. The history is written by the store's own doors; the
page of a council lists its last reports, as the site does. What the diff wrote goes from the log
to the file within its time: otherwise it would where the log happened to be full. CPU time, the
median of the same day many times, the stores in turn, each time from the same copy. The last line
is a JSON object with the `ratios` to one year, of the diff and of the digest, by years.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

from syncer.app import App
from syncer.config import Config, load_config
from syncer.files import force_to_disk
from syncer.model import (
    Area,
    AwardFields,
    Change,
    Council,
    Event,
    EventKind,
    FileKind,
    Framework,
    Frequency,
    FundingKind,
    Grade,
    InspectionFields,
    Observation,
    PaymentFields,
    Problem,
    Qualifier,
    Record,
    RecordKind,
    Subscription,
    VisitFields,
)
from syncer.pipeline.changes import Run, record_changes
from syncer.pipeline.intake import open_or_hold, record_page
from syncer.pipeline.notify import notify
from syncer.reading import Entry, Page, Reading
from syncer.register.councils import load_register
from syncer.store import Store, events, outbox, pages, people, problems
from syncer.store import records as record_store
from syncer.store.fields import detail_of, stored
from syncer.store.outbox import Message

YEARS = tuple(map(int, sys.argv[1:])) or (1, 10, 100)
ROUNDS, CHANGED = 9, 10
TARGET = 1.2
NOW = dt.datetime(2026, 5, 12, 9, 0, tzinfo=dt.UTC)
TODAY, YEAR, DAY = NOW.date(), dt.timedelta(days=365), dt.timedelta(days=1)
YESTERDAY, FORTNIGHT = NOW - DAY, 14 * DAY
REPORTS, PAYMENTS, AWARDS = "ofsted_reports", "dfe_spend", "govuk_awards"
GRADES = list(Grade)[:4]
COUNCILS = load_register().open_on(TODAY)
INSPECTED_EVERY, PAID_A_YEAR, QUIET_A_YEAR, MONTH = 3, 2, 12, 30
DROPPED = """UPDATE deliveries SET state = 'sent', sent_at = created_at, body = NULL,
    body_dropped_at = created_at, dot_at = created_at"""


# -- What is said ----------------------------------------------------------------------------------


def inspection(council: Council, years_ago: int) -> Observation:
    """A report of a whole inspection, published so many years ago (0: today)."""
    published = TODAY - years_ago * YEAR
    first_day = published - dt.timedelta(days=60)
    file_id = f"{council.slug}-i{years_ago}"
    grades = {area.value: GRADES[(years_ago + place) % 4] for place, area in enumerate(Area)}
    del grades["adoption"]
    fields = InspectionFields(
        file_id=file_id,
        kind=FileKind.INSPECTION,
        framework=Framework.ILACS_2023,
        first_day=first_day,
        last_day=first_day + dt.timedelta(days=11),
        **grades,
    )
    return _said(REPORTS, council.slug, file_id, RecordKind.INSPECTION, council, fields, published)


def visit(council: Council, years_ago: int) -> Observation:
    """The letter of a focused visit, published half a year before that."""
    published = TODAY - years_ago * YEAR - dt.timedelta(days=180)
    file_id = f"{council.slug}-v{years_ago}"
    fields = VisitFields(
        file_id=file_id,
        kind=FileKind.FOCUSED_VISIT,
        first_day=published - dt.timedelta(days=30),
        theme="the front door",
    )
    return _said(REPORTS, council.slug, file_id, RecordKind.VISIT, council, fields, published)


def payment(council: Council, years_ago: int, number: int) -> Observation:
    """A line of a file of payments of that year."""
    published = TODAY - years_ago * YEAR - number * dt.timedelta(days=180)
    pounds = 30_000 + 1_000 * number
    fields = PaymentFields(
        kind=FundingKind.PAYMENT,
        amount=pounds,
        low=pounds,
        high=pounds,
        qualifier=Qualifier.EXACT,
        funder="DfE",
        paid=published,
    )
    page, key = f"payments-{years_ago}-{number}", council.slug
    return _said(PAYMENTS, page, key, RecordKind.PAYMENT, council, fields, published)


def award(council: Council, years_ago: int) -> Observation:
    """An award of a round of that year."""
    published = TODAY - years_ago * YEAR
    pounds = 500_000 + years_ago
    fields = AwardFields(
        kind=FundingKind.AWARD,
        programme=f"Innovation round {years_ago}",
        funder="DfE",
        amount=pounds,
        low=pounds,
        high=pounds,
        qualifier=Qualifier.EXACT,
        announced=published,
    )
    page, key = f"awards-{years_ago}", council.slug
    return _said(AWARDS, page, key, RecordKind.AWARD, council, fields, published)


def _said(
    source: str,
    page: str,
    key: str,
    kind: RecordKind,
    council: Council,
    fields: InspectionFields | VisitFields | AwardFields | PaymentFields,
    published: dt.date,
) -> Observation:
    first_seen = dt.datetime.combine(published, NOW.timetz())
    return Observation(
        source,
        page,
        key,
        kind,
        (council.slug,),
        fields,
        published,
        f"https://example.org/{page}",
        f"{source}-{page}",
        first_seen=first_seen,
    )


# -- The history -----------------------------------------------------------------------------------


def history_of(council: Council, years: int) -> Iterator[Observation]:
    """Yield what was said of a council in the years before this day."""
    for ago in range(1, years + 1):
        yield visit(council, ago)
        yield award(council, ago)
        for number in range(PAID_A_YEAR):
            yield payment(council, ago, number)
        if (ago - 1) % INSPECTED_EVERY == 0:
            yield inspection(council, ago)


def live(store: Store, years: int) -> None:
    """Fill a store: so many years of history, each change told to who follows the council, and a
    message a month that nothing changed."""
    readers = []
    with store.writing():
        _read(store, years)
        for council in COUNCILS:
            reader = _reader(store, council)
            readers.append(reader)
            by_day = defaultdict(list)
            for said in history_of(council, years):
                record = _recorded(store, said)
                _listed(store, said)
                by_day[said.first_seen or NOW] += _changes(store, record)
            for moment, told in sorted(by_day.items()):
                _told(store, reader, moment, told)
            for month in range(years * QUIET_A_YEAR):
                _told(store, reader, NOW - FORTNIGHT - month * YEAR / QUIET_A_YEAR, ())

        for reader in readers:
            people.note_welcomed(store, reader, events.last_seq(store), YESTERDAY)
        store.run(DROPPED)

    _reconcile(store)
    _read_yesterday(store, years)


def _read(store: Store, years: int) -> None:
    """Keep that each source was read well each day, and once a month was not."""
    for ago in range(365 * years, 0, -1):
        moment = NOW - ago * DAY
        for source in (REPORTS, PAYMENTS, AWARDS):
            run = pages.start_run(store, source, moment)
            pages.finish_run(store, run, moment, status="ok", complete=True)
            if ago % MONTH == 0:
                url = f"https://example.org/{source}/{ago}"
                problems.note(store, source, [Problem("Vanished", "It is gone.", url)], moment)
                problems.end(store, source, [url], moment + DAY)


def _listed(store: Store, said: Observation) -> None:
    """Keep the page on which something was said, as it was read then."""
    council = said.councils[0] if said.source == REPORTS else ""
    page = Page(said.page, said.url, b"", said.sha256, council)
    pages.save_page(store, said.source, page, Reading(observations=(said,)), said.first_seen or NOW)


def _reader(store: Store, council: Council) -> int:
    wanted = Subscription(0, 0, councils=(council.slug,), frequency=Frequency.IMMEDIATELY)
    person = people.add(store, f"{council.slug}@example.org", NOW - 200 * YEAR)
    people.subscribe(store, person.id, wanted, 0)
    people.confirm(store, person.id, NOW - 200 * YEAR)
    return person.id


def _recorded(store: Store, said: Observation) -> Record:
    """Keep an observation and the record that it is."""
    seen = said.first_seen or NOW
    (number,), _ = record_store.save_observations(store, [said], seen)
    chosen = dict.fromkeys(stored(said.fields), number)
    record = Record(
        id=0,
        record=said.record,
        councils=said.councils,
        fields=said.fields,
        published=said.published,
        url=said.url,
        source=said.source,
        first_seen=seen,
        chosen=chosen,
    )
    return record_store.save_record(store, record, (), [number], seen)


def _changes(store: Store, record: Record) -> list[int]:
    """Keep the changes that a record was, open; payments were none that anybody asked for."""
    if record.record is RecordKind.PAYMENT:
        return []

    areas: Sequence[str] = ("",)
    detail = {}
    if record.record is RecordKind.INSPECTION:
        areas = [area.value for area in record.inspection.grades()]
        detail = {"inspection": stored(record.fields)}

    numbers = []
    for area in areas:
        event = Event(
            record.record,
            EventKind.ADDED,
            record.councils,
            area,
            "good",
            "good",
            record.published,
            record.published,
            record.first_seen,
            record.source,
            record.url,
            change=Change.UNCHANGED if area else None,
            record_id=record.id,
            detail=detail_of(record.record, detail),
        )
        number = events.add(store, event, 0)
        events.open_event(store, number)
        numbers.append(number)
    return numbers


def _told(store: Store, reader: int, moment: dt.datetime, told: Sequence[int]) -> None:
    """Keep a message of that day, as it was written."""
    kind = "digest" if told else "all_quiet"
    message = Message(
        kind,
        f"<{kind}.{reader}.{moment.timestamp()}@example.org>",
        "syncer@example.org",
        "reader@example.org",
        "What has changed",
        b"what it said",
        subscriber=reader,
        told=tuple(told),
    )
    outbox.queue(store, message, moment)


def _reconcile(store: Store) -> None:
    """Reconcile all of the history, as the reads of those years did: what comes out as it was is
    settled."""
    kinds = (RecordKind.INSPECTION, RecordKind.VISIT, RecordKind.AWARD, RecordKind.PAYMENT)
    for council in COUNCILS:
        with store.writing():
            run = _run(store, REPORTS, YESTERDAY)
            said = record_store.around_councils(store, [council.slug], kinds).observations
            record_changes(store, run, said, frozenset())
            pages.finish_run(store, run.id, YESTERDAY, status="ok", complete=True)


def _read_yesterday(store: Store, years: int) -> None:
    """Read the pages of the day before: what comes now is news."""
    with store.writing():
        for source, page in news(years, new=False):
            run = _run(store, source, YESTERDAY)
            record_page(store, run, *page)
            open_or_hold(store, source, {})
            pages.finish_run(store, run.id, YESTERDAY, status="ok", complete=True)


# -- The day ---------------------------------------------------------------------------------------


def news(years: int, *, new: bool) -> Iterator[tuple[str, tuple[Page, Reading]]]:
    """Yield the pages of a day with their source: as they were before, or with what is new."""
    changed = COUNCILS[::15][:CHANGED]
    for council in changed:
        listed = [visit(council, 1), inspection(council, 1)]
        if new:
            listed.append(inspection(council, 0))
        yield REPORTS, _page(council.slug, listed, council.slug)

    yield PAYMENTS, _page("payments-0-0", [payment(each, 0, 0) for each in COUNCILS] if new else [])
    yield AWARDS, _page("awards-0", [award(each, 0) for each in changed] if new else [])


def _page(key: str, said: Sequence[Observation], council: str = "") -> tuple[Page, Reading]:
    entries = []
    for each in said:
        entries.append(Entry(each.key, each.key, each.published, f"{each.url}/{each.key}"))

    before = {each.key: each for each in said if each.published != TODAY}
    page = Page(key, f"https://example.org/{key}", b"", key, council, before=before)
    return page, Reading(tuple(entries), tuple(said))


def _run(store: Store, source: str, now: dt.datetime) -> Run:
    number = pages.start_run(store, source, now)
    since = pages.source_since(store, source)
    return Run(number, source, now, since, {})


def take_in(store: Store, years: int) -> int:
    """Record the pages of the day, each in its transaction as in a sync; return how many changes
    they gave."""
    opened = 0
    for source, page in news(years, new=True):
        run = _run(store, source, NOW)
        with store.writing():
            record_page(store, run, *page)
            opened += open_or_hold(store, source, {})[0]
        pages.finish_run(store, run.id, NOW, status="ok", complete=True)
    return opened


def measured(config: Config, years: int) -> tuple[float, float, int, int]:
    """Return the seconds of CPU time for the day's diff and for its digests, and how many changes
    and messages there were."""
    with App(config, NOW) as app:
        began = time.process_time()
        changes = take_in(app.store, years)
        app.store.run("PRAGMA wal_checkpoint(PASSIVE)")
        between = time.process_time()
        wrote = notify(app)
        return between - began, time.process_time() - between, changes, len(wrote)


def main() -> None:
    diffs: dict[int, list[float]] = defaultdict(list)
    digests: dict[int, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        for years in YEARS:
            _make(Path(folder) / str(years), years)

        for number in range(ROUNDS):
            for years in YEARS:
                diff, digest, said = _lived_again(Path(folder), years)
                diffs[years].append(diff)
                digests[years].append(digest)
                if number == 0:
                    print(f"{years} years: {said}")

    for years in YEARS:
        print(
            f"{years} years: {1000 * median(diffs[years]):.0f} ms of CPU time for the diff, "
            f"{1000 * median(digests[years]):.0f} ms for the digests; at most {TARGET} times that "
            "of one year is asked for"
        )
    print(json.dumps({"ratios": _ratios(diffs, digests)}))


def _make(folder: Path, years: int) -> None:
    folder.mkdir()
    settings = folder / "config.toml"
    settings.write_text('[store]\npath = "syncer.db"\n', encoding="utf-8")
    with App(load_config(settings), YESTERDAY) as app:
        live(app.store, years)
        notify(app)


def _lived_again(folder: Path, years: int) -> tuple[float, float, str]:
    """Return the seconds for the diff and for the digests of the day in a copy of a store, and how
    much there was to do."""
    copy = folder / "copy"
    shutil.copytree(folder / str(years), copy)
    force_to_disk(copy / "syncer.db")  # else what is measured writes the copy, too
    try:
        config = load_config(copy / "config.toml")
        diff, digest, changes, messages = measured(config, years)
        size = (copy / "syncer.db").stat().st_size / 1e6
    finally:
        shutil.rmtree(copy)
    return diff, digest, f"{changes} changes, {messages} messages, a store of {size:.0f} MB"


def _ratios(
    diffs: Mapping[int, Sequence[float]], digests: Mapping[int, Sequence[float]]
) -> dict[str, dict[str, float]]:
    """Return how the time of each number of years is to that of the first of them."""
    first = YEARS[0]
    return {
        str(years): {
            "diff": round(median(diffs[years]) / median(diffs[first]), 2),
            "digest": round(median(digests[years]) / median(digests[first]), 2),
        }
        for years in YEARS
    }


if __name__ == "__main__":
    main()

"""sync(source): fetch → parse → reconcile → store → diff → events, page by page; the last four in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field

from syncer.app import Desk
from syncer.errors import SyncerError
from syncer.model import Problem
from syncer.pipeline.intake import Run, Taken, settle, take_in
from syncer.reading import Page
from syncer.records.hold import suspects
from syncer.sources import Reach, Source
from syncer.store import events, pages, problems
from syncer.store import records as record_store

STRANGER = "provider id "


@dataclass
class SyncReport:
    """What one run of one source did. `status` is ok, incomplete (something could not be read), stopped (told to) or failed (nothing
    could be read)."""

    source: str
    status: str = "ok"
    records: int = 0
    events: int = 0
    held: int = 0
    requests: int = 0
    problems: list[Problem] = field(default_factory=list)
    new_problems: list[Problem] = field(default_factory=list)


def sync(desk: Desk, source: Source, *, full: bool = False) -> SyncReport:
    """Read one source now and write down what changed. Problems are values; only a bug of our own is raised."""
    report, first_reads = SyncReport(source.NAME), set[int]()
    run, reach = _begin(desk, source, full)
    try:
        for page in source.fetch(reach):
            taken = _take(desk, source, run, reach, page)
            report.records += taken.records
            first_reads |= set(taken.events) if taken.first_read else set()
            desk.progress.step()
            if desk.stopping():
                reach.complete, report.status = False, "stopped"
                break
    except SyncerError as error:
        reach.fail(error, "")
        reach.complete, report.status = False, "failed"
    else:
        reach.succeed("")
    return _finish(desk, run, reach, report, frozenset(first_reads))


def _begin(desk: Desk, source: Source, full: bool) -> tuple[Run, Reach]:
    run = pages.start_run(desk.store, source.NAME, desk.now)
    since = pages.source_since(desk.store, source.NAME)
    return Run(run, source.NAME, desk.now, since, desk.config.precedence, desk.history), desk.reach(source, full)


def _take(desk: Desk, source: Source, run: Run, reach: Reach, page: Page) -> Taken:
    """Parse one page and take it in; a page that cannot be read is a problem, and the run goes on."""
    try:
        reading = source.parse(page, reach)
    except SyncerError as error:
        reach.fail(error, page.link, page.council)
        return Taken()
    reach.problems += reading.problems
    with desk.store.writing():
        taken = take_in(desk.store, run, page, reading)
    reach.problems += taken.problems
    return taken


def _finish(desk: Desk, run: Run, reach: Reach, report: SyncReport, first_reads: frozenset[int]) -> SyncReport:
    """Open or hold the events, note what went wrong and what ended, and close the run."""
    store, now = desk.store, desk.now
    with store.writing():
        strangers = pages.save_identities(store, run.source, reach.identified, now)
        problems.note(store, run.source, [_stranger(key, reach.identified[key]) for key in strangers], now)
        problems.end(store, run.source, [STRANGER + key for key in reach.identified if key not in strangers], now)
        failed = {p.url for p in reach.problems}
        problems.end(store, run.source, reach.read_well - failed, now)
        report.new_problems = problems.note(store, run.source, reach.problems, now)
        waiting = events.unsettled(store, run.source)
        reasons = suspects(waiting, pages.last_good_run(store, run.source), now, record_store.table_sizes(store, run.source), first_reads)
        report.events, report.held = settle(store, run.source, reasons)
        pages.log_fetches(store, run.id, desk.fetched())
    if report.status == "ok" and reach.problems:
        report.status = "incomplete"
    report.problems, report.requests = reach.problems, desk.requests()
    pages.finish_run(store, run.id, now, status=report.status, complete=reach.complete, requests=report.requests, records=report.records,
                     events=report.events, held=report.held, problems=len(report.problems))  # fmt: skip
    return report


def _stranger(key: str, council: str) -> Problem:
    """For the operator, once: an id that the register does not have, of a council it knows by name."""
    return Problem("UnknownProviderId", f"{council} now stands under the id {key}, which the register does not have; it is read as before",
                   STRANGER + key, "Nothing needs doing; a newer syncer will have the id in its register.", council)  # fmt: skip

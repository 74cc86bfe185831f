"""sync(source): fetch → parse → reconcile → store → diff → events, page by page; the last four in
one transaction."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from syncer.app import App
from syncer.errors import Stopped, StoreError
from syncer.model import Problem
from syncer.pipeline.changes import Run
from syncer.pipeline.contested import is_settled, without_settled
from syncer.pipeline.first_read import with_old_marked
from syncer.pipeline.intake import PageResult, open_or_hold, record_page, record_withheld
from syncer.reading import Page, Reading
from syncer.records.hold import hold_reasons
from syncer.sources import Source, SourceContext
from syncer.store import events, pages, problems
from syncer.store import records as record_store

UNKNOWN_ID = "provider id "


@dataclass
class SyncReport:
    """What one run of one source did. `status` is ok, incomplete (something could not be read that
    was not old when this began), stopped (told to) or failed (nothing could be read); `complete`,
    that the source itself was read to its end."""

    source: str
    status: str = "ok"
    complete: bool = False
    records: int = 0
    events: int = 0
    held: int = 0
    requests: int = 0
    problems: list[Problem] = field(default_factory=list)
    new_problems: list[Problem] = field(default_factory=list)


def counted(reports: Sequence[SyncReport]) -> dict[str, int]:
    """Return what some runs did together, by the noun of what is counted."""
    total: Counter[str] = Counter()
    for report in reports:
        total["sources read" if report.complete else "not read"] += 1
        total["requests"] += report.requests
        total["records"] += report.records
        total["changes"] += report.events
        total["held"] += report.held
        total["problems begun"] += len(report.new_problems)
    return dict(total)


def sync(app: App, source: Source, *, full: bool = False) -> SyncReport:
    """Read one source now and write down what changed. Whatever goes wrong with a page, or with the
    source as a whole, is a problem of the report; raises StoreError only."""
    report = SyncReport(source.NAME)
    run, context = _begin(app, source, full)
    try:
        _read(app, source, run, context, report)
    except Stopped:
        context.complete, report.status = False, "stopped"
    except Exception as error:
        _fail_whole(context, report, error)
    else:
        context.succeed("")
    return _finish(app, run, context, report)


def _begin(app: App, source: Source, full: bool) -> tuple[Run, SourceContext]:
    number = pages.start_run(app.store, source.NAME, app.now)
    since = pages.source_since(app.store, source.NAME)
    run = Run(
        number,
        source.NAME,
        app.now,
        since,
        app.config.precedence,
        app.history,
    )
    return run, app.source_context(source, full)


def _read(app: App, source: Source, run: Run, context: SourceContext, report: SyncReport) -> None:
    """Take in page after page."""
    began = time.monotonic()
    for page in source.fetch(context):
        fetched = time.monotonic()
        app.timed("fetch", source.NAME, fetched - began)
        taken = _take(app, source, run, context, page)
        began = time.monotonic()
        app.timed("parse", source.NAME, began - fetched)
        report.records += taken.records
        _note_taken(run, taken)
        app.progress.step()
        if app.stopping():
            context.complete, report.status = False, "stopped"
            return


def _note_taken(run: Run, taken: PageResult) -> None:
    run.so_far.newly_read |= taken.newly_read
    run.so_far.withheld += taken.withheld
    if taken.first_read:
        run.so_far.first_reads.update(taken.events)


def _take(app: App, source: Source, run: Run, context: SourceContext, page: Page) -> PageResult:
    """Parse one page and record it. A page that cannot be is a problem, and nothing of it stays in
    the store: it waits its turn, and the run goes on."""
    try:
        reading = source.parse(page, context)
        with app.store.writing():
            taken = record_page(app.store, run, page, reading)
            if taken.first_read:
                taken = _with_old_marked(app, source, context, page, reading, taken)
    except StoreError:
        raise
    except Exception as error:
        context.fail(error, page.link, page.council, page.seen)
        return PageResult()
    context.problems += taken.problems
    return taken


def _with_old_marked(
    app: App,
    source: Source,
    context: SourceContext,
    page: Page,
    reading: Reading,
    taken: PageResult,
) -> PageResult:
    """Return what a page's first read gave, with the problems marked that were old then."""
    problems = with_old_marked(app.store, source.NAME, page, reading, taken.problems, context.since)
    return replace(taken, problems=problems)


def _fail_whole(context: SourceContext, report: SyncReport, error: Exception) -> None:
    context.fail(error, "")
    context.complete, report.status = False, "failed"


# -- The end of a run ------------------------------------------------------------------------------


def _finish(app: App, run: Run, context: SourceContext, report: SyncReport) -> SyncReport:
    """Open or hold the events, note what went wrong and what ended, and close the run, however it
    went."""
    try:
        _record_settled(app, run, context)
        with app.store.writing():
            _conclude(app, run, context, report)
    except StoreError:
        raise
    except Exception as error:
        _fail_whole(context, report, error)
        report.events = report.held = 0
        with app.store.writing():
            _note_problems(app, run, context, report)

    news = [problem for problem in context.problems if not problem.is_old]
    if report.status == "ok" and news:
        report.status = "incomplete"
    report.problems = context.problems
    report.complete = context.complete
    report.requests = app.requests()
    _close(app, run, context, report)
    return report


def _conclude(app: App, run: Run, context: SourceContext, report: SyncReport) -> None:
    _note_unknown_ids(app, run, context)
    _note_problems(app, run, context, report)
    _settle_events(app, run, report)
    pages.log_fetches(app.store, run.id, app.fetched())


def _record_settled(app: App, run: Run, context: SourceContext) -> None:
    """Record the reports that were withheld and that only one page lists now. One that cannot be
    recorded waits for the next run."""
    settled = []
    for withheld in run.so_far.withheld:
        if not is_settled(app.store, withheld):
            continue
        try:
            with app.store.writing():
                record_withheld(app.store, run, withheld)
        except StoreError:
            raise
        except Exception as error:
            context.fail(error, withheld.page.link, withheld.page.council)
        else:
            settled.append(withheld)

    context.problems, ended = without_settled(context.problems, settled)
    for url in ended:
        context.succeed(url)


def _note_unknown_ids(app: App, run: Run, context: SourceContext) -> None:
    found = context.identified
    unknown = pages.save_identities(app.store, run.source, found, app.now)
    known = found.keys() - set(unknown)

    new = [_unknown_id(key, found[key]) for key in unknown]
    problems.note(app.store, run.source, new, app.now)
    met_before = [UNKNOWN_ID + key for key in known]
    problems.end(app.store, run.source, met_before, app.now)


def _note_problems(app: App, run: Run, context: SourceContext, report: SyncReport) -> None:
    failed = {problem.url for problem in context.problems}
    mended = context.read_well - failed
    problems.end(app.store, run.source, mended, app.now)

    found = context.problems
    report.new_problems = problems.note(app.store, run.source, found, app.now)

    old = problems.are_old(app.store, run.source)
    context.problems = [
        replace(problem, is_old=(problem.url, problem.name) in old) for problem in found
    ]


def _settle_events(app: App, run: Run, report: SyncReport) -> None:
    store = app.store
    reasons = hold_reasons(
        events.unsettled(store, run.source),
        pages.last_good_run(store, run.source, app.now),
        app.now,
        record_store.table_sizes(store, run.source),
        frozenset(run.so_far.first_reads),
    )
    report.events, report.held = open_or_hold(store, run.source, reasons)


def _close(app: App, run: Run, context: SourceContext, report: SyncReport) -> None:
    pages.finish_run(
        app.store,
        run.id,
        app.now,
        status=report.status,
        complete=context.complete,
        requests=report.requests,
        records=report.records,
        events=report.events,
        held=report.held,
        problems=len(report.problems),
    )


def _unknown_id(key: str, council: str) -> Problem:
    """For the operator, once: an id that the register does not have, of a council it knows by
    name."""
    return Problem(
        "UnknownProviderId",
        f"{council} now stands under the id {key}, which the register does not have; "
        "it is read as before",
        UNKNOWN_ID + key,
        "Nothing needs doing; a newer syncer will have the id in its register.",
        council,
    )

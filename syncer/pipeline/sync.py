"""sync(source): fetch → parse → reconcile → store → diff → events, page by page; the last four in
one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field

from syncer.app import App
from syncer.errors import Stopped, SyncerError
from syncer.model import Problem
from syncer.pipeline.intake import PageResult, Run, open_or_hold, record_page
from syncer.reading import Page
from syncer.records.hold import hold_reasons
from syncer.sources import Source, SourceContext
from syncer.store import events, pages, problems
from syncer.store import records as record_store

UNKNOWN_ID = "provider id "


@dataclass
class SyncReport:
    """What one run of one source did. `status` is ok, incomplete (something could not be read),
    stopped (told to) or failed (nothing could be read)."""

    source: str
    status: str = "ok"
    records: int = 0
    events: int = 0
    held: int = 0
    requests: int = 0
    problems: list[Problem] = field(default_factory=list)
    new_problems: list[Problem] = field(default_factory=list)


def sync(app: App, source: Source, *, full: bool = False) -> SyncReport:
    """Read one source now and write down what changed. Problems are values; only a bug of our own
    is raised."""
    report, first_reads = SyncReport(source.NAME), set[int]()
    run, context = _begin(app, source, full)
    try:
        for page in source.fetch(context):
            taken = _take(app, source, run, context, page)
            report.records += taken.records
            first_reads |= set(taken.events) if taken.first_read else set()
            app.progress.step()
            if app.stopping():
                context.complete, report.status = False, "stopped"
                break
    except Stopped:
        context.complete, report.status = False, "stopped"
    except SyncerError as error:
        context.fail(error, "")
        context.complete, report.status = False, "failed"
    else:
        context.succeed("")
    return _finish(app, run, context, report, frozenset(first_reads))


def _begin(app: App, source: Source, full: bool) -> tuple[Run, SourceContext]:
    run = pages.start_run(app.store, source.NAME, app.now)
    since = pages.source_since(app.store, source.NAME)
    return Run(
        run, source.NAME, app.now, since, app.config.precedence, app.history
    ), app.source_context(source, full)


def _take(app: App, source: Source, run: Run, context: SourceContext, page: Page) -> PageResult:
    """Parse one page and take it in; a page that cannot be read is a problem, and the run goes
    on."""
    try:
        reading = source.parse(page, context)
    except SyncerError as error:
        context.fail(error, page.link, page.council)
        return PageResult()
    context.problems += reading.problems
    with app.store.writing():
        taken = record_page(app.store, run, page, reading)
    context.problems += taken.problems
    return taken


def _finish(
    app: App, run: Run, context: SourceContext, report: SyncReport, first_reads: frozenset[int]
) -> SyncReport:
    """Open or hold the events, note what went wrong and what ended, and close the run."""
    store, now = app.store, app.now
    with store.writing():
        unknown_ids = pages.save_identities(store, run.source, context.identified, now)
        problems.note(
            store,
            run.source,
            [_unknown_id(key, context.identified[key]) for key in unknown_ids],
            now,
        )
        problems.end(
            store,
            run.source,
            [UNKNOWN_ID + key for key in context.identified if key not in unknown_ids],
            now,
        )
        failed = {p.url for p in context.problems}
        problems.end(store, run.source, context.read_well - failed, now)
        report.new_problems = problems.note(store, run.source, context.problems, now)
        waiting = events.unsettled(store, run.source)
        reasons = hold_reasons(
            waiting,
            pages.last_good_run(store, run.source),
            now,
            record_store.table_sizes(store, run.source),
            first_reads,
        )
        report.events, report.held = open_or_hold(store, run.source, reasons)
        pages.log_fetches(store, run.id, app.fetched())
    if report.status == "ok" and context.problems:
        report.status = "incomplete"
    report.problems, report.requests = context.problems, app.requests()
    pages.finish_run(
        store,
        run.id,
        now,
        status=report.status,
        complete=context.complete,
        requests=report.requests,
        records=report.records,
        events=report.events,
        held=report.held,
        problems=len(report.problems),
    )
    return report


def _unknown_id(key: str, council: str) -> Problem:
    """For the operator, once: an id that the register does not have, of a council it knows by
    name."""
    return Problem(
        "UnknownProviderId",
        f"{council} now stands under the id {key}, which the register does not have; it is read as before",
        UNKNOWN_ID + key,
        "Nothing needs doing; a newer syncer will have the id in its register.",
        council,
    )

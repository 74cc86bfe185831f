"""A closer look: one council's page, contradictions, what is held, the evidence of one line, and
how the sources do."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from syncer.cli import Settings, pass_settings
from syncer.cli.output import emit, print_json, print_table
from syncer.model import Council, Event, Evidence, RecordKind
from syncer.views import council as history
from syncer.views import lists as views
from syncer.views.council import History
from syncer.views.lists import Column, Listing

if TYPE_CHECKING:
    from syncer.app import App
    from syncer.store import Store

HISTORY_KINDS = (
    RecordKind.INSPECTION,
    RecordKind.VISIT,
    RecordKind.AWARD,
    RecordKind.PAYMENT,
    RecordKind.INTERVENTION,
)


def form(settings: Settings) -> str:
    return "json" if settings.json else "table"


# -- council ---------------------------------------------------------------------------------------


@click.command()
@click.argument("name", nargs=-1, required=True)
@pass_settings
def council(settings: Settings, name: tuple[str, ...]) -> None:
    """One council's page: ratings, inspections and visits, money, interventions, and how they hang
    together."""
    with settings.app() as app:
        found = _history(app, app.register.find(" ".join(name)))
    if settings.json:
        print_json(history.as_json(found))
    else:
        _print_page(found)


def _history(app: App, council: Council) -> History:
    from syncer.store import pages, records

    mine = [
        r
        for r in records.records(app.store, kinds=HISTORY_KINDS, councils=[council.slug])
        if not r.withdrawn
    ]
    by_kind = {kind: [r for r in mine if r.record is kind] for kind in HISTORY_KINDS}
    contradictions = [c for c in _conflicts(app) if council.slug in c["councils"]]
    today = app.now.astimezone(views.ENGLAND).date()
    unread = bool(views.not_read([council], pages.read_for_inspections(app.store, app.now), today))
    return History(council, app.register, today, by_kind, contradictions, unread)


def _print_page(found: History) -> None:
    click.echo("\n".join(_heading(found)))
    parts = (
        ("Ratings", history.ratings(found) if found.inspections else Listing((), ())),
        ("Inspections", history.reports(found, RecordKind.INSPECTION)),
        ("Visits", history.reports(found, RecordKind.VISIT)),
        ("Money beside ratings, by financial year", history.years(found)),
        ("Awards", history.money(found, RecordKind.AWARD)),
        ("Payments over £25,000", history.payments(found)),
        ("Interventions", history.interventions(found)),
        ("The sources disagree", history.conflicts(found.register, found.conflicts)),
    )
    for heading, listing in parts:
        if listing.rows:
            click.echo(f"\n{click.style(heading, bold=True)}")
            print_table(listing)


def _heading(found: History) -> list[str]:
    """Who the council is, in a few lines."""
    council, name_of = found.council, found.register.by_slug
    lines = [
        click.style(council.official_name, bold=True),
        f"{council.gss}  {council.type}, {council.region}",
    ]
    if council.opened:
        lines.append(
            f"since {council.opened}, before it: {', '.join(name_of(s).name for s in council.predecessors) or 'no other council'}"
        )
    if council.closed:
        lines.append(
            f"ended {council.closed}, after it: {', '.join(name_of(s).name for s in council.successors) or 'no other council'}"
        )
    if council.trust:
        lines.append(f"run by {council.trust}")
    return [*lines, history.inspected_in_words(found)]


# -- conflicts -------------------------------------------------------------------------------------


@click.command()
@pass_settings
def conflicts(settings: Settings) -> None:
    """What the sources disagree on, and which of them was believed."""
    with settings.app() as app:
        listing = history.conflicts(app.register, _conflicts(app))
    emit(listing, form(settings))


def _conflicts(app: App) -> list[dict[str, Any]]:
    from syncer.store import records

    between = [
        {**row, "councils": json.loads(row["councils"])} for row in records.conflicts(app.store)
    ]
    twins = history.possible_twins(records.records(app.store, kinds=[RecordKind.AWARD]))
    return (
        between
        + twins
        + history.title_conflicts(
            records.records(app.store, kinds=[RecordKind.INSPECTION, RecordKind.VISIT])
        )
    )


# -- held ------------------------------------------------------------------------------------------


@click.group(invoke_without_command=True)
@click.pass_context
def held(ctx: click.Context) -> None:
    """The lines that are kept back because something looks wrong; without a command, lists them."""
    if ctx.invoked_subcommand is None:
        _list_held(ctx.ensure_object(Settings))


def _list_held(settings: Settings) -> None:
    from syncer.store import events

    with settings.app() as app:
        listing = views.held(app.register, events.listing(app.store, held=True))
    emit(listing, form(settings))


@held.command()
@click.argument("ids", nargs=-1, required=True, type=int, metavar="ID…")
@pass_settings
def release(settings: Settings, ids: tuple[int, ...]) -> None:
    """Let these lines go: they are true, and will be told."""
    from syncer.store import events

    _settle(settings, ids, events.release, "released")


@held.command()
@click.argument("ids", nargs=-1, required=True, type=int, metavar="ID…")
@pass_settings
def discard(settings: Settings, ids: tuple[int, ...]) -> None:
    """Throw these lines away: they are not true, and the same bytes will not make them again."""
    from syncer.store import events

    _settle(settings, ids, events.discard, "discarded")


def _settle(
    settings: Settings,
    ids: Sequence[int],
    settle: Callable[[Store, Event], object],
    done: str,
) -> None:
    """All of them or, where one is not held, none."""
    with settings.app() as app, app.store.writing():
        for event in [_event(app, number, held=True) for number in dict.fromkeys(ids)]:
            settle(app.store, event)
    click.echo(f"{done}: {', '.join(map(str, dict.fromkeys(ids)))}", err=True)


def _event(app: App, number: int, held: bool = False) -> Event:
    """The event with this number. Raises UsageError where there is none, or it is not held."""
    from syncer.store import events

    event = events.get(app.store, number)
    if event is None:
        raise click.UsageError(
            f"there is no change with the number {number}; `syncer changes` lists them"
        )
    if held and not event.held:
        raise click.UsageError(f"change {number} is not held; `syncer held` lists those that are")
    return event


# -- verify ----------------------------------------------------------------------------------------


@click.command()
@click.argument("event", type=int)
@pass_settings
def verify(settings: Settings, event: int) -> int:
    """Read the archived bytes that a change rests on again, and show the page, the cell and the
    words it stands on.

    Exit code 1: the bytes, as they are read today, do not give that line.
    """
    from syncer.operations.verify import check
    from syncer.store import overview

    with settings.app() as app:
        line = _event(app, event)
        if line.evidence is None and (
            sha256 := overview.bytes_of_record(app.store, line.record_id)
        ):
            line = replace(line, evidence=Evidence(sha256, ""))
        found = check(line, app.snapshots, app.documents, app.register)
        row = {**views.changes(app.register, [line]).rows[0], **found}
    if settings.json:
        print_json(row)
    else:
        _print_evidence(row)
    return 0 if found["confirmed"] else 1


def _print_evidence(row: dict[str, Any]) -> None:
    what = views.humanise(row["area"] or row["record"])
    lines = [
        f"{row['council_name']}: {what}: {views.humanise(row['old']) or '–'} → {views.humanise(row['new']) or '–'}"
    ]
    names = ("url", "published", "source", "sha256", "page", "cell", "quote", "reads")
    lines += [f"  {name:<10}{row[name]}" for name in names if row[name] not in (None, "")]
    click.echo(
        "\n".join(
            [*lines, f"  {'confirmed' if row['confirmed'] else 'NOT CONFIRMED'}: {row['reason']}"]
        )
    )


# -- status ----------------------------------------------------------------------------------------


@click.command()
@pass_settings
def status(settings: Settings) -> None:
    """When each source was last read, and what is open."""
    from syncer.store import overview, problems

    with settings.app() as app:
        runs, kept = overview.last_runs(app.store), overview.held_by_source(app.store)
        outbox, open_problems = (
            overview.outbox_by_state(app.store),
            problems.still_open(app.store),
        )
        failing = Counter(problem["source"] for problem in open_problems)
        sources = [
            _source_row(name, app, runs.get(name, {}))
            | {"problems": failing[name], "held": kept.get(name, 0)}
            for name in sorted({*app.config.sources, *runs})
        ]
    if settings.json:
        print_json(
            {
                "now": app.now,
                "sources": {row["source"]: row for row in sources},
                "held": sum(kept.values()),
                "outbox": outbox,
                "problems": [_problem_row(p) for p in open_problems],
            }
        )
        return
    columns = (
        *views.plain_columns("source", "enabled", "last_run", "status", "last_good"),
        Column("freshness"),
        *(Column(name, right=True) for name in ("problems", "held")),
    )
    print_table(Listing(columns, sources))
    if open_problems:
        names = ("source", "name", "message", "url", "since", "tries", "next_try", "hint")
        click.echo()
        print_table(Listing(views.plain_columns(*names), [_problem_row(p) for p in open_problems]))
    click.echo(
        "Outbox: "
        + (", ".join(f"{n} {views.humanise(state)}" for state, n in outbox.items()) or "empty")
    )


def _source_row(name: str, app: App, run: dict[str, Any]) -> dict[str, Any]:
    good = run.get("last_good")
    age = app.now - dt.datetime.fromisoformat(good) if good else None
    settings = app.config.sources.get(name)
    return {
        "source": name,
        "enabled": bool(settings and settings.enabled),
        "last_run": run.get("started"),
        "status": run.get("status", "never run"),
        "last_good": good,
        "hours_since_good": round(age.total_seconds() / 3600, 1) if age is not None else None,
        "freshness": _age_words(age) if age is not None else "never read",
    }


def _age_words(age: dt.timedelta) -> str:
    hours = round(age.total_seconds() / 3600)
    return f"{hours} h ago" if hours < 48 else f"{age.days} days ago"


def _problem_row(problem: dict[str, Any]) -> dict[str, Any]:
    names = ("source", "name", "message", "url", "council", "tries", "next_try", "hint")
    return {"since": problem["first_at"], **{name: problem[name] for name in names}}

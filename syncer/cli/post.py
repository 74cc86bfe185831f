"""Telling: write the digests, look at one beforehand, send what waits, look into the outbox, and
why somebody was or was not told."""

from __future__ import annotations

import email
import email.policy
import sys
import tempfile
import webbrowser
from collections.abc import Iterable
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from syncer.cli import Commands, Settings, pass_settings
from syncer.cli.output import emit, form_of, print_json, print_problem, say
from syncer.subscriptions.schedule import LONDON
from syncer.views import lists as views
from syncer.views.lists import Column, Listing, plain_columns

if TYPE_CHECKING:
    from syncer.app import App
    from syncer.delivery.outbox import Outcome
    from syncer.model import Event, Subscriber
    from syncer.store.outbox import Delivery

SHOWN_HEADERS = ("From", "To", "Date", "Subject")
PARTS = {"text": "plain", "html": "html"}


# -- digest ----------------------------------------------------------------------------------------


@click.command()
@click.option("--to", "address", metavar="ADDRESS", help="Only for this subscriber.")
@click.option(
    "--preview", is_flag=True, help="Write nothing: show what ADDRESS would get, in a browser."
)
@pass_settings
def digest(settings: Settings, address: str | None, preview: bool) -> int:
    """Write what everybody is to be told now into the outbox; `syncer send` sends it.

    With --to and --preview, what waits for one subscriber becomes a page to look at, also before it
    is due, and the store stays as it is.
    """
    from syncer.pipeline.notify import notify
    from syncer.store import outbox, people, problems

    if preview and not address:
        raise click.UsageError("say whose digest to preview: --to ADDRESS")
    with settings.app() as app:
        if address and preview:
            return _preview(settings, app, people.find(app.store, address))
        known = {problem["id"] for problem in problems.still_open(app.store, "digests")}
        only = people.find(app.store, address).id if address else None
        wrote = [outbox.show(app.store, number) for number in notify(app, only)]
        _list(settings, wrote, "Nobody is to be told anything now.")
        still_open = problems.still_open(app.store, "digests")
    new = [problem for problem in still_open if problem["id"] not in known]
    for problem in new:
        print_problem(problem["name"], problem["message"], problem["hint"])
    return int(bool(new))


def _preview(settings: Settings, app: App, person: Subscriber) -> int:
    from syncer.pipeline.notify import preview

    messages = preview(app, person.id)
    if not messages:
        click.echo(
            f"{person.address} would get nothing now: {_nothing_because(app, person)}", err=True
        )
        return 0
    folder = Path(tempfile.mkdtemp(prefix="syncer-preview-"))
    pages = []
    for number, body in enumerate(messages, 1):
        page = folder / f"{number}.html"
        page.write_text(part(parsed(body), "html"), encoding="utf-8")
        pages.append({"subject": str(parsed(body)["Subject"]), "page": str(page)})
    _show_pages(settings, pages)
    return 0


def _show_pages(settings: Settings, pages: list[dict[str, str]]) -> None:
    if settings.json:
        print_json(pages)
        return
    for page in pages:
        click.echo(page["subject"], err=True)
        click.echo(page["page"])
        if sys.stdout.isatty():
            webbrowser.open(Path(page["page"]).as_uri())


def _nothing_because(app: App, person: Subscriber) -> str:
    from syncer.operations.explain import AWAY
    from syncer.store import events

    if person.state in AWAY:
        return AWAY[person.state].removeprefix("Not told: ")
    after = min((s.mark for s in person.subscriptions), default=0)
    waiting = len(events.after(app.store, after))
    if not waiting:
        return "nothing has happened since the last digest."
    return (
        f"of {waiting} changes since then none passes the filters or is still untold; "
        f"`syncer explain {person.address}` says why."
    )


# -- send ------------------------------------------------------------------------------------------


@click.command()
@pass_settings
def send(settings: Settings) -> int:
    """Send what waits in the outbox, one message at a time. Exit code 1: something went wrong that
    had not been wrong before."""
    from syncer.operations import health
    from syncer.pipeline.send import send

    with settings.app() as app:
        report = send(app)
        new = health.note_sending(app, report)
    rows = [_outcome_row(outcome) for outcome in report.outcomes]
    columns = (
        Column("delivery", right=True),
        *plain_columns("to"),
        views.worded("state"),
        *plain_columns("reply"),
    )
    nothing = "Nothing was sent." if report.stopped else "Nothing was due to be sent."
    emit(Listing(columns, rows, empty=nothing), form_of(as_json=settings.json))
    for problem in new:
        print_problem(problem.name, problem.message, problem.hint)
    return int(bool(new))


def _outcome_row(outcome: Outcome) -> dict[str, Any]:
    return {
        "delivery": outcome.delivery,
        "to": outcome.recipient,
        "state": str(outcome.state),
        "reply": outcome.said,
    }


@click.command()
@click.argument("address")
@pass_settings
def test_mail(settings: Settings, address: str) -> int:
    """Send a test message to ADDRESS now, and show what the mail server says."""
    from syncer.delivery.transports import open_transport
    from syncer.errors import TransportError
    from syncer.pipeline.notify import test_message
    from syncer.store import people

    with settings.app() as app:
        message = test_message(app, people.normalised(address))
        transport = open_transport(app.config.mail)
        try:
            with transport:
                reply = transport.deliver(
                    message.body, message.sender, message.recipient, lambda: None
                )
        except TransportError as error:
            say(f"not sent: {error.name}: {error}", err=True)
            say(f"  {error.hint or 'Check [mail] in the configuration.'}", err=True)
            return 1
    click.echo(f"{transport.name}: {reply}")
    return 0


# -- outbox ----------------------------------------------------------------------------------------


@click.group(cls=Commands, invoke_without_command=True)
@click.pass_context
def outbox(ctx: click.Context) -> None:
    """Every message, newest first, and what became of it; without a command, lists them."""
    if ctx.invoked_subcommand is None:
        _list_all(ctx.ensure_object(Settings))


@outbox.command("list")
@pass_settings
def list_outbox(settings: Settings) -> None:
    """Every message, newest first."""
    _list_all(settings)


def _list_all(settings: Settings) -> None:
    from syncer.store import outbox as deliveries

    with settings.app() as app:
        _list(settings, deliveries.listing(app.store), "The outbox is empty.")


def _list(settings: Settings, deliveries: Iterable[Delivery], empty: str) -> None:
    rows = [_delivery_row(delivery) for delivery in deliveries]
    columns = (
        Column("delivery", right=True),
        *plain_columns("to"),
        views.worded("kind"),
        views.worded("state"),
        *plain_columns("subject"),
        *(Column(name, wording=_at(name)) for name in ("written", "sent")),
        *plain_columns("said"),
    )
    emit(Listing(columns, rows, empty=empty), form_of(as_json=settings.json))


def _delivery_row(delivery: Delivery) -> dict[str, Any]:
    return {
        "delivery": delivery.id,
        "to": delivery.recipient,
        "kind": str(delivery.kind),
        "state": str(delivery.state),
        "subject": delivery.subject,
        "written": delivery.created_at,
        "sent": delivery.sent_at,
        "said": delivery.error or delivery.reply,
    }


def _at(name: str) -> Any:
    return lambda row: f"{row[name].astimezone(LONDON):%Y-%m-%d %H:%M}" if row[name] else ""


@outbox.command()
@click.argument("number", type=int)
@click.option("--html", "form", flag_value="html", help="The HTML part.")
@click.option(
    "--raw", "form", flag_value="raw", help="The whole message, as it goes over the line."
)
@pass_settings
def show(settings: Settings, number: int, form: str | None) -> None:
    """Print one message: its text, or another form of it."""
    from syncer.store import outbox as deliveries

    with settings.app() as app:
        delivery, body = deliveries.show(app.store, number), deliveries.body(app.store, number)
    if form == "raw":
        sys.stdout.buffer.write(body)
        return
    mail = parsed(body)
    if settings.json:
        print_json(_as_json(delivery, mail))
    elif form == "html":
        say(part(mail, "html"))
    else:
        say(_as_text(mail))


def _as_json(delivery: Delivery, mail: EmailMessage) -> dict[str, Any]:
    headers = {name: str(value) for name, value in mail.items()}
    said = {"delivery": delivery.id, "state": str(delivery.state), "headers": headers}
    return said | {form: part(mail, form) for form in PARTS}


def _as_text(mail: EmailMessage) -> str:
    heads = [f"{name}: {mail[name]}" for name in SHOWN_HEADERS if mail[name]]
    return "\n".join([*heads, "", part(mail, "text").rstrip()])


def parsed(body: bytes) -> EmailMessage:
    """A stored message, to be looked into."""
    mail = email.message_from_bytes(body, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def part(mail: EmailMessage, form: str) -> str:
    """The text or the HTML of a message."""
    found = mail.get_body((PARTS[form],))
    return str(found.get_content()) if found is not None else ""


@outbox.command()
@click.argument("number", type=int)
@pass_settings
def resend(settings: Settings, number: int) -> None:
    """Queue a message again that failed, is in doubt or was taken back: the same bytes, the same
    Message-ID."""
    from syncer.store import outbox as deliveries

    with settings.app() as app:
        deliveries.resend(app.store, number, app.now)
    click.echo(f"delivery {number} is queued; `syncer send` sends it", err=True)


# -- explain ---------------------------------------------------------------------------------------


@click.command()
@click.argument("what", nargs=-1, required=True, metavar="EVENT|ADDRESS…")
@pass_settings
def explain(settings: Settings, what: tuple[str, ...]) -> None:
    """Why was, or was not, somebody told of a change? EVENT, a number of `syncer changes`: for
    everybody; ADDRESS: for every change; both: that one answer."""
    numbers = [int(word) for word in what if word.isdecimal()]
    with settings.app() as app:
        persons = _persons(app, [word for word in what if not word.isdecimal()])
        rows = _answers(app, _events(app, numbers), persons)
    if len(rows) == 1 and not settings.json:
        say(rows[0]["answer"])
        return
    columns = (Column("event", right=True), *plain_columns("council", "what", "address", "answer"))
    empty = "Nothing has changed yet." if persons else "Nobody is subscribed."
    emit(Listing(columns, rows, empty=empty), form_of(as_json=settings.json))


def _persons(app: App, addresses: list[str]) -> list[Subscriber]:
    """Those with these addresses, or everybody where none is named."""
    from syncer.store import people

    if not addresses:
        return people.listing(app.store)
    return [people.find(app.store, address) for address in addresses]


def _answers(
    app: App, changes: Iterable[Event], persons: Iterable[Subscriber]
) -> list[dict[str, Any]]:
    from syncer.operations.explain import explain as answer

    everybody, rows = tuple(persons), []
    for event in changes:
        for person in everybody:
            rows.append(_row(app, event, person, answer(app, event, person)))
    return rows


def _events(app: App, numbers: list[int]) -> list[Event]:
    """The events with these numbers, or all that are or were to be told. Raises UsageError for a
    number that none has."""
    from syncer.store import events

    if not numbers:
        return sorted(
            [*events.listing(app.store), *events.listing(app.store, held=True)],
            key=lambda e: e.id,
        )
    found = [(number, events.get(app.store, number)) for number in numbers]
    if missing := [str(number) for number, event in found if event is None]:
        raise click.UsageError(
            f"there is no change with the number {', '.join(missing)}; `syncer changes` lists them"
        )
    return [event for _, event in found if event is not None]


def _row(app: App, event: Event, person: Subscriber, answer: str) -> dict[str, Any]:
    councils = " and ".join(views.council_label(app.register, slug).name for slug in event.councils)
    what = views.humanise(event.area) or views.humanise(event.record)
    before, after = views.humanise(event.old) or "–", views.humanise(event.new) or "–"
    return {
        "event": event.id,
        "council": councils,
        "what": f"{what}: {before} → {after}",
        "address": person.address,
        "answer": answer,
    }

"""Telling: write the digests, look at one beforehand, send what waits, look into the outbox, and
why somebody was or was not told."""

from __future__ import annotations

import email
import email.policy
import sys
import tempfile
import webbrowser
from collections.abc import Callable, Iterable, Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from syncer.cli import Commands, Settings, pass_settings
from syncer.cli.asked import file_options, print_as
from syncer.cli.numbers import Number
from syncer.cli.output import (
    emit,
    form_of,
    print_json,
    print_new_problems,
    print_problem,
    say,
)
from syncer.subscriptions.channels import BY_LABEL
from syncer.timetable import LONDON
from syncer.views import lists as views
from syncer.views.listing import Column, Listing, Row, plain_columns, worded

if TYPE_CHECKING:
    from syncer.app import App
    from syncer.delivery.report import Outcome, SendReport
    from syncer.errors import TransportError
    from syncer.model import Event, Subscriber
    from syncer.store.outbox import Delivery, Message

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
    from syncer.store import people

    if preview and not address:
        raise click.UsageError("say whose digest to preview: --to ADDRESS")

    with settings.app() as app:
        person = people.find(app.store, address) if address else None
        if preview and person:
            return _preview(settings, app, person)
        return _write_digests(settings, app, person)


def _write_digests(settings: Settings, app: App, only: Subscriber | None) -> int:
    """Write what is to be told now, list it, and print what went wrong that had not been wrong
    before; return the exit code."""
    from syncer.monitoring import alarm
    from syncer.pipeline.notify import notify
    from syncer.store import problems

    known = {problem["id"] for problem in problems.still_open(app.store, "digests")}
    numbers = notify(app, only.id if only else None)
    alarm.tell(app)
    _list_written(settings, app, numbers)
    return print_new_problems(problems.still_open(app.store, "digests"), known)


def _list_written(settings: Settings, app: App, numbers: Iterable[int]) -> None:
    from syncer.store import outbox

    wrote = [outbox.show(app.store, number) for number in numbers]
    listing = _listing(wrote, "Nobody is to be told anything now.")
    emit(listing, form_of(as_json=settings.json))


def _preview(settings: Settings, app: App, person: Subscriber) -> int:
    """Show what one subscriber would get now, or say why that is nothing; return the exit code."""
    from syncer.pipeline.notify import preview

    messages = preview(app, person.id)
    if messages and person.channel in BY_LABEL:
        _print_texts(settings, messages)
        return 0
    if messages:
        _show_pages(settings, _written_pages(messages))
        return 0

    reason = _nothing_because(app, person)
    click.echo(f"{person.address} would get nothing now: {reason}", err=True)
    return 0


def _print_texts(settings: Settings, messages: Iterable[bytes]) -> None:
    """Print what a chat or a webhook would get."""
    texts = [body.decode() for body in messages]
    if settings.json:
        print_json([{"text": text} for text in texts])
        return
    for text in texts:
        say(text)


def _written_pages(messages: Iterable[bytes]) -> list[dict[str, str]]:
    """Write the HTML of each message into a file of a new folder; return its subject and where it
    is."""
    folder = Path(tempfile.mkdtemp(prefix="syncer-preview-"))
    pages = []
    for number, body in enumerate(messages, 1):
        page = folder / f"{number}.html"
        subject = _write_page(page, parsed(body))
        pages.append({"subject": subject, "page": str(page)})

    return pages


def _write_page(page: Path, mail: EmailMessage) -> str:
    """Write the HTML of a message into a file; return its subject."""
    html = part(mail, "html")
    page.write_text(html, encoding="utf-8")
    return str(mail["Subject"])


def _show_pages(settings: Settings, pages: list[dict[str, str]]) -> None:
    """Print where each page lies; on a terminal, open it in a browser too."""
    if settings.json:
        print_json(pages)
        return

    for page in pages:
        click.echo(page["subject"], err=True)
        click.echo(page["page"])
        _open_on_terminal(page["page"])


def _open_on_terminal(page: str) -> None:
    """Open a page in a browser, where somebody sits before it."""
    if sys.stdout.isatty():
        address = Path(page).as_uri()
        webbrowser.open(address)


def _nothing_because(app: App, person: Subscriber) -> str:
    """Return why there is nothing to tell this subscriber, as the end of a sentence."""
    from syncer.operations.explain import AWAY

    if person.state in AWAY:
        return AWAY[person.state].removeprefix("Not told: ")

    waiting = _happened_since_last(app, person)
    if not waiting:
        return "nothing has happened since the last digest."
    return (
        f"of {waiting} changes since then none passes the filters or is still untold; "
        f"`syncer explain {person.address}` says why."
    )


def _happened_since_last(app: App, person: Subscriber) -> int:
    """Return how many changes have happened since a subscriber's last digest."""
    from syncer.store import events

    marks = [subscription.mark for subscription in person.subscriptions]
    since_then = events.after(app.store, min(marks, default=0))
    return len(since_then)


# -- send ------------------------------------------------------------------------------------------

SENT_COLUMNS = (
    Column("delivery", right=True),
    *plain_columns("to"),
    worded("state"),
    *plain_columns("reply"),
)


@click.command()
@pass_settings
def send(settings: Settings) -> int:
    """Send what waits in the outbox, one message at a time. Exit code 1: something went wrong that
    had not been wrong before."""
    from syncer.monitoring import alarm
    from syncer.operations import health
    from syncer.pipeline.send import send

    with settings.app() as app:
        report = send(app)
        new = health.note_sending(app, report)
        alarm.tell(app)

    emit(_outcomes(report), form_of(as_json=settings.json))
    for problem in new:
        print_problem(problem.name, problem.message, problem.hint)
    return 1 if new else 0


def _outcomes(report: SendReport) -> Listing:
    rows = [_outcome_row(outcome) for outcome in report.outcomes]
    nothing = "Nothing was sent." if report.stopped else "Nothing was due to be sent."
    return Listing(SENT_COLUMNS, rows, empty=nothing)


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
    """Send a test message to ADDRESS now, and show what the mail server says; or to a chat or
    webhook, by its label."""
    from syncer.errors import TransportError
    from syncer.pipeline.notify import test_message
    from syncer.store import addresses, people

    with settings.app() as app:
        try:
            if "@" in address.partition("://")[0]:
                reply = _delivered(app, test_message(app, addresses.normalised(address)))
            else:
                reply = _tried(app, people.find(app.store, address))
        except TransportError as error:
            _say_not_sent(error, "[mail]" if "@" in address else "the address of the channel")
            return 1
    click.echo(reply)
    return 0


def _say_not_sent(error: TransportError, what: str) -> None:
    hint = error.hint or f"Check {what}: `syncer doctor` tries it."
    say(f"not sent: {error.name}: {error}", err=True)
    say(f"  {hint}", err=True)


def _delivered(app: App, message: Message) -> str:
    """Hand a message to the transport, and return the transport's name and what it says. Raises
    TransportError."""
    from syncer.delivery.transports import open_transport
    from syncer.delivery.transports.base import Parcel, ParcelService

    transport = open_transport(app.config.mail, app.config.govuk_notify)
    with transport:
        if transport.capabilities.takes_parcels:
            parcel = Parcel(0, message.recipient, message.body, message.other)
            reply = cast(ParcelService, transport).hand_over(parcel, _nothing_more).said
        else:
            sender, to = message.sender, message.recipient
            reply = transport.deliver(message.body, sender, to, _nothing_more)
    return f"{transport.name}: {reply}"


def _nothing_more() -> None:
    """Do nothing at the end of data: no outbox has to know of it."""


def _tried(app: App, person: Subscriber) -> str:
    """Write a test to a chat, or post one without changes to a webhook; return what is answered.
    Raises TransportError."""
    from syncer.operations.channels import test

    return test(app, person)


# -- outbox ----------------------------------------------------------------------------------------


@click.group(cls=Commands, invoke_without_command=True)
@file_options
@click.pass_context
def outbox(ctx: click.Context, form: str | None, out: Path | None, bom: bool) -> None:
    """Every message, newest first, and what became of it; without a command, lists them."""
    if ctx.invoked_subcommand is None:
        _list_all(ctx.ensure_object(Settings), form, out, bom)


@outbox.command("list")
@file_options
@pass_settings
def list_outbox(settings: Settings, form: str | None, out: Path | None, bom: bool) -> None:
    """Every message, newest first."""
    _list_all(settings, form, out, bom)


def _list_all(settings: Settings, form: str | None, out: Path | None, bom: bool) -> None:
    from syncer.store import outbox as deliveries

    with settings.app() as app:
        listing = _listing(deliveries.listing(app.store), "The outbox is empty.")

    print_as(listing, form_of(form, settings.json, out), out, bom)


def _listing(deliveries: Iterable[Delivery], empty: str) -> Listing:
    rows = [_delivery_row(delivery) for delivery in deliveries]
    return Listing(OUTBOX_COLUMNS, rows, empty=empty)


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
        "channel": delivery.channel,
    }


def _at(name: str) -> Callable[[Row], str]:
    """Return the wording of a column of moments: London's time, nothing where there is none."""

    def wording(row: Row) -> str:
        moment = row[name]
        if moment is None:
            return ""
        return f"{moment.astimezone(LONDON):%Y-%m-%d %H:%M}"

    return wording


OUTBOX_COLUMNS = (
    Column("delivery", right=True),
    *plain_columns("to"),
    worded("kind"),
    worded("state"),
    *plain_columns("subject"),
    Column("written", wording=_at("written")),
    Column("sent", wording=_at("sent")),
    *plain_columns("said"),
    Column("channel", hidden=True),
)


@outbox.command()
@click.argument("number", type=Number())
@click.option("--html", "form", flag_value="html", help="The HTML part.")
@click.option(
    "--raw", "form", flag_value="raw", help="The whole message, as it goes over the line."
)
@pass_settings
def show(settings: Settings, number: int, form: str | None) -> None:
    """Print one message: its text, or another form of it."""
    from syncer.store import outbox as deliveries

    with settings.app() as app:
        delivery = deliveries.show(app.store, number)
        body = deliveries.body(app.store, number)

    if form == "raw":
        sys.stdout.buffer.write(body)
        return
    if delivery.channel in BY_LABEL:
        _print_text(settings, delivery, body.decode())
        return

    mail = parsed(body)
    if settings.json:
        print_json(_as_json(delivery, mail))
    else:
        say(part(mail, "html") if form == "html" else _as_text(mail, delivery))


def _print_text(settings: Settings, delivery: Delivery, text: str) -> None:
    """Print what a chat or a webhook is told."""
    if not settings.json:
        say(text)
        return
    headers = {"To": delivery.recipient, "Subject": delivery.subject}
    print_json(
        {
            "delivery": delivery.id,
            "state": str(delivery.state),
            "headers": headers,
            "text": text,
            "html": "",
        }
    )


def _as_json(delivery: Delivery, mail: EmailMessage) -> dict[str, Any]:
    headers = {name: str(value) for name, value in mail.items()}
    parts = {form: part(mail, form) for form in PARTS}
    return {
        "delivery": delivery.id,
        "state": str(delivery.state),
        "headers": headers,
        **parts,
        "remote_id": delivery.remote_id,
        "remote_status": delivery.remote_status,
    }


def _as_text(mail: EmailMessage, delivery: Delivery) -> str:
    lines = []
    if delivery.remote_id:
        lines.append(f"GOV.UK Notify: {delivery.remote_status or 'taken'}, {delivery.remote_id}")
    for name in SHOWN_HEADERS:
        if mail[name]:
            lines.append(f"{name}: {mail[name]}")

    text = part(mail, "text").rstrip()
    return "\n".join([*lines, "", text])


def parsed(body: bytes) -> EmailMessage:
    """Return a stored message, to be looked into."""
    mail = email.message_from_bytes(body, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def part(mail: EmailMessage, form: str) -> str:
    """Return the text or the HTML of a message; nothing where it has none."""
    found = mail.get_body((PARTS[form],))
    if found is None:
        return ""
    return str(found.get_content())


@outbox.command()
@click.argument("number", type=Number())
@pass_settings
def resend(settings: Settings, number: int) -> None:
    """Queue a message again that failed, is in doubt or was taken back: the same bytes, the same
    Message-ID."""
    from syncer.store import outbox as deliveries

    with settings.app() as app:
        deliveries.resend(app.store, number, app.now)
    click.echo(f"delivery {number} is queued; `syncer send` sends it", err=True)


# -- explain ---------------------------------------------------------------------------------------

ANSWER_COLUMNS = (
    Column("event", right=True),
    *plain_columns("council", "what", "address", "answer"),
)


@click.command()
@click.argument("what", nargs=-1, required=True, metavar="EVENT|ADDRESS…")
@pass_settings
def explain(settings: Settings, what: tuple[str, ...]) -> None:
    """Why was, or was not, somebody told of a change? EVENT, a number of `syncer changes`: for
    everybody; ADDRESS: for every change; both: that one answer."""
    listing = _explained(settings, what)
    if len(listing.rows) == 1 and not settings.json:
        (row,) = listing.rows
        say(row["answer"])
    else:
        emit(listing, form_of(as_json=settings.json))


def _explained(settings: Settings, what: tuple[str, ...]) -> Listing:
    """Return the answers about what was typed: numbers of changes, addresses, or both."""
    numbers = [Number()(word) for word in what if word.isdecimal()]
    addresses = [word for word in what if not word.isdecimal()]
    with settings.app() as app:
        persons = _persons(app, addresses)
        rows = _answers(app, _events(app, numbers), persons)

    empty = "Nothing has changed yet." if persons else "Nobody is subscribed."
    return Listing(ANSWER_COLUMNS, rows, empty=empty)


def _persons(app: App, addresses: list[str]) -> list[Subscriber]:
    """Return those with these addresses, or everybody where none is named."""
    from syncer.store import people

    if not addresses:
        return people.listing(app.store)
    return [people.find(app.store, address) for address in addresses]


def _answers(
    app: App, changes: Iterable[Event], persons: Sequence[Subscriber]
) -> list[dict[str, Any]]:
    """Return one row for every change and person."""
    from syncer.operations.explain import explain as answer

    rows = []
    for event in changes:
        for person in persons:
            row = _change_row(app, event)
            row["address"] = person.address
            row["answer"] = answer(app, event, person)
            rows.append(row)
    return rows


def _events(app: App, numbers: list[int]) -> list[Event]:
    """Return the events with these numbers, or all that are or were to be told. Raises UsageError
    for a number that none has."""
    from syncer.store import events

    if numbers:
        return _events_numbered(app, numbers)

    told = events.listing(app.store)
    held = events.listing(app.store, held=True)
    return sorted([*told, *held], key=lambda event: event.id)


def _events_numbered(app: App, numbers: list[int]) -> list[Event]:
    from syncer.store import events

    found, missing = [], []
    for number in numbers:
        event = events.get(app.store, number)
        if event is None:
            missing.append(str(number))
        else:
            found.append(event)

    _check_none_missing(missing)
    return found


def _check_none_missing(numbers: Sequence[str]) -> None:
    """Raise UsageError where numbers were typed that no change has."""
    if numbers:
        listed = ", ".join(numbers)
        raise click.UsageError(
            f"there is no change with the number {listed}; `syncer changes` lists them"
        )


def _change_row(app: App, event: Event) -> dict[str, Any]:
    return {
        "event": event.id,
        "council": _councils_of(app, event),
        "what": views.change_in_words(event.area or event.record, event.old, event.new),
    }


def _councils_of(app: App, event: Event) -> str:
    names = []
    for slug in event.councils:
        names.append(views.council_label(app.register, slug).name)
    return " and ".join(names)

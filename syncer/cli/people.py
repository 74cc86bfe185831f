"""Who is told what: subscribe, confirm, pause, leave, be forgotten; and everyone as one file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from syncer.cli import Settings, pass_settings
from syncer.cli.numbers import Number
from syncer.cli.output import emit, form_of, print_json
from syncer.errors import Contradiction, RosterError
from syncer.files import write_private
from syncer.model import Area, Change, Frequency, Grade, Subscriber, Subscription
from syncer.quantities.money import read_amount_cell
from syncer.subscriptions.channels import WEBHOOK, is_of_chat, looks_like_one
from syncer.subscriptions.match import ALSO_CALLED, KINDS, describe
from syncer.subscriptions.schedule import WEEKDAYS
from syncer.views.listing import Column, Listing, Row, plain_columns

if TYPE_CHECKING:
    import datetime as dt

    from syncer.app import App
    from syncer.delivery.erasing import Erasure
    from syncer.operations import replies
    from syncer.operations.roster import Entry
    from syncer.operations.self_service import Asked
    from syncer.store.channels import Added

KNOWN_KINDS = sorted({*KINDS.values(), *(name for names in ALSO_CALLED.values() for name in names)})
MOST_MAIL_BYTES = 20_000_000
"""Of a mail on stdin more is not read."""
QUIET = ("off", "monthly", "weekly")
SHORTEST_DAY = 3
"""Letters of a day that is shortened."""


class Pounds(click.ParamType[int]):
    """An amount in whole pounds, as in £250,000 or 1.5m."""

    name = "£"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value

        written = value if value.startswith("£") else f"£{value}"
        money = read_amount_cell(written)
        if money is None or money.pounds < 0:
            self.fail(f"{value!r} is not an amount like £250,000 or 1.5m", param, ctx)
        return money.pounds


class Weekday(click.ParamType[str]):
    """A day of the week, in full or shortened to three letters or more: monday, mon."""

    name = "DAY"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        named = _weekday(str(value).lower())
        if named is None:
            self.fail(f"{value!r} is not one of {', '.join(WEEKDAYS)}", param, ctx)
        return named


def _weekday(typed: str) -> str | None:
    """Return the day that begins like this; None where it is none, or too short to say which."""
    if len(typed) < SHORTEST_DAY:
        return None
    return next((day for day in WEEKDAYS if day.startswith(typed)), None)


def values(words: type[StrEnum]) -> click.Choice[str]:
    """Return the choice among the words, as they are written in data."""
    written = [word.value for word in words]
    return click.Choice(written)


# -- subscribe -------------------------------------------------------------------------------------


@click.command()
@click.argument("address")
@click.option(
    "--council",
    "councils",
    multiple=True,
    metavar="C",
    help="Follow this council; may be given again.",
)
@click.option(
    "--region",
    "regions",
    multiple=True,
    metavar="R",
    help="Follow every council of this region; may be given again.",
)
@click.option(
    "--neighbours-of",
    multiple=True,
    metavar="C",
    help="Follow the statistical neighbours of this council.",
)
@click.option("--but", multiple=True, metavar="C", help="All of these but this council.")
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(KNOWN_KINDS), help="Only this kind of news."
)
@click.option("--area", "areas", multiple=True, type=values(Area), help="Only this judgement.")
@click.option(
    "--direction", "directions", multiple=True, type=values(Change), help="Only a change like this."
)
@click.option(
    "--grade",
    "grades",
    multiple=True,
    type=values(Grade),
    help="Only a judgement that becomes or stops being this.",
)
@click.option(
    "--minimum",
    "minimum_pounds",
    type=Pounds(),
    default=0,
    help="Of money, only this much and more.",
)
@click.option(
    "--programme",
    "programmes",
    multiple=True,
    metavar="P",
    help="Of money, only of this programme, by any name of it.",
)
@click.option(
    "--record",
    "records",
    multiple=True,
    type=int,
    metavar="ID",
    help="One notice or award until it ends, by its `id` in `interventions` or `awards`.",
)
@click.option("--payments", is_flag=True, help="Single payments too, besides awards.")
@click.option(
    "--immediately", is_flag=True, help="As it happens (this is so when nothing else is said)."
)
@click.option("--daily", type=click.IntRange(0, 23), metavar="HH", help="Once a day at this hour.")
@click.option(
    "--weekly",
    type=(Weekday(), click.IntRange(0, 23)),
    metavar="DAY HH",
    help="Once a week, on this day at this hour, as in: --weekly monday 7.",
)
@click.option(
    "--all-quiet",
    type=click.Choice(QUIET),
    help="How often to say that nothing has changed; monthly when nothing is said.",
)
@click.option("--confirmed", is_flag=True, help="The address has agreed: do not ask it.")
@click.option(
    "--label",
    default="",
    metavar="NAME",
    help="What a chat or webhook is called, whose address is shown nowhere.",
)
@pass_settings
def subscribe(
    settings: Settings,
    /,
    address: str,
    immediately: bool,
    daily: int | None,
    weekly: tuple[str, int] | None,
    all_quiet: str | None,
    confirmed: bool,
    label: str,
    **filters: Any,
) -> None:
    """Tell ADDRESS what changes from now on: a mail address, a chat (slack://…, workflows://… for
    Teams) or a webhook (https://…). `-` reads it from stdin.

    Without a filter that is every change of every council. Filters of different kinds must all fit;
    those given twice are alternatives. `syncer subscribe ADDRESS --grade inadequate` is every
    judgement of any council that becomes or stops being inadequate.
    """
    when = _when(immediately, daily, weekly)
    typed = _typed(address)
    with settings.app(may_begin=True) as app, app.store.writing():
        wanted = _wanted(app, filters, when)
        added = _add_subscriber(app, typed, label, all_quiet)
        person, number = _add(app, added.subscriber, wanted)
        if confirmed:
            person = _confirm(app, person, "syncer subscribe --confirmed")
        wants = describe(wanted, app.register)
        done = Subscribed(
            person,
            number,
            wants,
            _ask_if_pending(app, person),
            added.new_key,
        )
    _print_subscribed(settings, done)


def _print_subscribed(settings: Settings, done: Subscribed) -> None:
    if settings.json:
        print_json(done.as_json())
        return
    who = _called(done.person)
    click.echo(f"{who}: {done.wants} (subscription {done.number}).")
    if done.new_key:
        click.echo(done.new_key)
        click.echo("The key that signs what is posted; it is not shown again.", err=True)
    click.echo(_next(done.person, done.asked), err=True)


def _called(person: Subscriber) -> str:
    from syncer.operations.channels import shown

    return shown(person)


@dataclass(frozen=True)
class Subscribed:
    """What came of `subscribe`."""

    person: Subscriber
    number: int
    wants: str
    asked: int | None
    """The delivery that asks the address to confirm."""
    new_key: str = ""
    """What signs, of a webhook that is new."""

    def as_json(self) -> dict[str, Any]:
        """Return it as DESIGN §10 promises it; a new webhook's key besides."""
        said = {
            "address": self.person.address,
            "subscription": self.number,
            "state": self.person.state,
            "wants": self.wants,
            "confirmation": self.asked,
            **channel_of(self.person),
        }
        return said | {"signing_key": self.new_key} if self.new_key else said


def channel_of(person: Subscriber) -> dict[str, str]:
    """Return by which channel somebody is told, as JSON has it."""
    return {"channel": person.channel, "kind": person.kind, "host": person.host}


def _typed(address: str) -> str:
    """Return the address, from stdin where `-` was typed: a secret stays out of the shell's
    history."""
    return sys.stdin.readline().strip() if address == "-" else address


def _add_subscriber(app: App, typed: str, label: str, all_quiet: str | None) -> Added:
    """Return the subscriber with this address, new or known. Raises UsageError for a label of what
    is shown by its address."""
    from syncer.operations import channels
    from syncer.store.channels import Added

    if looks_like_one(typed):
        return channels.add(app, typed, label, all_quiet)
    if label:
        raise click.UsageError("--label is for a chat or webhook")
    return Added(_add_person(app, typed, all_quiet))


def _add(app: App, person: Subscriber, wanted: Subscription) -> tuple[Subscriber, int]:
    """Return the subscriber, and the number of the subscription that is added."""
    from syncer.store import events, people

    newest = events.last_seq(app.store)
    added = people.subscribe(app.store, person.id, wanted, newest)
    return people.get(app.store, person.id), added.id


def _add_person(app: App, address: str, all_quiet: str | None) -> Subscriber:
    """Return the subscriber with this address, new or known; how often to say that nothing has
    changed stays as it was where nothing is said of it."""
    from syncer.store import people

    person = people.add(app.store, address, app.now, all_quiet=all_quiet or "monthly")
    if all_quiet:
        people.set_all_quiet(app.store, person.id, all_quiet)
    return person


def _confirm(app: App, person: Subscriber, words: str) -> Subscriber:
    """Note that an address has agreed, as the operator says. Raises SaidNo."""
    from syncer.operations import consent

    return consent.vouch(app, person, words)


def _when(immediately: bool, daily: int | None, weekly: tuple[str, int] | None) -> dict[str, Any]:
    """Return the fields of a Subscription that say how often. Raises UsageError for two answers."""
    _check_one_answer(immediately, daily is not None, weekly is not None)
    if weekly is not None:
        weekday, hour = weekly
        return {"frequency": Frequency.WEEKLY, "weekday": weekday, "hour": hour}
    if daily is not None:
        return {"frequency": Frequency.DAILY, "hour": daily}
    return {"frequency": Frequency.IMMEDIATELY}


def _check_one_answer(*given: bool) -> None:
    """Raise UsageError where more than one answer to how often was given."""
    if sum(given) > 1:
        raise click.UsageError("choose one of --immediately, --daily and --weekly")


def _wanted(app: App, filters: dict[str, Any], when: dict[str, Any]) -> Subscription:
    """Return the subscription asked for. Raises what `wishes.wanted` raises, and UsageError for one
    that excludes itself."""
    from syncer.operations import wishes

    try:
        return wishes.wanted(app, {**_as_typed(filters), **when})
    except Contradiction as error:
        raise click.UsageError(str(error)) from error


def _as_typed(filters: dict[str, Any]) -> dict[str, Any]:
    """Return the filters with words in the place of what click makes of them."""
    typed: dict[str, Any] = {}
    for name, value in filters.items():
        is_list = isinstance(value, tuple) and name != "records"
        typed[name] = tuple(map(str, value)) if is_list else value
    return typed


def _ask_if_pending(app: App, person: Subscriber) -> int | None:
    """Ask an address that has not agreed yet to confirm; return the delivery that does."""
    if person.state != "pending":
        return None
    return _ask(app, person)


def _ask(app: App, person: Subscriber, asked_by: str = "operator") -> int:
    from syncer.operations.self_service import ask_pending

    return ask_pending(app, person, asked_by)


def _next(person: Subscriber, asked: int | None) -> str:
    if asked:
        return (
            f"Not told anything yet: the address is asked to confirm, in delivery {asked} "
            f"(`syncer send` sends it). `syncer confirm {person.address}` does without its answer."
        )
    if person.state in ("paused", "bounced"):
        return f"{person.address} is {person.state}: `syncer resume {person.address}`."
    if person.welcomed is None:
        return "The next digest is a welcome with how things stand."
    if person.channel == WEBHOOK and is_of_chat(person.host):
        return (
            f"{person.host} is a chat's, and takes no JSON of ours: subscribe it by the address "
            "that docs/channels.md shows."
        )
    return "It begins with the next change."


# -- subscribers -----------------------------------------------------------------------------------

COLUMNS = (
    Column("address", wording=lambda row: _address_in_words(row)),
    *plain_columns("state"),
    Column("subscription", right=True),
    *plain_columns("wants", "all_quiet", "welcomed"),
    Column("consent", wording=lambda row: _consent_in_words(row)),
    *plain_columns("consent_how", "said_no", hidden=True),
    *plain_columns("channel", "kind", "host", hidden=True),
)


def _address_in_words(row: Row) -> str:
    """Return an address; of a chat or webhook its label, its kind and its host."""
    more = ", ".join(filter(None, (row["kind"], row["host"])))
    return f"{row['address']} ({more})" if more else str(row["address"])


@click.command()
@click.argument("address", required=False)
@click.option(
    "--export",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write everyone into a file.",
)
@click.option(
    "--import",
    "origin",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Add everyone in a file, .toml or .csv.",
)
@click.option(
    "--with-secrets",
    is_flag=True,
    help="Export the addresses and keys of chats and webhooks, and who said no, too; only you can "
    "read the file.",
)
@pass_settings
def subscribers(
    settings: Settings,
    address: str | None,
    target: Path | None,
    origin: Path | None,
    with_secrets: bool,
) -> int:
    """Who is told what; or everyone into a file (.toml, .csv), or out of one.

    What is in the store and not in the file stays as it is.
    """
    if target and origin:
        raise click.UsageError("choose one of --export and --import")
    if with_secrets and not target:
        raise click.UsageError("--with-secrets goes with --export FILE")

    with settings.app(may_begin=origin is not None) as app:
        if origin:
            return _take_in(app, origin)
        if target:
            _write(app, _everyone(app, address), target, with_secrets=with_secrets)
            if with_secrets and not address:
                _append_refusals(app, target)
        else:
            _list(settings, app, _everyone(app, address))
    return 0


def _list(settings: Settings, app: App, everyone: Sequence[Subscriber]) -> None:
    listing = Listing(
        COLUMNS,
        _rows(app, everyone),
        empty="Nobody is subscribed; `syncer subscribe ADDRESS` begins.",
    )
    emit(listing, form_of(as_json=settings.json))


def _consent_in_words(row: Row) -> str:
    """Return when and how somebody agreed, or that they said no."""
    if row["said_no"]:
        return f"said no {row['said_no']}"
    return f"{row['consent']} by {row['consent_how']}" if row["consent"] else ""


def _everyone(app: App, address: str | None) -> list[Subscriber]:
    """Return the subscriber with this address, or all where none is named."""
    from syncer.store import people

    if address:
        return [people.find(app.store, address)]
    return people.listing(app.store)


def _rows(app: App, everyone: Sequence[Subscriber]) -> list[dict[str, Any]]:
    """Return one row a subscription, and one for each subscriber who has none."""
    rows = []
    for person in everyone:
        for subscription in person.subscriptions or (None,):
            rows.append(_row(app, person, subscription))
    return rows


def _row(app: App, person: Subscriber, wanted: Subscription | None) -> dict[str, Any]:
    return {
        "address": person.address,
        "state": person.state,
        "subscription": wanted.id if wanted else None,
        "wants": describe(wanted, app.register) if wanted else "",
        "all_quiet": person.all_quiet,
        "welcomed": person.welcomed.date() if person.welcomed else None,
        **channel_of(person),
        **_consent_of(app, person),
    }


def _consent_of(app: App, person: Subscriber) -> dict[str, Any]:
    """Return when and how somebody agreed last, and when they said no."""
    from syncer.operations import consent

    known = consent.standing(app.store, person)
    return {
        "consent": known.agreed.at.date() if known.agreed else None,
        "consent_how": known.agreed.how if known.agreed else "",
        "said_no": known.refused.since[:10] if known.refused else None,
    }


def _form(path: Path) -> Literal["toml", "csv"]:
    """Return the format that a file's name ends in. Raises UsageError for any other."""
    match path.suffix.lower():
        case ".toml":
            return "toml"
        case ".csv":
            return "csv"
    raise click.UsageError(f"{path}: the name has to end in .toml or .csv")


def _write(app: App, everyone: Sequence[Subscriber], target: Path, *, with_secrets: bool) -> None:
    """Write everyone into a file. Raises UsageError where that cannot be written."""
    from syncer.operations import roster

    write = {"toml": roster.to_toml, "csv": roster.to_csv}[_form(target)]
    entries = roster.with_consents(app.store, everyone)
    if with_secrets:
        entries = roster.with_secrets(app.store, everyone)
    _write_text(target, write(entries))
    click.echo(f"{len(entries)} written to {target}", err=True)


def _append_refusals(app: App, target: Path) -> None:
    """Write at the end of the file who said no, by keyed hashes and their keys."""
    from syncer.operations import refusals_file

    if _form(target) == "csv":
        click.echo("Who was erased, and said no by that, is in a .toml file only.", err=True)
        return
    written = target.read_text(encoding="utf-8")
    _write_text(target, f"{written}\n{refusals_file.to_toml(app.store)}")


def _write_text(target: Path, text: str) -> None:
    """Write a file that nobody else can read, also where there was one. Raises UsageError where
    that cannot be done."""
    try:
        write_private(target, text)
    except OSError as error:
        raise click.UsageError(f"{target} cannot be written: {error.strerror}") from error


def _take_in(app: App, origin: Path) -> int:
    """Add all of a file or, where it has a fault, nothing; those it does not call active are asked
    to confirm. Return the exit code: 1 where somebody was left out who said no. Raises
    RosterError."""
    entries = _entries(app, origin)
    _take_in_refusals(app, origin)
    refused = _said_no(app, entries)
    added, asked = _add_all(app, entries)
    click.echo(
        f"{len(entries)} subscribers read from {origin}: {added} new subscriptions, "
        f"{asked} asked to confirm",
        err=True,
    )
    if refused:
        said = ", ".join(refused)
        click.echo(
            f"SaidNo: {len(refused)} of the file said no and were left out: {said}", err=True
        )
    return 1 if refused else 0


def _take_in_refusals(app: App, origin: Path) -> None:
    """Add who said no, as the file says by keyed hashes. Raises RosterError."""
    from syncer.operations import roster
    from syncer.store import refusals

    if _form(origin) == "csv":
        return
    found = roster.refusals_in_toml(origin.read_text(encoding="utf-8"))
    if found.said_no:
        refusals.take_in(app.store, found)


def _said_no(app: App, entries: Iterable[Entry]) -> list[str]:
    """Return the addresses that the file would add, and that said no."""
    from syncer.operations import roster

    return roster.said_no(app.store, entries)


def _add_all(app: App, entries: Iterable[Entry]) -> tuple[int, int]:
    """Add everyone; return how many subscriptions are new, and how many people were asked to
    confirm."""
    from syncer.operations import roster
    from syncer.store import events, people

    with app.store.writing():
        before = {person.id for person in people.listing(app.store, ["pending"])}
        newest = events.last_seq(app.store)
        allowed = app.config.webhooks.allow_hosts
        added = roster.take_in(app.store, entries, newest, app.now, allowed)
        return added, _ask_others(app, before)


def _entries(app: App, origin: Path) -> tuple[Entry, ...]:
    """Return what a file says of everyone. Raises RosterError."""
    from syncer.operations import roster

    read = {"toml": roster.from_toml, "csv": roster.from_csv}[_form(origin)]
    try:
        text = origin.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RosterError(f"{origin} is not UTF-8 text", (str(error),)) from error
    return read(text, app.register)


def _ask_others(app: App, asked_before: Collection[int]) -> int:
    """Ask everyone who is pending and was not asked before; return how many those are."""
    from syncer.store import people

    asked = 0
    for person in people.listing(app.store, ["pending"]):
        if person.id not in asked_before:
            _ask(app, person, "import")
            asked += 1
    return asked


# -- One person ------------------------------------------------------------------------------------


@click.command()
@click.argument("address")
@click.option(
    "--subscription",
    "number",
    type=Number(),
    default=0,
    metavar="N",
    help="Only this one; without it all of them.",
)
@pass_settings
def unsubscribe(settings: Settings, address: str, number: int) -> None:
    """Tell ADDRESS nothing more; what waits for it is taken back."""
    with settings.app() as app:
        person = _unsubscribed(app, address, number)

    ended = _ended_in_words(number, left=len(person.subscriptions))
    click.echo(f"{person.address}: {ended}", err=True)


def _ended_in_words(number: int, left: int) -> str:
    """Return what ended: one subscription or, with 0, all; and how many are left."""
    ended = f"subscription {number}" if number else "every subscription"
    rest = f", {left} left" if left else ""
    return f"{ended} ended{rest}"


def _unsubscribed(app: App, address: str, number: int) -> Subscriber:
    """End one subscription, or all with 0. Raises UsageError for one that is another's."""
    from syncer.store import people

    person = people.find(app.store, address)
    if number:
        _check_has(person, number)
    return people.unsubscribe(app.store, person.id, app.now, number)


def _check_has(person: Subscriber, number: int) -> None:
    """Raise UsageError unless the subscription is this person's."""
    own = [subscription.id for subscription in person.subscriptions]
    if number in own:
        return

    mine = ", ".join(map(str, own)) or "none"
    raise click.UsageError(f"{person.address} has no subscription {number}; it has: {mine}")


@click.command()
@click.argument("who", metavar="ADDRESS|TOKEN|-")
@pass_settings
def confirm(settings: Settings, who: str) -> None:
    """Confirm an address: by your own word, by the token it was sent, or by the mail it answered
    with (`-`: read from stdin).

    An answer may also ask to unsubscribe, pause, resume or erase; it is done.
    """
    from syncer.operations import replies

    with settings.app() as app:
        if "@" in who or _is_label(app, who):
            _confirm_by_word(settings, app, who)
            return

        request = _request(app, who)
        if isinstance(request, replies.Ignored):
            click.echo(f"ignored: {request.reason}", err=True)
        else:
            _redeem(settings, app, request)


def _is_label(app: App, typed: str) -> bool:
    """Return whether it is the label of a chat or webhook."""
    from syncer.store import channels

    return channels.labelled(app.store, typed) is not None


def _confirm_by_word(settings: Settings, app: App, address: str) -> None:
    from syncer.store import people

    person = people.find(app.store, address)
    _done(settings, _confirm(app, person, "syncer confirm ADDRESS"))


def _request(app: App, who: str) -> Asked | replies.Ignored:
    """Return what a token, or the mail on stdin (`-`), asks for. Raises BadToken."""
    from syncer.operations import replies
    from syncer.operations.self_service import asked_by_token

    if who == "-":
        mail = sys.stdin.buffer.read(MOST_MAIL_BYTES)
        return replies.requested(app, mail)
    return asked_by_token(app, who)


def _redeem(settings: Settings, app: App, request: Asked) -> None:
    """Do what was asked for with a proof, and print what came of it."""
    from syncer.links import Action
    from syncer.operations import self_service
    from syncer.store import people

    if request.action is Action.ERASE:
        _erase(app, people.get(app.store, request.subscriber).address)
        return

    words = f"an answer by mail: {request.action}"
    person = self_service.do(app, request, "mail", words)
    _done(settings, person)


@click.command()
@click.argument("address")
@pass_settings
def pause(settings: Settings, address: str) -> None:
    """Write no more to ADDRESS until it is resumed; what waits is taken back."""
    from syncer.store import people

    def stop(app: App, person: Subscriber) -> Subscriber:
        return people.stop(app.store, person.id, "paused", app.now)

    _change(settings, address, stop)


@click.command()
@click.argument("address")
@pass_settings
def resume(settings: Settings, address: str) -> None:
    """Write to ADDRESS again, beginning with a welcome: not with what happened meanwhile."""
    from syncer.operations import consent

    _change(settings, address, consent.resume)


def _change(
    settings: Settings, address: str, change: Callable[[App, Subscriber], Subscriber]
) -> None:
    from syncer.store import people

    with settings.app() as app:
        person = people.find(app.store, address)
        _done(settings, change(app, person))


def _done(settings: Settings, person: Subscriber) -> None:
    if settings.json:
        print_json({"address": person.address, "state": person.state})
    else:
        click.echo(f"{person.address} is {person.state}", err=True)


@click.command()
@click.argument("address")
@pass_settings
def erase(settings: Settings, address: str) -> None:
    """Forget ADDRESS and every message to it: at once here, and in the backups as they age out."""
    with settings.app() as app:
        _erase(app, _label_of(app, address))


def _label_of(app: App, typed: str) -> str:
    """Return the label of a chat or webhook whose address was typed; a mail address as it is."""
    from syncer.store import people

    return people.find(app.store, typed).address if looks_like_one(typed) else typed


def _forget(app: App, address: str) -> Erasure:
    from syncer.delivery.erasing import erase as forget
    from syncer.delivery.transports.maildir import Maildir

    return forget(
        app.store,
        Maildir(app.config.mail.maildir),
        address,
        app.now,
        app.config.keep.backups_days,
        app.config.inbox.maildir,
    )


def _erase(app: App, address: str) -> None:
    done = _forget(app, address)
    click.echo(
        f"{address}: {done.lines} lines of the store and {done.files} files named it; "
        "none does now. A keyed hash of the address stays, by which it is known that it said no: "
        "only its own confirmation lifts that.",
        err=True,
    )
    for what in done.left:
        click.echo(f"not done: {what}", err=True)
    _print_copies(app, done.backups_until)


def _print_copies(app: App, until: dt.date) -> None:
    """Print how many copies of the store may still name somebody, and for how long."""
    from syncer.operations.backups import naming_people

    copies = len(naming_people(app))
    click.echo(
        f"{copies} backups and copies put aside lie beside the store; those made before now may"
        f" name it until {until} ([keep] backups_days).",
        err=True,
    )

"""Everyone's subscriptions as one file, TOML or CSV, to keep under version control, to fill in by
hand, to move to another machine.

Numbers, marks and moments are the store's own and not in the file: whoever is imported starts with
a welcome, not with a backlog. What is exported and imported again is the same. A file with faults
changes nothing, and all its faults are named.

    [[subscriber]]                            address,state,councils,frequency …
    address = "ada@example.org"               ada@example.org,active,leeds;trafford,daily …
    [[subscriber.subscription]]
    councils = ["leeds", "trafford"]
    frequency = "daily"
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from msgspec import Meta
from msgspec.structs import replace

from syncer.errors import NoSuchSubscriber, RosterError, SyncerError
from syncer.model import (
    Area,
    Change,
    FollowedRecord,
    Frequency,
    Grade,
    Subscriber,
    Subscription,
)
from syncer.operations import consent, refusals_file
from syncer.operations.channels import checked
from syncer.register.councils import Register
from syncer.register.programmes import load_programmes
from syncer.store import Store, addresses, as_moment, as_text, channels, people, records
from syncer.store.consents import Consent
from syncer.store.refusals import Everyone
from syncer.subscriptions.channels import BY_LABEL, WEBHOOK, checked_label, read
from syncer.subscriptions.match import ALSO_CALLED, KINDS
from syncer.subscriptions.schedule import WEEKDAYS
from syncer.tables import Check, Fault, Meant, Reader, Sought, Table, default_of, keys_of

BETWEEN = ";"
MOST_NAMED = 3
"""So many addresses with one fault are named."""
DIGITS = re.compile(r"[0-9]{1,15}")
NUMBER = re.compile(rf"({DIGITS.pattern})(?:\.0+)?")  # some programs write 7.0
YES_OR_NO = {
    **dict.fromkeys(("yes", "y", "true", "t", "on", "1"), True),
    **dict.fromkeys(("no", "n", "false", "f", "off", "0"), False),
}
MOST_POUNDS = 10**12
"""More than any grant, and no more than the store can hold."""
CELLS_TOO_MANY = "cells without a header"
KNOWN_KINDS = {*KINDS.values(), *(name for names in ALSO_CALLED.values() for name in names)}


def _split(value: Any) -> Any:
    """Return the list that a cell of a CSV file holds, with semicolons; any other value as it
    is."""
    if not isinstance(value, str):
        return value
    parts = [part.strip() for part in value.split(BETWEEN)]
    return [part for part in parts if part]


def _yes_or_no(value: Any) -> Any:
    """Return what the text of a cell says, or 1 or 0; any other value as it is."""
    return YES_OR_NO.get(str(value).strip().lower(), value)


def _whole_number(value: Any) -> Any:
    """Return the number that the digits of a cell are, or 7.0; any other value as it is."""
    found = NUMBER.fullmatch(str(value).strip())
    return int(found[1]) if found else value


def _one_of(known: Iterable[str]) -> Check:
    allowed = tuple(known)

    def check(value: str) -> str:
        typed = value.lower()
        if typed not in allowed:
            raise ValueError(f"{value!r} is not one of " + ", ".join(sorted(allowed)))
        return typed

    return Check(check)


def _named(error: SyncerError) -> ValueError:
    return ValueError(f"{error} {error.hint}".strip())


def _council(name: str, register: Register) -> str:
    try:
        return register.find(name).slug
    except SyncerError as error:
        raise _named(error) from error


def _region(name: str, register: Register) -> str:
    try:
        return register.region(name)[0].region
    except SyncerError as error:
        raise _named(error) from error


def _programme(name: str) -> str:
    try:
        return load_programmes().find(name).name
    except SyncerError as error:
        raise _named(error) from error


def _record(written: Any) -> Any:
    """Return the record that "123 Improvement notice: Leeds" names; what is no text, as it is."""
    if not isinstance(written, str):
        return written
    number, _, title = written.strip().partition(" ")
    if not DIGITS.fullmatch(number) or not title.strip():
        raise ValueError(f"{written!r} is not the number of a record and its title")
    return FollowedRecord(int(number), title.strip())


def _address(address: str) -> str:
    """Return a mail address as it is written to, or the label of a chat or webhook."""
    try:
        if "@" not in address:
            return checked_label(address)
        return addresses.normalised(address)
    except SyncerError as error:
        raise _named(error) from error


def _wrong_channel(address: str) -> str:
    """Return what is wrong with an address that does not fit its channel."""
    try:
        addresses.normalised(address)
    except SyncerError as error:
        return f"address: {_named(error)}"
    return f"{address} is a mail address: its channel is email"


def _secret(address: str) -> str:
    """Return the address of a chat or webhook; empty where the file leaves it out. Raises
    ValueError, which does not name it."""
    try:
        return read(address).secret if address else ""
    except SyncerError as error:
        raise _named(error) from error


def _signing_key(key: str) -> str:
    """Return a key that signs. Raises ValueError, which does not name it."""
    if key and not channels.is_key(key):
        raise ValueError("not a key that signs (whsec_…)")
    return key


def _moment(text: str) -> str:
    """Return a moment as it is stored. Raises ValueError for what is none."""
    if not text:
        return ""
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} does not say in which time zone")
    return as_text(moment)


Councils = Annotated[tuple[Annotated[str, Sought(_council)], ...], Meant(_split)]
Regions = Annotated[tuple[Annotated[str, Sought(_region)], ...], Meant(_split)]
Programmes = Annotated[tuple[Annotated[str, Check(_programme)], ...], Meant(_split)]
Records = Annotated[tuple[Annotated[FollowedRecord, Meant(_record)], ...], Meant(_split)]
Kinds = Annotated[tuple[Annotated[str, _one_of(KNOWN_KINDS)], ...], Meant(_split)]
Areas = Annotated[tuple[Annotated[str, _one_of(Area)], ...], Meant(_split)]
Directions = Annotated[tuple[Annotated[str, _one_of(Change)], ...], Meant(_split)]
Grades = Annotated[tuple[Annotated[str, _one_of(Grade)], ...], Meant(_split)]


class Wanted(Table, frozen=True):
    """One subscription as it stands in a file."""

    councils: Councils = ()
    regions: Regions = ()
    neighbours_of: Councils = ()
    kinds: Kinds = ()
    areas: Areas = ()
    directions: Directions = ()
    grades: Grades = ()
    minimum_pounds: Annotated[int, Meta(ge=0, le=MOST_POUNDS), Meant(_whole_number)] = 0
    payments: Annotated[bool, Meant(_yes_or_no)] = False
    frequency: Frequency = Frequency.IMMEDIATELY
    weekday: Annotated[str, _one_of(WEEKDAYS)] = "monday"
    hour: Annotated[int, Meta(ge=0, le=23), Meant(_whole_number)] = 7
    but: Councils = ()
    programmes: Programmes = ()
    records: Records = ()


class Entry(Table, frozen=True, kw_only=True):
    """One subscriber as they stand in a file. Left out, the state is pending: the address is asked
    to confirm. Where it is active, who writes the file vouches for the address; `consented`,
    `consent_how` and `consent_words` say when, how and to which words it agreed."""

    HIDDEN = ("secret_address", "signing_key")

    address: Annotated[str, Check(_address)]
    channel: Literal["email", "chat", "webhook"] = "email"
    state: Literal["pending", "active", "paused", "bounced", "unsubscribed"] = "pending"
    all_quiet: Literal["off", "monthly", "weekly"] = "monthly"
    secret_address: Annotated[str, Check(_secret)] = ""
    signing_key: Annotated[str, Check(_signing_key)] = ""
    consented: Annotated[str, Check(_moment)] = ""
    consent_how: Literal["", "link", "mail", "operator", "import"] = ""
    consent_words: str = ""
    subscription: tuple[Wanted, ...] = ()

    def contradictions(self) -> Iterator[str]:
        """Yield what is wrong where a mail address is in a chat's place, or the other way round."""
        is_mail = "@" in self.address
        if is_mail != (self.channel == people.CHANNEL):
            yield _wrong_channel(self.address)
        elif is_mail and (self.secret_address or self.signing_key):
            yield f"{self.address} is a mail address: it has no secret"
        elif self.channel == WEBHOOK and bool(self.secret_address) != bool(self.signing_key):
            yield f"{self.address}: a webhook has secret_address and signing_key"

    def key(self) -> tuple[str, str]:
        """Return what tells one subscriber from another: the channel and the address in any
        case."""
        return self.channel, self.address.casefold()


SECRET = Entry.HIDDEN
CONSENT = ("consented", "consent_how", "consent_words")
BESIDES = (*SECRET, *CONSENT)
"""What a file says of somebody that is kept elsewhere than with them."""
WHO = tuple(name for name in keys_of(Entry) if name not in ("subscription", *BESIDES))
WHAT = keys_of(Wanted)


def entries(subscribers: Iterable[Subscriber]) -> tuple[Entry, ...]:
    """Return what a file says of these subscribers: also of those who have left, so that they are
    not written to elsewhere. Who was erased, and who follows nothing, is in no file."""
    found = []
    for subscriber in subscribers:
        has_left = subscriber.state == "unsubscribed" and subscriber.channel == people.CHANNEL
        if has_left or subscriber.subscriptions:
            found.append(_entry(subscriber))
    return tuple(found)


def with_consents(store: Store, subscribers: Iterable[Subscriber]) -> tuple[Entry, ...]:
    """Return the same as `entries`, with when, how and to which words each agreed."""
    agreed = {}
    everyone = list(subscribers)
    for subscriber in everyone:
        found = consent.standing(store, subscriber).agreed
        if found is not None:
            agreed[subscriber.channel, subscriber.address.casefold()] = found

    whole = []
    for entry in entries(everyone):
        said = agreed.get(entry.key())
        if said is not None:
            values = (as_text(said.at), said.how, said.words)
            entry = replace(entry, **dict(zip(CONSENT, values, strict=True)))
        whole.append(entry)
    return tuple(whole)


def _entry(subscriber: Subscriber) -> Entry:
    wanted = [_wanted(subscription) for subscription in subscriber.subscriptions]
    return Entry(**_values(subscriber, WHO), subscription=tuple(wanted))


def with_secrets(store: Store, subscribers: Iterable[Subscriber]) -> tuple[Entry, ...]:
    """Return the same as `with_consents`, with the addresses and keys of chats and webhooks."""
    known = {}
    for subscriber in subscribers:
        if subscriber.channel in BY_LABEL and subscriber.state not in ("unsubscribed", "erased"):
            known[subscriber.channel, subscriber.address.casefold()] = channels.secrets_of(
                store, subscriber.id
            )

    whole = []
    for entry in with_consents(store, subscribers):
        secret = known.get(entry.key())
        if secret is not None:
            said = {"secret_address": secret.address, "signing_key": secret.signing_key}
            entry = replace(entry, **said)
        whole.append(entry)
    return tuple(whole)


def _wanted(subscription: Subscription) -> Wanted:
    return Wanted(**_values(subscription, WHAT))


def _values(thing: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}


def to_toml(roster: Sequence[Entry]) -> str:
    """Return the file as TOML; what has its default is left out."""
    blocks = []
    for entry in roster:
        blocks.append(["[[subscriber]]", *_lines(entry, (*WHO, *BESIDES))])
        for wanted in entry.subscription:
            blocks.append(["[[subscriber.subscription]]", *_lines(wanted, WHAT)])

    texts = ["\n".join(block) for block in blocks]
    return "\n\n".join(texts) + "\n"


def _lines(table: Table, names: Sequence[str]) -> list[str]:
    """Return a line for each value that is not the default. JSON's strings, numbers, booleans and
    arrays are TOML's too (except DEL, which no field here can hold)."""
    lines = []
    for name, value in _values(table, names).items():
        if value != default_of(type(table), name):
            written = _written(value)
            lines.append(f"{name} = {json.dumps(written, ensure_ascii=False)}")

    return lines


def _written(value: Any) -> Any:
    """Return a value as a file has it: a followed record as its number and its title."""
    if not isinstance(value, tuple):
        return value
    return [_part(part) for part in value]


def _part(part: Any) -> str:
    if not isinstance(part, FollowedRecord):
        return str(part)
    title = part.title.replace(BETWEEN, ",")
    return f"{part.record} {title}"


def to_csv(roster: Sequence[Entry]) -> str:
    """Return the file as CSV: one row per subscription, lists with semicolons."""
    out = io.StringIO()
    secret = SECRET if any(entry.secret_address for entry in roster) else ()
    writer = csv.DictWriter(
        out,
        [*WHO, *secret, *CONSENT, *WHAT],
        lineterminator="\n",
        extrasaction="ignore",
    )
    writer.writeheader()
    for entry in roster:
        writer.writerows(_rows(entry))

    return out.getvalue()


def _rows(entry: Entry) -> Iterator[dict[str, Any]]:
    """Yield the rows of one subscriber: one also for whoever has no subscription."""
    who = _values(entry, (*WHO, *BESIDES))
    if not entry.subscription:
        yield who
    for wanted in entry.subscription:
        yield who | _cells(wanted)


def _cells(wanted: Wanted) -> dict[str, str]:
    values = _values(wanted, WHAT)
    return {name: _cell(value) for name, value in values.items()}


def _cell(value: Any) -> str:
    if isinstance(value, tuple):
        return BETWEEN.join(_written(value))
    text = str(value)
    return text.lower() if isinstance(value, bool) else text


def from_toml(text: str, register: Register) -> tuple[Entry, ...]:
    """Read such a file. Raises RosterError with every fault in it."""
    data = _parsed(text)
    data.pop("refusals", None)
    given = data.pop("subscriber", [])
    if not isinstance(given, list):
        raise RosterError("not a file of subscribers", ("write [[subscriber]], with two brackets",))

    faults = [f"unknown {name!r}: there is only [[subscriber]]" for name in data]
    rows = [(f"subscriber {number}", row) for number, row in enumerate(given, 1)]
    return _read(rows, register, faults)


def refusals_in_toml(text: str) -> Everyone:
    """Return who said no, of whom nothing else may be left, as such a file says. Raises
    RosterError."""
    table = _parsed(text).get("refusals", {})
    return refusals_file.read(table)


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also of a number of thousands of digits
        raise RosterError("not TOML", (str(error),)) from error


def from_csv(text: str, register: Register) -> tuple[Entry, ...]:
    """Read such a file; a column left out or a cell left empty has its default. Raise RosterError
    with every fault in it."""
    lines = io.StringIO(text.removeprefix("\ufeff"))
    reader = csv.DictReader(lines, restkey=CELLS_TOO_MANY)
    unknown = set(reader.fieldnames or ()).difference(WHO, BESIDES, WHAT)
    try:
        rows = list(_csv_rows(reader, unknown))
    except csv.Error as error:
        raise RosterError("not a CSV file", (str(error),)) from error
    faults = [f"unknown column {name!r}" for name in sorted(unknown)]
    return _read(rows, register, faults)


def _csv_rows(
    reader: csv.DictReader[str], unknown: Collection[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each row as it stands in a TOML file, after where it is."""
    for row in reader:
        entry = _nested(row, unknown)
        yield f"line {reader.line_num}", entry


def _nested(row: Mapping[str, Any], unknown: Collection[str]) -> dict[str, Any]:
    """Return a row as it stands in a TOML file, without the columns that are not known and the
    cells that are empty."""
    who, what = {}, {}
    for name, value in row.items():
        if not value or name in unknown:
            continue
        if name in WHAT:
            what[name] = value
        else:
            who[name] = value

    if what:
        who["subscription"] = [what]
    return who


def _read(
    rows: Iterable[tuple[str, Any]], register: Register, faults: list[str]
) -> tuple[Entry, ...]:
    """Return the entries of all rows, one for each subscriber. Raises RosterError with the faults
    given and found."""
    found: dict[tuple[str, str], Entry] = {}
    for where, row in rows:
        reader = Reader(among=register)
        entry = reader.table(Entry, row)
        if not entry:
            faults += _faults(where, reader.faults)
            continue
        key = entry.key()
        found[key] = _joined(found.get(key), entry)

    idle = [entry.address for entry in found.values() if _is_idle(entry)]
    if idle:
        faults.append(_follow_nothing(idle))
    _check_none(faults)
    return tuple(found.values())


def _is_idle(entry: Entry) -> bool:
    """Return whether an entry is to be told something, and does not say what."""
    return entry.state != "unsubscribed" and not entry.subscription


def _follow_nothing(addresses: Sequence[str]) -> str:
    """Return the one fault of all who are to be told something, where nothing says what."""
    named = ", ".join(addresses[:MOST_NAMED])
    more = len(addresses) - MOST_NAMED
    if more > 0:
        named += f" and {more} more"
    return (
        f"{named}: nothing says what to follow. Give councils or regions, or the frequency "
        "immediately alone for every change of every council"
    )


def _check_none(faults: list[str]) -> None:
    """Raise RosterError where there is a fault."""
    if faults:
        number = f"{len(faults)} faults" if len(faults) > 1 else "a fault"
        raise RosterError(number, tuple(faults))


def _faults(where: str, faults: Iterable[Fault]) -> Iterator[str]:
    for fault in faults:
        if fault.place == (CELLS_TOO_MANY,):
            yield f"{where}: more cells than the first line has names"
            continue
        place = _place(fault.place)
        yield f"{where}: {place}{fault.said}"


def _joined(known: Entry | None, more: Entry) -> Entry:
    """Return the first of two entries of one subscriber, with the subscriptions of both."""
    if known is None:
        return more

    subscriptions = list(known.subscription)
    for wanted in more.subscription:
        if wanted not in known.subscription:
            subscriptions.append(wanted)
    return replace(known, subscription=tuple(subscriptions))


def _place(location: Sequence[int | str]) -> str:
    """Return the name of the field where a fault is, before what is said of it."""
    for part in reversed(location):
        if isinstance(part, str) and part != "subscription":
            return f"{part}: "
    return "subscription: " if location else ""


def take_in(
    store: Store,
    roster: Iterable[Entry],
    mark: int,
    now: dt.datetime,
    allow_hosts: Collection[str] = (),
) -> int:
    """Add everyone in the file, and to those who are there what they do not have yet. Return how
    many subscriptions are new. Nobody and nothing is taken away, and whoever has stopped mail does
    not get it again by this. Raises RosterError."""
    gone = _unsubscribed(store)
    added = 0
    with store.writing():
        for entry in roster:
            is_out = entry.key() in gone or _has_said_no(store, entry)
            if entry.state == "unsubscribed":
                _note_left(store, entry, now)
            elif not is_out:
                added += _add(store, entry, mark, now, allow_hosts)
    return added


def said_no(store: Store, roster: Iterable[Entry]) -> list[str]:
    """Return the addresses that a file would add, and that said no."""
    found = []
    for entry in roster:
        if entry.state != "unsubscribed" and _has_said_no(store, entry):
            found.append(entry.address)
    return found


def _has_said_no(store: Store, entry: Entry) -> bool:
    return not consent.may_be_imported(store, entry.channel, entry.address)


def _note_left(store: Store, entry: Entry, now: dt.datetime) -> None:
    """Note that somebody has left elsewhere, as the file says; whoever is known here stays as they
    are. A chat or webhook is nobody who could be written to against their will."""
    if entry.channel in BY_LABEL:
        return
    try:
        people.find(store, entry.address, entry.channel)
    except NoSuchSubscriber:
        person = people.add(store, entry.address, now, all_quiet=entry.all_quiet)
        people.unsubscribe(store, person.id, now)


def _unsubscribed(store: Store) -> set[tuple[str, str]]:
    """Return the channel and address of those who have stopped mail."""
    gone = set()
    for reader in people.listing(store, ["unsubscribed"]):
        gone.add((reader.channel, reader.address.casefold()))
    return gone


def _add(
    store: Store, entry: Entry, mark: int, now: dt.datetime, allow_hosts: Collection[str]
) -> int:
    """Add one entry; return how many of its subscriptions are new. Raises RosterError."""
    if entry.channel in BY_LABEL:
        known = _channel(store, entry, now, allow_hosts)
    else:
        known = people.add(store, entry.address, now, all_quiet=entry.all_quiet)
    for wanted in entry.subscription:
        _check_records(store, entry, wanted)
        subscription = Subscription(0, known.id, **_values(wanted, WHAT))
        people.subscribe(store, known.id, subscription, mark)

    _set_state(store, entry, known, now)
    after = people.get(store, known.id)
    return len(after.subscriptions) - len(known.subscriptions)


def _channel(
    store: Store, entry: Entry, now: dt.datetime, allow_hosts: Collection[str]
) -> Subscriber:
    """Return the chat or webhook of an entry: added, or the one that is there by its label. Raises
    RosterError."""
    known = channels.labelled(store, entry.address)
    if known is not None:
        return known
    if not entry.secret_address:
        raise RosterError(
            "a fault",
            (f"{entry.address}: its address is not in the file (--export … --with-secrets)",),
        )
    try:
        added = channels.add(
            store,
            checked(entry.secret_address, allow_hosts),
            entry.address,
            now,
            all_quiet=entry.all_quiet,
            signing_key=entry.signing_key,
        )
    except SyncerError as error:
        raise RosterError("a fault", (f"{entry.address}: {error}",)) from error

    if entry.state in ("paused", "bounced"):
        people.stop(store, added.subscriber.id, entry.state)
    return added.subscriber


def _check_records(store: Store, entry: Entry, wanted: Wanted) -> None:
    """Raise RosterError for a notice or award that this store does not know by that number: the
    numbers are each store's own."""
    for followed in wanted.records:
        record = records.shown(store, followed.record)
        if record is None or set(record.councils).isdisjoint(wanted.councils):
            fault = f"{entry.address}: no record {followed.record} of these councils is known here"
            raise RosterError("a fault", (fault,))


def _set_state(store: Store, entry: Entry, known: Subscriber, now: dt.datetime) -> None:
    """Confirm an entry whose address has agreed; stop one that is new and has been stopped."""
    if entry.state == "pending":
        return

    if known.state != "pending":
        return

    consent.vouch_by_file(store, known, _consent_in(entry), now)
    if entry.state in ("paused", "bounced"):
        people.stop(store, known.id, entry.state, now)


def _consent_in(entry: Entry) -> Consent | None:
    """Return when and how an address agreed, as the file says; None where it does not."""
    at = as_moment(entry.consented)
    if at is None:
        return None
    return Consent(at, entry.consent_how or "import", entry.consent_words)

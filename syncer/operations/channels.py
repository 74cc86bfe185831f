"""Chats and webhooks as the operator adds them: what is taken, and what is refused before anything
is sent."""

from __future__ import annotations

from collections.abc import Collection

from syncer.app import App
from syncer.delivery.transports import Transport, chat, reachable
from syncer.delivery.transports.webhook import Target, Webhook
from syncer.model import Subscriber
from syncer.store import channels, people
from syncer.store.channels import Added, Secrets
from syncer.subscriptions.channels import (
    BY_LABEL,
    CHAT,
    ChannelAddress,
    check_encrypted,
    is_allowed,
    read,
)

TEST_TEXT = "A test of syncer: here is said what changes for the councils that are followed."


def checked(typed: str, allow_hosts: Collection[str]) -> ChannelAddress:
    """Return the chat or webhook of an address. Raises BadAddress for one that is none, or would be
    sent in the clear, HostForbidden, and ChatUnavailable; none of them names the address."""
    address = read(typed)
    check_encrypted(address, allow_hosts)
    if address.channel == CHAT:
        chat.opened(address)
    else:
        allowed = is_allowed(address.host, allow_hosts)
        reachable.check_host(address.host, is_allowed=allowed)
    return address


def add(app: App, typed: str, label: str, all_quiet: str | None) -> Added:
    """Add the chat or webhook with this address, which is active at once, or return the one that is
    there. Raises what `checked` raises. Call inside `writing()`."""
    address = checked(typed, app.config.webhooks.allow_hosts)
    added = channels.add(
        app.store,
        address,
        label,
        app.now,
        all_quiet=all_quiet or "off",
    )
    if all_quiet:
        people.set_all_quiet(app.store, added.subscriber.id, all_quiet)
    return added


def test(app: App, person: Subscriber) -> str:
    """Write a test to a chat, or post one without changes to a webhook; return what is answered.
    Raises TransportError."""
    said = TEST_TEXT if person.channel == CHAT else "[]"
    by = way_to(app, person)
    with by:
        reply = by.deliver(said.encode(), "", person.address, lambda: None)
    return f"{by.name}: {reply}"


def active(app: App) -> list[Subscriber]:
    """Return the chats and webhooks that are told what changes."""
    everyone = people.listing(app.store, ["active"])
    return [person for person in everyone if person.channel in BY_LABEL]


def check(app: App, person: Subscriber) -> str:
    """Return that a chat's address can be read, or a webhook's host answers; nothing is sent.
    Raises TransportError, BadAddress."""
    return way_to(app, person).check()


def way_to(app: App, person: Subscriber) -> Transport:
    """Return what writes to a chat or webhook outside the outbox. Raises BadAddress."""
    known = channels.secrets_of(app.store, person.id)
    return transport_to(app, person.address, known)


def transport_to(app: App, label: str, known: Secrets) -> Transport:
    """Return what writes to this address. Raises BadAddress."""
    address = read(known.address)
    if address.channel == CHAT:
        return chat.Chat(address)
    target = Target(
        label,
        0,
        known.address,
        known.signing_key,
    )
    return Webhook(target, app.clock, app.config.webhooks.allow_hosts)


def shown(person: Subscriber) -> str:
    """Return what a subscriber is called where more is said than the address: "London team (slack,
    hooks.slack.com)"."""
    more = ", ".join(filter(None, (person.kind, person.host)))
    return f"{person.address} ({more})" if more else person.address

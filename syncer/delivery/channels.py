"""The ways by which a message leaves besides mail: each delivery to a chat or webhook has a
transport of its own, made of the address that only the store knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection

from syncer.delivery.transports.base import Transport
from syncer.delivery.transports.chat import Chat
from syncer.delivery.transports.webhook import Target, Webhook
from syncer.errors import BadAddress, NoSuchSubscriber, TransportError
from syncer.store import Store, channels
from syncer.store.outbox import Delivery
from syncer.subscriptions.channels import CHAT, read

Ways = Callable[[Delivery], Transport]
"""Gives the transport of a delivery to a chat or webhook. Raises TransportError."""


def ways(store: Store, clock: Callable[[], dt.datetime], allow_hosts: Collection[str]) -> Ways:
    """Return what gives each delivery its transport. `allow_hosts` is `[webhooks] allow_hosts`."""

    def way(delivery: Delivery) -> Transport:
        try:
            known = channels.secrets_of(store, delivery.subscriber)
            address = read(known.address)
        except (BadAddress, NoSuchSubscriber) as error:
            raise TransportError(str(error), permanent=True) from error
        if delivery.channel == CHAT:
            return Chat(address)
        target = Target(
            delivery.recipient,
            delivery.id,
            known.address,
            known.signing_key,
        )
        return Webhook(target, clock, allow_hosts)

    return way


def no_ways(delivery: Delivery) -> Transport:
    """Refuse every delivery but mail, for who sends nothing else."""
    raise TransportError(f"{delivery.channel} is not sent here")

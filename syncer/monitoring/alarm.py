"""What begins to go wrong, said in the operator's own chat or webhook: past the outbox, so that a
mail server that is dead can be heard of. Each problem is said once at most."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from syncer.app import App
from syncer.config import OperatorSection
from syncer.delivery.transports.chat import Chat
from syncer.delivery.transports.webhook import Target, Webhook
from syncer.digest.chat import within
from syncer.digest.wording import counted
from syncer.errors import ConfigError, InDoubt, StoreError, SyncerError, TransportError
from syncer.monitoring.log import without_addresses
from syncer.operations.channels import checked, transport_to
from syncer.store import problems
from syncer.store.channels import Secrets
from syncer.subscriptions.channels import CHAT, SHORT_TEXT, ChannelAddress

log = logging.getLogger(__name__)

Row = Mapping[str, Any]

TO_THEM = "the operator"
FAILED = "channel_failed"
"""Since when alarms could not be said, among the store's notes; so that it is warned of once."""


def tell(app: App) -> int:
    """Say what has begun and was not said yet; return how many problems that were. That it could
    not be said is a warning, and tried again only where it certainly did not arrive."""
    try:
        typed = _address(app.config.operator)
        if not typed:
            return 0
        address = checked(typed, app.config.webhooks.allow_hosts)
        return _tell(app, address)
    except OSError as error:
        _warn(app, f"[operator] channel_file cannot be read: {error.strerror}")
    except StoreError:
        return 0  # where the store refuses, the next run says it
    except SyncerError as error:
        _warn(app, f"[operator] channel cannot be used: {error}")
    return 0


def is_set(app: App) -> bool:
    """Return whether the operator has a channel."""
    operator = app.config.operator
    return bool(operator.channel) or operator.channel_file is not None


def check(app: App) -> str:
    """Return that the operator's channel can be used, without saying anything there. Raises
    SyncerError."""
    try:
        typed = _address(app.config.operator)
    except OSError as error:
        raise ConfigError(f"[operator] channel_file: {error.strerror}") from error

    address = checked(typed, app.config.webhooks.allow_hosts)
    return transport_to(app, TO_THEM, Secrets(address.secret, "")).check()


def _tell(app: App, address: ChannelAddress) -> int:
    """Note that they are said, then say them: whoever is killed between the two says nothing, and
    nobody twice."""
    with app.store.writing():
        begun = problems.take_for_channel(app.store, app.now)
    if not begun:
        return 0

    try:
        _say(app, address, begun)
    except TransportError as error:
        if not _may_have_arrived(error):
            _put_back(app, begun)
        _warn(app, f"an alarm could not be said in [operator] channel: {error}")
        return 0

    _over(app)
    return len(begun)


def _say(app: App, address: ChannelAddress, begun: Sequence[Row]) -> None:
    """Write one message about all of them. Raises TransportError."""
    if address.channel == CHAT:
        text = _text(begun, address.service.longest)
        Chat(address).deliver(text.encode(), "", TO_THEM, lambda: None)
        return

    said = {"text": _text(begun, SHORT_TEXT), "problems": [_as_json(row) for row in begun]}
    body = json.dumps(said, ensure_ascii=False).encode()
    target = Target(TO_THEM, 0, address.secret)
    webhook = Webhook(target, app.clock, app.config.webhooks.allow_hosts)
    webhook.post(f"problem-{begun[0]['id']}", body)


def _text(begun: Sequence[Row], longest: int) -> str:
    """Return one short text about problems, without anybody's address."""
    head = f"syncer: {counted(len(begun), 'problem')} began (`syncer problems` lists all)"
    lines = [without_addresses(f"{row['name']}: {row['message']}") for row in begun]
    return within(head, lines, longest)


def _as_json(row: Row) -> dict[str, str]:
    return {
        "name": row["name"],
        "message": without_addresses(row["message"]),
        "hint": without_addresses(row["hint"]),
        "source": row["source"],
        "since": row["first_at"],
    }


def _address(operator: OperatorSection) -> str:
    """Return the address of the operator's channel; empty where there is none. Raises OSError."""
    if operator.channel_file is not None:
        return operator.channel_file.read_text(encoding="utf-8").strip()
    return operator.channel.value


def _may_have_arrived(error: TransportError) -> bool:
    return isinstance(error, InDoubt) or error.may_have_arrived


def _put_back(app: App, begun: Sequence[Row]) -> None:
    with app.store.writing():
        problems.put_back_for_channel(app.store, [row["id"] for row in begun])


def _warn(app: App, what: str) -> None:
    """Warn of it, once a day while it goes on."""
    today = app.now.date().isoformat()
    with suppress(StoreError):
        if app.store.meta(FAILED) == today:
            return
        with app.store.writing():
            app.store.set_meta(FAILED, today)
    log.warning("%s", without_addresses(what))


def _over(app: App) -> None:
    """Note that alarms can be said again."""
    if app.store.meta(FAILED):
        with app.store.writing():
            app.store.set_meta(FAILED, "")

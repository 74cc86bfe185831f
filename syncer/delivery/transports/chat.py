"""One short text in a chat, through apprise (https://appriseit.com), which knows the services.

Apprise says of a message that was not sent no more than that, and logs why. What it logs is read
here, and goes nowhere else: it may name the address.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from syncer.delivery.transports.base import Capabilities, HoldsNothing
from syncer.errors import (
    AddressRefused,
    BadAddress,
    ChatUnavailable,
    InDoubt,
    TransportError,
)
from syncer.subscriptions.channels import ChannelAddress

if TYPE_CHECKING:
    from apprise import NotifyBase

LOGGER = "apprise"
NO_SUCH_CHAT = frozenset((404, 410))
NOT_NOW = frozenset((408, 425, 429))
MADE_BY = {
    "discord": ("discord", "NotifyDiscord"),
    "gchat": ("google_chat", "NotifyGoogleChat"),
    "matrix": ("matrix", "NotifyMatrix"),
    "mattermost": ("mattermost", "NotifyMattermost"),
    "rocket": ("rocketchat", "NotifyRocketChat"),
    "slack": ("slack", "NotifySlack"),
    "teams": ("workflows", "NotifyWorkflows"),
    "telegram": ("telegram", "NotifyTelegram"),
    "webex": ("webexteams", "NotifyWebexTeams"),
    "zulip": ("zulip", "NotifyZulip"),
}
"""The module and the class of apprise for each kind of chat."""
_STATUS = re.compile(r"\berror=(\d{3})\b")
NOT_SENT = frozenset(
    (
        "ConnectTimeout",
        "ConnectTimeoutError",
        "InvalidURL",
        "LocationParseError",
        "NameResolutionError",
        "NewConnectionError",
        "ProxyError",
        "SSLError",
        "TooManyRedirects",
    )
)
"""Errors of requests and urllib3 after which nothing has been handed over."""


class Chat(HoldsNothing):
    """Writes to one chat. What becomes of a message whose reply was lost nobody can say."""

    name = "chat"
    capabilities = Capabilities(reports_end_of_data=True, repeatable=False)

    def __init__(self, address: ChannelAddress) -> None:
        self._address = address

    def deliver(
        self, message: bytes, sender: str, recipient: str, before_end_of_data: Callable[[], None]
    ) -> str:
        """Write one text; return what is known of it. Raises TransportError, and InDoubt where the
        reply was lost."""
        plugin = self._opened()
        before_end_of_data()
        text = message.decode()
        with overheard() as heard:
            accepted = self._notified(plugin, text)
        if accepted:
            return f"{self._shown()} took it"
        raise _failure(self._shown(), heard)

    def check(self) -> str:
        """Return that the address can be read; a chat can only be tried by writing to it. Raises
        TransportError."""
        self._opened()
        return f"{self._shown()} can be written to"

    def _notified(self, plugin: NotifyBase, text: str) -> bool:
        """Return whether apprise has sent the text. Raises InDoubt where it fails itself: one chat
        must not hold up the others."""
        try:
            return plugin.notify(body=text)
        except Exception as error:
            what = type(error).__name__
            raise InDoubt(f"{self._shown()} could not be written to: {what} in apprise") from error

    def _opened(self) -> NotifyBase:
        try:
            return opened(self._address)
        except BadAddress as error:
            raise TransportError(str(error), permanent=True, hint=error.hint) from error

    def _shown(self) -> str:
        return self._address.host or self._address.kind


def opened(address: ChannelAddress) -> NotifyBase:
    """Return what writes to a chat, in one piece and to one place. Raises ChatUnavailable where
    apprise is not installed, BadAddress, which does not name the address."""
    try:
        from apprise import OverflowMode
    except ImportError as error:
        raise ChatUnavailable("no chat can be written to: syncer[chat] is not installed") from error

    with overheard():
        plugin = _made(address)
    if plugin is None:
        raise BadAddress(
            f"this is not an address of {address.kind}",
            "docs/channels.md says what it looks like.",
        )
    if len(plugin) > 1:
        raise BadAddress(
            f"this address of {address.kind} names several places",
            "Subscribe one place at a time: else one that fails would repeat the others.",
        )
    plugin.overflow_mode = OverflowMode.TRUNCATE
    plugin.redirects = False
    return plugin


def _made(address: ChannelAddress) -> NotifyBase | None:
    """Return the service of an address, by its module alone: to have apprise look for it would load
    all that it knows. None where it cannot read the address. No picture of theirs is shown."""
    from apprise import AppriseAsset

    module, name = MADE_BY[address.kind]
    made_by: type[NotifyBase] = getattr(import_module(f"apprise.plugins.{module}"), name)
    parts = made_by.parse_url(address.secret)
    if not parts:
        return None
    ours = AppriseAsset(app_id="syncer", image_url_mask="", image_url_logo="")
    try:
        return made_by(**{**parts, "asset": ours})
    except (TypeError, ValueError):  # what apprise raises for parts that do not fit
        return None


class _Overheard(logging.Handler):
    """Keeps the status of the last answer, and the error that ended a connection: what is being
    handled while apprise logs it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.status = 0
        self.error: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Note what a line of the log says."""
        handled = sys.exc_info()[1]
        if handled is not None:
            self.error = handled
        found = _STATUS.search(record.getMessage())
        if found:
            self.status = int(found[1])


@contextmanager
def overheard() -> Iterator[_Overheard]:
    """Listen to what apprise logs, alone, while it lasts."""
    logger = logging.getLogger(LOGGER)
    before = logger.level, logger.propagate
    listener = _Overheard()
    logger.addHandler(listener)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield listener
    finally:
        logger.removeHandler(listener)
        logger.setLevel(before[0])
        logger.propagate = before[1]


def _failure(shown: str, heard: _Overheard) -> TransportError:
    """Return the error of a message that apprise did not send."""
    if heard.status:
        return _refusal(shown, heard.status)
    if heard.error is None:
        return TransportError(f"{shown} did not take it, and apprise does not say why")

    what = type(heard.error).__name__
    if _was_not_sent(heard.error):
        return TransportError(f"{shown} could not be reached ({what})")
    return InDoubt(f"the connection to {shown} was lost before its reply ({what})")


def _refusal(shown: str, status: int) -> TransportError:
    said = f"{shown} answered {status}"
    if status in NO_SUCH_CHAT:
        return AddressRefused(f"{said}: there is no such chat")
    is_for_good = 300 <= status < 500 and status not in NOT_NOW
    return TransportError(said, permanent=is_for_good)


def _was_not_sent(error: BaseException) -> bool:
    """Return whether an error came before anything was handed over, by its kind and that of what
    caused it."""
    found: object = error
    for _ in range(5):
        if type(found).__name__ in NOT_SENT:
            return True
        found = _cause(found)
    return False


def _cause(error: object) -> object:
    """Return what an error of requests or urllib3 wraps: its `reason`, or its first argument."""
    reason = getattr(error, "reason", None)
    if reason is not None:
        return reason
    arguments = getattr(error, "args", ())
    return arguments[0] if arguments else None

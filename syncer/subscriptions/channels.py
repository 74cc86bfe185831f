"""Chats and webhooks: what their addresses are, and what may be shown of them. Pure.

An address is a secret: whoever has it can write there. What is shown in its place is a label, the
kind of service and its host.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from syncer.errors import BadAddress

EMAIL, CHAT, WEBHOOK = "email", "chat", "webhook"
BY_LABEL = (CHAT, WEBHOOK)
"""The channels whose subscribers are known by a label."""

LONGEST_LABEL = 60
SHORT_TEXT = 2000
"""Characters: a message in a chat is short, whatever the service would take."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
LAST_OF_ASCII = 126
_HOST_NAME = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


@dataclass(frozen=True)
class Service:
    """One chat service. `kind` is what it is called, `longest` how many characters it takes, `host`
    where it is (empty: the address says so). `plain`: it is spoken to without encryption."""

    kind: str
    longest: int
    host: str = ""
    plain: bool = False


TEAMS = Service("teams", 1000)
WEBEX = Service("webex", 1000, "webexapis.com")
SERVICES = {
    "workflows": TEAMS,
    "workflow": TEAMS,
    "slack": Service("slack", SHORT_TEXT, "hooks.slack.com"),
    "discord": Service("discord", SHORT_TEXT, "discord.com"),
    "mmosts": Service("mattermost", SHORT_TEXT),
    "mmost": Service("mattermost", SHORT_TEXT, plain=True),
    "rockets": Service("rocket", 1000),
    "rocket": Service("rocket", 1000, plain=True),
    "gchat": Service("gchat", SHORT_TEXT, "chat.googleapis.com"),
    "matrixs": Service("matrix", SHORT_TEXT),
    "matrix": Service("matrix", SHORT_TEXT, plain=True),
    "zulip": Service("zulip", SHORT_TEXT, "zulipchat.com"),
    "tgram": Service("telegram", SHORT_TEXT, "api.telegram.org"),
    "wxteams": WEBEX,
    "webex": WEBEX,
}
"""The schemes of addresses that are chats, as apprise names them."""

CHAT_HOSTS = (
    "hooks.slack.com",
    "discord.com",
    "chat.googleapis.com",
    "api.telegram.org",
    "webexapis.com",
    ".logic.azure.com",
    ".api.powerplatform.com",
    ".webhook.office.com",
)


@dataclass(frozen=True)
class ChannelAddress:
    """A chat or webhook. `secret` is the address as it was given, which is never shown; `host` is
    empty where an address does not say it."""

    channel: str
    kind: str
    host: str
    secret: str = field(repr=False)

    @property
    def service(self) -> Service:
        """The chat service it belongs to. Raises KeyError for a webhook."""
        return SERVICES[_scheme(self.secret)]

    def default_label(self) -> str:
        """Return what it is called where nobody has said it: kind and host."""
        return "-".join(filter(None, (self.kind, self.host)))


def is_of_chat(host: str) -> bool:
    """Return whether a webhook's host is that of a chat service, which takes messages in a form of
    its own."""
    return host.endswith(CHAT_HOSTS)


def longest_text(address: str) -> int:
    """Return how many characters a message to this chat may have."""
    service = SERVICES.get(_scheme(address))
    return service.longest if service else SHORT_TEXT


def looks_like_one(text: str) -> bool:
    """Return whether what was typed is the address of a chat or webhook, not a mail address."""
    return "://" in text


def read(text: str) -> ChannelAddress:
    """Return the chat or webhook of this address. Raises BadAddress, which does not name it."""
    typed = text.strip()
    if not looks_like_one(typed):
        raise BadAddress("not the address of a chat or webhook: it begins https://, or slack:// …")

    scheme = _scheme(typed)
    parts = _parts(typed, scheme)
    if scheme in ("https", "http"):
        return _webhook(typed, parts)

    service = SERVICES.get(scheme)
    if service is None:
        known = ", ".join(sorted(SERVICES))
        raise BadAddress(
            f"{scheme}:// is no chat that syncer writes to",
            f"Known: https (a webhook), {known}",
        )
    host = service.host or _host_shown(parts)
    return ChannelAddress(CHAT, service.kind, host, typed)


def _scheme(text: str) -> str:
    scheme, _, _ = text.partition("://")
    return scheme.lower()


def _parts(typed: str, scheme: str) -> SplitResult:
    """Return the parts of an address. Raises BadAddress for what no client could send to."""
    for sign in typed:
        if not "!" <= sign <= chr(LAST_OF_ASCII):
            raise BadAddress(
                f"the address that begins with {scheme}:// has a space or a sign outside ASCII",
                "Copy it again, whole; a host with other letters is written as xn--…",
            )
    try:
        return urlsplit(typed)
    except ValueError:
        raise BadAddress(f"the address that begins with {scheme}:// cannot be read") from None


def _webhook(typed: str, parts: SplitResult) -> ChannelAddress:
    host = (parts.hostname or "").rstrip(".")
    if not host or not _has_port(parts):
        raise BadAddress("the address of the webhook names no host, or no port that can be one")
    if "@" in parts.netloc:
        raise BadAddress(
            "the address of the webhook holds a user name or a password",
            "Put what proves who writes into the path; each message is signed besides.",
        )
    return ChannelAddress(WEBHOOK, "webhook", host, typed)


def _has_port(parts: SplitResult) -> bool:
    """Return whether the port, if any is named, can be one."""
    try:
        return parts.port != 0
    except ValueError:
        return False


def _host_shown(parts: SplitResult) -> str:
    """Return the host in the address of a chat; nothing for what may be a token in its place."""
    host = (parts.hostname or "").rstrip(".")
    is_name = bool(_HOST_NAME.fullmatch(host)) or host in LOOPBACK
    return host if is_name else ""


def check_encrypted(address: ChannelAddress, allow_hosts: Collection[str]) -> None:
    """Raise BadAddress for one that would carry its secret over a network in the clear. A webhook
    takes http for a host that is allowed, a chat for this machine too."""
    may_be_plain = is_allowed(address.host, allow_hosts)
    if address.channel == WEBHOOK:
        is_plain = _scheme(address.secret) == "http"
        instead = "https://"
    else:
        is_plain = address.service.plain
        may_be_plain = may_be_plain or address.host in LOOPBACK
        instead = f"{_scheme(address.secret)}s://"

    if is_plain and not may_be_plain:
        raise BadAddress(
            f"{_scheme(address.secret)}:// would be sent in the clear to {address.host}",
            f"Write {instead}; or name the host in [webhooks] allow_hosts.",
        )


def is_allowed(host: str, allow_hosts: Collection[str]) -> bool:
    """Return whether the operator has allowed a host by name, wherever it is."""
    allowed = {name.lower().strip("[]").rstrip(".") for name in allow_hosts}
    return host in allowed


def checked_label(label: str) -> str:
    """Return a label as it is kept. Raises BadAddress for one that could be taken for something
    else, or breaks a line."""
    kept = label.strip()
    if not kept or len(kept) > LONGEST_LABEL or not kept.isprintable():
        raise BadAddress(f"a label is one line of at most {LONGEST_LABEL} characters")
    if "@" in kept or "/" in kept or kept.isdecimal() or kept.startswith("-"):
        raise BadAddress(
            "a label has a letter in it, no @ and no /, and does not begin with -",
            'For example: --label "London team".',
        )
    return kept

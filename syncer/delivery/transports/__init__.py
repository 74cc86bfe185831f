"""How a message leaves the house. One file per transport; each declares what it can, and the outbox
acts on that.

`maildir` (the default) writes into a folder and can mail nobody; `smtp` hands over to a mail
server, `govuk_notify` to GOV.UK Notify. To add one: write its file, add its line to `TRANSPORTS`.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import ssl
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Protocol

from syncer.delivery.transports.base import Capabilities, Transport
from syncer.delivery.transports.govuk_notify import MOST_A_MINUTE, GovukNotify, Service
from syncer.delivery.transports.maildir import Maildir
from syncer.delivery.transports.smtp import Pace, Security, Server, Smtp
from syncer.errors import ConfigError

__all__ = [
    "TRANSPORTS",
    "Capabilities",
    "MailSettings",
    "Transport",
    "further_lines",
    "open_transport",
]

UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
API_KEY = re.compile(rf"(?:\S+-)?{UUID}-{UUID}")
USER, PASSWORD = "SYNCER_SMTP_USER", "SYNCER_SMTP_PASSWORD"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class MailSettings(Protocol):
    """What is asked of the `[mail]` section. There is no password in it: that comes from a file or
    the environment."""

    @property
    def transport(self) -> str: ...
    @property
    def maildir(self) -> Path: ...
    @property
    def smtp_host(self) -> str: ...
    @property
    def smtp_port(self) -> int: ...
    @property
    def smtp_security(self) -> str: ...
    @property
    def smtp_user(self) -> str: ...
    @property
    def smtp_password_file(self) -> Path | None: ...
    @property
    def smtp_ca_file(self) -> Path | None: ...
    @property
    def per_minute(self) -> int: ...


class GovukNotifySettings(Protocol):
    """What is asked of the `[govuk_notify]` section."""

    @property
    def template_id(self) -> str: ...
    @property
    def key_file(self) -> Path | None: ...
    @property
    def base_url(self) -> str: ...
    @property
    def reply_to_id(self) -> str: ...


Clock = Callable[[], dt.datetime]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def open_transport(
    mail: MailSettings, notify: GovukNotifySettings | None = None, clock: Clock = _now
) -> Transport:
    """Return the transport that `[mail] transport` names. Connects to nothing yet. `notify` is the
    section of GOV.UK Notify, `clock` says when its day ends.

    Raises ConfigError for an unknown name, a password or key that cannot be read, or a password
    that would cross a network in the clear.
    """
    if mail.transport == GovukNotify.name and notify is not None:
        return _govuk_notify(mail, notify, clock)

    make = TRANSPORTS.get(mail.transport)
    if make is None:
        known = ", ".join(sorted(TRANSPORTS))
        raise ConfigError(
            f"[mail] transport = {mail.transport!r} is not known",
            f"Known: {known}",
        )
    return make(mail)


def further_lines(transport: Transport, connections: int) -> list[Transport]:
    """Return what makes `connections` of one transport that holds a connection to a mail server: as
    many less one; none for another transport."""
    if not isinstance(transport, Smtp):
        return []
    return [transport.another() for _ in range(connections - 1)]


def _maildir(mail: MailSettings) -> Transport:
    return Maildir(mail.maildir)


def _smtp(mail: MailSettings) -> Transport:
    server = _server(mail)
    pace = _pace(server.host, server.port, mail.per_minute)
    authority = _authority(mail.smtp_ca_file) if mail.smtp_ca_file else None
    return Smtp(server, pace, authority)


def _govuk_notify(mail: MailSettings, notify: GovukNotifySettings, clock: Clock) -> Transport:
    """Return the transport by GOV.UK Notify. Raises ConfigError."""
    service = Service(
        notify.base_url,
        _api_key(notify.key_file),
        notify.template_id,
        notify.reply_to_id,
    )
    most = min(mail.per_minute, MOST_A_MINUTE)
    return GovukNotify(service, _pace(notify.base_url, 0, most), clock)


def _api_key(file: Path | None) -> str:
    """Return the API key of Notify: its name, the service's id and the secret. Raises ConfigError,
    which does not show it."""
    try:
        key = file.read_text(encoding="utf-8").strip() if file else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"[govuk_notify] key_file cannot be read: {error}",
            "One line of text, readable by syncer only.",
        ) from error
    if not API_KEY.fullmatch(key):
        raise ConfigError(
            "[govuk_notify] key_file does not hold an API key of GOV.UK Notify",
            "One line: the name, the id of the service and the secret, as Notify shows it once.",
        )
    return key


def _server(mail: MailSettings) -> Server:
    """Return where to connect, and as whom. Raises ConfigError."""
    security = _security(mail)
    user = os.environ.get(USER, mail.smtp_user)
    if user and security is Security.NONE and mail.smtp_host not in LOOPBACK:
        raise ConfigError(
            '[mail] smtp_security = "none" would send the password in the clear',
            "Use starttls or tls.",
        )
    return Server(
        mail.smtp_host,
        mail.smtp_port,
        security,
        user,
        _password(mail) if user else "",
    )


def _security(mail: MailSettings) -> Security:
    """Return how the line is protected. Raises ConfigError for a word that is not known."""
    try:
        return Security(mail.smtp_security)
    except ValueError as error:
        raise ConfigError(
            f"[mail] smtp_security = {mail.smtp_security!r} is not known",
            "Known: starttls, tls, none",
        ) from error


def _authority(file: Path) -> ssl.SSLContext:
    """Return the protection of a line to a server whose certificate is by this authority. Raises
    ConfigError."""
    try:
        return ssl.create_default_context(cafile=file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"[mail] smtp_ca_file cannot be read: {file}: {error.strerror or error}",
            "The certificate of the authority that signed the mail server's, as PEM.",
        ) from error


@cache
def _pace(host: str, port: int, per_minute: int) -> Pace:
    """Return the rate limit of one server: shared by all who send to it in this process, for it is
    the server's patience that counts."""
    return Pace(per_minute)


def _password(mail: MailSettings) -> str:
    """Return the password from the environment, else from its file. Raises ConfigError."""
    given = os.environ.get(PASSWORD)
    if given is not None:
        return given

    if mail.smtp_password_file is None:
        raise ConfigError(
            "[mail] smtp_user is set and there is no password",
            f"Set {PASSWORD} or [mail] smtp_password_file.",
        )
    try:
        return mail.smtp_password_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"[mail] smtp_password_file cannot be read: {error}",
            "One line of text, readable by syncer only.",
        ) from error


TRANSPORTS: dict[str, Callable[[MailSettings], Transport]] = {"maildir": _maildir, "smtp": _smtp}

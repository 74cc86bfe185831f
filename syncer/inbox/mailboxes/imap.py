"""A folder on an IMAP server (RFC 3501), Microsoft 365 included (XOAUTH2).

What was dealt with is seen (\\Seen) and, where the server keeps keywords, has one of ours: then
somebody who looks into the mailbox with a mail program hides nothing from us. Of one message only
the beginning is fetched, without marking it.
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import shlex
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from imap_tools import (
    BaseMailBox,
    ImapToolsError,
    MailBox,
    MailboxLoginError,
    MailBoxStartTls,
    MailBoxUnencrypted,
)

from syncer.errors import ConfigError, InboxUnavailable
from syncer.inbox.mailboxes.base import Arrived, InboxSettings

KEYWORD = "SyncerRead"
SEEN = "\\Seen"
FETCHED_BYTES = 2_000_000
"""Of one message no more is fetched."""
STEP_SECONDS = 30.0
"""How long one answer may take."""
SESSION_SECONDS = 300.0
"""How long one run may last, whatever the server does."""
TOKEN_SECONDS = 30.0
TOKEN = re.compile(r"[\x21-\x7e]+")
UNUSABLE = (ImapToolsError, imaplib.IMAP4.error, OSError, UnicodeError)


@dataclass(frozen=True)
class Login:
    """As whom to log in, and by what: a password, or else what prints an access token."""

    user: str
    password: str = field(default="", repr=False)
    token_command: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Server:
    """Where to connect; `tls` is None for a line in the clear."""

    host: str
    port: int
    starttls: bool
    tls: ssl.SSLContext | None


def open_imap(inbox: InboxSettings) -> Imap:
    """Return the mailbox on the server that `[inbox]` names; connects to nothing yet. Raises
    ConfigError."""
    is_clear = inbox.imap_security == "none"
    server = Server(
        inbox.imap_host,
        inbox.imap_port,
        inbox.imap_security == "starttls",
        None if is_clear else _trust(inbox.imap_ca_file),
    )
    password = _password(inbox.imap_password_file) if inbox.imap_password_file else ""
    login = Login(inbox.imap_user, password, inbox.imap_token_command)
    return Imap(server, login, inbox.imap_folder)


class Imap:
    """One connection, made when entered. `session_seconds` bounds all of it."""

    def __init__(
        self,
        server: Server,
        login: Login,
        folder: str,
        session_seconds: float = SESSION_SECONDS,
    ) -> None:
        self.server = server
        self.login = login
        self.folder = folder
        self._session_seconds = session_seconds
        self._box: BaseMailBox | None = None
        self._deadline: threading.Timer | None = None
        self._keeps_keywords = False

    def __enter__(self) -> Self:
        try:
            self._begin()
        except BaseException:
            self._drop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._box is not None:
            with contextlib.suppress(*UNUSABLE):
                self._box.logout()
        self._drop()

    def arrived(self) -> Iterator[Arrived]:
        """Yield what was not dealt with, the oldest first. Raises InboxUnavailable."""
        box = self._open()
        asked = f"UNKEYWORD {KEYWORD}" if self._keeps_keywords else "UNSEEN"
        with self._reported("did not list its messages"):
            validity = _said(box, "UIDVALIDITY")
            uids = box.uids(f"UNDELETED {asked}", charset=None)

        for uid in uids:
            with self._reported("did not give a message"):
                content = self._beginning_of(box, uid)
            if content is not None:
                yield Arrived(f"{self.folder}/{validity}.{uid}", uid, content)

    def finish(self, message: Arrived) -> None:
        """Mark a message as seen, and with our keyword. Raises InboxUnavailable."""
        box = self._open()
        flags = [SEEN, KEYWORD] if self._keeps_keywords else [SEEN]
        with self._reported("did not mark a message as read"):
            box.flag([message.place], flags, True)

    # -- the steps ---------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Connect, log in, and open the folder. Raises InboxUnavailable."""
        token = _token(self.login.token_command) if self.login.token_command else ""
        with self._reported("could not be used"):
            self._box = box = self._connected()
            self._begin_deadline(box.client)
            self._log_in(box, token)

        with self._reported(f"did not open the folder {self.folder}"):
            box.folder.set(self.folder)
            self._keeps_keywords = "\\*" in _said(box, "PERMANENTFLAGS")

    def _connected(self) -> BaseMailBox:
        server = self.server
        if server.tls is None:
            return MailBoxUnencrypted(server.host, server.port, timeout=STEP_SECONDS)
        if server.starttls:
            return MailBoxStartTls(
                server.host, server.port, timeout=STEP_SECONDS, ssl_context=server.tls
            )
        return MailBox(server.host, server.port, timeout=STEP_SECONDS, ssl_context=server.tls)

    def _log_in(self, box: BaseMailBox, token: str) -> None:
        """Log in. Raises InboxUnavailable where the server refuses."""
        user, password = self.login.user, self.login.password
        is_plain = user.isascii() and password.isascii()
        try:
            if token:
                box.xoauth2(user, token, initial_folder=None)
            elif is_plain:
                box.login(user, password, initial_folder=None)
            else:
                box.login_utf8(user, password, initial_folder=None)
        except (MailboxLoginError, imaplib.IMAP4.error) as error:
            raise InboxUnavailable(
                f"{self._name()} refused the login of {user}",
                "Check [inbox] imap_user and the password, or the command for the token.",
            ) from error

    def _beginning_of(self, box: BaseMailBox, uid: str) -> bytes | None:
        """Return the first bytes of a message; None where it is there no more."""
        part = f"(BODY.PEEK[]<0.{FETCHED_BYTES}>)"
        _, found = box.client.uid("FETCH", uid, part)
        for each in found:
            if isinstance(each, tuple):
                return bytes(each[1])
        return None

    # -- the line ----------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _reported(self, what: str) -> Iterator[None]:
        """Turn whatever goes wrong on the line into InboxUnavailable. What the server said is not
        repeated: it may quote a message."""
        try:
            yield
        except ssl.SSLError as error:
            raise InboxUnavailable(
                f"{self._name()} could not be trusted: {error}",
                "Check [inbox] imap_host, imap_security and imap_ca_file.",
            ) from error
        except UNUSABLE as error:
            raise InboxUnavailable(
                f"{self._name()} {what}: {_reason(error)}",
                "Check [inbox] imap_host, imap_port and imap_folder, and the network.",
            ) from error

    def _name(self) -> str:
        return f"mail server {self.server.host}:{self.server.port}"

    def _open(self) -> BaseMailBox:
        if self._box is None:
            raise InboxUnavailable(f"{self._name()} is not connected")
        return self._box

    def _begin_deadline(self, client: imaplib.IMAP4) -> None:
        """Begin a session that ends in time: timeouts of single reads cannot bound a server that
        sends a byte now and then."""
        timer = threading.Timer(self._session_seconds, _cut, [client])
        timer.daemon = True
        self._deadline = timer
        timer.start()

    def _drop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        if self._box is not None:
            with contextlib.suppress(*UNUSABLE):
                self._box.client.shutdown()
        self._box = self._deadline = None


def _said(box: BaseMailBox, name: str) -> str:
    """Return what the server said last of the folder that is open; empty where it said nothing."""
    found = box.client.untagged_responses.get(name) or [b""]
    last = found[-1]
    return last.decode("ascii", "replace") if isinstance(last, bytes) else ""


def _cut(client: imaplib.IMAP4) -> None:
    """Cut the line under whoever waits for it."""
    with contextlib.suppress(OSError, AttributeError):
        # not SSLSocket's own, which would unwrap it under the reader
        socket.socket.shutdown(client.sock, socket.SHUT_RDWR)


def _reason(error: BaseException) -> str:
    """Return why the line failed, in the words of the system; of the server, only that it did."""
    if isinstance(error, OSError):
        return str(error.strerror or error)
    return f"it answered with an error ({type(error).__name__})"


# -- What must not be printed ----------------------------------------------------------------------


def _trust(file: Path | None) -> ssl.SSLContext:
    """Return the protection of a line; with a file, to a server whose certificate is by this
    authority. Raises ConfigError."""
    try:
        return ssl.create_default_context(cafile=file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"[inbox] imap_ca_file cannot be read: {file}: {error.strerror or error}",
            "The certificate of the authority that signed the mail server's, as PEM.",
        ) from error


def _password(file: Path) -> str:
    """Return the password in a file. Raises ConfigError."""
    try:
        return file.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError as error:
        raise ConfigError(f"[inbox] imap_password_file is not UTF-8 text: {file}") from error
    except OSError as error:
        raise ConfigError(
            f"[inbox] imap_password_file cannot be read: {file}: {error.strerror}",
            "One line of text, readable by syncer only.",
        ) from error


def _token(command: Sequence[str]) -> str:
    """Return the access token that a command prints. Raises InboxUnavailable, which repeats nothing
    of what it printed."""
    words = shlex.split(command[0]) if len(command) == 1 else list(command)
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=TOKEN_SECONDS
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        reason = "took too long" if isinstance(error, subprocess.TimeoutExpired) else str(error)
        raise InboxUnavailable(
            f"[inbox] imap_token_command could not be run: {reason}", TOKEN_HINT
        ) from None

    token = done.stdout.decode("utf-8", "replace").strip()
    if done.returncode or not TOKEN.fullmatch(token):
        raise InboxUnavailable(
            f"[inbox] imap_token_command ended with {done.returncode} and printed no token",
            TOKEN_HINT,
        )
    return token


TOKEN_HINT = "Run it by hand: it has to print one access token, alone, within half a minute."

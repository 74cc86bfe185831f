"""What a mailbox is: it gives what has arrived, and takes back what was dealt with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self


@dataclass(frozen=True)
class Arrived:
    """A message in a mailbox. `name` is the same whenever it is looked at; `place` is where it is
    now; `content` its bytes, or their beginning; `fault` why they could not be read."""

    name: str
    place: str
    content: bytes = field(repr=False)
    fault: str = ""


class Mailbox(Protocol):
    """Gives each message that was not dealt with, until `finish` says that it was."""

    def __enter__(self) -> Self:
        """Open it. Raises InboxUnavailable."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def arrived(self) -> Iterator[Arrived]:
        """Yield what was not dealt with, the oldest first. Raises InboxUnavailable."""

    def finish(self, message: Arrived) -> None:
        """Note in the mailbox itself that a message was dealt with. Raises InboxUnavailable."""


class InboxSettings(Protocol):
    """What is asked of the `[inbox]` section. There is no secret in it: that comes from a file or
    a command."""

    @property
    def maildir(self) -> Path | None: ...
    @property
    def imap_host(self) -> str: ...
    @property
    def imap_port(self) -> int: ...
    @property
    def imap_security(self) -> str: ...
    @property
    def imap_user(self) -> str: ...
    @property
    def imap_password_file(self) -> Path | None: ...
    @property
    def imap_token_command(self) -> tuple[str, ...]: ...
    @property
    def imap_ca_file(self) -> Path | None: ...
    @property
    def imap_folder(self) -> str: ...

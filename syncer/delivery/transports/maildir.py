"""Messages as files in a Maildir (https://cr.yp.to/proto/maildir.html): any mail program reads it,
and nobody is mailed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from email.message import Message
from email.parser import HeaderParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from syncer.delivery.transports.base import Capabilities, HoldsNothing
from syncer.errors import TransportUnavailable
from syncer.files import PRIVATE_FILE, PRIVATE_FOLDER, force_to_disk
from syncer.subscriptions.spelling import Spelling


class Maildir(HoldsNothing):
    """Delivers by writing to `tmp`, then renaming into `new`. The name comes from date, Message-ID
    and recipient: a delivery that is repeated after a crash replaces its own file and makes no
    second copy."""

    name = "maildir"
    capabilities = Capabilities(reports_end_of_data=True, repeatable=True)

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(
        self, message: bytes, sender: str, recipient: str, before_end_of_data: Callable[[], None]
    ) -> str:
        """Keep one message, with a text file's line ends; return its name. Raises
        TransportUnavailable where it cannot write."""
        name = file_name(message, recipient)
        try:
            if not self._was_read(name):
                text = message.replace(b"\r\n", b"\n")
                self._write(name, text, before_end_of_data)
        except OSError as error:
            raise TransportUnavailable(
                f"cannot write to {self.folder}: {error}",
                hint="Check [mail] maildir and the space left.",
            ) from error
        return f"kept as {name}"

    def check(self) -> str:
        """Return that the folder can be written to. Raises TransportUnavailable."""
        unfinished = self.folder / "tmp"
        try:
            unfinished.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=unfinished):
                return f"messages are kept in {self.folder}, and nobody is mailed"
        except OSError as error:
            raise TransportUnavailable(
                f"cannot write to {self.folder}: {error}", hint="Check [mail] maildir."
            ) from error

    def erase(self, spelling: Spelling) -> tuple[int, list[Path]]:
        """Delete every message that is to this address or names it, however it is spelled; return
        how many there were, and the files that could not be read or removed."""
        gone, left = [], []
        for path in self._files():
            try:
                if spelling.is_in_message(path.read_bytes()):
                    path.unlink()
                    gone.append(path)
            except FileNotFoundError:
                continue  # a mail program has moved or removed it meanwhile
            except OSError:
                left.append(path)

        for folder in {path.parent for path in gone}:
            force_to_disk(folder)
        return len(gone), left

    def _was_read(self, name: str) -> bool:
        """Return whether a mail program has shown a message: then it is in `cur`, with flags added
        to its name."""
        shown = self.folder.glob(f"cur/{name}*")
        return any(shown)

    def _write(self, name: str, message: bytes, before_end_of_data: Callable[[], None]) -> None:
        """Write a message so that it is in `new` whole, or not at all."""
        for folder in ("tmp", "new", "cur"):
            place = self.folder / folder
            place.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)

        part = self.folder / "tmp" / name
        _write_to_disk(part, message)
        before_end_of_data()

        new = self.folder / "new"
        part.rename(new / name)
        force_to_disk(new)

    def _files(self) -> list[Path]:
        found = []
        for folder in ("tmp", "new", "cur"):
            messages = self.folder.glob(f"{folder}/*")
            found += [path for path in sorted(messages) if path.is_file()]

        return found


def _write_to_disk(path: Path, data: bytes) -> None:
    """Write a private file, and wait until it is on the disk."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    handle = os.open(path, flags, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def file_name(message: bytes, recipient: str) -> str:
    """Return the name under which a message to this recipient is kept: its date in seconds, and a
    digest of Message-ID and recipient."""
    headers = _headers(message)
    seconds = _seconds(str(headers["Date"] or ""))
    identity = headers["Message-ID"] or _digest(message)

    unique = f"{identity}\n{recipient}".encode()
    digest = _digest(unique)
    return f"{seconds}.{digest[:24]}.syncer"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _headers(message: bytes) -> Message:
    text = message.decode("utf-8", "replace")
    return HeaderParser().parsestr(text)


def _seconds(date: str) -> int:
    """Return a header's date in seconds since 1970; 0 where it is none."""
    try:
        moment = parsedate_to_datetime(date)
        return int(moment.timestamp())
    except (ValueError, TypeError):
        return 0

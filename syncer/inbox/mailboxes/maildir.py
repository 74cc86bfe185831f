"""A Maildir into which a local mail server delivers (https://cr.yp.to/proto/maildir.html). What was
dealt with is in `cur` with the flag S (seen)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from syncer.errors import InboxUnavailable
from syncer.files import PRIVATE_FOLDER
from syncer.inbox.mailboxes.base import Arrived
from syncer.inbox.reading import MOST_BYTES

INFO = ":2,"
"""What separates a message's name from its flags."""
DEALT_WITH = frozenset("ST")
"""Seen, or thrown away by a mail program."""


class Maildir:
    """Gives what lies in `new`, and what a mail program has moved into `cur` while nobody has read
    it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Self:
        if not (self.folder / "new").is_dir():
            raise InboxUnavailable(
                f"{self.folder} is no Maildir: there is no folder `new` in it",
                "Check [inbox] maildir; the mail server makes it with the first message, or: "
                f"mkdir -p {self.folder}/new {self.folder}/cur {self.folder}/tmp",
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Do nothing: nothing is held open."""

    def arrived(self) -> Iterator[Arrived]:
        """Yield what was not dealt with, the oldest first. Raises InboxUnavailable."""
        for path in self._waiting():
            name = _name_of(path)
            try:
                content = _beginning_of(path)
            except FileNotFoundError:
                continue  # a mail program, or another run, has moved it meanwhile
            except OSError as error:
                fault = f"the file could not be read: {error.strerror}"
                yield Arrived(name, str(path), b"", fault)
            else:
                yield Arrived(name, str(path), content)

    def finish(self, message: Arrived) -> None:
        """Move a message into `cur`, seen. Raises InboxUnavailable."""
        path = Path(message.place)
        name, _, flags = path.name.partition(INFO)
        seen = "".join(sorted({*flags, "S"}))
        target = self.folder / "cur" / f"{name}{INFO}{seen}"
        try:
            target.parent.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
            path.rename(target)
        except FileNotFoundError:
            return  # another run has done so
        except OSError as error:
            raise InboxUnavailable(
                f"{path.name} could not be moved into {target.parent}: {error.strerror}",
                "Let this account write to the folders of [inbox] maildir.",
            ) from error

    def _waiting(self) -> list[Path]:
        """Return the files that were not dealt with, the oldest first. Raises InboxUnavailable."""
        found = []
        try:
            for folder in ("new", "cur"):
                found += _unread(self.folder / folder)
        except OSError as error:
            raise InboxUnavailable(
                f"{self.folder} could not be read: {error.strerror}",
                "Let this account read the folders of [inbox] maildir.",
            ) from error

        found.sort()
        return [path for _, path in found]


def _name_of(path: Path) -> str:
    """Return the name of a message without its flags; signs in it that are no text are replaced."""
    name, _, _ = path.name.partition(INFO)
    return name.encode("utf-8", "replace").decode()


def _unread(folder: Path) -> list[tuple[float, Path]]:
    """Return the regular files of a folder without a flag that says that they were dealt with, each
    with the time of its arrival."""
    found: list[tuple[float, Path]] = []
    if not folder.is_dir():
        return found

    with os.scandir(folder) as entries:
        for entry in entries:
            _, _, flags = entry.name.partition(INFO)
            is_hidden = entry.name.startswith(".")
            if is_hidden or DEALT_WITH & set(flags):
                continue
            if entry.is_file(follow_symlinks=False):
                arrived = entry.stat(follow_symlinks=False).st_mtime
                found.append((arrived, Path(entry.path)))
    return found


def _beginning_of(path: Path) -> bytes:
    """Return the first bytes of a file, as many as are looked at."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    handle = os.open(path, flags)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return b""
        return file.read(MOST_BYTES)

"""Who else on this machine can read what names people or is a secret."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from syncer.config import Config
from syncer.files import others_may_read
from syncer.operations.restoring import ASIDE
from syncer.store import copies


def exposed(config: Config) -> list[Path]:
    """Return the files and folders that other accounts can read or write, and should not."""
    found = []
    for path in _private(config):
        if path.exists() and others_may_read(path):
            found.append(path)
    return found


def _private(config: Config) -> Iterator[Path]:
    store, backups = config.store.path, config.store.path.parent / "backups"
    yield store
    yield from copies.journals(store)
    yield from sorted(store.parent.glob(f"{store.name}{ASIDE}*"))
    yield backups
    yield from sorted(backups.glob("*.db"))
    yield config.mail.maildir
    if config.mail.smtp_password_file is not None:
        yield config.mail.smtp_password_file

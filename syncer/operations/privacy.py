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
    """Yield whatever names people or is a secret: the store and its copies, mail, the
    passwords."""
    yield from _stores(config.store.path)
    yield config.mail.maildir
    secrets = (
        config.mail.smtp_password_file,
        config.operator.channel_file,
        config.govuk_notify.key_file,
        config.inbox.maildir,
        config.inbox.imap_password_file,
    )
    for path in secrets:
        if path is not None:
            yield path


def _stores(store: Path) -> Iterator[Path]:
    yield store
    yield from copies.journals(store)

    aside = store.parent.glob(f"{store.name}{ASIDE}*")
    yield from sorted(aside)

    backups = store.parent / "backups"
    yield backups
    yield from sorted(backups.glob("*.db"))

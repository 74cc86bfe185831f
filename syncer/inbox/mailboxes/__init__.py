"""Where is mail read from? A Maildir, or a folder on an IMAP server: `open_mailbox` says which."""

from __future__ import annotations

from syncer.inbox.mailboxes.base import Arrived, InboxSettings, Mailbox
from syncer.inbox.mailboxes.maildir import Maildir

__all__ = ["Arrived", "InboxSettings", "Mailbox", "open_mailbox"]


def open_mailbox(inbox: InboxSettings) -> Mailbox:
    """Return the mailbox that `[inbox]` names, to be used in a `with`; nothing is opened
    yet. Raises
    ConfigError for a password or a certificate that cannot be read."""
    if inbox.maildir is not None:
        return Maildir(inbox.maildir)

    from syncer.inbox.mailboxes.imap import open_imap

    return open_imap(inbox)

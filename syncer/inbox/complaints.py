"""What says that a reader called a message of ours unwanted: reports by RFC 5965 (ARF), and the one
large provider that forwards the message without one."""

from __future__ import annotations

import re
from email.message import Message

from syncer.inbox.bounces import about
from syncer.inbox.reading import Mail, content

COMPLAINTS = frozenset({"abuse", "fraud", "opt-out", "opt-out-list", "virus", "other", "complaint"})
"""Kinds of report (RFC 5965 §7.3); "not-spam" and "auth-failure" are none of a reader."""
WITHOUT_REPORT = re.compile(r"^\s*complaint about message from\b", re.IGNORECASE)
"""How the subject of Microsoft's begins."""
FEEDBACK_TYPE = re.compile(r"^Feedback-Type:\s*([\w-]+)", re.MULTILINE | re.IGNORECASE)


def complaint_about(mail: Mail) -> tuple[str, ...] | None:
    """Return the Message-IDs that a complaint is about, the likeliest first; None where the mail is
    no complaint."""
    if feedback_type(mail) in COMPLAINTS:
        return about(mail)
    if WITHOUT_REPORT.match(mail.decoded("Subject")) and _returns_message(mail):
        return about(mail)
    return None


def feedback_type(mail: Mail) -> str:
    """Return what kind of report this is, in lower case; empty where it is none."""
    for part in mail.parts:
        if part.get_content_type() == "message/feedback-report":
            found = FEEDBACK_TYPE.search(_fields(part))
            return found[1].lower() if found else ""
    return ""


def _fields(part: Message) -> str:
    """Return the fields of a report as text, however the parser has taken them."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return "\n".join(str(block) for block in payload)
    return content(part)


def _returns_message(mail: Mail) -> bool:
    return any(part.get_content_type() == "message/rfc822" for part in mail.parts)

"""Whose fault is it when a mail server refuses: the address's, the message's, or the server's own
(RFC 5321 §4.2, RFC 3463)? Pure."""

from __future__ import annotations

import re

from syncer.errors import AddressRefused, ServerRefused, TransportError

ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
MAILBOX_CODES = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.2.1"})
"""Of the recipient's address or mailbox. The other 5.1.x are about the sender."""
FULL_CODES = frozenset({"4.2.2", "5.2.2"})
MESSAGE_CODES = frozenset({"5.2.3", "5.3.4"})
"""Longer than the mailbox, or the server, takes."""
TOO_MUCH = 552
"""At RCPT this is a full mailbox, and temporary (RFC 5321, 4.5.3.1.10)."""
FULL_WORDS = re.compile(
    r"\b(?:quota|(?:mailbox|mail box|inbox|storage) (?:is )?full|over ?quota)\b"
)
SERVER_WORDS = re.compile(
    r"relay|policy|polic(?:y|ies)|block|blacklist|black list|listed|spam|reputation|authenticat"
    r"|\bauth\b|access denied|not permitted|not allowed|administrative|prohibited|rate|too many"
    r"|memory|resources|disk|temporar|greylist|\bdns\b|\bptr\b|\bspf\b|\bdkim\b|\bdmarc\b|sender"
)
MAILBOX_WORDS = re.compile(
    r"nobody|no such|unknown|unrout|does not exist|doesn't exist|not exist|not found|unavailable"
    r"|disabled|inactive|no mailbox|no longer|invalid|not a valid|undeliverable"
)


def recipient_refused(recipient: str, code: int, text: str) -> TransportError:
    """Return the error for a reply to RCPT: AddressRefused where the mailbox is not there,
    ServerRefused where the server does not take mail from us, a temporary one where the mailbox is
    full or the server said so."""
    message = f"{recipient} not accepted: {code} {text}"
    words = text.lower()
    enhanced = _enhanced(text)
    if code < 500 or _is_full(code, enhanced, words):
        return TransportError(message)

    if enhanced in MAILBOX_CODES:
        return AddressRefused(message, certain=True)
    if enhanced in MESSAGE_CODES:
        return TransportError(message, permanent=True)

    if not enhanced and _speaks_of_mailbox(words):
        return AddressRefused(message)
    return ServerRefused(message)


def _enhanced(text: str) -> str:
    """Return the enhanced status code in a reply (RFC 3463); empty where it has none."""
    found = ENHANCED.search(text)
    return found[1] if found else ""


def _speaks_of_mailbox(words: str) -> bool:
    """Return whether a reply without an enhanced code is about the mailbox, and not about the
    server."""
    if SERVER_WORDS.search(words):
        return False
    return MAILBOX_WORDS.search(words) is not None


def sender_refused(sender: str, code: int, text: str) -> TransportError:
    """Return the error for a reply to MAIL: the message is too long, or our own address is not
    accepted, which is no fault of the recipient and is tried again for ever."""
    too_long = code == TOO_MUCH or _enhanced(text) in MESSAGE_CODES
    if too_long:
        message = f"message not accepted: {code} {text}"
        return TransportError(message, permanent=True)

    message = f"sender {sender} not accepted: {code} {text}"
    return TransportError(message, hint="Check [mail] from.")


def message_refused(recipient: str, code: int, text: str) -> TransportError:
    """Return the error for a reply to DATA, or to the end of data."""
    message = f"message to {recipient} not accepted: {code} {text}"
    if _enhanced(text) in FULL_CODES:
        return TransportError(message)

    for_good = 500 <= code < 600
    return TransportError(message, permanent=for_good)


def _is_full(code: int, enhanced: str, words: str) -> bool:
    if enhanced in FULL_CODES:
        return True
    if enhanced:
        return False
    if code == TOO_MUCH:
        return True
    return FULL_WORDS.search(words) is not None


def without_names(error: str) -> str:
    """Return the error without what differs from message to message (addresses, numbers), so that
    equal refusals look equal."""
    without_addresses = re.sub(r"\S+@\S+", "@", error.lower())
    plain = re.sub(r"[\w-]*\d[\w.-]*", "#", without_addresses)
    return " ".join(plain.split())

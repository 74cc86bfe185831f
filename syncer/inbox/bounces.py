"""What says that a message of ours did not arrive, and whether it ever will: reports by RFC 3464,
and what mail servers send instead (`flufl.bounce` knows them).

*Hard* is what will never arrive because of the address: nobody there, no such domain. All else is
soft, though the server gave up: a full mailbox, a policy, a server that did not answer.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from email.utils import parsedate_to_datetime

from syncer.inbox.machines import is_nobody
from syncer.inbox.reading import IDENTIFIER, Mail, content, short

STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
"""An enhanced status code (RFC 3463)."""
SURELY_HARD = re.compile(r"5\.1\.(?:1|2|3|4|6|10)|5\.2\.1")
"""Of the address or the mailbox, whatever else is said."""
HARD_CODES = re.compile(r"5\.1\.(?:0|9|20|350)|5\.4\.(?:4|310|312)|5\.7\.193")
"""Of the address; the words may say otherwise."""
SAYS_LITTLE = re.compile(r"|5\.[0-9]\.0|5\.4\.1")
"""No code, or one that says no more than "for good", or not to everybody the same: the words do."""
MAILBOX_WORDS = re.compile(
    r"nobody|no such|unknown|unrout|does not exist|doesn't exist|do not exist|not exist|not found"
    r"|(?:couldn't|could not) be found|wasn't found|was not found|disabled|inactive|no mailbox"
    r"|no longer|invalid|not a valid|not recogni[sz]ed|not listed|recipient address rejected"
    r"|address rejected|unavailable|no account|not our customer|isn't a|undeliverable address"
    r"|unable to deliver your message to the following|not a known",
    re.IGNORECASE,
)
SOFT_WORDS = re.compile(
    r"\b(?:quota|(?:mailbox|mail box|inbox|storage|account|user)(?:'s \w+)? (?:is )?(?:\w+ )?full"
    r"|over ?quota"
    r"|out of (?:storage|space)|disk full|insufficient|too (?:large|big|long)"
    r"|exceeds?\b.{0,60}\b(?:size|limit)|spam"
    r"|block(?:ed|list\w*)|black ?list\w*|polic(?:y|ies)|reputation|spf|dkim|dmarc|relay\w*"
    r"|rate limit\w*"
    r"|too many|greylist\w*|try again|temporar\w+|timed? out|could not connect"
    r"|connection (?:refused|timed)"
    r"|administrative prohibition|unauthenticated|authenticat\w+|not permitted|not allowed"
    r"|access denied, banned|prohibited|banned|suspicious|content|virus|loop\w*)\b",
    re.IGNORECASE,
)
DAEMON = re.compile(r"\b(?:mailer-daemon|postmaster@|mail delivery (?:sub)?system)", re.IGNORECASE)
DELAYS = frozenset({"delayed", "relayed", "delivered", "expanded"})
MOST_IDENTIFIERS = 50
MOST_WORDS = 300
"""Characters kept of what a server said."""
MOST_TEXT = 100_000
"""Characters of a notice that are looked through."""

IN_TEXT = re.compile(r"^[>\s|]*Message-I[Dd]:\s*(<[^<>\s]{1,900}>)", re.MULTILINE | re.IGNORECASE)
"""The header of a message of ours that is copied into a notice as text."""
SUBJECTS = re.compile(
    r"^\s*(?:undeliver(?:able|ed)|delivery (?:status notification|failure|delayed|has failed"
    r"|report)"
    r"|mail delivery (?:failed|failure|system|error)|returned mail|failure notice|non-?delivery"
    r"|message (?:not delivered|delivery failure|undeliverable)|undelivered mail|unzustellbar"
    r"|warning: (?:could not send|message .* delayed)|mail system error|nicht zustellbar"
    r"|non remis|no se puede entregar"
    r"|delivery to .* failed|\[?postmaster\]? )",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Bounce:
    """A notice that a message did not arrive. `status` is its code, "" where it has none; `words`
    what the server said; `identifiers` the Message-IDs that it may be about, the likeliest first;
    `at` when it says it was written."""

    hard: bool
    status: str
    words: str
    identifiers: tuple[str, ...]
    at: dt.datetime | None


@dataclass(frozen=True)
class _Failure:
    """What is said of one recipient. `final`: it is not tried again."""

    final: bool
    hard: bool
    status: str
    words: str


def find_bounce(mail: Mail) -> Bounce | None:
    """Return the bounce that a mail is; None where it is none, or says that a message is still
    tried."""
    if not is_notice(mail):
        return None

    failures = [each for each in _failures(mail) if each.final]
    if not failures:
        return None
    gravest = max(failures, key=lambda failure: failure.hard)
    return Bounce(
        gravest.hard,
        gravest.status,
        gravest.words,
        about(mail),
        written_at(mail),
    )


def is_notice(mail: Mail) -> bool:
    """Return whether a mail server wrote this about a message that it was given."""
    if mail.report_type():
        return mail.report_type() == "delivery-status"
    if mail.header["X-Failed-Recipients"]:
        return True

    is_without_return = "".join(mail.short("Return-Path").split()) == "<>"
    has_subject = SUBJECTS.match(mail.decoded("Subject")) is not None
    is_of_server = is_nobody(mail.sender()) or is_without_return
    return has_subject and is_of_server or _is_of_daemon(mail)


def _is_of_daemon(mail: Mail) -> bool:
    """Return whether a mail server gives itself as the sender, with an address or without."""
    return DAEMON.search(mail.decoded("From")) is not None


def _failures(mail: Mail) -> list[_Failure]:
    """Return what the notice says of each recipient: in its report or, where it has none that can
    be read, in its words."""
    reported = list(_reported(mail))
    if reported:
        return reported
    return list(_recognised(mail))


# -- Reports (RFC 3464) ----------------------------------------------------------------------------


def _reported(mail: Mail) -> Iterator[_Failure]:
    """Yield what a report says of each recipient."""
    text = _text_of(mail)
    for part in mail.parts:
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in _blocks(part):
            action = short(block, "Action").strip().lower()
            if action:
                yield _of_block(block, action, text)


def _blocks(part: Message) -> list[Message]:
    """Return the groups of fields of a report."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        return []
    return [block for block in payload if isinstance(block, Message)]


def _of_block(block: Message, action: str, text: str) -> _Failure:
    said = _said(short(block, "Diagnostic-Code"))
    given = STATUS.search(short(block, "Status"))
    status = _sharper(given[1] if given else "", said)
    final = action.split()[0] not in DELAYS
    return _Failure(final, _is_hard(status, said or text[:MOST_WORDS]), status, said)


def _said(diagnostic: str) -> str:
    """Return the server's words in a diagnostic, without its type ("smtp; 550 …")."""
    _, has_type, words = diagnostic.partition(";")
    found = words if has_type else diagnostic
    return " ".join(found.split())[:MOST_WORDS]


def _sharper(status: str, said: str) -> str:
    """Return the code that says more: that of the words, where the field only says "for good"."""
    in_words = STATUS.search(said)
    if SAYS_LITTLE.fullmatch(status) and in_words:
        return in_words[1]
    return status


def _is_hard(status: str, said: str) -> bool:
    """Return whether a message will never arrive because of the address."""
    if SURELY_HARD.fullmatch(status):
        return True
    if SOFT_WORDS.search(said):
        return False
    if SAYS_LITTLE.fullmatch(status):
        return MAILBOX_WORDS.search(said) is not None
    return HARD_CODES.fullmatch(status) is not None


# -- What mail servers send instead ----------------------------------------------------------------


def _recognised(mail: Mail) -> Iterator[_Failure]:
    """Yield what a notice in a mail server's own form says of each recipient."""
    from flufl.bounce import all_failures

    waiting, failed = all_failures(_whole(mail))
    text = _text_of(mail)
    found = STATUS.search(text)
    status = found[1] if found else ""
    said = _sentence(text)
    if failed:
        yield _Failure(True, _is_hard(_permanent(status), text), status, said)
    elif waiting:
        yield _Failure(False, False, status, said)
    elif status.startswith("5") or GIVEN_UP.search(text):
        yield _Failure(True, _is_hard(status, text), status, said)


GIVEN_UP = re.compile(
    r"undeliverable|(?:could not|couldn't|cannot|was not|not) be(?:en)? delivered|was not delivered"
    r"|delivery (?:has )?failed|unable to deliver",
    re.IGNORECASE,
)


def _permanent(status: str) -> str:
    """Return the code of what failed for good: one that says "try again" is of an earlier try."""
    return status if status.startswith("5") else ""


def _whole(mail: Mail) -> Message:
    """Return the mail as one message, as the recognisers expect it."""
    if not mail.parts:
        return mail.header
    outermost = mail.parts[0]
    for name, value in mail.header.items():
        if name not in outermost:
            outermost[name] = str(value)
    return outermost


def _sentence(text: str) -> str:
    """Return the line of a notice that has a reply code, or its first words."""
    for line in text.splitlines():
        if re.search(r"\b[45]\d\d[ -]", line) or STATUS.search(line):
            return " ".join(line.split())[:MOST_WORDS]
    return " ".join(text.split())[:MOST_WORDS]


def _text_of(mail: Mail) -> str:
    """Return the words of a notice, down to the message that came back."""
    texts = mail.texts("text/plain") or mail.texts("text/html") or [""]
    text = texts[0][:MOST_TEXT]
    return BELOW.split(text, maxsplit=1)[0]


BELOW = re.compile(
    r"^-{2,} ?(?:this is a copy of|below this line is a copy|original message|forwarded|the header"
    r"|returned message|transcript of session follows)",
    re.MULTILINE | re.IGNORECASE,
)


# -- Which message ---------------------------------------------------------------------------------


def about(mail: Mail) -> tuple[str, ...]:
    """Return the Message-IDs of the messages that a report may be about: of the message that it
    returns first, then what it answers."""
    found = [*_returned(mail), *_copied(mail), *mail.answers_to()]
    return tuple(dict.fromkeys(found))[:MOST_IDENTIFIERS]


def _returned(mail: Mail) -> Iterator[str]:
    """Yield the Message-ID of each message, or header of one, that is attached."""
    for part in mail.parts[1:]:
        identifier = IDENTIFIER.search(short(part, "Message-ID"))
        if identifier:
            yield identifier[0]
        if part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers"):
            yield from _first(IN_TEXT.findall(content(part)))


def _copied(mail: Mail) -> Iterator[str]:
    for kind in ("text/plain", "text/html", "message/rfc822", "application/octet-stream"):
        for part in mail.parts:
            if part.get_content_type() == kind and not part.is_multipart():
                yield from _first(IN_TEXT.findall(content(part)[:MOST_TEXT]))


def _first(found: Iterable[str]) -> Iterator[str]:
    for number, each in enumerate(found):
        if number < MOST_IDENTIFIERS:
            yield each


def written_at(mail: Mail) -> dt.datetime | None:
    """Return when the mail says it was written; None where it does not. Without a zone it is UTC
    (RFC 5322 §3.3)."""
    try:
        moment = parsedate_to_datetime(mail.short("Date"))
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)

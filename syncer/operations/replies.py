"""A mail that came back → what its writer asks for. Nothing but a mail program is needed to
confirm, stop, pause or resume.

Two proofs count, and each is known only to whoever received our mail: the signed token in the
subject, or the Message-ID of ours that the mail answers. A From address proves nothing. What a
machine wrote (RFC 3834) is ignored, and so is what is quoted. Whatever is in the mail, reading it
takes a bounded time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from html.parser import HTMLParser

from syncer import links
from syncer.app import App
from syncer.errors import BadToken
from syncer.links import Action
from syncer.operations.self_service import Asked, asked_by_token
from syncer.store import Store, deliveries

WORDS = {
    "yes": Action.CONFIRM,
    "confirm": Action.CONFIRM,
    "unsubscribe": Action.UNSUBSCRIBE,
    "stop": Action.UNSUBSCRIBE,
    "pause": Action.PAUSE,
    "resume": Action.RESUME,
}
"""Erasing has no way back, so that a word is not enough for it: it needs its token."""

HINT = "Pipe in the whole mail, with its headers; or name the address: `syncer confirm ADDRESS`."

BODY_BYTES = 200_000
"""A person's answer stands at the beginning."""
HEADER_CHARACTERS = 2_000
MOST_PARTS = 50
MOST_REFERENCES = 50
"""The last of them: a thread names its newest messages last."""

IDENTIFIER = re.compile(r"<[^<>\s]+>")
"""A Message-ID."""

MACHINE_HEADERS = (
    "X-Autorespond",
    "X-Autoreply",
    "X-Auto-Reply",
    "X-Autoresponder",
    "X-AutoReply-From",
    "X-Mail-Autoreply",
    "X-Failed-Recipients",
)
MACHINE_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "bulk", "junk", "list"})
CONTENT_HEADERS = ("MIME-Version", "Content-Type", "Content-Transfer-Encoding")


@dataclass(frozen=True)
class Ignored:
    """The mail asks for nothing, and why that is so."""

    reason: str


def requested(app: App, message: bytes) -> Asked | Ignored:
    """Return what a mail asks for, and for whom. Raise BadToken where a person asks for nothing
    that is known, or without a proof."""
    header, _, body = _split(message)
    mail = BytesHeaderParser().parsebytes(header)
    machine = _written_by_machine(mail)
    if machine:
        reason = f"a machine wrote this mail ({machine}): it asks for nothing"
        return Ignored(reason)
    return _asked_by_person(app, mail, body)


def _asked_by_person(app: App, mail: Message, body: bytes) -> Asked:
    """Return what the token in the subject asks for; without one, what the first word asks for of
    the message answered. Raises BadToken."""
    try:
        return _by_token(app, mail)
    except BadToken:
        action = _word(mail, body)
        delivery, subscriber = _answered(app.store, mail)
        return Asked(action, subscriber, delivery=delivery)


def _by_token(app: App, mail: Message) -> Asked:
    """Return what the token in a mail's subject asks for. Raises BadToken."""
    token = links.token_in(_decoded(mail, "Subject"))
    return asked_by_token(app, token)


def _split(message: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the header and the body; they are parsed apart, so that neither can make the other
    slow."""
    plain = message.replace(b"\r\n", b"\n")
    return plain.partition(b"\n\n")


def _written_by_machine(mail: Message) -> str:
    """Return the header that says that no person wrote this; empty where none does."""
    return next(_signs_of_machine(mail), "")


def _signs_of_machine(mail: Message) -> Iterator[str]:
    """Yield each header that says that no person wrote this."""
    if _is_submitted_by_machine(mail):
        yield "Auto-Submitted"
    for name in MACHINE_HEADERS:
        if mail[name] is not None:
            yield name

    for name in ("Precedence", "X-Precedence"):
        if _plain(_short(mail, name)) in MACHINE_PRECEDENCE:
            yield name
    if _short(mail, "Return-Path").strip() == "<>":
        yield "Return-Path"
    if mail.get_content_type() == "multipart/report":
        yield "Content-Type"


def _is_submitted_by_machine(mail: Message) -> bool:
    """Return whether the mail says so itself (RFC 3834 §5); parameters do not matter."""
    keyword, *_ = _short(mail, "Auto-Submitted").split(";")
    return _plain(keyword) not in ("", "no")


def _plain(value: str) -> str:
    return value.strip().lower()


def _short(mail: Message, name: str) -> str:
    whole = str(mail[name] or "")
    return whole[:HEADER_CHARACTERS]


def _decoded(mail: Message, name: str) -> str:
    """Return a header in plain letters (RFC 2047), as far as it can be decoded."""
    raw = _short(mail, name)
    try:
        return str(make_header(decode_header(raw)))
    except (HeaderParseError, LookupError, ValueError):
        return raw


# -- Whom it answers -------------------------------------------------------------------------------


def _answered(store: Store, mail: Message) -> tuple[int, int]:
    """Return the message that this mail answers, and whose it is. Raises BadToken where it answers
    none."""
    for identifier in _answers_to(mail):
        number = deliveries.named(store, identifier)
        if not number:
            continue
        subscriber = deliveries.show(store, number).subscriber
        if subscriber:
            return number, subscriber

    raise BadToken(
        "this mail answers none that was sent from here, and has no token in its subject",
        HINT,
    )


def _answers_to(mail: Message) -> list[str]:
    """Return the Message-IDs of the mails that this one answers, the likeliest first."""
    in_reply_to = _short(mail, "In-Reply-To")
    references = str(mail["References"] or "")

    found = IDENTIFIER.findall(in_reply_to)
    found += IDENTIFIER.findall(references)[-MOST_REFERENCES:]
    return found[: 2 * MOST_REFERENCES]


# -- What it says ----------------------------------------------------------------------------------


def _word(mail: Message, body: bytes) -> Action:
    """Return what the first word asks for that its writer put above what is quoted. Raises
    BadToken for any other word."""
    first = _first_own_line(_own_text(mail, body))
    found = re.search(r"[a-z]+", first.lower())
    action = WORDS.get(found[0]) if found else None
    if action is None:
        words = ", ".join(WORDS)
        raise BadToken(f"the mail begins with none of the words {words}", HINT)
    return action


def _first_own_line(text: str) -> str:
    """Return the first line that is not quoted; empty where there is none."""
    for line in text.splitlines():
        is_quoted = line.lstrip().startswith(">")
        if line.strip() and not is_quoted:
            return line
    return ""


def _own_text(mail: Message, body: bytes) -> str:
    """Return the text of the mail; of HTML, what is not quoted."""
    parts = _parts(mail, body[:BODY_BYTES])
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() != kind or _is_attached(part):
                continue
            text = _content(part)
            return text if kind == "text/plain" else _unquoted(text)
    return ""


def _parts(mail: Message, body: bytes) -> list[Message]:
    """Return the parts of the mail. Raises BadToken for one that no answer is like."""
    if body.lower().count(b"multipart/") > MOST_PARTS:
        raise BadToken("the mail has more parts within parts than an answer has", HINT)

    header = _content_header(mail)
    try:
        whole = BytesParser().parsebytes(header + b"\n\n" + body)
        return list(whole.walk())
    except (MessageError, RecursionError) as error:
        raise BadToken(f"the mail cannot be read: {error}", HINT) from error


def _content_header(mail: Message) -> bytes:
    """Return a header of what describes the mail's content alone."""
    lines = []
    for name in CONTENT_HEADERS:
        if mail[name]:
            lines.append(f"{name}: {_short(mail, name)}")

    return "\n".join(lines).encode("utf-8", "replace")


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment"


def _content(part: Message) -> str:
    """Return the text of one part, whatever charset it claims to be in."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    try:
        return data.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace")


def _unquoted(text: str) -> str:
    reader = _OwnWords()
    reader.feed(text)
    reader.close()
    return "".join(reader.words)


class _OwnWords(HTMLParser):
    """Collects the words of an answer in HTML, without those that mail programs mark as quoted."""

    SKIPPED = frozenset({"blockquote", "style", "script", "head", "title"})
    LINES = frozenset({"br", "p", "div", "li", "tr", "table"})
    QUOTES = re.compile(r"gmail_quote|yahoo_quoted|moz-cite-prefix|protonmail_quote|zmail_extra")
    REST = re.compile(r"divRplyFwdMsg|appendonsend|reference-message-container|OLK_SRC_BODY")

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._inside: list[str] = []
        self._ended = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        marks = _marks(attrs)
        if tag == "hr" or self.REST.search(marks):
            self._ended = True
        elif self._is_quoted(tag, marks):
            self._inside.append(tag)
        elif tag in self.LINES and not self._inside:
            self.words.append("\n")

    def _is_quoted(self, tag: str, marks: str) -> bool:
        """Return whether a quotation begins. Inside one only the same tag is counted: others may
        have no end."""
        if self._inside:
            return tag == self._inside[-1]
        return tag in self.SKIPPED or self.QUOTES.search(marks) is not None

    def handle_endtag(self, tag: str) -> None:
        inside = self._inside
        if inside and tag == inside[-1]:
            inside.pop()

    def handle_data(self, data: str) -> None:
        is_skipped = bool(self._inside) or self._ended
        if not is_skipped:
            self.words.append(data)


def _marks(attrs: list[tuple[str, str | None]]) -> str:
    """Return the classes and the id of a tag, by which mail programs mark what is quoted."""
    values = []
    for name, value in attrs:
        if name in ("class", "id"):
            values.append(value or "")
    return " ".join(values)

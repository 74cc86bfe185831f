"""A mail as bytes → its headers and its parts. Whatever is in it, reading it takes a bounded time:
of a long header, a long body and of parts within parts only so much is looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.utils import getaddresses

MOST_BYTES = 25_000_000
"""Of one mail no more is read, and most of it is passed over: what counts stands at the beginning
of its header and of its body."""
HEADER_BYTES = 256_000
BODY_BYTES = 500_000
HEADER_CHARACTERS = 2_000
MOST_PARTS = 50
MOST_REFERENCES = 50
"""The last of them: a thread names its newest messages last."""

IDENTIFIER = re.compile(r"<[^<>\s]{1,900}>")
"""A Message-ID."""
CONTENT_HEADERS = ("MIME-Version", "Content-Type", "Content-Transfer-Encoding")


@dataclass(frozen=True)
class Mail:
    """A mail: its header, and its parts, from the outermost to the innermost, in their order."""

    header: Message
    parts: tuple[Message, ...] = field(repr=False)

    def short(self, name: str) -> str:
        """Return a header as it stands, cut to what is looked at; empty where there is none."""
        return short(self.header, name)

    def decoded(self, name: str) -> str:
        """Return a header in plain letters (RFC 2047), as far as it can be decoded."""
        return decoded(self.header, name)

    def sender(self) -> str:
        """Return the address in From; empty where there is none, or more than one."""
        try:
            named = getaddresses([self.decoded("From")])
        except RecursionError:  # comments within comments
            return ""
        found = [address for _, address in named if address]
        return found[0] if len(found) == 1 else ""

    def identifier(self) -> str:
        """Return the mail's own Message-ID; empty where it has none."""
        found = IDENTIFIER.search(self.short("Message-ID"))
        return found[0] if found else ""

    def answers_to(self) -> list[str]:
        """Return the Message-IDs of the mails that this one answers, the likeliest first."""
        references = str(self.header["References"] or "")
        found = IDENTIFIER.findall(self.short("In-Reply-To"))
        found += reversed(IDENTIFIER.findall(references)[-MOST_REFERENCES:])
        return found[: 2 * MOST_REFERENCES]

    def kind(self) -> str:
        """Return the content type of the whole, in lower case."""
        return self.header.get_content_type()

    def report_type(self) -> str:
        """Return what a multipart/report reports; empty where the mail is none (RFC 6522)."""
        if self.kind() != "multipart/report":
            return ""
        value = self.header.get_param("report-type", "")
        return str(value).lower()

    def texts(self, kind: str) -> list[str]:
        """Return the text of each part of this type that is not attached."""
        found = []
        for part in self.parts:
            if part.get_content_type() == kind and not _is_attached(part):
                found.append(content(part))
        return found


def read(message: bytes) -> Mail:
    """Return the mail in these bytes. The header and the body are parsed apart, so that neither can
    make the other slow. Parts that cannot be told apart are none."""
    plain = message[:MOST_BYTES].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    first, _, body = plain.partition(b"\n\n")
    header = BytesHeaderParser().parsebytes(first[:HEADER_BYTES])
    return Mail(header, _parts(header, body[:BODY_BYTES]))


def short(message: Message, name: str) -> str:
    """Return a header as it stands, cut to what is looked at; empty where there is none."""
    whole = str(message[name] or "")
    return whole[:HEADER_CHARACTERS]


def decoded(message: Message, name: str) -> str:
    """Return a header in plain letters (RFC 2047), as far as it can be decoded."""
    raw = " ".join(short(message, name).split())
    try:
        return str(make_header(decode_header(raw)))
    except (HeaderParseError, LookupError, ValueError):
        return raw


def content(part: Message) -> str:
    """Return the text of one part, whatever charset it claims to be in."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    try:
        return data.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace")


def _parts(header: Message, body: bytes) -> tuple[Message, ...]:
    if body.lower().count(b"multipart/") > MOST_PARTS:
        return ()
    try:
        whole = BytesParser().parsebytes(_content_header(header) + b"\n\n" + body)
        return tuple(whole.walk())
    except (MessageError, RecursionError):
        return ()


def _content_header(header: Message) -> bytes:
    """Return a header of what describes the mail's content alone."""
    lines = []
    for name in CONTENT_HEADERS:
        if header[name]:
            lines.append(f"{name}: {short(header, name)}")

    return "\n".join(lines).encode("utf-8", "replace")


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment"

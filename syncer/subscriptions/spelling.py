"""Every way in which one mail address may be written: letter case, the domain in its own letters or
as `xn--…`, a quoted local part, encoded words, a part of a message in quoted-printable."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser

from email_validator import EmailNotValidError, validate_email

LOCAL = r"[\w.!#$%&'*+/=?^`{|}~-]"
"""What may stand in a local part (RFC 5322 §3.2.3): before an address it makes another one."""

ERASED = "(erased)"


class Spelling:
    """One address. It is found in a text whatever the spelling, and never as a part of another."""

    def __init__(self, address: str) -> None:
        self.address = address.strip()
        local, domains = _parts(self.address)

        keys = [self.address]
        for domain in domains:
            keys.append(f"{local}@{domain}")
        self.keys = frozenset(key.casefold() for key in keys)
        """As it may stand in `subscribers.address_key`."""

        self._pattern = _pattern(local, domains)

    def is_in(self, text: str) -> bool:
        """Return whether a text names the address."""
        found = self._pattern.search(_composed(text))
        return found is not None

    def erased_from(self, text: str) -> str:
        """Return the text without the address."""
        composed = _composed(text)
        return self._pattern.sub(ERASED, composed)

    def is_in_message(self, data: bytes) -> bool:
        """Return whether a mail message names the address, in a header or in a text, as it stands
        or decoded."""
        texts = _texts_of(data)
        return any(self.is_in(text) for text in texts)


def _parts(address: str) -> tuple[str, set[str]]:
    """Return the local part of an address, and its domain in every spelling."""
    local, _, domain = address.rpartition("@")
    try:
        found = validate_email(
            address,
            check_deliverability=False,
            globally_deliverable=False,
        )
    except EmailNotValidError:
        return local, {domain}

    ascii_domain = found.ascii_domain or found.domain
    return found.local_part, {domain, found.domain, ascii_domain}


def _pattern(local: str, domains: Iterable[str]) -> re.Pattern[str]:
    """Return what finds the address in a text in which its signs are composed."""
    before = rf"(?<!{LOCAL})"
    after = r"(?![\w-]|\.\w)"

    name = _literally(local)
    domain = "|".join(map(_literally, sorted(domains)))
    spelled = rf'{before}"?{name}"?(?:@|%40)(?:{domain}){after}'
    return re.compile(spelled, re.IGNORECASE)


def _literally(text: str) -> str:
    return re.escape(_composed(text))


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _texts_of(data: bytes) -> Iterator[str]:
    yield data.decode("utf-8", "replace")

    message = BytesParser().parsebytes(data)
    for part in message.walk():
        for value in part.values():
            yield _decoded(str(value))
        if part.get_content_maintype() == "text":
            text = _text_of(part)
            yield html.unescape(text)


def _decoded(value: str) -> str:
    """Return a header with its encoded words read; as it stands where they cannot be."""
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError, HeaderParseError):
        return value


def _text_of(part: Message) -> str:
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)  # a text has no parts
    try:
        return data.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        return data.decode("latin-1")

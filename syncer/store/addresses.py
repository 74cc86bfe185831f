"""Mail addresses: as they are written to, and as they are found and hashed."""

from __future__ import annotations

import re
import unicodedata

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from syncer.errors import BadAddress

MAX_LOCAL_OCTETS = 64


def normalised(address: str) -> str:
    """Return the address as it is written to: no white space around it, the domain in lower case
    and ASCII. Raises BadAddress, with the reason."""
    if named := re.search(r"<([^<>\s]+@[^<>\s]+)>", address):
        raise BadAddress(
            f"{address!r} has a name besides the address",
            f"Write the address alone: {named[1]}",
        )

    found = _validated(address)
    _check_local_part(address, found.local_part)
    domain = found.ascii_domain or found.domain
    return f"{found.local_part}@{domain}"


def _validated(address: str) -> ValidatedEmail:
    """Return the parts of an address. Raises BadAddress."""
    try:
        return validate_email(
            address.strip(" \t"),
            check_deliverability=False,
            globally_deliverable=False,
        )
    except EmailNotValidError as error:
        raise BadAddress(f"{address!r} is not an address: {error}") from error


def _check_local_part(address: str, local: str) -> None:
    """Raise BadAddress for what no mail server takes, though it could be written: more than 64
    octets before the @ (RFC 5321, 4.5.3.1.1), and typographic signs, which a word processor put in
    the place of plain ones."""
    octets = len(local.encode("utf-8"))
    if octets > MAX_LOCAL_OCTETS:
        raise BadAddress(
            f"{address!r} is not an address: the part before the @ has {octets} octets, and "
            f"{MAX_LOCAL_OCTETS} are the most"
        )

    for sign in local:
        if not _is_plain(sign):
            name = unicodedata.name(sign, f"U+{ord(sign):04X}")
            raise BadAddress(
                f"{address!r} is not an address: it has the sign {sign!r} ({name.lower()})",
                "Copied from a text? Type the address with plain signs.",
            )


def _is_plain(sign: str) -> bool:
    """Return whether it is in ASCII, or a letter, a mark or a number of any script."""
    if sign.isascii():
        return True
    category = unicodedata.category(sign)
    return category[0] in "LMN"


def key_of(address: str) -> str:
    """Return what an address is found by. Local parts could differ by letter case alone (RFC 5321,
    2.4); nobody's do."""
    return address.casefold()

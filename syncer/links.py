"""Signed links: they let the person who received a mail, and nobody else, act on it. A reply by
mail is enough; no web server is needed, and none is asked."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import quote

from itsdangerous import BadSignature, URLSafeSerializer

from syncer.errors import BadToken

IN_SUBJECT = re.compile(
    r"\b(?:confirm|unsubscribe|pause|resume|erase)\s+([\w.-]{20,})", re.IGNORECASE
)


class Action(StrEnum):
    """What a link does."""

    CONFIRM = "confirm"
    UNSUBSCRIBE = "unsubscribe"
    PAUSE = "pause"
    RESUME = "resume"
    ERASE = "erase"


class Request(NamedTuple):
    """What a genuine link asks for, and for which subscriber (its number in the store)."""

    action: Action
    subscriber: int


def sign(secret: str, action: Action, subscriber: int) -> str:
    """Return the token for one action of one subscriber: letters, digits, `.`, `_`, `-`."""
    return _serializer(secret).dumps([action.value, subscriber])


def read(secret: str, token: str) -> Request:
    """Return what a token asks for. Raise BadToken when this installation did not make it."""
    try:
        action, subscriber = _serializer(secret).loads(token.strip())
        return Request(Action(action), int(subscriber))
    except (BadSignature, ValueError, TypeError) as error:
        raise BadToken("this link was not made here, or is not complete") from error


def mailto(to: str, action: Action, token: str) -> str:
    """Return a link that opens a mail to `to` with the request in its subject (RFC 6068)."""
    address = quote(to, safe="@")
    subject = quote(f"{action} {token}")
    return f"mailto:{address}?subject={subject}"


def token_in(subject: str) -> str:
    """Return the token in the subject of a mail that came back ("Re: confirm …"). Raise BadToken
    when there is none."""
    found = IN_SUBJECT.search(subject)
    if found is None:
        raise BadToken(f"no request in the subject {subject!r}")
    return found[1]


def _serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="syncer.link")

"""What an answer of GOV.UK Notify means: whose fault a refusal is, and how long to wait. Pure.

Its documentation says to go by the status and the kind of an error, since the words may change
(https://docs.notifications.service.gov.uk/rest-api.html#error-messages).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from syncer.errors import (
    AddressRefused,
    InDoubt,
    LimitReached,
    ServerRefused,
    TransportError,
    TransportUnavailable,
)

A_MINUTE = dt.timedelta(minutes=1)
DAILY = "TooManyRequestsError"
"""The kind of the error that says that so many messages went today, and no more; other limits are
those of a minute."""
ADDRESS = "email_address"
"""The argument that an error names where the recipient's address is none."""
NO_ADDRESS = ("InvalidEmailError", "ValidationError")
TOO_LARGE = 413
LONGEST_SAID = 500


@dataclass(frozen=True)
class Answer:
    """An answer that is no success: its status, and its errors as (kind, words)."""

    status: int
    errors: tuple[tuple[str, str], ...] = ()

    @property
    def said(self) -> str:
        """What it says, in one line."""
        errors = [f"{kind}: {words}" for kind, words in self.errors]
        line = " ".join("; ".join(errors).split())
        return f"{self.status} {line}".strip()[:LONGEST_SAID]

    def is_about(self, kind: str) -> bool:
        """Return whether one of the errors is of that kind."""
        return any(each == kind for each, _ in self.errors)


def read(status: int, body: object) -> Answer:
    """Return an answer from its status and its JSON, whatever that is."""
    errors = body.get("errors") if isinstance(body, Mapping) else None
    if not isinstance(errors, list):
        return Answer(status)
    return Answer(status, tuple(_errors(errors)))


def _errors(errors: Iterable[Any]) -> Iterable[tuple[str, str]]:
    for each in errors:
        if isinstance(each, Mapping):
            kind, words = each.get("error", ""), each.get("message", "")
            yield str(kind), str(words)


def sending_refused(answer: Answer, recipient: str, now: dt.datetime) -> TransportError:
    """Return the error for an answer to a message. One of Notify's own failures leaves a doubt: it
    may have taken the message before it failed."""
    if answer.status >= 500:
        return InDoubt(f"GOV.UK Notify failed after it had the message: {answer.said}")
    if answer.status == TOO_LARGE:
        return TransportError(f"message to {recipient} not accepted: {answer.said}", permanent=True)
    if answer.status != 400:
        return asking_refused(answer, now)

    words = f"{recipient} not accepted: {answer.said}"
    if _is_no_address(answer):
        return AddressRefused(words, certain=True)
    return ServerRefused(
        words,
        "Check [govuk_notify], and in Notify that the service is live and the key is no team-only "
        "one. Everything waits, and is tried again.",
    )


def _is_no_address(answer: Answer) -> bool:
    """Return whether an error names the recipient's address."""
    for kind, words in answer.errors:
        if kind in NO_ADDRESS and words.startswith(ADDRESS):
            return True
    return answer.is_about(NO_ADDRESS[0])


def asking_refused(answer: Answer, now: dt.datetime) -> TransportError:
    """Return the error for an answer to any request: nobody can be written to, or asked about,
    until it is put right or the limit is over."""
    if answer.status == 429:
        return _limit(answer, now)
    if answer.status in (401, 403):
        return TransportUnavailable(
            f"GOV.UK Notify does not accept our key: {answer.said}",
            hint="Check [govuk_notify] key_file, and that this machine's clock is right to within "
            "30 seconds.",
        )
    return TransportUnavailable(
        f"GOV.UK Notify answers {answer.said}",
        hint="Check [govuk_notify] base_url; if it is right, wait: everything goes out later.",
    )


def _limit(answer: Answer, now: dt.datetime) -> LimitReached:
    if not answer.is_about(DAILY):
        return LimitReached(f"GOV.UK Notify takes no more this minute: {answer.said}", A_MINUTE)

    return LimitReached(
        f"GOV.UK Notify takes no more today: {answer.said}",
        until_midnight(now),
        "Everything waits until midnight UTC. If that comes back, ask Notify for a higher limit.",
    )


def until_midnight(now: dt.datetime) -> dt.timedelta:
    """Return how long it is until the next day (UTC) begins."""
    here = now.astimezone(dt.UTC)
    tomorrow = here.date() + dt.timedelta(days=1)
    midnight = dt.datetime.combine(tomorrow, dt.time(), dt.UTC)
    return midnight - here

"""Handing messages to GOV.UK Notify (https://docs.notifications.service.gov.uk/python.html).

    before_end_of_data()                   the outbox writes down that the request comes next
    POST /v2/notifications/email           201: taken; 4xx: not; no answer, or 5xx: InDoubt
    GET /v2/notifications?reference=N      whether it has delivery N: how a doubt is settled
    GET /v2/notifications/ID               what became of it

Notify writes the mail itself, from a template with `((subject))` and `((body))`: it knows no
threads, no list headers and no files.
"""

from __future__ import annotations

import datetime as dt
import logging
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from syncer.delivery.transports.base import Accepted, Capabilities, Fate, Parcel
from syncer.delivery.transports.govuk_notify_answers import (
    Answer,
    asking_refused,
    read,
    sending_refused,
)
from syncer.delivery.transports.in_time import in_time
from syncer.delivery.transports.smtp import Pace
from syncer.errors import InDoubt, TransportError, TransportUnavailable

SECONDS = 30.0
"""How long a connection may take, and the time without a byte of an answer."""
WHOLE = 3
"""So many times as long a whole exchange may take."""
MOST_A_MINUTE = 3000
"""What Notify takes from one service (https://docs.notifications.service.gov.uk/limits)."""
NOT_TAKEN = frozenset({"technical-failure", "validation-failed", "cancelled"})
"""States of a notification that will never be a mail."""
MOST_CAUSES = 10
"""One below the other, until an error says what happened."""
FATES = {fate.value: fate for fate in Fate}
PLACEHOLDERS = ("((subject))", "((body))")

Json = Mapping[str, Any]
Client = Any
"""A NotificationsAPIClient, which says nothing of its types."""


@dataclass(frozen=True)
class Service:
    """The service in Notify that sends: where its API is, with which key and template, and which of
    its reply-to addresses answers go to (empty: its default)."""

    base_url: str
    key: str = field(repr=False)
    template_id: str
    reply_to_id: str = ""


class GovukNotify:
    """One session with the API, kept for the messages of one run. `clock` says when the day of a
    daily limit ends."""

    name = "govuk_notify"
    capabilities = Capabilities(
        reports_end_of_data=True,
        repeatable=False,
        takes_parcels=True,
        can_be_asked=True,
    )

    def __init__(
        self,
        service: Service,
        pace: Pace | None = None,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        seconds: float = SECONDS,
    ) -> None:
        self.service = service
        self._pace = pace or Pace(MOST_A_MINUTE)
        self._clock = clock
        self._seconds = seconds
        self._kept: Client = None

    def hand_over(self, parcel: Parcel, before_end_of_data: Callable[[], None]) -> Accepted:
        """Hand over one delivery, under its number. See `Transport.deliver` for what it raises."""
        request = self._request(parcel)
        client = self._client()
        self._pace.wait()
        before_end_of_data()

        try:
            taken = self._in_time(lambda: client.send_email_notification(**request))
        except TimeoutError as error:
            raise InDoubt(f"GOV.UK Notify did not answer: {error}") from error
        except _errors_of_client() as error:
            raise self._refused(error, parcel.recipient) from error
        if not isinstance(taken, Mapping):
            raise InDoubt("GOV.UK Notify took it, it seems, and answered in another form")
        remote_id = str(taken.get("id", ""))
        return Accepted(remote_id, f"taken as {remote_id}")

    def deliver(
        self, message: bytes, sender: str, recipient: str, before_end_of_data: Callable[[], None]
    ) -> str:
        """Hand over a message that has no number and no other form, a test mail; return what is
        said to it."""
        parcel = Parcel(0, recipient, message)
        return self.hand_over(parcel, before_end_of_data).said

    def find(self, number: int, recipient: str) -> Accepted | None:
        """Return what Notify has under the number of a delivery to this recipient; None where it
        has nothing that is, or will be, a mail."""
        listed = self._ask(
            lambda client: client.get_all_notifications(
                template_type="email",
                reference=str(number),
            )
        )
        for each in listed.get("notifications", ()):
            if _is_to(each, recipient) and each.get("status") not in NOT_TAKEN:
                remote_id = str(each.get("id", ""))
                return Accepted(remote_id, f"known there as {remote_id}: {each.get('status')}")
        return None

    def fate(self, remote_id: str) -> tuple[Fate, str]:
        """Return what became of what Notify took, and its word for it."""
        try:
            known = self._ask(lambda client: client.get_notification_by_id(remote_id))
        except _Unknown:
            return Fate.FORGOTTEN, "no longer known there"
        said = str(known.get("status", ""))
        return FATES.get(said, Fate.UNDER_WAY), f"GOV.UK Notify: {said}"

    def check(self) -> str:
        """Return that Notify answers and has the template, with a place for all that is sent.
        Raises TransportError."""
        template = self.service.template_id
        found = self._ask(lambda client: client.get_template(template))
        text = f"{found.get('subject', '')} {found.get('body', '')}"
        missing = [name for name in PLACEHOLDERS if name not in text]
        if found.get("type") != "email" or missing:
            raise TransportUnavailable(
                f"template {template} in GOV.UK Notify is no email template with "
                f"{' and '.join(PLACEHOLDERS)}",
                hint="Its subject is ((subject)), its message ((body)).",
            )
        return f"{self.service.base_url} answers, and has the template"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._kept is not None:
            self._kept.request_session.close()
        self._kept = None

    # -- requests ----------------------------------------------------------------------------------

    def _request(self, parcel: Parcel) -> dict[str, Any]:
        """Return what is asked of the client. Raises TransportError where there is no text."""
        from syncer.digest import govuk_markdown

        service = self.service
        return {
            "email_address": parcel.recipient,
            "template_id": service.template_id,
            "personalisation": _personalisation(parcel),
            "reference": str(parcel.number) if parcel.number else None,
            "email_reply_to_id": service.reply_to_id or None,
            "one_click_unsubscribe_url": govuk_markdown.one_click_address(parcel.message) or None,
        }

    def _client(self) -> Client:
        """Return the client of this session. It is imported here: only who sends by Notify waits
        for that."""
        if self._kept is None:
            from notifications_python_client.notifications import NotificationsAPIClient

            # it logs what Notify says of a refused request, which may name an address
            logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)
            service = self.service
            make: Callable[..., Client] = NotificationsAPIClient
            self._kept = make(service.key, service.base_url, self._seconds)
            session = self._kept.request_session
            session.max_redirects = 0
            session.trust_env = service.base_url.startswith("https://")  # no proxy to this machine
        return self._kept

    def _in_time(self, request: Callable[[], Any]) -> Any:
        """Return what is answered. Raises TimeoutError, and then another session begins: this one
        is still held by the request."""
        try:
            return in_time(request, WHOLE * self._seconds)
        except TimeoutError:
            self._kept = None
            raise

    def _ask(self, request: Callable[[Client], Json]) -> Json:
        """Return the answer to a question. Raises TransportError, _Unknown for what is not
        there."""
        client = self._client()
        try:
            found = self._in_time(lambda: request(client))
        except TimeoutError as error:
            raise self._unreachable(error) from error
        except _errors_of_client() as error:
            answer = _answer(error)
            if answer is None:
                raise self._unreachable(error) from error
            if answer.status == 404:
                raise _Unknown(f"GOV.UK Notify does not know it: {answer.said}") from error
            raise asking_refused(answer, self._clock()) from error

        if not isinstance(found, Mapping):
            raise TransportUnavailable("GOV.UK Notify answers in another form", hint=_Unknown.hint)
        return found

    def _refused(self, error: Exception, recipient: str) -> TransportError:
        """Return what went wrong with a message."""
        answer = _answer(error)
        if answer is None:
            return self._unreachable(error) if _never_connected(error) else _lost(error)
        if answer.status < 300:
            return InDoubt(f"GOV.UK Notify answered {answer.status}, and not in JSON")
        return sending_refused(answer, recipient, self._clock())

    def _unreachable(self, error: Exception) -> TransportUnavailable:
        cause = error.__cause__ or error
        return TransportUnavailable(
            f"GOV.UK Notify at {self.service.base_url} cannot be reached: {type(cause).__name__}",
            hint="Check [govuk_notify] base_url, the network and its proxy.",
        )


class _Unknown(TransportUnavailable):
    """What was asked for is not there."""

    hint = "Check [govuk_notify] base_url and template_id."

    @property
    def name(self) -> str:
        return TransportUnavailable.__name__


def _errors_of_client() -> type[Exception]:
    """Return what the client raises for whatever is no success."""
    from notifications_python_client.errors import APIError

    error: type[Exception] = APIError
    return error


def _answer(error: Exception) -> Answer | None:
    """Return what was answered; None where nothing was."""
    response = getattr(error, "response", None)
    if response is None:
        return None
    try:
        body = response.json()
    except ValueError:
        body = None
    return read(response.status_code, body)


def _never_connected(error: BaseException | None) -> bool:
    """Return whether no request had been sent yet, by the causes of an error."""
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

    at_the_door = (
        NewConnectionError,
        ConnectTimeoutError,
        ProxyError,
        ssl.SSLCertVerificationError,
    )
    for _ in range(MOST_CAUSES):
        if error is None or isinstance(error, at_the_door):
            break
        error = _cause(error)
    return isinstance(error, at_the_door)


def _cause(error: BaseException) -> BaseException | None:
    """Return what an error was made of: urllib3's names it, requests' holds it, others are raised
    from it."""
    held = [getattr(error, "reason", None), *error.args]
    for each in held:
        if isinstance(each, BaseException):
            return each
    return error.__cause__ or error.__context__


def _lost(error: Exception) -> InDoubt:
    cause = error.__cause__ or error
    return InDoubt(
        f"the connection to GOV.UK Notify was lost before it answered: {type(cause).__name__}"
    )


def _is_to(notification: Json, recipient: str) -> bool:
    """Return whether a notification is to this recipient: another store may have sent under the
    same number."""
    address = str(notification.get("email_address") or recipient)
    return address.casefold() == recipient.casefold()


def _personalisation(parcel: Parcel) -> dict[str, str]:
    """Return the values of the template: as they were written for Notify, else made of the text
    part of a message that was written before Notify was to send it."""
    if parcel.other:
        return {name: str(parcel.other[name]) for name in ("subject", "body")}

    from syncer.digest import govuk_markdown

    try:
        subject, body = govuk_markdown.of_message(parcel.message)
    except ValueError as error:
        raise TransportError(
            f"message to {parcel.recipient} not accepted: {error}", permanent=True
        ) from error
    return {"subject": subject, "body": body}

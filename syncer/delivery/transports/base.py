"""What every transport is to the outbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Any, Protocol, Self


@dataclass(frozen=True)
class Capabilities:
    """What the outbox may rely on.

    `reports_end_of_data`: `deliver` calls `before_end_of_data` at the last moment at which nothing
    has been handed over yet. Of a transport that does not, the outbox assumes the worst from the
    start.
    `repeatable`: the same message delivered twice arrives once, so that a broken delivery is never
    in doubt.
    `takes_parcels`: it is a `ParcelService`, which is given the delivery's number and its other
    form besides the message.
    `can_be_asked`: it is an `AskableService`, which says whether it has what is in doubt.
    """

    reports_end_of_data: bool
    repeatable: bool
    takes_parcels: bool = False
    can_be_asked: bool = False


@dataclass(frozen=True)
class Parcel:
    """One delivery as a service takes it that has a form of its own. `number` is the delivery's, by
    which the service knows it again; `other` is what was written in the service's form, empty where
    only the `message` (RFC 5322 bytes) was."""

    number: int
    recipient: str
    message: bytes
    other: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Accepted:
    """What a service says of a delivery that it has: the number it gave it (empty where it gives
    none), and its words for the record."""

    remote_id: str
    said: str


class Fate(StrEnum):
    """What became of what a service took, in the words of GOV.UK Notify."""

    UNDER_WAY = "sending"
    ARRIVED = "delivered"
    NO_SUCH_ADDRESS = "permanent-failure"
    COULD_NOT_ARRIVE = "temporary-failure"
    NEVER_LEFT = "technical-failure"
    FORGOTTEN = "forgotten"


class Transport(Protocol):
    """A way to hand over one message to one recipient. As a context manager it keeps its connection
    between messages."""

    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    def deliver(
        self, message: bytes, sender: str, recipient: str, before_end_of_data: Callable[[], None]
    ) -> str:
        """Hand over `message` (RFC 5322 bytes); gives the reply, for the record.

        Raises TransportError when it was certainly not accepted (AddressRefused: nor will it ever
        be for this address; TransportUnavailable: nothing can be handed over now) and InDoubt when
        nobody can say. What `before_end_of_data` raises passes through, and then nothing was handed
        over.
        """
        ...

    def check(self) -> str:
        """Return what answers, where a message could be handed over now, without handing any over.
        Raises TransportError."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class HoldsNothing:
    """What a transport inherits that keeps no connection between messages."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Do nothing: nothing is held open."""


class ParcelService(Transport, Protocol):
    """A transport that is given parcels."""

    def hand_over(self, parcel: Parcel, before_end_of_data: Callable[[], None]) -> Accepted:
        """Hand over one delivery. Raises as `Transport.deliver` does."""
        ...


class AskableService(ParcelService, Protocol):
    """A service that can be asked about what was handed over."""

    def find(self, number: int, recipient: str) -> Accepted | None:
        """Return what the service has under the number of a delivery to this recipient; None where
        it has nothing. Raises TransportError where it does not answer."""
        ...

    def fate(self, remote_id: str) -> tuple[Fate, str]:
        """Return what became of what the service took under that number of its own, and its words.
        Raises TransportError where it does not answer."""
        ...

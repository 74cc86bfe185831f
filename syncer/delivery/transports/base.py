"""What every transport is to the outbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self


@dataclass(frozen=True)
class Capabilities:
    """What the outbox may rely on.

    `reports_end_of_data`: `deliver` calls `before_end_of_data` at the last moment at which nothing
    has been handed over yet. Of a transport that does not, the outbox assumes the worst from the
    start.
    `repeatable`: the same message delivered twice arrives once, so that a broken delivery is never
    in doubt.
    """

    reports_end_of_data: bool
    repeatable: bool


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

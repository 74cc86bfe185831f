"""How long the server waits for what; a test need not wait as long."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Times:
    """Seconds."""

    look_every: float = 1.0
    """Between two looks at whether the store has changed."""

    request: float = 20.0
    """In which a request must have come whole, however steadily it drips."""

    store: float = 5.0
    """For which a form waits for the store while something else writes."""

    even: float = 0.25
    """A form that names an address is answered at the next of such steps after it came: how long
    that took says nothing of whether the address is known."""

"""What was put together and rendered in one run, each once: many are told the same, and their
messages differ only in the page on which they stop them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from pathlib import Path
from typing import Any

from syncer.digest.message_model import Digest
from syncer.digest.render import RenderedMessage, message

MOST_KEPT = 500
"""Digests, and messages, that are kept at a time: where everybody is told something else, keeping
them saves nothing and takes memory."""


class Renderings:
    """The digests and messages of one run."""

    def __init__(self, templates: Path | None) -> None:
        self._templates = templates
        self._digests: dict[Hashable, Digest] = {}
        self._messages: dict[Hashable, tuple[Digest, RenderedMessage]] = {}

    def composed(self, of: Hashable, compose: Callable[[], Digest]) -> Digest:
        """Return the digest that was put together from these things before; else `compose` does
        it."""
        if of not in self._digests:
            _make_room(self._digests)
            self._digests[of] = compose()
        return self._digests[of]

    def message(self, made: Digest, leave: str, manage: str) -> RenderedMessage:
        """Return the message of a digest, with the pages on which its reader stops it, and changes
        what they are told. Raises TemplateBroken."""
        stand_in = _stand_in(leave)
        shown = (id(made), stand_in, manage)  # a digest holds mappings, and so has no hash
        if shown not in self._messages:
            _make_room(self._messages)
            whole = replace(made, leave=stand_in, manage=manage)
            self._messages[shown] = (made, message(whole, self._templates))

        _, rendered = self._messages[shown]
        if not stand_in:
            return rendered
        return replace(
            rendered,
            text=rendered.text.replace(stand_in, leave),
            html=rendered.html.replace(stand_in, leave),
        )


def _make_room(kept: dict[Hashable, Any]) -> None:
    """Forget what was kept longest where there is too much."""
    if len(kept) >= MOST_KEPT:
        oldest = next(iter(kept))
        del kept[oldest]


def _stand_in(page: str) -> str:
    """Return an address as long as that of a page for one person, and the same for all."""
    if not page:
        return ""
    folder, _, token = page.rpartition("/")
    return f"{folder}/{'0' * len(token)}"

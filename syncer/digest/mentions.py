"""Possibles as the closing lines of a digest: one for each page (DESIGN §2, Possible). Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import urlsplit

from syncer.digest.message_model import Mentioned
from syncer.model import Observation, Possible
from syncer.register.councils import Register

DOUBT = "whether it is an award could not be read"


def mentioned(possibles: Iterable[Possible], register: Register) -> tuple[Mentioned, ...]:
    """Return one line for each page, in the order in which the pages come."""
    pages: dict[str, list[Observation]] = defaultdict(list)
    for possible in possibles:
        pages[possible.observation.url].append(possible.observation)
    return tuple(_line(url, said, register) for url, said in pages.items())


def _line(url: str, said: list[Observation], register: Register) -> Mentioned:
    named = list(dict.fromkeys(_names(each, register) for each in said))
    host = urlsplit(url).hostname or "a page"
    return Mentioned(f"Also mentioned: a page on {host} names {_and(named)}; {DOUBT}.", url)


def _names(said: Observation, register: Register) -> str:
    """The councils with the sum, or the place, that a page seems to give them."""
    councils = _and([register.by_slug(slug).name for slug in said.councils])
    money = said.funding
    if money.amount_text:
        return f"{councils} and {money.amount_text}"
    return f"{councils} and {money.programme}" if money.programme else councils


def _and(names: list[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]

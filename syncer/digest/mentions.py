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
        said = possible.observation
        pages[said.url].append(said)

    return tuple(_line(url, said, register) for url, said in pages.items())


def _line(url: str, said: list[Observation], register: Register) -> Mentioned:
    names = [_names(each, register) for each in said]
    named = list(dict.fromkeys(names))

    host = urlsplit(url).hostname or "a page"
    sentence = f"Also mentioned: a page on {host} names {_and(named)}; {DOUBT}."
    return Mentioned(sentence, url)


def _names(said: Observation, register: Register) -> str:
    """The councils with the sum, or the place, that a page seems to give them."""
    councils = _and([register.by_slug(slug).name for slug in said.councils])
    money = said.funding
    if money.amount_text:
        return f"{councils} and {money.amount_text}"
    return f"{councils} and {money.programme}" if money.programme else councils


def _and(names: list[str]) -> str:
    *before, last = names
    if not before:
        return last
    return ", ".join(before) + f" and {last}"

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
    pages = _by_page(possibles)
    return tuple(_line(url, said, register) for url, said in pages.items())


def _by_page(possibles: Iterable[Possible]) -> dict[str, list[Observation]]:
    """Return what each page seems to say, by its address."""
    pages: dict[str, list[Observation]] = defaultdict(list)
    for possible in possibles:
        said = possible.observation
        pages[said.url].append(said)

    return pages


def _line(url: str, said: list[Observation], register: Register) -> Mentioned:
    host = urlsplit(url).hostname or "a page"
    named = _all_names(said, register)
    sentence = f"Also mentioned: a page on {host} names {named}; {DOUBT}."
    return Mentioned(sentence, url)


def _all_names(said: list[Observation], register: Register) -> str:
    """Return the councils that a page names, with their sums, each once."""
    names = [_names(each, register) for each in said]
    each_once = dict.fromkeys(names)
    return _and(list(each_once))


def _names(said: Observation, register: Register) -> str:
    """Return the councils with the sum, or the place, that a page seems to give them."""
    money = said.funding
    given = money.amount_text or money.programme
    councils = _and([register.by_slug(slug).name for slug in said.councils])
    if not given:
        return councils
    return f"{councils} and {given}"


def _and(names: list[str]) -> str:
    *before, last = names
    if not before:
        return last
    return ", ".join(before) + f" and {last}"

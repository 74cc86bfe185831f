"""The way in: a text → every statement of funding in it, told and possible."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TypedDict, Unpack

from syncer.funding.attributes import PageFacts
from syncer.funding.context import Page
from syncer.funding.opening import Known, open_text
from syncer.funding.other_kinds import read_other_kinds
from syncer.funding.prose import read_prose
from syncer.funding.score import Scorer, load_scorer
from syncer.funding.settling import FundingReading, settle
from syncer.model import Money, Statement
from syncer.register.councils import Register
from syncer.register.programmes import Programmes

__all__ = [
    "AboutPage",
    "FundingReading",
    "open_page",
    "read_funding",
    "read_statements",
    "read_told_and_possible",
    "statement_as_json",
]


class AboutPage(TypedDict, total=False):
    """What is known of a page beside its text: the day it was `published` (else the text's own date
    line is read), its `title`, and the `funder` that publishes it."""

    published: dt.date | None
    title: str
    funder: str


def read_statements(
    text: str, register: Register, programmes: Programmes, **about: Unpack[AboutPage]
) -> tuple[Statement, ...]:
    """Return every statement of funding the text tells for certain, in its order, each once."""
    return read_funding(text, register, programmes, **about).told


def read_told_and_possible(
    text: str, register: Register, programmes: Programmes, **about: Unpack[AboutPage]
) -> tuple[Statement, ...]:
    """Return what the text tells for certain, then what is possible (see their `certainty`)."""
    reading = read_funding(text, register, programmes, **about)
    return reading.told + reading.possible


def read_funding(
    text: str,
    register: Register,
    programmes: Programmes,
    *,
    scorer: Scorer | None = None,
    **about: Unpack[AboutPage],
) -> FundingReading:
    """Return what the text says of money. Councils are slugs, amounts whole pounds; without a
    `scorer` the packaged weights count."""
    opened = open_text(text, Known(register, programmes, **about))
    told = [
        *read_prose(opened.page, opened.facts, scorer or load_scorer()),
        *read_other_kinds(opened.page, opened.facts),
    ]
    return settle(told, opened.rows, opened.facts.determination)


def open_page(
    text: str, register: Register, programmes: Programmes, *, title: str = ""
) -> tuple[Page, PageFacts]:
    """Return the prose of a text as parts, and what holds for the whole page."""
    opened = open_text(text, Known(register, programmes, title=title))
    return opened.page, opened.facts


def statement_as_json(path: str, statement: Statement, register: Register) -> dict[str, object]:
    """Return the statement with the keys of `syncer extract` (DESIGN §10), then further ones.
    `councils` are GSS codes; for a partnership both the council that helps and the council
    helped."""
    helped = _codes(statement.helped, register)
    return {
        "path": path,
        "kind": statement.kind.value,
        "councils": _codes(statement.councils, register) + helped,
        "programme": statement.programme,
        "funder": statement.funder,
        **_money_as_json(statement.money),
        "period": statement.period,
        "announced": statement.announced.isoformat() if statement.announced else None,
        "joint": statement.joint,
        "quote": statement.quote,
        "helped": helped,
        "determination": statement.determination,
        "capital": statement.capital,
        "ring_fenced": statement.ring_fenced,
        "status": statement.status,
        "what": statement.what,
        "certainty": statement.certainty.value,
        "p": statement.p,
        "why": list(statement.why),
    }


def _codes(slugs: Iterable[str], register: Register) -> list[str]:
    """Return the GSS codes of the councils."""
    return [register.by_slug(slug).gss for slug in slugs]


def _money_as_json(money: Money | None) -> dict[str, object]:
    """Return the keys of the sum; without one they are there all the same."""
    if money is None:
        return {"amount": None, "qualifier": None, "amount_text": ""}
    return {
        "amount": money.pounds,
        "qualifier": money.qualifier.value,
        "amount_text": money.text,
    }

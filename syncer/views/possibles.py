"""What pages seem to say of money and could not be read for certain, as rows. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from syncer.model import FundingFields, Possible
from syncer.register.councils import Register
from syncer.views.listing import Column, Listing, Row, link_column, plain_columns
from syncer.views.lists import council_label

COLUMNS = (
    *plain_columns("id"),
    Column("councils", hidden=True),
    Column("council_names", "councils", wording=lambda row: ", ".join(row["council_names"])),
    Column("amount", hidden=True, unit="£"),
    Column("amount_text", "sum"),
    *plain_columns("programme", "published"),
    Column("p", hidden=True),
    Column("why", "why it is not told", wording=lambda row: ", ".join(row["why"])),
    Column("quote", "words"),
    link_column("url", hidden=False),
)
DECIDE = (
    "`syncer possible accept ID` makes an award of one, `syncer possible reject ID` sets it aside."
)


def possibles(register: Register, found: Iterable[tuple[int, Possible]]) -> Listing:
    """Return a row for each possible, given with its number."""
    rows = []
    for number, possible in found:
        rows.append(_row(register, number, possible))
    none = "No page seems to give money that could not be read."
    return Listing(
        COLUMNS,
        rows,
        DECIDE,
        none,
        "possible",
    )


def _row(register: Register, number: int, possible: Possible) -> Row:
    said = possible.observation
    named = [council_label(register, slug) for slug in said.councils]
    return {
        "id": number,
        "councils": [label.gss for label in named],
        "council_names": [label.name for label in named],
        **_sum(said.funding),
        "published": said.published,
        "p": possible.p,
        "why": list(possible.why),
        "quote": said.funding.quote or "",
        "url": said.url,
    }


def _sum(money: FundingFields) -> Row:
    return {
        "amount": money.amount,
        "amount_text": money.amount_text or "",
        "programme": money.programme or "",
    }

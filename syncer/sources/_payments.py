"""A file of the department's payments → its rows → observations, each known by what it says and not
by its row: in a file that is replaced by a corrected one, rows are put in between. The file is read
in the child that reads documents."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence

from syncer.documents import sheets
from syncer.funding.payments import PaymentRow, read_spend
from syncer.model import (
    Evidence,
    FundingKind,
    Observation,
    PaymentFields,
    Problem,
    Qualifier,
    RecordKind,
)
from syncer.reading import Page
from syncer.register.councils import Register


def read_payments(
    data: bytes, url: str, register: Register
) -> tuple[list[PaymentRow], list[Problem]]:
    """Return the payments to councils in a file, and what is wrong with its rows. Raises
    DocumentError for one that cannot be read."""
    payments: list[PaymentRow] = []
    problems: list[Problem] = []

    for sheet in sheets.rows(data, url):
        spend = read_spend(sheet.rows, register, sheet.numbers)
        payments += spend.payments
        problems += spend.problems

    return payments, problems


def observations(
    source: str, parser: int, page: Page, payments: Sequence[PaymentRow]
) -> Iterator[Observation]:
    """Yield the payments of one file, published with it: a month or two after they were paid."""
    published = dt.date.fromisoformat(str(page.notes["published"]))

    for payment, key in zip(payments, _keys(payments), strict=True):
        fields = _fields(payment)
        evidence = Evidence(page.sha256, payment.quote, None, f"row {payment.row}")

        yield Observation(
            source=source,
            page=page.key,
            key=key,
            record=RecordKind.PAYMENT,
            councils=(payment.council,),
            fields=fields,
            published=published,
            url=page.link,
            sha256=page.sha256,
            parser=parser,
            evidence=dict.fromkeys((*fields.said(), "quote"), evidence),
        )


def _keys(payments: Sequence[PaymentRow]) -> Iterator[str]:
    """Yield a key for each payment; payments that say the same are numbered."""
    times: Counter[str] = Counter()

    for payment in payments:
        known_by = payment.transaction or payment.area
        name = f"{payment.council} {payment.paid} {known_by} {payment.pounds}"
        times[name] += 1
        yield name if times[name] == 1 else f"{name} #{times[name]}"


def _fields(payment: PaymentRow) -> PaymentFields:
    return PaymentFields(
        kind=FundingKind.PAYMENT,
        amount=payment.pounds,
        amount_text=f"{payment.pounds}",
        low=payment.pounds,
        high=payment.pounds,
        qualifier=Qualifier.EXACT,
        paid=payment.paid,
        period_start=payment.paid,
        funder="DfE",
        supplier=payment.supplier,
        area=payment.area or None,
        description=payment.description or None,
        transaction=payment.transaction or None,
    )

"""Rows of the department's payments → observations, each known by what it says and not by its row:
in a file that is replaced by a corrected one, rows are put in between."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence

from syncer.funding.payments import PaymentRow
from syncer.model import (
    Evidence,
    FundingKind,
    Observation,
    PaymentFields,
    Qualifier,
    RecordKind,
)
from syncer.reading import Page


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

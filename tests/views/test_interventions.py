"""Interventions → the rows of their list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from records import award, day

from syncer.model import InterventionFields, Record, RecordKind
from syncer.records.interventions import in_force
from syncer.register.councils import load_register
from syncer.views.interventions import interventions

REGISTER = load_register()


def notice(number: int, state: str, **said: Any) -> Record:
    days = {name: day(text) for name, text in said.items()}
    fields = InterventionFields(what="improvement notice", state=state, **days)
    return replace(award(number, 0), record=RecordKind.INTERVENTION, fields=fields)


ISSUED = notice(1, "issued", issued="2024-03-28")
REVISED = notice(2, "revised", issued="2023-05-01", revised="2025-02-07")
LIFTED = notice(3, "lifted", issued="2021-03-01", lifted="2024-12-11")


def test_interventions_are_listed_the_latest_first_with_since_when_they_stand_so() -> None:
    listing = interventions(REGISTER, [LIFTED, ISSUED, REVISED])
    assert [(row["id"], str(row["since"]), row["in_force"]) for row in listing.rows] == [
        (2, "2025-02-07", True),
        (3, "2024-12-11", False),
        (1, "2024-03-28", True),
    ]
    assert listing.closing.startswith("2 in force. Older ones")


@pytest.mark.parametrize(("on", "expected"), [("2024-12-10", True), ("2024-12-11", False)])
def test_a_lifted_one_was_in_force_until_the_day_it_was_lifted(on: str, expected: bool) -> None:
    assert in_force(LIFTED, day(on)) is expected and not in_force(LIFTED)


@pytest.mark.parametrize("state", ["closed", "revoked", "ended", "withdrawn", "replaced"])
def test_whatever_ends_an_intervention_it_is_in_force_no_longer(state: str) -> None:
    assert not in_force(notice(4, state))
    assert not in_force(replace(ISSUED, withdrawn=True))


def test_one_that_nobody_dates_stands_since_its_publication() -> None:
    (row,) = interventions(REGISTER, [notice(5, "issued")]).rows
    assert row["since"] == row["published"] == day("2024-08-20")

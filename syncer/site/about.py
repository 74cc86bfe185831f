"""How the site is made: what is read, how right it is, licence and attribution, privacy."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from syncer.digest import about, items
from syncer.digest.items import grade_badge
from syncer.digest.message_model import GradeBadge
from syncer.model import Absence, Grade
from syncer.site.addresses import ABOUT
from syncer.site.facts import Facts
from syncer.site.page import Pages, SitePage
from syncer.views.lists import NOT_KNOWN, NOT_LISTED

MEASURED_ON = dt.date(2026, 11, 26)


@dataclass(frozen=True)
class Measured:
    """A figure that was measured: of what, by which program of ours, how much, and how it is to be
    read."""

    what: str
    by: str
    found: str
    meaning: str


MEASURED = (
    Measured(
        "Reports of Ofsted (all frameworks and visits, 2012 to 2026), compared field by field with "
        "what a careful reader found",
        "benchmarks/report_accuracy.py",
        "445 of 445 without a difference",
        "kind, days, every judgement, what needs to improve",
    ),
    Measured(
        "Allocation tables in pages and files",
        "benchmarks/money_accuracy.py",
        "20 of 20 read whole",
        "every council and sum",
    ),
    Measured(
        "Money in running text: press releases, articles, council papers (260 texts with 215 sums "
        "that nothing was tuned on)",
        "benchmarks/money_accuracy.py",
        "86% right of the sums told; 67% told of the sums there are",
        "with 90% confidence 82% to 90%, and 62% to 72%; of all sums 94% are told or marked as "
        "possible, and only what is told stands on this site",
    ),
)
"""Measured on MEASURED_ON, in the checkout of that day. Whoever changes a reader runs the program
again and writes what it prints."""


@dataclass(frozen=True)
class Word:
    """A word of the site, and what is meant by it."""

    badge: GradeBadge
    meaning: str


def pages(facts: Facts) -> Pages:
    """Yield the page about the site."""
    yield ABOUT, lambda: _about(facts)


def _about(facts: Facts) -> SitePage:
    model = {
        "measured": MEASURED,
        "measured_on": MEASURED_ON,
        "words": _words(),
        "run_by": about.run_by(facts.context),
        "contact": items.safe_link(facts.run_by.privacy),
    }
    return SitePage(
        "About",
        "about.html.j2",
        model,
        description="How this site is made, how right it is, its licence, and what is kept of you.",
    )


def _words() -> tuple[Word, ...]:
    """Return the words for how a council stands that are no grade of today."""
    not_known = GradeBadge("none", NOT_KNOWN)
    return (
        Word(
            grade_badge(Absence.NO_LONGER_JUDGED),
            "It was judged once, and the rules of the latest inspection judge it no more: overall "
            "effectiveness since April 2026, adoption since 2018.",
        ),
        Word(
            GradeBadge("none", "with children in care"),
            "Until January 2023 care leavers were judged within children in care, without a grade "
            "of their own.",
        ),
        Word(
            grade_badge(Absence.NEVER_JUDGED),
            "The council’s page was read, and no inspection on it judges this.",
        ),
        Word(
            grade_badge(Absence.UNKNOWN),
            "A newer report is published, and we could not read it yet. How the council stood "
            "before it is not shown as how it stands now.",
        ),
        Word(
            not_known,
            f"Its page was never read, or {NOT_LISTED}. Not having looked is no finding.",
        ),
        Word(
            grade_badge(Grade.ADEQUATE),
            "The third of four grades before 2013. It is compared with nothing.",
        ),
    )

"""The demonstration's facts: four councils, their Ofsted inspections, and two days on which to read
them.

Every name, id, date, grade and inspector is as Ofsted published it (provider pages of the four
councils at reports.ofsted.gov.uk, and the reports behind them). The pages and files made from these
facts are syncer's own.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from syncer.config import source_names
from syncer.model import Area, Grade

BASELINE_DAY = dt.date(2026, 5, 15)
NEWS_DAY = dt.date(2026, 8, 3)
"""Between the two Coventry improved, Brent stayed as it was under rules that no longer give an
overall judgement, Trafford declined."""

OUTSTANDING, GOOD, IMPROVE, INADEQUATE = (
    Grade.OUTSTANDING,
    Grade.GOOD,
    Grade.REQUIRES_IMPROVEMENT,
    Grade.INADEQUATE,
)


@dataclass(frozen=True)
class Report:
    """One inspection report: its file id, days, lead inspector, and the grades in the order in
    which the report prints them. Without CARE_LEAVERS, children in care and care leavers are one
    judgement, as they were before 2023."""

    file_id: str
    first_day: dt.date
    last_day: dt.date
    published: dt.date
    inspector: str
    grades: Mapping[Area, Grade]


@dataclass(frozen=True)
class Provider:
    """One council as Ofsted lists it; `slug` is its name in syncer's register, `short` the one in a
    report's title."""

    slug: str
    provider_id: str
    name: str
    short: str
    reports: tuple[Report, ...]

    def reports_on(self, day: dt.date) -> tuple[Report, ...]:
        """Return what had been published by the end of that day, the newest first."""
        shown = [report for report in self.reports if report.published <= day]
        shown.sort(key=lambda report: report.published, reverse=True)
        return tuple(shown)


def _grades(
    leadership: Grade, help_: Grade, care: Grade, leavers: Grade | None, overall: Grade | None
) -> dict[Area, Grade]:
    given = {
        Area.LEADERSHIP: leadership,
        Area.HELP: help_,
        Area.CARE: care,
        Area.CARE_LEAVERS: leavers,
        Area.OVERALL: overall,
    }
    return {area: grade for area, grade in given.items() if grade is not None}


PROVIDERS = (
    Provider(
        "brent",
        "80489",
        "London Borough of Brent",
        "Brent",
        (
            Report(
                "50213625",
                dt.date(2023, 2, 20),
                dt.date(2023, 2, 24),
                dt.date(2023, 4, 11),
                "Kendra Bell",
                _grades(GOOD, GOOD, GOOD, GOOD, GOOD),
            ),
            Report(
                "50304386",
                dt.date(2026, 4, 27),
                dt.date(2026, 5, 1),
                dt.date(2026, 6, 17),
                "Monique Lindsay",
                _grades(GOOD, GOOD, GOOD, GOOD, None),
            ),
        ),
    ),
    Provider(
        "coventry",
        "80456",
        "Coventry City Council",
        "Coventry",
        (
            Report(
                "50190643",
                dt.date(2022, 6, 20),
                dt.date(2022, 7, 1),
                dt.date(2022, 8, 12),
                "Nick Bennison",
                _grades(GOOD, GOOD, GOOD, None, GOOD),
            ),
            Report(
                "50301676",
                dt.date(2026, 3, 9),
                dt.date(2026, 3, 13),
                dt.date(2026, 5, 18),
                "Sophie Wales",
                _grades(OUTSTANDING, GOOD, OUTSTANDING, OUTSTANDING, OUTSTANDING),
            ),
        ),
    ),
    Provider(
        "south-tyneside",
        "80557",
        "South Tyneside Council",
        "South Tyneside",
        (
            Report(
                "50216273",
                dt.date(2022, 12, 5),
                dt.date(2023, 2, 15),
                dt.date(2023, 5, 10),
                "Rebecca Quested",
                _grades(INADEQUATE, IMPROVE, INADEQUATE, None, INADEQUATE),
            ),
        ),
    ),
    Provider(
        "trafford",
        "80573",
        "Trafford Metropolitan Borough Council",
        "Trafford",
        (
            Report(
                "50206433",
                dt.date(2022, 11, 21),
                dt.date(2022, 12, 2),
                dt.date(2023, 1, 31),
                "Nick Bennison",
                _grades(IMPROVE, IMPROVE, IMPROVE, None, IMPROVE),
            ),
            Report(
                "50308602",
                dt.date(2026, 6, 8),
                dt.date(2026, 6, 19),
                dt.date(2026, 8, 3),
                "Leanne Cooper",
                _grades(INADEQUATE, INADEQUATE, GOOD, IMPROVE, None),
            ),
        ),
    ),
)


def config_for(reports: str, files: str, folder: Path) -> str:
    """Return the text of a config.toml that reads only these two addresses, and writes only below
    `folder`."""
    store, maildir = folder / "syncer.db", folder / "maildir"
    sections = [
        "# The demonstration: a small sample of the sites, served on this machine.",
        f"[store]\npath = {json.dumps(str(store))}",
        f"[sites]\nofsted_reports = {json.dumps(reports)}\nofsted_files = {json.dumps(files)}",
        '[fetch]\ndelay_seconds = 0\ncontact = "https://example.org/demonstration"',
        f'[mail]\ntransport = "maildir"\nmaildir = {json.dumps(str(maildir))}',
        *_source_sections(),
    ]
    return "\n".join(sections) + "\n"


def _source_sections() -> Iterator[str]:
    """Yield the tables of the sources: Ofsted's reports on the demonstration's councils alone."""
    slugs = [provider.slug for provider in PROVIDERS]
    yield f"[sources.ofsted_reports]\ncouncils = {json.dumps(slugs)}"
    for name in source_names():
        if name != "ofsted_reports":
            yield f"[sources.{name}]\nenabled = false"

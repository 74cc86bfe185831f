"""The dates of a page's reports, looked at before anything is decided by them (DESIGN §6.12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from syncer.errors import DatesDisagree, ImpossibleDate
from syncer.model import (
    FileKind,
    InspectionFields,
    Observation,
    Problem,
    RecordKind,
    ReportFields,
    VisitFields,
    nothing,
)
from syncer.reading import DATES, Page, Reading
from syncer.records.days import (
    Sighting,
    believed_day,
    fault_of_document,
    fault_of_listing,
    fits_sighting,
)
from syncer.store import Store, pages


@dataclass
class _Checked:
    """What is left of a page's reading, and what is wrong with its dates."""

    page: Page
    urls: Mapping[str, str]
    kept: list[Observation] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def with_possible_dates(
    store: Store, source: str, page: Page, reading: Reading, now: dt.datetime
) -> Reading:
    """Return the reading with reports dated by what can be true, and those whose own days cannot be
    true as unread; with a problem for each."""
    if not any(isinstance(said.fields, ReportFields) for said in reading.observations):
        return reading

    urls = {entry.key: entry.url for entry in reading.entries if entry.key in page.files}
    checked = _Checked(page, urls)
    sightings = _sightings(store, source, page, reading, now)
    for said in reading.observations:
        _check(said, sightings[said.key], checked)

    return replace(
        reading,
        observations=tuple(checked.kept),
        problems=(*reading.problems, *checked.problems),
    )


def _sightings(
    store: Store, source: str, page: Page, reading: Reading, now: dt.datetime
) -> Mapping[str, Sighting]:
    """Return how each entry came to be seen: what is new on the page, just now."""
    seen = pages.sightings(store, source, page.key)
    read_before = pages.read_before(store, source, page.key, now)
    found = {}
    for said in reading.observations:
        first, page_before = seen.get(said.key, (now, read_before))
        found[said.key] = _sighting(first, page_before, now)
    return found


def _sighting(
    first: dt.datetime | None, page_before: dt.datetime | None, now: dt.datetime
) -> Sighting:
    """Return how an entry came to be seen, from the moment that was noted: not later than now."""
    day = min(first or now, now).date()
    watched = page_before is not None
    return Sighting(day, watched, now.date())


def _check(said: Observation, sighting: Sighting, checked: _Checked) -> None:
    """Add what one observation comes to. What was known already, and is as it was, is not asked
    again: our clock may be wrong today."""
    known = checked.page.before.get(said.key)
    if not isinstance(said.fields, ReportFields) or _is_as_it_was(said, known):
        checked.kept.append(said)
        return

    listed = _fault_of_listing(said, sighting, checked)
    fault = _fault_of_document(said, listed, sighting)
    if fault:
        _refuse(said, known, fault, sighting, checked)
    elif listed:
        _date_again(said, known, listed, sighting, checked)
    else:
        checked.kept.append(said)


def _refuse(
    said: Observation,
    known: Observation | None,
    fault: str,
    sighting: Sighting,
    checked: _Checked,
) -> None:
    """Take nothing from a document whose days cannot be true."""
    checked.problems.append(_impossible(said, fault, checked))
    unread = _unread(said, known, sighting)
    if unread is not None:
        checked.kept.append(unread)


def _date_again(
    said: Observation,
    known: Observation | None,
    fault: str,
    sighting: Sighting,
    checked: _Checked,
) -> None:
    """Take a report by another date than that of the page, which cannot be true."""
    known_day = known.published if known else None
    day = believed_day(said.report, known_day, sighting)
    checked.problems.append(_disagree(said, checked.page, fault, day))
    checked.kept.append(replace(said, published=day))


def _fault_of_document(said: Observation, listed: str, sighting: Sighting) -> str:
    """Return why the days of a document cannot be true: of themselves, or because the page's date
    contradicts them (`listed`) and they do not fit the first sighting either."""
    fault = fault_of_document(said.report, sighting)
    if fault or not listed:
        return fault
    if _is_believed(said.report, sighting):
        return ""
    return f"published on {said.published}, {listed}"


def _fault_of_listing(said: Observation, sighting: Sighting, checked: _Checked) -> str:
    """Return why a report cannot have been published when the page says. One that is put up again
    under another number may have any day since."""
    if said.published is None or _is_put_up_again(said, checked.page):
        return ""
    return fault_of_listing(said.published, said.report, sighting)


def _is_put_up_again(said: Observation, page: Page) -> bool:
    """Return whether the page had a report of that kind and first day before."""
    first_day = said.report.first_day
    if first_day is None:
        return False
    for other in page.before.values():
        if other.key == said.key or other.unread:
            continue
        if (other.report.kind, other.report.first_day) == (said.report.kind, first_day):
            return True
    return False


def _is_believed(said: ReportFields, sighting: Sighting) -> bool:
    """Return whether the document, and not the list, is believed. A row of a table has no list
    beside it: it is wrong as a whole."""
    is_file = said.file_id is not None
    return is_file and fits_sighting(said, sighting)


def _is_as_it_was(said: Observation, known: Observation | None) -> bool:
    if known is None:
        return False
    same_bytes = (said.sha256, said.unread) == (known.sha256, known.unread)
    return same_bytes and said.published == known.published


def _unread(said: Observation, known: Observation | None, sighting: Sighting) -> Observation | None:
    """Return what is known without the document: what it said before, else that it is listed. None
    for a row of a table."""
    if known is not None and not known.unread:
        return known
    if said.report.file_id is None:
        return None

    record, fields = _only_listed(said.report)
    return replace(
        said,
        record=record,
        fields=fields,
        published=_listed_day(said, sighting),
        sha256="",
        evidence=nothing(),
        unread=True,
    )


def _only_listed(said: ReportFields) -> tuple[RecordKind, ReportFields]:
    """Return what the page alone says of a report."""
    kind = said.title_kind or said.kind
    if kind is FileKind.INSPECTION:
        return RecordKind.INSPECTION, InspectionFields(file_id=said.file_id, kind=kind)
    return RecordKind.VISIT, VisitFields(file_id=said.file_id, kind=kind)


def _listed_day(said: Observation, sighting: Sighting) -> dt.date:
    """Return the day on which the page says it was published, if that can be; else that of the
    first sighting."""
    listed = said.published
    if listed is None or fault_of_listing(listed, ReportFields(), sighting):
        return sighting.seen
    return listed


def _impossible(said: Observation, fault: str, checked: _Checked) -> Problem:
    """Return the problem of a document, at the file's address; that of a row, at its page's."""
    page = checked.page
    council = page.council or said.councils[0]
    error = ImpossibleDate(f"the days of {said.key} ({council}) cannot be true: {fault}")
    url = checked.urls.get(said.key, page.link + DATES)
    return Problem(error.name, str(error), url, error.hint, council)


def _disagree(said: Observation, page: Page, fault: str, day: dt.date) -> Problem:
    error = DatesDisagree(
        f"{page.link} dates the report {said.key} {said.published}, {fault}; it is taken to be of "
        f"{day}"
    )
    return Problem(error.name, str(error), page.link + DATES, error.hint, page.council)

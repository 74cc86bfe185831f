"""Two reports that one page lists at the same time, of one council, kind and first day: are they
one thing, two, or do they contradict each other? Pure.

A council is inspected once at a time, so two inspections that begin on one day and judge the same
areas are one, printed twice; where a grade or the last day differs, one of the two is wrong, and
which cannot be told from here. Of visits there may be several on a day: another theme or another
last day is another visit.
"""

from __future__ import annotations

from enum import Enum, auto

from syncer.model import InspectionFields, Observation, ReportFields, Value


class Twins(Enum):
    """What two such reports are."""

    ONE = auto()
    TWO = auto()
    CONTRADICTION = auto()


def are_twins(a: Observation, b: Observation) -> bool:
    """Return whether two observations are such reports: different files of one page, both listed
    now and read."""
    if not _is_listed_report(a) or not _is_listed_report(b):
        return False
    if _place(a) != _place(b):
        return False

    one, two = a.report, b.report
    if one.file_id == two.file_id or one.kind != two.kind:
        return False
    return one.first_day is not None and one.first_day == two.first_day


def compare(one: ReportFields, two: ReportFields) -> Twins:
    """Return what two reports of one council, kind and first day are."""
    if isinstance(one, InspectionFields) and isinstance(two, InspectionFields):
        return _compare_inspections(one, two)
    return _compare_visits(one, two)


def _compare_visits(one: ReportFields, two: ReportFields) -> Twins:
    if _differ(one.last_day, two.last_day) or _differ(one.theme, two.theme):
        return Twins.TWO
    if _differ(one.send_outcome, two.send_outcome):
        return Twins.CONTRADICTION
    return Twins.ONE


def are_two(a: Observation, b: Observation) -> bool:
    """Return whether two observations of reports say of themselves that they are not one."""
    if not _are_reports(a, b):
        return False
    return compare(a.report, b.report) is not Twins.ONE


def _compare_inspections(one: InspectionFields, two: InspectionFields) -> Twins:
    grades = one.grades()
    others = two.grades()
    shared = grades.keys() & others.keys()
    if not shared:
        return Twins.TWO

    are_contrary = any(grades[area] != others[area] for area in shared)
    if are_contrary or _differ(one.last_day, two.last_day):
        return Twins.CONTRADICTION
    return Twins.ONE


def _is_listed_report(said: Observation) -> bool:
    """Return whether it is a report with a file of its own that is listed now and was read."""
    if not isinstance(said.fields, ReportFields) or said.unread:
        return False
    return said.listed and said.fields.file_id is not None


def _place(said: Observation) -> tuple[str, str, tuple[str, ...]]:
    return said.source, said.page, said.councils


def _are_reports(a: Observation, b: Observation) -> bool:
    return isinstance(a.fields, ReportFields) and isinstance(b.fields, ReportFields)


def _differ(one: Value | None, other: Value | None) -> bool:
    """Return whether two values were both said, and are not the same but for case and spaces."""
    if one is None or other is None:
        return False
    return _plain(one) != _plain(other)


def _plain(value: Value) -> str:
    return " ".join(str(value).casefold().split())

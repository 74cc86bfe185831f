"""A report's pages → what it says of itself: kind, framework, days, judgements, inspectors; with
the printed words for each.

What is not certain is a problem, never a guess: every row of the framework's table has to be there
exactly once, each with one grade; the days have to be possible and to lie in the framework's time.
The council is never taken from here: a title may name a trust, and the page that lists the report
says whose it is. The heading is handed on, so that another council's name in it is noticed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from syncer.model import Area, FileKind, Framework, Problem
from syncer.quantities.dates import DayRange
from syncer.register.frameworks import (
    FRAMEWORKS,
    OUTCOMES_OF_AREA_SEND_FROM,
    InspectionFramework,
    ReportForm,
)
from syncer.reports import cover, letters
from syncer.reports.grades import (
    Row,
    Table,
    first_ilacs_row,
    is_complete,
    main_findings,
    overall_in_headline,
    read_table,
)
from syncer.reports.improvements import Improvements, improvements
from syncer.reports.layout import Line, all_lines
from syncer.reports.paper import PdfPage, ReportReading

VISITS = frozenset(
    {FileKind.FOCUSED_VISIT, FileKind.MONITORING_VISIT, FileKind.JTAI, FileKind.SEND}
)
NO_KIND = (
    "nothing on the first page says what kind of report this is; "
    "its pages may be turned, or in another order"
)
NO_SEND_OUTCOME = "none of the three outcomes of an area SEND inspection under “Inspection outcome”"


@dataclass(frozen=True)
class Beginning:
    """What the first two pages say of the whole report, however many more are read: what it is, the
    heading that says so, and when inspectors were there."""

    kind: FileKind | None
    framework: Framework | None
    heading: str
    days: DayRange | None
    quotes: Mapping[str, tuple[int, str]]
    problems: tuple[Problem, ...]


def read_report(pages: Sequence[PdfPage]) -> ReportReading:
    """Read one file's pages: the first two say what it is; more are needed for letters and for
    older inspections' inspectors."""
    return read_lines(all_lines(pages))


def read_lines(lines: Sequence[Line]) -> ReportReading:
    """Read the lines of one file's pages, in order."""
    beginning = beginning_of(lines)
    if beginning.kind is not FileKind.INSPECTION:
        return read_letter(lines, beginning)

    asked_for = improvements(lines, beginning.framework)
    return read_inspection(lines, beginning, asked_for)


def beginning_of(lines: Sequence[Line]) -> Beginning:
    """Return what the first two pages say, from their lines; more lines change nothing."""
    first_pages = [line for line in lines if line.page <= 2]
    table = first_ilacs_row(first_pages)

    kind, framework = cover.kind_of(first_pages[:table])
    if table is not None:
        kind = FileKind.INSPECTION

    days, quotes, problems = _days(first_pages)
    if kind is FileKind.INSPECTION and framework is None:
        framework = _ilacs(days)

    return Beginning(
        kind=kind,
        framework=framework,
        heading=cover.heading_of(first_pages),
        days=days,
        quotes=quotes,
        problems=problems,
    )


def read_letter(lines: Sequence[Line], beginning: Beginning) -> ReportReading:
    """Read a report that has no judgement table."""
    kind = beginning.kind
    if kind in VISITS:
        return _visit(lines, kind, beginning)

    if kind is FileKind.LSCB_REVIEW:
        reading = _begun(kind, beginning)
        return replace(reading, lead_inspectors=cover.lead_inspectors(lines))

    problems = () if kind else (_unreadable(NO_KIND),)
    return ReportReading(FileKind.OTHER, problems=problems, heading=beginning.heading)


def _begun(kind: FileKind, beginning: Beginning) -> ReportReading:
    """Return a reading that says what the beginning of the report does."""
    first_day, last_day = _ends(beginning.days)
    return ReportReading(
        kind,
        beginning.framework,
        first_day,
        last_day,
        quotes=beginning.quotes,
        problems=beginning.problems,
        heading=beginning.heading,
    )


def _visit(lines: Sequence[Line], kind: FileKind, beginning: Beginning) -> ReportReading:
    reading = replace(
        _begun(kind, beginning),
        theme=letters.theme(lines, kind),
        priority_actions=letters.priority_actions(lines),
    )
    if kind is not FileKind.SEND:
        return reading
    return _with_send_outcome(reading, lines, beginning.days)


def _with_send_outcome(
    reading: ReportReading, lines: Sequence[Line], days: DayRange | None
) -> ReportReading:
    """Return the reading of an area SEND letter with its outcome, or the problem that there is
    none."""
    outcome = letters.send_outcome(lines)
    if outcome or not _has_to_state_an_outcome(lines, days):
        return replace(reading, send_outcome=outcome)

    missing = _unreadable(NO_SEND_OUTCOME)
    return replace(reading, problems=(*reading.problems, missing))


def _has_to_state_an_outcome(lines: Sequence[Line], days: DayRange | None) -> bool:
    """Return whether an area SEND letter is one that has to state an outcome."""
    if days is None or days.start < OUTCOMES_OF_AREA_SEND_FROM:
        return False
    return not _is_monitoring(lines)


def read_inspection(
    lines: Sequence[Line],
    beginning: Beginning,
    asked_for: Improvements,
    table: Table | None = None,
) -> ReportReading:
    """Read an inspection, given what must improve, and its table where `complete_table` has found
    one: its judgements only if all are certain."""
    reading = replace(
        _begun(FileKind.INSPECTION, beginning),
        lead_inspectors=cover.lead_inspectors(lines),
        improvements=asked_for.items,
        improvements_ended=asked_for.ended,
    )
    entry = _entry_of(beginning.framework)
    table = table or _table(lines, entry)

    if entry.headline is Area.OVERALL:
        table = _with_headline(table, lines)
    return _judged(reading, table, beginning.days)


def complete_table(lines: Sequence[Line], framework: Framework) -> Table | None:
    """Return the judgement table without what stands in a headline, where these lines have all of
    it: lines of further pages change nothing then. None where they may."""
    entry = _entry_of(framework)
    if entry.form is ReportForm.MAIN_FINDINGS:
        return None  # the last of several headings says where it begins

    table = _table(lines, entry)
    return table if is_complete(table, entry.rows) else None


def _judged(reading: ReportReading, table: Table, days: DayRange | None) -> ReportReading:
    """Return the reading with the judgements of the table, or with the problem that they are not
    certain."""
    faults = _faults(table, reading.framework, days)
    if not faults:
        return _with_judgements(reading, table)

    uncertain = _uncertain(table, faults)
    return replace(reading, problems=(*reading.problems, uncertain))


def _with_judgements(reading: ReportReading, table: Table) -> ReportReading:
    judgements = {row.area: row.grade for row in table.rows}
    rows = {row.area.value: (row.page, row.text) for row in table.rows}
    return replace(reading, judgements=judgements, quotes={**reading.quotes, **rows})


def _uncertain(table: Table, faults: Sequence[str]) -> Problem:
    """Return why no judgement is taken from a table, with what was read of it."""
    why = "; ".join(faults)
    seen = "; ".join(row.text for row in table.rows) or "no row"
    return _unreadable(f"judgements not certain ({why}); found: {seen}")


def _entry_of(framework: Framework | None) -> InspectionFramework:
    """Return what is known of the framework. Without one the judgements are not certain; what is
    read of them is shown."""
    return FRAMEWORKS[framework] if framework else FRAMEWORKS.latest()


def _table(lines: Sequence[Line], entry: InspectionFramework) -> Table:
    """Return the judgement table, without the row that stands in a headline."""
    place = main_findings(lines) if entry.form is ReportForm.MAIN_FINDINGS else lines
    return read_table(place, entry.rows)


def _with_headline(table: Table, lines: Sequence[Line]) -> Table:
    headline = overall_in_headline(lines)
    if headline is None:
        return table
    return replace(table, rows=(*table.rows, headline))


def _ilacs(days: DayRange | None) -> Framework | None:
    if days:
        return FRAMEWORKS.ilacs_framework(days.start)
    return None


def _faults(table: Table, framework: Framework | None, days: DayRange | None) -> tuple[str, ...]:
    """Return why the judgements cannot be trusted: faults of the table, rows missing or too many, a
    form that does not fit the days."""
    if framework is None:
        return (*table.faults, "no first day, so it is not known which judgements there should be")

    areas = {row.area for row in table.rows}
    return (
        *table.faults,
        *_faults_of_areas(areas, framework),
        *_faults_of_care_leavers(table.rows, framework),
        *_faults_of_days(days, framework),
    )


def _faults_of_care_leavers(rows: Sequence[Row], framework: Framework) -> list[str]:
    """Return whether care leavers are judged together with children in care, or apart, unlike the
    framework says of reports of the ILACS form."""
    together = any(_judges_leavers_together(row) for row in rows)
    should_be = FRAMEWORKS.covers_another(framework, Area.CARE)
    if together == should_be or not FRAMEWORKS.is_ilacs(framework):
        return []

    how = "together with" if together else "apart from"
    return [f"care leavers {how} children in care, unlike {framework.value}"]


def _faults_of_days(days: DayRange | None, framework: Framework) -> list[str]:
    first, last = FRAMEWORKS.first_days(framework)
    if days is None or first <= days.start <= last:
        return []
    return [f"first day {days.start} is not of the time of {framework.value}"]


def _faults_of_areas(areas: set[Area], framework: Framework) -> list[str]:
    """Return which areas have no row though the framework judges them, and the other way round."""
    entry = FRAMEWORKS[framework]
    missing = sorted(entry.always_judged - areas)
    extra = sorted(areas - entry.always_judged - entry.optional_rows)

    faults = [f"no row for {area.value}" for area in missing]
    faults += [f"a row for {area.value}" for area in extra]
    return faults


def _judges_leavers_together(row: Row) -> bool:
    """Return whether a row judges care leavers together with children in care."""
    return row.area is Area.CARE and "leaver" in row.label.lower()


def _days(
    lines: Sequence[Line],
) -> tuple[DayRange | None, dict[str, tuple[int, str]], tuple[Problem, ...]]:
    found = cover.dates_of(lines)
    if found is None:
        return None, {}, (_unreadable("no days of inspection on the first two pages"),)

    days, page, words = found
    wrong = cover.sane(days)
    if wrong:
        return None, {}, (_unreadable(wrong),)

    where = (page, words)
    return days, {"inspection_start": where, "inspection_end": where}, ()


def _ends(days: DayRange | None) -> tuple[dt.date | None, dt.date | None]:
    if days is None:
        return None, None
    return days.start, days.end


def _is_monitoring(lines: Sequence[Line]) -> bool:
    beginning = [line.text.lower() for line in lines[:6]]
    return any("monitoring inspection" in text for text in beginning)


def _unreadable(what: str) -> Problem:
    return Problem(
        "UnreadableReport",
        what,
        hint="Open the report and compare; it is read again when syncer is upgraded.",
    )

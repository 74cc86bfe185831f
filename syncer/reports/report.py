"""A report's pages → what it says of itself: kind, framework, days, judgements, inspectors; with
the printed words for each.

What is not certain is a problem, never a guess: every row of the framework's table has to be there
exactly once, each with one grade; the days have to be possible and to lie in the framework's time.
The council is never taken from here: a title may name a trust, and the page that lists the report
says whose it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from syncer.model import Area, FileKind, Framework, Grade, Problem
from syncer.quantities.dates import DayRange
from syncer.reports import cover, letters
from syncer.reports.grades import (
    CARE_LEAVERS_APART,
    ILACS_FORMS,
    NO_OVERALL,
    OPTIONAL_ROWS,
    ROWS,
    Row,
    Table,
    first_ilacs_row,
    main_findings,
    overall_in_headline,
    read_table,
)
from syncer.reports.improvements import improvements
from syncer.reports.layout import Line, all_lines
from syncer.reports.paper import PdfPage, ReportReading

VISITS = frozenset(
    {FileKind.FOCUSED_VISIT, FileKind.MONITORING_VISIT, FileKind.JTAI, FileKind.SEND}
)
IN_FORCE: Mapping[
    Framework, tuple[dt.date, dt.date]
] = {  # first days that an inspection of this form can have
    Framework.PRE_SIF: (dt.date(2008, 1, 1), dt.date(2013, 11, 30)),
    Framework.SIF: (dt.date(2013, 9, 1), dt.date(2018, 12, 31)),
    Framework.ILACS: (dt.date(2017, 11, 1), dt.date(2022, 12, 31)),
    Framework.ILACS_2023: (CARE_LEAVERS_APART, dt.date(2026, 3, 31)),
    Framework.ILACS_2026: (NO_OVERALL, dt.date.max),
}


def read_report(pages: Sequence[PdfPage]) -> ReportReading:
    """Reads one file's pages: the first two say what it is; more are needed for letters and for
    older inspections' inspectors."""
    lines = all_lines(pages)
    table = first_ilacs_row([line for line in lines if line.page <= 2])
    kind, framework = cover.kind_of(lines[:table])
    if kind is FileKind.INSPECTION or table is not None:
        return _inspection(lines, framework)
    if kind in VISITS:
        return _visit(lines, kind)
    days, quotes, problems = _days(lines) if kind is FileKind.LSCB_REVIEW else (None, {}, ())
    inspectors = cover.lead_inspectors(lines) if kind is FileKind.LSCB_REVIEW else ()
    return ReportReading(
        kind, None, *_ends(days), lead_inspectors=inspectors, quotes=quotes, problems=problems
    )


def _visit(lines: Sequence[Line], kind: FileKind) -> ReportReading:
    days, quotes, problems = _days(lines)
    outcome = letters.send_outcome(lines) if kind is FileKind.SEND else ""
    if (
        kind is FileKind.SEND
        and days
        and days.start >= CARE_LEAVERS_APART
        and not outcome
        and not _is_monitoring(lines)
    ):
        problems += (
            _unreadable(
                "none of the three outcomes of an area SEND inspection under “Inspection outcome”"
            ),
        )
    return ReportReading(
        kind,
        None,
        *_ends(days),
        theme=letters.theme(lines, kind),
        priority_actions=letters.priority_actions(lines),
        send_outcome=outcome,
        quotes=quotes,
        problems=problems,
    )


def _inspection(lines: Sequence[Line], framework: Framework | None) -> ReportReading:
    days, quotes, problems = _days(lines)
    framework = framework or _ilacs(days)
    place = main_findings(lines) if framework is Framework.PRE_SIF else lines
    table = read_table(place, ROWS[framework] if framework else ROWS[Framework.ILACS_2026])
    headline = overall_in_headline(lines) if framework is Framework.SIF else None
    rows = (*table.rows, headline) if headline else table.rows
    faults = _faults(table, rows, framework, days)
    judgements: dict[Area, Grade] = {} if faults else {row.area: row.grade for row in rows}
    if faults:
        seen = "; ".join(row.text for row in rows) or "no row"
        problems += (_unreadable(f"judgements not certain ({'; '.join(faults)}); found: {seen}"),)
    else:
        quotes = {**quotes, **{row.area.value: (row.page, row.text) for row in rows}}
    found = improvements(lines, framework)
    return ReportReading(
        FileKind.INSPECTION,
        framework,
        *_ends(days),
        judgements=judgements,
        lead_inspectors=cover.lead_inspectors(lines),
        improvements=found.items,
        improvements_ended=found.ended,
        quotes=quotes,
        problems=problems,
    )


def _ilacs(days: DayRange | None) -> Framework | None:
    if days is None:
        return None
    if days.start >= NO_OVERALL:
        return Framework.ILACS_2026
    return Framework.ILACS_2023 if days.start >= CARE_LEAVERS_APART else Framework.ILACS


def _faults(
    table: Table, rows: Sequence[Row], framework: Framework | None, days: DayRange | None
) -> tuple[str, ...]:
    """Why the judgements cannot be trusted: faults of the table, rows missing or too many, a form
    that does not fit the days."""
    faults = list(table.faults)
    areas = {row.area for row in rows}
    if framework is None:
        return (*faults, "no first day, so it is not known which judgements there should be")
    needed = ROWS[framework] | ({Area.OVERALL} if framework is Framework.SIF else frozenset())
    faults += [f"no row for {area.value}" for area in sorted(needed - areas)]
    faults += [
        f"a row for {area.value}"
        for area in sorted(areas - needed - OPTIONAL_ROWS.get(framework, frozenset()))
    ]
    if framework in ILACS_FORMS:
        together = any(row.area is Area.CARE and "leaver" in row.label.lower() for row in rows)
        if together != (framework is Framework.ILACS):
            faults.append(
                f"care leavers {'together with' if together else 'apart from'} children in care, unlike {framework.value}"
            )
    if days and not IN_FORCE[framework][0] <= days.start <= IN_FORCE[framework][1]:
        faults.append(f"first day {days.start} is not of the time of {framework.value}")
    return tuple(faults)


def _days(
    lines: Sequence[Line],
) -> tuple[DayRange | None, dict[str, tuple[int, str]], tuple[Problem, ...]]:
    found = cover.dates_of(lines)
    if found is None:
        return None, {}, (_unreadable("no days of inspection on the first two pages"),)
    days, page, words = found
    if wrong := cover.sane(days):
        return None, {}, (_unreadable(wrong),)
    return days, {"inspection_start": (page, words), "inspection_end": (page, words)}, ()


def _ends(days: DayRange | None) -> tuple[dt.date | None, dt.date | None]:
    return (days.start, days.end) if days else (None, None)


def _is_monitoring(lines: Sequence[Line]) -> bool:
    return any("monitoring inspection" in line.text.lower() for line in lines[:6])


def _unreadable(what: str) -> Problem:
    return Problem(
        "UnreadableReport",
        what,
        hint="Open the report and compare; it is read again when syncer is upgraded.",
    )

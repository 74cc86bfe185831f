"""A council's time as a picture: how each area stood from inspection to inspection, the visits
between, and the interventions. Geometry alone: every number is a unit of the picture's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from syncer.digest import wording
from syncer.digest.message_model import GradeBadge
from syncer.model import Absence, Area, Council, Record, Standing
from syncer.records.interventions import ENDED
from syncer.records.standing import when
from syncer.register.frameworks import FRAMEWORKS
from syncer.site.standings import badge_of
from syncer.views.lists import known_standing, why_unknown

LEFT, WIDTH = 150.0, 830.0
TOP, ROW, BAR = 34.0, 30.0, 22.0
ROOM_FOR_A_LETTER = 20.0


@dataclass(frozen=True)
class Span:
    """A time in a row: from where, how wide, how it stood then, and the same in words. `letter` is
    empty where there is no room for it."""

    x: float
    width: float
    key: str
    letter: str
    says: str


@dataclass(frozen=True)
class Point:
    """A day in a row, in words."""

    x: float
    says: str


@dataclass(frozen=True)
class Lane:
    """One row: what it is about, where its middle lies, and what is in it."""

    name: str
    y: float
    spans: tuple[Span, ...] = ()
    points: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Mark:
    """A line across the picture, and its text: a year, or the first day of a framework."""

    x: float
    text: str


@dataclass(frozen=True)
class Timeline:
    """The whole picture."""

    first: dt.date
    last: dt.date
    height: float
    lanes: tuple[Lane, ...]
    years: tuple[Mark, ...]
    frameworks: tuple[Mark, ...]
    bar: float = BAR
    left: float = LEFT
    right: float = LEFT + WIDTH


@dataclass(frozen=True)
class Scale:
    """Days as places from left to right."""

    first: dt.date
    last: dt.date

    def x(self, day: dt.date) -> float:
        """Return where a day lies; one before the first or after the last, at the edge."""
        within = min(max(day, self.first), self.last)
        share = (within - self.first) / (self.last - self.first)
        return round(LEFT + share * WIDTH, 1)


def timeline(
    council: Council,
    inspections: Sequence[Record],
    visits: Sequence[Record],
    interventions: Sequence[Record],
    today: dt.date,
) -> Timeline | None:
    """Return the picture of a council until a day; None where nothing is known of it. Inspections
    are given oldest first."""
    days = [when(record) for record in (*inspections, *visits)]
    days += [_issued(record) for record in interventions]
    known = [day for day in days if dt.date.min < day <= today]
    if not known:
        return None

    scale = Scale(dt.date(min(known).year, 1, 1), today)
    lanes = [*_areas(council, inspections, scale)]
    if visits:
        lanes.append(_visits(visits, scale))
    if interventions:
        lanes.append(_interventions(interventions, scale))
    placed = [_placed(lane, number) for number, lane in enumerate(lanes)]
    return Timeline(
        scale.first,
        scale.last,
        TOP + ROW * len(placed) + ROW,
        tuple(placed),
        tuple(_years(scale)),
        tuple(_frameworks(scale)),
    )


def _placed(lane: Lane, number: int) -> Lane:
    return Lane(lane.name, TOP + ROW * number + ROW / 2, lane.spans, lane.points)


# -- Areas -----------------------------------------------------------------------------------------


def _areas(council: Council, inspections: Sequence[Record], scale: Scale) -> Iterator[Lane]:
    """Yield a row for each area that was ever judged."""
    for area in Area:
        judged = any(record.inspection.grade(area) for record in inspections)
        if judged:
            spans = tuple(_spans(council, inspections, area, scale))
            yield Lane(wording.capital(wording.area(area)), 0, spans)


def _spans(
    council: Council, inspections: Sequence[Record], area: Area, scale: Scale
) -> Iterator[Span]:
    """Yield how an area stood from each inspection until the next, and until today."""
    starts = [when(record) for record in inspections]
    ends = [*starts[1:], scale.last]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1):
        known = inspections[:number]
        reason = why_unknown(council, known, unread=False)
        standing = known_standing(known, area, reason, reaches=True)
        if standing.value is not Absence.NEVER_JUDGED:
            yield _span(standing, badge_of(standing, reason), (start, end), scale)


def _span(
    standing: Standing, badge: GradeBadge, days: tuple[dt.date, dt.date], scale: Scale
) -> Span:
    x, end = (scale.x(day) for day in days)
    width = round(end - x, 1)
    key = "unknown" if standing.value is Absence.UNKNOWN else badge.key
    letter = badge.letter if width >= ROOM_FOR_A_LETTER else ""
    says = f"{badge.word} from {wording.day(days[0])}"
    return Span(x, width, key, letter, says)


# -- Visits and interventions ----------------------------------------------------------------------


def _visits(visits: Sequence[Record], scale: Scale) -> Lane:
    points = []
    for record in visits:
        kind = wording.VISIT_WORDS.get(record.report.kind or "", "Visit")
        points.append(Point(scale.x(when(record)), f"{kind}, {wording.day(when(record))}"))
    return Lane("Visits", 0, points=tuple(points))


def _interventions(interventions: Sequence[Record], scale: Scale) -> Lane:
    """Return the row of interventions: a bar until it was lifted, or until today where it is in
    force; a point where only the day is known on which it was issued."""
    spans, points = [], []
    for record in interventions:
        said = record.intervention
        start = scale.x(_issued(record))
        name = wording.capital(said.what or "intervention")
        says = f"{name}, issued {wording.day(_issued(record))}"
        if said.lifted:
            says += f", lifted {wording.day(said.lifted)}"
            spans.append(Span(start, scale.x(said.lifted) - start, "in-force", "", says))
        elif said.state in ENDED:
            points.append(Point(start, f"{says}, {said.state}"))
        else:
            spans.append(Span(start, scale.x(scale.last) - start, "in-force", "", says))
    return Lane("Interventions", 0, tuple(spans), tuple(points))


def _issued(record: Record) -> dt.date:
    return record.intervention.issued or record.published or dt.date.min


# -- Years and frameworks --------------------------------------------------------------------------


def _years(scale: Scale) -> Iterator[Mark]:
    for year in range(scale.first.year, scale.last.year + 1):
        yield Mark(scale.x(dt.date(year, 1, 1)), str(year))


def _frameworks(scale: Scale) -> Iterator[Mark]:
    """Yield where each framework begins that does so within the picture."""
    for framework in FRAMEWORKS:
        if scale.first < framework.first_day <= scale.last:
            words = wording.FRAMEWORK_WORDS[framework.name]
            yield Mark(scale.x(framework.first_day), wording.capital(words))

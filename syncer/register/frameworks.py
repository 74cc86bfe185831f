"""Which areas does an inspection framework judge, and for which inspections is it in force?

A framework to come is one more entry here, under a name of its own in `model.Framework`: that the
one before it has ended, and what it judges no longer, follows. The facts are from Ofsted's
publications, named at each entry, and from DESIGN §5.1–5.4.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from syncer.model import Area, Framework

ONE_DAY = dt.timedelta(days=1)

OUTCOMES_OF_AREA_SEND_FROM = dt.date(2023, 1, 1)
"""From this day an area SEND inspection has one of three outcomes, before it had none (Ofsted and
CQC, "Area SEND inspections: framework and handbook", in force since January 2023)."""


class ReportForm(Enum):
    """How the reports of a framework are laid out, which says how they are read."""

    MAIN_FINDINGS = "a table under “Record of main findings”, often on the last page"
    SINGLE = "a table on the cover, the overall judgement in a headline above it"
    ILACS = "a table on the cover whose first row judges the impact of leaders"


@dataclass(frozen=True)
class InspectionFramework:
    """One framework: the first days that its inspections can have, and what they judge.

    `rows` are those its judgement table always has, `optional_rows` those it may have, `headline`
    the area judged above the table. `together` names, for an area without a row of its own, the one
    in whose row it is judged. `last_day` is None where it ends as the next framework begins.
    """

    name: Framework
    form: ReportForm
    first_day: dt.date
    rows: frozenset[Area]
    last_day: dt.date | None = None
    optional_rows: frozenset[Area] = frozenset()
    headline: Area | None = None
    together: Mapping[Area, Area] = field(default_factory=dict)

    @property
    def always_judged(self) -> frozenset[Area]:
        """The areas in which every report has a grade of its own."""
        if self.headline:
            return self.rows | {self.headline}
        return self.rows

    @property
    def judged(self) -> frozenset[Area]:
        """All areas that a report can judge, alone or in the row of another."""
        return self.always_judged | self.optional_rows | self.together.keys()


class Frameworks:
    """All frameworks, and what is asked of them.

    A report whose framework is not known (None) says nothing about what it does not judge.
    """

    def __init__(self, entries: Sequence[InspectionFramework]) -> None:
        in_order = sorted(entries, key=lambda entry: entry.first_day)
        self._by_name = {entry.name: entry for entry in in_order}

    def __iter__(self) -> Iterator[InspectionFramework]:
        """Yield the frameworks, the oldest first."""
        yield from self._by_name.values()

    def __getitem__(self, name: Framework) -> InspectionFramework:
        return self._by_name[name]

    def ilacs_framework(self, first_day: dt.date) -> Framework:
        """Return the framework of the ILACS form for an inspection that began on that day; the
        first of them for a day before all."""
        ilacs = [entry for entry in self if entry.form is ReportForm.ILACS]
        begun = [entry for entry in ilacs if entry.first_day <= first_day]
        return begun[-1].name if begun else ilacs[0].name

    def latest(self) -> InspectionFramework:
        """Return the framework that began last."""
        return list(self)[-1]

    def first_days(self, name: Framework) -> tuple[dt.date, dt.date]:
        """Return the earliest and the latest first day that an inspection by it can have."""
        entry = self[name]
        if entry.last_day is not None:
            return entry.first_day, entry.last_day

        later = [other for other in self if other.first_day > entry.first_day]
        last_day = later[0].first_day - ONE_DAY if later else dt.date.max
        return entry.first_day, last_day

    def is_ilacs(self, name: Framework | None) -> bool:
        """Return whether its reports have the form of ILACS."""
        return name is not None and self[name].form is ReportForm.ILACS

    def is_single(self, name: Framework | None) -> bool:
        """Return whether its reports have the form of the single inspections of 2013–2018."""
        return name is not None and self[name].form is ReportForm.SINGLE

    def judged_with(self, name: Framework | None, area: Area) -> Area | None:
        """Return the area in whose grade this one is included; None if it is in no other's."""
        if name is None:
            return None
        return self[name].together.get(area)

    def covers_another(self, name: Framework | None, area: Area) -> bool:
        """Return whether the grade in this area is that of another one too."""
        return name is not None and area in self[name].together.values()

    def is_not_judged(self, name: Framework | None, area: Area) -> bool:
        """Return whether the framework has given up an area that an earlier one judged, so that the
        grade from then no longer stands."""
        if name is None:
            return False

        entry = self[name]
        earlier = [other for other in self if other.first_day < entry.first_day]
        was_judged = any(area in other.judged for other in earlier)
        return was_judged and area not in entry.judged


_LEADERS_HELP_CARE = frozenset({Area.LEADERSHIP, Area.HELP, Area.CARE})

FRAMEWORKS = Frameworks(
    (
        # Ofsted, "Inspections of safeguarding and looked after children services" (2009) and
        # "Inspections of local authority arrangements for the protection of children" (2012).
        InspectionFramework(
            name=Framework.PRE_SIF,
            form=ReportForm.MAIN_FINDINGS,
            first_day=dt.date(2008, 1, 1),
            last_day=dt.date(2013, 11, 30),
            rows=frozenset({Area.OVERALL, Area.LEADERSHIP}),
            optional_rows=frozenset({Area.HELP}),
        ),
        # Ofsted, "Inspection of services for children in need of help and protection, children
        # looked after and care leavers" (the single inspection framework; published in September
        # 2013, last inspections in 2018, beside the first by ILACS).
        InspectionFramework(
            name=Framework.SIF,
            form=ReportForm.SINGLE,
            first_day=dt.date(2013, 9, 1),
            last_day=dt.date(2018, 12, 31),
            rows=_LEADERS_HELP_CARE | {Area.ADOPTION, Area.CARE_LEAVERS},
            headline=Area.OVERALL,
        ),
        # Ofsted, "Inspecting local authority children's services" (ILACS), of November 2017: care
        # leavers are judged in one row with children in care, adoption is no longer judged.
        InspectionFramework(
            name=Framework.ILACS,
            form=ReportForm.ILACS,
            first_day=dt.date(2017, 11, 1),
            rows=_LEADERS_HELP_CARE | {Area.OVERALL},
            together={Area.CARE_LEAVERS: Area.CARE},
        ),
        # The same, as revised for January 2023: care leavers have a row of their own (DESIGN §5.3).
        InspectionFramework(
            name=Framework.ILACS_2023,
            form=ReportForm.ILACS,
            first_day=dt.date(2023, 1, 1),
            rows=_LEADERS_HELP_CARE | {Area.OVERALL, Area.CARE_LEAVERS},
        ),
        # The same, as revised for April 2026: without overall effectiveness (DESIGN §5.2).
        InspectionFramework(
            name=Framework.ILACS_2026,
            form=ReportForm.ILACS,
            first_day=dt.date(2026, 4, 1),
            rows=_LEADERS_HELP_CARE | {Area.CARE_LEAVERS},
        ),
    )
)

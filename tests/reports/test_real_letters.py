"""What every real report of the replay says it is, and what its letters looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest
from real_reports import RealReports

from syncer.model import FileKind
from syncer.reports.paper import ReportReading

REAL = {
    "abuse and neglect": 11,
    "identification of initial need and risk": 10,
    "serious youth violence": 5,
    "sexual abuse in the family": 3,
    "children’s mental health": 3,
    "child sexual exploitation, children associated with gangs and at risk of exploitation and"
    " children missing from home, care or education": 2,
    "domestic abuse": 2,
    "criminal exploitation of children": 2,
    "children and families who need help": 2,
    "child exploitation": 1,
    "children who are victims of domestic abuse": 1,
    "children and families": 1,
}


@pytest.fixture(scope="module")
def readings(real_reports: RealReports) -> Mapping[str, ReportReading]:
    found = {}
    for name, reading in real_reports.readings().items():
        assert isinstance(reading, ReportReading), name
        found[name] = reading
    return found


def test_every_joint_inspection_letter_has_its_theme(readings: Mapping[str, ReportReading]) -> None:
    joint = [each for each in readings.values() if each.kind is FileKind.JTAI]
    assert Counter(each.theme for each in joint) == REAL


def test_every_visit_letter_has_a_theme(readings: Mapping[str, ReportReading]) -> None:
    visits = (FileKind.FOCUSED_VISIT, FileKind.MONITORING_VISIT)
    found = [each for each in readings.values() if each.kind in visits]
    assert len(found) == 34 and all(each.theme for each in found)


def test_the_only_report_of_another_kind_says_so(readings: Mapping[str, ReportReading]) -> None:
    others = {name: each for name, each in readings.items() if each.kind is FileKind.OTHER}
    heading = (
        "Inspection of progress made in the provision of safeguarding services"
        " in the London Borough of Haringey Care Quality Commission"
    )
    assert others == {"95445719.pdf": ReportReading(FileKind.OTHER, heading=heading)}

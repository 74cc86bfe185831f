"""What a letter says it looked at: in the words that most letters have, or in its own."""

from __future__ import annotations

import pytest
from paper import page, prose

from syncer.model import FileKind
from syncer.reports.report import read_report

JOINT = (
    "18 March 2022",
    "Dear local safeguarding partnership",
    "Joint targeted area inspection of Ambridge",
)
SUMMARY = "This letter summarises the findings of the joint targeted area inspection"
PLACE = "This inspection took place from 14 to 18 February 2022."


@pytest.mark.parametrize(
    ("sentence", "theme"),
    [
        (
            "(JTAI) of the multi-agency response to serious youth violence in Ambridge.",
            "serious youth violence",
        ),
        (
            "(JTAI) of the multi-agency identification and response to initial need and risk in Ambridge.",
            "identification and response to initial need and risk",
        ),
        (
            "of multi-agency support for children with a parent in prison. " + PLACE,
            "support for children with a parent in prison",
        ),
        (
            "into the effectiveness of help for babies in the Borough of Ambridge.",
            "help for babies",
        ),
        ("of Ambridge.", ""),
        ("of the local area’s services in Ambridge.", ""),
    ],
)
def test_a_joint_inspection_s_theme_is_what_its_letter_says_it_inspected(
    sentence: str, theme: str
) -> None:
    reading = read_report([page(1, *prose(80, *JOINT, SUMMARY, sentence, PLACE))])
    assert (reading.kind, reading.theme) == (FileKind.JTAI, theme)


@pytest.mark.parametrize(
    ("sentence", "theme"),
    [
        (
            "Inspectors looked at the local authority’s arrangements for care leavers.",
            "care leavers",
        ),
        ("Inspectors examined the support for young carers.", "support for young carers"),
        ("Inspectors looked at a wide range of evidence, including case files.", ""),
        ("Inspectors looked at the local authority’s self-evaluation.", ""),
    ],
)
def test_a_visit_s_theme_is_what_inspectors_looked_at(sentence: str, theme: str) -> None:
    opening = (
        "This letter summarises the findings of the focused visit to Ambridge children’s services"
    )
    visit = (opening, "on 10 and 11 March 2022.", sentence)
    reading = read_report(
        [page(1, *prose(80, "12 April 2022", "Focused visit to Ambridge", *visit))]
    )
    assert (reading.kind, reading.theme) == (FileKind.FOCUSED_VISIT, theme)

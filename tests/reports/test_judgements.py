"""Judgement tables as they really go wrong: wrapped, shifted, split, contradicted; and what must
not be read."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper import ILACS_LABELS, ilacs, page, prose

from syncer.model import Area, FileKind, Framework, Grade
from syncer.reports.paper import PdfPage
from syncer.reports.report import read_report

FIVE = (Area.LEADERSHIP, Area.HELP, Area.CARE, Area.CARE_LEAVERS, Area.OVERALL)
GOOD = ("Good",) * 5
GRADES = {
    "Outstanding": Grade.OUTSTANDING,
    "Good": Grade.GOOD,
    "Requires improvement to be good": Grade.REQUIRES_IMPROVEMENT,
    "Requires improvement / to be good": Grade.REQUIRES_IMPROVEMENT,
    "Requires Improvement": Grade.REQUIRES_IMPROVEMENT,
    "Inadequate": Grade.INADEQUATE,
}
COMBINED = (
    *ILACS_LABELS[:2],
    ("The experiences and progress of", "children in care and care leavers"),
    ILACS_LABELS[4],
)
SIF_LABELS = (
    "1. Children who need help and protection",
    "2. Children looked after and achieving",
    "2.1 Adoption performance",
    "2.2 Experiences and progress of care leavers",
    "3. Leadership, management and governance",
)
SIF_AREAS = (Area.HELP, Area.CARE, Area.ADOPTION, Area.CARE_LEAVERS, Area.LEADERSHIP)


def sif(
    headline: str, grades: tuple[str, ...], dates: str = "22 June 2015 – 16 July 2015"
) -> list[tuple[float, float, str]]:
    cells = [
        (71.0, 80.0, "Borsetshire Council"),
        (71.0, 100.0, "Inspection of services for children in need of help and"),
        (71.0, 115.0, "protection, children looked after and care leavers"),
        (71.0, 130.0, "and"),
        (71.0, 145.0, "Review of the effectiveness of the local safeguarding children"),
        (71.0, 160.0, "board1"),
        (71.0, 180.0, f"Inspection date: {dates}"),
        (71.0, 195.0, "Report published: 1 September 2015"),
        *[(71.0, 220.0 + 15 * n, part) for n, part in enumerate(headline.split(" / "))],
    ]
    for row, (label, grade) in enumerate(zip(SIF_LABELS, grades, strict=True)):
        cells.append((77.0, 380.0 + 30 * row, label))
        lines = grade.split("/")
        cells += [
            (410.0, 380.0 + 30 * row + 14 * (n - (len(lines) - 1) / 2), part.strip())
            for n, part in enumerate(lines)
        ]
    return cells


@given(st.lists(st.sampled_from(sorted(GRADES)), min_size=5, max_size=5), st.randoms())
def test_five_rows_are_read_whatever_the_grades_and_the_order_of_drawing(
    grades: list[str], chance: random.Random
) -> None:
    cells = ilacs("18 to 29 September 2023", grades)
    drawn = page(1, *cells)
    shuffled = PdfPage(
        1, drawn.width, drawn.height, tuple(chance.sample(drawn.words, len(drawn.words)))
    )
    assert read_report([shuffled]).judgements == dict(
        zip(FIVE, (GRADES[grade] for grade in grades), strict=True)
    )


@given(st.lists(st.sampled_from(sorted(GRADES)), min_size=5, max_size=5), st.data())
def test_a_table_that_lost_a_word_is_read_right_or_not_at_all(
    grades: list[str], data: st.DataObject
) -> None:
    drawn = page(1, *ilacs("18 to 29 September 2023", grades))
    lost = data.draw(st.integers(0, len(drawn.words) - 1))
    reading = read_report(
        [PdfPage(1, drawn.width, drawn.height, drawn.words[:lost] + drawn.words[lost + 1 :])]
    )
    assert reading.problems or reading.judgements == dict(
        zip(FIVE, (GRADES[grade] for grade in grades), strict=True)
    )


def test_the_previous_inspections_grade_in_the_prose_is_not_read() -> None:
    said = prose(
        520,
        "At the last inspection, overall effectiveness was judged to be inadequate. Since then, leaders have",
        "Inadequate",
    )
    reading = read_report([page(1, *ilacs("8 to 19 June 2026", GOOD[:4], ILACS_LABELS[:4]), *said)])
    assert (reading.framework, reading.problems) == (Framework.ILACS_2026, ())
    assert reading.judgements == dict.fromkeys(FIVE[:4], Grade.GOOD)


def test_a_report_from_april_2026_has_no_overall_and_one_before_must_have_it() -> None:
    without = ilacs("23 to 27 March 2026", GOOD[:4], ILACS_LABELS[:4])
    reading = read_report([page(1, *without)])
    assert reading.judgements == {}
    assert "no row for overall_effectiveness" in reading.problems[0].message


def test_an_overall_row_after_april_2026_is_a_problem_not_a_grade() -> None:
    reading = read_report([page(1, *ilacs("11 to 22 May 2026", GOOD))])
    assert not reading.judgements
    assert reading.problems[0].name == "UnreadableReport"


def test_before_2023_one_row_judges_children_in_care_and_care_leavers_together() -> None:
    cells = ilacs(
        "5 to 9 December 2022 and 14 to 15 February 2023",
        ("Good", "Inadequate", "Requires improvement/to be good", "Good"),
        COMBINED,
    )
    reading = read_report([page(1, *cells)])
    assert reading.framework is Framework.ILACS
    assert (reading.inspection_start, reading.inspection_end) == (
        dt.date(2022, 12, 5),
        dt.date(2023, 2, 15),
    )
    assert reading.judgements[Area.CARE] is Grade.REQUIRES_IMPROVEMENT
    assert Area.CARE_LEAVERS not in reading.judgements


def test_a_combined_row_in_a_report_of_2023_is_not_certain() -> None:
    reading = read_report([page(1, *ilacs("6 to 10 March 2023", GOOD[:4], COMBINED))])
    assert not reading.judgements
    assert "care leavers together with children in care" in reading.problems[0].message


def test_a_report_headed_with_a_trusts_name_is_told_by_its_table() -> None:
    cells = [cell for cell in ilacs("6 to 10 March 2023", GOOD) if cell[1] > 130]
    head = prose(100, "Felpersham Trust for Families")
    said = prose(
        540,
        "monitoring visit after monitoring visit, leaders have improved services for children and families, so that",
        "Good",
    )
    reading = read_report([page(1, *head, *cells, *said)])
    assert (reading.kind, reading.problems) == (FileKind.INSPECTION, ())
    assert set(reading.judgements.values()) == {Grade.GOOD}


def test_a_row_without_a_grade_makes_the_whole_table_uncertain() -> None:
    cells = [cell for cell in ilacs("6 to 10 March 2023", GOOD) if cell[:2] != (330.0, 342.0)]
    reading = read_report([page(1, *cells)])
    assert not reading.judgements
    assert (
        "no grade beside “The experiences and progress of children who need help and protection”"
        in reading.problems[0].message
    )


def test_a_label_missing_its_words_is_still_known_by_its_key_words() -> None:
    labels = (
        *ILACS_LABELS[:3],
        ("The experiences and progress of", "children care leavers"),
        ILACS_LABELS[4],
    )
    reading = read_report(
        [page(1, *ilacs("6 to 10 March 2023", (*GOOD[:3], "Outstanding", "Good"), labels))]
    )
    assert reading.judgements[Area.CARE_LEAVERS] is Grade.OUTSTANDING


def test_a_table_that_goes_on_on_the_next_page_is_read_to_its_end() -> None:
    cells = sif(
        "Children’s services in Borsetshire require improvement to / be good",
        ("Good", "Inadequate", "Outstanding", "Good", "Good"),
    )
    first = page(
        1,
        *[cell for cell in cells if cell[1] < 460],
        (513.0, 802.0, "1"),
        *prose(
            720,
            "1 Ofsted produces this report under its power to combine reports in accordance with",
        ),
    )
    second = page(
        2,
        *[(x, top - 380, text) for x, top, text in cells if top >= 460],
        *prose(
            250, "The Executive summary tells more about what the services are like and goes on"
        ),
    )
    reading = read_report([first, second])
    assert reading.problems == ()
    assert reading.judgements[Area.CARE_LEAVERS] is Grade.GOOD
    assert reading.quotes["leadership"][0] == 2
    assert reading.quotes["adoption"][0] == 1


@pytest.mark.parametrize(
    ("headline", "grade"),
    [
        ("The overall judgement is inadequate", Grade.INADEQUATE),
        ("The overall judgement is requires improvement.", Grade.REQUIRES_IMPROVEMENT),
        (
            "The overall judgement is that children’s services require / improvement",
            Grade.REQUIRES_IMPROVEMENT,
        ),
        ("Children’s services in St. Helens are good", Grade.GOOD),
        ("Children’s services require improvement to be good", Grade.REQUIRES_IMPROVEMENT),
        (
            "Children’s services in the Royal Borough of Kensington and / Chelsea are outstanding",
            Grade.OUTSTANDING,
        ),
    ],
)
def test_the_single_inspections_overall_judgement_stands_in_its_headline(
    headline: str, grade: Grade
) -> None:
    reading = read_report([page(1, *sif(headline, ("Good",) * 5))])
    assert (reading.judgements[Area.OVERALL], reading.framework) == (grade, Framework.SIF)


def test_a_single_inspection_without_its_headline_is_not_guessed() -> None:
    reading = read_report(
        [
            page(
                1,
                *sif(
                    "There are no widespread failures. The local authority leads good services",
                    ("Good",) * 5,
                ),
            )
        ]
    )
    assert not reading.judgements
    assert "no row for overall_effectiveness" in reading.problems[0].message


def test_not_judged_is_a_grade_of_its_own_and_wrapped_cells_may_straddle_their_row() -> None:
    grades = ("Requires / improvement", "Good", "Not judged", "Requires / improvement", "Good")
    reading = read_report([page(1, *sif("Children’s services in Scilly are good", grades))])
    expected = (
        Grade.REQUIRES_IMPROVEMENT,
        Grade.GOOD,
        Grade.NOT_JUDGED,
        Grade.REQUIRES_IMPROVEMENT,
        Grade.GOOD,
    )
    assert tuple(reading.judgements[area] for area in SIF_AREAS) == expected


def test_the_safeguarding_boards_grade_is_not_the_councils() -> None:
    board = prose(
        560, "The effectiveness of the Local Safeguarding Children Board (LSCB) is", "inadequate."
    )
    reading = read_report([page(1, *sif("The overall judgement is good.", ("Good",) * 5), *board)])
    assert set(reading.judgements.values()) == {Grade.GOOD}


def test_before_the_single_inspection_adequate_was_a_grade() -> None:
    cover = page(
        1,
        *prose(
            100,
            "Inspection of local authority arrangements for the protection of children",
            "Borsetshire Council",
            "Inspection dates: 4 - 13 July 2012",
            "Lead inspector Lynda Snell HMI",
        ),
    )
    rows = (
        "Overall effectiveness",
        "The effectiveness of the help and protection",
        "The quality of practice",
        "Leadership and governance",
    )
    cells = [(77.0, 200.0 + 42 * n, row) for n, row in enumerate(rows)] + [
        (330.0, 200.0 + 42 * n, "Adequate") for n in range(3)
    ]
    body = page(
        3,
        *prose(100, "Record of main findings", "Overall effectiveness"),
        (330.0, 114.0, "Inadequate"),
    )
    last = page(
        9,
        *prose(100, "Record of main findings"),
        *cells,
        (77.0, 256.0, "provided to families"),
        (330.0, 326.0, "Good Grade 2"),
    )
    reading = read_report([cover, body, last])
    assert (reading.framework, reading.lead_inspectors, reading.problems) == (
        Framework.PRE_SIF,
        ("Lynda Snell",),
        (),
    )
    assert reading.judgements == {
        Area.OVERALL: Grade.ADEQUATE,
        Area.HELP: Grade.ADEQUATE,
        Area.LEADERSHIP: Grade.GOOD,
    }


def test_a_running_footer_does_not_change_the_covers_days() -> None:
    footer = prose(
        806, "Inspection of Ambridge children’s services, Inspection dates: 10 to 20 May 2022"
    )
    cells = ilacs("9 May to 2 0 May 2022", GOOD[:4], COMBINED)
    reading = read_report([page(1, *cells, *footer)])
    assert (reading.inspection_start, reading.inspection_end) == (
        dt.date(2022, 5, 9),
        dt.date(2022, 5, 20),
    )


def test_days_that_cannot_be_are_a_problem() -> None:
    reading = read_report([page(1, *ilacs("19 May 2023 to 8 May 2023", GOOD))])
    assert reading.inspection_start is None
    assert "the last day is before the first" in reading.problems[0].message


def test_two_lead_inspectors_or_none() -> None:
    two = [
        (
            x,
            top,
            "Lead inspectors: Lynda Snell, His Majesty’s Inspector, and Jenny -ellen Mc Ree,"
            if top == 230
            else text,
        )
        for x, top, text in ilacs("6 to 10 March 2023", GOOD)
    ]
    assert read_report(
        [page(1, *two, (71.0, 244.0, "His Majesty’s Inspector"))]
    ).lead_inspectors == ("Lynda Snell", "Jenny-ellen Mc Ree")
    none = [cell for cell in ilacs("6 to 10 March 2023", GOOD) if cell[1] != 230]
    assert read_report([page(1, *none)]).lead_inspectors == ()


def test_a_new_framework_is_an_inspection_that_cannot_be_read_yet() -> None:
    labels = (("Family help",), ("Safety",), ("Permanence",))
    reading = read_report(
        [page(1, *ilacs("6 to 10 March 2028", ("Strong", "Secure", "Urgent"), labels))]
    )
    assert reading.kind is FileKind.INSPECTION
    assert [problem.name for problem in reading.problems] == ["UnreadableReport"]


def test_a_visit_letter_has_its_theme_and_its_areas_for_priority_action_and_no_grade() -> None:
    letter = page(
        1,
        *prose(80, "18 March 2024", "Focused visit to Ambridge children’s services"),
        *prose(
            130,
            "This letter summarises the findings of the focused visit to Ambridge-on-Am children’s services on 6 and",
        ),
        *prose(
            144,
            "7 February 2024. Inspectors looked at the local authority’s arrangements for the ‘front door’.",
        ),
        *prose(
            190,
            "Areas for priority action",
            "The local authority needs to act swiftly to address weaknesses in:",
        ),
        (77.0, 230.0, "◼ the timeliness of strategy meetings when"),
        (95.0, 244.0, "children are at risk; and"),
        (77.0, 260.0, "◼ management oversight. This was known."),
        *prose(
            300,
            "What needs to improve in this area of social work practice?",
            "◼ Care that is good",
        ),
    )
    reading = read_report([letter])
    assert (reading.kind, reading.judgements, reading.theme) == (
        FileKind.FOCUSED_VISIT,
        {},
        "the ‘front door’",
    )
    assert (reading.inspection_start, reading.inspection_end) == (
        dt.date(2024, 2, 6),
        dt.date(2024, 2, 7),
    )
    assert reading.priority_actions == (
        "the timeliness of strategy meetings when children are at risk",
        "management oversight",
    )


@pytest.mark.parametrize(
    ("sentence", "outcome"),
    [
        (
            "The local area partnership’s arrangements typically lead to positive experiences and outcomes",
            "positive",
        ),
        (
            "The local area partnership’s arrangements lead to inconsistent experiences and outcomes",
            "inconsistent",
        ),
        (
            "There are widespread and/or systemic failings leading to significant concerns",
            "systemic_failings",
        ),
    ],
)
def test_area_send_has_three_outcomes(sentence: str, outcome: str) -> None:
    cover = prose(
        80,
        "Local area partnership report",
        "Area SEND inspection of Ambridge Local Area Partnership",
        "Inspection dates: 4 to 8 March 2024",
        "Dates of previous inspection: 8 to 12 October 2018",
        "Inspection outcome",
        sentence,
    )
    reading = read_report([page(1, *cover)])
    assert (reading.kind, reading.send_outcome, reading.inspection_start) == (
        FileKind.SEND,
        outcome,
        dt.date(2024, 3, 4),
    )


def test_a_joint_inspection_letter_without_a_year_takes_it_from_its_own_date() -> None:
    letter = prose(
        80,
        "7 July 2016",
        "Joint targeted area inspection of the multi-agency response to abuse and",
        "neglect in Ambridge",
        "Between 16 May and 20 May, Ofsted, the Care Quality Commission (CQC) and HMI",
    )
    reading = read_report([page(1, *letter)])
    assert (reading.kind, reading.theme) == (FileKind.JTAI, "abuse and neglect")
    assert (reading.inspection_start, reading.inspection_end) == (
        dt.date(2016, 5, 16),
        dt.date(2016, 5, 20),
    )


def test_other_documents_are_other() -> None:
    assert (
        read_report(
            [
                page(
                    1,
                    *prose(
                        80,
                        "Inspection of progress made in the provision",
                        "of safeguarding services in Ambridge",
                    ),
                )
            ]
        ).kind
        is FileKind.OTHER
    )

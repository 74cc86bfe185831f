"""Lists of what must improve as they really stand on paper, and as text layers lose parts of
them."""

from __future__ import annotations

from paper import page, prose

from syncer.model import Framework
from syncer.reports.improvements import improvements
from syncer.reports.layout import all_lines
from syncer.reports.paper import PdfPage

END = "The experiences and progress of children who need help and"
MARK, TEXT = 79.0, 93.0


def listed(*lines: tuple[float, str], top: float = 100.0, wide: float = 20.0) -> PdfPage:
    """A page of lines: (x, text), 14.5 points apart, `wide` above one that begins at a mark; prose
    below, as every report has."""
    cells = []
    for x, text in lines:
        top += wide if x < TEXT or text.startswith("◼") else 14.5
        cells.append((x, top, text))
    below = [(72.0, top + 40 + 14.5 * n, "Children in Ambridge are well served.") for n in range(9)]
    return page(2, *cells, *below)


def items(*pages: PdfPage, framework: Framework = Framework.ILACS) -> list[str]:
    return [item.text for item in improvements(all_lines(pages), framework).items]


def test_an_item_is_whole_over_wrapped_lines_and_a_hyphen_at_a_line_end_is_restored() -> None:
    paper = listed(
        (72.0, "What needs to improve?"),
        (MARK, "◼ The quality of decision-"),
        (TEXT, "making for children on short-"),
        (TEXT, "and long-term plans"),
        (MARK, "◼ The timeliness of visits"),
        (72.0, END),
    )
    assert items(paper) == [
        "The quality of decision-making for children on short- and long-term plans",
        "The timeliness of visits",
    ]


def test_a_list_goes_on_over_a_page_break_past_the_page_number() -> None:
    first = page(2, (72.0, 600.0, "What needs to improve"), (MARK, 620.0, "◼ Visits"))
    number = page(2, *[(w.x0, w.top, w.text) for w in first.words], (300.0, 790.0, "2"))
    second = page(3, (TEXT, 80.0, "to children"), (MARK, 100.0, "◼ Plans"), (72.0, 140.0, END))
    found = improvements(all_lines([number, second]), Framework.ILACS)
    assert [(item.text, item.page) for item in found.items] == [
        ("Visits to children", 2),
        ("Plans", 3),
    ]
    assert found.ended


def test_an_item_whose_bullet_was_lost_is_still_an_item_of_its_own() -> None:
    paper = listed((72.0, "What needs to improve"), (MARK, "◼ Visits"), (TEXT, "to children"))
    lost = [(TEXT, 180.0, "Plans for care leavers"), (MARK, 200.0, "◼ Audits"), (72.0, 240.0, END)]
    words = [(w.x0, w.top, w.text) for w in paper.words if w.top < 160]
    rest = prose(72, *["Children in Ambridge are well served."] * 9)
    assert items(page(2, *words, *lost), page(3, *rest)) == [
        "Visits to children",
        "Plans for care leavers",
        "Audits",
    ]


def test_points_below_an_item_are_part_of_it_and_themes_are_none() -> None:
    paper = listed(
        (71.0, "Recommendations"),
        (71.0, "Quality of practice"),
        (71.0, "1. Improve plans by:"),
        (99.0, "◼ setting dates"),
        (99.0, "◼ naming who does what"),
        (71.0, "2. Hear children."),
        (71.0, "Summary for children and young people"),
    )
    assert items(paper, framework=Framework.SIF) == [
        "Improve plans by: setting dates naming who does what",
        "Hear children.",
    ]


def test_older_single_inspections_have_two_lists_and_an_empty_one_has_no_item() -> None:
    paper = listed(
        (71.0, "What does the local authority need to improve?"),
        (71.0, "Priority and immediate action"),
        (71.0, "18. There are no areas for priority or immediate action."),
        (71.0, "Areas for improvement"),
        (71.0, "19. Ensure that visits are made."),
        (71.0, "The local authority’s strengths"),
        (71.0, "20. Social workers know their children."),
    )
    found = improvements(all_lines([paper]), Framework.SIF).items
    assert [(item.list, item.text) for item in found] == [("areas", "Ensure that visits are made.")]


def test_a_heading_in_the_table_of_contents_is_not_the_list() -> None:
    contents = page(
        1,
        (71.0, 80.0, "Recommendations"),
        (71.0, 100.0, "Summary for children and young people"),
    )
    paper = listed((71.0, "Recommendations:"), (71.0, "1. Visit children."))
    found = improvements(all_lines([contents, paper]), Framework.SIF)
    assert [item.text for item in found.items][:1] == ["Visit children."]


def test_a_section_that_says_in_prose_that_little_varies_is_no_list() -> None:
    words = ("What needs to improve", "There are very few areas of variability.", END)
    paper = page(2, *[(72.0, 80.0 + 20 * n, text) for n, text in enumerate(words)])
    assert items(paper) == []

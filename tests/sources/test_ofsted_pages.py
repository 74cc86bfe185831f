"""Ofsted's list and provider pages: each thing is recognised by several signs, and where they
disagree it is said."""

from __future__ import annotations

import datetime as dt

import pytest

from syncer.errors import EmptyPage, PageRedesigned
from syncer.model import FileKind
from syncer.sources.ofsted.pages import kind_of, read_list, read_provider

LATEST = "<ul><li>Latest report: <strong><time>15 July 2024</time></strong></li></ul>"
ROW = (
    '<li class="search-result"><h3><a href="/provider/44/80481">Leeds City Council</a></h3>{latest}'
    "<ul><li>Category: <strong>Children&#039;s services</strong></li><li>URN: <strong>{urn}</strong></li></ul></li>"
)
GOOD_ROW = ROW.format(latest=LATEST, urn=80481)


def listed(*rows: str, total: str = '<p class="results-count">1 results</p>') -> bytes:
    return f"<html><body><main>{total}<ul>{''.join(rows)}</ul></main></body></html>".encode()


def entry(
    file_id: int = 50250000,
    day: str = "15 July 2024",
    *,
    title: str = "Children's services inspection",
    label: str = "",
    shown: str = "",
    host: str = "https://files.ofsted.gov.uk",
    css: str = "publication-link",
) -> str:
    """One entry of a provider page; `label` and `shown` differ from the title and day only when
    said so."""
    hidden = label or f"{title}, pdf - {day}"
    return (
        f'<li class="timeline__day"><div class="event"><p class="timeline__date"><time>{shown or day}</time></p>'
        f'<span><a class="{css}" href="{host}/v1/file/{file_id}">{title} <span class="nonvisual">{hidden}</span></a>'
        f'<div class="event__metadata">Published <time pubdate>{day}</time></div></span></div></li>'
    )


def page(*entries: str, heading: str = "<h1>Leeds City Council</h1>") -> bytes:
    return f"<html><body><main>{heading}<p>URN: 80481</p><ol>{''.join(entries)}</ol></main></body></html>".encode()


# -- The list --------------------------------------------------------------------------------------


def test_a_row_gives_id_name_and_the_day_of_the_latest_report() -> None:
    found = read_list(listed(ROW.format(latest=LATEST, urn=80481)))
    (row,) = found.rows
    assert (row.provider_id, row.name, row.latest) == (
        "80481",
        "Leeds City Council",
        dt.date(2024, 7, 15),
    )
    assert (found.total, found.oddities) == (1, ())


def test_a_council_without_a_report_has_no_day() -> None:
    assert read_list(listed(ROW.format(latest="", urn=80481))).rows[0].latest is None


def test_a_list_without_its_total_is_read_and_a_total_of_thousands_too() -> None:
    assert read_list(listed(ROW.format(latest="", urn=80481), total="")).total is None
    assert (
        read_list(listed(ROW.format(latest="", urn=80481), total="<p>1,153 results</p>")).total
        == 1153
    )


def test_an_empty_list_is_an_error_and_says_what_the_page_says() -> None:
    with pytest.raises(EmptyPage, match="0 results"):
        read_list(listed(total="<p>0 results</p>"))


def test_renamed_classes_are_told_and_the_rows_still_read() -> None:
    found = read_list(
        listed(ROW.format(latest=LATEST, urn=80481)).replace(
            b'class="search-result"', b'class="v2-77"'
        )
    )
    assert (len(found.rows), len(found.oddities)) == (1, 1)


@pytest.mark.parametrize(
    "bad", [ROW.format(latest=LATEST, urn=80482), GOOD_ROW.replace("15 July 2024", "soon")]
)
def test_a_row_whose_link_and_urn_disagree_or_whose_day_is_none_is_told_and_left_out(
    bad: str,
) -> None:
    found = read_list(listed(GOOD_ROW.replace("80481", "80453"), bad))
    assert ([row.provider_id for row in found.rows], len(found.oddities)) == (["80453"], 1)
    assert "Leeds City Council" in found.oddities[0]


def test_links_to_other_kinds_of_provider_are_not_rows() -> None:
    other = '<li class="search-result"><a href="/provider/23/123456">A school</a></li>'
    assert len(read_list(listed(ROW.format(latest="", urn=80481), other)).rows) == 1


# -- A provider's page -----------------------------------------------------------------------------


def test_an_entry_gives_id_title_day_and_address() -> None:
    found = read_provider(page(entry()))
    (link,) = found.entries
    assert (link.file_id, link.title, link.published) == (
        "50250000",
        "Children's services inspection",
        dt.date(2024, 7, 15),
    )
    assert link.url == "https://files.ofsted.gov.uk/v1/file/50250000"
    assert (found.heading, found.provider_id, found.oddities) == ("Leeds City Council", "80481", ())


def test_entries_keep_the_order_of_the_page_and_one_listed_twice_is_one() -> None:
    found = read_provider(page(entry(3), entry(1, "1 May 2018"), entry(2, "2 June 2021"), entry(3)))
    assert [link.file_id for link in found.entries] == ["3", "1", "2"]


def test_entries_in_an_archive_block_are_entries() -> None:
    archive = f'<details class="archive"><summary>Older reports</summary><div><ul>{entry(2, "1 May 2013")}</ul></div></details>'
    assert [link.file_id for link in read_provider(page(entry(1), archive)).entries] == ["1", "2"]


@pytest.mark.parametrize(
    "host", ["https://files.ofsted.gov.uk", "https://files.api.ofsted.gov.uk", ""]
)
def test_older_hosts_and_relative_links_lead_to_files_too(host: str) -> None:
    assert read_provider(page(entry(7, host=host))).entries[0].url == f"{host}/v1/file/7"


@pytest.mark.parametrize(
    "ending", [",  pdf - 15 July 2024", " as pdf – 15 July 2024", ", PDF — 15 July 2024"]
)
def test_titles_with_a_dash_or_another_way_to_say_pdf_are_read_whole(ending: str) -> None:
    title = "Joint area review - progress inspection"
    found = read_provider(page(entry(title=title, label=title + ending)))
    assert (found.entries[0].title, found.oddities) == (title, ())


def test_renamed_classes_are_told_and_the_entries_still_read() -> None:
    found = read_provider(page(entry(css="v2-88")))
    assert (len(found.entries), found.oddities) == (
        1,
        ("a link to a report is not marked as publication-link",),
    )


def test_of_three_dates_two_that_agree_count_and_the_third_is_told() -> None:
    found = read_provider(page(entry(shown="16 July 2024")))
    assert (found.entries[0].published, found.oddities) == (
        dt.date(2024, 7, 15),
        ("the dates of one entry disagree",),
    )


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (
            entry(
                9, shown="16 July 2024", label="Children's services inspection, pdf - 17 July 2024"
            ),
            "report 9 stands with several dates",
        ),
        (
            '<li><a class="publication-link" href="/v1/file/9">Children\'s services inspection</a></li>',
            "report 9 stands without a date",
        ),
    ],
)
def test_an_entry_without_a_date_to_be_sure_of_is_told_and_left_out(bad: str, told: str) -> None:
    found = read_provider(page(entry(1), bad, entry(2)))
    assert [link.file_id for link in found.entries] == ["1", "2"]
    assert any(told in odd for odd in found.oddities)


def test_something_that_looks_like_a_report_and_has_no_link_is_told() -> None:
    (odd,) = read_provider(
        page(entry(), '<li><span class="nonvisual">Focused visit, pdf - 1 May 2024</span></li>')
    ).oddities
    assert "Focused visit" in odd and "no link" in odd


def test_a_visible_title_that_differs_from_the_hidden_one_is_told() -> None:
    (odd,) = read_provider(page(entry(label="Focused visit, pdf - 15 July 2024"))).oddities
    assert "disagree" in odd


def test_a_page_without_a_heading_is_an_error() -> None:
    with pytest.raises(PageRedesigned, match="no heading"):
        read_provider(page(entry(), heading=""))


def test_a_page_without_reports_is_read_as_one() -> None:
    assert read_provider(page()).entries == ()


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Children's services inspection", FileKind.INSPECTION),
        ("CHILDREN\u2019S SERVICES INSPECTION,  pdf", FileKind.INSPECTION),
        ("Single inspection of LA children's services", FileKind.INSPECTION),
        ("Children's services focused visit", FileKind.FOCUSED_VISIT),
        ("Children's services monitoring visit", FileKind.MONITORING_VISIT),
        ("Joint area child protection inspection", FileKind.JTAI),
        ("Joint targeted area inspection of Leeds", FileKind.JTAI),
        ("Area SEND full inspection", FileKind.SEND),
        ("Local area special educational needs inspection", FileKind.SEND),
        ("Annual rating letter", FileKind.OTHER),
    ],
)
def test_what_a_title_says(title: str, kind: FileKind) -> None:
    assert kind_of(title) is kind

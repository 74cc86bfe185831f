from __future__ import annotations

import datetime as dt
import json
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncer.documents.html import Table, main_text, published_of, tables, title_of
from syncer.documents.reader import DocumentReader
from syncer.errors import DocumentTooSlow, EmptyPage, UnreadableTable

ARTICLE = "<p>The Department for Education has awarded Leeds city council £9.6m.</p>"


def page(inside: str, around: str = "") -> str:
    return f"<html><head><title>Leeds - News</title></head><body><main><h1>Leeds</h1>{ARTICLE}{inside}</main>{around}</body></html>"


# -- text ------------------------------------------------------------------------------------------


def test_paragraphs_items_rows_and_breaks_are_lines() -> None:
    html = """<h1>Grants</h1><p>Two
        <b>coun</b>cils<br>were paid:</p><ul><li><p>Leeds &pound;5m</p></li><li>Kent<ul><li>in part</li></ul></li></ul>
        <table><caption>Annex A</caption><tr><th>Council</th><th>£</th></tr><tr><td>Leeds</td><td><p>5,000</p></td></tr></table>
        <div>Text<div>in boxes</div>&nbsp;</div>"""
    assert main_text(html).splitlines() == [
        "Grants",
        "Two councils",
        "were paid:",
        "- Leeds £5m",
        "- Kent",
        "- in part",
        "Annex A",
        "Council | £",
        "Leeds | 5,000",
        "Text",
        "in boxes",
    ]


@pytest.mark.parametrize(
    "furniture",
    [
        "<nav>Jobs £1m</nav>",
        "<aside>Agency spend £1m</aside>",
        "<footer>£1m</footer>",
        "<script>'£1m'</script>",
        "<style>£1m</style>",
        "<form>£1m</form>",
        "<div role='complementary'>£1m</div>",
        "<p hidden>£1m</p>",
        "<div aria-hidden='true'>£1m</div>",
        "<section id='comments'><h2>Responses</h2><p>£1m</p></section>",
        "<ol class='comment-list'><li>£1m</li></ol>",
        "<article class='comment'><p>£1m</p></article>",
        "<div id='disqus_thread'>£1m</div>",
        "<div class='related-articles'>£1m</div>",
        "<div class='c-newsletter-signup'>£1m</div>",
        "<ul class='social-share'><li>£1m</li></ul>",
        "<div class='cookie-banner'>£1m</div>",
        "<div class='gem-c-contextual-sidebar'>£1m</div>",
        "<div class='breadcrumbs'>£1m</div>",
        "<!-- £1m -->",
        "<svg><text>£1m</text></svg>",
        "<div><h2>3 Comments</h2><p>£1m</p></div>",
        "<h2>Related articles</h2><p>£1m</p><h3>More</h3><p>£1m</p>",
        "<noscript>£1m</noscript>",
        "<h3>Leave a reply</h3><p>£1m</p>",
        "<p>From £1 / month</p>",
        "<p>£1.50 a week</p><p>Subscribe now!</p>",
        "<p>1. sandy beach February 23, 2017 at 10:50 pm #</p><p>That's £1m less</p>",
    ],
)
def test_what_a_site_puts_around_its_article_is_not_read(furniture: str) -> None:
    for html in (page(furniture), page("", around=furniture), page(f"<div>{furniture}</div>")):
        assert (
            main_text(html)
            == "Leeds\nThe Department for Education has awarded Leeds city council £9.6m."
        )


@pytest.mark.parametrize(
    "html",
    [
        "<body class='single comments-open has-sidebar'><main>{}</main>",
        "<body><article class='post tag-comment category-related'><h1>x</h1>{}</article>",
        "<body><div class='content-sidebar-wrap'><main>{}</main></div>",
        "<body><main><div class='elementor-widget'>{}</div></main>",
        "<body><main><h2 id='feedback-from-councils'>Feedback from councils</h2>{}</main>",
        "<body><main><header><h1>x</h1></header>{}</main>",
        "<body><main><p>By A Writer, February 23, 2017 at 10:50 am</p>{}</main>",
        "<p>A fragment, as the content API gives it.</p>{}",
    ],
)
def test_an_article_is_not_taken_for_furniture(html: str) -> None:
    assert "£9.6m" in main_text(html.format(ARTICLE))


def test_headings_that_stand_over_furniture_take_only_their_own_part_with_them() -> None:
    assert "still here" in main_text(
        page("<h3>Most read</h3><p>£1m</p><h2>Conditions</h2><p>still here</p>")
    )


def test_a_footnote_mark_does_not_become_part_of_a_figure() -> None:
    html = "<p>£5m<sup>1</sup> on the 22<sup>nd</sup>, £3m<sup><a href='#fn2'>[2]</a></sup> and £4,000<sup>*</sup></p>"
    assert main_text(html) == "£5m on the 22nd, £3m and £4,000"


@pytest.mark.parametrize("html", ["", "   ", "<html><body></body></html>", "<script>x</script>"])
def test_a_page_without_text_is_an_error(html: str) -> None:
    with pytest.raises(EmptyPage):
        main_text(html)


def test_bytes_are_read_in_the_encoding_the_page_declares() -> None:
    html = "<meta charset='windows-1252'><p>£5m – Leeds</p>"
    assert main_text(html.encode("cp1252")) == "£5m – Leeds"
    assert main_text(html.replace("windows-1252", "utf-8").encode()) == "£5m – Leeds"


def test_a_page_nested_beyond_reason_is_read_without_falling_over() -> None:
    assert "deep" in main_text("<div>" * 2000 + "deep" + "</div>" * 2000 + "deep")


WORDS = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=["C"], exclude_characters="•●▪"),
    min_size=1,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS.map(lambda text: f"£{text}£"), min_size=1))
def test_no_paragraph_is_lost_and_none_is_split(paragraphs: list[str]) -> None:
    html = "".join(f"<p>{escape(text)}</p>" for text in paragraphs)
    assert main_text(html).splitlines() == [" ".join(text.split()) for text in paragraphs]


# -- tables ----------------------------------------------------------------------------------------


def test_a_table_is_a_grid_with_its_head_apart() -> None:
    html = """<h2>Annex A</h2><table><caption>Allocations</caption><thead><tr><th>Authority</th><th>2025<br>to 2026</th></tr></thead>
        <tbody><tr><th scope="row">Leeds<sup>2</sup></th><td><span>£<b>5</b>00</span></td></tr><tr><td>Kent</td></tr></tbody></table>"""
    assert tables(html) == [
        Table(
            "Allocations",
            "Annex A",
            (("Authority", "2025 to 2026"),),
            (("Leeds", "£500"), ("Kent", "")),
        )
    ]


def test_spanning_cells_stand_in_every_place_and_a_repeated_sum_is_marked() -> None:
    html = """<table><tr><th colspan="2">Area</th><th>£</th></tr>
        <tr><td>Leeds</td><td>North</td><td rowspan="2">4,158,000</td></tr><tr><td>Hull</td><td>East</td></tr></table>"""
    (table,) = tables(html)
    assert table.head == (("Area", "Area", "£"),)
    assert table.rows == (("Leeds", "North", "4,158,000"), ("Hull", "East", "4,158,000"))
    assert table.repeated == {(1, 2)}
    assert main_text(html).count("4,158,000") == 1


def test_a_rowspan_ends_with_the_table() -> None:
    (table,) = tables(
        "<table><tr><td rowspan='65534'>a</td><td rowspan='0'>b</td></tr><tr><td>c</td></tr></table>"
    )
    assert table.rows == (("a", "b", ""), ("a", "b", "c"))


def test_layout_tables_are_only_read_for_the_tables_in_them() -> None:
    html = "<table><tr><td>menu</td><td><table><tr><td>Leeds</td></tr></table></td></tr></table>"
    assert [table.rows for table in tables(html)] == [(("Leeds",),)]


def test_a_table_that_claims_more_cells_than_any_real_one_is_refused() -> None:
    with pytest.raises(UnreadableTable):
        tables("<table>" + "<tr>" + "<td colspan='1000'>x</td>" * 600 + "</tr></table>")


# -- title and date --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>a - b</title><h1> Leeds\n<b>is</b> good</h1>", "Leeds is good"),
        ("<meta property='og:title' content='Leeds is good'>", "Leeds is good"),
        ("<title>Leeds is good | Community Care</title>", "Leeds is good"),
    ],
)
def test_the_title_is_the_heading_or_what_the_page_calls_itself(html: str, title: str) -> None:
    assert title_of(html) == title


def test_a_page_without_a_title_is_an_error() -> None:
    with pytest.raises(EmptyPage):
        title_of("<p>text</p>")


@pytest.mark.parametrize(
    "html",
    [
        "<meta property='article:published_time' content='2017-02-23T09:00:00+00:00'>",
        "<meta itemprop='datePublished' content='2017-02-23'>",
        "<time itemprop='datePublished' datetime='2017-02-23'>yesterday</time>",
        """<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "datePublished": "2017-02-23T09:00"}]}</script>""",
        "<article><h1>x</h1><time datetime='2017-02-23'>23 Feb</time></article><time datetime='2020-01-01'>",
        """<script type="application/ld+json">{broken</script><article><h1>x</h1><time datetime='2017-02-23'></article>""",
    ],
)
def test_the_day_of_publication_is_read_wherever_a_page_says_it(html: str) -> None:
    assert published_of(html) == dt.date(2017, 2, 23)


@pytest.mark.parametrize(
    "html",
    [
        "<p>23 February 2017</p>",
        "<time datetime='PT5M'>",
        "<meta itemprop='datePublished' content='2017-02-31'>",
    ],
)
def test_a_page_that_does_not_say_its_day_has_none(html: str) -> None:
    assert published_of(html) is None


# -- real pages ------------------------------------------------------------------------------------


def test_no_readers_comment_and_no_furniture_of_the_press_is_read(shared: Path) -> None:
    for article in json.loads((shared / "replay/world/press/articles.json").read_text()):
        text = main_text(article["html"])
        for foreign in (
            "£214m",
            "£75.3m",
            "sandy beach",
            "£5.2m in one council",
            "£15 /",
            "£12 /",
            "Subscribe",
            "Topic Hubs",
            "Jobs",
        ):
            assert foreign not in text, article["path"]
        assert title_of(article["html"]) == article["title"]
        assert len(text) > 200


def test_every_govuk_body_is_read_whole(shared: Path) -> None:
    for body in _bodies(json.loads((shared / "replay/world/govuk/items.json").read_text())):
        words = main_text(body).split()
        assert {"£81,000", "England"} & set(words) or len(words) >= 3


def _bodies(part: Any) -> list[str]:
    if isinstance(part, list):
        return [body for inner in part for body in _bodies(inner)]
    if not isinstance(part, dict):
        return []
    own = [part["body"]] if isinstance(part.get("body"), str) and part["body"] else []
    return own + [body for inner in part.values() for body in _bodies(inner)]


def test_a_table_of_allocations_is_read_to_the_last_row(shared: Path) -> None:
    items = json.loads((shared / "replay/world/govuk/items.json").read_text())
    (body,) = [body for body in _bodies(items) if "<table" in body]
    (table,) = tables(body)
    assert len(table.rows) == body.count("<tr") - 1
    assert table.rows[-1] == ("Lambeth", "London", "£1,462,133")


def test_a_page_without_a_body_element_is_a_page_all_the_same() -> None:
    table = "<table><tr><td>Leeds<td>1<tr><td>Kent<td>2</table>"
    page = f"<!doctype html><title>Money</title><main><h1>Money</h1><p>Leeds was given £1m.</p>{table}</main>"
    assert "Leeds was given £1m." in main_text(page)
    assert [table.rows for table in tables(page)] == [(("Leeds", "1"), ("Kent", "2"))]


@pytest.mark.parametrize(
    "page",
    [
        b"<div>" * 20_000 + b"<p>Leeds",
        b"<table><tr><td>" * 1_500 + b"Leeds",
        b"<ul><li>" * 1_500 + b"Leeds",
        b"<b>" * 20_000 + b"Leeds",
        b"<a>" * 6_000 + b"Leeds",
        b"<table>" + b"<tr><td rowspan=1000 colspan=1000>Leeds</td></tr>" * 300 + b"</table>",
        b"<p>Leeds</p>" * 20_000,
    ],
    ids=["div", "tables", "lists", "bold", "links", "spanning cells", "paragraphs"],
)
def test_a_page_nested_or_spread_beyond_reason_is_read_in_seconds(page: bytes) -> None:
    with DocumentReader() as reader:
        assert "Leeds" in reader.call(main_text, page)


def test_a_table_of_spanning_cells_is_refused_before_it_is_laid_out() -> None:
    page = b"<table>" + b"<tr><td rowspan=1000 colspan=1000>x</td></tr>" * 1000 + b"</table>"
    with pytest.raises(UnreadableTable, match="500,000"):
        tables(page)


def test_a_page_of_millions_of_elements_is_named_at_once() -> None:
    with pytest.raises(DocumentTooSlow, match="tags"):
        main_text(b"<p>" * 1_000_000)


def test_a_control_character_in_the_encoding_is_no_reason_to_stop() -> None:
    assert main_text('<meta charset="ut\x01f-8"><p>Leeds – £5</p>'.encode()) == "Leeds – £5"

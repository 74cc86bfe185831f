"""Digest to message: safe in every mail client, the same in both parts, the same bytes every
time."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import re
from dataclasses import fields, replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from syncer import digest
from syncer.digest import samples
from syncer.digest.message_model import Digest, GradeLine, Item, Section
from syncer.digest.render import (
    LONGEST_HTML,
    PACKAGED,
    Envelope,
    RenderedMessage,
    as_bytes,
    check_templates,
    message,
    wrapped,
)
from syncer.errors import BadAddress, TemplateBroken
from syncer.model import Evidence, Fields, Grade, Problem, Standing

SAMPLES, NOW = samples.digests(), samples.context()
ENVELOPE = Envelope(
    "syncer <syncer@example.org>",
    "director@example.org",
    "<1.abc@example.org>",
    samples.NOW,
    "syncer <syncer.example.org>",
    "replies@example.org",
    ("mailto:replies@example.org?subject=unsubscribe%20" + "t" * 80,),
)
ALLOWED_CSS = {
    "background-color",
    "border",
    "border-bottom",
    "border-bottom-color",
    "border-collapse",
    "border-color",
    "border-left",
    "border-left-color",
    "border-radius",
    "border-top",
    "border-top-color",
    "color",
    "display",
    "font-family",
    "font-size",
    "font-weight",
    "letter-spacing",
    "line-height",
    "margin",
    "max-height",
    "max-width",
    "overflow",
    "overflow-wrap",
    "word-break",
    "padding",
    "text-align",
    "text-decoration",
    "vertical-align",
    "white-space",
    "width",
}
"""What the clients of people in councils (Outlook, Gmail, Apple Mail) show or ignore without harm,
by caniemail.com."""

ALLOWED_TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "div",
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
    "h1",
    "h2",
    "h3",
    "p",
    "ul",
    "li",
    "a",
    "b",
    "br",
    "span",
    "abbr",
}


def parsed(raw: bytes) -> EmailMessage:
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "lxml")


def words(text: str) -> str:
    return " ".join(text.split())


def texts_of(value: Any) -> list[str]:
    """Every text of an item that a reader has to find in both parts."""
    if isinstance(value, GradeLine):
        return [value.area, value.new.word, *(old.word for old in value.old), value.note]
    if isinstance(value, Item):
        quotes = [
            text for shown in value.evidence for text in (shown.quote, shown.link_text, shown.read)
        ]
        facts = [f"{fact.label}: {fact.value}" for fact in value.facts]
        parts = [
            value.title,
            value.tag,
            *value.actions,
            *value.improve,
            value.improve_more,
            *value.notes,
            *value.context,
            *facts,
            *quotes,
        ]
        return parts + [text for line in (*value.grades, *value.others) for text in texts_of(line)]
    return []


def texts_of_section(section: Section) -> list[str]:
    lines = [text for line in section.lines for text in (line.text, line.link_text)]
    return [section.heading, *lines, section.note]


def inline_css(html: str) -> set[str]:
    css = [str(tag["style"]) for tag in soup(html).find_all(style=True)]
    kept = re.findall(r"\{([^{}]*)\}", "".join(tag.text for tag in soup(html).find_all("style")))
    return {
        rule.split(":")[0].strip().lower()
        for block in (*css, *kept)
        for rule in block.split(";")
        if ":" in rule
    }


@pytest.mark.parametrize("made", SAMPLES, ids=lambda made: made.kind)
def test_the_html_is_what_mail_clients_understand(made: Digest) -> None:
    html = message(made).html
    assert len(html.encode()) <= LONGEST_HTML
    assert inline_css(html) <= ALLOWED_CSS
    assert {tag.name for tag in soup(html).find_all(True)} <= ALLOWED_TAGS
    assert not re.search(r"url\(|@import|@font-face|<link|<script|<img|var\(|\son\w+=", html)


@pytest.mark.parametrize("made", SAMPLES, ids=lambda made: made.kind)
def test_a_screen_reader_finds_language_headings_in_order_and_named_links(made: Digest) -> None:
    page = soup(message(made).html)
    assert (
        page.html is not None
        and page.html["lang"] == "en-GB"
        and page.title is not None
        and page.title.text == made.subject
    )
    levels = [int(tag.name[1]) for tag in page.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(
        table.get("role") == "presentation" or table.find("th", scope="col")
        for table in page.find_all("table")
    )
    assert all(link.text.strip() for link in page.find_all("a"))


@pytest.mark.parametrize("made", SAMPLES, ids=lambda made: made.kind)
def test_text_and_html_say_the_same(made: Digest) -> None:
    shown = message(made)
    html, text = words(soup(shown.html).get_text(" ")), words(shown.text)
    said = [
        made.heading,
        *made.intro,
        *made.notes,
        made.unsubscribe,
        made.leave and "Stop these messages",
        made.manage and "Change or pause them",
        made.attribution,
        made.disclaimer,
    ]
    said += [
        text
        for group in made.groups
        for text in (group.heading, *(t for item in group.items for t in texts_of(item)))
    ]
    said += [row.council for row in made.rows]
    said += [row.inspected if made.counts else row.when for row in made.rows]
    said += [t for item in made.bullets for t in texts_of(item)]
    said += [t for section in (*made.opening, *made.closing) for t in texts_of_section(section)]
    said += [*made.about, *(count.area for count in made.counts)]
    squeezed = html.replace(" ", "").lower(), text.replace(" ", "").lower()
    assert [
        part
        for part in said
        if any(words(part).replace(" ", "").lower() not in where for where in squeezed)
    ] == []
    links = [tag["href"] for tag in soup(shown.html).find_all("a")]
    assert all(str(link) in text for link in links if not str(link).startswith("#"))


def test_a_welcome_for_153_councils_stays_under_100_kb() -> None:
    now = samples.everywhere()
    worst = {area: Standing(area, Grade.REQUIRES_IMPROVEMENT, 1) for area in samples.AREAS}
    standings = dict.fromkeys(now.standings, worst)
    made = digest.welcome(samples.follows(), replace(now, standings=standings))
    assert len(made.rows) == 153
    assert all(row.page and row.report for row in made.rows)
    assert len(message(made).html.encode()) < LONGEST_HTML


def test_a_digest_after_half_a_year_stays_under_100_kb_and_leaves_nothing_out() -> None:
    councils = samples.context().register.open_on(samples.NOW.date())
    events = [
        replace(event, councils=(council.slug,), record_id=n, id=n * 100 + k, seq=n * 100 + k)
        for n, council in enumerate(councils)
        for k, event in enumerate(samples.trafford())
    ]
    made = digest.compose(samples.subscriber(), events, samples.context())
    shown = message(made)
    assert len(shown.html.encode()) <= LONGEST_HTML
    (table,) = [file for file in shown.attachments if file.filename == "changes.csv"]
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert len(rows) == len(events)
    assert {row["council"] for row in rows} == {council.name for council in councils}
    fell = rows[1]
    assert (fell["what"], fell["from"], fell["to"], fell["published"]) == (
        "leadership",
        "requires improvement",
        "inadequate",
        "2026-08-03",
    )
    assert fell["page"] == samples.OFSTED
    assert "changes.csv" in shown.text and "changes.csv" in shown.html


def test_the_attached_table_has_the_same_bytes_each_time_and_begins_as_excel_wants_it() -> None:
    one, two = (digest.compose(samples.subscriber(), samples.week(), NOW) for _ in range(2))
    assert one.whole is not None and one.whole == two.whole
    assert one.whole.content.startswith("\ufeff".encode())


# -- The text part ---------------------------------------------------------------------------------


@pytest.mark.parametrize("made", SAMPLES, ids=lambda made: made.kind)
def test_no_line_of_the_text_is_longer_than_72_columns(made: Digest) -> None:
    long = [line for line in message(made).text.splitlines() if len(line) > 72]
    assert [line for line in long if len(line.split()) > 2] == []
    assert all(max(line.split(), key=len).startswith(("http", "council_papers")) for line in long)


def test_a_wrapped_line_goes_on_under_its_first_word_and_breaks_no_address() -> None:
    address = "https://www.example.org/" + "a" * 80
    first, second, third = wrapped(f"  - {'word ' * 13}over\n    {address}").splitlines()
    assert first == f"  - {'word ' * 13}".rstrip()
    assert second == "    over"
    assert third.strip() == address


# -- What others wrote -----------------------------------------------------------------------------

NASTY = "Leeds\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script>\u202e{{ 7*7 }}"


def nasty(said: Fields) -> Fields:
    """The same with every word that somebody else wrote made hostile."""
    words = ("programme", "theme", "what", "period", "service", "lead_inspector")
    theirs: dict[str, Any] = {f.name: NASTY for f in fields(said) if f.name in words}
    return replace(said, **theirs)


def nasty_message() -> RenderedMessage:
    """A council, a programme, a quote and a theme as somebody hostile would write them."""
    now = samples.context()
    leeds = now.register.by_slug("leeds")
    register = type(now.register)(
        [replace(leeds, name=NASTY), *(c for c in now.register if c.slug != "leeds")]
    )
    evil = [
        replace(
            e,
            detail=replace(e.detail, fields=nasty(e.detail.fields), note=NASTY),
            evidence=Evidence("", NASTY, 1),
            url='https://example.org/"><script>',
        )
        for e in samples.others()
    ]
    return message(digest.compose(samples.subscriber(), evil, replace(now, register=register)))


def test_markup_and_line_breaks_in_names_titles_and_quotes_are_harmless() -> None:
    shown = nasty_message()
    assert not soup(shown.html).find_all("script") and "&lt;script&gt;" in shown.html
    assert "49" not in shown.subject and "{{ 7*7 }}" in shown.text
    assert "\u202e" not in shown.html + shown.text + shown.subject
    mail = parsed(as_bytes(shown, ENVELOPE))
    assert mail["Bcc"] is None and mail["Subject"] == shown.subject


@settings(deadline=None)
@given(st.text(min_size=1, max_size=80))
def test_no_council_name_adds_a_header(name: str) -> None:
    shown = RenderedMessage(f"{name}: leadership good → inadequate", "text\n", "<p>html</p>\n")
    mail = parsed(as_bytes(shown, ENVELOPE))
    assert [key for key, _ in mail.items()] == [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Reply-To",
        "List-Id",
        "List-Unsubscribe",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
    ]


@pytest.mark.parametrize("field", ["to", "sender", "message_id", "list_id", "reply_to"])
def test_an_address_with_a_newline_is_refused(field: str) -> None:
    with pytest.raises(BadAddress, match="line break"):
        as_bytes(
            message(SAMPLES[1]), replace(ENVELOPE, **{field: "a@example.org\nBcc: b@example.org"})
        )


# -- Bytes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("made", SAMPLES, ids=lambda made: made.kind)
def test_the_same_message_is_the_same_bytes_with_both_parts_and_all_files(made: Digest) -> None:
    shown = message(made)
    raw = as_bytes(shown, ENVELOPE)
    assert raw == as_bytes(message(made), ENVELOPE) and raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    mail = parsed(raw)
    assert mail["Subject"] == shown.subject and mail["Auto-Submitted"] == "auto-generated"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and plain.get_content().replace("\r\n", "\n") == shown.text
    assert html is not None and html.get_content().replace("\r\n", "\n") == shown.html
    assert [part.get_filename() for part in mail.iter_attachments()] == [
        file.filename for file in shown.attachments
    ]


def test_long_ids_and_unsubscribe_addresses_are_written_as_they_are() -> None:
    url = "https://example.org/unsubscribe/" + "a" * 120
    raw = as_bytes(
        message(SAMPLES[2]),
        replace(
            ENVELOPE,
            message_id=f"<{'b' * 90}@example.org>",
            unsubscribe=(*ENVELOPE.unsubscribe, url),
        ),
    )
    head = raw.split(b"\r\n\r\n")[0]
    assert b"=?utf-8?q?=3C" not in head and url.encode() in head and b"b" * 90 in head
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head


def test_one_click_is_offered_only_with_an_https_address() -> None:
    mail = parsed(as_bytes(message(SAMPLES[1]), ENVELOPE))
    assert mail["List-Unsubscribe"].startswith("<mailto:") and mail["List-Unsubscribe-Post"] is None


def test_a_correction_stands_in_the_thread_of_what_it_corrects() -> None:
    mail = parsed(as_bytes(message(SAMPLES[2]), ENVELOPE))
    assert mail["In-Reply-To"] == mail["References"] == "<1.2026@syncer.example.org>"


# -- Colours ---------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_coloured_pair_has_a_contrast_of_4_5_in_light_and_in_dark() -> None:
    """WCAG 2.2, 1.4.3."""
    css = (PACKAGED / "style.css").read_text(encoding="utf-8")
    pairs = re.findall(r"background-color: (#\w{6})[^;]*; color: (#\w{6})", css)
    pairs += [
        ("#ffffff", "#555b63"),
        ("#1d2125", "#aeb4bb"),
        ("#ffffff", "#1f4f82"),
        ("#1d2125", "#9cc3ee"),
        ("#ffffff", "#8f1d1d"),
    ]
    assert len(pairs) > 15
    for pair in pairs:
        dark, light = sorted(luminance(colour) for colour in pair)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, pair


# -- Templates of one's own ------------------------------------------------------------------------


def test_the_packaged_templates_render_every_sample() -> None:
    assert check_templates(None) == []


def test_a_folder_replaces_single_templates(tmp_path: Path) -> None:
    (tmp_path / "digest.subject.j2").write_text("[Ofsted] {{ d.subject }}\n")
    assert (
        message(SAMPLES[1], tmp_path).subject
        == "[Ofsted] Trafford: leadership requires improvement → inadequate"
    )
    assert check_templates(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("digest.txt.j2", "\n\n{{ d.sbject }}", "digest.txt.j2, line 3: "),
        ("welcome.html.j2", "{% if %}", "welcome.html.j2, line 1: "),
        ("parts.html.j2", "{% macro item(i) %}\n{{ i.nothing }}{% endmacro %}", "parts.html.j2"),
        ("digset.txt.j2", "x", "digset.txt.j2 is not a template"),
    ],
)
def test_the_doctor_names_file_and_line_of_a_broken_template(
    tmp_path: Path, name: str, body: str, said: str
) -> None:
    (tmp_path / name).write_text(body)
    problems = check_templates(tmp_path)
    assert any(problem.message.startswith(said) for problem in problems)
    assert all(isinstance(problem, Problem) and problem.hint for problem in problems)


def test_a_broken_template_stops_its_message_with_a_name(tmp_path: Path) -> None:
    (tmp_path / "digest.html.j2").write_text("{{ d.nothing }}")
    with pytest.raises(TemplateBroken, match="digest.html.j2, line 1"):
        message(SAMPLES[0], tmp_path)

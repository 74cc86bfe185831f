"""Every message in GOV.UK Notify's Markdown: nothing that it misreads, and nothing that is missing."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from notify_reader import Block, read

from syncer.digest import govuk_markdown, samples
from syncer.digest.message_model import Digest, Group, Item, MailKind, Shown
from syncer.digest.render import LONGEST_HTML, markdown
from syncer.digest.wording import one_line

SAMPLES = samples.digests()
NAMES = [f"{number}-{sample.kind}" for number, sample in enumerate(SAMPLES)]
KINDS = {"heading", "point", "text", "rule"}
SITE = "https://syncer.example/"
STOP = "https://syncer.example/unsubscribe/abc"
TROUBLE = (
    *(
        "# no heading",
        "#",
        "* no point",
        "- no point",
        "-5%",
        "• no point",
        "+ no point",
        "1. no number",
        "1.5 million",
        "2026.",
    ),
    *(
        "^ no quote",
        "= no line",
        "===",
        "---",
        "***",
        "```",
        "~~~",
        "> no quote",
        "| a | b |",
        "    indented",
    ),
    *(
        "[Correction]: said",
        "[a](https://evil.example)",
        "![a](b)",
        "((body))",
        "(((subject)))",
        "a_b_c *d* `e`",
    ),
    *(
        "<b>bold</b>",
        "<https://a.b>",
        "R&D",
        "&copy;",
        "&lt;",
        "C:\\new",
        "ends in #",
        "https://e.x/?a=1&sect=2",
        "at https://e.x/a[1].",
    ),
)


def blocks(made: Digest, **more: str) -> list[Block]:
    return read(markdown(made, **more).body)


def texts(value: Any) -> Iterator[str]:
    """Every text of a part of a message."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from texts(each)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts(getattr(value, field.name))


def told(made: Digest) -> Iterator[str]:
    """What a reader must be shown of a message: of a short item its line, of a table its sums, of a
    programme no word on a file."""
    yield from texts(
        (made.heading, made.intro, made.overview_sum, made.opening, made.closing, made.notes)
    )
    yield from texts(
        (made.sources, made.about, made.unsubscribe, made.attribution, made.disclaimer)
    )
    yield from texts(tuple((row.heading, row.what) for row in made.overview))
    yield from texts(tuple(each.sentence for each in made.mentioned))
    yield from texts(tuple(row.council for row in made.rows if not made.counts))
    yield from texts(tuple(count.says for count in made.counts))
    for item in [each for group in made.groups for each in group.items] + list(made.bullets):
        yield from texts(
            (
                item.title,
                item.tag,
                item.improve,
                tuple(note for note in item.notes if note not in item.of_files),
            )
        )
        if not item.brief:
            yield from texts(tuple(line.says for line in (*item.grades, *item.others)))
            yield from texts(
                (
                    item.facts,
                    item.actions,
                    item.context,
                    tuple(shown.quote for shown in item.evidence),
                )
            )


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_no_line_of_any_message_is_misread(sample: Digest) -> None:
    kinds = Counter(block.kind for block in blocks(sample, site=SITE))
    assert set(kinds) <= KINDS
    assert kinds["rule"] == 1


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_all_that_a_mail_says_stands_in_it(sample: Digest) -> None:
    shown = " ".join(block.shown for block in blocks(sample))
    said = [one_line(text) for text in told(sample) if not text.startswith("https://")]
    missing = [text for text in said if text not in shown]
    assert missing == []


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_every_link_of_a_mail_is_one_there(sample: Digest) -> None:
    links = {link for block in blocks(sample) for link in block.links}
    items = [item for group in sample.groups for item in group.items]
    wanted = {shown.link for item in (*items, *sample.bullets) for shown in item.evidence}
    wanted |= {line.link for part in (*sample.opening, *sample.closing) for line in part.lines}
    assert wanted | {sample.action, sample.leave, sample.manage} <= links | {""}
    assert all(link.startswith(("https://", "http://", "mailto:")) for link in links)


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_no_message_speaks_of_a_file_that_is_not_there(sample: Digest) -> None:
    assert "attached" not in markdown(sample).body


@pytest.mark.parametrize("text", TROUBLE)
def test_what_was_read_somewhere_is_shown_as_it_stands_there(text: str) -> None:
    line = one_line(text)
    body = f"# {govuk_markdown.line(text)}\n\n* {govuk_markdown.line(text)}\n\n{govuk_markdown.line(text)}\n\nIt says: {govuk_markdown.words(line)}\n"
    heading, point, alone, within = read(body)
    assert [heading.kind, point.kind, alone.kind, within.kind] == [
        "heading",
        "point",
        "text",
        "text",
    ]
    shown = {each.shown.replace("( ", "(") for each in (heading, point, alone)}
    assert shown == {line} and within.shown.replace("( ", "(") == f"It says: {line}"
    assert "((" not in body


def test_a_link_is_whole_whatever_its_address_and_words_are() -> None:
    made = govuk_markdown.link("Report [1]", "https://e.x/a (1)?b='c'&sect=2")
    (block,) = read(made)
    assert block == Block("text", "Report (1)", ("https://e.x/a%20%281%29?b=%27c%27&sect=2",))


def test_the_visible_link_that_stops_it_stands_at_the_end() -> None:
    last = blocks(dataclasses.replace(SAMPLES[0], leave=STOP))[-1]
    assert last.links == (STOP,)


def test_a_correction_names_the_subject_and_the_day_of_the_first_message() -> None:
    (sample,) = [each for each in SAMPLES if each.kind is MailKind.CORRECTION]
    assert any(
        block.shown.startswith("On ") and "we wrote to you: “" in block.shown
        for block in blocks(sample)
    )


def test_a_table_of_all_councils_is_a_link_to_the_site() -> None:
    (sample, *_) = [each for each in SAMPLES if each.counts and len(each.rows) > 100]
    found = blocks(sample, site="https://syncer.example/")
    assert "https://syncer.example/councils/" in {link for block in found for link in block.links}
    assert any("153 councils" in block.shown for block in found)


def huge(groups: int) -> Digest:
    """A digest of so many councils, a dozen lines each."""
    chance = random.Random(1)
    evidence = (Shown("quoted " * 40, "page 1", "https://e.x/report", "Report", ""),)
    items = tuple(
        Item("rating", f"Line {number} {chance.random()}", f"In short {number}", evidence=evidence)
        for number in range(12)
    )
    made = tuple(Group(f"Council {number}", "Region", items) for number in range(groups))
    return dataclasses.replace(SAMPLES[0], groups=made, overview=(), leave=STOP)


def test_what_does_not_fit_is_shortened_and_says_so() -> None:
    form = markdown(huge(150), site=SITE)
    assert len(form.body.encode()) < LONGEST_HTML
    shown = [block.shown for block in read(form.body)]
    assert (
        any("had to be left out" in text for text in shown) and shown[-1] == "Stop these messages"
    )


def test_what_cannot_be_shortened_is_cut_and_keeps_its_end() -> None:
    long = dataclasses.replace(SAMPLES[0], intro=("a sentence " * 20,) * 2000, leave=STOP)
    form = markdown(long, site=SITE)
    assert govuk_markdown.is_short(form.body)
    assert govuk_markdown.LEFT_OUT in form.body and STOP in form.body

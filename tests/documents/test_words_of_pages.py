"""The words of a page's text and where they stand, found without a regular expression where that
can be done: both ways say the same."""

from __future__ import annotations

import sys

from hypothesis import example, given
from hypothesis import strategies as st

from syncer.documents.pdf import ODD, WHITE, _placed_odd_words, _placed_words, tidy

CHARACTERS = st.sampled_from(["a", "1", "é", "’", " ", " ", "\r\n", "\xa0", "\0", *ODD, *WHITE])
PLAIN = st.sampled_from(["a", "1", "é", "’", "£", " ", " ", "\r\n", "\xa0"])


def test_white_space_is_all_that_python_takes_for_it() -> None:
    every = {char for char in map(chr, range(sys.maxunicode + 1)) if char.isspace()}
    assert every == {*WHITE, " "}
    assert len(WHITE) == len(set(WHITE))


@given(st.lists(CHARACTERS, max_size=12).map("".join) | st.lists(PLAIN, max_size=30).map("".join))
@example("")
@example(" \r\n ")
@example("a\rb\nc\r\n\r\nd\xa0e")
def test_words_are_the_same_with_and_without_a_regular_expression(text: str) -> None:
    assert _placed_words(text) == _placed_odd_words(text)


@given(st.lists(PLAIN, max_size=30).map("".join))
def test_each_word_stands_where_it_is_said_to_stand(text: str) -> None:
    words, first, last = _placed_words(text)
    assert words == text.split()
    assert words == [text[begin : end + 1] for begin, end in zip(first, last, strict=True)]


def test_odd_characters_are_tidied_each_in_its_place() -> None:
    assert _placed_words("of\ufb01ce co\u0002op a\u200bb x\0y") == (
        ["office", "co-", "op", "ab", "x", "y"],
        [0, 6, 9, 12, 16, 18],
        [4, 8, 10, 14, 16, 18],
    )
    assert tidy("\ufb03 \u00ad\ufeff") == "ffi -"

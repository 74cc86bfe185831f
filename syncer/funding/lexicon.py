"""Words and their classes (lexicon.csv): what a word near a sum or a council can mean. One word may
be of several classes.

`award*` is every word that begins so; words parted by spaces are one phrase. Phrases of a row are
parted by bars, single words by spaces.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

PLAIN = "PLAIN"
"""The class of names that mean nothing of what their words do: "No Wrong Door"."""

_TOKEN = re.compile(r"‹[MGPYF]\d+›|[\w’'&-]+|[^\w\s]")
_SHORTEST_STEM = 2

_Classes = dict[str, set[str]]
"""The classes of a word, or of a stem."""
_Phrases = dict[str, list[tuple[tuple[str, ...], str]]]
"""The phrases that begin with a word, each with its class."""


class Lexicon:
    """The classes of words, stems and phrases."""

    def __init__(self, rows: Sequence[tuple[str, str]]) -> None:
        self._words: _Classes = defaultdict(set)
        self._stems: _Classes = defaultdict(set)
        self._phrases: _Phrases = defaultdict(list)
        for name, entry in rows:
            self._add(name, entry)

    def _add(self, name: str, entry: str) -> None:
        if " " in entry:
            self._add_phrase(name, tuple(entry.split()))
        elif entry.endswith("*"):
            self._stems[entry[:-1]].add(name)
        else:
            self._words[entry].add(name)

    def _add_phrase(self, name: str, words: tuple[str, ...]) -> None:
        first = words[0]
        self._phrases[first].append((words, name))

    def classes(self, words: Sequence[str]) -> list[frozenset[str]]:
        """Return the classes of each word; a phrase gives its class to all its words."""
        found = [set(self._of_word(word)) for word in words]
        for at in range(len(words)):
            for length, name in self._phrases_at(words, at):
                for names in found[at : at + length]:
                    names.add(name)

        return [frozenset(() if PLAIN in names else names) for names in found]

    def _phrases_at(self, words: Sequence[str], at: int) -> Iterator[tuple[int, str]]:
        """Yield the length and the class of each phrase that begins at this word."""
        for phrase, name in self._phrases.get(words[at], ()):
            here = tuple(words[at : at + len(phrase)])
            if here == phrase:
                yield len(phrase), name

    def _of_word(self, word: str) -> Iterator[str]:
        yield from self._words.get(word, ())
        for length in range(_SHORTEST_STEM, len(word) + 1):
            yield from self._stems.get(word[:length], ())


def tokens(text: str) -> list[str]:
    """Return the words, signs and marks of a marked sentence, words in small letters."""
    return [_plain(word) for word in _TOKEN.findall(text)]


def _plain(word: str) -> str:
    is_mark = len(word) > 1 and word[0] == "‹"
    if is_mark:
        return word
    return word.lower().replace("’", "'")


@cache
def load_lexicon() -> Lexicon:
    """Return the packaged lexicon."""
    packaged = files("syncer.funding").joinpath("lexicon.csv")
    text = packaged.read_text(encoding="utf-8")
    return Lexicon(list(_rows(text)))


def _rows(text: str) -> Iterator[tuple[str, str]]:
    """Yield class and entry for each entry of the file."""
    for row in csv.DictReader(text.splitlines()):
        words = row["words"].replace("’", "'")
        for entry in _entries(words):
            yield row["class"], entry


def _entries(words: str) -> list[str]:
    """Return the entries of a row: parted by bars, where it has any, else by spaces."""
    if "|" in words:
        return [entry.strip() for entry in words.split("|")]
    return words.split()

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

_TOKEN = re.compile(r"‹[MGPYF]\d+›|[\w’'&-]+|[^\w\s]")
_SHORTEST_STEM = 2


class Lexicon:
    """The classes of words, stems and phrases."""

    def __init__(self, rows: Sequence[tuple[str, str]]) -> None:
        self._words: dict[str, set[str]] = defaultdict(set)
        self._stems: dict[str, set[str]] = defaultdict(set)
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for name, entry in rows:
            self._add(name, entry)

    def _add(self, name: str, entry: str) -> None:
        if " " in entry:
            words = tuple(entry.split())
            self._phrases[words[0]].append((words, name))
        elif entry.endswith("*"):
            self._stems[entry[:-1]].add(name)
        else:
            self._words[entry].add(name)

    def classes(self, words: Sequence[str]) -> list[frozenset[str]]:
        """Return the classes of each word; a phrase gives its class to all its words."""
        found = [set(self._of_word(word)) for word in words]
        for at, word in enumerate(words):
            for phrase, name in self._phrases.get(word, ()):
                if tuple(words[at : at + len(phrase)]) == phrase:
                    for place in range(at, at + len(phrase)):
                        found[place].add(name)
        return [frozenset(names) for names in found]

    def _of_word(self, word: str) -> Iterator[str]:
        yield from self._words.get(word, ())
        for length in range(_SHORTEST_STEM, len(word) + 1):
            yield from self._stems.get(word[:length], ())


def tokens(text: str) -> list[str]:
    """Return the words, signs and marks of a marked sentence, words in small letters."""
    return [
        word if len(word) > 1 and word[0] == "‹" else _plain(word) for word in _TOKEN.findall(text)
    ]


def _plain(word: str) -> str:
    return word.lower().replace("’", "'")


@cache
def load_lexicon() -> Lexicon:
    """Return the packaged lexicon."""
    text = files("syncer.funding").joinpath("lexicon.csv").read_text(encoding="utf-8")
    entries: list[tuple[str, str]] = []
    for row in csv.DictReader(text.splitlines()):
        words = row["words"].replace("’", "'")
        parted = words.split("|") if "|" in words else words.split()
        entries += [(row["class"], entry.strip()) for entry in parted]
    return Lexicon(entries)

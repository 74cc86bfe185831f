"""The funding programmes we know, as data (programmes.csv): the names people print, who pays, in
which years, whether a sum under it is an award (won or agreed) or an allocation (each council's
share by formula), and whether it is in scope (DESIGN §5.8).

A new programme is a new row. The columns' facts are from GOV.UK's programme pages and grant
determinations.
"""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from syncer.errors import UnknownProgramme
from syncer.model import FundingKind

_ROUND = re.compile(
    r"\b(?:round|wave|phase|tranche)\s+(\d|one|two|three)\b"
    r"|\b(first|second|third|latest|current|new)\s+(?:round|wave|phase)\b",
    re.I,
)
_NUMBERS = {
    "1": "1",
    "one": "1",
    "first": "1",
    "2": "2",
    "two": "2",
    "second": "2",
    "3": "3",
    "three": "3",
    "third": "3",
}
_COMMON_NAME = re.compile(r"[\w'’-]+ (?:grant|fund|programme|funding|cash|money)", re.I)
_WORD_BEFORE = re.compile(r"([A-Za-z][\w’'-]*) $")
_MAY_STAND_BEFORE = re.compile(
    r"an?|the|this|that|its|their|our|his|her|each|any|and|or|of|for|from|under|in|to|by|on|with"
    r"|through|via|as|new|latest|current|first|second|third|another|existing|additional|extra"
    r"|further|more|received?|gets?|got|million|national|social|care|services"
    r"|(?:children|department|government|ministry|dfe)['’]s",
    re.I,
)
"""A word before a short common name that does not make it another programme's."""
_ROUND_REACH = 60
_FORESEEN = 3
"""Years: a programme may be spoken of before its money is, but not long before."""


@dataclass(frozen=True)
class Programme:
    """One programme. Years are those in which money was announced; `last_year` None while it
    runs."""

    name: str
    aliases: tuple[str, ...]
    funder: str
    first_year: int
    last_year: int | None
    kind: FundingKind
    in_scope: bool

    def runs_in(self, year: int) -> bool:
        """Return whether money under it was announced in that year."""
        if year < self.first_year:
            return False
        return self.last_year is None or year <= self.last_year

    def may_be_known_on(self, day: dt.date | None) -> bool:
        """Return whether a text of that day may speak of it: it did not begin long after."""
        if day is None:
            return True
        return day.year >= self.first_year - _FORESEEN


@dataclass(frozen=True)
class ProgrammeMention:
    """A programme named in a text, and where."""

    programme: Programme
    start: int
    end: int


class Programmes:
    """All programmes, found in texts by their names; the longest name wins. A name kept in small
    letters is found in any, one with capitals only as it stands ("Supporting Families" is a
    programme, "supporting families" is not)."""

    def __init__(self, rows: Iterable[Programme]) -> None:
        self.all = tuple(rows)
        self._by_name = {row.name: row for row in self.all}

        aliases = list(_aliases(self.all))
        self._by_alias = {_key(alias): row for alias, row in aliases}
        self._pattern = _pattern_of_all({alias for alias, _ in aliases})

    def named(self, name: str) -> Programme:
        """Return the programme of exactly this name; KeyError if there is none."""
        return self._by_name[name]

    def find(self, name: str) -> Programme:
        """Return the programme that somebody means by this name, in whatever letter case. Raises
        UnknownProgramme, with the nearest names."""
        found = self._by_alias.get(_key(name))
        if found is not None:
            return found

        names = {_key(row.name): row.name for row in self.all}
        near = difflib.get_close_matches(_key(name), names, n=3, cutoff=0.5)
        known = near or sorted(names)
        listed = "; ".join(names[key] for key in known)
        raise UnknownProgramme(
            f"no funding programme is called {name!r}",
            f"Near it: {listed}." if near else f"Known: {listed}.",
        )

    def mentions(self, text: str, on: dt.date | None = None) -> list[ProgrammeMention]:
        """Return every programme named in the text, in order; none that began long after the day
        `on`. A round is read from the words beside the name, else from that day."""
        found = []
        for match in self._pattern.finditer(text):
            if _belongs_to_another_name(text, match):
                continue

            programme = self._programme_at(match, text, on)
            if not programme.may_be_known_on(on):
                continue

            start, end = match.span()
            found.append(ProgrammeMention(programme, start, end))
        return found

    def _programme_at(self, match: re.Match[str], text: str, on: dt.date | None) -> Programme:
        """Return the programme that is named at this place, or its round."""
        named = self._by_alias[_key(match[0])]
        start = max(0, match.start() - _ROUND_REACH)
        near = text[start : match.end() + _ROUND_REACH]
        return self._round_of(named, near, on)

    def _round_of(self, programme: Programme, near: str, on: dt.date | None) -> Programme:
        """Return the programme's round, where it has rounds and the words or the day say which;
        else the programme."""
        rounds = self._rounds_of(programme)
        if not rounds:
            return programme

        said = _rounds_said(near)
        for row in rounds:
            if row.name[-1] in said:
                return row

        return _latest_running(rounds, on) or programme

    def _rounds_of(self, programme: Programme) -> list[Programme]:
        """Return the rounds of a programme, the first first; none for one without rounds."""
        beginning = programme.name + " round "
        return [row for row in self.all if row.name.startswith(beginning)]


def _latest_running(rounds: Iterable[Programme], on: dt.date | None) -> Programme | None:
    """Return the last of these rounds that runs on that day; None where none does or no day is
    given."""
    if on is None:
        return None

    running = [row for row in rounds if row.runs_in(on.year)]
    return running[-1] if running else None


def _aliases(rows: Iterable[Programme]) -> Iterator[tuple[str, Programme]]:
    """Yield every name and alias with its programme."""
    for row in rows:
        yield row.name, row
        for alias in row.aliases:
            yield alias, row


def _belongs_to_another_name(text: str, match: re.Match[str]) -> bool:
    """Return whether a short common name is the end of another programme's: "prevention grant" in
    "Homelessness Prevention Grant"."""
    if not _COMMON_NAME.fullmatch(match[0]):
        return False

    word = _word_before(text, match.start())
    if not _can_begin_a_name(word):
        return False

    names_fund = match[0].casefold().endswith(("grant", "fund"))
    return names_fund or word[0].isupper()


def _word_before(text: str, start: int) -> str:
    """Return the word that ends just before a place; empty where there is none."""
    earliest = max(0, start - 40)
    found = _WORD_BEFORE.search(text, earliest, start)
    if found:
        return found[1]
    return ""


def _can_begin_a_name(word: str) -> bool:
    """Return whether a word can be of a programme's name: it is no abbreviation, and none of those
    that may stand before any name."""
    if not word or _MAY_STAND_BEFORE.fullmatch(word):
        return False

    is_abbreviation = word.isupper() or word == "DfE"
    return not is_abbreviation


def _rounds_said(words: str) -> set[str]:
    """Return the numbers of the rounds that are named: "second wave" is "2"; "" for the latest."""
    said: set[str] = set()
    for found in _ROUND.finditer(words):
        printed = found[1] or found[2]
        said.add(_NUMBERS.get(printed.lower(), ""))
    return said


def _pattern_of_all(aliases: Iterable[str]) -> re.Pattern[str]:
    """Return an expression for every name, the longest first."""
    longest_first = sorted(aliases, key=lambda alias: (-len(alias), alias))
    patterns = [_pattern(alias) for alias in longest_first]
    alternatives = "|".join(patterns)
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")


def _key(alias: str) -> str:
    plain = alias.lower().replace("’", "'")
    words = plain.replace("-", " ").split()
    return " ".join(words)


def _pattern(alias: str) -> str:
    """Return the alias as an expression: any apostrophe, any space or hyphen between words; one
    with capitals also wholly in capitals, as headings print it."""
    if not any(letter.isupper() for letter in alias):
        return f"(?i:{_spelt(alias)})"

    as_printed = _spelt(alias)
    in_capitals = _spelt(alias.upper())
    return f"{as_printed}|{in_capitals}"


def _spelt(alias: str) -> str:
    words: list[str] = []
    for word in alias.replace("-", " ").split():
        escaped = re.escape(word)
        words.append(escaped.replace("'", "['’]"))

    return r"[\s-]+".join(words)


@cache
def load_programmes() -> Programmes:
    """Return the packaged programmes."""
    file = files("syncer.register").joinpath("programmes.csv")
    text = file.read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return Programmes(_programme(row) for row in rows)


def _programme(row: dict[str, str]) -> Programme:
    aliases = row["aliases"].split("|")
    last_year = row["last_year"]
    return Programme(
        name=row["name"],
        aliases=tuple(filter(None, aliases)),
        funder=row["funder"],
        first_year=int(row["first_year"]),
        last_year=int(last_year) if last_year else None,
        kind=FundingKind(row["kind"]),
        in_scope=row["in_scope"] == "yes",
    )

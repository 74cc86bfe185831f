"""The funding programmes we know, as data (programmes.csv): the names people print, who pays, in
which years, whether a sum under it is an award (won or agreed) or an allocation (each council's
share by formula), and whether it is in scope (DESIGN §5.8).

A new programme is a new row. The columns' facts are from GOV.UK's programme pages and grant
determinations.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

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
        """Whether money under it was announced in that year."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)


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
        self._by_alias = {
            _key(alias): row for row in self.all for alias in (row.name, *row.aliases)
        }
        long = sorted(
            {alias for row in self.all for alias in (row.name, *row.aliases)}, key=len, reverse=True
        )
        words = "|".join(_pattern(alias) for alias in long)
        self._pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)")

    def named(self, name: str) -> Programme:
        """The programme of exactly this name; KeyError if there is none."""
        return self._by_name[name]

    def mentions(self, text: str, on: dt.date | None = None) -> list[ProgrammeMention]:
        """Every programme named in the text, in order; none that began long after the day `on`. A
        round is read from the words beside the name, else from that day."""
        found = []
        for match in self._pattern.finditer(text):
            near = text[max(0, match.start() - _ROUND_REACH) : match.end() + _ROUND_REACH]
            if _belongs_to_another_name(text, match):
                continue
            programme = self._round_of(self._by_alias[_key(match.group())], near, on)
            if on and on.year < programme.first_year - _FORESEEN:
                continue
            found.append(ProgrammeMention(programme, match.start(), match.end()))
        return found

    def _round_of(self, programme: Programme, near: str, on: dt.date | None) -> Programme:
        """The programme's round, where it has rounds and the words or the day say which; else the
        programme."""
        rounds = [row for row in self.all if row.name.startswith(programme.name + " round ")]
        if not rounds:
            return programme
        said = [_NUMBERS.get((found[1] or found[2]).lower(), "") for found in _ROUND.finditer(near)]
        for row in rounds:
            if row.name[-1] in said:
                return row
        running = [row for row in rounds if on and row.runs_in(on.year)]
        return running[-1] if running else programme


def _belongs_to_another_name(text: str, match: re.Match[str]) -> bool:
    """Whether a short common name is the end of another programme's: "prevention grant" in
    "Homelessness Prevention Grant"."""
    if not _COMMON_NAME.fullmatch(match[0]):
        return False
    before = _WORD_BEFORE.search(text, max(0, match.start() - 40), match.start())
    if before is None or _MAY_STAND_BEFORE.fullmatch(before[1]):
        return False
    is_abbreviation = before[1].isupper() or before[1] == "DfE"
    named_fund = before[1][0].isupper() or match[0].casefold().endswith(("grant", "fund"))
    return before[1][0].isalpha() and named_fund and not is_abbreviation


def _key(alias: str) -> str:
    return " ".join(alias.lower().replace("’", "'").replace("-", " ").split())


def _pattern(alias: str) -> str:
    """Return the alias as an expression: any apostrophe, any space or hyphen between words; one
    with capitals also wholly in capitals, as headings print it."""
    if any(letter.isupper() for letter in alias):
        return "|".join(_spelt(spelling) for spelling in dict.fromkeys((alias, alias.upper())))
    return f"(?i:{_spelt(alias)})"


def _spelt(alias: str) -> str:
    words = [re.escape(word).replace("'", "['’]") for word in alias.replace("-", " ").split()]
    return r"[\s-]+".join(words)


@cache
def load_programmes() -> Programmes:
    """The packaged programmes."""
    text = files("syncer.register").joinpath("programmes.csv").read_text(encoding="utf-8")
    return Programmes(_programme(row) for row in csv.DictReader(text.splitlines()))


def _programme(row: dict[str, str]) -> Programme:
    return Programme(
        name=row["name"],
        aliases=tuple(alias for alias in row["aliases"].split("|") if alias),
        funder=row["funder"],
        first_year=int(row["first_year"]),
        last_year=int(row["last_year"]) if row["last_year"] else None,
        kind=FundingKind(row["kind"]),
        in_scope=row["in_scope"] == "yes",
    )

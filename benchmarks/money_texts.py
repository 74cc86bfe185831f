"""Labelled texts about money (tests/corpus) and how a reading of one is scored."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

from syncer.model import FundingKind, Money, Qualifier, Statement
from syncer.quantities.money import same_figure

CORPUS = Path(__file__).resolve().parents[1] / "tests" / "corpus"
_GIVEN = (FundingKind.AWARD, FundingKind.ALLOCATION, FundingKind.PAYMENT)
_KIND = re.compile(r"^(?:award|allocation|payment) ")
_OTHER = re.compile(r"^\s*(?:$|partnership |intervention )")
_TABLE_ROWS = 8
_LIST_MEMBERS = 3
_Z_90 = 1.6449
"""Standard deviations within which nine tenths of a normal distribution lie."""


@dataclass(frozen=True)
class Label:
    """What a careful reader finds: councils (slugs), whole pounds from `low` to `high` (None: a
    place or a share without a sum). `optional`: right either way."""

    councils: frozenset[str]
    low: int | None
    high: int | None
    optional: bool = False

    def fits(self, one: Statement) -> bool:
        """Whether the statement says this."""
        if set(one.councils) != self.councils:
            return False
        if self.low is None or self.high is None or one.money is None:
            return self.low is None and one.money is None
        return self.has_figure(one.money.pounds)

    def has_figure(self, pounds: int) -> bool:
        """Whether a printed figure is this label's, exact, rounded or cut off."""
        if self.low is None or self.high is None:
            return False
        if self.low <= pounds <= self.high:
            return True
        return same_figure(_printed(self.low), _printed(pounds))


def _printed(pounds: int) -> Money:
    return Money(pounds, Qualifier.EXACT, "", pounds, pounds)


@dataclass(frozen=True)
class LabelledText:
    """One text of a batch: what it is like (its genre), its words, what it says."""

    batch: str
    number: int
    genre: str
    text: str
    labels: tuple[Label, ...]

    @property
    def is_table(self) -> bool:
        """Whether it counts as one decision about a table."""
        sums = sum(label.low is not None for label in self.labels)
        return self.genre.startswith("table") or sums >= _TABLE_ROWS

    @property
    def is_list(self) -> bool:
        """Whether it counts as one decision about a list of members without sums."""
        return sum(label.low is None for label in self.labels) >= _LIST_MEMBERS


def read_batch(path: Path) -> list[LabelledText]:
    """Return the texts of one file, parted by lines `===`, the labels last."""
    parts = re.split(r"^===\n?", path.read_text(encoding="utf-8"), flags=re.M)
    return list(_labelled(path.stem, [part.strip("\n") for part in parts if part.strip()]))


def _labelled(batch: str, parts: Sequence[str]) -> Iterator[LabelledText]:
    for number, part in enumerate(parts, start=1):
        lines = part.split("\n")
        genre = lines[0][2:].strip() if lines[0].startswith("@ ") else ""
        body = lines[1:-1] if genre else lines[:-1]
        labels = _labels(lines[-1].removeprefix("---").strip())
        yield LabelledText(batch, number, genre, "\n".join(body).strip("\n"), labels)


def _labels(printed: str) -> tuple[Label, ...]:
    if printed in ("nothing", ""):
        return ()
    return tuple(_label(words.strip()) for words in printed.split(";") if not _OTHER.match(words))


def _label(words: str) -> Label:
    optional = words.startswith("? ")
    slugs, _, figure = _KIND.sub("", words.removeprefix("? ")).partition(" ")
    councils = frozenset(slugs.split("+"))
    if figure == "-":
        return Label(councils, None, None, optional)
    low, _, high = figure.partition("..")
    return Label(councils, int(low), int(high or low), optional)


# -- Scoring ---------------------------------------------------------------------------------------


@dataclass
class Score:
    """Counts over texts. Sums are those of texts that are no table; lists and tables are one
    decision each."""

    texts: int = 0
    texts_right: int = 0
    texts_with_false_sum: int = 0
    told_right: int = 0
    told_wrong: int = 0
    asked: int = 0
    asked_told: int = 0
    asked_shown: int = 0
    lists: int = 0
    lists_right: int = 0
    tables: int = 0
    tables_right: int = 0
    tables_false: int = 0
    possibles: int = 0
    mistakes: list[str] = field(default_factory=list)

    def add(
        self, text: LabelledText, told: Sequence[Statement], possible: Sequence[Statement]
    ) -> None:
        """Count one text as read."""
        told = [one for one in told if one.kind in _GIVEN]
        possible = [one for one in possible if one.kind in _GIVEN]
        false = [one for one in told if not any(label.fits(one) for label in text.labels)]
        asked = [label for label in text.labels if not label.optional]
        missed = [label for label in asked if not any(label.fits(one) for one in told)]
        right = not false and not missed
        self.texts += 1
        self.texts_right += right
        self.texts_with_false_sum += any(one.money for one in false)
        self.possibles += len(possible)

        if text.is_table:
            self.tables += 1
            self.tables_right += right
            self.tables_false += bool(false) and not text.labels
        else:
            self._add_sums(text, told, possible)
        if text.is_list:
            self._add_list(false, missed)
        if not right:
            self.mistakes.append(_mistake(text, false, missed, possible))

    def join(self, other: Score) -> None:
        """Count the texts of another score, too."""
        for one in fields(self):
            both = getattr(self, one.name) + getattr(other, one.name)
            setattr(self, one.name, both)

    def _add_list(self, false: Sequence[Statement], missed: Sequence[Label]) -> None:
        """Count a list of members: right if none is missed and none is told that is not one."""
        members = [label for label in missed if label.low is None]
        self.lists += 1
        self.lists_right += not members and not any(one.money is None for one in false)

    def _add_sums(
        self, text: LabelledText, told: Sequence[Statement], possible: Sequence[Statement]
    ) -> None:
        for one in told:
            if one.money and any(label.fits(one) for label in text.labels):
                self.told_right += 1
            elif one.money:
                self.told_wrong += 1
        for label in text.labels:
            if label.low is None or label.optional:
                continue
            is_told = any(label.fits(one) for one in told)
            self.asked += 1
            self.asked_told += is_told
            self.asked_shown += is_told or any(_shows(one, label) for one in possible)

    def row(self) -> dict[str, str]:
        """The figures as printed in series.csv."""
        return {
            "texts": str(self.texts),
            "sums": str(self.asked),
            "precision": _share(self.told_right, self.told_right + self.told_wrong),
            "recall": _share(self.asked_told, self.asked),
            "shown": _share(self.asked_shown, self.asked),
            "lists": f"{self.lists_right}/{self.lists}",
            "tables": f"{self.tables_right}/{self.tables}",
            "others_tables_told": str(self.tables_false),
            "texts_right": _share(self.texts_right, self.texts),
            "texts_with_false_sum": str(self.texts_with_false_sum),
            "possibles_a_text": _share(self.possibles, self.texts),
        }

    def intervals(self) -> dict[str, str]:
        """Return the 90 % intervals of precision, recall and told-or-possible, as printed."""
        told = self.told_right + self.told_wrong
        return {
            "precision": _interval(self.told_right, told),
            "recall": _interval(self.asked_told, self.asked),
            "shown": _interval(self.asked_shown, self.asked),
        }


def _interval(part: int, whole: int) -> str:
    if not whole:
        return "-"
    low, high = wilson(part, whole)
    return f"{low:.3f} to {high:.3f}"


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Return the 90 % interval of a share (Wilson's): it holds for few texts and for shares near
    0 and 1, where the plain one leaves the range."""
    share = part / whole
    spread = _Z_90**2 / whole
    middle = share + spread / 2
    half = _Z_90 * math.sqrt(share * (1 - share) / whole + spread / (4 * whole))
    return (middle - half) / (1 + spread), (middle + half) / (1 + spread)


def _shows(one: Statement, label: Label) -> bool:
    """Whether a possible names the label's sum and one of its councils."""
    named = bool(set(one.councils) & label.councils)
    return named and one.money is not None and label.has_figure(one.money.pounds)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def _mistake(
    text: LabelledText,
    false: Sequence[Statement],
    missed: Sequence[Label],
    possible: Sequence[Statement],
) -> str:
    lines = [f"## {text.batch} {text.number} {text.genre}"]
    for one in false:
        councils = "+".join(one.councils)
        pounds = one.money.pounds if one.money else "-"
        lines.append(f"   false  {councils} {pounds}: {one.quote[:160]}")

    for label in missed:
        councils = "+".join(sorted(label.councils))
        shown = " (possible)" if any(_shows(one, label) for one in possible) else ""
        lines.append(f"   missed {councils} {label.low or '-'}{shown}")
    return "\n".join(lines)

"""Amounts of money as people print them: "£9.6m", "£9.6 M", "up to a maximum of £505,200", "over
£4.5 M", "ps875767".

A figure stands for a range, because a rounded figure is not an exact one: £9.6m is anything from
£9,550,000 to £9,650,000. Whole pounds everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from syncer.model import Money, Qualifier
from syncer.quantities.spelled import spelled_sums

_SCALES = {
    "k": 10**3,
    "thousand": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "mln": 10**6,
    "mil": 10**6,
    "million": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "billion": 10**9,
}
_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d+)?)"
_SCALE = r"(?:[ \u00a0-]?(?P<scale>thousand|million|billion|mln|mn|mil|bn|[kmb])(?![a-z]))?"
_AMOUNT = re.compile(
    rf"(?:£|&pound;|\bGBP)\s*{_NUMBER}{_SCALE}(?P<plus>\s?\+|-plus\b|\s+plus\b(?!\s+£))?",
    re.IGNORECASE,
)
_POUNDS_AFTER = re.compile(
    rf"(?<![\d,.£]){_NUMBER}{_SCALE}\s+pounds\b(?P<plus>\s+plus\b)?", re.IGNORECASE
)
_SLUG = re.compile(r"(?<![a-z0-9])ps(?P<number>\d{4,9})(?P<scale>)(?P<plus>)(?![a-z0-9])")

_A = r"(?:an?|the|a total|another|an additional|an extra|a further)?\s*"
_CEILING = (
    r"up to(?: and including)?(?: an?| the)?(?: total| overall)?(?: maximum| value| sum| "
    r"ceiling| limit)?"
    r"(?: (?:value|sum|grant|total))?(?: of)?|"
    r"(?:an?|the|total|with an?|to an?)?\s*maximum(?: total| grant| funding| award| value| "
    r"amount)?(?: (?:of|is|will be))?|"
    r"(?:no|not) more than|not (?:to )?exceed(?:ing)?|capped at|at most|a ceiling of|a limit of"
)
_BELOW = (
    r"nearly|almost|just under|a little under|just below|close to|just short of|approaching|under"
    r"|less than"
)
_JUST_OVER = r"just over|slightly (?:more than|over)|a little (?:more than|over)|just above"
_OVER = (
    r"over|more than|in excess of|at least|upwards? of|(?:a )?minimum of|exceeding|greater than"
    r"|well over|above|excess of"
)
_ABOUT = (
    r"about|around|approximately|approx\.?|circa|c\.?|ca\.?|~|some|roughly|in the region of"
    r"|an? estimated|estimated(?: at)?|"
    r"in the order of"
)
_BEFORE = (
    ("ceiling", Qualifier.UP_TO, _CEILING),
    ("below", Qualifier.ABOUT, _BELOW),
    ("just over", Qualifier.OVER, _JUST_OVER),
    ("over", Qualifier.OVER, _OVER),
    ("about", Qualifier.ABOUT, _ABOUT),
)
_QUALIFIERS = tuple(
    (kind, re.compile(rf"(?<![\w])(?:{words})\s*{_A}$", re.IGNORECASE))
    for kind, _, words in _BEFORE
)
_QUALIFIER_OF = {"": Qualifier.EXACT} | {kind: qualifier for kind, qualifier, _ in _BEFORE}
_OR_SO = re.compile(r"\s+or so\b", re.IGNORECASE)
_CELL = re.compile(
    r"\(?[-+]?\s*£?\s*-?\s*(?P<number>\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+"
    r"|\d+)(?:\.(?P<decimals>\d+))?"
    r"\s*-?\)?"
)
_THIN_SPACE = re.compile("[\u00a0\u2002-\u200b\u202f\u205f]")
_MINUS = str.maketrans({"\u2212": "-", "\u2010": "-", "\u2011": "-"})
_MARKS = re.compile(
    r"(?:\s*(?:\[(?:note\s*)?[a-z0-9]{1,3}(?:,\s*\d+)*\]"
    r"|\((?:p|r|e|est\.?|provisional|revised|indicative|final|estimate[d]?|note\s*\d*|[a-z])\)"
    r"|\(\d\)"
    r"|[*†‡§#^¹²³⁴⁵⁶⁷⁸⁹⁰]+))+$",
    re.I,
)
_LEADING_MARKS = re.compile(r"^[*†‡§¹²³⁴⁵⁶⁷⁸⁹]+\s*")
_LOOKBACK = 60
_RANGE_OPENS = re.compile(r"\b(?:between|ranging from|in the range(?: of)?)\s+$", re.IGNORECASE)
_RANGE_ENDS = re.compile(
    r"\b(?:(?:r[io]se|risen|rising|up|grew|grown|increas\w+|f[ae]ll\w*|down|cut|reduc\w+|went"
    r"|doubl\w+|chang\w+|revis\w+)\b[^.;]{0,40}"
    r"|from\s+)$",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s*[-–]\s*|\s+to\s+")
_JOINT_AFTER_OPENING = re.compile(r"\s+and\s+|\s+to\s+")
_MAX_SPREAD = 3
"""The upper end of a range is at most so many times the lower one: else they are two sums."""
_TENTH = Decimal("0.1")
_PRINTED_TWICE = 0.08
_MILLION = Decimal(10) ** 6
_MOST_POUNDS = Decimal(10) ** 15
_MOST_DIGITS = 27
"""A longer number, or a larger sum, is no money: it is a reference, or several columns run
together."""


@dataclass(frozen=True)
class MoneyMention:
    """One amount and where it stands in the text; the span takes in the qualifier ("up to"), as
    `money.text` does."""

    money: Money
    start: int
    end: int


def read_money(text: str) -> list[MoneyMention]:
    """Return every amount in the text, in order, with its span; pounds are rounded to the
    whole pound."""
    mentions: list[MoneyMention] = []
    end = 0
    for printed in _printed_amounts(text):
        if printed.found.start() < end:
            continue

        mention = _mention(text, printed, end)
        joined = _one_range(text, mentions[-1], mention) if mentions else None
        if joined is None:
            mentions.append(mention)
        else:
            mentions[-1] = joined
        end = mention.end

    return mentions


# -- Ranges ----------------------------------------------------------------------------------------


def _one_range(text: str, first: MoneyMention, second: MoneyMention) -> MoneyMention | None:
    """Return the one sum whose ends are told ("between £13.1m and £14.2m", "£1.96m to £2.1m"): its
    pounds are the lower end; None where these are two sums."""
    opening = _RANGE_OPENS.search(text[: first.start])
    joint = _JOINT_AFTER_OPENING if opening else _JOINT
    if not joint.fullmatch(text, first.end, second.start):
        return None
    if not _is_range(text, first, second):
        return None

    start = opening.start() if opening else first.start
    return _joined(text, start, first, second)


def _joined(text: str, start: int, first: MoneyMention, second: MoneyMention) -> MoneyMention:
    """Return the sum between both, printed from `start` on."""
    money = Money(
        first.money.pounds,
        Qualifier.ABOUT,
        _as_printed(text, start, second.end),
        low=first.money.low,
        high=second.money.high,
    )
    return MoneyMention(money, start, second.end)


def _is_range(text: str, first: MoneyMention, second: MoneyMention) -> bool:
    """Return whether two joined sums are the ends of one range, by the words before them ("rising
    from" is no range) and by their sizes."""
    if _RANGE_ENDS.search(text[: first.start]):
        return False

    lower = first.money.pounds
    upper = second.money.pounds
    return lower < upper <= lower * _MAX_SPREAD


# -- One amount ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _PrintedAmount:
    """An amount in pounds where it stands, without its qualifier; `unit` is what its last digit
    counts."""

    found: re.Match[str]
    pounds: Decimal
    unit: Decimal


def _as_printed(text: str, start: int, end: int) -> str:
    """Return what stands there, on one line."""
    words = text[start:end].split()
    return " ".join(words)


def _printed_amounts(text: str) -> list[_PrintedAmount]:
    """Return the amounts in the order in which they begin; some may overlap."""
    amounts = [*_in_digits(text), *_in_words(text)]
    return sorted(amounts, key=lambda amount: amount.found.start())


def _in_digits(text: str) -> Iterator[_PrintedAmount]:
    for pattern in (_AMOUNT, _POUNDS_AFTER, _SLUG):
        for found in pattern.finditer(text):
            amount = _scaled_amount(found)
            if amount is not None:
                yield amount


def _in_words(text: str) -> Iterator[_PrintedAmount]:
    """Yield "half a million", "two million pounds" and the like."""
    for spelled in spelled_sums(text):
        yield _PrintedAmount(spelled.found, spelled.pounds, spelled.unit)


def _scaled_amount(found: re.Match[str]) -> _PrintedAmount | None:
    """Return the amount that digits and a scale print; None where it is too large to be money."""
    printed = found["number"].replace(",", "")
    number = _sum_of(printed)
    if number is None:
        return None

    scale = _scale(found["scale"] or "")
    pounds = number * scale
    if pounds >= _MOST_POUNDS:
        return None
    return _PrintedAmount(found, pounds, _last_unit(printed, scale))


def _scale(word: str) -> int:
    """Return by how much "million" or "k" multiplies; 1 for no word."""
    return _SCALES.get(word.lower(), 1)


def _last_unit(number: str, scale: int) -> Decimal:
    """Return how many pounds the last digit of a number counts: 100,000 for "9.6" million."""
    _, _, decimals = number.partition(".")
    return Decimal(scale).scaleb(-len(decimals))


def _sum_of(number: str) -> Decimal | None:
    """Return the number; None where it has too many digits, or is too large, to be money."""
    if len(number) > _MOST_DIGITS:
        return None

    amount = Decimal(number)
    if amount < _MOST_POUNDS:
        return amount
    return None


def _mention(text: str, printed: _PrintedAmount, floor: int) -> MoneyMention:
    """Return one amount with the qualifier that stands before or after it, not before `floor`."""
    kind_before, start = _qualifier_before(text, printed.found, floor)
    kind_after, end = _qualifier_after(text, printed.found)

    words = _as_printed(text, start, end)
    money = _money_of(printed, kind_after or kind_before, words)
    return MoneyMention(
        money,
        start,
        end,
    )


def _money_of(printed: _PrintedAmount, kind: str, words: str) -> Money:
    """Return the amount with a qualifier of this kind, printed in these words."""
    low, high = _range(kind, printed)
    return Money(
        _whole(printed.pounds),
        _QUALIFIER_OF[kind],
        words,
        low,
        high,
    )


def _qualifier_before(text: str, found: re.Match[str], floor: int) -> tuple[str, int]:
    """Return the kind of the qualifier that stands before an amount, empty for none, and where both
    begin, not before `floor`."""
    start = found.start()
    earliest = max(floor, start - _LOOKBACK)
    kind, width = _qualifier_at_end(text[earliest:start])

    return kind, start - width


def _qualifier_after(text: str, found: re.Match[str]) -> tuple[str, int]:
    """Return the kind of the qualifier that follows an amount ("+", "or so"), empty for none, and
    where both end."""
    if found.groupdict().get("plus"):
        return "over", found.end()

    or_so = _OR_SO.match(text, found.end())
    if or_so is None:
        return "", found.end()
    return "about", or_so.end()


def _qualifier_at_end(before: str) -> tuple[str, int]:
    """Return the kind of the qualifier with which the words before an amount end, and how many
    characters it takes; none is exact."""
    for kind, words in _QUALIFIERS:
        found = words.search(before)
        if found is not None:
            width = len(before) - found.start()
            return kind, width

    return "", 0


def _range(kind: str, printed: _PrintedAmount) -> tuple[int, int | None]:
    """Return what the figure may stand for, from the least to the most (None: no end). A unit of a
    pound or less is exact; about is a tenth either way."""
    amount = printed.pounds
    if kind == "over":
        return _whole(amount), None

    below, above = _margins(kind, printed)
    return _whole(amount - below), _whole(amount + above)


def _margins(kind: str, printed: _PrintedAmount) -> tuple[Decimal, Decimal]:
    """Return by how much the sum may be less, and more, than the figure."""
    amount = printed.pounds
    half = printed.unit / 2 if printed.unit > 1 else Decimal(0)
    wide = max(half, amount * _TENTH)
    by_kind = {
        "ceiling": (amount, half),
        "about": (wide, wide),
        "below": (wide, Decimal(0)),
        "just over": (Decimal(0), wide),
    }
    return by_kind.get(kind, (half, half))


def _whole(amount: Decimal) -> int:
    rounded = amount.quantize(Decimal(1), ROUND_HALF_UP)
    return int(rounded)


def read_amount_cell(cell: str) -> Money | None:
    """Return the amount of a table's cell, exact: "£1,487,000", "853265.00", "1 110 000 [r]";
    "(1,200)", "-1,200" and "£ -1,200" are negative. None for a cell that is not an amount, "-" and
    "n/a" included; "nil" and a bare 0 are no money and give 0."""
    cell = cell.strip()
    bare = without_marks(cell)
    if bare.lower() == "nil":
        return _exactly(0, cell)

    found = _CELL.fullmatch(bare)
    if found is None:
        return _only_amount(bare)

    pounds = _pounds_of_cell(found)
    if pounds is None:
        return None

    is_negative = bare.startswith("(") or "-" in bare
    return _exactly(-pounds if is_negative else pounds, cell)


def _exactly(pounds: int, printed: str) -> Money:
    return Money(
        pounds,
        Qualifier.EXACT,
        printed,
        low=pounds,
        high=pounds,
    )


def _pounds_of_cell(found: re.Match[str]) -> int | None:
    """Return the whole pounds, without their sign; None where the number is too long for money."""
    whole = re.sub(r"[,\s]", "", found["number"])
    decimals = found["decimals"] or "0"
    amount = _sum_of(f"{whole}.{decimals}")
    if amount is None:
        return None
    return _whole(amount)


def without_marks(cell: str) -> str:
    """Return the cell without footnote marks and remarks ("[r]", "[note 2]", "(provisional)", "*",
    "¹"), with plain spaces and minus signs."""
    plain = _THIN_SPACE.sub(" ", cell)
    plain = plain.translate(_MINUS)

    unmarked = _LEADING_MARKS.sub("", plain)
    unmarked = _MARKS.sub("", unmarked).strip()
    # A cell of marks alone ("*") is kept: it says something itself.
    return unmarked or plain.strip()


def _only_amount(cell: str) -> Money | None:
    """Return the amount of a cell that prints one as prose does and nothing else: "£1.2m"."""
    mentions = read_money(cell)
    if len(mentions) != 1:
        return None

    money = mentions[0].money
    beside = len(cell) - len(money.text)
    if beside <= 2:
        return money
    return None


def agree(one: Money, other: Money) -> bool:
    """Return whether both figures can be the same sum: their ranges meet (ends included)."""
    return not _is_above(one, other) and not _is_above(other, one)


def _is_above(one: Money, other: Money) -> bool:
    """Return whether all that a figure may stand for is more than the other's."""
    if other.high is None:
        return False
    return one.low > other.high


def same_figure(one: Money, other: Money) -> bool:
    """Return whether, within one document, the two are one figure printed twice: equal, or the
    blunter is the sharper rounded or cut off ("£500k" for £505,200; "£1.14 million" for £1.147
    million)."""
    blunt, sharp = _blunter_first(one, other)
    grain = _grain(blunt)
    if blunt.pounds not in _rounded(sharp.pounds, grain):
        return False
    return _is_near(blunt.pounds, sharp.pounds)


def _is_near(blunt: int, sharp: int) -> bool:
    """Return whether a rounded number of pounds is not too far from the exact one."""
    difference = abs(sharp - blunt)
    return difference <= sharp * _PRINTED_TWICE


def _blunter_first(one: Money, other: Money) -> tuple[Money, Money]:
    if _grain(other) > _grain(one):
        return other, one
    return one, other


def _rounded(pounds: int, grain: int) -> tuple[int, int]:
    """Return the pounds cut off, and rounded, to this power of ten."""
    cut_off = pounds // grain * grain
    rounded = (pounds + grain // 2) // grain * grain
    return cut_off, rounded


def sharper(one: Money, other: Money) -> Money:
    """Return the figure printed more finely; of two alike, the one with the narrower range, else
    the first."""
    grain = _grain(one)
    other_grain = _grain(other)
    if grain != other_grain:
        return one if grain < other_grain else other

    if _width(other) < _width(one):
        return other
    return one


def _grain(money: Money) -> int:
    """Return the largest power of ten that divides the pounds: 100 for £505,200; 100,000 for
    £9.6m."""
    grain = 1
    while money.pounds and money.pounds % (grain * 10) == 0:
        grain *= 10

    return grain


def _width(money: Money) -> float:
    if money.high is None:
        return float("inf")
    return float(money.high - money.low)


def ceiling(money: Money) -> Money:
    """Return the same figure, known to be a maximum (its column says so)."""
    return replace(
        money,
        qualifier=Qualifier.UP_TO,
        low=0,
    )


def format_pounds(pounds: int) -> str:
    """Return whole pounds for a reader: "£1,487,000", "-£250"."""
    sign = "-" if pounds < 0 else ""
    return f"{sign}£{abs(pounds):,}"

"""The words of a message: grades, areas, changes, days, sums and lists as people read them. Pure;
British English."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping, Sequence

from syncer.model import Absence, Area, Change, FundingKind, Grade, Qualifier, Standing
from syncer.quantities import counts
from syncer.timetable import LONDON

GRADE_WORDS: Mapping[str, str] = {
    Grade.OUTSTANDING: "outstanding",
    Grade.GOOD: "good",
    Grade.REQUIRES_IMPROVEMENT: "requires improvement",
    Grade.INADEQUATE: "inadequate",
    Grade.ADEQUATE: "adequate",
    Grade.NOT_JUDGED: "not judged",
}
ABSENCE_WORDS: Mapping[str, str] = {
    Absence.NEVER_JUDGED: "never judged",
    Absence.JUDGED_TOGETHER: "judged together",
    Absence.NO_LONGER_JUDGED: "no longer judged",
    Absence.UNKNOWN: "not yet read",
}
AREA_WORDS: Mapping[str, str] = {
    Area.OVERALL: "overall",
    Area.LEADERSHIP: "leadership",
    Area.HELP: "help and protection",
    Area.CARE: "children in care",
    Area.CARE_LEAVERS: "care leavers",
    Area.ADOPTION: "adoption",
}
CHANGE_WORDS: Mapping[str, str] = {
    Change.IMPROVED: "improved",
    Change.DECLINED: "declined",
    Change.UNCHANGED: "as before",
    Change.FIRST_JUDGED: "judged for the first time",
    Change.JUDGED_APART: "judged apart for the first time",
    Change.NO_LONGER_JUDGED: "no longer judged",
    Change.NOT_COMPARABLE: "not comparable with before",
}
QUALIFIER_WORDS: Mapping[str, str] = {
    Qualifier.EXACT: "",
    Qualifier.UP_TO: "up to ",
    Qualifier.OVER: "over ",
    Qualifier.ABOUT: "about ",
}
FUNDING_WORDS: Mapping[str, str] = {
    FundingKind.AWARD: "awarded",
    FundingKind.ALLOCATION: "allocated",
    FundingKind.PAYMENT: "paid",
    FundingKind.PARTNERSHIP: "for helping another council",
    FundingKind.INTERVENTION: "intervention",
}
VISIT_WORDS = {
    "focused_visit": "Focused visit",
    "monitoring_visit": "Monitoring visit",
    "jtai": "Joint area child protection inspection",
    "send": "Area SEND inspection",
}
FRAMEWORK_WORDS = {
    "pre_sif": "an inspection from before the single inspection framework",
    "sif": "single inspection framework",
    "ilacs": "ILACS",
    "ilacs_2023": "ILACS from January 2023",
    "ilacs_2026": "ILACS from April 2026",
}
COMPASS = ("East", "West", "Midlands", "of England")
"""How the names of the regions end that take an article."""

_QUALIFIED = (
    "up to",
    "over ",
    "about ",
    "more than",
    "around ",
    "approx",
    "nearly",
    "almost",
    "at least",
    "a max",
    "max",
    "c.",
    "c£",
)
NUMBER_WORDS = ("no", *counts.WORDS[:12])


def grade(value: str) -> str:
    """Return a stored grade or absence in words: `requires_improvement` → "requires improvement";
    what a new framework brings, likewise."""
    return GRADE_WORDS.get(value) or ABSENCE_WORDS.get(value) or value.replace("_", " ")


def area(name: str) -> str:
    """Return a judgement area in words: `help_and_protection` → "help and protection"."""
    return AREA_WORDS.get(name, name.replace("_", " "))


def region(name: str) -> str:
    """Return a region as it stands in a sentence: "the North West", "London"."""
    if name.endswith(COMPASS):
        return f"the {name}"
    return name


def standing(value: Standing) -> str:
    """Return how one area stands: "good", or why there is no grade."""
    if value.value is Absence.JUDGED_TOGETHER:
        return f"with children in care: {grade(value.note) or 'not known'}"
    return grade(str(value.value))


def number(n: int) -> str:
    """Return a count as prose has it: "three", "153"."""
    if n < len(NUMBER_WORDS):
        return NUMBER_WORDS[n]
    return f"{n:,}"


def counted(n: int, one: str, many: str = "") -> str:
    """Return "one council" or "3 councils", with the noun in its number."""
    if n == 1:
        noun = one
    else:
        noun = many or f"{one}s"

    return f"{number(n)} {noun}"


def judgements(count: int, value: str) -> str:
    """Return several judgements of one grade: "all four judgements good", "all three judgements
    require improvement"."""
    word = "require improvement" if value == Grade.REQUIRES_IMPROVEMENT else grade(value)
    return f"all {number(count)} judgements {word}"


def listed(words: Sequence[str]) -> str:
    """Return "a, b and c"."""
    *others, last = words or ("",)
    before = ", ".join(others)
    return " and ".join(part for part in (before, last) if part)


def day(date: dt.date) -> str:
    """Return "3 August 2026"."""
    return f"{date.day} {date:%B %Y}"


def span(first: dt.date, last: dt.date) -> str:
    """Return "8–19 June 2026" or "27 April–1 May 2026": two days with nothing said twice."""
    if first == last:
        return day(first)
    if first.year != last.year:
        return f"{day(first)}–{day(last)}"
    return f"{_day_of_same_year(first, last)}–{day(last)}"


def _day_of_same_year(first: dt.date, last: dt.date) -> str:
    """Return the first day, without the month where it is that of the last."""
    if first.month == last.month:
        return f"{first.day}"
    return f"{first.day} {first:%B}"


def moment(when: dt.datetime) -> str:
    """Return "3 August 2026, 10:42", in London."""
    local = when.astimezone(LONDON)
    return f"{day(local.date())}, {local:%H:%M}"


def local_day(when: dt.datetime) -> dt.date:
    """Return the day in London."""
    return when.astimezone(LONDON).date()


def between(first: dt.date, last: dt.date) -> str:
    """Return how long it was: "3 years and 6 months", "5 months", "12 days"."""
    months = _whole_months(first, last)
    if months < 1:
        days = last - first
        return counted(days.days, "day")
    return _years_and_months(months)


def _years_and_months(months: int) -> str:
    years, more = divmod(months, 12)
    parts = []
    if years:
        parts.append(counted(years, "year"))
    if more:
        parts.append(counted(more, "month"))
    return listed(parts)


def _whole_months(first: dt.date, last: dt.date) -> int:
    months = (last.year - first.year) * 12
    months += last.month - first.month
    is_begun = last.day < first.day
    return months - 1 if is_begun else months


def pounds(amount: int) -> str:
    """Return "£505,200"; a reversal is "−£505,200"."""
    sign = "−" if amount < 0 else ""
    return f"{sign}£{abs(amount):,}"


def money(amount: int, qualifier: str = "exact", text: str = "") -> str:
    """Return an amount as printed where it is known how ("£9.6m" claims less than "£9,600,000"),
    with its qualifier said once."""
    printed = one_line(text) or pounds(amount)
    return (
        printed
        if printed.lower().startswith(_QUALIFIED)
        else QUALIFIER_WORDS.get(qualifier, "") + printed
    )


def one_line(text: str) -> str:
    """Return the text without anything that could end a line, hide or reverse it: control and
    format characters, runs of space."""
    if text.isprintable():  # by far most texts: nothing of the kind is in them
        return " ".join(text.split())
    kept = (
        c
        if unicodedata.category(c)[0] != "C" and c not in "\u2028\u2029"
        else " " * (c in "\t\n\r\v\f\u2028\u2029\x85")
        for c in text
    )
    return " ".join("".join(kept).split())


def shortened(text: str, length: int) -> str:
    """Return one line of at most `length` characters, cut between words."""
    line = one_line(text)
    if len(line) <= length:
        return line

    cut = line[: length - 1]
    whole_words = cut.rsplit(" ", 1)[0]
    return whole_words.rstrip(" ,;:") + "…"


def capital(text: str) -> str:
    """Return the text with its first letter large."""
    first = text[:1]
    return first.upper() + text[1:]

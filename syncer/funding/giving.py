"""Who is given what, read from the grammar of a marked sentence (marked.py).

A clause gives money when a giver gives it to a council, a council gets it, or a list pairs them;
which council an amount is for is found in recipients.py. A sum for a group is nobody's own: the
councils named as sharing it are given something (shares.py), and how much is not said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from syncer.funding.gift_words import (
    ACTIVE,
    COUNCIL_GIVES,
    GIVING_WORD,
    GROUP_NOUN,
    LIGHT,
    NUMBER_WORD,
    RECEIVE,
    Around,
    group_of,
)
from syncer.funding.marked import Group, Marked
from syncer.funding.not_awards import not_given, others_money, school_money, undone
from syncer.funding.recipients import FOR_MANY, FUND_AFTER, GROUP_AFTER, recipients, shared, whole


@dataclass(frozen=True)
class Gift:
    """Councils given a sum together, or each something that is not said (money is then -1, else the
    number of the amount's mark). `clause` is the words that say so, `place` where they begin in the
    marked text; `listed` means that the sentence only lists names."""

    councils: tuple[str, ...]
    money: int
    clause: str
    place: int = 0
    listed: bool = False


_PART = re.compile(
    rf"\b(?:including|of which|comprising|made up of|consisting of|of that)\s+{LIGHT}$", re.I
)
_PARTS = re.compile(
    r"\b(?:comprising|made up of|consisting of)\s[^‹;.]{0,20}‹M\d+›[^;.‹]{0,60}(?:,| and| plus)\s[^‹;.]{0,15}$",
    re.I,
)
_GOES_TO_MANY = re.compile(
    rf"\b(?:funding|money|cash|grants?|awards?|it|which) (?:will |is to |has )?(?:go|goes|gone|be shared|be split|be divided"
    rf"|been awarded)"
    rf" (?:to|between|among|by|across) \d+ (?:[\w-]+ ){{0,2}}{GROUP_NOUN}|\bone of (?:the )?(?:\w+ )?\w+ (?:[\w-]+ ){{0,3}}of (?:the )?"
    rf"(?:‹M\d+› )?‹P",
    re.I,
)
_ROW_OF_SUMS = re.compile(r"‹G\d+›(?:: |[^‹;]{3,40})‹M\d+›(?:, ‹M\d+›)*,? and ‹M\d+›")
_INSTALMENT = re.compile(
    rf"\b(?:{NUMBER_WORD}|equal) (?:\w+ )?(?:parts|instal+ments|payments|tranches) of\s+$", re.I
)
_REFUSED = re.compile(
    r"\b(?:turned (?:it|this|that|them|the (?:money|offer)) down|declined (?:it|the (?:money|offer)))\b",
    re.I,
)
_YEAR_BEFORE = re.compile(r"(?:‹Y\d+›|last year|the year before)[:,]?\s*", re.I)
_GRANT_FROM = re.compile(
    r"‹M\d+›(?: [\w‹›'’-]+){0,4}? (?:grant|award|funding|money) from (?:the )?‹F\d+›", re.I
)
_EVERY = (
    re.compile(
        r"\b(?:each|every)\b[^;]{0,80}?\b(?:receiv\w+|gets?|got|given|awarded|allocated|handed|offered)\b[^‹;]{0,30}‹M(?P<money>\d+)›"
        r"[^‹;]{0,60}(?:including|among them|such as|namely|(?<=›):)\s+‹G(?P<named>\d+)›",
        re.I,
    ),
    re.compile(
        r"\b(?:each|every|all)\b[^;]{0,60}?(?:including|among them|such as|namely|–|:)\s+‹G(?P<named>\d+)›[,;–)]?"
        r"(?: \w+){0,2} (?:receive[sd]?|get|gets|got|given|awarded|allocated)\b[^‹;]{0,30}‹M(?P<money>\d+)›(?: each)?",
        re.I,
    ),
)
_ROW_THEN_GIVER = re.compile(
    r"^(?:‹G\d+›[:,–—-]?\s+‹M\d+›[;,]?\s+(?:and )?){2,}[–—(-]\s?((?:‹F\d+›)[^‹]*)"
)
_EACH_OF = re.compile(
    r"\beach of (?P<members>(?:(?:the |and )?(?:‹G\d+›|(?-i:[A-Z][\w'-]+)(?: (?-i:[A-Z]\w+))?)(?:, (?:and )?| and | ))+)"
    r"(?:(?:will|is|was|has|to|be|been|have|would) )*(?:have|gets?|got|receives?|received|given|awarded|allocated)?\s*‹M(?P<money>\d+)›",
    re.I,
)
_COUNTED = re.compile(rf"‹M\d+›[^.;‹]{{0,40}}\b\d+ (?:[\w-]+ )?{GROUP_NOUN}", re.I)
_SEGMENT = re.compile(
    r";\s+|,\s+(?:unlike|in contrast to)\s+(?=‹G\d+›,? which)"
    r"|,?\s+(?:while|whereas|whilst|although)\s+|,\s+but\s+|\s+but\s+"
)


def gifts(marked: Marked, around: Around) -> list[Gift]:
    """Every sum given to a named council in this sentence, and every council said to be given a
    share or a place."""
    found: list[Gift] = []
    if marked.text.rstrip().endswith("?") or _REFUSED.search(marked.text):
        return found
    head = marked.text.partition("‹M")[0].rpartition(":")[0]
    listed = around.giving or bool(head and GIVING_WORD.search(head) and not undone(head))
    tail = _ROW_THEN_GIVER.match(marked.text)
    listed = listed or bool(tail and GIVING_WORD.search(tail[1]) and not undone(tail[1]))
    before_segment: tuple[str, ...] = ()
    for start, segment in _segments(marked.text):
        if (
            not undone(segment)
            and not school_money(segment)
            and not (others_money(segment) and not _ministry(segment, marked))
        ):
            here = replace(
                around,
                spoken_of=before_segment or around.spoken_of,
                in_sentence=before_segment,
                giving=listed,
            )
            given = _in_segment(segment, marked, here)
            found += [replace(gift, place=gift.place + start) for gift in given]
            listed = listed or bool(given)
        listed = (
            listed
            or bool(RECEIVE.search(segment) or ACTIVE.search(segment))
            and not undone(segment)
        )
        named = re.findall(r"‹G(\d+)›", segment)
        before_segment = marked.groups[int(named[0])].councils if named else before_segment
    return found


def shares(marked: Marked) -> bool:
    """Whether the sentence tells of a sum for a group whose members may be named next."""
    return _tells_total(marked, GROUP_AFTER)


def tells_total(marked: Marked) -> bool:
    """Whether the sentence tells of a sum for many, whose parts may be listed next ("the programme,
    ‹M0› for 53 projects")."""
    return _tells_total(marked, FOR_MANY) or bool(re.match(r"^‹M\d+› (?:in )?total\b", marked.text))


def opens_list(marked: Marked) -> bool:
    """Whether the members of a funded group may be listed in the next sentences ("‹M0› to support
    up to 20 authorities")."""
    told = (
        _tells_total(marked, FOR_MANY)
        or _COUNTED.search(marked.text)
        or _GOES_TO_MANY.search(marked.text)
    )
    return bool(told) and "work with" not in marked.text


def _tells_total(marked: Marked, group: re.Pattern[str]) -> bool:
    after = [marked.text[at.end() :] for at in re.finditer(r"‹M\d+›", marked.text)]
    before = [marked.text[: at.start()] for at in re.finditer(r"‹M\d+›", marked.text)]
    return any(
        shared(*words) or group.match(words[1]) for words in zip(before, after, strict=True)
    ) and not undone(marked.text)


def _segments(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for cut in _SEGMENT.finditer(text):
        yield start, text[start : cut.start()]
        start = cut.end()
    yield start, text[start:]


def _ministry(segment: str, marked: Marked) -> bool:
    return any(marked.funders[int(number)] for number in re.findall(r"‹F(\d+)›", segment))


def _in_segment(segment: str, marked: Marked, around: Around) -> list[Gift]:
    """The gifts of one clause, amount by amount; then the shares."""
    paired = _respectively(segment, marked)
    if paired or (
        COUNCIL_GIVES.search(segment)
        and not RECEIVE.search(segment)
        and not _GRANT_FROM.search(segment)
    ):
        return paired
    found = _each_of_many(segment, marked)
    for at in re.finditer(r"‹M(\d+)›", segment) if not found else ():
        before, after = segment[: at.start()], segment[at.end() :]
        if not_given(before, after) or (
            shared(before, after) and not whole(segment, before, after)
        ):
            continue
        beside = before.rpartition("‹M")[2] + re.split(r"[,;]| and |‹M", after, maxsplit=1)[0]
        if others_money(beside) and "‹F" in segment and "‹F" not in beside:
            continue
        if _INSTALMENT.search(before) or (found and _in_its_bracket(found[-1], before)):
            continue
        if (
            found
            and _is_part(found[-1], before)
            and not re.match(r" (?:for|to) (?:the )?‹G", after)
        ):
            continue
        group = recipients(segment, before, after, at[0], marked, around) or _as_before(
            before, after, found
        )
        if group:
            found += _each(group, int(at[1]), segment, at.start(), after, before)
    return found


def _is_part(gift: Gift, before: str) -> bool:
    """Whether the amount after these words is one of those that the last sum is made up of."""
    since = before.rpartition(f"‹M{gift.money}›")[2]
    return bool(_PART.search(before) or _PARTS.search(since))


def _each_of_many(segment: str, marked: Marked) -> list[Gift]:
    """ "Each of the 55 authorities, ‹G0› among them, gets ‹M0›": the sum is each one's own."""
    if each := _EACH_OF.search(segment):
        units = [
            unit
            for number in re.findall(r"‹G(\d+)›", each["members"])
            for unit in marked.groups[int(number)].units
        ]
        return [Gift(unit, int(each["money"]), segment, each.start()) for unit in units]
    hit = next((found for pattern in _EVERY if (found := pattern.search(segment))), None)
    if hit is None:
        return []
    return [
        Gift(unit, int(hit["money"]), segment, hit.start())
        for unit in marked.groups[int(hit["named"])].units
    ]


def _in_its_bracket(gift: Gift, before: str) -> bool:
    """Whether a bracket that breaks the last sum down is still open: "‹M0› (‹M1› in ‹Y0› …"; an
    earlier year's sum is another."""
    opened = re.search(rf"‹M{gift.money}›\s*\(([^)]*)$", before)
    return opened is not None and not _YEAR_BEFORE.match(opened[1])


def _as_before(before: str, after: str, found: Sequence[Gift]) -> Group | None:
    """The recipients of the sum before, where this one is only joined to it: "a revenue grant of
    ‹M0› and a capital grant of ‹M1›"."""
    if found and re.search(rf"‹M{found[-1].money}›\s*\({_YEAR_BEFORE.pattern}$", before, re.I):
        return group_of(found[-1].councils)
    if not found or FOR_MANY.match(after) or FUND_AFTER.match(after):
        return None
    joined = re.search(
        rf"‹M{found[-1].money}›((?:[ ,]+(?!‹[GM]|to\b|from\b|of the\b)[\w‹›'’()-]+){{0,10}}?(?:,\s+|,?\s+(?:and|plus"
        rf"|as well as|with|then|followed by)\s+(?:then\s+)?){LIGHT})$",
        before,
        re.I,
    )
    return group_of(found[-1].councils) if joined else None


def _each(
    group: Group, money: int, segment: str, place: int, after: str, before: str
) -> list[Gift]:
    """One joint gift; several of the same sum when it is "each"."""
    if len(group.units) > 1 and (
        re.match(r"^\s*(?:each|apiece)\b", after, re.I)
        or re.search(r"\beach\b[^‹]*$", before, re.I)
    ):
        return [Gift(unit, money, segment, place) for unit in group.units]
    return [Gift(group.councils, money, segment, place)]


def _respectively(segment: str, marked: Marked) -> list[Gift]:
    """As many amounts as councils, in the same order."""
    in_order = re.search(r"\brespectively\b", segment, re.I) or (
        segment.count("‹G") == 1 and _ROW_OF_SUMS.search(segment)
    )
    if not in_order or not (
        GIVING_WORD.search(segment) or re.search(r" from (?:the )?‹F", segment)
    ):
        return []
    upto = segment.lower().find("respectively")
    within = segment[:upto] if segment[: max(upto, 0)].count("‹M") > 1 else segment[max(upto, 0) :]
    amounts = [int(number) for number in re.findall(r"‹M(\d+)›", within)]
    units = [
        unit
        for number in re.findall(r"‹G(\d+)›", segment)
        for unit in marked.groups[int(number)].units
    ]
    if len(amounts) < 2 or len(amounts) != len(units) or not_given(segment.partition("‹M")[0], ""):
        return []
    return [
        Gift(unit, amount, segment, segment.index("‹M"))
        for unit, amount in zip(units, amounts, strict=True)
    ]

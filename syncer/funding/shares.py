"""Councils said to be given something without a sum of their own: a share of a total, a place in a
funded programme, an extended agreement, a row in a list of those chosen.
"""

from __future__ import annotations

import re
from dataclasses import replace

from syncer.funding.gift_words import Around, is_subject
from syncer.funding.giving import Gift, shares
from syncer.funding.marked import Group, Marked
from syncer.funding.not_awards import others_money, undone
from syncer.funding.recipients import is_shared

NO_SUM = -1
_AUX = (
    r"(?:has|have|had|will|would|is|are|was|were|be|been|being|also|now|each|both|all|then|today|since|recently|successfully|to"
    r"|been)"
)
_CHOSEN = r"(?:chosen|selected|picked|successful|funded|approved|awarded|named|announced|confirmed|accepted|appointed)"
_WHAT = (
    r"(?:‹P\d+›|‹M\d+›|‹Y\d+›|programmes?|pathfinders?|pilots?|areas?|fund(?:ing)?|grants?|waves?|rounds?|trailblazers?"
    r"|partners?(?! to)|projects?|sites?"
    r"|schemes?|places?|cash|money|shares?|package)"
)
_WORDS = r"(?:\s+['‘\"“(]?[\w‹›'’&-]+['’\"”),]*){0,%d}?"
_NAME = r"‹G(\d+)›(?:['’]s?)?"
_SELECTED = (
    re.compile(
        rf"{_NAME}(?:\s*,[^,;]{{3,80}},)?(?:\s+{_AUX})*\s+(?:{_CHOSEN}|one of)\b{_WORDS % 9}\s+['‘\"“(]?{_WHAT}",
        re.I,
    ),
    re.compile(rf"{_NAME}(?:\s+{_AUX})*\s+(?:each\s+)?funded\b", re.I),
    re.compile(
        rf"{_NAME}(?:\s+{_AUX})*\s+(?:among )?the (?:first|next|latest|new|second|third"
        rf"|only)\b(?:\s+[\w-]+){{0,3}}?\s+(?:areas|councils|authorities|pathfinders|sites|places)\b",
        re.I,
    ),
    re.compile(rf"{_NAME}\s+(?:are|is|were|was) the (?:other|remaining)\b", re.I),
    re.compile(
        rf"{_NAME}(?:\s+{_AUX})*\s+(?:confirmed|named|announced|chosen|selected|unveiled) as (?:the )?(?:first|next|latest)\b",
        re.I,
    ),
    re.compile(
        r"\b(?:shared|split|divided)\s+(?:by|between|among(?:st)?|across)\b[^;‹]{0,50}?(?::|\bincluding|\bsuch as"
        r"|\bnamely)\s+(?:the )?‹G(\d+)›",
        re.I,
    ),
    re.compile(
        rf"{_NAME}(?:\s+{_AUX})*\s+(?:join(?:s|ed|ing)?|to join|become[s]?|became)\b{_WORDS % 8}\s+['‘\"“(]?(?:‹P\d+›"
        rf"|pathfinders?|trailblazers?|pilots?)",
        re.I,
    ),
    re.compile(
        rf"\b(?:cho(?:se|sen|osing)|select(?:s|ed|ing)|named?|picked|announced|confirmed|funding"
        rf"|backing)\s+(?:the )?{_NAME}\s+(?:as|for|to (?:become|join|run|test|trial|pilot|lead|deliver))\b",
        re.I,
    ),
)
_OF_THE_GROUP = re.compile(r" (?:the (?:other|remaining)|as (?:the )?(?:first|next|latest))$", re.I)
_GIVEN_TO = re.compile(
    r"(?<!\w)(?:awards?|grants?|funding|handouts?|allocations?|cash|money|‹P\d+› (?:awards?|grants?"
    r"|funding))\b[^‹;]{0,80}?(?:‹M\d+›[^‹;]{0,30})?"
    r"\b(?:goes|go|going|went|gone|is|are|was|were|been|be|given|awarded|made|handed)\s+(?:out\s+)?to\s+(?:the\s+)?‹G(\d+)›",
    re.I,
)
_GETS = re.compile(
    rf"{_NAME}(?:\s*[–—)],?|\s*,[^,;]{{3,80}},|,(?= will| have| has| are| were))?(?:\s+{_AUX})*\s+(?:receiv(?:e[sd]?|ing)|gets?|getting"
    rf"|got|secur(?:e[sd]?|ing)|w[io]ns?|winning|(?:been )?(?:awarded|given|granted|allocated|promised)"
    r"|benefit(?:s|ed|ing)? from|share[sd]?|split)\b"
    rf"(?:\s+(?!(?:to|no|nothing|none)\b)['‘\"“(]?[\w‹›'’&-]+['’\"”),]*){{0,8}}?\s+(?:fund(?:s|ing)?|grants?|money|cash|share"
    rf"|awards?|backing|investment|‹P\d+›|‹M\d+›)",
    re.I,
)
_EXTENDED = re.compile(
    rf"{_NAME}(?:\s+(?:agreements?|deals?|programmes?|funding|plans?|‹[PF]\d+›|with"
    rf"|the)){{0,6}}(?:\s+{_AUX})*\s+extended\s+(?:to|by|until|for|over)\b",
    re.I,
)
_MATCHES = re.compile(
    rf"{_NAME}(?:\s+{_AUX})*\s+(?:match(?:es)?|receiv(?:es?|ing)|get[s]?|keeps?"
    rf"|retains?)\b[^;]{{0,40}}?\ballocations?\b",
    re.I,
)
_LIST_OF_CHOSEN = re.compile(
    r"^(?:the|these|those|all|our)?\s*(?:(?:list|full list|names?)\b|(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten"
    r"|eleven|twelve|first|second|third|new|successful|selected|chosen|winning"
    r"|other|latest|lead|host|wave|funded|pathfinders?|pilots?|adopters?|recipients?|winners?|participants?|groups?|cohorts?"
    r"|tranche"
    r"|phase|round|councils|authorities|areas|local authorities|‹P\d+›)(?!\w))[^:;‹]{0,90}?(?:‹P\d+›[^:;‹]{0,40})?(?::"
    r"|\b(?:are|include|includes|were|will be|comprise)\b)",
    re.I,
)
_RECIPIENTS_NOUN = re.compile(
    r"\b(?:authorities|councils|areas|projects|sites|pathfinders?|partners|LAs|recipients|trusts"
    r"|list|winners|awards|boroughs|counties|bids|pilots|adopters|participants|beneficiaries|groups?|cohorts?|tranche|phase"
    r"|wave|round)\b|^the \d+:|^(?:first|second|third)\b[^:‹]{0,15}:",
    re.I,
)
_NOT_RECIPIENT = re.compile(
    r"\b(?:from|with|(?<!led )(?<!hosted )by|like|near|alongside|outside|developed in|pioneered (?:by|in)|based in|of the"
    r"|joining|replac\w+"
    r"|model of|than)\s+(?:the )?$",
    re.I,
)
_AMONG = re.compile(r"\b(?:including|such as|among them)\s+(?:the )?$", re.I)
_INTRODUCES = re.compile(
    r"(?::|\bincluding|\bsuch as|\bnamely|\bbetween|\bamong(?:st)?|\bare|\bwill be|\bto|\bfor|\bin"
    r"|\bacross|–|—|\()\s+(?:the |both |councils in |local authorities in )*$",
    re.I,
)


def without_sum(marked: Marked, around: Around) -> list[Gift]:
    """The councils that this sentence says are given something it does not put a figure on, each by
    itself."""
    marked = _council_named(marked, around)
    if undone(marked.text) or "improvement partner" in marked.text.lower():
        return []
    numbers: dict[int, int] = {}
    for pattern in (
        ()
        if others_money(marked.text) and not any(marked.funders)
        else (*_SELECTED, _GIVEN_TO, _GETS, _EXTENDED, _MATCHES)
    ):
        for found in pattern.finditer(marked.text):
            lead = marked.text[: found.start(1) - 2]
            own_sum = re.search(r"‹M\d+›$", found[0])
            if own_sum and not is_shared(
                marked.text[: found.start() + own_sum.start()], marked.text[found.end() :]
            ):
                continue
            if _OF_THE_GROUP.search(found[0]) and not around.shared:
                continue
            if not _NOT_RECIPIENT.search(lead) and (
                found.start(1) - 2 > found.start() or is_subject(lead)
            ):
                numbers.setdefault(int(found[1]), found.start())
    for number, place in _members_of_total(marked):
        numbers.setdefault(number, place)
    said = [
        Gift(unit, NO_SUM, marked.text, place)
        for number, place in sorted(numbers.items())
        for unit in marked.groups[number].units
    ]
    listed = [item for item in _members_of_list(marked, around) if item[0] not in numbers]
    return said + [
        Gift(unit, NO_SUM, _item(marked.text, place), place, True)
        for number, place in listed
        for unit in marked.groups[number].units
    ]


def _council_named(marked: Marked, around: Around) -> Marked:
    """The sentence with "the council" put as the council meant, where the sentence names none or
    begins with these words."""
    meant = around.subject if "‹G" not in marked.text else ()
    if not meant and re.match(r"the (?:county|city|borough) council\b", marked.text, re.I):
        meant = around.spoken_of
    if not meant:
        return marked
    text = re.sub(
        r"\b[Tt]he (?:council|authority|local authority|borough|county council|city council|borough council)\b",
        f"‹G{len(marked.groups)}›",
        marked.text,
        count=1,
    )
    return replace(
        marked, text=text, groups=(*marked.groups, Group(tuple((slug,) for slug in meant)))
    )


def _item(text: str, place: int) -> str:
    """The words of a list between the semicolons around this place."""
    return text[text.rfind(";", 0, place) + 1 :].partition(";")[0].strip() if ";" in text else text


def says_allocation(clause: str) -> bool:
    """Whether a clause without a figure speaks of a formula's allocation, not of something won."""
    return bool(_MATCHES.search(clause))


def _members_of_total(marked: Marked) -> list[tuple[int, int]]:
    """Those named in the sentence that tells the total: "‹M0› is to be split between eight …:
    ‹G0›", "‹G0› will get a share of ‹M0›"."""
    if not shares(marked):
        return []
    total = re.search(r"‹M\d+›", marked.text)
    members = []
    for name in re.finditer(r"‹G(\d+)›", marked.text):
        lead = marked.text[: name.start()]
        after_total = total is not None and name.start() > total.end()
        listed = ":" in marked.text[total.end() : name.start()] if total and after_total else False
        has_own = re.match(
            r"['’]?s?\s*[:–—,(-]?\s*(?:(?!shar|split)\w+ ){0,3}‹M", marked.text[name.end() :]
        ) or re.search(r"‹M\d+› (?:for|to) (?:the )?$", lead)
        introduced = listed or (
            after_total and _INTRODUCES.search(lead) and "work with" not in lead
        )
        introduced = introduced or (not after_total and bool(_AMONG.search(lead)))
        if introduced and not has_own and not _NOT_RECIPIENT.search(lead):
            members.append((int(name[1]), name.start()))
    return members


def _members_of_list(marked: Marked, around: Around) -> list[tuple[int, int]]:
    """Those listed after a sentence that told of a total, or under words that say they were
    chosen."""
    head = _LIST_OF_CHOSEN.match(marked.text)
    if not (
        around.giving
        or (head and _RECIPIENTS_NOUN.search(head[0] + ":") and (around.shared or _chosen(head[0])))
    ):
        return []
    start = head.end() if head else 0
    names = [name for name in re.finditer(r"‹G(\d+)›", marked.text) if name.start() >= start]
    if not head and (
        len(marked.text) > 60
        or not re.match(
            r"^(?:the )?(?:(?:tri-borough|boroughs?|councils?"
            r"|partnership) of )?(?:the )?‹G\d+›",
            marked.text,
            re.I,
        )
    ):
        return []
    return [
        (int(name[1]), name.start())
        for name in names
        if not _NOT_RECIPIENT.search(marked.text[: name.start()])
        and not re.match(r"[^;]{0,20}‹M", marked.text[name.end() :])
    ]


def _chosen(head: str) -> bool:
    return bool(
        re.search(
            r"\b(?:successful|selected|chosen|confirmed|named|announced|winning|funded|pathfinders?|pilots?|awards?"
            r"|lead)\b|‹P\d+›",
            head,
            re.I,
        )
    )

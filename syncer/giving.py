"""Who is given what, read from the grammar of a marked sentence (marked.py).

A clause gives money when a giver gives it to a council ("‹F0› awarded ‹G0› ‹M0›", "‹M0› for ‹G0›"), a council gets it ("‹G0› has secured ‹M0›")
or a list pairs them ("‹G0› – ‹M0›"). A sum for a group ("a share of ‹M0›", "‹M0› for 11 projects") is nobody's own: the councils named as sharing
it are given something, and how much is not said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from syncer.marked import Group, Marked
from syncer.not_awards import GIVING, not_given, others_money, undone


@dataclass(frozen=True)
class Gift:
    """Councils given a sum together, or each something that is not said (money is then -1, else the number of the amount's mark).
    `clause` is the words that say so, `place` where they begin in the marked text; `listed` means that the sentence only lists names."""

    councils: tuple[str, ...]
    money: int
    clause: str
    place: int = 0
    listed: bool = False


@dataclass(frozen=True)
class Around:
    """What the sentences before say: the councils last spoken of, the council whose paper this is, whether the list or table
    being read is one of money given, and whether a sum for a group was just told whose members may now be listed."""

    spoken_of: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    giving: bool = False
    shared: bool = False


_AUX = r"(?:has|have|had|will|would|is|are|was|were|be|been|being|also|now|each|both|all|then|recently|successfully|already|jointly|together|since|today|to|set|due)"
_GIVEN = r"(?:awarded|given|handed|granted|allocated|promised|offered|provided with|provided|pledged|paid)"
_RECEIVE = re.compile(
    rf"\b(?:receiv(?:e[sd]?|ing)|get(?:s|ting)?|got|secur(?:e[sd]?|ing)|w(?:in(?:s|ning)?|on)|net(?:s|ted|ting)|obtain(?:s|ed|ing)?|attract(?:s|ed|ing)?"
    rf"|land(?:s|ed|ing)|gain(?:s|ed|ing)?|accept(?:s|ed|ing)?|acceptance of|receipt of|benefit(?:s|ed|ing)? from|in line for|negotiating"
    rf"|(?:was|were|is|are|be|been|being) (?:\w+ly |also |each )?{_GIVEN}|(?<=: )awarded|^awarded|income (?:will be|is|of|was))\b", re.I
)
_ACTIVE = re.compile(
    r"\b(?:award(?:s|ed|ing)?|g[ai]v(?:e[ns]?|ing)|grant(?:s|ed|ing)|allocat(?:e[sd]?|ing)|pa(?:y|ys|id|ying)|hand(?:s|ed|ing)?(?: (?:over|out))?|provid(?:e[sd]?|ing)"
    r"|promis(?:e[sd]?|ing)|pledg(?:e[sd]?|ing)|offer(?:s|ed|ing)?|fund(?:s|ed|ing)|invest(?:s|ed|ing)? in|boost(?:s|ed)?|confirm(?:s|ed)|announc(?:e[sd]?|ing))\b", re.I
)
_GIVING_WORD = re.compile(rf"\b(?:{GIVING}|grants?|awards?|funding|allocations?|deals?|agreements?)\b", re.I)
_COUNCIL_GIVES = re.compile(
    rf"(?:‹G\d+›|\b(?:the )?council|\bcabinet|\bcouncillors)(?:\s+(?:has|have|had|will|is|are|also|today|to))*\s+"
    r"(?:awarding|gives?|gave|giving|pays?|paid|paying|spen[dt]s?|spending|invest\w*|allocating|provid\w+|commit\w*|approv\w+|agree[sd]?|plans?|hands|contribut\w+|(?<=has )awarded"
    r"|(?<=have )awarded|(?<=has )allocated|(?<=have )allocated|(?<=has )given|(?<=has )granted)\b", re.I
)
_NUMBER_WORD = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|dozens of|several|many|a number of)"
_GROUP_NOUN = (
    r"(?:councils?|local authorit(?:y|ies)|LAs|authorities|areas?|regions?|projects?|trusts|charities|schools|pathfinders?|pilots?|sites?|partners(?:hips)?"
    r"|organisations|places|boroughs|counties|cities|programmes|schemes|providers|winners|bids)\b"
)
_MANY = (
    rf"(?:the |all |each of |each |up to |around |some |over |more than |a total of |a further |another |these |those |new |other |every |eligible |selected |successful |struggling )*"
    rf"(?:{_NUMBER_WORD} (?:[\w-]+ ){{0,3}}?(?={_GROUP_NOUN}|‹P)|{_NUMBER_WORD}(?= of (?:the|these))|councils?|local authorit(?:y|ies)|LAs|authorities|local areas?|areas?|regions?|projects?|trusts|charities|schools|pathfinders|‹P\d+› (?:areas|authorities|councils)|England)\b"
)
_SHARE_BEFORE = re.compile(r"\b(?:share|slice|portion|proportion|part|chunk|some) of (?:an? |the |its |this |their |‹F\d+›['’]s )?(?:[\w-]+ ){0,3}$|\b(?:split|splits|splitting|shar(?:e|es|ed|ing)|divid(?:e|es|ed))\s+(?:an? |the )?(?:[\w-]+ ){0,2}$", re.I)
_SHARE_AFTER = re.compile(r"^(?: [\w‹›'’-]+){0,6}? (?:(?:is|are|was|were|will be|to be|being|been) )*(?:split|shared|divided|distributed|spread) (?:out )?(?:equally |evenly )?(?:between|among(?:st)?|across|by)\b", re.I)
_TOTAL_BEFORE = re.compile(r"\b(?:backed|supported|underpinned|financed) by (?:[\w‹›'’-]+ ){0,4}$|\b(?:out of|as part of|part of) (?:an? |the |its |‹F\d+›['’]s )?(?:[\w-]+ ){0,3}$|\bof the(?: \w+)? $", re.I)
_FOR_MANY = re.compile(rf"^(?:(?! (?:to|for|between|among|across|by|which|that)\b)[ ][\w‹›'’()-]+){{0,6}} (?:to|for|between|among(?:st)?|across|by|with|(?:to|will) (?:help|support|benefit))\s+{_MANY}(?! in ‹G)", re.I)
_GROUP_AFTER = re.compile(_FOR_MANY.pattern.replace("|with|(?:to|will) (?:help|support|benefit)", ""), re.I)
_FUND_AFTER = re.compile(r"^(?: [\w-]+){0,3}? (?:‹P\d+›(?! (?:grant|funding|award|money|cash|investment|contract|agreement|deal)\b)|(?:programme|fund|pot|scheme|package|budget|initiative|pilot)\b)", re.I)
_FUND_BEFORE = re.compile(r"\b(?:the|its|this|their|‹F\d+›['’]s|government['’]s|from an?|of an?|through an?|under an?|within an?|new|national|wider) (?:\w+ )?$", re.I)
_EVERYWHERE = re.compile(r"^(?: [\w‹›'’-]+){0,6}? (?:overall|nationally|nationwide|across (?:the country|England)|in total,)", re.I)
_PREPOSITION = re.compile(r"\b(?:from|with|by|near|at|like|than|outside|alongside|for|to|in|of|across|about|via|including)\s+(?:the |nearby |neighbouring |local )*$", re.I)
_BODY_OF = re.compile(r"\b(?:councils?|boroughs?|authorit(?:y|ies)|services?|areas?|departments?|children|families|LAs?|projects?|teams?|regions?|including|such as) (?:of|in|for|including|such as)?\s*(?:the )?$", re.I)
_OTHER_SUBJECT = re.compile(
    r"\b(?:projects?|charit(?:y|ies)|LGA|association|foundation|schools?|providers?|colleges?|universit(?:y|ies)|residents|firms?|compan(?:y|ies)|consortium|hospitals?|police"
    r"|councils|authorities|areas|regions|partners|England|nationally|others|centre|agency|agencies|academy|academies|nurser(?:y|ies))\b(?![ ]?‹)", re.I
)
_PRONOUN = re.compile(rf"\b(?:it|they|we|the (?:\w+ )?(?:council|councils|authority|authorities|borough|boroughs|county|city|trust|department|pair|trio))(?:\s+{_AUX})*\s*$", re.I)
_SUBJECT_GAP = re.compile(rf"^['’]?(?:s children['’]s services)?(?:\s*,?\s*(?:which|who|that|and)\b|\s+{_AUX}\b|\s+‹Y\d+›|\s+in\s+‹Y\d+›|\s+(?:city|council|alone)\b)*\s*,?\s*$", re.I)
_APPOSITION = re.compile(rf"^\s*(?:,(?! and )(?:[^‹,]|‹[FPY]\d+›){{3,120}},|\([^)]{{1,120}}\)|[–—-](?:[^‹–—]|‹[FPY]\d+›){{3,120}}[–—-])(?:\s+{_AUX})*\s*$", re.I)
_OWN_VERB_GAP = re.compile(rf"^(?:\s*,[^,]*,)?\s+(?:{_AUX}|became|becomes|agreed|joined|launched|established|joins|expects to|hopes)\b.{{0,160}}?(?:,\s*|\band\s+(?:{_AUX}\s+)*|\bto\s+|\bafter\s+|\bby\s+|\b{_AUX}\s+)?$", re.I)
_LIGHT = (
    r"(?:(?:with|receiving|getting|a|an|the|of|grants?|award(?:ed)?|given|handed|granted|allocated|promised|offered|will|get|receive[sd]?|gets|has|have|had|was|were|been|be|also|then|each"
    r"|both|extra|additional|further|another|joint|shared|up|some|funding|worth|one-off|revenue|capital|initial|total|\(?‹Y\d+›\)?|in|is|are|now|already|new|first|single|largest|amount|sum),?\s+)*"
)
_NOUN = r"(?:grants?|awards?|funding|allocations?|investment|payments?|contributions?|share)"
_THE_COUNCIL = r"(?:(?:the|this|our) (?:\w+ )?(?:council|local authority|authority|borough|county council|city council|LA)|it|us)"
_TO_THE_COUNCIL = re.compile(
    rf"(?:{_ACTIVE.pattern}|\bpay)\s+(?:to )?{_THE_COUNCIL}\s+(?:with\s+)?{_LIGHT}$", re.I
)
_FOR_THE_COUNCIL = re.compile(rf"^(?:\s(?!(?:to|for|and|but|which|that|from|by)\b)[\w‹›'’()-]+){{0,6}}\s+(?:to|for)\s+{_THE_COUNCIL}\b(?! to | will )", re.I)
_MINISTRY_GIVES = re.compile(rf"‹F\d+›(?:\s+{_AUX})*\s+(?:agrees? to |agreed to |committed to |undertakes to )?(?:pay|paid|provide|provided|give|gave|contribute|award|awarded|granted)\s+{_LIGHT}$", re.I)
_SEGMENT = re.compile(r";\s+|,?\s+(?:while|whereas|whilst|although)\s+|,\s+but\s+|\s+but\s+")


def gifts(marked: Marked, around: Around) -> list[Gift]:
    """Every sum given to a named council in this sentence, and every council said to be given a share or a place."""
    found: list[Gift] = []
    head = marked.text.partition(":")[0] if ":" in marked.text else ""
    listed = around.giving or bool(head and _GIVING_WORD.search(head) and not undone(head))
    before_segment = around.spoken_of
    for start, segment in _segments(marked.text):
        if not undone(segment) and not (others_money(segment) and not _ministry(segment, marked)):
            here = Around(before_segment, around.subject, listed, around.shared)
            found += [Gift(gift.councils, gift.money, gift.clause, gift.place + start) for gift in _in_segment(segment, marked, here)]
        listed = listed or bool(_RECEIVE.search(segment) or _ACTIVE.search(segment)) and not undone(segment)
        named = re.findall(r"‹G(\d+)›", segment)
        before_segment = marked.groups[int(named[0])].councils if named else before_segment
    return found


def shares(marked: Marked) -> bool:
    """Whether the sentence tells of a sum for a group whose members may be named next."""
    return _tells_total(marked, _GROUP_AFTER)


def opens_list(marked: Marked) -> bool:
    """Whether the members of a funded group may be listed in the next sentences ("‹M0› to support up to 20 authorities")."""
    return _tells_total(marked, _FOR_MANY) and "work with" not in marked.text


def _tells_total(marked: Marked, group: re.Pattern[str]) -> bool:
    after = [marked.text[at.end():] for at in re.finditer(r"‹M\d+›", marked.text)]
    before = [marked.text[:at.start()] for at in re.finditer(r"‹M\d+›", marked.text)]
    return any(_shared(*words) or group.match(words[1]) for words in zip(before, after, strict=True)) and not undone(marked.text)


def _segments(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for cut in _SEGMENT.finditer(text):
        yield start, text[start:cut.start()]
        start = cut.end()
    yield start, text[start:]


def _ministry(segment: str, marked: Marked) -> bool:
    return any(marked.funders[int(number)] for number in re.findall(r"‹F(\d+)›", segment))


def _in_segment(segment: str, marked: Marked, around: Around) -> list[Gift]:
    """The gifts of one clause, amount by amount; then the shares."""
    paired = _respectively(segment, marked)
    if paired or (_COUNCIL_GIVES.search(segment) and not _RECEIVE.search(segment)):
        return paired
    found: list[Gift] = []
    for at in re.finditer(r"‹M(\d+)›", segment):
        before, after = segment[:at.start()], segment[at.end():]
        if not_given(before, after) or (_shared(before, after) and not _whole(segment, before, after)):
            continue
        recipients = _recipients(segment, before, after, at[0], marked, around) or _as_before(before, after, found)
        if recipients:
            found += _each(recipients, int(at[1]), segment, at.start(), after, before)
    return found


def _as_before(before: str, after: str, found: Sequence[Gift]) -> Group | None:
    """The recipients of the sum before, where this one is only joined to it: "a revenue grant of ‹M0› and a capital grant of ‹M1›"."""
    if not found or _FOR_MANY.match(after) or _FUND_AFTER.match(after):
        return None
    joined = re.search(rf"‹M{found[-1].money}›((?:[ ,]+(?!‹[GM]|to\b|from\b|of the\b)[\w‹›'’()-]+){{0,10}}?,?\s+(?:and|plus|as well as|with)\s+{_LIGHT})$", before, re.I)
    return _group(found[-1].councils) if joined else None


def _each(group: Group, money: int, segment: str, place: int, after: str, before: str) -> list[Gift]:
    """One joint gift; several of the same sum when it is "each"."""
    if len(group.units) > 1 and (re.match(r"^\s*(?:each|apiece)\b", after, re.I) or re.search(r"\beach\b[^‹]*$", before, re.I)):
        return [Gift(unit, money, segment, place) for unit in group.units]
    return [Gift(group.councils, money, segment, place)]


def _respectively(segment: str, marked: Marked) -> list[Gift]:
    """As many amounts as councils, in the same order."""
    if not re.search(r"\brespectively\b", segment, re.I) or not _GIVING_WORD.search(segment):
        return []
    amounts = [int(number) for number in re.findall(r"‹M(\d+)›", segment)]
    units = [unit for number in re.findall(r"‹G(\d+)›", segment) for unit in marked.groups[int(number)].units]
    if len(amounts) < 2 or len(amounts) != len(units) or not_given(segment.partition("‹M")[0], ""):
        return []
    return [Gift(unit, amount, segment, segment.index("‹M")) for unit, amount in zip(units, amounts, strict=True)]


def _shared(before: str, after: str) -> bool:
    return bool(_SHARE_BEFORE.search(before) or _SHARE_AFTER.match(after))


def _whole(segment: str, before: str, after: str) -> bool:
    """Whether a shared sum is shared by the councils named, and nobody else: then it is theirs together."""
    subject = re.search(rf"‹G\d+›(?:\s*,(?:[^‹,]|‹P){{3,80}},|\s*\([^)]*\))?(?:\s+{_AUX})*\s+(?:share|split|divide)\s+$", before)
    object_ = re.match(_SHARE_AFTER.pattern + r"\s+(?:the )?‹G\d+›\s*(?:[.,]|$| in\b| for\b| to\b)", after, re.I)
    return bool(subject or object_) and not re.search(rf"\b{_NUMBER_WORD}\s+(?:\w+\s+)?(?:projects?|areas?|councils|authorities|partners)\b", segment)


def _recipients(segment: str, before: str, after: str, sign: str, marked: Marked, around: Around) -> Group | None:
    """The council or councils that this amount is for, by the first rule that fits; None for nobody named."""
    if _TOTAL_BEFORE.search(before):
        return None
    gives = around.giving or bool(_GIVING_WORD.search(segment))
    if _whole(segment, before, after):
        numbers = re.findall(r"‹G(\d+)›", before + after)
        return marked.groups[int(numbers[-1] if _SHARE_AFTER.match(after) else numbers[0])] if numbers else None
    if subject := _subject_of_receiving(before, marked, around):
        return subject
    if not gives:
        return None
    if _TO_THE_COUNCIL.search(before) or _FOR_THE_COUNCIL.match(after):
        return _group(around.subject or around.spoken_of)
    if number := _object(segment, before, after):
        return marked.groups[number - 1]
    if _FOR_MANY.match(after) or _EVERYWHERE.match(after) or (_FUND_AFTER.match(after) and _FUND_BEFORE.search(before)):
        return None
    if number := _beside(segment, before, after, sign):
        return marked.groups[number - 1]
    if "‹G" not in segment and _MINISTRY_GIVES.search(before):
        return _group(around.subject)
    return _implied(before, after, around)


def _object(segment: str, before: str, after: str) -> int:
    """"‹F0› awarded ‹G0› … ‹M0›": the council between the verb and the amount; its number from 1, or 0."""
    if found := re.search(r"‹G(\d+)›['’]?s?((?:\s+(?!(?:and|but|which|that|to)\b|‹[GM])[\w‹›'’(),-]+){0,8})\s*$", before):
        verb = before[:found.start()]
        gap = re.search(rf"{_ACTIVE.pattern}(?:\s+(?:the|both|councils?|local|authorit(?:y|ies)|in|of|also|further|an?|additional|extra))*\s*$", verb, re.I)
        if gap and not _COUNCIL_GIVES.search(verb) and not re.search(r"\b(?:to|for|with)\s*$", verb):
            return int(found[1]) + 1
    return 0


def _beside(segment: str, before: str, after: str, sign: str) -> int:
    """The council that stands after the amount ("‹M0› for ‹G0›", "‹M0› (‹G0›)") or before it ("‹G0› – ‹M0›"); its number from 1, or 0."""
    noise = r"(?:(?!\s(?:to|for|from|by|which|that|and|but|with|than)\b)\s[\w‹›'’&()/-]+){0,8}"
    body = r"(?:both |the |local authorit(?:y|ies) (?:in|of) |councils? (?:in|of) |children in |families in |services in |schools in |projects? in |teams? in |use in |areas? of )*"
    given_to = rf"(?:(?:was|were|is|are|has been|have been|will be|is being|being|to be) (?:\w+ly )?(?:{_GIVEN}|earmarked|set aside|made|going|invested|spent) )?(?:to|for|in|at|towards .{{0,40}}?(?:for|in))"
    for pattern in (rf"^{noise}\s{given_to}\s+{body}‹G(\d+)›(?!['’]s (?:bid|deficit|schools))", r"^\s*[(–—-]+\s*(?:to |for )?(?:the )?‹G(\d+)›"):
        if found := re.match(pattern, after, re.I):
            return int(found[1]) + 1
    tight = rf"‹G(\d+)›(?:['’]s?)?\s*[:–—,(\t-]?\s*{_LIGHT}$"
    nominal = rf"\b(?:{_NOUN})\b(?: [\w‹›'’-]+){{0,5}}? (?:for|to) (?:the )?‹G(\d+)›(?: [\w‹›'’(),-]+){{0,8}}? (?:is|was|will be|of|:|totals|came to|at)\s*{_LIGHT}$"
    owned = rf"‹G(\d+)›['’]s?(?: [\w‹›'’(),-]+){{0,6}}? (?:{_NOUN})?(?: [\w‹›'’(),-]+){{0,5}}?\s*(?:is|was|will be|of|:|to)?\s*{_LIGHT}$"
    for pattern in (tight, nominal, owned):
        found = re.search(pattern, before, re.I)
        if found and not (pattern is tight and _PREPOSITION.search(before[:found.start()]) and not _BODY_OF.search(before[:found.start()])):
            return int(found[1]) + 1
    return 0


def _subject_of_receiving(before: str, marked: Marked, around: Around) -> Group | None:
    """The council that receives, secures, is awarded … this amount: the verb's subject, before it or in the sentences before."""
    verbs = list(_RECEIVE.finditer(before))
    if not verbs or "‹G" in before[verbs[-1].end():]:
        return None
    verb = verbs[-1]
    head = before[:verb.start()]
    names = list(re.finditer(r"‹G(\d+)›", head))
    for name in reversed(names):
        gap, lead = head[name.end():], head[:name.start()]
        if re.match(r"\s*,\s+(?:which|who)\b", gap) and _SUBJECT_GAP.match(gap):
            return marked.groups[int(name[1])]
        if _PREPOSITION.search(lead) and not _BODY_OF.search(lead):
            continue
        if _SUBJECT_GAP.match(gap) or _APPOSITION.match(gap) or (_OWN_VERB_GAP.match(gap) and not re.search(r"‹G\d+›", gap)):
            return marked.groups[int(name[1])]
        break
    if _PRONOUN.search(head):
        return _group(around.spoken_of or around.subject)
    blocked = names or _OTHER_SUBJECT.search(head) or re.search(r"‹F\d+›\s*$", head)
    return None if blocked else _group(around.subject)


def _implied(before: str, after: str, around: Around) -> Group | None:
    """A grant in a council's own paper, or a ministry's contribution to what the clause before told of, names no council again."""
    noun = re.search(rf"\b{_NOUN}\b(?: [\w‹›'’()-]+){{0,6}}? (?:of|in the sum of|for|totalling|is|was|will be|:)\s*{_LIGHT}$", before, re.I)
    noun = noun or re.match(rf"^\s+(?:of |in )?(?:(?:‹F\d+›|‹P\d+›|revenue|capital|ring-?fenced|additional|one-off|new|extra|further|the|from) )*{_NOUN}\b", after, re.I)
    if not noun or "‹G" in before or "‹G" in after or _OTHER_SUBJECT.search(before):
        return None
    return _group(around.subject or (around.spoken_of if "‹F" in before else ()))


def _group(councils: Sequence[str]) -> Group | None:
    return Group(tuple((slug,) for slug in councils)) if councils else None

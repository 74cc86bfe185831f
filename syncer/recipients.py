"""Which council an amount is for, read from the words on its two sides in a marked clause: the rules, in the order of their strength.

"‹F0› awarded ‹G0› ‹M0›" · "‹G0› has secured ‹M0›" · "it has received ‹M0›" · "‹M0› for ‹G0›" · "‹G0› – ‹M0›" · "‹G0›'s ‹M0› grant" ·
in a council's own paper, "a grant of ‹M0›". A sum for a group ("‹M0› for 11 projects", "the ‹M0› fund") is nobody's own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from syncer.marked import Group, Marked
from syncer.not_awards import GIVING


@dataclass(frozen=True)
class Around:
    """What was said before: the councils last spoken of, those of the clause before in this sentence, the council whose paper this
    is, whether the list being read is one of money given, and whether a sum for a group was just told whose members may follow."""

    spoken_of: tuple[str, ...] = ()
    in_sentence: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    giving: bool = False
    shared: bool = False


_AUX = (
    r"(?:has|have|had|will|would|is|are|was|were|be|been|being|also|now|each|both|all|then|recently|successfully|already"
    r"|jointly|together|since|today|to|set|due)"
)
_GIVEN = r"(?:awarded|given|handed|granted|allocated|promised|offered|provided with|provided|pledged|paid)"
RECEIVE = re.compile(
    rf"\b(?:receiv(?:e[sd]?|ing)|get(?:s|ting)?|got|secur(?:e[sd]?|ing)|w(?:in(?:s|ning)?|on)|net(?:s|ted|ting)|obtain(?:s|ed"
    rf"|ing)?|attract(?:s|ed|ing)?"
    rf"|land(?:s|ed|ing)|gain(?:s|ed|ing)?|accept(?:s|ed|ing)?|acceptance of|receipt of|benefit(?:s|ed|ing)? from|in line for"
    rf"|negotiating"
    rf"|(?:was|were|is|are|be|been|being) (?:\w+ly |also |each )?{_GIVEN}|(?<=: )awarded|^awarded|income (?:will be|is|of"
    rf"|was))\b",
    re.I,
)
ACTIVE = re.compile(
    r"\b(?:award(?:s|ed|ing)?|g[ai]v(?:e[ns]?|ing)|grant(?:s|ed|ing)|allocat(?:e[sd]?|ing)|pa(?:y|ys|id|ying)|hand(?:s|ed"
    r"|ing)?(?: (?:over|out))?|provid(?:e[sd]?|ing)"
    r"|promis(?:e[sd]?|ing)|pledg(?:e[sd]?|ing)|offer(?:s|ed|ing)?|fund(?:s|ed|ing)|invest(?:s|ed|ing)? in|boost(?:s|ed)?"
    r"|confirm(?:s|ed)|announc(?:e[sd]?|ing))\b",
    re.I,
)
GIVING_WORD = re.compile(
    rf"\b(?:{GIVING}|grants?|awards?|funding|allocations?|deals?|agreements?|(?:goes|go|going|went) to)\b", re.I
)
COUNCIL_GIVES = re.compile(
    r"(?:‹G\d+›|\b(?:the )?council|\bcabinet|\bcouncillors)(?:\s+(?:has|have|had|will|is|are|also|today|to))*\s+"
    r"(?:awarding|gives?|gave|giving|pays?|paid|paying|spen[dt]s?|spending|invest\w*|allocating|provid\w+|commit\w*|approv\w+"
    r"|agree[sd]?|plans?|hands|contribut\w+|(?<=has )awarded"
    r"|(?<=have )awarded|(?<=has )allocated|(?<=have )allocated|(?<=has )given|(?<=has )granted)\b",
    re.I,
)
_NUMBER_WORD = (
    r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    r"|eighteen|nineteen|twenty|dozens of|several|many|a number of)"
)
GROUP_NOUN = (
    r"(?:councils?|local authorit(?:y|ies)|LAs|authorities|areas?|regions?|projects?|trusts|charities|schools|pathfinders?"
    r"|pilots?|sites?|partners(?:hips)?"
    r"|organisations|places|boroughs|counties|cities|programmes|schemes|providers|winners|bids)\b"
)
_MANY = (
    rf"(?:the |all |each of |each |up to |around |some |over |more than |a total of |a further |another |these |those |new "
    rf"|other |every |eligible |selected |successful |struggling )*"
    rf"(?:{_NUMBER_WORD} (?:[\w-]+ ){{0,3}}?(?={GROUP_NOUN}|‹P)|{_NUMBER_WORD}(?= of (?:the|these))|councils?"
    rf"|local authorit(?:y|ies)|LAs|authorities|local areas?|areas?|regions?|projects?|trusts|charities|schools|pathfinders"
    rf"|‹P\d+› (?:areas|authorities|councils)|England)\b"
)
_SHARE_BEFORE = re.compile(
    r"\b(?:share|slice|portion|proportion|part|chunk|some) of (?:an? |the |its |this |their "
    r"|‹F\d+›['’]s )?(?:[\w-]+ ){0,3}$|\b(?:split|splits|splitting|shar(?:e|es|ed|ing)|divid(?:e|es|ed))\s+(?:an? "
    r"|the )?(?:[\w-]+ ){0,2}$",
    re.I,
)
_SHARE_AFTER = re.compile(
    r"^(?: [\w‹›'’-]+){0,6}? (?:(?:is|are|was|were|will be|to be|being|been) )*(?:split|shared|divided"
    r"|distributed|spread) (?:out )?(?:equally |evenly )?(?:between|among(?:st)?|across|by)\b",
    re.I,
)
_TOTAL_BEFORE = re.compile(
    r"\b(?:backed|supported|underpinned|financed) by (?:[\w‹›'’-]+ ){0,4}$|\b(?:out of|as part of"
    r"|part of) (?:an? |the |its |‹F\d+›['’]s )?(?:[\w-]+ ){0,3}$|\bof the(?: \w+)? $",
    re.I,
)
FOR_MANY = re.compile(
    rf"^(?:(?! (?:to|for|between|among|across|by|which|that)\b)[ ][\w‹›'’()-]+){{0,6}} (?:to|for|between"
    rf"|among(?:st)?|across|by|with|(?:to|will) (?:help|support|benefit))\s+{_MANY}(?! in ‹G)",
    re.I,
)
GROUP_AFTER = re.compile(FOR_MANY.pattern.replace("|with|(?:to|will) (?:help|support|benefit)", ""), re.I)
FUND_AFTER = re.compile(
    r"^(?: [\w‹›-]+){0,3}? (?:‹P\d+›(?! (?:grant|funding|award|money|cash|investment|contract|agreement"
    r"|deal)\b)|(?:programme|fund|pot|scheme|package|budget|initiative|pilot)\b)",
    re.I,
)
_FUND_BEFORE = re.compile(
    r"(?:\b|(?=‹))(?:the|its|this|their|‹F\d+›['’]s|government['’]s|from an?|of an?|through an?"
    r"|under an?|within an?|new|national|wider|‹G\d+›['’]s?) (?:\w+ )?$",
    re.I,
)
_EVERYWHERE = re.compile(
    r"^(?: [\w‹›'’-]+){0,6}? (?:overall|nationally|nationwide|across (?:the country|England)|in total,)", re.I
)
_PREPOSITION = re.compile(
    r"\b(?:from|with|by|near|at|like|than|outside|alongside|for|to|in|of|across|about|via"
    r"|including)\s+(?:the |nearby |neighbouring |local )*$",
    re.I,
)
_BODY_OF = re.compile(
    r"\b(?:councils?|boroughs?|authorit(?:y|ies)|services?|areas?|departments?|children|families|LAs?"
    r"|projects?|teams?|regions?|including|such as) (?:of|in|for|including|such as)?\s*(?:the )?$|\b(?:led"
    r"|hosted) by (?:the )?$",
    re.I,
)
_MEMBERS = re.compile(
    r"(?:\b(?:partnership|consortium|alliance|agency|tri-borough|group|partners|cluster|region)"
    r"|‹P\d+›)\s*\($",
    re.I,
)
_OTHER_SUBJECT = re.compile(
    r"\b(?:projects?|charit(?:y|ies)|LGA|association|foundation|schools?|providers?|colleges?|universit(?:y|ies)|residents"
    r"|firms?|compan(?:y|ies)|consortium|hospitals?|police"
    r"|councils|authorities|areas|regions|partners|England|nationally|others|centre|agency|agencies|academy|academies"
    r"|nurser(?:y|ies))\b(?![ ]?‹)",
    re.I,
)
_PRONOUN = re.compile(
    rf"\b(?:it|they|we|the (?:\w+ )?(?:council|councils|authority|authorities|borough|boroughs|county|city"
    rf"|trust|department|pair|trio))(?:\s+{_AUX})*\s*$",
    re.I,
)
_SUBJECT_GAP = re.compile(
    rf"^['’]?(?:s (?:[\w'’-]+ ){{0,3}}?(?:children['’]s services|trust|company|service))?(?:\s*,?\s*(?:which|who|that|and)\b"
    rf"|\s+{_AUX}\b|\s+‹Y\d+›"
    rf"|\s+in\s+‹Y\d+›|\s+(?:city|council|alone)\b)*\s*,?\s*$",
    re.I,
)
_APPOSITION = re.compile(
    rf"^\s*(?:,(?! and )(?:[^‹,]|‹[FPY]\d+›){{3,120}},|\([^)]{{1,120}}\)|[–—-](?:[^‹–—]"
    rf"|‹[FPY]\d+›){{3,120}}[–—-])(?:\s+{_AUX})*\s*$",
    re.I,
)
_OWN_VERB_GAP = re.compile(
    rf"^(?:\s*,[^,]*,)?\s+(?:{_AUX}|became|becomes|agreed|joined|launched|established|joins|hosts?|hosted|leads?|led|expects to"
    rf"|hopes)\b.{{0,160}}?(?:,\s*|\band\s+(?:{_AUX}\s+)*|\bto\s+|\bafter\s+|\bby\s+|\b{_AUX}\s+)?$",
    re.I,
)
LIGHT = (
    r"(?:(?:with|receiving|getting|a|an|the|of|grants?|award(?:ed)?|given|handed|granted|allocated|promised|offered|will|get"
    r"|receive[sd]?|gets|has|have|had|was|were|been|be|also|then|each"
    r"|both|extra|additional|further|another|joint|shared|up|some|funding|worth|one-off|revenue|capital|initial|total"
    r"|\(?‹Y\d+›\)?|in|is|are|now|already|new|first|single|largest|amount|sum),?\s+)*"
)
_NOUN = r"(?:grants?|awards?|funding|allocations?|investment|payments?|contributions?|share)"
_THE_COUNCIL = r"(?:(?:the|this|our) (?:\w+ )?(?:council|local authority|authority|borough|county council|city council|LA)|it|us)"
_TO_THE_COUNCIL = re.compile(rf"(?:{ACTIVE.pattern}|\bpay)\s+(?:to )?{_THE_COUNCIL}\s+(?:with\s+)?{LIGHT}$", re.I)
_FOR_THE_COUNCIL = re.compile(
    rf"^(?:\s(?!(?:to|for|and|but|which|that|from|by)\b)[\w‹›'’()-]+){{0,6}}\s+(?:to"
    rf"|for)\s+{_THE_COUNCIL}\b(?! to | will )",
    re.I,
)
_MINISTRY_GIVES = re.compile(
    rf"‹F\d+›(?:\s+{_AUX})*\s+(?:agrees? to |agreed to |committed to |undertakes to )?(?:pay|paid"
    rf"|provide|provided|give|gave|offers?|offered|contribute|award|awarded|granted)\s+{LIGHT}$",
    re.I,
)


def shared(before: str, after: str) -> bool:
    return bool(_SHARE_BEFORE.search(before) or _SHARE_AFTER.match(after))


def whole(segment: str, before: str, after: str) -> bool:
    """Whether a shared sum is shared by the councils named, and nobody else: then it is theirs together."""
    subject = re.search(rf"‹G\d+›(?:\s*,(?:[^‹,]|‹P){{3,80}},|\s*\([^)]*\))?(?:\s+{_AUX})*\s+(?:share|split|divide)\s+$", before)
    object_ = re.match(_SHARE_AFTER.pattern + r"\s+(?:the )?‹G\d+›\s*(?:[.,]|$| in\b| for\b| to\b)", after, re.I)
    return bool(subject or object_) and not re.search(
        rf"\b{_NUMBER_WORD}\s+(?:\w+\s+)?(?:projects?|areas?|councils"
        rf"|authorities|partners)\b",
        segment,
    )


def is_subject(before: str) -> bool:
    """Whether a council after these words can be who the sentence is about: no preposition but that of a body ("councils in …")."""
    return not _PREPOSITION.search(before) or bool(_BODY_OF.search(before))


def is_shared(before: str, after: str) -> bool:
    """Whether an amount between these words is one that several share."""
    return shared(before, after) or bool(GROUP_AFTER.match(after))


def recipients(segment: str, before: str, after: str, sign: str, marked: Marked, around: Around) -> Group | None:
    """The council or councils that this amount is for, by the first rule that fits; None for nobody named."""
    if _TOTAL_BEFORE.search(before):
        return None
    gives = around.giving or bool(GIVING_WORD.search(segment))
    if whole(segment, before, after):
        numbers = re.findall(r"‹G(\d+)›", before + after)
        return marked.groups[int(numbers[-1] if _SHARE_AFTER.match(after) else numbers[0])] if numbers else None
    if subject := _subject_of_receiving(before, marked, around):
        return subject
    if not gives:
        return None
    if _TO_THE_COUNCIL.search(before) or _FOR_THE_COUNCIL.match(after):
        return group_of(around.subject or around.spoken_of)
    if number := _object(segment, before, after):
        return marked.groups[number - 1]
    if FOR_MANY.match(after) or _EVERYWHERE.match(after) or (FUND_AFTER.match(after) and _FUND_BEFORE.search(before)):
        return None
    if number := _beside(segment, before, after, sign):
        return marked.groups[number - 1]
    if "‹G" not in segment and _MINISTRY_GIVES.search(before):
        return group_of(around.subject)
    return _implied(before, after, around)


def _object(segment: str, before: str, after: str) -> int:
    """ "‹F0› awarded ‹G0› … ‹M0›": the council between the verb and the amount; its number from 1, or 0."""
    if found := re.search(r"‹G(\d+)›['’]?s?((?:\s+(?!(?:and|but|which|that|to)\b|‹[GM])[\w‹›'’(),-]+){0,8})\s*$", before):
        verb = before[: found.start()]
        gap = re.search(
            rf"{ACTIVE.pattern}(?:\s+(?:the|both|councils?|local|authorit(?:y|ies)|in|of|also|further|an?"
            rf"|additional|extra))*\s*$",
            verb,
            re.I,
        )
        if gap and not COUNCIL_GIVES.search(verb) and not re.search(r"\b(?:to|for|with)\s*$", verb):
            return int(found[1]) + 1
    return 0


def _beside(segment: str, before: str, after: str, sign: str) -> int:
    """The council that stands after the amount ("‹M0› for ‹G0›", "‹M0› (‹G0›)") or before it ("‹G0› – ‹M0›"); its number from 1, or 0."""
    noise = r"(?:(?!\s(?:to|for|from|by|which|that|and|but|with|than)\b)\s[\w‹›'’&()/-]+){0,8}"
    body = (
        r"(?:both |the |local authorit(?:y|ies) (?:in|of) |councils? (?:in|of) |children in |families in |services in "
        r"|schools in |projects? in |teams? in |use in |areas? of )*"
    )
    given_to = (
        rf"(?:(?:was|were|is|are|has been|have been|will be|is being|being|to be) (?:\w+ly )?(?:{_GIVEN}|earmarked"
        rf"|set aside|made|going|invested|spent) |(?:goes|go|went|will go|has gone|is going) )?(?:to|for|in|at"
        rf"|towards .{{0,40}}?(?:for|in))"
    )
    for pattern in (
        rf"^{noise}\s{given_to}\s+{body}‹G(\d+)›(?!['’]s (?:bid|deficit|schools))",
        r"^\s*[(–—-]+\s*(?:to "
        r"|for )?(?:the )?‹G(\d+)›",
    ):
        if found := re.match(pattern, after, re.I):
            return int(found[1]) + 1
    tight = rf"‹G(\d+)›(?:['’]s?)?\s*[:–—,(\t-]?\s*{LIGHT}$"
    nominal = (
        rf"\b(?:{_NOUN})\b(?: [\w‹›'’-]+){{0,5}}? (?:for|to) (?:the )?‹G(\d+)›(?: [\w‹›'’(),-]+){{0,8}}? (?:is|was"
        rf"|will be|of|:|totals|came to|at)\s*{LIGHT}$"
    )
    owned = (
        rf"‹G(\d+)›['’]s?(?: [\w‹›'’(),-]+){{0,6}}? (?:{_NOUN})?(?: [\w‹›'’(),-]+){{0,5}}?\s*(?:is|was|will be|of|:"
        rf"|to)?\s*{LIGHT}$"
    )
    beside = rf"‹G(\d+)›\s*(?:,[^,‹;]{{3,60}},|\([^)‹]{{2,60}}\))\s*[:–—-]?\s*{LIGHT}$"
    for pattern in (tight, nominal, owned, beside):
        found = re.search(pattern, before, re.I)
        if found and not (
            pattern is tight and _PREPOSITION.search(before[: found.start()]) and not _BODY_OF.search(before[: found.start()])
        ):
            return int(found[1]) + 1
    return 0


def _subject_of_receiving(before: str, marked: Marked, around: Around) -> Group | None:
    """The council that receives, secures, is awarded … this amount: the verb's subject, before it or in the sentences before."""
    verbs = list(RECEIVE.finditer(before))
    if not verbs or "‹G" in before[verbs[-1].end() :]:
        return None
    verb = verbs[-1]
    head = before[: verb.start()]
    names = list(re.finditer(r"‹G(\d+)›", head))
    for name in reversed(names):
        gap, lead = head[name.end() :], head[: name.start()]
        if re.match(r"\s*,\s+(?:which|who)\b", gap) and _SUBJECT_GAP.match(gap):
            return marked.groups[int(name[1])]
        if _MEMBERS.search(lead) and gap.startswith(")") and _SUBJECT_GAP.match(gap[1:]):
            return marked.groups[int(name[1])]
        if _PREPOSITION.search(lead) and not _BODY_OF.search(lead):
            continue
        if ":" in gap and marked.groups[int(name[1])].councils == around.subject:
            return group_of(around.subject)
        if _SUBJECT_GAP.match(gap) or _APPOSITION.match(gap) or (_OWN_VERB_GAP.match(gap) and not re.search(r"‹G\d+›", gap)):
            return marked.groups[int(name[1])]
        break
    if _PRONOUN.search(head):
        return group_of(around.spoken_of or around.subject)
    blocked = names or _OTHER_SUBJECT.search(head) or re.search(r"‹F\d+›\s*$", head)
    return None if blocked else group_of(around.subject)


def _implied(before: str, after: str, around: Around) -> Group | None:
    """A grant in a council's own paper, or a ministry's contribution to what the clause before told of, names no council again."""
    noun = re.search(
        rf"\b{_NOUN}\b(?: [\w‹›'’()-]+){{0,6}}? (?:of|in the sum of|for|totalling|worth|is|was|will be|:)\s*{LIGHT}$",
        before,
        re.I,
    )
    noun = noun or re.search(r"\b(?:grants?|awards?|allocations?|payments?|funding)\s+$", before, re.I)
    noun = noun or re.match(
        rf"^\s+(?:of |in )?(?:(?:‹F\d+›|‹P\d+›|revenue|capital|ring-?fenced|additional|one-off|new|extra"
        rf"|further|the|from) )*{_NOUN}\b",
        after,
        re.I,
    )
    if not noun or "‹G" in before or "‹G" in after or _OTHER_SUBJECT.search(before):
        return None
    return group_of((around.in_sentence if "‹F" in before else ()) or around.subject)


def group_of(councils: Sequence[str]) -> Group | None:
    return Group(tuple((slug,) for slug in councils)) if councils else None

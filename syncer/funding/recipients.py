"""Which council an amount is for, read from the words on its two sides in a marked clause: the
rules, in the order of their strength.

"‹F0› awarded ‹G0› ‹M0›" · "‹G0› has secured ‹M0›" · "it has received ‹M0›" · "‹M0› for ‹G0›" ·
"‹G0› – ‹M0›" · "‹G0›'s ‹M0› grant" · in a council's own paper, "a grant of ‹M0›". A sum for a group
("‹M0› for 11 projects", "the ‹M0› fund") is nobody's own.
"""

from __future__ import annotations

import re

from syncer.funding.gift_words import (
    ACTIVE,
    AUX,
    BODY_OF,
    COUNCIL_GIVES,
    GIVEN,
    GIVING_WORD,
    GROUP_NOUN,
    LIGHT,
    NOUN,
    NUMBER_WORD,
    OTHER_SUBJECT,
    PREPOSITION,
    RECEIVE,
    Around,
    group_of,
)
from syncer.funding.marked import Group, Marked
from syncer.funding.unnamed import (
    BID_WON,
    FOR_THE_COUNCIL,
    FROM_MINISTRY,
    HAS,
    MINISTRY_GIVES,
    PRONOUN,
    TO_THE_COUNCIL,
    antecedent,
    implied,
    told_by_pronoun,
)

_MANY = (
    rf"(?:the |all |each of |each |up to |around |some |over |more than |a total of |a further |another |these |those |new "
    rf"|other |every |eligible |selected |successful |struggling )*"
    rf"(?:{NUMBER_WORD} (?:[\w-]+ ){{0,3}}?(?={GROUP_NOUN}|‹P)|{NUMBER_WORD}(?= of (?:the|these))|councils?"
    rf"|local authorit(?:y|ies)|LAs|authorities|local areas?|areas?|regions?|projects?|trusts|charities|schools|pathfinders"
    rf"|‹P\d+› (?:areas|authorities|councils)|England)\b"
)
_SHARE_BEFORE = re.compile(
    r"\b(?:share|slice|portion|proportion|part|chunk|some) of (?:an? |the |its |this |their "
    r"|(?:the )?‹F\d+›['’]s )?(?:[\w-]+ ){0,3}$|\b(?:split|splits|splitting|shar(?:e|es|ed|ing)|divid(?:e|es|ed))\s+(?:an? "
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
    r"|part of) (?:an? |the |its |‹F\d+›['’]s )?(?:[\w-]+ ){0,3}$|(?<!on top )\bof the(?: \w+)? $",
    re.I,
)
_OF_US = re.compile(rf"^[^‹;.]{{0,30}}\b(?:to|for|between|among) the {NUMBER_WORD} of us\b", re.I)
_FROM_THE = re.compile(
    r"\b(?:from|out of|through|under|within|in|of|via) (?:an? |the |its |this |their |‹F\d+›['’]s )"
    r"(?!sum|amount|region of)(?:[\w-]+ ){0,2}$",
    re.I,
)
_POT_AFTER = re.compile(
    r"^ (?:[\w‹›-]+ ){0,3}?(?:pot|fund|programme|scheme|package|initiative|pilots?"
    r"|‹P\d+›(?! (?:grant|funding|award|money|cash|investment|contract|agreement|deal|allocation)\b))(?! (?:grant|funding|award)\b)",
    re.I,
)
FOR_MANY = re.compile(
    rf"^(?:(?! (?:to|for|between|among|across|by|which|that)\b)[ ][\w‹›'’()-]+){{0,6}} (?:to|for|between"
    rf"|among(?:st)?|across|by|with|(?:to|will) (?:help|support|benefit))\s+{_MANY}(?! in ‹G)",
    re.I,
)
GROUP_AFTER = re.compile(
    FOR_MANY.pattern.replace("|with|(?:to|will) (?:help|support|benefit)", ""), re.I
)
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
    r"^(?: [\w‹›'’-]+){0,6}? (?:overall|nationally|nationwide|across (?:the country|England)|in total,)",
    re.I,
)
_MEMBERS = re.compile(
    r"(?:\b(?:partnership|consortium|alliance|agency|tri-borough|group|partners|cluster|region)"
    r"|‹P\d+›)\s*\($",
    re.I,
)
_SUBJECT_GAP = re.compile(
    rf"^(?:\s+and (?:its |the )?(?:{NUMBER_WORD} )?(?:other |neighbouring |partner )?(?:[\w'’-]+ ){{0,4}}?"
    rf"(?:councils|authorities|partners|neighbours|boroughs|LAs)(?= ))?['’]?"
    rf"(?:s (?:[\w'’-]+ ){{0,3}}?(?:children['’]s services|trust|company|service))?(?:\s*,?\s*(?:which|who|that|and)\b"
    rf"|\s*,?\s+{AUX}\b|\s+‹Y\d+›"
    rf"|\s+in\s+‹Y\d+›|\s+(?:city|council|alone)\b)*\s*,?\s*$",
    re.I,
)
_AND_THEN = re.compile(rf"^\s+[^‹;:,]{{3,80}}?,?\s+and\s+(?:{AUX}\s+)*$", re.I)
_APPOSITION = re.compile(
    rf"^\s*(?:,(?! and )(?:[^‹,]|‹[FPY]\d+›){{3,120}},|\([^)]{{1,120}}\)|[–—-](?:[^‹–—]"
    rf"|‹[FPY]\d+›){{3,120}}[–—-])(?:\s+{AUX})*\s*$",
    re.I,
)
_OWN_VERB_GAP = re.compile(
    rf"^(?:\s*,[^,]*,)?\s+(?:{AUX}|became|becomes|agreed|joined|launched|established|joins|hosts?|hosted|leads?|led|expects to"
    rf"|hopes)\b.{{0,160}}?(?:,\s*|\band\s+(?:{AUX}\s+)*|\bto\s+|\bafter\s+|\bby\s+|\b{AUX}\s+)?$",
    re.I,
)


def shared(before: str, after: str) -> bool:
    return bool(_SHARE_BEFORE.search(before) or _SHARE_AFTER.match(after))


def whole(segment: str, before: str, after: str) -> bool:
    """Whether a shared sum is shared by the councils named, and nobody else: then it is theirs
    together."""
    subject = re.search(
        rf"‹G\d+›(?:\s*,(?:[^‹,]|‹P){{3,80}},|\s*\([^)]*\))?(?:\s+{AUX})*\s+(?:share|split|divide)\s+$",
        before,
    )
    object_ = re.match(
        _SHARE_AFTER.pattern + r"\s+(?:the )?‹G\d+›\s*(?:[.,]|$| in\b| for\b| to\b)", after, re.I
    )
    return bool(subject or object_) and not re.search(
        rf"\b{NUMBER_WORD}\s+(?:\w+\s+)?(?:projects?|areas?|councils"
        rf"|authorities|partners)\b",
        segment,
    )


def is_shared(before: str, after: str) -> bool:
    """Whether an amount between these words is one that several share."""
    return shared(before, after) or bool(GROUP_AFTER.match(after))


def recipients(
    segment: str, before: str, after: str, sign: str, marked: Marked, around: Around
) -> Group | None:
    """The council or councils that this amount is for, by the first rule that fits; None for nobody
    named."""
    if (
        _TOTAL_BEFORE.search(before)
        or _OF_US.match(after)
        or (_FROM_THE.search(before) and _POT_AFTER.match(after))
    ):
        return None
    gives = around.giving or bool(
        GIVING_WORD.search(segment) or _MINISTRY_ACTS.search(segment) or RECEIVE.search(before)
    )
    if whole(segment, before, after):
        numbers = re.findall(r"‹G(\d+)›", before + after)
        return (
            marked.groups[int(numbers[-1] if _SHARE_AFTER.match(after) else numbers[0])]
            if numbers
            else None
        )
    if subject := _subject_of_receiving(before, after, marked, around) or told_by_pronoun(
        before, after, marked, around
    ):
        return subject
    if (found := _WON_BY.search(before)) and BID_WON.match(after):
        return marked.groups[int(found[1])]
    if (
        around.subject
        and _PROGRAMME_ITEM.match(before)
        and "‹G" not in segment
        and not (FOR_MANY.match(after) or _EVERYWHERE.match(after))
    ):
        return group_of(around.subject)
    if number := _headline(segment, before, after):
        return marked.groups[number - 1]
    if around.giving and around.in_sentence and "‹G" not in segment and _BY_YEAR.match(before):
        return group_of(around.in_sentence)
    if not gives:
        return None
    if TO_THE_COUNCIL.search(before) or FOR_THE_COUNCIL.match(after):
        return group_of(around.subject or around.spoken_of)
    if number := _object(segment, before, after):
        return marked.groups[number - 1]
    if (
        FOR_MANY.match(after)
        or _EVERYWHERE.match(after)
        or (FUND_AFTER.match(after) and _FUND_BEFORE.search(before))
    ):
        return None
    if number := _beside(before, after, around.giving):
        return marked.groups[number - 1]
    if "‹G" not in segment and MINISTRY_GIVES.search(before):
        return group_of(around.subject)
    return implied(before, after, marked, around)


def _headline(segment: str, before: str, after: str) -> int:
    """The council of a headline or a label, its number from 1, or 0: "‹M0› to transform fostering
    in ‹G0›, ‹F0› announces", "Success for ‹G0› in ‹F0› bid: ‹M0›", "payments to ‹G0› were: ‹M0›",
    "‹G0›: ‹M0› (‹F0›)"; and that of a second giver: "the NHS will pay ‹G0› ‹M0›, the ‹F0› ‹M1›"."""
    if not re.search(r"‹[FP]\d+›", segment) or FOR_MANY.match(after):
        return 0
    if not before.strip() and (found := _TO_DO_IN.match(after)):
        return int(found[1]) + 1
    for pattern in (_GOOD_NEWS, _PAYMENTS_TO, _SECOND_GIVER):
        if found := pattern.search(before):
            return int(found[1]) + 1
    if (found := _USES.search(before)) and _GRANT_OF_MINISTRY.match(after):
        return int(found[1]) + 1
    found = _WITH_TITLE.match(before) if _GIVER_IN_BRACKETS.match(after) else None
    return int(found[1]) + 1 if found else 0


def _object(segment: str, before: str, after: str) -> int:
    """ "‹F0› awarded ‹G0› … ‹M0›": the council between the verb and the amount; its number from 1,
    or 0."""
    if found := re.search(
        r"‹G(\d+)›['’]?s?((?:\s+(?!(?:and|but|which|that|to)\b|‹[GM])[\w‹›'’(),-]+){0,8})\s*$",
        before,
    ):
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


_NOISE = r"(?: from (?:\w+ )?(?:‹Y\d+›|\d{4}))?(?:(?!\s(?:to|for|from|by|which|that|and|but|with|than)\b)\s[\w‹›'’&()/-]+){0,8}"
_BODY = (
    r"(?:both |the |local authorit(?:y|ies) (?:in|of) |councils? (?:in|of) |children in |families in |services in "
    r"|schools in |projects? in |teams? in |use in |areas? of )*"
    r"(?:(?:the |its )?(?:set-?up|creation|establishment|launch|improvement)(?: costs?)? of (?:the )?"
    r"|(?:the )?(?:costs? of )?setting up (?:of )?(?:the )?)?"
    r"(?:(?:[\w‹›'’-]+ ){1,4}(?:hubs?|teams?|services?|homes?|schemes|pilots|constellations|centres) (?:in|for|across) )?"
)
_GIVEN_TO = (
    rf"(?:(?:was|were|is|are|has been|have been|will be|is being|being|to be) (?:\w+ly )?(?:{GIVEN}|earmarked"
    rf"|set aside|made|going|invested|spent) |(?:goes|go|went|will go|has gone|is going) )?(?:to|for|in|at"
    rf"|towards(?= the (?:set-?up|costs?|creation|establishment))|towards .{{0,40}}?(?:for|in))"
)
_COUNCIL_AFTER = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"^{_NOISE}\s(?:{_GIVEN_TO}|into)\s+{_BODY}‹G(\d+)›(?!['’]s (?:bid|deficit|schools))",
        r"^\s*[(–—-]+\s*(?:to |for )?(?:the )?‹G(\d+)›",
        r"^(?: ‹Y\d+›)? (?:so that|to enable|to allow|to let|enabling|allowing) (?:the )?‹G(\d+)›",
        r"^\s*,\s+(?:is|was|goes|went|will go) (?:for|to) (?:the )?‹G(\d+)›",
    )
)
_MINISTRY_ACTS = re.compile(
    rf"‹G\d+›:\s*‹M\d+› each\b|‹G\d+›,? from (?:the )?‹F\d+›|‹M\d+› from (?:the )?‹F\d+›|‹F\d+›(?:['’]s)? (?:support|help"
    rf"|backing) (?:for|to|in)\b"
    rf"|‹F\d+›(?:\s+{AUX})*\s+(?:confirm(?:s|ed)|approv(?:es|ed)|agree[sd]?|found|put in|meet|cover|set aside|earmarked|added"
    rf"|chipped in|injected"
    rf"|invested|investing|made available)\b|\b(?:windfall|injection"
    r"|plough(?:s|ed|ing)?|pump(?:s|ed|ing)?|(?:writing|pleased|delighted) to confirm)\b",
    re.I,
)
_WON_BY = re.compile(r"‹G(\d+)›['’]s?\s+$")
_PROGRAMME_ITEM = re.compile(
    rf"^(?:(?:‹F\d+›(?:['’]s)?|‹P\d+›)\s+)*‹P\d+›(?: grant| funding| allocation)?:\s*{LIGHT}$", re.I
)
_LED_BY = re.compile(
    rf"\b(?:run|led|hosted|headed|managed) by (?:the )?‹G(\d+)›(?:\s+(?:for|with|on behalf of)\b"
    rf"[^‹;.]{{0,20}}‹G\d+›)?\)?,?\s*(?:{AUX}\s+)*$",
    re.I,
)
_TO_DO_IN = re.compile(
    r"^ (?:‹[FP]\d+› )?(?:to|for) (?:(?-i:[a-z][a-z'’-]+) ){1,6}(?:in|across|at) (?:the )?‹G(\d+)›(?!['’])",
    re.I,
)
_GOOD_NEWS = re.compile(
    rf"\b(?:success|joy|windfall|boost|good news|triumph|win) for ‹G(\d+)›[^‹;.]{{0,30}}"
    rf"(?:‹[FP]\d+›[^‹;.]{{0,30}})*[:–—]\s*{LIGHT}$",
    re.I,
)
_PAYMENTS_TO = re.compile(
    rf"\b(?:payments?|grants?|funding|awards?|money) (?:made |paid |given |awarded )?(?:to|for) (?:the )?‹G(\d+)›[^:;‹]{{0,60}}"
    rf"(?:‹[FP]\d+›[^:;‹]{{0,60}})*:\s*(?:(?:in |for )?(?:‹Y\d+›|\d{{4}})[:,–-]?\s*)?{LIGHT}$",
    re.I,
)
_SECOND_GIVER = re.compile(
    rf"{ACTIVE.pattern}\s+(?:the )?‹G(\d+)›\s+{LIGHT}‹M\d+›,?(?: and| with)?\s+(?:the )?‹F\d+›\s+{LIGHT}$",
    re.I,
)
_USES = re.compile(
    rf"‹G(\d+)›(?:['’]s? \w+)?(?:\s+{AUX})*\s+(?:use[sd]?|using|putting)\s+(?:an? |the |its )?{LIGHT}$",
    re.I,
)
_GRANT_OF_MINISTRY = re.compile(
    rf"^ (?:of |in )?(?:‹F\d+› (?:{NOUN}|money|cash)|(?:{NOUN}|money|cash)? ?from (?:the )?‹F\d+›)",
    re.I,
)
_BY_YEAR = re.compile(rf"^(?:and )?(?:in |for )?(?:‹Y\d+›|\d{{4}})[:,–-]?\s*{LIGHT}$", re.I)
_WITH_TITLE = re.compile(
    rf"^(?:the )?‹G(\d+)›(?:['’]s?)?(?: [\w'’-]+){{0,5}}\s*[:–—,-]\s*{LIGHT}$", re.I
)
_GIVER_IN_BRACKETS = re.compile(r"^,? \((?:from )?(?:the )?‹F\d+›\)", re.I)
_EACH_ONE = re.compile(
    rf"^(?:each|every one|all)(?: of (?:them|these|the (?:{NUMBER_WORD}|areas|councils|authorities|boroughs|pilots)))?"
    rf"(?: (?:area|council|authority|one|pilot|site|pathfinder))?\s+(?:{AUX}\s+)*$",
    re.I,
)
_TIGHT = re.compile(rf"‹G(\d+)›(?:['’]s?)?\s*[:–—,(\t-]?\s*{LIGHT}$", re.I)
_WENT_TO = re.compile(
    r"\b(?:goes|go|went|gone|going|paid|made|given|awarded) (?:out )?to (?:the )?$", re.I
)
_COUNCIL_BEFORE = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"‹F\d+›(?:['’]s)? (?:\w+ )?(?:support|help|backing|investment) (?:for|to|in) (?:the )?‹G(\d+)›[^‹;.]{{0,60}}?\b(?:is"
        rf"|was|of|totals"
        rf"|totalled|amounts to|amounted to)\s+{LIGHT}$",
        rf"\b(?:{NOUN})\b(?: [\w‹›'’-]+){{0,5}}? (?:for|to) (?:the )?‹G(\d+)›(?: [\w‹›'’(),-]+){{0,8}}? (?:is|was"
        rf"|will be|of|:|totals|came to|at)\s*{LIGHT}$",
        rf"‹G(\d+)›['’]s?(?: [\w‹›'’(),-]+){{0,6}}? (?:{NOUN})?(?: [\w‹›'’(),-]+){{0,5}}?\s*(?:is|was|will be|of|:"
        rf"|to)?\s*{LIGHT}$",
        rf"‹G(\d+)›['’]s [^‹;.:]{{3,50}}:\s*{LIGHT}$",
        rf"‹G(\d+)› (?:heads|tops|leads) the (?:list|table) (?:with|at|on) {LIGHT}$",
        rf"‹G(\d+)›\s*(?:,[^,‹;]{{3,60}},|\((?:[^)‹]|‹[FPY]){{2,60}}\))\s*[:–—-]?\s*{LIGHT}$",
    )
)
_LISTED = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"\b(?:(?:led|hosted) by|(?:lead|host)(?: authority| council)?:?) (?:the )?‹G(\d+)›[^‹;.]{{0,40}}[):–—,-]\s*{LIGHT}$",
        rf"\(‹G(\d+)›\)\s*[:–—,-]?\s*{LIGHT}$",
        rf"‹G(\d+)›\s*,[^‹;.]{{3,70}}\(\s*{LIGHT}$",
        rf"‹G(\d+)›(?:['’]s?)?\s+[–—:-]?\s*[^‹;.]{{3,70}}[,:–—(-]\s*{LIGHT}$",
    )
)
_HEADING = re.compile(r"^ (?:to|for) (?:[\w'’-]+ ){0,6}?(?:in )?‹G(\d+)›[^‹.]{0,60}:?$", re.I)


def _beside(before: str, after: str, listed: bool) -> int:
    """The council that stands after the amount ("‹M0› for ‹G0›", "‹M0› (‹G0›)") or before it ("‹G0›
    – ‹M0›"); its number from 1, or 0."""
    for pattern in (*_COUNCIL_AFTER, *([_HEADING] if listed and not before.strip() else [])):
        if found := pattern.match(after):
            return int(found[1]) + 1
    if found := _TIGHT.search(before):
        lead = before[: found.start()]
        of_many = before.endswith("(") and re.search(
            r"\b(?:ones|deals?|agreements?|grants?|awards?) (?:with|to|for|in) (?:the )?$", lead
        )
        if of_many or not PREPOSITION.search(lead) or BODY_OF.search(lead) or _WENT_TO.search(lead):
            return int(found[1]) + 1
    for pattern in (*_COUNCIL_BEFORE, *(_LISTED if listed else ())):
        if found := pattern.search(before):
            return int(found[1]) + 1
    return 0


def _subject_of_receiving(before: str, after: str, marked: Marked, around: Around) -> Group | None:
    """The council that receives, secures, is awarded … this amount: the verb's subject, before it
    or in the sentences before."""
    verbs = list(RECEIVE.finditer(before)) or [
        found for found in [HAS.search(before)] if found and FROM_MINISTRY.match(after)
    ]
    if not verbs or "‹G" in before[verbs[-1].end() :]:
        return None
    verb = verbs[-1]
    head = before[: verb.start()]
    if led := _LED_BY.search(head):
        return marked.groups[int(led[1])]
    if around.several and around.spoken_of == around.several and _EACH_ONE.match(head):
        return Group(tuple((slug,) for slug in around.several))
    names = list(re.finditer(r"‹G(\d+)›", head))
    for name in reversed(names):
        gap, lead = head[name.end() :], head[: name.start()]
        if re.match(r"\s*,\s+(?:which|who)\b", gap) and _SUBJECT_GAP.match(gap):
            return marked.groups[int(name[1])]
        if _MEMBERS.search(lead) and gap.startswith(")") and _SUBJECT_GAP.match(gap[1:]):
            return marked.groups[int(name[1])]
        if PREPOSITION.search(lead) and not BODY_OF.search(lead):
            continue
        if ":" in gap and marked.groups[int(name[1])].councils == around.subject:
            return group_of(around.subject)
        if (
            _SUBJECT_GAP.match(gap)
            or _AND_THEN.match(gap)
            or _APPOSITION.match(gap)
            or (_OWN_VERB_GAP.match(gap) and not re.search(r"‹G\d+›", gap))
        ):
            return marked.groups[int(name[1])]
        break
    if PRONOUN.search(head):
        return antecedent(head, marked, around)
    others = [
        name for name in names if set(marked.groups[int(name[1])].councils) - set(around.subject)
    ]
    blocked = others or OTHER_SUBJECT.search(head) or re.search(r"‹F\d+›\s*$", head)
    return None if blocked else group_of(around.subject)

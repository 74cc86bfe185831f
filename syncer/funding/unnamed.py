"""Which council an amount is for where its clause does not name it: "it has received ‹M0›", "the
department will give the council ‹M0›", in a council's own paper "a grant of ‹M0›".
"""

from __future__ import annotations

import re

from syncer.funding.gift_words import (
    ACTIVE,
    AUX,
    LIGHT,
    NOUN,
    OTHER_SUBJECT,
    Around,
    group_of,
    is_subject,
)
from syncer.funding.marked import Group, Marked

PRONOUN = re.compile(
    rf"\b(?:it|they|we|(?:the|our|its) (?:\w+ )?(?:council|councils|authority|authorities|borough|boroughs|county|city"
    rf"|trust|department|pair|trio)"
    rf"(?:['’]s? (?:children['’]?s['’]? (?:services|social care)|trust|cabinet|department|leaders?|bid|application))?)"
    rf"(?:\s+{AUX})*\s*$",
    re.I,
)
_THE_COUNCIL = r"(?:(?:the|this|our) (?:\w+ )?(?:council|local authority|authority|borough|county council|city council|LA)|it|us)"
TO_THE_COUNCIL = re.compile(
    rf"(?:{ACTIVE.pattern}|\bpay)\s+(?:to )?{_THE_COUNCIL}\s+(?:with\s+)?{LIGHT}$", re.I
)
FOR_THE_COUNCIL = re.compile(
    rf"^(?:\s(?!(?:to|for|and|but|which|that|from|by)\b)[\w‹›'’()-]+){{0,6}}\s+(?:to"
    rf"|for)\s+{_THE_COUNCIL}\b(?! to | will )|^ (?:\w+ )?in the (?:city|county|borough|authority)\b(?!['’])",
    re.I,
)
MINISTRY_GIVES = re.compile(
    rf"‹F\d+›(?:\s+{AUX})*\s+(?:agrees? to |agreed to |committed to |undertakes to )?(?:pay|paid|paying"
    rf"|providing|giving|investing|contributing"
    rf"|provide|provided|give|gave|offers?|offered|contributed?|award|awarded|granted|added|chipped in"
    rf"|put in|meet|cover|injected|found|made available|invested|investing|announced|approved|agreed)\s+{LIGHT}$",
    re.I,
)


HAS = re.compile(r"\b(?:has|have|had|welcom(?:es|ed))\s+$", re.I)
FROM_MINISTRY = re.compile(
    r"^ (?:of |in |from )(?:the )?‹[FP]\d+›|^ ‹F\d+› (?:boost|grant|cash|funding|award|windfall"
    r"|injection)\b",
    re.I,
)
_ITS = r"(?:its|our|their|the (?:council|authority|local authority|borough|city|county)['’]s)"
_ITS_GRANT = re.compile(
    rf"\b{_ITS}\s+(?=[^;]{{0,80}}(?:‹P\d+›|\b{NOUN}))(?:[\w‹›'’(),/-]+ ){{0,9}}?(?:is|was|will be|would be|of|totals|totalled"
    rf"|came to|amounts to|amounted to|stands at"
    rf"|comes to|at)\s+{LIGHT}$",
    re.I,
)
_ITS_BID = re.compile(rf"\b{_ITS}\s+$", re.I)
BID_WON = re.compile(
    r"^ (?:\w+ )?(?:bid|application|proposal)(?: \w+)? (?:was|has been|is|were|had been) (?:\w+ly |now )?(?:approved|accepted|success\w*"
    r"|granted|given)\b",
    re.I,
)
_ITS_BID_FOR = re.compile(rf"\b{_ITS}\s+(?:\w+ ){{0,2}}(?:bid|application)\b[^;.‹]{{0,30}}$", re.I)
_APPROVED = re.compile(r"^[^;.‹]{0,60}(?<!not )\b(?:approved|successful|accepted|granted)\b", re.I)
_THE_TWO = re.compile(
    rf"{ACTIVE.pattern}\s+(?:to )?(?:(?:both|the (?:two|three|four|five)) (?:councils|boroughs|authorities|counties|cities|areas)"
    rf"|the pair"
    rf"|the trio|them)\s+{LIGHT}$",
    re.I,
)
_THANKS_TO = re.compile(
    rf"\b(?:thanks to|paid for (?:by|with)|funded (?:by|with|through)|using|with|from|through)\s+{LIGHT}$",
    re.I,
)
_AMOUNT_LABEL = re.compile(
    r"^\s*(?:(?:grant|award|total|funding|amount) ){0,2}(?:amount|value|award|grant|awarded)(?: of grant"
    r"| awarded)?:\s*$",
    re.I,
)
_BRINGING = re.compile(
    rf"\b(?:bringing|netting|giving (?:it|them|the council))(?: in| it)?\s+{LIGHT}$", re.I
)
_MET_FROM = re.compile(
    r"\b(?:met|paid for|funded|financed|covered) (?:from|by|with|through|out of) (?:an? |the |its )?(?:‹[FP]\d+› )+(?:grant|award"
    r"|funding) of\s+$",
    re.I,
)
_DEAL = re.compile(
    r"^ (?:‹[FP]\d+› )*(?:deal|agreement|bailout)\b|^ (?:‹[FP]\d+›(?:['’]s)? )+(?:money|funding|grant|award|allocation)\b",
    re.I,
)
_IT_GOT = re.compile(
    rf"^,?(?: which| that)? (?:‹G(\d+)›|it|we|they|the (?:council|authority|borough|city|county))(?:\s+{AUX})* (?:received|got"
    rf"|secured|won"
    r"|awarded|given|allocated|granted)\b",
    re.I,
)
_MET = re.compile(
    r"^(?: (?!(?:to|and|but|which)\b)[\w‹›'’-]+){0,5}? (?:met|covered|paid|funded|provided|contributed) by (?:the )?‹F\d+›",
    re.I,
)
_SAFE = re.compile(
    r"^ (?:(?:of|from|in|under) [^.;]{0,60}?\b)?(?:has|have|had|was|were|is|will) (?:now |also |already |to )?(?:be "
    r"|been )?(?:confirmed|awarded"
    r"|secured|received|granted|approved|agreed)\b",
    re.I,
)
_PAID_SINCE = re.compile(
    r"^(?:an? |another |further |additional |extra |only |by \w+ |so far,? |some |of this,? )*$",
    re.I,
)
_WAS_PAID = re.compile(
    r"^ (?:has|had|have|was|were) (?:since |now |already |so far |then )*(?:been )?(?:paid|provided|received|awarded|given|allocated)"
    r"(?: (?:out|over|up front))?(?: from (?:the )?‹F\d+›)?"
    r"(?=[.,;]|$| ‹Y| (?:in|on|by|since|for|so far|to date|last|this|that)\b(?! ‹[GF]))",
    re.I,
)
_INSTALMENT = re.compile(
    rf"^(?:the |an? )?(?:(?:first|second|third|latest|initial|final|last|next) )?(?:payment|instal+ment|tranche)s?,? (?:of )?{LIGHT}$",
    re.I,
)
_PAID_TO_DATE = re.compile(
    rf"^(?:payments?|paid|received) (?:made |received )?(?:to date|so far)[^‹:]{{0,20}}:\s*{LIGHT}$",
    re.I,
)
_ANSWER = re.compile(rf"^(?:answer|reply|response|A)\b[^‹:]{{0,60}}:\s*{LIGHT}$", re.I)
_TO_THE_TUNE = re.compile(r"‹F\d+›[^‹;.]{3,60} to the tune of\s+$", re.I)
_SHARE_OF_COST = re.compile(
    r"^ (?:of|towards) (?:the|its|their|these|those) (?:\w+ )?(?:costs?|bill)\b", re.I
)
_TO_BRING = re.compile(
    rf"(?:\b(?:deal|agreement|grant|award|funding)|‹P\d+›)[^‹;.]{{0,40}}\b(?:was|is|were|will|would)(?: to)? bring(?: in)?\s+{LIGHT}$",
    re.I,
)
_NOW_RAISED = re.compile(
    r"^(?:the |this |that |its )?(?:(?:amount|awards?|grants?|allocation|funding|sum)|‹P\d+›)[^‹;]{0,40}"
    r"\b(?:rose|risen|increased|raised|topped up|gone up|went up)\s(?:from ‹M\d+› )?to (?:an? |up to )*$",
    re.I,
)
_RAISED = re.compile(
    r"‹G(\d+)›['’]s? (?:[\w‹›-]+ ){0,4}?(?:awards?|grants?|allocation|funding|payments?|share)\b[^;.]{0,60}"
    r"\b(?:rose|rises?|increased|raised|grew|went up|goes up|gone up)\s(?:from ‹M\d+›(?: in ‹?[Y\d]+›?)? )?to (?:an? |up to )*$",
    re.I,
)
_BRINGS = re.compile(
    rf"‹P\d+›(?: \w+){{0,3}}? (?:brings|provides|gives|adds|delivers|is worth)(?: in| it| us)?\s+{LIGHT}$",
    re.I,
)


def antecedent(before: str, marked: Marked, around: Around) -> Group | None:
    """The council that "it" or "the council" stands for: the subject of this clause, of the one
    before, or of the sentence before."""
    for name in re.finditer(r"‹G(\d+)›", before):
        if is_subject(before[: name.start()]):
            return marked.groups[int(name[1])]
    return group_of(around.in_sentence or around.spoken_of or around.subject)


def told_by_pronoun(before: str, after: str, marked: Marked, around: Around) -> Group | None:
    """ "the ‹M0› we received", "its ‹P0› would be ‹M0›", "its ‹M0› application was approved", "‹M0›
    of set-up costs met by ‹F0›"."""
    if found := _IT_GOT.match(after):
        return marked.groups[int(found[1])] if found[1] else antecedent(before, marked, around)
    if found := _RAISED.search(before):
        return marked.groups[int(found[1])]
    if "‹G" not in before + after and (group := _goes_on(before, after, around)):
        return group
    if (
        around.in_sentence
        and "‹G" not in before + after
        and (_SAFE.match(after) or _BRINGS.search(before))
    ):
        return group_of(around.in_sentence)
    if _MET_FROM.search(before) or (_BRINGING.search(before) and "‹G" in before):
        return antecedent(before, marked, around)
    if _THE_TWO.search(before) and around.several:
        return Group((around.several,))
    if (
        _THANKS_TO.search(before)
        and FROM_MINISTRY.match(after)
        and ("‹G" in before or around.in_sentence or around.subject)
    ):
        return antecedent(before, marked, around)
    if _ITS_BID.search(before) and _DEAL.match(after):
        return antecedent(before, marked, around)
    if _AMOUNT_LABEL.match(before):
        return group_of(around.subject)
    won = (_ITS_BID.search(before) and BID_WON.match(after)) or (
        _ITS_BID_FOR.search(before) and _APPROVED.match(after)
    )
    if (
        won
        or _ITS_GRANT.search(before)
        or (_MET.match(after) and "‹G" not in after.partition("‹F")[0])
    ):
        return antecedent(before, marked, around)
    return None


def _goes_on(before: str, after: str, around: Around) -> Group | None:
    """What is told without a name of the council just given something, or whose paper this is: "a
    further ‹M0› was paid in 2021", "the first payment, ‹M0›, was received", "payments to date:
    ‹M0›", and the answer to a question about one council."""
    council = group_of(around.just_given or around.subject)
    if around.asked and _ANSWER.match(before):
        return group_of(around.asked)
    if _PAID_SINCE.match(before) and _WAS_PAID.match(after):
        return council
    if _PAID_TO_DATE.match(before) or _TO_BRING.search(before) or _NOW_RAISED.match(before):
        return council
    if _INSTALMENT.match(before) and re.match(
        r"^,? (?:was|were|has been|had been) (?:made|received|paid)\b", after
    ):
        return council
    if _TO_THE_TUNE.search(before) or (
        MINISTRY_GIVES.search(before) and _SHARE_OF_COST.match(after)
    ):
        return group_of(around.spoken_of or around.subject)
    return None


def implied(before: str, after: str, marked: Marked, around: Around) -> Group | None:
    """A grant in a council's own paper, or a ministry's contribution to what the clause before told
    of, names no council again."""
    noun = re.search(
        rf"\b{NOUN}\b(?: [\w‹›'’()-]+){{0,6}}? (?:of|in the sum of|for|totalling|worth|is|was|will be|:)\s*{LIGHT}$",
        before,
        re.I,
    )
    noun = noun or re.search(
        r"\b(?:grants?|awards?|allocations?|payments?|funding)\s+$", before, re.I
    )
    noun = noun or re.match(
        rf"^\s+(?:of |in )?(?:(?:‹F\d+›|‹P\d+›|revenue|capital|ring-?fenced|additional|one-off|new|extra"
        rf"|further|the|from) )*{NOUN}\b",
        after,
        re.I,
    )
    others = [
        slug
        for number in re.findall(r"‹G(\d+)›", before + after)
        for slug in marked.groups[int(number)].councils
    ]
    if not noun or set(others) - set(around.subject) or OTHER_SUBJECT.search(before):
        return None
    return group_of((around.in_sentence if "‹F" in before else ()) or around.subject)

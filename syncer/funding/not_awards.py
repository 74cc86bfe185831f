"""The language of money that is not given to a council: deficits, savings, cuts, budgets, prices,
bids, other funders, the council's own money. Each rule looks at what governs the amount, not at the
whole text: "£5m to reduce costs" is given, "reduce costs by £5m" is not.

Amounts, councils and periods have been replaced by marks (marked.py), so that no digit or name can
be taken for a word.
"""

from __future__ import annotations

import re

GIVING = (
    r"award(?:s|ed|ing)?|given?|gives|giving|gave|grant(?:s|ed|ing)?|allocat(?:e[sd]?|ing|ions?)|pa(?:y|ys|id|ying)|payments?"
    r"|hand(?:s|ed|ing|outs?)?|provid(?:e[sd]?|ing)|invest(?:s|ed|ing|ment)?|commit(?:s|ted|ting)|promis(?:e[sd]?|ing)"
    r"|pledg(?:e[sd]?|ing)"
    r"|fund(?:s|ed|ing)|receiv(?:e[sd]?|ing)|receipt|get(?:s|ting)?|got|secur(?:e[sd]?|ing)|w(?:in(?:s|ning)?|on)|net(?:s|ted"
    r"|ting)"
    r"|obtain(?:s|ed|ing)?|attract(?:s|ed|ing)?|land(?:s|ed)|gain(?:s|ed|ing)?|accept(?:s|ed|ing|ance)?|benefit(?:s|ed|ing)?"
    r"|cash|money"
    r"|contribut(?:es?|ed|ing|ions?)|boost(?:s|ed)?|share|offer(?:s|ed)|earmark(?:s|ed)|distribut\w+|announc\w+|successes"
    r"|settlement|instal+ments?"
)
_GIVING_WORD = re.compile(rf"\b(?:{GIVING})\b", re.I)
_WORDS_BETWEEN = (
    r"(?:[\s,:–—()-]+(?:(?!\b(?:and|but|while|after|as|which)\b)[\w'’‹›&/%.-]+)){0,6}[\s,:–—(-]*$"
)
_LOSS = (
    r"deficits?|shortfalls?|gaps?|overspen[dt]\w*|underspen[dt]\w*|savings?|save[sd]?|cuts?|cutting|reduc(?:e[sd]?|ing|tions?)"
    r"|pressures?"
    r"|debts?|loans?|borrow(?:s|ed|ing)|reserves?|costs?|costing|spend(?:s|ing)?|spent|budgets?|fees?|fines?|fined|bills?"
    r"|turnover|raise[sd]?|raising"
    r"|los(?:e|es|ing|t)|loss(?:es)?|withh(?:e|o)ld(?:s|ing)?|withdr(?:a|e)w\w*|claw\w*"
    r"|(?:took|takes?|taken|taking|hand(?:s|ed|ing)?) back|repa(?:y|id|ying)|returned|expenditure"
    r"|charg(?:e[sd]?|ing)"
    r"|need(?:s|ed)|requir(?:e[sd]?|ing|ements?)|peak(?:s|ed|ing)|f[ae]ll(?:s|en|ing)?|ris(?:e[sn]?|ing)|rose|gr(?:o|e)wn?"
    r"|grow(?:s|ing)|increas(?:e[sd]?|ing)"
    r"|doubl(?:e[sd]?|ing)|expect(?:s|ed) [\w ]*(?:pressures?|costs?)|fac(?:e[sd]?|ing)|forecast(?:s|ing)?|remaining|unpaid"
    r"|match[- ]fund(?:ed|ing)"
    r"|sale|sold|buy|bought|purchas\w+|contracts?|valued?|adding|adds|putting in|puts in|chip(?:s|ped|ping) in|owes?|owed"
    r"|bids?|bidding|appl(?:y|ies|ied|ying|ications?)"
    r"|request(?:s|ed|ing)?"
    r"|ask(?:s|ed|ing)?|call(?:s|ed|ing)? for|lobby\w*|seek(?:s|ing)?|sought|demand(?:s|ed|ing)?|compensation|damages"
    r"|totalling [\w ]*supplementary"
    r"|supplementary budgets?|income(?! (?:will be|is|was|of))"
)
_BEFORE = re.compile(rf"\b({_LOSS})\b{_WORDS_BETWEEN}", re.I)
_UNIT_PRICE = (
    r"^\s*/\s*\w+|^\s*(?:per|for each|for every|a|an|each) (?:child|head|pupil|week|month|night|hour|day|place|placement"
    r"|family|person|household|young person"
    r"|student|social worker|adopter|carer|bed|application|week)\b"
)
_LOST_AFTER = (
    r"^\s*(?:in |of |worth of |per year |a year |annual |annually |DSG |high needs |budget |funding |(?:financial|demand"
    r"|spending|cost|demographic) |‹Y\d+› |black )*"
    r"(?:deficits?|shortfalls?|gaps?|hole|overspen[dt]\w*|underspen[dt]\w*|savings?|cuts?|reductions?|pressures?|less|debts?"
    r"|loans?|budgets?|bills?|income|fees?"
    r"|salary|salaries|fines?|borrowing|reserves?|contracts?|bid|bids|application|shortage|losses|compensation|damages|refund"
    r"|profit|deal to (?:buy|sell))\b"
)
_WITHHELD_AFTER = (
    r"^(?:\s(?!and\b|‹M)[\w'’‹›]+){0,6}? (?:(?:was|were|is|are|has been|have been|being|been) )?"
    r"(?:withheld|clawed back|repaid|withdrawn|cut from|lost|unspent|not (?:been )?(?:paid|awarded|released))\b"
)
_OWN_AFTER = (
    r"^(?:\s[\w'’‹›]+){0,5}? from (?:its|their|the council['’]s|the authority['’]s|council)(?: \w+){0,2} (?:reserves?"
    r"|budgets?|general fund|resources|funds)\b"
)
_FROM_COUNCIL = r"^(?:\s[\w'’‹›]+){0,5}? from (?:the|its|their) (?:city |county |borough )?(?:council|local authority)\b"
_USED = r"^ of [^.;]{0,80}\b(?:has|have|had|was|were) (?:been |already |now |so far )*(?:used|spent|unspent)\b"
_PART_OF_IT = r"^\s*of (?:which|this|that|it|the (?:money|funding|total))\b|^\s*,\s*of (?:this|that|it|the (?:money|funding|total))\b"
_AFTER = re.compile(
    "|".join(
        (_UNIT_PRICE, _LOST_AFTER, _WITHHELD_AFTER, _OWN_AFTER, _FROM_COUNCIL, _PART_OF_IT, _USED)
    ),
    re.I,
)
_UNDONE = re.compile(
    r"\b(?:unsuccessful|rejected|turned down|refused|shortlist\w*|permission to|eligible|ineligible|miss(?:es|ed|ing)? out"
    r"|denied|in doubt"
    r"|(?:may|can|could|might|should|must|to) (?:now |also |then )?(?:apply|bid)|(?:may|can|could|might|should|must) (?:now "
    r"|also |then )?(?:receive|get|be (?:given|awarded|paid|allocated)|share|lose|claim|draw)"
    r"|hop(?:e[sd]?|ing) (?:to|for|that)|if (?:successful|approved|chosen|selected|awarded|it|they|the bid)|call(?:s|ed"
    r"|ing)? (?:on|for)|lobby\w*"
    r"|urg(?:e[sd]?|ing)"
    r"|would (?:apply|bid|need|cost|require|like|seek|mean)|invit(?:e[sd]?|ing) (?:to|bids|applications)|(?:was|were|has|have"
    r"|had|is|are|will|did|does|do) not (?:been |be )?"
    r"(?:success\w*|receiv\w+|giv\w+|award\w*|get|paid|pay|fund\w*|includ\w+|allocat\w*|confirm\w*)|(?:got|gets?"
    r"|receiv(?:e[sd]?|ing)|given|paid|awarded) (?:no|none|nothing)|no further|no longer|runs? out|averag\w+|no (?:funding"
    r"|money|grant) (?:was|has|is)"
    r"|without (?:any )?(?:funding|money)|promised but|not (?:yet )?(?:been )?confirmed|success not known|turned (?:it|this|that"
    r"|them) down|declined (?:it|the offer)|(?:Conservatives|Labour|Liberal Democrats|Lib Dems|Tories|Greens|Reform UK|opposition)"
    r"(?: \w+)? (?:promis|pledg|want|propos|call|would|plan)\w*|(?:must"
    r"|to) (?:now )?(?:return|repay|pay back|hand back)|(?:was|were"
    r"|is) (?:wrong|untrue|false|incorrect|mistaken)|warn(?:s|ed|ing)"
    r"|fail(?:s|ed) to (?:win|secure|get))\b",
    re.I,
)
_BIDDING = re.compile(
    r"\b(?:bids?|bidding|appl(?:y|ied|ies|ying)|applications?|expressions? of interest|tender(?:s|ed|ing)?)\b",
    re.I,
)
_SUCCESS = re.compile(
    r"\b(?:success\w*|w[io]n(?:ning)?|awarded|secured|approved|accepted|granted|following (?:an?|its|the"
    r"|their) \w*\s?(?:bid|application))\b",
    re.I,
)
_OTHER_FUNDER = re.compile(
    r"\b(?:lotter(?:y|ies)|NHS|ICBs?|integrated care board|clinical commissioning groups?|CCGs?|Home Office"
    r"|Ministry of (?:Justice|Defence)|MoJ"
    r"|DWP|Department (?:for|of) (?:Work and Pensions|Health|Transport|Environment|Culture|Digital|Energy|Business)[\w ]*|DHSC"
    r"|DCMS|DEFRA|Defra"
    r"|Youth Justice Board|Youth Endowment Fund|Sport England|Arts Council|Heritage Fund|European (?:Union|Social Fund"
    r"|Commission)|ESF|EU|Innovate UK"
    r"|Nesta|combined authority|Mayor of London|Mayor['’]s (?:fund|office)|GLA|Police and Crime Commissioner|PCC|Wellcome"
    r"|Comic Relief|Children in Need"
    r"|[A-Z]\w+ (?:Foundation|Charitable Trust)|Section 106|developer contributions?|crowdfund\w*|donations?|donated"
    r"|sponsor(?:s|ed|ship))\b"
)
_SCHOOL_MONEY = re.compile(
    r"\b(?:revenue support grant|pupil premium|(?:DSG|dedicated schools grant) allocation|(?:high needs|schools|early years)"
    r" block|core schools|schools budget)\b",
    re.I,
)
_OWN_MONEY = re.compile(
    r"\b(?:(?:council|authority|its|their)(?:['’]s)? (?:own )?(?:\w+ )?contribution|own contribution|general fund"
    r"|(?:financial )?(?:resilience )?reserves?|council tax|capital receipts|own (?:money|funds|resources"
    r"|budget)|base budget|precept"
    r"|medium[- ]term financial|invest[- ]to[- ]save|transformation reserve|contingenc(?:y|ies)|borrowing|(?:council|cabinet"
    r"|councillors|committee|leaders) (?:has |have )?"
    r"(?:agreed|approved|voted|decided|plans?|pledged|set aside|invested|is investing|will invest)(?: to)?(?: (?:spend|invest"
    r"|set aside|put|fund))?)\b",
    re.I,
)


_OWNED = re.compile(r"(?:‹G\d+›['’]s?|\b(?:its|their))\s+$", re.I)
_INVESTMENT = re.compile(r"^ (?:\w+ )?(?:investment|spending)\b(?! from (?:the )?‹F)", re.I)
_OTHER_FIGURE = re.compile(
    r"\b(?:(?:up|down|raised|cut|increased|reduced|rising|compared) (?:from|with|to)|instead of|rather than|(?:higher|lower) than)"
    r"\s+(?:an? |the |its |their )?(?:\w+ )?$"
    r"|\b(?:reduc\w+|cut\w*|lower\w*|trim\w*|fell|fall\w*|drop\w*|ris(?:e|es|en|ing)|rose|increas\w+)\b[^.;]{0,50}\bby\s+$",
    re.I,
)
_NEW_FIGURE = re.compile(
    r"(?<!budget )(?:\b(?:amount|awards?|grants?|allocations?|payments?|funding|share)\b|‹[FP]\d+›)[^‹;.]{0,20}(?:‹[FPY]\d+›[^‹;.]{0,20})?"
    r"\b(?:rose|rises?|risen|increas(?:es|ed)|raised|grew|grown|gone up|went up|goes up|topped up|uprated)\s"
    r"(?:from ‹M\d+›(?: in ‹?[Y\d]+›?)? )?to (?:an? |up to )*$",
    re.I,
)
_SAID_OF_LOSS = re.compile(
    r"\b(?:deficits?|shortfalls?|gaps?|overspends?|underspends?|debts?|budgets?|costs?|bills?|reserves?|pressures?),?"
    r" (?:which|that|now|currently) (?:[\w-]+ ){0,5}$",
    re.I,
)
_FROM_MINISTRY = re.compile(r"^(?: ‹Y\d+›| a year)? from (?:the )?‹[FP]", re.I)
_OWN_DOING = re.compile(
    r"\b(?:and|but) (?:also |then |now |in turn )?(?:pays|spends|spent|costs|charges|owes|needs|employs|raises|raised)\b[^‹;]{0,30}$",
    re.I,
)
_EXPECTED = re.compile(
    r"\b(?:expect(?:s|ed|ing)?|anticipat(?:es|ed|ing)) (?:an? |another |the |some |about |around |further |extra )*$",
    re.I,
)
_WON_BID = re.compile(
    r"\bsuccess for [^.;‹]{0,20}(?:‹[GFP]\d+›[^.;‹]{0,20})*\b(?:bid|application)[^.;‹\w]{1,3}‹M›|"
    r"\bsuccess\w* (?:in|with) (?:an?|its|their|the|our) (?:\w+ )?(?:bid|application)s?\b[^.;‹]{0,40}(?:‹[FP]\d+›[^.;‹]{0,40})*‹M›|"
    r"\b(?:bid|application)\b[^.;‹]{0,40}‹M›[^.;‹]{0,60}(?<!not )\b(?:approved|successful|accepted|granted)\b|"
    r"\b(?:w[io]n(?:s|ning)?|secur(?:e[sd]?|ing)|successful(?:ly)? (?:in|with)) (?:an? |its |their |the "
    r"|with )*‹M› (?:\w+ )?(?:bid|application)\b"
    r"|‹M› (?:\w+ )?(?:bid|application|proposal)(?: \w+)? (?:was|has been|is|were|had been) (?:\w+ly |now )?(?:approved|accepted"
    r"|success\w*"
    r"|granted|given)\b",
    re.I,
)


def not_given(before: str, after: str) -> bool:
    """Whether the words that govern an amount say that it is lost, spent, owed, priced or wished
    for. `before` and `after` are the words of its clause on either side."""
    if _WON_BID.search(f"{before}‹M›{after}"):
        return False
    if _NEW_FIGURE.search(before):
        return bool(_AFTER.match(after))
    if (
        _EXPECTED.search(before)
        or _SAID_OF_LOSS.search(before)
        or _OWN_DOING.search(before)
        or _earned(before, after)
    ):
        return True
    own = _OWNED.search(before) and _INVESTMENT.match(after)
    if _AFTER.match(after) or _OTHER_FIGURE.search(before) or own:
        return True
    governed = _BEFORE.search(before)
    return governed is not None and not _GIVING_WORD.search(before, governed.end(1))


def _earned(before: str, after: str) -> bool:
    """Whether it is income that no ministry gives."""
    return bool(
        re.search(r"(?<!grant )\bincome of (?:an? |about |around |some |over )*$", before, re.I)
    ) and not _FROM_MINISTRY.match(after)


def undone(clause: str) -> bool:
    """Whether the clause speaks of money not (yet) given: a bid, a refusal, a wish, a warning."""
    if _UNDONE.search(clause):
        return True
    return bool(_BIDDING.search(clause)) and not _SUCCESS.search(clause)


def others_money(clause: str) -> bool:
    """Whether the clause names a giver other than the ministries: the lottery, the health service,
    a foundation, the council itself."""
    return bool(_OTHER_FUNDER.search(clause) or _OWN_MONEY.search(clause))


def own_money(words: str) -> bool:
    """Whether the words speak of what the council itself puts in."""
    return bool(_OWN_MONEY.search(words))


def school_money(clause: str) -> bool:
    """Whether the clause speaks of the grants that every council has by law for its schools and
    services."""
    return bool(_SCHOOL_MONEY.search(clause))

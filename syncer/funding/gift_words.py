"""The words of giving and getting that the rules on marked sentences (marked.py) share, and what is
known around a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from syncer.funding.marked import Group, Marked
from syncer.funding.not_awards import GIVING


@dataclass(frozen=True)
class Around:
    """What was said before: the councils last spoken of, those of the clause before in this
    sentence, the council whose paper this is, whether the list being read is one of money given,
    whether a sum for a group was just told whose members may follow, and the councils last named
    together ("the two boroughs"), those given something in the sentence just before, and the
    council that a question asked about."""

    spoken_of: tuple[str, ...] = ()
    in_sentence: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    giving: bool = False
    shared: bool = False
    several: tuple[str, ...] = ()
    just_given: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


AUX = (
    r"(?:has|have|had|will|would|is|are|was|were|be|been|being|also|now|each|both|all|then|recently|successfully|already"
    r"|jointly|together|since|today|to|set|due)"
)
GIVEN = r"(?:awarded|given|handed|granted|allocated|promised|offered|provided with|provided|pledged|paid)"
RECEIVE = re.compile(
    rf"\b(?:receiv(?:e[sd]?|ing)|get(?:s|ting)?|got|secur(?:e[sd]?|ing)|w(?:in(?:s|ning)?|on)|net(?:s|ted|ting)|obtain(?:s|ed"
    rf"|ing)?|attract(?:s|ed|ing)?"
    rf"|land(?:s|ed|ing)|gain(?:s|ed|ing)?|accept(?:s|ed|ing)?|acceptance of|receipt of|benefit(?:s|ed|ing)? from|in line for"
    rf"|negotiating|recipients? of|successful (?:with|in)|pull(?:s|ed|ing) in|earn(?:s|ed|ing)|bag(?:s|ged|ging)|scoop(?:s|ed"
    rf"|ing)|bank(?:s|ed)|dr(?:aws?|ew|awn|awing) in|pick(?:s|ed|ing) up|clinch(?:es|ed)"
    rf"|(?:was|were|is|are|be|been|being) (?:\w+ly |also |each )?{GIVEN}|(?<=: )awarded|^awarded|income (?:will be|is"
    rf"|was|of)|(?:will|to) see)\b",
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
    rf"\b(?:{GIVING}|determinations?|grants?|awards?|funding|allocations?|deals?|agreements?|(?:goes|go|going|went) to|winners"
    rf"|(?:lead|host|successful|winning|chosen|selected) (?:councils?|(?:local )?authorities|areas|bids?|bidders|projects?|applicants?"
    rf"|sites?))\b",
    re.I,
)
COUNCIL_GIVES = re.compile(
    r"(?:‹G\d+›|\b(?:the )?council|\bcabinet|\bcouncillors)(?:\s+(?:has|have|had|will|is|are|also|today|to))*\s+"
    r"(?:awarding|gives?|gave|giving|pays?|paid|paying|spen[dt]s?|spending|invest\w*|allocating|provid\w+|commit\w*|approv\w+"
    r"|agree[sd]?|plans?|hands|contribut\w+|(?<=has )awarded"
    r"|(?<=have )awarded|(?<=has )allocated|(?<=have )allocated|(?<=has )given|(?<=has )granted)\b",
    re.I,
)
NUMBER_WORD = (
    r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    r"|eighteen|nineteen|twenty|dozens of|several|many|a number of)"
)
GROUP_NOUN = (
    r"(?:councils?|local authorit(?:y|ies)|LAs|authorities|areas?|regions?|projects?|trusts|charities|schools|pathfinders?"
    r"|pilots?|sites?|partners(?:hips)?"
    r"|organisations|places|boroughs|counties|cities|programmes|schemes|providers|winners|bids)\b"
)
LIGHT = (
    r"(?:(?:with|receiving|getting|a|an|the|of|grants?|award(?:ed)?|given|handed|granted|allocated|promised|offered|will|get"
    r"|receive[sd]?|gets|has|have|had|was|were|been|be|also|then|each"
    r"|both|extra|additional|further|another|joint|shared|up|some|funding|worth|one-off|revenue|capital|initial|total"
    r"|\(?‹Y\d+›\)?|in|is|are|now|already|new|first|single|largest|amount|sum|second|third|fourth|fifth|final"
    r"|(?:tranche|instal+ment|slice|package) of),?\s+)*"
)
NOUN = r"(?:grants?|awards?|funding|allocations?|investment|payments?|contributions?|share)"
PREPOSITION = re.compile(
    r"\b(?:from|with|by|near|at|like|than|outside|alongside|for|to|in|of|across|about|via"
    r"|including)\s+(?:the |nearby |neighbouring |local )*$",
    re.I,
)
BODY_OF = re.compile(
    r"\b(?:councils?|boroughs?|authorit(?:y|ies)|services?|areas?|departments?|children|families|LAs?"
    r"|projects?|teams?|regions?|including|such as) (?:of|in|for|including|such as)?\s*(?:the )?$|\b(?:led"
    r"|hosted) by (?:the )?$",
    re.I,
)
OTHER_SUBJECT = re.compile(
    r"\b(?:projects?|charit(?:y|ies)|LGA|association|foundation|schools?|providers?|colleges?|universit(?:y|ies)|residents"
    r"|firms?|compan(?:y|ies)|consortium|hospitals?|police"
    r"|councils|authorities|areas|regions|partners|England|nationally|others|centre|agency|agencies|academy|academies"
    r"|nurser(?:y|ies))\b(?![ ]?‹)",
    re.I,
)


_ASKS = re.compile(
    r"\b(?:how much|what (?:funding|money|sums?|amounts?|grants?|financial support|support|payments?))\b",
    re.I,
)


def asked_about(marked: Marked) -> tuple[str, ...]:
    """The council that a question about money names; nothing where the sentence asks none, or about
    several."""
    return (
        marked.groups[0].councils if len(marked.groups) == 1 and _ASKS.search(marked.text) else ()
    )


def group_of(councils: Sequence[str]) -> Group | None:
    return Group(tuple((slug,) for slug in councils)) if councils else None


def is_subject(before: str) -> bool:
    """Whether a council after these words can be who the sentence is about: no preposition but that
    of a body ("councils in …")."""
    return not PREPOSITION.search(before) or bool(BODY_OF.search(before))

"""Lists that pair councils with sums ("Derby City Council: up to £640k to …", "Ealing, £3.5m"):
what opens one, what its items are."""

from __future__ import annotations

import re

from syncer.funding.not_awards import undone

_GIVES = re.compile(
    r"\b(?:receiv\w+|awarded|award|awards|allocat\w+|given|granted|grants|funded|funding|shared?|successful|selected|chosen"
    r"|winning|winners|won|paid|announc\w+|boost|handed|secur\w+|get|gets|got|payments?|recipients|determination"
    r"|press (?:release|notice))\b",
    re.I,
)
_SPENDS = re.compile(
    r"\b(?:spent|used|spend|use|recommend\w*|deliver|purpose|conditions|criteria|must|include how|cover|cost)\b",
    re.I,
)
_LOSES = re.compile(
    r"\b(?:deficits?|overspen[dt]\w*|underspen[dt]\w*|shortfalls?|gaps?|savings?|cuts?|budgets?|pressures?|debts?|costs?|bids?"
    r"|spend(?:s|ing)?|spent|lost|losing|reserves?|un\w+)\b",
    re.I,
)
_ITEM = re.compile(
    r"^(?:[^‹.:;]{0,70}:\s+|the (?:smallest|lowest|largest|biggest|highest|next)\b"
    r"[^‹.;:]{0,25}\b(?:was|is|were|are|to|for)\s+)?"
    r"(?:and )?(?:the )?‹G\d+›(?:\s*\([^)]*\))?(?:(?:['’]s?)?[ ,][^‹.;]{0,70}?|\s+[–—:-]\s+[^‹.;]{0,70}?)?"
    r"\s*(?:[:–—,(\t-]\s*|(?<=›)\s+)‹M\d+›",
    re.I,
)
_LEAD_ITEM = re.compile(
    r"^(?:[^‹.:;]{2,20}:\s)?[^‹.:;]{0,40}(?:\(|[–—,-]\s+(?=lead|host|led))(?:(?:led|hosted) by |(?:lead|host)(?: authority| council)?:? )?"
    r"(?:the )?‹G\d+›[^‹.;:]{0,40}?\)?\s*[:–—,-]\s*‹M\d+›",
    re.I,
)
_OTHER_ITEM = re.compile(r"^[^.:‹]{2,60}:\s*‹M\d+›")
_HEADING = re.compile(r"^‹M\d+› (?:to|for) [^‹.]{0,80}‹G\d+›[^.‹]{0,60}:?$")


def opens(words: str) -> bool:
    """Whether a heading or a sentence says that money is given, so that the pairs after it are of
    those given it."""
    return bool(_GIVES.search(words)) and not undone(words) and not _SPENDS.search(words)


def closes(words: str) -> bool:
    """Whether it speaks of money lost, spent or asked for, so that the pairs after it are that."""
    return bool(_LOSES.search(words))


def is_item(marked: str) -> bool:
    """Whether a marked sentence pairs a council with a sum, and says no more of the two than what
    the money is for."""
    return bool(_ITEM.match(marked) or _LEAD_ITEM.match(marked) or _HEADING.match(marked))


def is_others_item(marked: str) -> bool:
    """Whether it pairs somebody else with a sum, in the same list."""
    return bool(_OTHER_ITEM.match(marked))

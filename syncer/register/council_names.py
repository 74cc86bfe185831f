"""Council names as people write them: rules of language, without a list of councils.

Two halves. A name standing alone (a cell, a flag, a heading): the words of its type come off until
what is left is known. A name in running prose: what stands around it tells a council from a
college, a club, a person, another place or a verb.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Mention:
    """A place in a text where a council is named: text[start:end]. Several `slugs`: the name stands
    for them together (a trust of theirs), or, if `ambiguous`, it may mean any one of them."""

    start: int
    end: int
    slugs: tuple[str, ...]
    text: str
    ambiguous: bool = False


def _any(words: str) -> str:
    """Return a pattern for any of the words; "_" is a space within one."""
    alternatives = "|".join(words.split())
    return f"(?:{alternatives.replace('_', ' ')})"


# -- A name standing alone -------------------------------------------------------------------------

_TYPES = (
    "london royal metropolitan metro met city county borough boro district unitary local "
    "authority council corporation "
    "mbc mdc mb lbc rbc cbc lb rb bc cc dc ua la of"
)
_SUFFIX = re.compile(rf" {_any(_TYPES)}$")
_OF = _any(
    "london royal metropolitan metro unitary county city district borough council corporation "
    "lb rb mb and"
)
_PREFIX = re.compile(
    rf"^(?:the|local authority (?:for|of)|(?:{_OF} )+of(?: the)?|london borough|royal borough"
    rf"|lb|rb) "
)
_TAIL = re.compile(
    r"(?<=council) (?:(?:county|general|collection) fund|(?:revenues? (?:and )?)?payments?"
    r"|income|finance|"
    r"education|childrens? services)$"
)
_OTHER_BODY = re.compile(
    r"\b"
    + _any(
        "college academ(?:y|ies) universit(?:y|ies) schools? nursery nhs hospitals? police "
        "policing fire trust ltd limited plc "
        "association office diocese cathedral airport museum theatre football united a?fc rfc "
        "foundation combined_authority "
        "care_board icb ccg british_council british_\\w+_council youth_council refugee_council "
        "arts_council london_councils council_for local_government_improvement "
        "parish_council town_council tri_borough "
        "bi_borough greater_london greater_manchester"
    )
    + r"\b"
)
_LOWER_TIER = re.compile(r"\b(?:(?:city|borough|district|county|county borough) council|dc)$")
_COMPANY = re.compile(r"(?: (?:limited|ltd|cic|plc|community interest company))+$")
_NOTE = r"(?:see )?(?:foot)?notes?"
_NUMBERS = r"\d{1,2}(?:(?:\s*(?:,|&)\s*|\s+and\s+)\d{1,2})*"
_FOOTNOTE = re.compile(
    rf"(?:\s*(?:\[\w{{1,3}}\]|[\[(](?:{_NOTE}\s*)?{_NUMBERS}[\])]|[\[(]{_NOTE}\s+\w[\])]"
    r"|[*†‡¹²³⁴⁵⁶⁷⁸⁹]+))+\s*$",
    re.I,
)
_DELIVERING = re.compile(
    r"^([^(\[,;–]+?)\s*[(\[,;–-]\s*[\w\s]{0,40}?\b(?:for|on behalf of)\s+(.+?)[)\]]?\s*$", re.I
)
_APOSTROPHES_AND_ACCENTS = re.compile(r"['’‘`´\u0300-\u036f]")
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")
_LETTERS_APART = re.compile(r"\b(\w) (?=\w\b)")
_JOINING = frozenset(
    ("and", "with", "in", "partnership", "jointly", "joint", "councils", "the", "of", "for")
)
_CUT = 30  # payment files cut names off at 30 to 36 characters


def plain(name: str) -> str:
    """Return the name in lower case without accents and punctuation: "St. Helens' M.B.C. & Co" →
    "st helens mbc and co"."""
    text = unicodedata.normalize("NFKD", name).casefold()
    text = _with_and_in_letters(text)
    text = _APOSTROPHES_AND_ACCENTS.sub("", text)
    text = _NOT_ALPHANUMERIC.sub(" ", text)
    return _LETTERS_APART.sub(r"\1", text.strip())


def _with_and_in_letters(text: str) -> str:
    """Return the text with "and" for every "&"."""
    text = text.replace("&amp;", "&")
    return text.replace("&", " and ")


def key_of(name: str) -> str:
    """Return what the spellings of one name share: "Stoke on Trent" and "STOKE-ON-TRENT"; "and" and
    "the" do not count."""
    words = plain(name).split()
    counting = [word for word in words if word not in ("and", "the")]
    return "".join(counting)


def cores(name: str) -> Iterator[tuple[str, str]]:
    """Yield the plain name, then what remains as the words of its type come off one by one; each
    with the words that came off last."""
    text = plain(name)
    off = ""
    while text:
        yield text, off

        found = _TAIL.search(text) or _PREFIX.search(text) or _SUFFIX.search(text)
        if not found:
            return
        off = found[0].strip()
        text = _without(text, found)


def _without(text: str, found: re.Match[str]) -> str:
    """Return the text without what was found in it."""
    before = text[: found.start()]
    after = text[found.end() :]
    return (before + after).strip()


def is_other_body(name: str) -> bool:
    """Return whether the name, which is no council's, is that of a college, a hospital, a company
    or another such body."""
    found = _OTHER_BODY.search(plain(name))
    return found is not None


def is_lower_tier(name: str) -> bool:
    """Return whether the name, which is not in the register, is formed like that of a district
    council."""
    found = _LOWER_TIER.search(plain(name))
    return found is not None


def without_company(name: str) -> str:
    """Return the plain name without "Ltd", "CIC" and the like, under which a trust is paid."""
    return _COMPANY.sub("", plain(name))


def is_only_joined(name: str, mentions: list[Mention]) -> bool:
    """Return whether a name is nothing but the names mentioned in it and words that join them: "A
    and B in partnership"."""
    rest = _without_mentions(name, mentions)
    words = plain(rest).split()
    return _JOINING.issuperset(words)


def _without_mentions(name: str, mentions: list[Mention]) -> str:
    """Return the name with white space in place of the names mentioned in it."""
    left = list(name)
    for mention in mentions:
        width = mention.end - mention.start
        left[mention.start : mention.end] = " " * width

    return "".join(left)


def may_be_cut(name: str) -> bool:
    """Return whether the name is as long as those that payment files cut off."""
    length = len(name.strip())
    return length >= _CUT


def without_cut_type(name: str) -> str:
    """Return the plain name without a last word that is the beginning of "council", "borough" and
    the like; empty if it is not."""
    whole, _, last = plain(name).rpartition(" ")
    for word in _TYPES.split():
        if word.startswith(last):
            return whole
    return ""


def without_footnote(cell: str) -> str:
    """Return the cell without the mark of a footnote: "Leeds [2]", "Leeds*"."""
    return _FOOTNOTE.sub("", cell)


def lead_and_others(cell: str) -> tuple[str, str]:
    """Return a cell taken apart where it says for whom: "A (Delivering for A and B)" → "A", "A and
    B"; elsewhere the second is empty."""
    parts = _DELIVERING.match(cell)
    if parts is None:
        return cell, ""
    return parts[1], parts[2]


# -- A name in running prose -----------------------------------------------------------------------

_TYPE_BEFORE = re.compile(
    r"(?:\b(?:(?:london|royal|metropolitan|city|county|unitary)\s+)?"
    r"(?:borough|city|county|council|district|corporation)(?:\s+and\s+county)?\s+of\s+(?:the\s+)?|"
    r"\b(?:LB|RB)\s+(?:of\s+)?)$",
    re.I,
)
_TYPE_AFTER = re.compile(
    r",?\s+City\s+of(?!\s+(?-i:[A-Z]))\b|\s+(?:MBC|MDC|LBC|RBC|CBC|BC|CC)\b|"
    r"\s+(?:(?:London|Royal|Metropolitan|Metro|City|County|Borough|District|Unitary)\s+){0,3}"
    r"(?:Council|Corporation)\b",
    re.I,
)
_AREA_AFTER = re.compile(r" (City|County)\b(?! (?:Region|Centre|A?FC|Football|Hall|Court))")
_CAPITALS = r"(?:['’]s)?(?: [A-Z][\w'’.-]*){0,4}? "
_BODY = _any(
    "College Universit(?:y|ies) Hospitals? Infirmary A?FC RFC United Rovers Wanderers Albion "
    "Athletic Forest Wednesday "
    "Schools? Academ(?:y|ies) Road Street Lane Avenue Square Park Football Cricket Rugby "
    "Cathedral Abbey Castle Lodge "
    "Station Railway Museum Theatre Festival Court Magistrates Prison MPs? Hall House Harbour "
    "Water Building_Society "
    "Post(?!-) Echo News Mercury Telegraph Gazette Mail Recorder Times Herald Chronicle Live "
    "Guardian Messenger Journal "
    "Examiner Argus Star Trust Agency Recovery Challenge Dons Region Chamber"
)
_SHARED_BODY = _any(
    "NHS Police Constabulary Fire_(?:and|&|Service|Authority) Airport "
    "Combined_(?:County_)?Authority Integrated_(?:Care|Commissioning) ICB "
    "ICS CCG Clinical_Commissioning "
    "Health(?:care)?_(?:NHS|Trust|Board|Authority|Foundation|Partnership) University_Hospitals? "
    "Partnership_(?:NHS|Trust) Teaching_Hospitals? Diocese LEP Local_Enterprise"
).replace(" ", r"\s+")
_SHARED_AFTER = (
    rf"(?:['’]s)?(?:(?:,|,?\s+(?:and|&))?\s+[A-Z][\w'’.-]*){{0,5}}?\s+{_SHARED_BODY}\b|"
    r" (?i:nhs|police|fire)\b| and (?:Crime|District|Partners)\b"
)
_OTHER_AFTER = (
    rf"{_CAPITALS}{_BODY}\b| (?:City|Town|County)\b|"
    rf"(?: city)? (?i:university|college|airport|hospitals?|football|magistrates|fc)\b"
    rf"|{_SHARED_AFTER}"
)
_SHARED_BODY_AFTER = re.compile(_SHARED_AFTER)
_OTHER_BODY_AFTER = {
    False: re.compile(_OTHER_AFTER),
    True: re.compile(_OTHER_AFTER, re.I),
}  # True: the name is in capitals
_ELSEWHERE_AFTER = re.compile(
    r"[ -]+"
    + _any(
        "Coldfield in[_-]Ashfield (?:up)?on[_-]Avon under[_-]Lyme St\\.?_Edmunds Newington "
        "Mandeville Gifford Poges Spa "
        "on[_-]the[_-]Hill Hallam Beckett Trent Moores Brookes"
    )
    + r"\b"
)
_POSTCODE_AFTER = re.compile(r"[\s,]+(?:[A-Z][a-z]+[\s,]+){0,2}[A-Z]{1,2}\d[\dA-Z]?\s+\d[A-Z]{2}\b")
_ELSEWHERE_BEFORE = re.compile(
    r"\b(?:"
    + _any(
        "University College Diocese Archdiocese (?:Arch)?[Bb]ishop Duke Duchess Earl Countess "
        "Prince Bank Port MPs? "
        "Crime_Commissioner"
    )
    + r"\s+(?:of|for)|"
    + _any("HMP HMYOI NHS New Royal Port Greater Northern Southern Eastern Western")
    + r")[\s-]+(?:the\s+)?$"
)
_COMPASS = frozenset(
    ("North", "South", "East", "West", "Mid", "Central")
)  # South Norfolk Council is a district's
_TITLED = re.compile(
    r"\b"
    + _any(
        "Mrs? Ms Miss Mx Dr Sir Dame Lord Lady Baron(?:ess)? Cllr Councillor Prof(?:essor)? "
        "Judge Justice Rev HHJ"
    )
    + r"\.?\s+(?:[A-Z][\w'’-]*\.?\s+){0,2}$|\b[A-Z]\.\s*$"
)
_GIVEN_NAMES = (
    "Adam Alan Alex Alison Alistair Amanda Amy Andrea Andrew Angela Ann Anna Anne Anthony Ben "
    "Beth Bob Brian Carl Carol "
    "Caroline Catherine Charles Charlie Charlotte Chris Christine Christopher Claire Clark "
    "Clare Colin Craig Damian Dan "
    "Daniel Dave David Dawn Deborah Debbie Diane Dominic Donna Edward Eleanor Elizabeth Emily "
    "Emma Eric Fiona Frances Frank "
    "Gareth Gary Gavin Geoff George Gillian Gordon Graham Grant Hannah Harry Heather Helen "
    "Henry Hilary Howard Hugh Ian "
    "Isabelle Jack Jackie Jacqui James Jane Janet Jason Jean Jennifer Jenny Jeremy Jessica "
    "Jill Jim Jo Joan Joanna Joanne "
    "Joe John Jon Jonathan Josh Judith Julia Julian Julie Karen Kate Katherine Kathryn Katie "
    "Keith Kelly Ken Kevin Kim "
    "Laura Lee Len Lesley Linda Lisa Liz Louise Lucy Luke Lynn Malcolm Margaret Maria Marian "
    "Marie Mark Martin Mary Matt "
    "Matthew Meera Mel Melanie Michael Michelle Mick Mike Mohammed Natalie Natasha Neil "
    "Nicholas Nick Nicola Nigel Oliver "
    "Pam Pat Patricia Patrick Paul Paula Pauline Peter Phil Philip Rachel Ray Rebecca Richard "
    "Rob Robert Robin Roger Ros "
    "Rose Ruth Ryan Sally Sam Samantha Sandra Sara Sarah Sean Sharon Sheila Simon Sophie "
    "Stella Stephen Steve Steven Stuart "
    "Sue Susan Suzanne Tim Thomas Tina Tom Tony Tracey Tracy Trevor Vicky Victoria Wendy "
    "William Yvette Zoe"
)
_GIVEN = frozenset(_GIVEN_NAMES.split())
_CAPITAL_BEFORE = re.compile(r"(?<![.!?:]\s)(?<!^)\b[A-Z][a-z]{3,}\s+$")
_OFFICE_AFTER = re.compile(
    r",\s+(?:who|(?:(?:the|its|then|former|interim|acting|deputy|assistant|corporate|executive"
    r"|strategic)\s+)*"
    r"(?:director|chief|head|leader|cabinet|lead\s+member|minister|chair|secretary|president"
    r"|commissioner)\b)"
)
_START = re.compile(r"(?:^|[.!?:;•|\n\t\"“‘(]|[-–—]\s)\s*$")
_EVIDENCE = re.compile(
    r"(?:['’]s)?\s+(?:has|had|received?s?|will|gets?|got|also|was\s+(?:awarded|given|rated"
    r"|allocated|judged))\b|"
    r"(?:['’]s)?\s+children['’]?s\b|\s*[(|\t\n£]|\s*[-–—:]|\s+[£\d]|\s*$|\.\s*$"
)
_SUM_AFTER = re.compile(r"(?:['’]s)?\s*[,:(–-]?\s*£\d")
"""A sum that follows a name: in a text about money, nobody else is given one."""
_ALONE = re.compile(r"[^\S\n]*(?:[|\t\n£]|$)")
_VERBS = frozenset(("reading", "bury", "stoke"))  # at the start of a sentence they may be a verb
_METONYMS = frozenset(("westminster",))  # alone they mean the government
_SMALL = frozenset(("and", "upon", "on", "of", "with", "the"))
_LEAD = 40  # characters before a name that are looked at
_JOINED = re.compile(r"\s*(?:,|&|\band\b|,\s*and\b)\s*")


def spelt(name: str) -> str:
    """Return a pattern for a name as printed: hyphens or spaces, "&" or "and", either apostrophe or
    none, capitals or Title Case."""
    if name.isupper() or not re.search(r"[a-z]{2}", name):
        return re.escape(name)

    bare = name.replace(",", "")
    words = [_word_spelt(word) for word in re.split(r"[\s-]+", bare)]
    return r",?[\s\u2010-\u2015-]+".join(words)


def _word_spelt(word: str) -> str:
    """Return a pattern for one word of a name; a small one ("upon") in any letters."""
    if word == "and":
        return "(?:(?i:and)|&amp;|&)"

    pattern = re.escape(word).replace("'", "['’]?")
    if word in _SMALL:
        return f"(?i:{pattern})"

    as_printed = rf"(?:{pattern}|{pattern.upper()})"
    return rf"{as_printed}\.?" if word == "St" else as_printed


def _word_before(text: str, start: int) -> str:
    """Return the word that ends just before a name; empty at the beginning of the text."""
    before = text[max(0, start - 30) : start]
    words = before.replace("-", " ").split()
    if not words:
        return ""
    return words[-1]


def with_type(text: str, start: int, end: int) -> tuple[int, int, bool]:
    """Return a name's place, widened by the words of its type ("London Borough of", "Council");
    whether they make it a council's."""
    word = _word_before(text, start)
    before = _type_before(text, start, word)
    after = _TYPE_AFTER.match(text, end)

    if before is None and word in _COMPASS:
        return start, end, False
    # "Borough of Poole Hospital": what follows outweighs what stands before.
    if after is None and _OTHER_BODY_AFTER[False].match(text, end):
        return start, end, False

    if before:
        start = before.start()
    if after:
        end = after.end()
    return start, end, bool(before or after)


def _type_before(text: str, start: int, word: str) -> re.Match[str] | None:
    """Return the words of a council's type that lead to a name, `word` being the last before it."""
    if word.casefold() not in ("of", "the", "lb", "rb"):
        return None
    return _TYPE_BEFORE.search(text, max(0, start - _LEAD), start)


def area_after(text: str, end: int) -> str:
    """Return "City" or "County" if that follows a name, and no "FC" or the like follows it; else
    empty."""
    found = _AREA_AFTER.match(text, end)
    if found is None:
        return ""
    return found[1]


def is_other(text: str, start: int, end: int, its_area: bool) -> bool:
    """Return whether a name belongs to another body, place or person. `its_area`: "City" or
    "County" after it is the council's."""
    name = text[start:end]
    if not its_area and _OTHER_BODY_AFTER[name.isupper()].match(text, end):
        return True
    return _goes_on_elsewhere(text, end) or _is_led_elsewhere(text, start, end)


def _goes_on_elsewhere(text: str, end: int) -> bool:
    """Return whether what follows a name makes it another place's or person's."""
    if _ELSEWHERE_AFTER.match(text, end):
        return True
    return _POSTCODE_AFTER.match(text, end) is not None


def _is_led_elsewhere(text: str, start: int, end: int) -> bool:
    """Return whether what stands before a name makes it another body's, place's or person's."""
    word = _word_before(text, start)
    lead = _lead(text, start)
    if word in _COMPASS or _is_part_of_a_name(word, lead):
        return True

    is_one_word = text[start:end].isalpha()
    return is_one_word and _is_led_by_a_person(text, end, lead, word)


def _is_led_by_a_person(text: str, end: int, lead: str, word: str) -> bool:
    """Return whether a name is a person's surname, `word` being the last of those before it."""
    if not word[:1].isupper():
        return False
    return word in _GIVEN or _is_surname(text, end, lead)


def _is_part_of_a_name(word: str, lead: str) -> bool:
    """Return whether these words, the last of them `word`, make another name of the one after them:
    "University of", "Port"."""
    may_lead = word[:1].isupper() or word in ("of", "for", "the")
    return may_lead and _ELSEWHERE_BEFORE.search(lead) is not None


def _lead(text: str, start: int) -> str:
    """Return the words before a place in the text, as many as say of whom a name is."""
    return text[max(0, start - _LEAD) : start]


def _is_surname(text: str, end: int, lead: str) -> bool:
    """Return whether a title stands before a name ("Cllr"), or a capital word before and an office
    after it."""
    if _TITLED.search(lead):
        return True
    if not _OFFICE_AFTER.match(text, end):
        return False
    return _CAPITAL_BEFORE.search(lead) is not None


def shares_a_body(text: str, end: int) -> bool:
    """Return whether the body named after a name is of a kind that bears the names of several
    places (an NHS trust, a police force)."""
    found = _SHARED_BODY_AFTER.match(text, end)
    return found is not None


def is_doubtful(text: str, start: int, end: int) -> bool:
    """Return whether a name may be an ordinary word here: "Reading" that begins a sentence,
    "Westminster" for the government."""
    word = text[start:end].casefold()
    if _SUM_AFTER.match(text, end):
        return False
    if word in _VERBS:
        return _begins_sentence(text, start) and not _EVIDENCE.match(text, end)
    return word in _METONYMS and not _stands_alone(text, start, end)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Return whether nothing else stands in the cell or on the line of a name."""
    if not _begins_sentence(text, start):
        return False
    return _ALONE.match(text, end) is not None


def _begins_sentence(text: str, start: int) -> bool:
    """Return whether a sentence, a cell or a line begins at this place."""
    return _START.search(_lead(text, start)) is not None


def are_joined(text: str, one: Mention, other: Mention) -> bool:
    """Return whether only a comma or "and" stands between two mentions."""
    if other.start <= one.start:
        one, other = other, one
    joint = _JOINED.fullmatch(text, one.end, other.start)
    return joint is not None


def is_its_short_form(text: str, name: Mention, short: Mention) -> bool:
    """Return whether the second mention stands in brackets after the first: "Leeds City Council
    (LCC)"."""
    if short.start <= name.end:
        return False

    between = text[name.end : short.start]
    return between.strip() == "("


def drop_joined(found: list[tuple[Mention, bool]], text: str, start: int) -> None:
    """Take back the names that share what follows: both of "Norfolk and Suffolk NHS Foundation
    Trust"."""
    while found:
        last, _ = found[-1]
        if not _shares_what_follows(last, text, start):
            return
        start = last.start
        found.pop()


def _shares_what_follows(name: Mention, text: str, start: int) -> bool:
    """Return whether a name is joined to the one that begins there, and is not called a council
    itself."""
    if "ouncil" in name.text:
        return False
    return _JOINED.fullmatch(text, name.end, start) is not None

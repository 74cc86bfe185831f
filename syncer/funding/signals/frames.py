"""Who does what with the sum, and what it is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from syncer.funding.context import Part
from syncer.funding.signals.words import clause_around, is_mark, is_sum

_ACTIONS = frozenset(
    (
        *("GIVE", "GET", "FLOW", "EXPECT", "APPROVE", "SUPPORT", "BID", "NEED", "SPEND", "USE"),
        *("LOSS", "BACK", "HANDON", "NEG", "OWN", "REFUSED", "CONTRIB"),
    )
)
_NOUNS = frozenset(
    (
        *("GRANT", "SHARENOUN", "SUPPORT", "POT", "OWN", "LOSS", "BID", "NEED", "SPEND", "SHARE"),
        *("TOTAL", "SCHOOLS", "BACK", "INCOME", "CONTRIB"),
    )
)
_PASSIVE = frozenset(("was", "were", "been", "be", "being", "is", "are", "get", "got"))
_PREPOSITIONS = frozenset(
    (
        *("to", "for", "from", "by", "in", "into", "at", "towards", "of", "with"),
        *("between", "among", "under", "through"),
    )
)
_LINKING = frozenset(
    (
        *("of", "worth", "is", "was", "are", "totals", "at", "to", ":", "–", "-"),
        *("a", "an", "the", "about", "nearly", "be", "been", "will", "would", "stands"),
    )
)
_COUNCIL_PRONOUNS = frozenset(
    (
        *("it", "they", "we", "us", "council", "authority", "borough", "county", "city", "town"),
        *("councils", "authorities", "boroughs", "counties", "cities", "areas", "both", "pair"),
        *("them", "partners", "neighbours", "trust"),
    )
)
_ENTITIES = {"G": "council", "F": "ministry", "P": "programme"}

_PHRASE_WITHIN = 14
_PHRASES = 2
"""How far after the sum phrases count, in words, and how many of them."""
_ACTED_ON_WITHIN = 10


def frames(part: Part, place: int) -> Iterator[str]:
    """Say who does what before the sum, what is done with it after, and what it is called:
    "ministry GIVE", "sum be GIVE to council", "called LOSS"."""
    start, end = clause_around(part.words, place)
    before = list(_action_before(part, place, start))
    after = list(_phrases_after(part, place, end))

    yield from _combined(before, after)
    yield from _acted_on(part, place, end)
    yield from _called(part, place)
    yield from _called_before(part, place)


def _combined(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """Yield the actions, the phrases, and each action with each phrase."""
    for phrase in after:
        yield f"then {phrase}"

    for name in before:
        yield f"frame {name}"
        for phrase in after:
            yield f"frame {name} then {phrase}"


def _action_before(part: Part, place: int, start: int) -> Iterator[str]:
    """Yield the nearest action before the sum, and who stands before it."""
    at = _first_action(part, range(place - 1, start - 1, -1))
    if at is None:
        return

    actor = _first_entity(part, range(at - 1, start - 1, -1))
    how = _how_it_acts(part, at, start)
    target = _first_entity(part, range(at + 1, place))
    for name in part.classes[at] & _ACTIONS:
        yield f"{actor or 'nobody'} {how}{name} {target}"


def _how_it_acts(part: Part, at: int, start: int) -> str:
    """Return "not ", "be ", both or nothing, by the words just before an action."""
    denied = _denial(part, max(start, at - 4), at)
    voice = _voice(part, max(start, at - 3), at)
    return denied + voice


def _phrases_after(part: Part, place: int, end: int) -> Iterator[str]:
    """Yield the prepositions after the sum with their actors: "from ministry", "to council"."""
    stop = _before_next_sum(part, place, min(end, place + _PHRASE_WITHIN))
    phrases = _phrases(part, range(place + 1, stop), end)
    yield from islice(phrases, _PHRASES)


def _phrases(part: Part, places: range, end: int) -> Iterator[str]:
    for at in places:
        preposition = part.words[at]
        if preposition in _PREPOSITIONS:
            complement_end = min(end, at + 5)
            kind = _first_complement(part, range(at + 1, complement_end))
            if kind:
                yield f"{preposition} {kind}"


def _acted_on(part: Part, place: int, end: int) -> Iterator[str]:
    """Yield what is done with the sum as the subject: "sum be GIVE to council"."""
    stop = _before_next_sum(part, place, min(end, place + _ACTED_ON_WITHIN))
    at = _first_action(part, range(place + 1, stop))
    if at is None:
        return

    voice = _voice(part, place, at)
    target = _target(part, at, end)
    for name in part.classes[at] & _ACTIONS:
        action = f"sum {voice}{name}"
        yield action
        yield f"{action} {target}"


def _target(part: Part, at: int, end: int) -> str:
    """Return to whom or what an action goes: the first actor after it."""
    last = min(end, at + 6)
    return _first_entity(part, range(at + 1, last))


def _called(part: Part, place: int) -> Iterator[str]:
    """Yield what the sum is called by a noun after it: "a £3m grant"."""
    for at in _nouns_after(part, place):
        for name in part.classes[at] & _NOUNS:
            yield f"called {name}"


def _nouns_after(part: Part, place: int) -> Iterator[int]:
    """Yield the places of the words after the sum, up to the end of its phrase."""
    end = min(len(part.words), place + 4)
    for at in range(place + 1, end):
        word = part.words[at]
        if word in _PREPOSITIONS or not word[0].isalpha():
            return
        yield at


def _called_before(part: Part, place: int) -> Iterator[str]:
    """Yield what the sum is called by a noun before it: "a deficit of £3m"."""
    at = _before_linking(part, place - 1)
    if at < 0 or at == place - 1:
        return

    for name in part.classes[at] & _NOUNS:
        yield f"called {name} of"

    yield f"called {part.words[at]} of"


def _before_linking(part: Part, at: int) -> int:
    """Return the place of the first word, from here to the left, that does not only link."""
    while at > 0 and part.words[at] in _LINKING:
        at -= 1
    return at


# -- Actors and actions ----------------------------------------------------------------------------


def _entity(part: Part, at: int) -> str:
    """Return the kind of actor at a place: council, ministry, programme, other giver …; or ""."""
    word = part.words[at]
    if is_mark(word):
        return _ENTITIES.get(word[1], "")

    names = part.classes[at]
    if "OTHER" in names:
        return "other giver"
    if "BODY" in names:
        return "other body"
    if word in _COUNCIL_PRONOUNS:
        return "council?"
    return ""


def _complement(part: Part, at: int) -> str:
    """Return what a preposition may lead to: an actor, the council's own money, a loss; or ""."""
    kind = _entity(part, at)
    if kind:
        return kind

    names = part.classes[at]
    if "OWN" in names:
        return "own money"
    if "LOSS" in names:
        return "a loss"
    return ""


def _first_entity(part: Part, places: Iterable[int]) -> str:
    for at in places:
        kind = _entity(part, at)
        if kind:
            return kind

    return ""


def _first_complement(part: Part, places: Iterable[int]) -> str:
    for at in places:
        kind = _complement(part, at)
        if kind:
            return kind

    return ""


def _first_action(part: Part, places: Iterable[int]) -> int | None:
    """Return the first of the places with a word that does something; "of" and "is" do nothing."""
    for at in places:
        if part.classes[at] & _ACTIONS and part.words[at] not in _LINKING:
            return at

    return None


def _before_next_sum(part: Part, place: int, end: int) -> int:
    """Return where the next sum stands, or `end` where none stands before it."""
    for at in range(place + 1, end):
        if is_sum(part.words[at]):
            return at

    return end


def _voice(part: Part, start: int, end: int) -> str:
    """Return "be " where a word from `start` to before `end` makes a passive."""
    for word in part.words[start:end]:
        if word in _PASSIVE:
            return "be "

    return ""


def _denial(part: Part, start: int, end: int) -> str:
    """Return "not " where a word from `start` to before `end` denies."""
    for names in part.classes[start:end]:
        if "NEG" in names:
            return "not "

    return ""

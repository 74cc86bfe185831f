"""What speaks for and against: the signals of a candidate, each a name that is there or not.

Three sets. *Link* signals say which council a sum is for, *sum* signals whether it is given to a
council at all, *place* signals whether a council without a sum has been chosen for something that
pays. Their weights are learned (weights.json).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from syncer.funding.candidates import Candidate
from syncer.funding.context import Page, Part

_CLAUSE_END = frozenset((",", ";", ".", ":", "–", "—", "but", "while", "whereas", "which", "who"))
_HARD_END = frozenset((";", ".", "but", "while", "whereas"))
_NEAR = 4
_GOVERNORS = frozenset(
    [
        "GIVE",
        "GET",
        "FLOW",
        "EXPECT",
        "APPROVE",
        "GRANT",
        "SUPPORT",
        "BID",
        "NEED",
        "SPEND",
        "USE",
        "OWN",
        "LOSS",
        "BACK",
        "HANDON",
        "POT",
        "NEG",
        "COMPARE",
    ]
)
_AGAINST = frozenset(
    [
        "NEG",
        "BID",
        "MODAL",
        "BACK",
        "LOSS",
        "OWN",
        "OTHER",
        "BODY",
        "COMPARE",
        "PROVISIONAL",
        "NEED",
    ]
)
_COMMON = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "and",
        "to",
        "in",
        "for",
        "on",
        "at",
        "by",
        "with",
        "from",
        "as",
        "is",
        "was",
        "be",
        "it",
    ]
)


# -- Where things stand ----------------------------------------------------------------------------


def clause_around(words: Sequence[str], place: int) -> tuple[int, int]:
    """Return the first place of the clause and the place after its last."""
    start = place
    while start > 0 and words[start - 1] not in _HARD_END:
        start -= 1
    end = place + 1
    while end < len(words) and words[end] not in _HARD_END:
        end += 1
    return start, end


def is_mark(word: str) -> bool:
    """Return whether it is a mark and not a word of the text."""
    return len(word) > 1 and word[0] == "‹"


def _shape(word: str) -> str:
    """A word as a signal names it: marks by their kind, digits alike."""
    if is_mark(word):
        return f"‹{word[1]}›"
    return re.sub(r"\d", "0", word)


def _classes_in(part: Part, start: int, end: int) -> set[str]:
    return set().union(*part.classes[max(0, start) : max(0, end)])


def _bucket(count: int, limits: Sequence[int]) -> str:
    for limit in limits:
        if count <= limit:
            return str(limit)
    return "more"


# -- Which council: links --------------------------------------------------------------------------


def link_signals(page: Page, part: Part, place: int, one: Candidate, rank: int) -> set[str]:
    """Return what speaks for this candidate being the one the sum is for."""
    found = {f"link:{link}" for link in one.links}
    found.add(f"rank:{min(rank, 4)}")
    found.add("several" if len(one.group.units) > 1 else "one council")
    if set(one.councils) == set(page.own):
        found.add("the page's own")
    found |= {f"{name}&{'own' if page.own else 'no own'}" for name in list(found)}
    if one.place is None:
        found |= set(_elsewhere(part, place))
        if _alternate(part) is not None:
            found.add("elsewhere though sums and councils alternate")
    else:
        found |= set(_between(part, place, one.place))
        found |= set(_beside_council(part, one.place))
        found |= set(_alternating(part, place, one.place))
    return found


def _marks(part: Part) -> list[tuple[str, int]]:
    """The sums ("M") and councils ("G") of the sentence, in order, with their places."""
    return [(word[1], at) for at, word in enumerate(part.words) if word[:2] in ("‹M", "‹G")]


def _alternate(part: Part) -> str | None:
    """Return "M" or "G", whichever is first, where both alternate: "‹G› ‹M›, ‹G› ‹M›"."""
    kinds = "".join(kind for kind, _ in _marks(part))
    if len(kinds) >= 4 and re.fullmatch(r"(?:MG)+|(?:GM)+", kinds):
        return kinds[0]
    return None


def _alternating(part: Part, place: int, council: int) -> Iterator[str]:
    """Say whether sum and council are a pair of "£3m for Leeds, £2m for Hull" or stand across."""
    first = _alternate(part)
    if first is None:
        return
    order = [at for _, at in _marks(part)]
    one, other = sorted((order.index(place), order.index(council)))
    pair = other == one + 1 and one % 2 == 0
    yield f"alternating: {'a pair' if pair else 'across'}"


def _elsewhere(part: Part, place: int) -> Iterator[str]:
    """Say what in the sentence points at a council outside it: "it", "the council", "we"."""
    here = len(part.places("G"))
    yield f"elsewhere: {_bucket(here, (0, 1))} councils here"
    before = set(part.words[:place])
    for word in ("it", "we", "our", "us", "council", "authority", "they", "its", "county", "city"):
        if word in before:
            yield f"elsewhere: {word} before"
        elif word in part.words:
            yield f"elsewhere: {word} after"
    first = part.words[0] if part.words else ""
    yield f"elsewhere: begins {_shape(first)}"


def _between(part: Part, place: int, council: int) -> Iterator[str]:
    """Say what stands between the sum and the council, and on which side the council is."""
    side = "before" if council < place else "after"
    low, high = sorted((place, council))
    inner = part.words[low + 1 : high]
    yield f"{side}"
    yield f"{side}: {_bucket(len(inner), (0, 1, 2, 3, 5, 8, 13))} words between"
    yield f"{side}: {min(inner_count(inner, 'M'), 2)} sums between"
    yield f"{side}: {min(inner_count(inner, 'G'), 2)} councils between"
    if any(word in _HARD_END for word in inner):
        yield f"{side}: another clause"
    if "," in inner:
        yield f"{side}: comma between"
    if len(inner) <= 3:
        yield f"{side}: [{' '.join(_shape(word) for word in inner)}]"
    for name in _classes_in(part, low + 1, high):
        yield f"{side}: {name} between"
    if inner:
        yield f"{side}: next to the council {_shape(inner[0] if side == 'after' else inner[0])}"
        yield f"{side}: beside {_shape(inner[-1])}"


def inner_count(words: Sequence[str], kind: str) -> int:
    """Return how many marks of the kind are among the words."""
    return sum(word.startswith(f"‹{kind}") for word in words)


def _beside_council(part: Part, council: int) -> Iterator[str]:
    """Say which words stand on both sides of the council's name."""
    words = part.words
    yield f"council first: {council == 0}"
    for step in (1, 2):
        before = words[council - step] if council >= step else "^"
        after = words[council + step] if council + step < len(words) else "$"
        yield f"council -{step} {_shape(before)}"
        yield f"council +{step} {_shape(after)}"
    for name in _classes_in(part, council - 3, council):
        yield f"council after {name}"
    for name in _classes_in(part, council + 1, council + 4):
        yield f"council then {name}"


# -- Whether it is given: the sum's role -----------------------------------------------------------


def sum_signals(page: Page, part: Part, place: int, number: int, best: Candidate) -> set[str]:
    """Return what speaks for and against the sum's being given to a council by a ministry."""
    found: set[str] = set()
    found |= set(_sum_words(part, place))
    found |= set(_sum_classes(part, place))
    found |= set(_governors(part, place))
    found |= set(_frames(part, place))
    found |= set(_sentence_signals(page, part))
    found |= set(_neighbours(page, part))
    found |= set(givers(page, part, place))
    found |= set(_figure(page, part, number))
    found |= {f"for: {link}" for link in best.links}
    if best.place is not None:
        found |= {f"for {name}" for name in _between(part, place, best.place)}
    return found


def _sum_words(part: Part, place: int) -> Iterator[str]:
    """Name the words around the sum by their distance."""
    words = part.words
    for step in (1, 2, 3):
        before = words[place - step] if place >= step else "^"
        after = words[place + step] if place + step < len(words) else "$"
        yield f"-{step} {_shape(before)}"
        yield f"+{step} {_shape(after)}"
    pair = [words[place + step] if place + step < len(words) else "$" for step in (1, 2)]
    yield "+ " + " ".join(_shape(word) for word in pair)
    pair = [words[place - step] if place >= step else "^" for step in (2, 1)]
    yield "- " + " ".join(_shape(word) for word in pair)


def _sum_classes(part: Part, place: int) -> Iterator[str]:
    """Name the classes of the words just before and after the sum, and in its clause."""
    start, end = clause_around(part.words, place)
    before = _classes_in(part, max(start, place - _NEAR), place)
    after = _classes_in(part, place + 1, min(end, place + 1 + _NEAR))
    yield from (f"before {name}" for name in before)
    yield from (f"after {name}" for name in after)
    yield from (f"clause {name}" for name in _classes_in(part, start, end))
    alone = "alone" if inner_count(part.words[start:end], "M") == 1 else "of several"
    yield from (f"{alone}: {name}" for name in _classes_in(part, start, end) & _AGAINST)
    earlier = _classes_in(part, start, place)
    yield from (f"clause before {name}" for name in earlier)
    for name in earlier & _GOVERNORS:
        for other in after & _GOVERNORS:
            yield f"{name} … {other}"


def _governors(part: Part, place: int) -> Iterator[str]:
    """Name the nearest words before and after that say what happens to the sum."""
    for at in range(place - 1, -1, -1):
        if part.words[at].startswith("‹M"):
            yield "governed across a sum"
            break
        if names := part.classes[at] & _GOVERNORS:
            yield from (f"governed by {name}" for name in names)
            yield f"governed by {part.words[at]}"
            break
    for at in range(place + 1, len(part.words)):
        if part.words[at].startswith("‹M"):
            break
        if names := part.classes[at] & _GOVERNORS:
            yield from (f"followed by {name}" for name in names)
            yield f"followed by {part.words[at]}"
            break


# -- Who does what with the sum --------------------------------------------------------------------

_ACTIONS = frozenset(
    [
        "GIVE",
        "GET",
        "FLOW",
        "EXPECT",
        "APPROVE",
        "SUPPORT",
        "BID",
        "NEED",
        "SPEND",
        "USE",
        "LOSS",
        "BACK",
        "HANDON",
        "NEG",
        "OWN",
    ]
)
_NOUNS = frozenset(
    [
        "GRANT",
        "SHARENOUN",
        "SUPPORT",
        "POT",
        "OWN",
        "LOSS",
        "BID",
        "NEED",
        "SPEND",
        "SHARE",
        "TOTAL",
        "SCHOOLS",
        "BACK",
    ]
)
_PASSIVE = frozenset(["was", "were", "been", "be", "being", "is", "are", "get", "got"])
_PREPOSITIONS = frozenset(
    [
        "to",
        "for",
        "from",
        "by",
        "in",
        "into",
        "at",
        "towards",
        "of",
        "with",
        "between",
        "among",
        "under",
        "through",
    ]
)
_COUNCIL_PRONOUNS = frozenset(
    ["it", "they", "we", "council", "authority", "borough", "county", "city", "us"]
)
_LINKING = frozenset(
    [
        "of",
        "worth",
        "is",
        "was",
        "are",
        "totals",
        "at",
        "to",
        ":",
        "–",
        "-",
        "a",
        "an",
        "the",
        "about",
        "nearly",
    ]
)


def _entity(part: Part, at: int) -> str:
    """Return the kind of actor at a place: council, ministry, programme, other giver …; or ""."""
    word, names = part.words[at], part.classes[at]
    if is_mark(word):
        return {"G": "council", "F": "ministry", "P": "programme"}.get(word[1], "")
    if "OTHER" in names:
        return "other giver"
    if "BODY" in names:
        return "other body"
    return "council?" if word in _COUNCIL_PRONOUNS else ""


def _frames(part: Part, place: int) -> Iterator[str]:
    """Say who does what before the sum, what is done with it after, and what it is called:
    "ministry GIVE", "sum be GIVE to council", "called LOSS"."""
    start, end = clause_around(part.words, place)
    before = list(_action_before(part, place, start))
    after = list(_phrase_after(part, place, end))
    yield from (f"frame {name}" for name in before)
    yield from (f"then {name}" for name in after)
    yield from (f"frame {one} then {other}" for one in before for other in after)
    yield from _acted_on(part, place, end)
    yield from _called(part, place)


def _action_before(part: Part, place: int, start: int) -> Iterator[str]:
    """The nearest action before the sum, and who stands before it."""
    for at in range(place - 1, start - 1, -1):
        names = part.classes[at] & _ACTIONS
        if not names or part.words[at] in _LINKING:
            continue
        passive = any(word in _PASSIVE for word in part.words[max(start, at - 3) : at])
        actor = next(
            (kind for other in range(at - 1, start - 1, -1) if (kind := _entity(part, other))), ""
        )
        between = next(
            (kind for other in range(at + 1, place) if (kind := _entity(part, other))), ""
        )
        denied = (
            "not " if any("NEG" in part.classes[n] for n in range(max(start, at - 4), at)) else ""
        )
        voice = "be " if passive else ""
        for name in names:
            yield f"{actor or 'nobody'} {denied}{voice}{name} {between}"
        return


def _phrase_after(part: Part, place: int, end: int) -> Iterator[str]:
    """Yield the prepositions after the sum with their actors: "from ministry", "to council"."""
    found = 0
    for at in range(place + 1, min(end, place + 14)):
        word = part.words[at]
        if word.startswith("‹M"):
            return
        if word not in _PREPOSITIONS:
            continue
        for other in range(at + 1, min(end, at + 5)):
            kind = _entity(part, other)
            if not kind and "OWN" in part.classes[other]:
                kind = "own money"
            if not kind and "LOSS" in part.classes[other]:
                kind = "a loss"
            if kind:
                yield f"{word} {kind}"
                found += 1
                break
        if found == 2:
            return


def _acted_on(part: Part, place: int, end: int) -> Iterator[str]:
    """What is done with the sum as the subject: "sum be GIVE to council"."""
    for at in range(place + 1, min(end, place + 10)):
        if part.words[at].startswith("‹M"):
            return
        names = part.classes[at] & _ACTIONS
        if not names or part.words[at] in _LINKING:
            continue
        voice = "be " if any(word in _PASSIVE for word in part.words[place:at]) else ""
        target = next(
            (kind for other in range(at + 1, min(end, at + 6)) if (kind := _entity(part, other))),
            "",
        )
        for name in names:
            yield f"sum {voice}{name}"
            yield f"sum {voice}{name} {target}"
        return


def _called(part: Part, place: int) -> Iterator[str]:
    """What the sum is called by the noun beside it: "a deficit of £3m", "a £3m grant"."""
    for at in range(place + 1, min(len(part.words), place + 4)):
        if part.words[at] in _PREPOSITIONS or not part.words[at][0].isalpha():
            break
        yield from (f"called {name}" for name in part.classes[at] & _NOUNS)
    at = place - 1
    while at > 0 and part.words[at] in _LINKING:
        at -= 1
    if 0 <= at < place - 1:
        yield from (f"called {name} of" for name in part.classes[at] & _NOUNS)
        yield f"called {part.words[at]} of"


def _sentence_signals(page: Page, part: Part) -> Iterator[str]:
    """Say what kind of sentence it is: a question, an item, a heading; how much is in it."""
    yield f"{_bucket(len(part.places('M')), (1, 2, 3))} sums"
    yield f"{_bucket(len(part.places('G')), (0, 1, 2))} councils"
    yield f"{_bucket(len(part.words), (8, 16, 30))} words"
    if not part.places("G") and any("MANY" in names for names in part.classes):
        yield "for many, none named here"
    if "?" in part.words:
        yield "question"
    if part.sentence.item:
        yield "item"
    if part.sentence.is_heading:
        yield "heading"
    if part.number == 0:
        yield "first sentence"
    if part.number in page.lists:
        yield "introduces a list"
    if page.own:
        yield "the page has an owner"


def _neighbours(page: Page, part: Part) -> Iterator[str]:
    """Name the classes of what introduces, heads, precedes and follows the sentence."""
    beside = {
        "introduction": page.introductions.get(part.number, -1),
        "under": page.headings.get(part.number, -1),
        "previous": part.number - 1,
        "next": part.number + 1,
    }
    for name, number in beside.items():
        if 0 <= number < len(page.parts):
            other = page.parts[number]
            for kind in _classes_in(other, 0, len(other.words)):
                yield f"{name} {kind}"
            if name in ("introduction", "under"):
                yield from (f"{name} {_shape(word)}" for word in set(other.words) - _COMMON)
            if name == "next":
                yield from (f"{name} begins {_shape(word)}" for word in other.words[:3])
        elif name in ("introduction", "under"):
            yield f"no {name}"


def givers(page: Page, part: Part, place: int) -> Iterator[str]:
    """Say which giver stands nearest: the education ministry, another ministry, a programme."""
    start, end = clause_around(part.words, place)
    yield from _givers_in_sentence(part, start, end)
    yield from _givers_before(page, part)
    yield from _givers_on_page(page)


def _givers_in_sentence(part: Part, start: int, end: int) -> Iterator[str]:
    """Name the sentence's ministries and programmes, apart for the clause from `start` to `end`."""
    for where, number in part.places("F"):
        kind = part.marked.funders[number] or "government"
        reach = "clause" if start <= where < end else "sentence"
        yield f"giver {kind} in {reach}"

    for where, number in part.places("P"):
        scope = "ours" if part.marked.programmes[number].in_scope else "others'"
        reach = "clause" if start <= where < end else "sentence"
        yield f"programme {scope} in {reach}"


def _givers_before(page: Page, part: Part) -> Iterator[str]:
    """Name the givers of the nearest earlier sentence that has any."""
    for back in range(1, part.number + 1):
        kinds = _givers_of(page.parts[part.number - back])
        if kinds:
            reach = "one" if back == 1 else "several"
            for kind in kinds:
                yield f"giver {kind} {reach} before"
            return
    yield "no giver before"


def _givers_of(part: Part) -> set[str]:
    """Return the givers that a sentence names: ministries, programmes, others."""
    kinds = {name or "government" for name in part.marked.funders}
    kinds |= {f"programme {one.in_scope}" for one in part.marked.programmes}
    if "OTHER" in _classes_in(part, 0, len(part.words)):
        kinds.add("other")
    return kinds


def _givers_on_page(page: Page) -> Iterator[str]:
    """Name the givers of the whole page."""
    everywhere = {name for one in page.parts for name in one.marked.funders}
    for kind in everywhere:
        yield f"giver {kind or 'government'} on the page"
    if not everywhere:
        yield "no giver on the page"

    if any(one.in_scope for other in page.parts for one in other.marked.programmes):
        yield "programme on the page"
    if any("OTHER" in names for other in page.parts for names in other.classes):
        yield "other giver on the page"


def _figure(page: Page, part: Part, number: int) -> Iterator[str]:
    """Say how large the sum is, how it is printed, and whether it is a total or is repeated."""
    money = part.marked.money[number]
    yield f"size {len(str(money.pounds))}"
    yield f"qualifier {money.qualifier.value}"
    others = [one.pounds for one in part.marked.money if one is not money]
    if len(others) > 1 and sum(others) == money.pounds:
        yield "total of the sentence"
    if others and money.pounds == max([*others, money.pounds]):
        yield "largest of the sentence"
    everywhere = [one.pounds for other in page.parts for one in other.marked.money]
    if everywhere.count(money.pounds) > 1:
        yield "printed again"
    if money.pounds == max(everywhere):
        yield "largest of the page"
    yield f"{_bucket(len(everywhere), (1, 2, 4, 8))} sums on the page"


# -- Chosen without a sum --------------------------------------------------------------------------


def place_signals(page: Page, part: Part, council: int, number: int) -> set[str]:
    """Return what speaks for the councils at this place having been chosen for what pays."""
    group = part.marked.groups[number]
    found = set(_beside_council(part, council))
    found |= {f"units {_bucket(len(group.units), (1, 2, 4, 8))}"}
    found |= {f"sentence {name}" for name in _classes_in(part, 0, len(part.words))}
    start, end = clause_around(part.words, council)
    found |= {f"clause {name}" for name in _classes_in(part, start, end)}
    found |= {f"clause {_shape(word)}" for word in set(part.words[start:end]) - _COMMON}
    found |= set(_council_governors(part, council))
    found |= set(_sentence_signals(page, part))
    found |= set(_neighbours(page, part))
    found |= set(givers(page, part, council))
    if set(group.councils) & set(page.own):
        found.add("the page's own")
    named = page.named()
    found.add(f"{_bucket(len(named), (1, 2, 4, 8))} runs on the page")
    if sum(group.councils == other for other in named) > 1:
        found.add("named again")
    return found


def _council_governors(part: Part, council: int) -> Iterator[str]:
    """Name the nearest words before and after that say what happens to the council."""
    kinds = _GOVERNORS | {"CHOSEN", "AMONG", "SAY", "MODAL"}
    for step, name in ((-1, "preceded by"), (1, "followed by")):
        at = council + step
        while 0 <= at < len(part.words):
            if found := part.classes[at] & kinds:
                yield from (f"{name} {kind}" for kind in found)
                yield f"{name} {part.words[at]}"
                break
            at += step

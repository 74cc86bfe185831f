"""What may change in a text without changing what it says of money: another council, another verb of
giving, a clause put in, the passive, a list for a sentence. No labels are needed: the reading is
the same."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from syncer.funding.reading import read_funding
from syncer.model import Council
from syncer.register.councils import load_register
from syncer.register.programmes import load_programmes

REGISTER, PROGRAMMES = load_register(), load_programmes()
OPEN = sorted(
    (council for council in REGISTER if council.closed is None), key=lambda council: council.slug
)
GIVING = ("awarded", "given", "granted", "allocated", "handed", "promised")
ASIDES = (
    "which runs twelve children's centres",
    "where inspectors called last autumn",
    "one of the largest in the country",
    "whose director retires in May",
)
SUMS = {"£3.4 million": 3_400_000, "£812,500": 812_500, "£640k": 640_000, "£1.25m": 1_250_000}

councils = st.sampled_from(OPEN)
sums = st.sampled_from(sorted(SUMS))
two = st.lists(councils, min_size=2, max_size=2, unique_by=lambda council: council.slug)
lightly = settings(max_examples=25, deadline=None)

Told = list[tuple[tuple[str, ...], int]]


def told(text: str) -> Told:
    """What the text tells for certain; nothing may be possible beside it."""
    read = read_funding(text, REGISTER, PROGRAMMES)
    assert not read.possible
    return sorted((one.councils, one.money.pounds) for one in read.told if one.money)


def given_to(council: Council, printed: str) -> Told:
    return [((council.slug,), SUMS[printed])]


@lightly
@given(councils, st.sampled_from(GIVING), sums)
def test_another_council_verb_or_sum(council: Council, verb: str, printed: str) -> None:
    text = f"The Department for Education has {verb} {council.official_name} {printed} for family help."
    assert told(text) == given_to(council, printed)


@lightly
@given(councils, sums)
def test_the_passive_for_the_active(council: Council, printed: str) -> None:
    name = council.official_name
    expected = given_to(council, printed)
    assert told(f"{name} has been awarded {printed} by the Department for Education.") == expected
    assert (
        told(f"{printed} has been awarded to {name} by the Department for Education.") == expected
    )
    assert told(f"{name} will receive {printed} from the Department for Education.") == expected


@lightly
@given(councils, st.sampled_from(ASIDES), sums)
def test_a_clause_put_in(council: Council, aside: str, printed: str) -> None:
    name = f"{council.official_name}, {aside},"
    ministry = "the Department for Education"
    expected = given_to(council, printed)
    assert (
        told(f"{ministry.capitalize()} has awarded {name} {printed} for family help.") == expected
    )
    assert told(f"{name} has been awarded {printed} by {ministry} for family help.") == expected


@lightly
@given(two, st.tuples(sums, sums))
def test_a_list_for_a_sentence(pair: list[Council], printed: tuple[str, str]) -> None:
    (first, one), (second, other) = zip(pair, printed, strict=True)
    a, b = first.official_name, second.official_name
    expected = sorted(given_to(first, one) + given_to(second, other))
    lead = "The Department for Education has awarded these grants for family help:"
    for text in (
        f"The Department for Education has awarded {a} {one} and {b} {other} for family help.",
        f"{lead}\n\n- {a}: {one}\n- {b}: {other}\n",
        f"{lead}\n\n{a} {one}\n{b} {other}\n",
        f"{lead}\n\n* {a} ({one})\n* {b} ({other})\n",
    ):
        assert told(text) == expected

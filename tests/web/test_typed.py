"""What was typed into a form: whatever it is, it is understood or said to be wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from office import Office

from syncer.model import Area, Change, Frequency, Grade, Subscription
from syncer.register.council_rows import REGIONS
from syncer.web.typed import FIELDS, Typed, kinds, read, suffixes, typed_in, typed_of

WORDS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["leeds", "E08000035", "York", "Kingston", "London", "7", "07:00", "£5m", ""]),
    st.sampled_from([*kinds(), *Area, *Change, *Grade, *Frequency]),
)
FORMS = st.dictionaries(st.sampled_from(FIELDS), st.lists(WORDS, max_size=4), max_size=6)
SLUGS = st.sampled_from(["leeds", "york", "halton", "brent"])


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("typed")) as made:
        yield made


@settings(max_examples=60)
@given(form=FORMS)
def test_any_form_asks_for_something_or_has_faults_in_fields_that_were_typed(
    office: Office, form: dict[str, list[str]]
) -> None:
    typed = typed_in(form.items())
    found = read(typed, office.app)
    assert (found.wanted is None) == bool(found.faults)
    assert {fault.field for fault in found.faults} <= {*typed, "kind"}


WANTED = st.builds(
    Subscription,
    id=st.just(0),
    subscriber=st.just(0),
    councils=st.lists(SLUGS, unique=True).map(tuple),
    regions=st.lists(st.sampled_from(REGIONS), unique=True).map(tuple),
    neighbours_of=st.lists(SLUGS, unique=True).map(tuple),
    but=st.lists(SLUGS, unique=True).map(tuple),
    areas=st.lists(st.sampled_from([str(area) for area in Area]), unique=True).map(tuple),
    directions=st.lists(st.sampled_from([str(word) for word in Change]), unique=True).map(tuple),
    grades=st.lists(st.sampled_from([str(grade) for grade in Grade]), unique=True).map(tuple),
    minimum_pounds=st.integers(0, 10**9),
    payments=st.booleans(),
)


@settings(max_examples=40)
@given(wanted=WANTED, suffix=st.sampled_from(["", ".2", ".17"]))
def test_a_form_that_shows_what_somebody_has_asks_for_the_same(
    office: Office, wanted: Subscription, suffix: str
) -> None:
    assert read(typed_of(wanted, suffix), office.app, suffix).wanted == wanted


@pytest.mark.parametrize(
    ("typed", "ends"),
    [
        ({}, ("",)),
        ({"council": ("leeds",)}, ("",)),
        ({"council": ("a",), "kind.3": ("b",), "area.2": ("c",)}, ("", ".2", ".3")),
        ({"council": ("a",), "kind.2": ("b",), "stop": ("yes",)}, (".2",)),
        ({"council": ("a",), "stop": ("yes",)}, ()),
        ({"council.0": ("a",), "council.100": ("a",), "other.2": ("a",)}, ("",)),
    ],
)
def test_a_page_may_have_several_sets_of_fields(typed: Typed, ends: tuple[str, ...]) -> None:
    assert suffixes(typed) == ends


def test_a_value_is_one_line_and_what_cannot_be_shown_is_seen_to_be_wrong() -> None:
    pairs = [("council", [" North\u00a0 Yorkshire\n", "", "Le\x00eds"]), ("email", ["a\tb@c.org"])]
    typed = typed_in(pairs)
    assert typed == {"council": ("North Yorkshire", "Le\ufffdeds"), "email": ("a b@c.org",)}

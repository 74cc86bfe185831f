"""One table written in other ways is read the same: these need no labels."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from syncer.funding.tables import Surroundings, read_table
from syncer.funding.tables.text import find_tables
from syncer.register.councils import load_register
from syncer.register.programmes import load_programmes

REGISTER, PROGRAMMES = load_register(), load_programmes()
COUNCILS = [one for one in REGISTER if one.closed is None and one.opened is None]
CAPTION = "Department for Education: grant allocations 2024-25"

SUMS = st.lists(
    st.tuples(st.sampled_from(COUNCILS), st.integers(20, 90_000).map(lambda n: n * 1_000)),
    min_size=3,
    max_size=12,
    unique_by=lambda pair: pair[0].slug,
)
MARKS = st.sampled_from(["", "*", " [r]", " [note 2]", " (provisional)", "¹", "†", " [2]"])


def told(rows: list[list[str]], caption: str = CAPTION) -> dict[str, int]:
    """Return the pounds by council."""
    around = Surroundings((caption,), published=dt.date(2024, 5, 1))
    statements = read_table(rows, around, REGISTER, PROGRAMMES).statements
    return {one.councils[0]: one.money.pounds for one in statements if one.money}


def plain(sums: list[tuple[object, int]]) -> dict[str, int]:
    return {council.slug: pounds for council, pounds in sums}  # type: ignore[attr-defined]


@settings(deadline=None, max_examples=40)
@given(SUMS, st.permutations(range(4)))
def test_the_order_of_the_columns_does_not_matter(sums, order) -> None:  # type: ignore[no-untyped-def]
    header = ["Region", "Local authority", "Pupils", "Allocation (£)"]
    rows = [[c.region, c.official_name, "1,200", f"{pounds:,}"] for c, pounds in sums]
    turned = [[row[place] for place in order] for row in (header, *rows)]
    assert told(turned) == plain(sums)


@settings(deadline=None, max_examples=40)
@given(SUMS, st.sampled_from(["GSS code", "LA code", "ONS code", "DfE number"]), st.integers(0, 2))
def test_a_code_column_changes_nothing(sums, title, place) -> None:  # type: ignore[no-untyped-def]
    rows = [["Local authority", "Allocation (£)"]]
    rows += [[council.name, f"{pounds:,}"] for council, pounds in sums]
    codes = [title, *(c.dfe_code if "GSS" not in title else c.gss for c, _ in sums)]
    for row, code in zip(rows, codes, strict=True):
        row.insert(place, code)
    assert told(rows) == plain(sums)


@settings(deadline=None, max_examples=40)
@given(SUMS, st.sampled_from(["£", "£000", "£ thousand", "£m", "£ million"]), st.booleans())
def test_the_unit_changes_nothing(sums, unit, in_heading) -> None:  # type: ignore[no-untyped-def]
    size = 1 if unit == "£" else 1_000 if "0" in unit or "th" in unit else 1_000_000
    cells = [f"{pounds / size:.3f}".rstrip("0").rstrip(".") for _, pounds in sums]
    title = f"Allocation ({unit})" if in_heading else "Allocation"
    rows = [["Local authority", title]]
    rows += [[council.name, cell] for (council, _), cell in zip(sums, cells, strict=True)]
    assert told(rows, CAPTION if in_heading else f"{CAPTION} ({unit})") == plain(sums)


@settings(deadline=None, max_examples=40)
@given(SUMS, MARKS, MARKS)
def test_footnote_marks_change_nothing(sums, on_name, on_sum) -> None:  # type: ignore[no-untyped-def]
    name_mark = on_name.replace(" (provisional)", "").replace(" [note 2]", "")
    rows = [["Local authority", "Allocation (£)"]]
    rows += [[council.name + name_mark, f"{pounds:,}{on_sum}"] for council, pounds in sums]
    assert told(rows) == plain(sums)


@settings(deadline=None, max_examples=40)
@given(SUMS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(sums, random) -> None:  # type: ignore[no-untyped-def]
    rows = [[council.name, f"£{pounds:,}"] for council, pounds in sums]
    rows += [["Total", f"£{sum(plain(sums).values()):,}"]]
    random.shuffle(rows)
    assert told([["Local authority", "Allocation"], *rows]) == plain(sums)


@settings(deadline=None, max_examples=40)
@given(
    SUMS, st.sampled_from(["{}\t{}", "{} | {}", "{}      {}", "{}: £{}", "{} – £{}", "{} ..... {}"])
)
def test_rows_in_a_text_are_read_as_the_cells_are(sums, form) -> None:  # type: ignore[no-untyped-def]
    lines = [CAPTION, "", *(form.format(c.name, f"{pounds:,}") for c, pounds in sums)]
    (table,) = find_tables(lines)
    assert told([list(row) for row in table.rows]) == plain(sums)

"""Tables of files: every fault at once and where it is, what may be left out, and that no secret is
printed."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.pretty import pretty_repr

from syncer.config import Config, JobSection, SourceSection
from syncer.operations.refusals_file import RefusalsTable
from syncer.operations.roster import Entry
from syncer.sources.govuk import items
from syncer.tables import (
    Check,
    Fault,
    Meant,
    Reader,
    Secret,
    Sought,
    Table,
    in_one_line,
    keys_of,
    nearest,
)


def _short(value: str) -> str:
    if len(value) > 3:
        raise ValueError(f"{value!r} is long")
    return value.upper()


def _listed(value: Any) -> Any:
    return value.split(";") if isinstance(value, str) else value


def _in_order(value: str, known: Mapping[str, str]) -> str:
    if value not in known:
        raise ValueError(f"there is no {value}")
    return known[value]


class Inner(Table, frozen=True):
    """A table in another."""

    size: Annotated[int, msgspec.Meta(ge=1, le=9)] = 1
    where: Path | None = None


class Outer(Table, frozen=True, kw_only=True):
    """A table with a field of each kind."""

    name: Annotated[str, Check(_short)]
    kind: Literal["a", "b"] = "a"
    on: bool = False
    share: Annotated[float, msgspec.Meta(gt=0)] = 1.0
    names: Annotated[tuple[Annotated[str, Check(_short)], ...], Meant(_listed)] = ()
    maybe: Annotated[str, Check(_short)] | None = None
    inner: Inner = Inner()
    inners: tuple[Inner, ...] = ()
    by_name: dict[str, Inner] = {}
    hidden: Secret = Secret()
    found: Annotated[str, Sought(_in_order)] = ""
    called: int = msgspec.field(default=0, name="call")

    @classmethod
    def completed(cls, given: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"kind": "b", **given} if given.get("on") is True else given

    def contradictions(self) -> Iterator[str]:
        if self.on and self.kind == "a":
            yield "on goes with b"


def faults(given: object, **how: Any) -> list[tuple[str, str]]:
    """Every fault of a table, as where and what."""
    reader = Reader(**how)
    assert reader.table(Outer, given) is None
    return [(".".join(map(str, place)), said) for place, said in reader.faults]


def test_all_that_is_wrong_is_told_at_once_and_where_it_is() -> None:
    assert faults(
        {
            "kind": "c",
            "on": 1,
            "share": 0,
            "names": ["ok", "longer", 5, "longest"],
            "maybe": "longer",
            "inner": {"size": 10, "sise": 1},
            "inners": [{}, {"size": 0}, 7],
            "by_name": {"x": {"where": 3}},
            "hidden": 4,
            "found": "nothing",
            "called": 1,
        },
        among={},
    ) == [
        ("kind", "should be 'a' or 'b'"),
        ("on", "should be true or false"),
        ("share", "should be a number over 0"),
        ("names.1", "'longer' is long"),
        ("names.2", "should be a text"),
        ("names.3", "'longest' is long"),
        ("maybe", "'longer' is long"),
        ("inner.size", "should be a whole number from 1 to 9"),
        ("inner.sise", "there is no such key. Did you mean 'size'?"),
        ("inners.1.size", "should be a whole number from 1 to 9"),
        ("inners.2", "should be a table"),
        ("by_name.x.where", "should be a text"),
        ("hidden", "should be a text"),
        ("found", "there is no nothing"),
        ("called", "there is no such key. Did you mean 'call'?"),
        ("name", "is missing"),
    ]


def test_what_is_right_is_kept_as_it_is_meant() -> None:
    reader = Reader(among={"leeds city council": "leeds"})
    given = {
        "name": "abc",
        "on": True,
        "share": 2,
        "names": "x;y",
        "maybe": "z",
        "inner": {"where": "a/b"},
        "hidden": "s3cret",
        "found": "leeds city council",
        "call": 7,
    }
    assert reader.table(Outer, given) == Outer(
        name="ABC",
        kind="b",
        on=True,
        share=2.0,
        names=("X", "Y"),
        maybe="Z",
        inner=Inner(where=Path("a/b")),
        hidden=Secret("s3cret"),
        found="leeds",
        called=7,
    )
    assert reader.faults == []


def test_what_cannot_be_true_together_is_a_fault_of_the_table_that_is_not_kept() -> None:
    assert faults({"name": "a", "on": True, "kind": "a"}) == [("", "on goes with b")]
    assert Reader().table(Outer, {"name": "a", "on": True, "kind": "b"}) is not None


@pytest.mark.parametrize("given", [None, 3, "text", [], [["name", "a"]], True])
def test_what_is_no_table_is_told(given: object) -> None:
    assert faults(given) == [("", "should be a table")]


def test_keys_that_are_not_known_are_left_out_where_the_file_is_another_s() -> None:
    reader = Reader(known_only=False)
    read = reader.table(Outer, {"name": "a", "more": 1, "inner": {"more": 2}, "maybe": None})
    assert (read, reader.faults) == (Outer(name="A"), [])
    assert reader.table(Outer, {"more": 1}) is None


def test_no_secret_is_printed_whatever_is_wrong() -> None:
    reader = Reader()
    kept = reader.table(Outer, {"name": "a", "hidden": "s3cret"})
    assert kept
    assert kept.hidden.value == "s3cret"
    assert "s3cret" not in f"{kept} {kept!r} {kept.hidden} {kept.hidden!r}"

    try:
        raise RuntimeError(kept)
    except RuntimeError:
        assert "s3cret" not in traceback.format_exc()
    assert "s3cret" not in str(faults({"hidden": ["s3cret"], "name": "long name"}))


def test_the_name_that_was_meant_or_all_there_are() -> None:
    assert nearest("conections", ("connections", "attempts")) == "Did you mean 'connections'?"
    assert nearest("xyz", ("b", "a")) == "Known: a, b"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("size", "where", "x")), inner, max_size=2)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from((*keys_of(Outer), "x")), JSON, max_size=6))
def test_whatever_is_given_is_either_right_or_told(table: dict[str, Any]) -> None:
    reader = Reader(among={})
    read = reader.table(Outer, table)
    assert (read is None) == bool(reader.faults)
    if read:
        for key in {"on", "share", "call"} & table.keys():
            value = table[key]
            kept = read.called if key == "call" else getattr(read, key)
            assert kept == value
            assert isinstance(value, bool) == isinstance(kept, bool)


def kinds(kind: type[Table]) -> Iterator[type[Table]]:
    """A table and all those in it."""
    yield kind
    for field in msgspec.structs.fields(kind):
        for part in parts(field.type):
            if isinstance(part, type) and issubclass(part, Table):
                yield from kinds(part)


def parts(kind: Any) -> Iterator[Any]:
    """A kind of value, and those of which it is made."""
    yield kind
    for part in get_args(kind):
        yield from parts(part)


OF_GOVUK = (items._Page, items._Redirect, items._Results, items._Row)
READ = sorted(
    {
        table
        for root in (Config, JobSection, SourceSection, Entry, RefusalsTable, *OF_GOVUK)
        for table in kinds(root)
    },
    key=lambda table: table.__name__,
)


@pytest.mark.parametrize("table", READ, ids=lambda table: table.__name__)
def test_every_mark_stands_where_the_reader_looks_for_it(table: type[Table]) -> None:
    """In a union of more than one kind, msgspec alone looks at what is given, and it knows none."""
    for field in msgspec.structs.fields(table):
        for kind in parts(field.type):
            options = [each for each in get_args(kind) if each is not type(None)]
            is_union = "Union" in str(get_origin(kind)) and len(options) > 1
            marks = [part for option in options for part in parts(option)]
            assert not is_union or not any(isinstance(m, Check | Meant | Sought) for m in marks)


@pytest.mark.parametrize("table", READ, ids=lambda table: table.__name__)
def test_a_default_is_what_a_file_could_say(table: type[Table]) -> None:
    """Defaults are not checked when a table is read: here they are."""
    reader = Reader()
    for field in msgspec.structs.fields(table):
        if field.default is msgspec.NODEFAULT or not isinstance(
            field.default, str | int | float | tuple
        ):
            continue
        alone = msgspec.defstruct("Alone", [("it", field.type)], bases=(Table,), frozen=True)
        given = list(field.default) if isinstance(field.default, tuple) else field.default
        read = reader.table(alone, {"it": given})
        assert reader.faults == []
        assert read.it == field.default, field.name


def test_a_fault_says_where_in_one_line() -> None:
    assert in_one_line(Fault(("mail", "names", 0), "is wrong")) == "mail.names.0: is wrong"
    assert in_one_line(Fault((), "is wrong")) == "is wrong"
    assert in_one_line(Fault(("a\x1b[31m",), "is wrong")) == "'a\\x1b[31m': is wrong"


def test_what_is_hidden_is_in_no_form_of_the_table() -> None:
    entry = Entry(address="hook", channel="webhook", secret_address="s3cret", signing_key="s3cret")
    for table in (entry, RefusalsTable(keys=("s3cret",))):
        assert "s3cret" not in f"{table} {table!r} {[table]} {pretty_repr(table)}"
    assert "address='hook'" in repr(entry)
    assert "hook" in pretty_repr(entry)


def test_options_are_told_as_in_a_sentence() -> None:
    class Several(Table, frozen=True):
        """Fields of several kinds."""

        word: Literal["a", "b", "c"] = "a"
        content: str | tuple[int, ...] | None = None

    reader = Reader()
    reader.table(Several, {"word": "d", "content": 3})
    assert [said for _, said in reader.faults] == [
        "should be 'a', 'b' or 'c'",
        "should be a text, a list or nothing",
    ]

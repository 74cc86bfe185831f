"""A table, as TOML, CSV or JSON has it → a `Table` whose fields are declared.

msgspec checks each value, and stops at the first that is wrong; whoever wrote a file wants to know
all that is wrong in it, so each value is handed to it by itself.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from enum import Enum, EnumType
from functools import cache
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Literal,
    NamedTuple,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
)

import msgspec
from msgspec.structs import FieldInfo, fields

WORDS = {  # of anything else: a text
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    NoneType: "nothing",
    tuple: "a list",
}
UNIONS = (Union, UnionType)
A_TABLE = "should be a table"


class Fault(NamedTuple):
    """What is wrong in a file, and where: the keys and numbers that lead there, from outside."""

    place: tuple[str | int, ...]
    said: str


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The fields that a table may have. One that is left out has its default, which is not
    checked; one that is `HIDDEN` is never printed."""

    HIDDEN: ClassVar[tuple[str, ...]] = ()

    def __repr__(self) -> str:
        shown = [f"{name}={value!r}" for name, value in self.__rich_repr__()]
        return f"{type(self).__name__}({', '.join(shown)})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Return what may be printed."""
        shown = [name for name in self.__struct_fields__ if name not in self.HIDDEN]
        return [(name, getattr(self, name)) for name in shown]

    @classmethod
    def completed(cls, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the table with what follows from the rest of it, before it is checked."""
        return given

    def contradictions(self) -> Iterable[str]:
        """Return what cannot be true together, where each field by itself is right."""
        return ()


class Check(NamedTuple):
    """Stands in an annotation: what returns the value as it is kept, or raises ValueError."""

    by: Callable[[Any], Any]


class Sought(NamedTuple):
    """Stands in an annotation: what finds the value among what the reader was given to look in, or
    raises ValueError."""

    by: Callable[[Any, Any], Any]


class Meant(NamedTuple):
    """Stands in an annotation: what returns the value that is meant by what was written, before
    anything is checked."""

    by: Callable[[Any], Any]


class Secret:
    """A text that is never printed; false where it is empty."""

    __slots__ = ("value",)

    def __init__(self, value: str = "") -> None:
        self.value = value

    def __bool__(self) -> bool:
        return bool(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return "Secret(…)" if self else "Secret()"


AnyTable = TypeVar("AnyTable", bound=Table)


def keys_of(kind: type[Table]) -> tuple[str, ...]:
    """Return the keys of such a table, as they stand in a file."""
    return tuple(_fields(kind))


def default_of(kind: type[Table], name: str) -> Any:
    """Return what the field of that key has where nothing is said of it. Raises KeyError."""
    return _fields(kind)[name].default


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a question for the name that was probably meant, or all that are known."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"Did you mean {near[0]!r}?"
    return f"Known: {', '.join(names)}"


def in_one_line(fault: Fault) -> str:
    """Return where a fault is, and what it is."""
    place = ".".join(map(_printable, fault.place))
    return f"{place}: {fault.said}" if place else fault.said


def _printable(part: str | int) -> str:
    """Return a key as it may be written to a terminal."""
    key = str(part)
    return key if key.isprintable() else ascii(key)


class Reader:
    """Reads tables and keeps the `faults` found in them. Where it is not `known_only`, keys that
    are not known are left out. `among` is where `Sought` looks."""

    def __init__(self, *, known_only: bool = True, among: object = None) -> None:
        self.faults: list[Fault] = []
        self._known_only = known_only
        self._among = among

    def table(
        self, kind: type[AnyTable], given: object, place: tuple[str | int, ...] = ()
    ) -> AnyTable | None:
        """Return the table that is given as a mapping of its keys; None where there is a fault in
        it, which is kept."""
        known_faults = len(self.faults)
        if not isinstance(given, Mapping):
            self._add(place, A_TABLE)
            return None

        values = self._values(kind, kind.completed(given), place)
        if len(self.faults) > known_faults:
            return None

        table = kind(**values)
        for said in table.contradictions():
            self._add(place, said)
        return table if len(self.faults) == known_faults else None

    def _add(self, place: tuple[str | int, ...], said: str) -> None:
        self.faults.append(Fault(place, said))

    def _values(
        self, kind: type[Table], given: Mapping[str, Any], place: tuple[str | int, ...]
    ) -> dict[str, Any]:
        """Return the values of a table by the names of their fields."""
        known = _fields(kind)
        values = {}
        for key, written in given.items():
            where = (*place, key)
            if key in known:
                values[known[key].name] = self._value(known[key].type, written, where)
            elif self._known_only:
                self._add(where, f"there is no such key. {nearest(str(key), known)}")

        for key, field in known.items():
            if field.required and key not in given:
                self._add((*place, key), "is missing")
        return values

    def _value(self, kind: Any, written: Any, place: tuple[str | int, ...]) -> Any:
        """Return one value as it is kept; None, and a fault, where it is wrong."""
        plain, marks = _unmarked(kind)
        known_faults = len(self.faults)
        try:
            meant = _meant(written, marks)
            value = self._parts(plain, kind, meant, place)
            if len(self.faults) == known_faults:
                return self._kept(value, marks)
        except (ValueError, OverflowError) as error:
            self._add(place, str(error))
        return None

    def _kept(self, value: Any, marks: Iterable[Any]) -> Any:
        """Return a value that is right by itself as it is kept. Raises ValueError."""
        for mark in marks:
            if isinstance(mark, Check):
                value = mark.by(value)
            if isinstance(mark, Sought):
                value = mark.by(value, self._among)
        return value

    def _parts(self, plain: Any, kind: Any, given: Any, place: tuple[str | int, ...]) -> Any:
        """Return a value with each part of it read: what is wrong with one says nothing of the
        others. Raises ValueError."""
        origin = get_origin(plain)
        if origin in UNIONS:
            return self._one_of(plain, kind, given, place)
        if origin is tuple:
            if not isinstance(given, list | tuple):
                raise ValueError("should be a list")
            item = get_args(plain)[0]
            return tuple(self._value(item, each, (*place, at)) for at, each in enumerate(given))
        if origin is dict:
            return self._named(get_args(plain)[1], given, place)
        if isinstance(plain, type) and issubclass(plain, Table):
            return self.table(plain, given, place)
        return self._single(kind, given)

    def _one_of(self, plain: Any, kind: Any, given: Any, place: tuple[str | int, ...]) -> Any:
        """Return a value that may be of several kinds. Raises ValueError."""
        kinds = [each for each in get_args(plain) if each is not NoneType]
        if given is None or len(kinds) > 1:
            return self._single(kind, given)
        return self._value(kinds[0], given, place)

    def _named(self, kind: Any, given: Any, place: tuple[str | int, ...]) -> dict[str, Any]:
        """Return values of one kind by their names. Raises ValueError."""
        if not isinstance(given, Mapping):
            raise ValueError(A_TABLE)
        return {name: self._value(kind, each, (*place, name)) for name, each in given.items()}

    def _single(self, kind: Any, given: Any) -> Any:
        """Return a value that has no parts. Raises ValueError."""
        try:
            return msgspec.convert(given, kind, dec_hook=_made_of_text)
        except msgspec.ValidationError:
            wanted = _what_should_be(kind)
            raise ValueError(f"should be {wanted}") from None


@cache
def _fields(kind: type[Table]) -> Mapping[str, FieldInfo]:
    """Return the fields of a table by their keys. Their annotations are texts, which are read anew
    each time that msgspec is asked for them."""
    return {field.encode_name: field for field in fields(kind)}


def _unmarked(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return a kind of value, and what stands beside it in its annotation."""
    if get_origin(kind) is not Annotated:
        return kind, ()

    plain = kind.__origin__
    return plain, kind.__metadata__


def _meant(written: Any, marks: Iterable[Any]) -> Any:
    """Return the value that is meant by what was written. Raises ValueError."""
    for mark in marks:
        if isinstance(mark, Meant):
            written = mark.by(written)
    return written


def _made_of_text(kind: type, given: Any) -> Any:
    """Return what msgspec does not know itself. Raises ValueError for what is no text."""
    if not isinstance(given, str):
        raise ValueError("not a text")
    return kind(given)


def _what_should_be(kind: Any) -> str:
    """Return in words what a value has to be."""
    plain, marks = _unmarked(kind)
    origin = get_origin(plain)
    if origin in UNIONS:
        return _either(map(_what_should_be, get_args(plain)))
    if origin is Literal:
        return _either(map(repr, get_args(plain)))
    if isinstance(plain, EnumType):
        return _either(repr(each.value) for each in cast("type[Enum]", plain))

    words = WORDS.get(origin or plain, "a text")
    limits = next((mark for mark in marks if isinstance(mark, msgspec.Meta)), None)
    return words + _limited(limits) if limits else words


def _either(options: Iterable[str]) -> str:
    """Return several options in words, each once."""
    *others, last = dict.fromkeys(options)
    return f"{', '.join(others)} or {last}" if others else last


def _limited(limits: msgspec.Meta) -> str:
    """Return in words how large a value may be. Only the limits that stand here are in use."""
    if limits.min_length:
        return " that is not empty"
    if limits.gt is not None:
        return f" over {limits.gt}"
    if limits.le is not None:
        return f" from {limits.ge} to {limits.le:,}"
    return f", {limits.ge} at least"

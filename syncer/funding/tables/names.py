"""A table's cell → the council or councils that its row is about.

"Leeds [2]", "Adopt East (Essex)", "host: Islington", "Cumbria (lead)", "A (delivering for A and
B)", "Kent and Medway" (joint), a GSS code.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from syncer.errors import AmbiguousCouncil, CouncilError, NotACouncil
from syncer.model import Council
from syncer.register.council_names import Mention, is_only_joined
from syncer.register.councils import Register

GSS = re.compile(r"[ENSW]\d{8}")
_ENGLISH_COUNCIL = re.compile(r"E(?:06|07|08|09|10)\d{6}")
_ROLE = re.compile(
    r"^(?:lead|host|hosted|led)(?: authority| council| LA)?(?: by|:)?\s*[:–—-]?\s+|"
    r"\s*\((?:lead|host)\b(?!(?: authority| council)?:)[^)]*\)$",
    re.I,
)
_AND_ITS_ROLE = re.compile(
    r",?\s+\(?(?:leads?|hosts?)\b.*$"
    r"|,\s+(?:for|on behalf of|with|plus)\s+(?:itself|its|all|several|\d+|two|three|four|five|six"
    r"|seven|eight|nine|ten|the (?:other|rest))\b.*$"
    r"|,\s+(?:until|pending|from|since)\b.*$",
    re.I,
)
_MARK = re.compile(r"\s*(?:\([a-z]\)|\[(?:note )?[a-z0-9]{1,2}\])$", re.I)
"""A footnote's mark after a name."""
_REMARK = re.compile(r"\s*\([^()]*\)$")
_GIVEN_FOR = re.compile(
    r"\s*\((?:\d|[a-z]+ (?:homes?|places|schemes?|bids?|projects?))[^()]*\)$|: [a-z][^:()]*$"
)
"""What a council is given something for: "Bradford (3 homes)", "Trafford: attachment fees"."""
_IN_BRACKETS = re.compile(
    r"\((?:(?:led|hosted|claims? made|paid|held) (?:by|to)|lead|host)?(?: authority| council)?"
    r":?\s*([^()]+)\)"
    r"|,? (?:led|hosted) by (.+)$"
    r"|, (?:with )?(.+?) (?:in the lead|leading|as (?:the )?(?:lead|host)|hosting)(?: authority)?$",
    re.I,
)
_TOTAL = re.compile(
    r"^\W*(?:(?:grand|sub|overall|national|england|regional)[ -]?)?totals?\b"
    r"|\btotals?\W*$|^\W*(?:all|the)\b.{0,30}\b(?:regions|authorities|councils|partnerships|areas"
    r"|LAs|schemes|above)\b|^\W*(?:england|sum|average|mean|median|national|all)\W*$",
    re.I,
)
"""A row of its own sort: what the rows above add up to."""
_REGION = re.compile(
    r"^(?:(?:inner|outer|west|east|north|south|central|greater) )?london$|^greater manchester$"
    r"|^(?:the )?(?:(?:east|west) )?midlands$|^(?:north|south) (?:east|west)$|^east of england"
    r"|^yorkshire (?:and|&) the humber"
    r"|\((?:part|subtotal)\)$|\bregion$",
    re.I,
)
_LIKE_A_COUNCIL = re.compile(
    r"\b(?:council|borough|county|M\.?B\.?C|C\.?C|authority|corporation|city of)\b", re.I
)


@dataclass(frozen=True)
class Payees:
    """The councils of one cell: one, or several that share the sum. `others` are those it says it
    delivers for, `body` is the agency or partnership that the cell names them for."""

    councils: tuple[Council, ...]
    others: tuple[Council, ...] = ()
    body: str = ""


class CellReader:
    """Reads cells as councils, each spelling once. `on` is the day on which the names are meant."""

    def __init__(self, register: Register, on: dt.date | None) -> None:
        self._register = register
        self._on = on
        self._known: dict[str, Payees | CouncilError] = {}

    def read(self, cell: str) -> Payees | CouncilError:
        """Return the councils of a cell; the error is a value, so that the other rows are read."""
        known = self._known.get(cell)
        if known is None:
            known = self._read(cell)
            self._known[cell] = known

        return known

    def _read(self, cell: str) -> Payees | CouncilError:
        if is_aggregate(cell):
            return NotACouncil(f"{cell!r} is a total or a region.")

        try:
            if GSS.fullmatch(cell):
                return Payees((self._register.by_gss(cell),))
            if not re.search(r"[A-Za-z]{3}", cell):
                return NotACouncil(f"{cell!r} is not a name.")
            return self._named(cell)
        except CouncilError as error:
            return error

    def by_code(self, cell: str) -> Payees | CouncilError:
        """Return the council of a number that its column says is the ministry's code."""
        try:
            return Payees((self._register.find(cell, self._on),))
        except CouncilError as error:
            return error

    def _named(self, cell: str) -> Payees:
        name = _ROLE.sub("", _MARK.sub("", cell))
        try:
            matched = self._register.match_cell(name, self._on)
        except CouncilError:
            found = self._otherwise(name)
            if found is None:
                raise
            return found

        return Payees((matched.council,), matched.delivering_for)

    def _otherwise(self, name: str) -> Payees | None:
        """Return the councils of a cell that is no council's name as it stands."""
        named = self._in_brackets(name) or self._several(_REMARK.sub("", name))
        bare = _GIVEN_FOR.sub("", name)
        if named is not None or bare == name:
            return named
        return self._led_by(bare)

    def _several(self, name: str) -> Payees | None:
        """Return the councils of a cell that names nothing else: "Kent and Medway"."""
        name = name.replace("/", ",")
        mentions = self._register.mentions(name, self._on)
        if len(mentions) < 2 or not is_only_joined(name, mentions):
            return None

        if any(mention.ambiguous for mention in mentions):
            return None
        return Payees(self._councils_of(mentions))

    def _councils_of(self, mentions: Sequence[Mention]) -> tuple[Council, ...]:
        """Return the councils that are mentioned, each once."""
        slugs: dict[str, None] = {}
        for mention in mentions:
            slugs |= dict.fromkeys(mention.slugs)

        return tuple(self._register.by_slug(slug) for slug in slugs)

    def _in_brackets(self, name: str) -> Payees | None:
        """Return the council that an agency or a partnership is led by."""
        for inner in _IN_BRACKETS.finditer(name):
            leader = next(filter(None, inner.groups())).strip()
            before = name[: inner.start()]
            led = self._led_by(leader)
            if led is not None:
                body = self._other_body(before.strip(" –-,"))
                return replace(led, body=body)

        return None

    def _led_by(self, leader: str) -> Payees | None:
        """Return the council, or the several councils, of this name; None where it is of others."""
        leader = _AND_ITS_ROLE.sub("", leader)
        try:
            lead = self._register.match_cell(leader, self._on)
        except CouncilError:
            return self._several(leader)
        return Payees((lead.council,))

    def _other_body(self, name: str) -> str:
        """Return the name, unless it is that of a trust of councils that the register knows."""
        mentions = self._register.mentions(name, self._on)
        if mentions:
            return ""
        return name


def is_aggregate(cell: str) -> bool:
    """Return whether the cell names a total, a region or the nation."""
    if GSS.fullmatch(cell):
        return not _ENGLISH_COUNCIL.fullmatch(cell)
    if is_total(cell):
        return True
    return _REGION.search(cell) is not None


def is_total(cell: str) -> bool:
    """Return whether the cell says that its row adds up others."""
    found = _TOTAL.search(cell)
    return found is not None


def may_be_council(error: CouncilError) -> bool:
    """Return whether a name that leads to no council may be one all the same: unknown, or
    ambiguous."""
    if isinstance(error, AmbiguousCouncil):
        return True
    return not isinstance(error, NotACouncil)


def looks_like_council(name: str) -> bool:
    """Return whether a name has a word by which councils call themselves."""
    return _LIKE_A_COUNCIL.search(name) is not None

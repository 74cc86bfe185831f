"""The register: which councils exist, when, and under which names and codes. `councils.csv` is the
source of truth, kept by hand.

*One council or two.* A county that became a unitary for the same area, with the same Ofsted page,
is one council whose GSS code was re-issued (`old_gss`): Cornwall, Durham, Northumberland,
Shropshire and Wiltshire (2009), Buckinghamshire (2020), North Yorkshire and Somerset (2023); so are
Gateshead (2013), Barnsley and Sheffield (2025), whose codes alone changed. Where the area or the
page changed, the old council has a row of its own, `closed` on its first day of not existing:
Bedfordshire and Cheshire (2009), Bournemouth, Poole and Dorset county (2019), Northamptonshire
(2021), Cumbria (2023), Surrey (2027; SI 2026/264). Sources: ONS code history, Ofsted's provider
pages and statistics, mySociety's list of authorities, DfE's statistical neighbours.

*Which council a name means.* An official name is always that council. Any other name is looked up
among all names and aliases. With a day, those that exist on it are meant, or, if all have ended,
their successors; without, the only one that has no end. A name that still leads to several is
ambiguous: "Kingston"; "Northamptonshire" unless before 2021. A trust's name may stand for several
councils together.
"""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import io
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib import resources
from pathlib import Path

from syncer.errors import AmbiguousCouncil, ConfigError, CouncilError, NotACouncil, UnknownCouncil
from syncer.model import Council
from syncer.register import council_names as names
from syncer.register.council_names import Mention, key_of, plain

REGIONS = (
    "East Midlands",
    "East of England",
    "London",
    "North East",
    "North West",
    "South East",
    "South West",
    "West Midlands",
    "Yorkshire and the Humber",
)
COLUMNS = tuple(field.name for field in fields(Council))
_LISTS = ("provider_ids", "old_gss", "aliases", "predecessors", "successors", "neighbours")
_DATES = ("opened", "closed")
_NEEDED = ("name", "official_name", "region", "type")
_ERASED = "-"
_SLUG = re.compile(r"[a-z]+(?:-[a-z]+)*")


@dataclass(frozen=True)
class Cell:
    """What a table cell says: the council the row is about, and those it says it acts for ("X
    (Delivering for X and Y)")."""

    council: Council
    delivering_for: tuple[Council, ...] = ()


class Register:
    """All councils that have, had or will have children's services in England. Iterates over them
    in the order of their slugs."""

    def __init__(self, councils: Iterable[Council]) -> None:
        by_slug = sorted(councils, key=lambda council: council.slug)
        self._councils = {council.slug: council for council in by_slug}
        self._codes = {
            code.casefold(): council.slug for council in by_slug for code in _codes(council)
        }
        self._official = {key_of(council.official_name): council.slug for council in by_slug}
        self._names = _holders_by_name(by_slug)
        self._pattern = _names_pattern(by_slug)
        self._trusts = frozenset(_trust_keys(by_slug))

    def __iter__(self) -> Iterator[Council]:
        return iter(self._councils.values())

    def __len__(self) -> int:
        return len(self._councils)

    def by_slug(self, slug: str) -> Council:
        """The council with this slug; UnknownCouncil."""
        return self._known(self._councils.get(slug), slug)

    def by_provider_id(self, provider_id: str) -> Council:
        """The council with this id on reports.ofsted.gov.uk, current or former; UnknownCouncil."""
        found = self._councils.get(self._codes.get(provider_id.strip(), ""))
        return self._known(
            found if found and provider_id.strip() in found.provider_ids else None,
            f"provider {provider_id}",
        )

    def by_gss(self, code: str) -> Council:
        """The council with this GSS code, current or former; UnknownCouncil."""
        found = self._councils.get(self._codes.get(code.strip().casefold(), ""))
        return self._known(
            found if found and code.strip().upper() in (found.gss, *found.old_gss) else None, code
        )

    def open_on(self, day: dt.date) -> tuple[Council, ...]:
        """The councils that exist on that day."""
        return tuple(council for council in self if council.open_on(day))

    def region(self, name: str, on: dt.date | None = None) -> tuple[Council, ...]:
        """The councils of one of the nine ONS regions ("Yorkshire" will do), on that day or ever;
        else ConfigError."""
        found = [region for region in REGIONS if key_of(region).startswith(key_of(name) or "?")]
        if len(found) != 1:
            raise ConfigError(
                f"There is no one region {name!r}.", "The regions are: " + ", ".join(REGIONS) + "."
            )
        return tuple(
            council
            for council in self
            if council.region == found[0] and (on is None or council.open_on(on))
        )

    def neighbours(self, slug: str) -> tuple[Council, ...]:
        """DfE's statistical neighbours of a council, closest first; none for one that has ended or
        not begun."""
        return tuple(self._councils[other] for other in self.by_slug(slug).neighbours)

    def find(self, name: str, on: dt.date | None = None) -> Council:
        """The one council meant by a name, code, provider id or slug, on a day if given. Raises
        UnknownCouncil, AmbiguousCouncil (with the slugs), or NotACouncil for a college, a district
        or any other body with a council's name in its own."""
        coded = self._codes.get(name.strip().casefold())
        slugs = (coded,) if coded else self._holders(name, on) or self._cut_short(name, on)
        if not slugs:
            raise self._refusal(name, on)
        if len(slugs) > 1:
            officials = [self._councils[slug].official_name for slug in slugs]
            raise AmbiguousCouncil(
                f"{name!r} may be {', '.join(officials[:-1])} or {officials[-1]}.", slugs
            )
        return self._councils[slugs[0]]

    def match_cell(self, text: str, on: dt.date | None = None) -> Cell:
        """The council that a table cell or supplier column names: footnote marks are passed over,
        and those it delivers for are kept apart. Raises as find() does; a cell naming several
        councils is ambiguous."""
        text = names.without_footnote(text)
        lead, others = names.lead_and_others(text)
        slugs = dict.fromkeys(
            slug
            for mention in self.mentions(others, on)
            if not mention.ambiguous
            for slug in mention.slugs
        )
        return Cell(
            self.find(lead if slugs else text, on), tuple(self._councils[slug] for slug in slugs)
        )

    def mentions(self, text: str, on: dt.date | None = None) -> list[Mention]:
        """Every place in running prose where a council (or its trust) is named, longest name first,
        in the order of the text. Other bodies, people, football clubs, places inside longer names
        and verbs are passed over. A short name is explained by the document: an ambiguous one means
        the council in its companion's region, or the one that is named in full elsewhere."""
        found: list[tuple[Mention, bool]] = []
        for match in self._pattern.finditer(text):
            mention = self._mention(match, text, on)
            if mention is not None:
                found.append(mention)
            elif names.shares_a_body(text, match.end()):
                names.drop_joined(found, text, match.start())
        return self._explained(found, text)

    def _mention(
        self, match: re.Match[str], text: str, on: dt.date | None
    ) -> tuple[Mention, bool] | None:
        """Return the mention, and whether it is surely of a council; None for another body's, a
        person's or another place's name."""
        start, end, explicit = names.with_type(text, *match.span())
        its_area = self._is_its_area(match[0], names.area_after(text, match.end()))
        if not explicit and names.is_other(text, *match.span(), its_area):
            return None
        name, key = key_of(match[0]), key_of(text[start:end])
        official = self._official.get(key)
        slugs = (official,) if official else self._chosen(self._names[name], on)
        ambiguous = len(slugs) > 1 and name not in self._trusts
        sure = explicit or not names.is_doubtful(text, *match.span())
        return Mention(start, end, slugs, text[start:end], ambiguous), sure

    def _known(self, council: Council | None, name: str) -> Council:
        if council is None:
            raise UnknownCouncil(f"No council goes by {name!r}.")
        return council

    def _chosen(self, holders: tuple[str, ...], on: dt.date | None) -> tuple[str, ...]:
        """Those of a name's holders that are meant, on that day or in general."""
        if on is None:
            lasting = tuple(slug for slug in holders if self._councils[slug].closed is None)
            return lasting if len(lasting) == 1 else holders
        living = tuple(slug for slug in holders if self._councils[slug].open_on(on))
        if living:
            return living
        heirs = self._heirs(holders, on)
        return self._chosen(heirs, on) if heirs else holders

    def _heirs(self, slugs: tuple[str, ...], on: dt.date) -> tuple[str, ...]:
        """Return the councils that came after those of these that have ended by then."""
        councils = (self._councils[slug] for slug in slugs)
        ended = [council for council in councils if council.closed and council.closed <= on]
        return tuple(dict.fromkeys(heir for council in ended for heir in council.successors))

    def _holders(self, name: str, on: dt.date | None) -> tuple[str, ...]:
        """The slugs a plain name leads to, the words of its type taken off as far as needed."""
        trust = key_of(names.without_company(name))
        if trust in self._trusts and trust in self._names:
            return self._chosen(self._names[trust], on)
        for core, off in names.cores(name):
            key = key_of(core)
            if key in self._official:
                return (self._official[key],)
            if key in self._names:
                return self._chosen(self._names[key], on) + self._county_of(key, name, off)
        return ()

    def _county_of(self, key: str, name: str, off: str) -> tuple[str, ...]:
        """Return the county that "Nottingham County Council" may mean, too."""
        if off == "county" and plain(name).endswith("county council"):
            return self._names.get(key + "shire", ())
        return ()

    def _cut_short(self, name: str, on: dt.date | None) -> tuple[str, ...]:
        """The slugs of a name that a payment file cut off in the middle of a word."""
        if not names.may_be_cut(name):
            return ()
        if whole := names.without_cut_type(name):
            return self._holders(whole, on)
        keys = [key_of(core) for core, _ in names.cores(name)]
        return next((slugs for key in keys if (slugs := self._beginning(key, on))), ())

    def _beginning(self, key: str, on: dt.date | None) -> tuple[str, ...]:
        found = {
            slugs
            for name, holders in self._names.items()
            if name.startswith(key)
            for slugs in [self._chosen(holders, on)]
        }
        return found.pop() if len(found) == 1 else ()

    def _refusal(self, name: str, on: dt.date | None) -> CouncilError:
        """Why a name leads to no council: another body's, several councils' or nobody's."""
        if names.is_other_body(name):
            return NotACouncil(f"{name!r} is another body, not a council.")
        if any(plain(name) == plain(region) for region in REGIONS):
            return NotACouncil(f"{name!r} is a region, not one council.")
        slugs = self._all_named(name, on)
        if slugs:
            return AmbiguousCouncil(f"{name!r} names {len(slugs)} councils.", slugs)
        if names.is_lower_tier(name):
            return NotACouncil(f"{name!r} is a council without children's services.")
        meant = self._alike(name)
        hint = f"Did you mean {' or '.join(meant)}?" if meant else ""
        return UnknownCouncil(f"No council goes by {name!r}.", hint)

    def _all_named(self, name: str, on: dt.date | None) -> tuple[str, ...]:
        """Return the councils of a name that is nothing but several councils' names; else none."""
        written = name if re.search("[A-Z]", name) else name.title()
        mentions = self.mentions(written, on)
        slugs = tuple(dict.fromkeys(slug for mention in mentions for slug in mention.slugs))
        return slugs if len(slugs) > 1 and names.is_only_joined(written, mentions) else ()

    def _alike(self, name: str) -> list[str]:
        """Return the names of up to three councils that are spelt nearly so."""
        by_key = {plain(council.name): council.name for council in self}
        close = difflib.get_close_matches(plain(name), by_key, n=3, cutoff=0.8)
        return [council for key, council in by_key.items() if key in close]

    def _is_its_area(self, name: str, area: str) -> bool:
        """Whether "City" or "County" after a name is the council's (Nottingham City, beside
        Nottinghamshire), not a club's."""
        key = key_of(name)
        return (
            area == "City"
            and key + "shire" in self._names
            or area == "County"
            and f"{key}countycouncil" in self._official
        )

    def _explained(self, found: list[tuple[Mention, bool]], text: str) -> list[Mention]:
        """The mentions, doubtful ones kept and ambiguous ones decided where the rest of the
        document says so."""
        named = {mention.slugs[0] for mention, sure in found if sure and len(mention.slugs) == 1}
        short_forms: dict[str, str] = {}
        explained: list[Mention] = []
        for place, (mention, sure) in enumerate(found):
            beside = _sure_neighbours(found, place)
            together = [other for other in beside if names.are_joined(text, mention, other)]
            if not (sure or together or named.intersection(mention.slugs)):
                continue
            if mention.ambiguous:
                whole = (one for one in beside if names.is_its_short_form(text, one, mention))
                short_forms.update((mention.text, one.slugs[0]) for one in whole)
                mention = self._decided(mention, together, named, short_forms)
            explained.append(mention)
        return explained

    def _decided(
        self,
        mention: Mention,
        together: list[Mention],
        named: set[str],
        short_forms: Mapping[str, str],
    ) -> Mention:
        """An ambiguous mention, with one council where its short form, its companions or the other
        names of the document say which."""
        regions = {self._councils[slug].region for other in together for slug in other.slugs}
        for meant in (
            {short_forms.get(mention.text)},
            {slug for slug in mention.slugs if self._councils[slug].region in regions},
            named,
        ):
            candidates = tuple(slug for slug in mention.slugs if slug in meant)
            if len(candidates) == 1:
                return replace(mention, slugs=candidates, ambiguous=False)
        return mention


def _holders_by_name(councils: Iterable[Council]) -> dict[str, tuple[str, ...]]:
    """Return the slugs of those that bear each name or alias."""
    holders: dict[str, list[str]] = defaultdict(list)
    for council in councils:
        spellings = (council.slug, council.name, *council.aliases)
        for name in dict.fromkeys(key_of(spelling) for spelling in spellings):
            holders[name].append(council.slug)
    return {name: tuple(slugs) for name, slugs in holders.items()}


def _names_pattern(councils: Iterable[Council]) -> re.Pattern[str]:
    """Return a pattern for every name and alias, the longest first."""
    spellings = {name for council in councils for name in (council.name, *council.aliases)}
    longest_first = sorted(spellings, key=lambda name: (-len(name), name))
    alternatives = "|".join(map(names.spelt, longest_first))
    return re.compile(rf"(?<![\w@#/])(?=[A-Z])(?:{alternatives})(?!\w|\.\w)")


def _trust_keys(councils: Iterable[Council]) -> Iterator[str]:
    """Return the keys of the trusts' names, with what stands in brackets after them."""
    for council in councils:
        yield from (key_of(name) for name in re.split(r"[(),;]|renamed", council.trust))


def _sure_neighbours(found: list[tuple[Mention, bool]], place: int) -> list[Mention]:
    """Return the mentions next to this one that are surely of one council."""
    beside = found[max(0, place - 1) : place] + found[place + 1 : place + 2]
    return [other for other, certain in beside if certain and not other.ambiguous]


# -- Reading the file ------------------------------------------------------------------------------


def load_register(extra: Path | None = None) -> Register:
    """The packaged register; with `extra`, a CSV of the same columns, its rows added: a new slug is
    a new council, a known slug takes over the cells that are filled ("-" empties one). ConfigError
    names every fault of that file at once."""
    if extra is None:
        return _packaged()
    faults: list[str] = []
    register = _register(_rows_with(_text_of(extra), faults), faults)
    if faults:
        hint = f"The columns are: {', '.join(COLUMNS)}."
        raise ConfigError("\n  ".join((f"The register file {extra} is wrong:", *faults)), hint)
    return register


def _text_of(extra: Path) -> str:
    try:
        return extra.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise ConfigError(f"The register file {extra} cannot be read: {fault}") from fault


def _rows_with(text: str, faults: list[str]) -> dict[str, dict[str, str]]:
    """Return the packaged rows by slug, with those of this text added to them."""
    rows = _packaged_rows()
    for number, row in _rows(text, faults):
        cells = {column: "" if cell == _ERASED else cell for column, cell in row.items() if cell}
        rows[row["slug"]] = {**rows.get(row["slug"], {}), **cells, "line": f"line {number}"}
    return rows


@cache
def _packaged() -> Register:
    faults: list[str] = []
    register = _register(_packaged_rows(), faults)
    if faults:
        raise ConfigError("The packaged register is wrong:\n  " + "\n  ".join(faults))
    return register


def _packaged_rows() -> dict[str, dict[str, str]]:
    text = resources.files("syncer.register").joinpath("councils.csv").read_text(encoding="utf-8")
    return {row["slug"]: row for _, row in _rows(text, [])}


def _rows(text: str, faults: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows with their line numbers; faults in the header, and rows without a slug of their own,
    are noted."""
    reader = csv.DictReader(io.StringIO(text), restkey="more", restval="")
    columns = reader.fieldnames or ()
    faults += [f"unknown column {column!r}" for column in columns if column not in COLUMNS]
    if "slug" not in columns:
        faults.append("there is no column slug")
        return
    seen: set[str] = set()
    for row in reader:
        slug = row["slug"]
        if "more" in row or slug in seen or not _SLUG.fullmatch(slug):
            faults.append(
                f"line {reader.line_num}: too many cells, or slug {slug!r} repeated or not like a-b"
            )
            continue
        seen.add(slug)
        yield reader.line_num, {column: row[column].strip() for column in COLUMNS if column in row}


def _register(rows: Mapping[str, Mapping[str, str]], faults: list[str]) -> Register:
    """The register of these rows; every fault found is added to `faults`."""
    councils = [_council(row, faults) for row in rows.values()]
    owners: dict[str, str] = {}
    for council in councils:
        where = f"{rows[council.slug].get('line', '')} {council.slug}".strip()
        faults += [f"{where}: {fault}" for fault in _faults_of(council, rows)]
        for code in _codes(council) | {key_of(council.official_name)}:
            if owners.setdefault(code, council.slug) != council.slug:
                faults.append(f"{where}: {code} is also that of {owners[code]}")
    return Register(councils)


def _faults_of(council: Council, known: Collection[str]) -> Iterator[str]:
    """Return what is wrong with one row, the others being those of the `known` slugs."""
    yield from (f"no {column}" for column in _NEEDED if not getattr(council, column))
    others = {*council.predecessors, *council.successors, *council.neighbours}
    yield from (f"no council {other!r}" for other in sorted(others.difference(known)))
    if council.region not in REGIONS:
        yield f"the region {council.region!r} is not one of " + ", ".join(REGIONS)
    if council.opened and council.closed and council.opened >= council.closed:
        yield "closed before it opened"


def _codes(council: Council) -> set[str]:
    return {*council.old_gss, council.gss, council.dfe_code, *council.provider_ids} - {""}


def _council(row: Mapping[str, str], faults: list[str]) -> Council:
    values: dict[str, object] = {column: row.get(column, "") for column in COLUMNS}
    for column in _LISTS:
        values[column] = tuple(filter(None, map(str.strip, row.get(column, "").split("|"))))
    for column in _DATES:
        values[column] = _day(row, column, faults)
    return Council(**values)  # type: ignore[arg-type]


def _day(row: Mapping[str, str], column: str, faults: list[str]) -> dt.date | None:
    if not row.get(column):
        return None
    try:
        return dt.date.fromisoformat(row[column])
    except ValueError:
        where = f"{row.get('line', '')} {row['slug']}".strip()
        faults.append(f"{where}: {column} {row[column]!r} is not a date like 2027-04-01")
        return None

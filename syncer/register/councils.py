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
from collections.abc import Iterable, Iterator, Mapping
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
        self._councils = {
            council.slug: council for council in sorted(councils, key=lambda council: council.slug)
        }
        self._codes: dict[str, str] = {}
        self._official: dict[str, str] = {}
        holders: dict[str, list[str]] = defaultdict(list)
        for slug, council in self._councils.items():
            self._codes |= {code.casefold(): slug for code in _codes(council)}
            self._official[key_of(council.official_name)] = slug
            for name in {key_of(name) for name in (slug, council.name, *council.aliases)}:
                holders[name].append(slug)
        self._names = {name: tuple(slugs) for name, slugs in holders.items()}
        spellings = sorted(
            {name for council in self for name in (council.name, *council.aliases)},
            key=len,
            reverse=True,
        )
        self._pattern = re.compile(
            r"(?<![\w@#/])(?=[A-Z])(?:" + "|".join(map(names.spelt, spellings)) + r")(?!\w|\.\w)"
        )
        self._trusts = {
            key_of(name) for council in self for name in re.split(r"[(),;]|renamed", council.trust)
        }

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
            start, end, explicit = names.with_type(text, *match.span())
            its_area = self._is_its_area(match[0], names.area_after(text, match.end()))
            if not explicit and names.is_other(text, *match.span(), its_area):
                if names.shares_a_body(text, match.end()):
                    names.drop_joined(found, text, match.start())
                continue
            key = key_of(text[start:end])
            slugs = (
                (self._official[key],)
                if key in self._official
                else self._chosen(self._names[key_of(match[0])], on)
            )
            ambiguous = len(slugs) > 1 and key_of(match[0]) not in self._trusts
            sure = explicit or not names.is_doubtful(text, *match.span())
            found.append((Mention(start, end, slugs, text[start:end], ambiguous), sure))
        return self._explained(found, text)

    def _known(self, council: Council | None, name: str) -> Council:
        if council is None:
            raise UnknownCouncil(f"No council goes by {name!r}.")
        return council

    def _chosen(self, holders: tuple[str, ...], on: dt.date | None) -> tuple[str, ...]:
        """Those of a name's holders that are meant, on that day or in general."""
        councils = [self._councils[slug] for slug in holders]
        if on is None:
            lasting = tuple(council.slug for council in councils if council.closed is None)
            return lasting if len(lasting) == 1 else holders
        living = tuple(council.slug for council in councils if council.open_on(on))
        if living:
            return living
        ended = [council for council in councils if council.closed and council.closed <= on]
        heirs = dict.fromkeys(heir for council in ended for heir in council.successors)
        return self._chosen(tuple(heirs), on) if heirs else holders

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
                twin = (
                    self._names.get(key + "shire", ())
                    if off == "county" and plain(name).endswith("county council")
                    else ()
                )
                return self._chosen(self._names[key], on) + twin
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
        text = plain(name)
        if names.is_other_body(name):
            return NotACouncil(f"{name!r} is another body, not a council.")
        if any(text == plain(region) for region in REGIONS):
            return NotACouncil(f"{name!r} is a region, not one council.")
        written = name if re.search("[A-Z]", name) else name.title()
        mentions = self.mentions(written, on)
        slugs = tuple(dict.fromkeys(slug for mention in mentions for slug in mention.slugs))
        if len(slugs) > 1 and names.is_only_joined(written, mentions):
            return AmbiguousCouncil(f"{name!r} names {len(slugs)} councils.", slugs)
        if names.is_lower_tier(name):
            return NotACouncil(f"{name!r} is a council without children's services.")
        close = difflib.get_close_matches(
            text, [plain(council.name) for council in self], n=3, cutoff=0.8
        )
        meant = [council.name for council in self if plain(council.name) in close]
        return UnknownCouncil(
            f"No council goes by {name!r}.", f"Did you mean {' or '.join(meant)}?" if meant else ""
        )

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
        explained = []
        for place, (mention, sure) in enumerate(found):
            beside = [
                other
                for other, certain in found[max(0, place - 1) : place]
                + found[place + 1 : place + 2]
                if certain and not other.ambiguous
            ]
            together = [other for other in beside if names.are_joined(text, mention, other)]
            if not (sure or together or named.intersection(mention.slugs)):
                continue
            if mention.ambiguous:
                short_forms.update(
                    (mention.text, other.slugs[0])
                    for other in beside
                    if names.is_its_short_form(text, other, mention)
                )
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


# -- Reading the file ------------------------------------------------------------------------------


def load_register(extra: Path | None = None) -> Register:
    """The packaged register; with `extra`, a CSV of the same columns, its rows added: a new slug is
    a new council, a known slug takes over the cells that are filled ("-" empties one). ConfigError
    names every fault of that file at once."""
    if extra is None:
        return _packaged()
    try:
        text = extra.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise ConfigError(f"The register file {extra} cannot be read: {fault}") from fault
    faults: list[str] = []
    rows = _packaged_rows()
    for number, row in _rows(text, faults):
        cells = {column: "" if cell == _ERASED else cell for column, cell in row.items() if cell}
        rows[row["slug"]] = {**rows.get(row["slug"], {}), **cells, "line": f"line {number}"}
    register = _register(rows, faults)
    if faults:
        hint = f"The columns are: {', '.join(COLUMNS)}."
        raise ConfigError("\n  ".join((f"The register file {extra} is wrong:", *faults)), hint)
    return register


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
    faults += [
        f"unknown column {column!r}" for column in reader.fieldnames or () if column not in COLUMNS
    ]
    if "slug" not in (reader.fieldnames or ()):
        faults.append("there is no column slug")
        return
    seen: set[str] = set()
    for row in reader:
        if (
            "more" in row
            or row["slug"] in seen
            or not re.fullmatch(r"[a-z]+(?:-[a-z]+)*", row["slug"])
        ):
            faults.append(
                f"line {reader.line_num}: too many cells, or slug {row['slug']!r} repeated or not like a-b"
            )
            continue
        seen.add(row["slug"])
        yield reader.line_num, {column: row[column].strip() for column in COLUMNS if column in row}


def _register(rows: Mapping[str, Mapping[str, str]], faults: list[str]) -> Register:
    """The register of these rows; every fault found is added to `faults`."""
    councils = [_council(row, faults) for row in rows.values()]
    owners: dict[str, str] = {}
    for council in councils:
        where = f"{rows[council.slug].get('line', '')} {council.slug}".strip()
        faults += [f"{where}: no {column}" for column in _NEEDED if not getattr(council, column)]
        others = {*council.predecessors, *council.successors, *council.neighbours}
        faults += [f"{where}: no council {other!r}" for other in sorted(others - set(rows))]
        if council.region not in REGIONS:
            faults.append(
                f"{where}: the region {council.region!r} is not one of " + ", ".join(REGIONS)
            )
        if council.opened and council.closed and council.opened >= council.closed:
            faults.append(f"{where}: closed before it opened")
        for code in _codes(council) | {key_of(council.official_name)}:
            if owners.setdefault(code, council.slug) != council.slug:
                faults.append(f"{where}: {code} is also that of {owners[code]}")
    return Register(councils)


def _codes(council: Council) -> set[str]:
    return {*council.old_gss, council.gss, council.dfe_code, *council.provider_ids} - {""}


def _council(row: Mapping[str, str], faults: list[str]) -> Council:
    values: dict[str, object] = {column: row.get(column, "") for column in COLUMNS}
    values |= {
        column: tuple(part.strip() for part in row.get(column, "").split("|") if part.strip())
        for column in _LISTS
    }
    for column in _DATES:
        try:
            values[column] = dt.date.fromisoformat(row[column]) if row.get(column) else None
        except ValueError:
            values[column] = None
            faults.append(
                f"{row.get('line', '')} {row['slug']}: {column} {row[column]!r} is not a date like 2027-04-01".strip()
            )
    return Council(**values)  # type: ignore[arg-type]

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

import datetime as dt
import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

from syncer.errors import AmbiguousCouncil, ConfigError, CouncilError, NotACouncil, UnknownCouncil
from syncer.model import Council
from syncer.register import council_names as names
from syncer.register.council_names import Mention, key_of, plain
from syncer.register.council_rows import (
    COLUMNS,
    REGIONS,
    codes_of,
    councils_of,
    packaged_rows,
    rows_with,
)


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
        self._official = {key_of(council.official_name): council.slug for council in by_slug}
        self._codes = _slugs_by_code(by_slug)
        self._names = _holders_by_name(by_slug)
        self._trusts = frozenset(_trust_keys(by_slug))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """The pattern for every name; made when first asked for, since it takes longer than all the
        rest."""
        return _names_pattern(self)

    def __iter__(self) -> Iterator[Council]:
        return iter(self._councils.values())

    def __len__(self) -> int:
        return len(self._councils)

    def by_slug(self, slug: str) -> Council:
        """Return the council with this slug; UnknownCouncil."""
        council = self._councils.get(slug)
        return self._known(council, slug)

    def by_provider_id(self, provider_id: str) -> Council:
        """Return the council with this id on reports.ofsted.gov.uk, current or former;
        UnknownCouncil."""
        code = provider_id.strip()
        found = self._coded(code)
        # The same number may be another sort of code.
        if found and code not in found.provider_ids:
            found = None
        return self._known(found, f"provider {provider_id}")

    def by_gss(self, code: str) -> Council:
        """Return the council with this GSS code, current or former; UnknownCouncil."""
        stripped = code.strip()
        found = self._coded(stripped.casefold())
        if found and not _has_gss(found, stripped.upper()):
            found = None
        return self._known(found, code)

    def _coded(self, code: str) -> Council | None:
        """Return the council with this code of any sort, in small letters; None if there is
        none."""
        slug = self._codes.get(code, "")
        return self._councils.get(slug)

    def open_on(self, day: dt.date) -> tuple[Council, ...]:
        """Return the councils that exist on that day."""
        existing = [council for council in self if council.open_on(day)]
        return tuple(existing)

    def region(self, name: str, on: dt.date | None = None) -> tuple[Council, ...]:
        """Return the councils of one of the nine ONS regions ("Yorkshire" will do), on that day or
        ever; else ConfigError."""
        region = _region_named(name)
        councils = self if on is None else self.open_on(on)

        found = [council for council in councils if council.region == region]
        return tuple(found)

    def neighbours(self, slug: str) -> tuple[Council, ...]:
        """Return DfE's statistical neighbours of a council, closest first; none for one that has
        ended or not begun."""
        slugs = self.by_slug(slug).neighbours
        return tuple(self._councils[other] for other in slugs)

    def find(self, name: str, on: dt.date | None = None) -> Council:
        """Return the one council meant by a name, code, provider id or slug, on a day if given.
        Raises UnknownCouncil, AmbiguousCouncil (with the slugs), or NotACouncil for a college, a
        district or any other body with a council's name in its own."""
        slugs = self._meant(name, on)
        if not slugs:
            raise self._refusal(name, on)
        if len(slugs) == 1:
            return self._councils[slugs[0]]
        raise self._several(name, slugs)

    def _several(self, name: str, slugs: tuple[str, ...]) -> AmbiguousCouncil:
        """Return the error that a name means more than one council."""
        *officials, last = self._official_names(slugs)
        first_ones = ", ".join(officials)
        return AmbiguousCouncil(
            f"{name!r} may be {first_ones} or {last}.",
            slugs,
        )

    def _official_names(self, slugs: tuple[str, ...]) -> list[str]:
        found = []
        for slug in slugs:
            council = self._councils[slug]
            found.append(council.official_name)
        return found

    def _meant(self, name: str, on: dt.date | None) -> tuple[str, ...]:
        """Return the slugs of those that a code, a slug or a name may mean."""
        coded = self._codes.get(name.strip().casefold())
        if coded:
            return (coded,)

        return self._holders(name, on) or self._cut_short(name, on)

    def match_cell(self, text: str, on: dt.date | None = None) -> Cell:
        """Return the council that a table cell or supplier column names: footnote marks are passed
        over, and those it delivers for are kept apart. Raises as find() does; a cell naming several
        councils is ambiguous."""
        text = names.without_footnote(text)
        lead, others = names.lead_and_others(text)

        delivering_for = self._clearly_named(others, on)
        council = self.find(lead if delivering_for else text, on)
        return Cell(council, delivering_for)

    def _clearly_named(self, text: str, on: dt.date | None) -> tuple[Council, ...]:
        """Return the councils named in a text, without those of ambiguous names."""
        mentions = self.mentions(text, on)
        clear = [mention for mention in mentions if not mention.ambiguous]
        return tuple(self._councils[slug] for slug in _slugs_of(clear))

    def is_trust(self, name: str) -> bool:
        """Return whether a name is that of a trust, and not of a council itself."""
        key = key_of(name)
        return any(key.startswith(trust) for trust in self._trusts if trust)

    def mentions(self, text: str, on: dt.date | None = None) -> list[Mention]:
        """Return every place in running prose where a council (or its trust) is named, longest name
        first, in the order of the text. Other bodies, people, football clubs, places inside longer
        names and verbs are passed over. A short name is explained by the document: an ambiguous one
        means the council in its companion's region, or the one that is named in full elsewhere."""
        found: list[tuple[Mention, bool]] = []
        for match in self._pattern.finditer(text):
            mention = self._mention(match, text, on)
            if mention is not None:
                found.append(mention)
                continue

            if names.shares_a_body(text, match.end()):
                names.drop_joined(found, text, match.start())

        return self._explained(found, text)

    def _mention(
        self, match: re.Match[str], text: str, on: dt.date | None
    ) -> tuple[Mention, bool] | None:
        """Return the mention, and whether it is surely of a council; None for another body's, a
        person's or another place's name."""
        start, end, explicit = names.with_type(text, *match.span())
        if not explicit and self._is_other(match, text):
            return None

        mention = self._mention_of(key_of(match[0]), text, slice(start, end), on)
        sure = explicit or not names.is_doubtful(text, *match.span())
        return mention, sure

    def _mention_of(self, key: str, text: str, place: slice, on: dt.date | None) -> Mention:
        """Return the mention at a place of the text, by the name with this key."""
        printed = text[place]
        slugs = self._official_or_chosen(printed, key, on)
        return Mention(
            start=place.start,
            end=place.stop,
            slugs=slugs,
            text=printed,
            ambiguous=self._is_ambiguous(slugs, key),
        )

    def _is_ambiguous(self, slugs: tuple[str, ...], key: str) -> bool:
        """Return whether a name means one of several councils, and not all of them together."""
        is_trust = key in self._trusts
        return len(slugs) > 1 and not is_trust

    def _official_or_chosen(self, printed: str, key: str, on: dt.date | None) -> tuple[str, ...]:
        """Return the council with that official name; else those meant by the name with this
        key."""
        official = self._official.get(key_of(printed))
        if official:
            return (official,)
        return self._chosen(self._names[key], on)

    def _is_other(self, match: re.Match[str], text: str) -> bool:
        """Return whether a bare name belongs to another body, place or person."""
        area = names.area_after(text, match.end())
        its_area = self._is_its_area(match[0], area)
        return names.is_other(text, *match.span(), its_area)

    def _known(self, council: Council | None, name: str) -> Council:
        if council is None:
            raise UnknownCouncil(f"No council goes by {name!r}.")
        return council

    def _chosen(self, holders: tuple[str, ...], on: dt.date | None) -> tuple[str, ...]:
        """Return those of a name's holders that are meant, on that day or in general."""
        if on is None:
            return self._lasting(holders)

        living = [slug for slug in holders if self._councils[slug].open_on(on)]
        return tuple(living) or self._succeeding(holders, on)

    def _succeeding(self, holders: tuple[str, ...], on: dt.date) -> tuple[str, ...]:
        """Return those meant by a name whose holders do not exist on that day: their successors, or
        they themselves where there are none."""
        heirs = self._heirs(holders, on)
        if not heirs:
            return holders
        return self._chosen(heirs, on)

    def _lasting(self, holders: tuple[str, ...]) -> tuple[str, ...]:
        """Return the only one of a name's holders that has no end; all where there is not just
        one."""
        lasting = [slug for slug in holders if self._councils[slug].closed is None]
        if len(lasting) == 1:
            return (lasting[0],)
        return holders

    def _heirs(self, slugs: tuple[str, ...], on: dt.date) -> tuple[str, ...]:
        """Return the councils that came after those of these that have ended by then."""
        heirs: list[str] = []
        for slug in slugs:
            council = self._councils[slug]
            if council.closed and council.closed <= on:
                heirs += council.successors

        return _each_once(heirs)

    def _holders(self, name: str, on: dt.date | None) -> tuple[str, ...]:
        """Return the slugs a plain name leads to, the words of its type taken off as far as
        needed."""
        trust = key_of(names.without_company(name))
        if trust in self._trusts and trust in self._names:
            return self._chosen(self._names[trust], on)

        for core, off in names.cores(name):
            key = key_of(core)
            slugs = self._bearers(key, on)
            if not slugs:
                continue

            is_county = off == "county" and key not in self._official
            return slugs + self._county_of(key, name) if is_county else slugs
        return ()

    def _bearers(self, key: str, on: dt.date | None) -> tuple[str, ...]:
        """Return the council with this official name; else those meant by this name or alias; none
        where nobody bears it."""
        official = self._official.get(key)
        if official is not None:
            return (official,)

        holders = self._names.get(key, ())
        return self._chosen(holders, on) if holders else ()

    def _county_of(self, key: str, name: str) -> tuple[str, ...]:
        """Return the county that "Nottingham County Council" may mean, too."""
        if not plain(name).endswith("county council"):
            return ()
        return self._names.get(key + "shire", ())

    def _cut_short(self, name: str, on: dt.date | None) -> tuple[str, ...]:
        """Return the slugs of a name that a payment file cut off in the middle of a word."""
        if not names.may_be_cut(name):
            return ()

        whole = names.without_cut_type(name)
        if whole:
            return self._holders(whole, on)
        return self._cut_in_its_core(name, on)

    def _cut_in_its_core(self, name: str, on: dt.date | None) -> tuple[str, ...]:
        """Return the slugs of the one name that begins so, the words of its type taken off as far
        as needed."""
        for core, _ in names.cores(name):
            slugs = self._beginning(key_of(core), on)
            if slugs:
                return slugs
        return ()

    def _beginning(self, key: str, on: dt.date | None) -> tuple[str, ...]:
        found: set[tuple[str, ...]] = set()
        for holders in self._holders_beginning(key):
            slugs = self._chosen(holders, on)
            found.add(slugs)

        if len(found) != 1:
            return ()
        return found.pop()

    def _holders_beginning(self, key: str) -> Iterator[tuple[str, ...]]:
        """Yield the holders of each name that begins so."""
        for name, holders in self._names.items():
            if name.startswith(key):
                yield holders

    def _refusal(self, name: str, on: dt.date | None) -> CouncilError:
        """Return why a name leads to no council: another body's, several councils' or nobody's."""
        if names.is_other_body(name):
            return NotACouncil(f"{name!r} is another body, not a council.")
        if _is_region(name):
            return NotACouncil(f"{name!r} is a region, not one council.")

        slugs = self._all_named(name, on)
        if slugs:
            return AmbiguousCouncil(f"{name!r} names {len(slugs)} councils.", slugs)
        if names.is_lower_tier(name):
            return NotACouncil(f"{name!r} is a council without children's services.")
        return self._unknown(name)

    def _unknown(self, name: str) -> UnknownCouncil:
        """Return the error that nobody bears a name, with the names that are spelt nearly so."""
        hint = ""
        alike = self._alike(name)
        if alike:
            hint = f"Did you mean {' or '.join(alike)}?"
        return UnknownCouncil(f"No council goes by {name!r}.", hint)

    def _all_named(self, name: str, on: dt.date | None) -> tuple[str, ...]:
        """Return the councils of a name that is nothing but several councils' names; else none."""
        # Names are looked for in capital letters only.
        if not re.search("[A-Z]", name):
            name = name.title()

        mentions = self.mentions(name, on)
        slugs = _slugs_of(mentions)
        if len(slugs) < 2 or not names.is_only_joined(name, mentions):
            return ()
        return slugs

    def _alike(self, name: str) -> list[str]:
        """Return the names of up to three councils that are spelt nearly so."""
        by_key = {plain(council.name): council.name for council in self}
        close = difflib.get_close_matches(
            plain(name),
            by_key,
            n=3,
            cutoff=0.8,
        )
        return [council for key, council in by_key.items() if key in close]

    def _is_its_area(self, name: str, area: str) -> bool:
        """Return whether "City" or "County" after a name is the council's (Nottingham City, beside
        Nottinghamshire), not a club's."""
        key = key_of(name)
        if area == "City":
            return f"{key}shire" in self._names
        if area == "County":
            return f"{key}countycouncil" in self._official
        return False

    def _explained(self, found: list[tuple[Mention, bool]], text: str) -> list[Mention]:
        """Return the mentions, doubtful ones kept and ambiguous ones decided where the rest of the
        document says so."""
        named = _surely_named(found)
        short_forms: dict[str, str] = {}
        explained: list[Mention] = []

        for candidate in _in_context(found, text):
            mention = candidate.mention
            if not candidate.sure and named.isdisjoint(mention.slugs):
                continue

            if mention.ambiguous:
                short_forms.update(_short_forms(candidate, text))
                mention = self._decided(candidate, named, short_forms)
            explained.append(mention)

        return explained

    def _decided(
        self,
        candidate: _InContext,
        named: set[str],
        short_forms: Mapping[str, str],
    ) -> Mention:
        """Return an ambiguous mention, with one council where its short form, its companions or the
        other names of the document say which."""
        mention = candidate.mention
        short_form = {short_forms.get(mention.text, "")}
        near = self._in_regions_of(mention, candidate.together)

        for meant in (short_form, near, named):
            candidates = meant.intersection(mention.slugs)
            if len(candidates) == 1:
                return _of_one_council(mention, candidates.pop())
        return mention

    def _in_regions_of(self, mention: Mention, together: list[Mention]) -> set[str]:
        """Return those of a mention's slugs that lie in the regions of its companions."""
        regions = self._regions_of(together)
        near: set[str] = set()
        for slug in mention.slugs:
            if self._councils[slug].region in regions:
                near.add(slug)

        return near

    def _regions_of(self, mentions: list[Mention]) -> set[str]:
        regions: set[str] = set()
        for slug in _slugs_of(mentions):
            council = self._councils[slug]
            regions.add(council.region)
        return regions


def _of_one_council(mention: Mention, slug: str) -> Mention:
    """Return an ambiguous mention as one of this council."""
    return replace(
        mention,
        slugs=(slug,),
        ambiguous=False,
    )


def _has_gss(council: Council, code: str) -> bool:
    """Return whether a GSS code is the council's, or was."""
    return code == council.gss or code in council.old_gss


def _is_region(name: str) -> bool:
    """Return whether a name is that of a region."""
    regions = {plain(region) for region in REGIONS}
    return plain(name) in regions


def _region_named(name: str) -> str:
    """Return the one region whose name begins so; else ConfigError."""
    found = _regions_beginning(name)
    if len(found) == 1:
        return found[0]

    known = ", ".join(REGIONS)
    raise ConfigError(f"There is no one region {name!r}.", f"The regions are: {known}.")


def _regions_beginning(name: str) -> list[str]:
    """Return the regions whose names begin so; none for a name without a letter."""
    beginning = key_of(name)
    if not beginning:
        return []
    return [region for region in REGIONS if key_of(region).startswith(beginning)]


# -- What the register looks up --------------------------------------------------------------------


def _slugs_by_code(councils: Iterable[Council]) -> dict[str, str]:
    """Return whose each code is, in small letters."""
    slugs: dict[str, str] = {}
    for council in councils:
        for code in codes_of(council):
            slugs[code.casefold()] = council.slug
    return slugs


def _holders_by_name(councils: Iterable[Council]) -> dict[str, tuple[str, ...]]:
    """Return the slugs of those that bear each name or alias."""
    holders: dict[str, list[str]] = defaultdict(list)
    for council in councils:
        for key in _keys_of(council):
            holders[key].append(council.slug)

    return {key: tuple(slugs) for key, slugs in holders.items()}


def _keys_of(council: Council) -> set[str]:
    """Return the keys of a council's slug, name and aliases."""
    spellings = (council.slug, council.name, *council.aliases)
    return {key_of(spelling) for spelling in spellings}


def _names_pattern(councils: Iterable[Council]) -> re.Pattern[str]:
    """Return a pattern for every name and alias, the longest first."""
    spellings = sorted(_spellings(councils))
    # The sort is stable: names of one length stay in the order of the alphabet.
    spellings.sort(key=len, reverse=True)

    patterns = [names.spelt(spelling) for spelling in spellings]
    alternatives = "|".join(patterns)
    return re.compile(rf"(?<![\w@#/])(?=[A-Z])(?:{alternatives})(?!\w|\.\w)")


def _spellings(councils: Iterable[Council]) -> set[str]:
    """Return every name and alias, as it is written in the register."""
    spellings: set[str] = set()
    for council in councils:
        spellings.add(council.name)
        spellings.update(council.aliases)
    return spellings


def _trust_keys(councils: Iterable[Council]) -> Iterator[str]:
    """Return the keys of the trusts' names, with what stands in brackets after them."""
    for council in councils:
        parts = re.split(r"[(),;]|renamed", council.trust)
        for name in parts:
            yield key_of(name)


# -- A mention and what stands around it -----------------------------------------------------------


@dataclass(frozen=True)
class _InContext:
    """A mention, the mentions next to it that are surely of one council (`beside`), and those of
    them that are joined to it by a comma or "and" (`together`). `sure`: it is surely of a council,
    by itself or by those."""

    mention: Mention
    beside: list[Mention]
    together: list[Mention]
    sure: bool


def _in_context(found: list[tuple[Mention, bool]], text: str) -> Iterator[_InContext]:
    """Yield each mention with what stands next to it."""
    for place, (mention, sure) in enumerate(found):
        beside = _sure_neighbours(found, place)
        together = [other for other in beside if names.are_joined(text, mention, other)]
        yield _InContext(
            mention=mention,
            beside=beside,
            together=together,
            sure=sure or bool(together),
        )


def _short_forms(candidate: _InContext, text: str) -> dict[str, str]:
    """Return whose short form a mention is, where it stands in brackets after a council's name."""
    short = candidate.mention
    forms: dict[str, str] = {}
    for other in candidate.beside:
        if names.is_its_short_form(text, other, short):
            forms[short.text] = other.slugs[0]

    return forms


def _slugs_of(mentions: Iterable[Mention]) -> tuple[str, ...]:
    """Return the slugs of all these mentions, each once."""
    slugs: list[str] = []
    for mention in mentions:
        slugs += mention.slugs
    return _each_once(slugs)


def _each_once(slugs: Iterable[str]) -> tuple[str, ...]:
    """Return these slugs without repetitions, in their order."""
    unique = dict.fromkeys(slugs)
    return tuple(unique)


def _sure_neighbours(found: list[tuple[Mention, bool]], place: int) -> list[Mention]:
    """Return the mentions next to this one that are surely of one council."""
    sure: list[Mention] = []
    for mention, is_sure in _neighbours(found, place):
        if is_sure and not mention.ambiguous:
            sure.append(mention)

    return sure


def _neighbours(found: list[tuple[Mention, bool]], place: int) -> list[tuple[Mention, bool]]:
    """Return the mention before this one and the one after it, where there are such."""
    earliest = max(0, place - 1)
    before = found[earliest:place]
    after = found[place + 1 : place + 2]
    return before + after


def _surely_named(found: list[tuple[Mention, bool]]) -> set[str]:
    """Return the slugs of the councils that are surely named, each by a name of its own."""
    named: set[str] = set()
    for mention, sure in found:
        if sure and len(mention.slugs) == 1:
            named.add(mention.slugs[0])

    return named


# -- Reading the file ------------------------------------------------------------------------------


def load_register(extra: Path | None = None) -> Register:
    """Return the packaged register; with `extra`, a CSV of the same columns, its rows added: a new
    slug is a new council, a known slug takes over the cells that are filled ("-" empties one).
    ConfigError names every fault of that file at once."""
    if extra is None:
        return _packaged()
    return _with_rows_of(extra)


def _with_rows_of(extra: Path) -> Register:
    """Return the packaged register with the rows of the operator's file."""
    faults: list[str] = []
    rows = rows_with(_text_of(extra), faults)
    register = Register(councils_of(rows, faults))
    if faults:
        raise _wrong(extra, faults)
    return register


def _wrong(extra: Path, faults: Iterable[str]) -> ConfigError:
    """Return the error that names every fault of the operator's file."""
    heading = f"The register file {extra} is wrong:"
    message = "\n  ".join((heading, *faults))
    columns = ", ".join(COLUMNS)
    return ConfigError(message, f"The columns are: {columns}.")


def _text_of(extra: Path) -> str:
    try:
        return extra.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise ConfigError(f"The register file {extra} cannot be read: {fault}") from fault


@cache
def _packaged() -> Register:
    faults: list[str] = []
    register = Register(councils_of(packaged_rows(), faults))
    if faults:
        raise ConfigError("The packaged register is wrong:\n  " + "\n  ".join(faults))
    return register

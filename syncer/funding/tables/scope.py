"""Whose money a table's column holds, and whether it is given (FUNDING §2.10, §2.11).

The words about a table are read nearest first: what heads the column, the caption, the sentence
before, the notes below, the headings above, the publisher. The nearest that names a giver, or
something that is not given at all, decides.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from syncer.quantities.periods import find_periods
from syncer.register.ministries import COMMUNITIES, EDUCATION
from syncer.register.programmes import Programme, Programmes

_EDUCATION = re.compile(
    r"\bDepartment for Education\b|\bDfES?\b|\bDCSF\b|\bEducation (?:and Skills )?Funding Agency\b"
    r"|\bE?SFA\b|\bDepartment for Children, Schools and Families\b"
    r"|\beducation (?:ministry|department)\b"
    r"|\bSecretary of State for Education\b|\bEducation Secretary\b",
    re.I,
)
_COMMUNITIES = {
    "DCLG": re.compile(
        r"\bDCLG\b|\b(?:Department (?:for|of) )?Communities and Local Government\b(?<!Housing, )",
        re.I,
    ),
    "DLUHC": re.compile(r"\bDLUHC\b|\bLevelling Up, Housing\b", re.I),
    "MHCLG": re.compile(
        r"\bMHCLG\b|\bHousing, Communities\b|\bcommunities (?:ministry|department)\b", re.I
    ),
}
_OTHER_GIVERS = re.compile(
    r"\bHome Office\b|\bDWP\b|\bWork and Pensions\b|\bDHSC\b|\bDepartment (?:of|for) Health\b"
    r"|\bDCMS\b|\bCulture, Media\b|\bDfT\b|\bDEFRA\b|\bDESNZ\b|\bBEIS\b|\bDSIT\b"
    r"|\bDepartment for (?:Transport|Business|Digital|Environment|Energy)\b|\bCabinet Office\b"
    r"|\bMinistry of (?:Justice|Defence)\b|\bMoJ\b|\bYouth Justice Board\b|\bYJB\b|\bLottery\b"
    r"|\bCommunity Fund\b|\bNHS\b|\bIntegrated Care\b|\bICBs?\b|\bClinical Commissioning\b"
    r"|\bArts Council\b|\bSport England\b|\bCombined Authority\b|\bMayor\b|\bPolice\b"
    r"|\bGreater London Authority\b|\bGLA\b|\bFoundation\b(?! stage)",
    re.I,
)
"""Ministries and bodies whose money is out of scope."""
_OTHER_FUNDS = re.compile(
    r"\bShared Prosperity\b|\bTowns Fund\b|\bLevelling Up Fund\b|\bBetter Care Fund\b"
    r"|\bPublic Health\b|\bHousehold Support\b|\bDisabled Facilities\b|\bHomeless\w*"
    r"|\bRough Sleep\w*|\bpothole\w*|\bhighways?\b|\bEuropean Social\b|\bDomestic Abuse\b"
    r"|\bDiscretionary Housing\b|\bHeritage Fund\b|\bphilanthrop\w*|\bcharit(?:y|able)\b"
    r"|\b(?:adult )?social care (?:grant|market)|\bmarket sustainability\b|\bSerious Violence\b",
    re.I,
)
"""Funds and causes that others give for, where no ministry in scope is named beside them."""

_NOT_GIVEN = re.compile(
    r"\bout-?turns?\b|\bcouncil tax\b|\bspending power\b|\bsettlement funding\b"
    r"|\bfinance settlement\b"
    r"|\brevenue (?:expenditure|account)\b|\bR[OS][0-9X]\b|\bprecepts?\b"
    r"|\bbudget(?:ed|s)? (?:book|requirement|gap)\b"
    r"|\bbusiness rates\b|\bfees and charges\b|\bgender pay\b|\bsalar(?:y|ies)\b|\bhourly rates?\b"
    r"|\bbids (?:received|submitted)\b|\bapplications (?:received|submitted)\b"
    r"|\bamounts? (?:requested|bid for|sought)\b",
    re.I,
)
"""What a table is about that gives nobody anything, whatever else stands beside it."""
_SPENT = re.compile(
    r"(?<!for )(?<!to )\bspend(?:ing|s)?\b|(?<!be )\bspent\b|\bexpenditure\b|\bexpenses\b"
    r"|\bcosts?\b|\bbudgets?\b|\bdeficits?\b"
    r"|\bsurplus(?:es)?\b|\b(?:over|under)sp(?:end|ent)\w*\b|\bvariances?\b|\bbalances?\b"
    r"|\breserves?\b"
    r"|\bsavings?\b|\bdebts?\b|\bborrowing\b|\bloans?\b|(?<!successful )(?<!winning )\bbids?\b"
    r"|(?<!Information )\brequest(?:ed|s)?\b"
    r"|\bapplied for\b"
    r"|\bshortlist\w*|\bincome\b|\breceipts?\b|\bemployees\b|\bstaff\b|\bcharges?\b|\brepaid\b"
    r"|\brepayments?\b|\bclaw\w*"
    r"|\breturned\b|\brecovered\b|\bunspent\b|\bcontributions? from\b|\bforecasts?\b"
    r"|\bpressures?\b",
    re.I,
)
"""What a council has or uses; said in passing it decides nothing ("to meet the costs of")."""
_COSTS = re.compile(r"\bcosts?\b", re.I)
_RATES = re.compile(
    r"\bper (?:pupil|child|place|week|hour|head|day|night|capita|family|person)\b|\bhourly\b"
    r"|\bweekly\b"
    r"|\baverages?\b|\bmean\b|\bmedian\b|\bprices?\b|\brates?\b(?! of grant)"
    r"|\bunit (?:cost|value)s?\b|%|\bper ?cent\b"
    r"|\bpercentages?\b|\bpa(?:y|id) gap\b",
    re.I,
)
_COUNTED = re.compile(
    r"\b(?:codes?|numbers?|no\.?|ref(?:erence)?s?|rank(?:ing)?|population|count|URN|UPRN|UKPRN"
    r"|ONS|GSS|places"
    r"|beds?|pupils?|schools|families|children|adopters|carers?|households|cases|visits"
    r"|headcount|FTE|posts|homes"
    r"|postcode|phone|telephone|month|date|change|proportion|weight\w*|index|score|looked after"
    r"|turned around|(?:care )?leavers|attached|targets?|outcomes"
    r"|transaction|invoice|cost centre|row|cohort|round|wave|tranche|phase|age|ages|days"
    r"|hours)\b|#",
    re.I,
)
_COUNTS = re.compile(r"\W*(?:numbers?|counts?|percentages?|proportions?|rates?) of\b", re.I)
_PAYERS = re.compile(
    r"\bsources? (?:of (?:our )?(?:income|funds|funding) )?(?:are|were|was|is)\b|\bour funders\b"
    r"|\bincome (?:came|comes|rose|fell|is|was)\b|\bfunders (?:are|were|in)\b|\bpaid us\b",
    re.I,
)
"""The rows of such a table name those who pay."""
_SOURCE = re.compile(r"\bsources?:", re.I)
_WHOLE_SCHOOLS_GRANT = re.compile(
    r"\bdedicated schools grant\b|\bDSG\b|\bschools block\b|\bhigh needs block\b"
    r"|\bearly years block\b",
    re.I,
)
_SCHOOLS_MONEY = re.compile(
    r"\b(?:school[- ]level|individual schools?|by (?:school|institution|provider|college|academy)"
    r"|pupil premium|general annual grant|16 to 19|16-19|institution\w*)\b",
    re.I,
)
_VIRTUAL_SCHOOL = re.compile(r"\bvirtual schools?\b|\bpupil premium plus\b", re.I)
"""A council's own officer for looked-after children, who has no pupils: a grant for that is the
council's."""
_GIVEN = re.compile(
    r"\bgrants?\b|\ballocat\w+|\bfund(?:ing|s|ed)?\b|\bawards?\b|\bawarded\b"
    r"|\bpa(?:yments?|yable|id|ys?)\b"
    r"|\bdetermination\b|\bamounts?\b|\breceiv\w+|\bgets?\b|\bfee\b|\bfees\b|\binvestment\b"
    r"|\bsums?\b|\bcontribution\b"
    r"|\bshares?\b|\bclaims?\b|\bagreed?\b|\bsupport\b",
    re.I,
)
_GRANT = re.compile(r"\bgrants?\b|\bawards?\b|\bdetermination\b", re.I)
_SUM = re.compile(r"£\s?\d[\d,.]*")
_MONEY = re.compile(r"£|\bpounds\b|\bGBP\b", re.I)
_DEPARTMENT_GIVES = re.compile(
    r"\b[Tt]he Department (?:has |will |is |have |agrees to )*"
    r"(?:\w+ed\b|pa(?:y|id)|giv|provid|award)"
)
_OF_CHILDREN = re.compile(
    r"\bchild|\bfamil|\bfoster|\badopti|\bschool|\beducation|\bSEND\b"
    r"|\bauthorities in intervention\b",
    re.I,
)
_SAYS_GIVEN = re.compile(
    r"\bgrants?\b|\bawards?\b|\bfunding\b|\bfund\b|\bpayments?\b|\breimburs\w+", re.I
)
_YEAR_OF_ACCOUNT = re.compile(r"\b(?:financial|academic) year\b", re.I)
_NO_PROGRAMME = "no programme for children or families"
_NAMED_FUND = re.compile(
    r"\b(?:[A-Z][\w’'-]+ (?:(?:and|for|of|the|&) )?)+"
    r"(?:Grant|Fund|Premium|Programme|Supplement|Bonus)\b"
)


class Whose(Enum):
    """Return whether a column is told: it is OURS, somebody else's or not given (OTHER), or nothing
    says whose (UNCLEAR)."""

    OURS = "ours"
    OTHER = "other"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Giver:
    """Who gives a column's money under what; why it is not told, in a few words, where it is
    not."""

    whose: Whose
    funder: str = ""
    programme: Programme | None = None
    why: str = ""


@dataclass(frozen=True)
class Surroundings:
    """The words about a table, nearest first, after those that head its columns: `near` are its
    caption and the line before it, `far` the notes below, headings and title. `publisher` is the
    ministry whose page it is, empty where that is not known."""

    near: tuple[str, ...] = ()
    far: tuple[str, ...] = ()
    publisher: str = ""
    published: dt.date | None = None
    alone: bool = False
    """A file read without a page: whoever hands it over says whose it is, so "grant" is enough."""

    @property
    def words(self) -> str:
        """Return all of them as lines."""
        lines = (*self.near, *self.far)
        return "\n".join(lines)

    @property
    def say_money(self) -> bool:
        """Return whether they say that the table is of money; a sentence far from it that names
        one sum ("an outcome is worth £800") does not."""
        if any(says_money(words) for words in self.near):
            return True
        return any(says_money(_SUM.sub("", words)) for words in self.far)


class Scope:
    """Decides for the columns of one table."""

    def __init__(
        self, around: Surroundings, programmes: Programmes, titles: Sequence[str] = ()
    ) -> None:
        self._around = around
        self._programmes = programmes
        self._one_is_given = any(_GIVEN.search(title) for title in titles)
        self._one_names_giver = any(_EDUCATION.search(title) for title in titles)
        self._table = self._of_table()

    @property
    def table(self) -> Giver:
        """Return what holds for a column whose own heading says nothing."""
        return self._table

    def names_programme(self, title: str) -> bool:
        """Return whether the heading itself names a programme whose money counts."""
        programme = self._programme_in(title)
        return programme is not None and programme.in_scope

    def is_beside_givers(self, title: str) -> bool:
        """Return whether another column says that it is the education ministry's, and this heading
        names neither a giver, nor what is given, nor a year: "DfE grant | Health"."""
        if not self._one_names_giver or not title:
            return False
        if _EDUCATION.search(title) or says_money(title) or find_periods(title):
            return False
        return self.named_in(title) is None

    def granted_by_title(self, title: str) -> Giver | None:
        """Return the ministry in scope whose grant the heading itself says it is ("DfE grant")."""
        if not _SAYS_GIVEN.search(title) or _not_given_by_heading(title):
            return None

        own = self.named_in(title)
        if own is None or own.whose is not Whose.OURS:
            return None
        return own

    def is_of_other_things(self, title: str) -> bool:
        """Return whether the heading itself says that nothing is given, or that another gives."""
        own = self.named_in(title)
        is_anothers = own is not None and own.whose is Whose.OTHER
        return is_anothers or bool(_not_given_by_heading(title))

    def of_column(self, title: str) -> Giver:
        """Return whose money stands under this heading."""
        if not title:
            return self._table

        own = self.named_in(title)
        if own is not None and own.whose is Whose.OTHER:
            return own

        why = _not_given_by_heading(title)
        if why and not self._is_given_for_costs(title):
            return _not_ours(why)

        granted = self.granted_by_title(title)
        if granted is not None:
            return granted

        # Only a programme of its own makes a column of another's table one of the ministries'.
        names_programme = own is not None and own.programme is not None
        if self._table.whose is Whose.OTHER and not names_programme:
            return self._table
        if own is None:
            return self._without_own_name(title)
        return own

    def _is_given_for_costs(self, title: str) -> bool:
        """Return whether a column of costs is what the ministry gives towards them: the table is of
        its money, and no column beside it says "grant"."""
        if self._table.whose is not Whose.OURS:
            return False
        if self._one_is_given:
            return False

        plain = _COSTS.sub("", title)
        return not _not_given_by_heading(plain)

    def _without_own_name(self, title: str) -> Giver:
        """Return what holds for a heading without a giver: another fund's name under a ministry
        that counts only for programmes we know makes it another fund's column."""
        table = self._table
        if table.funder in COMMUNITIES and _NAMED_FUND.search(title):
            why = f"not a programme that is known: {title}"
            return _not_ours(why)

        is_unclear = table.whose is Whose.UNCLEAR
        if is_unclear and self._around.alone and _GRANT.search(title):
            return Giver(Whose.OURS)
        return table

    def _of_table(self) -> Giver:
        """Return what holds for the whole table, by the nearest words that say it."""
        why = self._why_not_given()
        if why:
            return _not_ours(why)

        giver = self._nearest_named()
        if giver is None or giver.whose is Whose.UNCLEAR:
            giver = self._by_publisher(giver)
        return self._unless_not_given(giver)

    def _nearest_named(self) -> Giver | None:
        """Return the giver that the nearest words name; an unclear one only where none is clear."""
        unclear: Giver | None = None
        for words in (*self._around.near, *self._around.far):
            if _is_beside_the_point(words):
                continue
            found = self.named_in(words)
            if found is not None and found.whose is not Whose.UNCLEAR:
                return found
            unclear = unclear or found

        return unclear

    def _why_not_given(self) -> str:
        """Return what says that nothing is given in the table; empty where nothing near it does."""
        for words in self._around.near:
            if names_payers(words):
                return "the rows are those who pay"
            why = _not_given_by_caption(words) or self.whole_schools_grant(words)
            if why:
                return why

        return _counted_by_caption((*self._around.near, *self._around.far[:1]))

    def whole_schools_grant(self, words: str) -> str:
        """Return the name of the formula grant for schools, where the words are of that and not of
        a programme about it ("safety valve"); empty where they are not."""
        found = _WHOLE_SCHOOLS_GRANT.search(words)
        if found is None or self._programme_in(words) is not None:
            return ""
        return found[0]

    def _unless_not_given(self, giver: Giver) -> Giver:
        """Return the giver, unless the headings say that the table is of other things."""
        if giver.whose is Whose.OTHER or giver.programme is not None:
            return giver

        for words in self._around.far:
            why = _strongly_not_given(words)
            if why:
                return _not_ours(why)

        return giver

    def _by_publisher(self, unclear: Giver | None) -> Giver:
        publisher = self._around.publisher
        words = self._around.words
        if publisher == EDUCATION and _GIVEN.search(words):
            return Giver(Whose.OURS, EDUCATION)
        if unclear is not None:
            return unclear
        if _the_department_gives(words):
            return Giver(Whose.OURS, EDUCATION)
        if self._around.alone and _GRANT.search(words):
            return Giver(Whose.OURS)
        if publisher in COMMUNITIES:
            return Giver(Whose.OTHER, publisher, why=_NO_PROGRAMME)
        return Giver(Whose.UNCLEAR, why="nothing says whose money it is")

    def named_in(self, words: str) -> Giver | None:
        """Return the giver that these words name; None where they name none."""
        programme = self._programme_in(words)
        if programme is not None:
            return _of_programme(programme, words)

        other = _OTHER_GIVERS.search(words)
        if _names_education_before(words, other):
            return Giver(Whose.OURS, EDUCATION)

        other = other or _OTHER_FUNDS.search(words)
        if other:
            return _not_ours(other[0])

        ministry = communities_in(words)
        if ministry:
            return self._of_communities(ministry)
        return None

    def _of_communities(self, ministry: str) -> Giver:
        for words in (*self._around.near, *self._around.far):
            programme = self._programme_in(words)
            if programme is not None and programme.in_scope:
                return Giver(Whose.OURS, ministry, programme)

        return Giver(Whose.OTHER, ministry, why=_NO_PROGRAMME)

    def _programme_in(self, words: str) -> Programme | None:
        found = self._programmes.mentions(words, self._around.published)
        if not found:
            return None
        return found[0].programme


def _is_beside_the_point(words: str) -> bool:
    """Return whether it is a sentence that says nothing of money, or where figures are from:
    whoever it names gives nothing in it."""
    if _SOURCE.search(words):
        return True
    return words.endswith(".") and not says_money(words)


def _not_ours(why: str) -> Giver:
    return Giver(Whose.OTHER, why=why)


def _the_department_gives(words: str) -> bool:
    """Return whether "the Department" gives, in a text about children's services: an answer of the
    education ministry does not name it."""
    if not _DEPARTMENT_GIVES.search(words):
        return False
    return _OF_CHILDREN.search(words) is not None


def communities_in(words: str) -> str:
    """Return the communities ministry by the name it has in these words; empty where it is not
    named."""
    for name, pattern in reversed(_COMMUNITIES.items()):
        if pattern.search(words):
            return name

    return ""


def _names_education_before(words: str, other: re.Match[str] | None) -> bool:
    """Return whether the words name the education ministry, and before the other giver."""
    education = _EDUCATION.search(words)
    if education is None:
        return False
    return other is None or education.start() <= other.start()


def _of_programme(programme: Programme, words: str) -> Giver:
    if not programme.in_scope:
        return Giver(
            Whose.OTHER,
            programme.funder,
            programme,
            programme.name,
        )

    named = EDUCATION if _EDUCATION.search(words) else communities_in(words)
    other = _OTHER_GIVERS.search(words) or _OTHER_FUNDS.search(words)
    if other and not named:
        return _not_ours(other[0])

    funder = named or programme.funder
    return Giver(Whose.OURS, funder, programme)


def _strongly_not_given(words: str) -> str:
    not_given = _NOT_GIVEN.search(words)
    if not_given:
        return not_given[0]
    if _VIRTUAL_SCHOOL.search(words):
        return ""

    schools = _SCHOOLS_MONEY.search(words)
    return schools[0] if schools else ""


def _not_given_by_caption(words: str) -> str:
    """Return what says that a caption's table holds nothing given; empty where nothing does."""
    why = _strongly_not_given(words)
    if why:
        return why

    # A longer caption is a paragraph: what it says of spending may be beside the point.
    if len(words) >= 200 or _says_given(words):
        return ""

    for pattern in (_SPENT, _RATES):
        found = pattern.search(words)
        if found:
            return found[0]

    return ""


def _counted_by_caption(lines: Iterable[str]) -> str:
    """Return what says that a caption's table counts things; empty where nothing does."""
    for words in lines:
        counted = _COUNTS.match(words)
        if counted:
            return counted[0]
        if says_money(words):
            return ""

    return ""


def _says_given(words: str) -> bool:
    """Return whether the words speak of a grant before anything that is not given."""
    given = _SAYS_GIVEN.search(words)
    if given is None:
        return False

    spent = _SPENT.search(words)
    if spent is None:
        return True
    return given.start() < spent.start()


def _not_given_by_heading(title: str) -> str:
    """Return what says that a column holds nothing given; empty where nothing does."""
    for pattern in (_NOT_GIVEN, _WHOLE_SCHOOLS_GRANT, _SPENT, _RATES):
        found = pattern.search(title)
        if found:
            return found[0]

    return ""


def is_count(title: str) -> bool:
    """Return whether a column counts something, or numbers it, and holds no money."""
    if says_money(title):
        return False

    plain = _YEAR_OF_ACCOUNT.sub("", title)
    return _COUNTED.search(plain) is not None


def names_payers(words: str) -> bool:
    """Return whether the rows that the words introduce are those who pay."""
    return _PAYERS.search(words) is not None


def says_given(words: str) -> bool:
    """Return whether the words are of a grant, an award, a payment."""
    return _SAYS_GIVEN.search(words) is not None


def says_money(words: str) -> bool:
    """Return whether the words are of money: pounds, a grant, an allocation."""
    if _MONEY.search(words):
        return True
    return _GIVEN.search(words) is not None

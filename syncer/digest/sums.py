"""Lines of money: programme, sum, from whom, for when, new or restated, and the year before where
that is certain. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from syncer.digest import wording
from syncer.digest.folding import Line
from syncer.digest.message_model import DigestContext, Fact, facts_of
from syncer.model import Event, EventKind, FundingFields, Qualifier, Record
from syncer.quantities.periods import Period, find_periods
from syncer.records.diff import CONFIRMED
from syncer.subscriptions.match import amounts, kind_of

OWN_PREPOSITION = (
    "a year",
    "across ",
    "annually",
    "between ",
    "by ",
    "during ",
    "each ",
    "for ",
    "from ",
    "in ",
    "over ",
    "per ",
    "to ",
    "until ",
    "up to ",
    "within ",
)
OTHER_YEARS = ("academic", "school")


def for_when(period: str) -> str:
    """Return a period as the end of a sentence: "for 2026 to 2027", "over the next three years"."""
    line = wording.one_line(period)
    if line.lower().startswith(OWN_PREPOSITION):
        return line
    return f"for {line}"


# -- The line itself -------------------------------------------------------------------------------


def title(event: Event) -> str:
    """Return what was given, from what to what: "Partners in Practice: £9.6m, awarded"."""
    return f"{programme_of(event)}: {_what_is_told(event)}"


def _what_is_told(event: Event) -> str:
    now = amount_words(event)
    if event.kind is EventKind.WITHDRAWN:
        return f"withdrawn ({now})"
    if event.area == CONFIRMED:
        return f"{now}, confirmed by {_funder(event)}"
    return _new_or_moved(event, now)


def _funder(event: Event) -> str:
    return event.detail.funding.funder or "the funder"


def _new_or_moved(event: Event, now: str) -> str:
    if event.kind is EventKind.ADDED:
        return f"{now}, {_given(event, now)}"
    return _what_moved(event, now)


def _what_moved(event: Event, now: str) -> str:
    """Return "£500,000 → £505,200" or "period 2026 → 2027"."""
    if event.area not in ("amount", ""):
        return f"{event.area} {_stated(event.old)} → {_stated(event.new)}"
    if event.old:
        return f"{_pounds(event.old)} → {now}"
    return f"{now}, {_given(event, now)}"


def programme_of(event: Event) -> str:
    """Return the programme, or what the money is where none is named."""
    unnamed = "Payment" if kind_of(event) == "payment" else "Funding"
    programme = event.detail.funding.programme or ""
    return wording.one_line(programme) or unnamed


def _stated(value: str) -> str:
    return value or "not stated"


def _given(event: Event, now: str) -> str:
    """Return whether it was awarded, allocated, paid or taken back, in a word."""
    if now.startswith("−"):
        return "taken back"

    usual = "paid" if kind_of(event) == "payment" else "awarded"
    kind = event.detail.funding.kind or ""
    return wording.FUNDING_WORDS.get(kind, usual)


def amount_words(event: Event) -> str:
    """Return the amount with its qualifier, as printed; or that none is stated."""
    figures = amounts(event)
    if not figures:
        return "amount not stated"
    return _as_printed(figures[-1], event.detail.funding)


def _as_printed(pounds: int, said: FundingFields) -> str:
    """Return an amount with its qualifier, where it is the one that was printed so."""
    if said.amount != pounds:
        return wording.pounds(pounds)
    return wording.money(
        pounds,
        said.qualifier or "",
        said.amount_text or "",
    )


def _pounds(value: str) -> str:
    is_number = value.removeprefix("-").isdecimal()
    if is_number:
        return wording.pounds(int(value))
    return value


def facts(event: Event, context: DigestContext) -> tuple[Fact, ...]:
    """Return what the title does not say: programme and sum stand there, the sum only where it is
    what is told."""
    said = event.detail.funding
    return facts_of(
        ("Amount", _untold_amount(event)),
        ("From", said.funder or ""),
        ("For", said.period or ""),
        ("The year before", year_before(event, context)),
        ("Determination", said.determination or ""),
        ("Status", said.status or ""),
        ("Kind", _kind(said)),
        ("Announced", _announced(event)),
    )


def _untold_amount(event: Event) -> str:
    """Return the amount, where the title tells of something else."""
    is_told = event.area in ("amount", CONFIRMED, "")
    if is_told:
        return ""
    return amount_words(event)


def _kind(said: FundingFields) -> str:
    kinds = []
    if said.capital:
        kinds.append("capital")
    if said.ring_fenced:
        kinds.append("ring-fenced")
    return wording.listed(kinds)


def _announced(event: Event) -> str:
    """Return when, and whether it is the first word of this money: "3 August 2026, new"."""
    day = wording.day(event.published) if event.published else ""
    told = (day, _new_or_restated(event))
    return ", ".join(part for part in told if part)


def _new_or_restated(event: Event) -> str:
    if event.kind is EventKind.ADDED and kind_of(event) == "money":
        return "new"
    if event.kind is EventKind.CHANGED and event.area in ("amount", ""):
        return "restated"
    return ""


# -- The year before -------------------------------------------------------------------------------


def year_before(event: Event, context: DigestContext) -> str:
    """Return the sum of the year before and the step from it, where both years are certain: one
    exact figure each, of the same programme, councils and kind, for whole financial years that
    follow one another. Else nothing."""
    now = _exact(event.detail.funding)
    last_year = _last_year(event, context)
    if now is None or last_year is None:
        return ""

    before = _exact(last_year)
    if before is None or before <= 0:
        return ""

    when = for_when(last_year.period or "")
    return f"{wording.pounds(before)} {when}{_step(before, now)}"


def _last_year(event: Event, context: DigestContext) -> FundingFields | None:
    """Return the same money in the year before, if it is certain which that is."""
    is_known = event.record_id and event.kind is not EventKind.WITHDRAWN
    year = financial_year(event.detail.funding)
    if year is None or not is_known:
        return None

    if _others_of(year, event, context):
        return None
    return _only_one_of(year - 1, event, context)


def _of_year(year: int, event: Event, context: DigestContext) -> list[Record]:
    """Return the records of the same money for that financial year."""
    programme = event.detail.funding.programme
    if not programme or len(event.councils) != 1:
        return []

    council = event.councils[0]
    found = []
    for record in context.awards.of_programme(council, programme):
        is_of_year = financial_year(record.funding) == year
        if is_of_year and _same_money(event, record):
            found.append(record)

    return found


def _only_one_of(year: int, event: Event, context: DigestContext) -> FundingFields | None:
    found = _of_year(year, event, context)
    if len(found) == 1:
        return found[0].funding
    return None


def _others_of(year: int, event: Event, context: DigestContext) -> list[Record]:
    """Return other records of the year: with one of them it is not certain what is compared."""
    found = _of_year(year, event, context)
    return [record for record in found if record.id != event.record_id]


def financial_year(said: FundingFields) -> int | None:
    """Return the year in which the financial year begins that the money is for, if it is for one
    whole financial year and says so."""
    text = said.period or ""
    periods = find_periods(text)
    if len(periods) != 1 or _is_other_year(text):
        return None

    return _year_if_whole(periods[0])


def _year_if_whole(period: Period) -> int | None:
    """Return the year in which a period begins, if it is one whole financial year."""
    first = period.first
    if first is None:
        return None

    is_whole = (first, period.last) == _financial_year_from(first.year)
    return first.year if is_whole else None


def _is_other_year(period: str) -> bool:
    """Return whether the period counts in years that do not begin in April."""
    text = period.lower()
    return any(word in text for word in OTHER_YEARS)


def _financial_year_from(year: int) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of the financial year that begins in that year."""
    return dt.date(year, 4, 1), dt.date(year + 1, 3, 31)


def _exact(said: FundingFields) -> int | None:
    """Return the figure, if it is one to compare: stated, neither a limit nor a rounded one."""
    if said.qualifier not in (None, Qualifier.EXACT):
        return None

    has_range = said.low is not None and said.high is not None
    if has_range and said.low != said.high:
        return None
    return said.amount


def _same_money(event: Event, record: Record) -> bool:
    if event.detail.joint or record.withdrawn or not _is_of_same_council(event, record):
        return False
    return _is_same_programme(event.detail.funding, record.funding)


def _is_of_same_council(event: Event, record: Record) -> bool:
    """Return whether both are of one kind, and of one council alone."""
    if event.record != record.record:
        return False
    return len(record.councils) == 1 and event.councils == record.councils


def _is_same_programme(said: FundingFields, other: FundingFields) -> bool:
    """Return whether both name one programme, and measure the same of it."""
    if not said.programme or said.programme != other.programme:
        return False
    return _measure(said) == _measure(other)


def _measure(said: FundingFields) -> tuple[object, ...]:
    """Return what makes two figures of one programme two different things."""
    return (
        said.kind,
        said.capital,
        said.ring_fenced,
        said.status,
        said.what,
    )


def _step(before: int, now: int) -> str:
    """Return "; now £50,000 (10%) more"."""
    if now == before:
        return "; the same now"

    moved = abs(now - before)
    word = "more" if now > before else "less"
    return f"; now {wording.pounds(moved)} ({_percent(moved, before)}) {word}"


def _percent(part: int, whole: int) -> str:
    share = round(part * 100 / whole)
    if share:
        return f"{share}%"
    return "under 1%"


# -- Several lines ---------------------------------------------------------------------------------


def total(lines: Sequence[Line]) -> str:
    """Return the sum of the amounts as they are now, a joint one counted once; says how many lines
    state none."""
    stated = _amounts_now(lines)
    if not stated:
        return "no amount stated"

    words = wording.pounds(sum(stated))
    missing = len(lines) - len(stated)
    if missing:
        words += f" ({wording.counted(missing, 'line')} without a stated amount)"
    return words


def _amounts_now(lines: Iterable[Line]) -> list[int]:
    """Return the pounds of the lines that state any."""
    found = [amounts(line.event) for line in lines]
    return [figures[-1] for figures in found if figures]


def split_unstated(lines: Iterable[Line]) -> tuple[list[list[Line]], list[Line]]:
    """Return the new lines without a sum that one page gives to several councils, together, and all
    other lines."""
    all_lines = list(lines)
    rest = [line for line in all_lines if not _has_no_sum(line.event)]

    together = []
    for several in _places(all_lines):
        if len(several) > 1:
            together.append(several)
        else:
            rest += several
    return together, rest


def _places(lines: Iterable[Line]) -> list[list[Line]]:
    """Return the lines without a sum, by the page and the programme that give them."""
    places: dict[tuple[object, ...], list[Line]] = defaultdict(list)
    for line in lines:
        if _has_no_sum(line.event):
            key = _place_in(line.event)
            places[key].append(line)
    return list(places.values())


def _place_in(event: Event) -> tuple[object, ...]:
    """Return the page, and the programme in which it gives a place."""
    said = event.detail.funding
    return event.url, said.programme, said.kind, said.period


def _has_no_sum(event: Event) -> bool:
    if kind_of(event) != "money" or amounts(event):
        return False
    return event.kind is EventKind.ADDED and not event.late

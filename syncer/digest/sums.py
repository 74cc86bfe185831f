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
from syncer.quantities.periods import find_periods
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
    return line if line.lower().startswith(OWN_PREPOSITION) else f"for {line}"


# -- The line itself -------------------------------------------------------------------------------


def title(event: Event) -> str:
    """What was given, from what to what: "Partners in Practice: £9.6m, awarded"."""
    return f"{programme_of(event)}: {_what_is_told(event)}"


def _what_is_told(event: Event) -> str:
    now = amount_words(event)
    if event.kind is EventKind.WITHDRAWN:
        return f"withdrawn ({now})"
    if event.area == CONFIRMED:
        funder = event.detail.funding.funder or "the funder"
        return f"{now}, confirmed by {funder}"
    if event.kind is EventKind.ADDED:
        return f"{now}, {_given(event, now)}"
    return _what_moved(event, now)


def _what_moved(event: Event, now: str) -> str:
    """ "£500,000 → £505,200", "period 2026 → 2027"."""
    if event.area not in ("amount", ""):
        return f"{event.area} {_stated(event.old)} → {_stated(event.new)}"
    if event.old:
        return f"{_pounds(event.old)} → {now}"
    return f"{now}, {_given(event, now)}"


def programme_of(event: Event) -> str:
    """The programme, or what the money is where none is named."""
    unnamed = "Payment" if kind_of(event) == "payment" else "Funding"
    programme = event.detail.funding.programme or ""
    return wording.one_line(programme) or unnamed


def _stated(value: str) -> str:
    return value or "not stated"


def _given(event: Event, now: str) -> str:
    """Awarded, allocated, paid or taken back."""
    if now.startswith("−"):
        return "taken back"
    usual = "paid" if kind_of(event) == "payment" else "awarded"
    kind = event.detail.funding.kind or ""
    return wording.FUNDING_WORDS.get(kind, usual)


def amount_words(event: Event) -> str:
    """The amount with its qualifier, as printed; or that none is stated."""
    figures = amounts(event)
    if not figures:
        return "amount not stated"
    said = event.detail.funding
    if said.amount != figures[-1]:
        return wording.pounds(figures[-1])
    return wording.money(figures[-1], said.qualifier or "", said.amount_text or "")


def _pounds(value: str) -> str:
    is_number = value.removeprefix("-").isdecimal()
    return wording.pounds(int(value)) if is_number else value


def facts(event: Event, context: DigestContext) -> tuple[Fact, ...]:
    """What the title does not say: programme and sum stand there, the sum only where it is what is
    told."""
    said = event.detail.funding
    is_sum = event.area in ("amount", CONFIRMED, "")
    return facts_of(
        ("Amount", "" if is_sum else amount_words(event)),
        ("From", said.funder or ""),
        ("For", said.period or ""),
        ("The year before", year_before(event, context)),
        ("Determination", said.determination or ""),
        ("Status", said.status or ""),
        ("Kind", _kind(said)),
        ("Announced", _announced(event)),
    )


def _kind(said: FundingFields) -> str:
    kinds = []
    if said.capital:
        kinds.append("capital")
    if said.ring_fenced:
        kinds.append("ring-fenced")
    return wording.listed(kinds)


def _announced(event: Event) -> str:
    """When, and whether it is the first word of this money: "3 August 2026, new"."""
    how = ""
    if event.kind is EventKind.ADDED and kind_of(event) == "money":
        how = "new"
    elif event.kind is EventKind.CHANGED and event.area in ("amount", ""):
        how = "restated"

    day = wording.day(event.published) if event.published else ""
    return ", ".join(part for part in (day, how) if part)


# -- The year before -------------------------------------------------------------------------------


def year_before(event: Event, context: DigestContext) -> str:
    """Return the sum of the year before and the step from it, where both years are certain: one
    exact figure each, of the same programme, councils and kind, for whole financial years that
    follow one another. Else nothing."""
    said = event.detail.funding
    year = financial_year(said)
    now = _exact(said)
    is_known = event.record_id and event.kind is not EventKind.WITHDRAWN
    if year is None or now is None or not is_known:
        return ""

    last_year = _only_one_of(year - 1, event, context)
    if last_year is None or _others_of(year, event, context):
        return ""

    before = _exact(last_year)
    if before is None or before <= 0:
        return ""
    when = for_when(last_year.period or "")
    return f"{wording.pounds(before)} {when}{_step(before, now)}"


def _of_year(year: int, event: Event, context: DigestContext) -> list[Record]:
    """The records of the same money for that financial year."""
    found = []
    for record in context.awards:
        if _same_money(event, record) and financial_year(record.funding) == year:
            found.append(record)
    return found


def _only_one_of(year: int, event: Event, context: DigestContext) -> FundingFields | None:
    found = _of_year(year, event, context)
    return found[0].funding if len(found) == 1 else None


def _others_of(year: int, event: Event, context: DigestContext) -> list[Record]:
    """Other records of the year: with one of them it is not certain what is compared."""
    found = _of_year(year, event, context)
    return [record for record in found if record.id != event.record_id]


def financial_year(said: FundingFields) -> int | None:
    """Return the year in which the financial year begins that the money is for, if it is for one
    whole financial year and says so."""
    text = said.period or ""
    periods = find_periods(text)
    is_other_year = any(word in text.lower() for word in OTHER_YEARS)
    if len(periods) != 1 or is_other_year:
        return None

    first, last = periods[0].first, periods[0].last
    if first is None or last is None:
        return None

    begins = dt.date(first.year, 4, 1)
    ends = dt.date(first.year + 1, 3, 31)
    return first.year if (first, last) == (begins, ends) else None


def _exact(said: FundingFields) -> int | None:
    """The figure, if it is one to compare: stated, neither a limit nor a rounded one."""
    if said.qualifier not in (None, Qualifier.EXACT):
        return None

    has_range = said.low is not None and said.high is not None
    if has_range and said.low != said.high:
        return None
    return said.amount


def _same_money(event: Event, record: Record) -> bool:
    if event.detail.joint or len(record.councils) != 1 or record.withdrawn:
        return False

    said = event.detail.funding
    other = record.funding
    if not said.programme or said.programme != other.programme:
        return False

    is_about_the_same = (event.record, event.councils) == (record.record, record.councils)
    return is_about_the_same and _measure(said) == _measure(other)


def _measure(said: FundingFields) -> tuple[object, ...]:
    """What makes two figures of one programme two different things."""
    return (
        said.kind,
        said.capital,
        said.ring_fenced,
        said.status,
        said.what,
    )


def _step(before: int, now: int) -> str:
    """ "; now £50,000 (10%) more"."""
    moved = now - before
    if moved == 0:
        return "; the same now"

    share = round(abs(moved) * 100 / before)
    word = "more" if moved > 0 else "less"
    percent = f"{share}%" if share else "under 1%"
    return f"; now {wording.pounds(abs(moved))} ({percent}) {word}"


# -- Several lines ---------------------------------------------------------------------------------


def total(lines: Sequence[Line]) -> str:
    """The sum of the amounts as they are now, a joint one counted once; says how many lines state
    none."""
    stated = []
    for line in lines:
        figures = amounts(line.event)
        if figures:
            stated.append(figures[-1])
    if not stated:
        return "no amount stated"

    words = wording.pounds(sum(stated))
    missing = len(lines) - len(stated)
    if missing:
        words += f" ({wording.counted(missing, 'line')} without a stated amount)"
    return words


def split_unstated(lines: Iterable[Line]) -> tuple[list[list[Line]], list[Line]]:
    """Return the new lines without a sum that one page gives to several councils, together, and all
    other lines."""
    places: dict[tuple[object, ...], list[Line]] = defaultdict(list)
    rest = []
    for line in lines:
        if _has_no_sum(line.event):
            places[_place_in(line.event)].append(line)
        else:
            rest.append(line)

    together = []
    for several in places.values():
        if len(several) > 1:
            together.append(several)
        else:
            rest += several
    return together, rest


def _place_in(event: Event) -> tuple[object, ...]:
    """The page, and the programme in which it gives a place."""
    said = event.detail.funding
    return event.url, said.programme, said.kind, said.period


def _has_no_sum(event: Event) -> bool:
    if kind_of(event) != "money" or amounts(event):
        return False
    return event.kind is EventKind.ADDED and not event.late

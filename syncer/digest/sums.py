"""Lines of money: programme, sum, from whom, for when, new or restated, and the year before where
that is certain. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from syncer.digest import wording
from syncer.digest.folding import Line
from syncer.digest.message_model import DigestContext, Fact, facts_of
from syncer.model import Event, EventKind, FundingFields, Qualifier, Record
from syncer.quantities.periods import find_periods
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
    name = programme_of(event)
    now = amount_words(event)
    if event.kind is EventKind.WITHDRAWN:
        return f"{name}: withdrawn ({now})"
    if event.area == "confirmed":
        funder = event.detail.funding.funder or "the funder"
        return f"{name}: {now}, confirmed by {funder}"

    is_known = event.kind is not EventKind.ADDED
    if is_known and event.area not in ("amount", ""):
        return f"{name}: {event.area} {_stated(event.old)} → {_stated(event.new)}"
    if is_known and event.old:
        return f"{name}: {_pounds(event.old)} → {now}"
    return f"{name}: {now}, {_given(event, now)}"


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
    kinds = (("capital", said.capital), ("ring-fenced", said.ring_fenced))
    kind = wording.listed([word for word, holds in kinds if holds])
    is_sum = event.area in ("amount", "confirmed", "")
    return facts_of(
        ("Amount", "" if is_sum else amount_words(event)),
        ("From", said.funder or ""),
        ("For", said.period or ""),
        ("The year before", year_before(event, context)),
        ("Determination", said.determination or ""),
        ("Status", said.status or ""),
        ("Kind", kind),
        ("Announced", _announced(event)),
    )


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
    if event.record_id == 0 or event.kind is EventKind.WITHDRAWN:
        return ""

    said = event.detail.funding
    year = financial_year(said)
    now = _exact(said)
    if year is None or now is None:
        return ""

    same = [record for record in context.awards if _same_money(event, record)]
    this_year = [record for record in same if financial_year(record.funding) == year]
    last_year = [record for record in same if financial_year(record.funding) == year - 1]
    others = [record for record in this_year if record.id != event.record_id]
    if others or len(last_year) != 1:
        return ""

    before = _exact(last_year[0].funding)
    if before is None or before <= 0:
        return ""
    when = for_when(last_year[0].funding.period or "")
    return f"{wording.pounds(before)} {when}{_step(before, now)}"


def financial_year(said: FundingFields) -> int | None:
    """Return the year in which the financial year begins that the money is for, if it is for one
    whole financial year and says so."""
    text = said.period or ""
    periods = find_periods(text)
    if len(periods) != 1 or any(word in text.lower() for word in OTHER_YEARS):
        return None

    first, last = periods[0].first, periods[0].last
    if first is None or last is None:
        return None
    begins = (first.month, first.day) == (4, 1)
    ends = (last.year, last.month, last.day) == (first.year + 1, 3, 31)
    return first.year if begins and ends else None


def _exact(said: FundingFields) -> int | None:
    """The figure, if it is one to compare: stated, neither a limit nor a rounded one."""
    if said.qualifier not in (None, Qualifier.EXACT):
        return None
    is_range = said.low is not None and said.high is not None and said.low != said.high
    return None if is_range else said.amount


def _same_money(event: Event, record: Record) -> bool:
    said, other = event.detail.funding, record.funding
    if not said.programme or event.detail.joint or len(record.councils) != 1:
        return False
    one = (event.record, event.councils, said.programme, *_measure(said))
    two = (record.record, record.councils, other.programme, *_measure(other))
    return one == two and not record.withdrawn


def _measure(said: FundingFields) -> tuple[object, ...]:
    """What makes two figures of one programme two different things."""
    return said.kind, said.capital, said.ring_fenced, said.status, said.what


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
    together: dict[tuple[object, ...], list[Line]] = defaultdict(list)
    all_lines = list(lines)
    for line in all_lines:
        if _has_no_sum(line.event):
            said = line.event.detail.funding
            together[line.event.url, said.programme, said.kind, said.period].append(line)

    found = [several for several in together.values() if len(several) > 1]
    taken = {id(line) for several in found for line in several}
    return found, [line for line in all_lines if id(line) not in taken]


def _has_no_sum(event: Event) -> bool:
    is_new = event.kind is EventKind.ADDED and kind_of(event) == "money"
    return is_new and not event.late and not amounts(event)

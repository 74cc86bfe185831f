"""Whose is a provider page, and does a report on it name another council? (DESIGN §5.6)"""

from __future__ import annotations

from collections.abc import Collection

from syncer.errors import CouncilError, EmptyPage, PageRedesigned, WrongCouncil
from syncer.model import Council
from syncer.register.councils import Register
from syncer.reports.paper import ReportReading
from syncer.sources import SourceContext
from syncer.sources.ofsted.council_list import Provider
from syncer.sources.ofsted.pages import PROVIDER, ProviderPage

HINT = "Nothing is told of it until the site has put right which council's report it is."


def check_heading(reading: ReportReading, council: Council, register: Register) -> None:
    """Raise WrongCouncil where the heading names councils and none of them is this one, nor one
    that it came from or became. A trust's name says nothing: a trust works for several."""
    named = _councils_in(reading.heading, register)
    if named and named.isdisjoint(family_of(council)):
        others = " and ".join(register.by_slug(slug).name for slug in sorted(named))
        message = (
            f'the report of {council.name} is headed "{reading.heading}", which names {others}'
        )
        raise WrongCouncil(message, HINT)


def family_of(council: Council) -> Collection[str]:
    """Return the slugs of a council, of those it came from and of those it became."""
    return {council.slug, *council.predecessors, *council.successors}


def _councils_in(heading: str, register: Register) -> set[str]:
    """Return the councils whose own names stand in a heading. A name that may mean any of several
    stands for each of them."""
    named: set[str] = set()
    for mention in register.mentions(heading):
        if not register.is_trust(mention.text):
            named.update(mention.slugs)
    return named


def forget_former_addresses(provider: Provider, context: SourceContext) -> None:
    """Note as ended what was wrong with the page where it stood under another id."""
    for url in context.memory.failing(provider.council.slug):
        is_page = PROVIDER.search(url) is not None
        if is_page and url.partition("#")[0] != provider.address:
            context.succeed(url)


def check_page(shown: ProviderPage, provider: Provider, context: SourceContext) -> None:
    """Raise WrongCouncil where the page is not this council's, and EmptyPage where it shows no
    report though the list says there are some, or there were some."""
    if not _is_of(provider, shown, context):
        raise WrongCouncil(f'the page of {provider.name} is headed "{shown.heading}"')

    if shown.entries or shown.unclear:
        return
    if provider.latest or context.memory.entries(provider.council.slug):
        message = f"the page of {provider.name} shows no report; the list says there are some"
        raise EmptyPage(message, PageRedesigned.hint)


def _is_of(provider: Provider, shown: ProviderPage, context: SourceContext) -> bool:
    if shown.heading == provider.name:
        return True
    try:
        found = context.register.find(shown.heading, context.today)
    except CouncilError:
        return shown.provider_id in provider.council.provider_ids
    return found.slug == provider.council.slug

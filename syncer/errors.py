"""Everything that can go wrong and has a name.

    SyncerError                      says what happened (str) and what to do next (hint)
    ├── ConfigError                  config.toml or a flag is wrong                          exit 2
    ├── StoreError                   the store cannot be opened, written or believed
    │   └── NoStoreYet               nothing was ever read here                              exit 2
    ├── AlreadyRunning               another daemon holds the lock of this store
    ├── OutOfResources               this machine lacks memory, file handles or processes
    ├── CouncilError
    │   ├── UnknownCouncil           no council goes by this name
    │   ├── AmbiguousCouncil         several do; carries them
    │   └── NotACouncil              a name that looks like one and is another body
    ├── UnknownProgramme             no funding programme goes by this name
    ├── FetchError                   one address could not be fetched
    │   ├── HostNotConfigured        not under [sites]
    │   ├── ForbiddenByRobots        robots.txt says no
    │   ├── Unreachable              no connection, timed out, cut short, or 5xx after all tries
    │   ├── HttpRefused              a 4xx answer (carries the status)
    │   ├── Gone                     410, or the source says it was taken down
    │   ├── TooLarge                 more bytes than [fetch] allows
    │   └── TooManyRedirects
    ├── PageError                    a page was fetched and is not what it should be
    │   ├── ChallengePage            a bot check instead of content
    │   ├── EmptyPage                no entry where there must be some
    │   ├── PageCutShort             the page ends in the middle
    │   ├── PageRedesigned           the signs by which entries are recognised are gone or disagree
    │   ├── WrongCouncil             a heading or cover names another council
    │   ├── ImpossibleDate           published on a day to come, or days that cannot be true
    │   ├── DatesDisagree            the list's date of a report contradicts the report
    │   ├── ReportsContradict        two reports of one day that cannot both be right
    │   ├── Vanished                 what was listed before is no longer shown
    │   ├── IncompleteList           rows, stated total and register do not agree
    │   └── ReportNotFound           Ofsted's "Report not found" page in place of a file
    ├── DocumentError                a file was fetched and cannot be read
    │   ├── NotAPdf · NoTextLayer · DocumentTooSlow · NotASpreadsheet
    │   ├── UnreadableReport         a report whose judgements or dates could not be read
    │   └── UnreadableTable          a table whose council or amount column could not be found
    │       └── UnclearGiver         sums for councils, and nothing says who gives them
    ├── TemplateBroken               a template does not render; names the file and line
    ├── TransportError               a message was not accepted (permanent: True = do not try again)
    │   ├── AddressRefused           the server does not know this recipient
    │   ├── HostForbidden            a webhook's host is not on the public internet
    │   ├── ChatUnavailable          syncer[chat] is not installed
    │   ├── TransportUnavailable     no message can be handed over now, whoever it is for
    │   │   └── LimitReached         so many a minute or a day, and no more
    │   └── InDoubt                  the line was lost after the end of data: accepted or not
    ├── InboxUnavailable             the mailbox of answers and bounces cannot be read now
    ├── ClaimLost                    a delivery is no longer ours: claim ended, or cancelled
    ├── BadAddress                   not an address that a message can be sent to
    ├── Contradiction                a subscription that nothing could ever match            exit 2
    ├── NotFollowed                  a number of nothing that can be followed to its end
    ├── NoSuchSubscriber · NoSuchDelivery · NoSuchProblem
    ├── BadToken                     a signed link that is not ours, or was used for something else
    │   └── LinkExpired              one of ours that was made too long ago
    ├── SaidNo                       an address that left, complained or was erased
    └── RosterError                  a file of subscribers has faults (lists them all)

A bad item is one of these, carried as a value (a Problem) so that the rest of the run goes on;
anything else that is raised is our own bug, and is carried in the same way: it costs the page at
which it is raised. `Stopped` is no error: the run was told to end.
"""

from __future__ import annotations

import datetime as dt
import errno
from typing import Any

SHORTAGES = frozenset((errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM))
NO_THREAD = "can't start new thread"
"""What Python says where the system has no memory, or no process number, for one more thread."""


class SyncerError(Exception):
    """What happened, in one sentence; `hint` says what to do next."""

    hint: str = ""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint or self.hint

    @property
    def name(self) -> str:
        """The error's own name, as printed and stored: `NotAPdf`."""
        return type(self).__name__

    def __reduce__(self) -> tuple[Any, ...]:
        """Pass from one process to another whole, whatever the constructor takes."""
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(kind: type[SyncerError], args: tuple[Any, ...], state: dict[str, Any]) -> SyncerError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class Stopped(BaseException):
    """The run was told to end. Not an Exception, so that no page's net catches it."""


def is_shortage(error: BaseException | None) -> bool:
    """Return whether this machine lacked memory, file handles or processes, somewhere down the
    causes."""
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        if isinstance(error, OSError) and error.errno in SHORTAGES:
            return True
        if isinstance(error, RuntimeError) and NO_THREAD in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


class ConfigError(SyncerError):
    """The configuration or a flag is wrong; lists every fault found, not only the first."""


class StoreError(SyncerError):
    """The store cannot be opened or used."""


class NoStoreYet(StoreError):
    """Nothing was ever read here: there is no store to ask."""

    hint = "`syncer sync` reads for the first time; or name another folder's --config."


class AlreadyRunning(SyncerError):
    """Another process holds the lock."""

    hint = "Stop the other process first, or use another [store] path."


class OutOfResources(SyncerError):
    """This machine lacks memory, file handles or processes."""

    hint = (
        "Nothing is wrong with the page; it is read again at the next run. See `ulimit -a` "
        "and what else runs here."
    )


class CouncilError(SyncerError):
    """A name did not lead to one council."""


class UnknownCouncil(CouncilError):
    """No council goes by this name."""

    hint = "`syncer councils` lists every council and its names."


class AmbiguousCouncil(CouncilError):
    """Several councils go by this name; `slugs` are those."""

    def __init__(self, message: str, slugs: tuple[str, ...]) -> None:
        super().__init__(message, "Say which: " + ", ".join(slugs))
        self.slugs = slugs


class NotACouncil(CouncilError):
    """The name belongs to another body (a college, a football club, a district)."""


class UnknownProgramme(SyncerError):
    """No funding programme goes by this name."""


class FetchError(SyncerError):
    """One address could not be fetched."""


class HostNotConfigured(FetchError):
    """The address is on a host that [sites] does not name."""

    hint = "If the site has moved, add the new address under [sites] in config.toml."


class ForbiddenByRobots(FetchError):
    """The site's robots.txt forbids this address."""


class Unreachable(FetchError):
    """No answer that could be used, after every try."""

    hint = (
        "It will be tried again at the next run; check the network and the address under "
        "[sites] if it goes on."
    )


class HttpRefused(FetchError):
    """The site answered with a 4xx status."""

    def __init__(self, message: str, status: int, hint: str = "") -> None:
        super().__init__(message, hint)
        self.status = status


class Gone(FetchError):
    """The source says that this was taken down."""


class TooLarge(FetchError):
    """More bytes than [fetch] max_megabytes."""

    hint = "Raise [fetch] max_megabytes if the file is wanted."


class TooManyRedirects(FetchError):
    """Redirected more often than is sane."""


class PageError(SyncerError):
    """A page was fetched and is not what it should be."""


class ChallengePage(PageError):
    """The site asks whether we are a person."""

    hint = (
        "Open the address in a browser; if the site now asks everyone, write to its owner "
        "with the contact you configured."
    )


class EmptyPage(PageError):
    """No entry where there must be some."""


class PageCutShort(PageError):
    """The page ends in the middle: what it lists is not all that it lists."""

    hint = "Nothing is taken from it; it is asked again by itself. If it goes on, open the page."


class PageRedesigned(PageError):
    """The signs by which entries are recognised are gone or disagree."""

    hint = "Run `syncer doctor`, look at the page, and update the source's file."


class WrongCouncil(PageError):
    """The page's heading names another council than the list does, two councils' pages list one
    report, or its cover names another council."""


class IncompleteList(PageError):
    """Rows, the stated total and the register do not agree; `missing` are the names of open
    councils that are not listed."""

    def __init__(self, message: str, missing: tuple[str, ...] = (), hint: str = "") -> None:
        super().__init__(message, hint)
        self.missing = missing


class ImpossibleDate(PageError):
    """A page that says it was published on a day to come, or a report whose days cannot be true."""

    hint = (
        "Nothing of it is told until the site has put the date right; check the clock of this "
        "machine."
    )


class DatesDisagree(PageError):
    """The list dates a report in a way that the report itself contradicts."""

    hint = (
        "The report is told, dated by what it says and by when it appeared. It ends when the "
        "site has put its date right."
    )


class ReportsContradict(PageError):
    """A page lists two reports of one council, kind and first day that cannot both be right."""

    hint = (
        "Nothing is told of the new one until the site has put it right; what was known before "
        "stays. Open both reports and compare."
    )


class UnclearIntervention(PageError):
    """A page that revises or ends an intervention, and several can be meant."""

    hint = (
        "Nothing is told of it, and what is known stays. Open the page: it is read again, and "
        "taken in once it says when the one that it means was issued."
    )


class Vanished(PageError):
    """Entries that were listed are no longer shown, on several days."""

    hint = "Nothing is concluded from it and nobody else is told. What comes back was never gone."


class ReportNotFound(PageError):
    """Ofsted's own "Report not found" page in place of a file."""

    hint = "The link on the provider page is dead; it is asked again later."


class DocumentError(SyncerError):
    """A file was fetched and cannot be read."""


class NotAPdf(DocumentError):
    """The bytes are not a PDF."""


class NoTextLayer(DocumentError):
    """A PDF of pictures: no text on its first pages."""


class DocumentTooSlow(DocumentError):
    """Reading took longer, or more memory, than is allowed."""


class NotASpreadsheet(DocumentError):
    """The bytes are not a spreadsheet or CSV that can be read."""


class UnreadableReport(DocumentError):
    """A report whose judgements or dates could not be read."""

    hint = (
        "Open it with `syncer parse`; the bytes are kept, and the report is read again when "
        "syncer is upgraded."
    )


class UnreadableTable(DocumentError):
    """A table whose council or amount column could not be found."""


class UnclearGiver(UnreadableTable):
    """A table of sums for councils that does not say who gives them."""


class TemplateBroken(SyncerError):
    """A template does not render."""


class TransportError(SyncerError):
    """A message was not accepted. `permanent`: trying again will not help; `retry_after`: the other
    side asks for so long a pause at least."""

    retry_after = dt.timedelta()
    may_have_arrived = False
    """Nobody knows, of a transport to which it makes no difference: what is repeated arrives
    once."""

    def __init__(self, message: str, permanent: bool = False, hint: str = "") -> None:
        super().__init__(message, hint)
        self.permanent = permanent


class AddressRefused(TransportError):
    """The server refused this recipient for good."""

    hint = "Check the address with its owner; `syncer outbox` shows what waits for it."

    def __init__(self, message: str, hint: str = "", *, certain: bool = False) -> None:
        """Make the error. `certain`: the reply has a code that says so, not only words."""
        super().__init__(message, True, hint)
        self.certain = certain


class ServerRefused(TransportError):
    """The mail server does not take mail from us, or for this recipient, for a reason of its own
    (relaying, policy, authentication): no fault of the recipient."""

    hint = (
        "Ask whoever runs the mail server, or check [mail]. Everything waits, and is tried again."
    )

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, True, hint)


class HostForbidden(TransportError):
    """A webhook's host is not on the public internet, and [webhooks] allow_hosts does not name
    it."""

    hint = "If the host is yours, name it in [webhooks] allow_hosts."

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, True, hint)


class ChatUnavailable(TransportError):
    """Nothing can be written to any chat: the library that does it is not installed."""

    hint = "Install it: `pip install 'syncer[chat]'`, or `uv sync --extra chat`."


class TransportUnavailable(TransportError):
    """Nobody can be written to now: no connection, no TLS, or the login was refused."""


class LimitReached(TransportUnavailable):
    """The service takes no more from us for now; after `retry_after` it does again."""

    hint = "Everything waits, and goes out by itself."

    def __init__(self, message: str, retry_after: dt.timedelta, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class InDoubt(TransportError):
    """The line was lost after the end of data (RFC 5321 §4.1.1.4) and before the reply."""

    hint = (
        'With [mail] in_doubt = "resend" it is sent again with the same Message-ID; with '
        '"hold" it waits for you.'
    )


class InboxUnavailable(SyncerError):
    """The mailbox into which answers and bounces come cannot be read, or written to, now."""


class ClaimLost(SyncerError):
    """A delivery is no longer ours to send."""


class BadAddress(SyncerError):
    """Not an address that a message can be sent to."""


class NoSuchSubscriber(SyncerError):
    """Nobody is subscribed under this address or number."""

    hint = "`syncer subscribers` lists everyone."


class Contradiction(SyncerError):
    """A subscription that nothing could ever match."""


class NotFollowed(SyncerError):
    """What has this number is nothing that can be followed to its end."""

    hint = "`syncer interventions` and `syncer awards` show the `id` of each notice and award."


class NoSuchDelivery(SyncerError):
    """No delivery in the outbox has this number."""

    hint = "`syncer outbox` lists them."


class NoSuchProblem(SyncerError):
    """No problem with this number is open."""

    hint = "`syncer problems` lists those that are."


class NotOpen(SyncerError):
    """No possible with this number waits for a decision."""

    hint = "`syncer possible` lists those that do."


class BadToken(SyncerError):
    """A signed link that this installation did not make."""

    hint = (
        "Copy the whole link from the mail; the operator can do without one: `syncer confirm "
        "ADDRESS`."
    )


class LinkExpired(BadToken):
    """A signed link of this installation that was made too long ago."""

    hint = "Ask for a new one; it comes by mail."


class SaidNo(SyncerError):
    """Somebody said no, and only their own confirmation can lift that."""

    hint = (
        "Without --confirmed the address itself is asked: `syncer subscribe ADDRESS …`. Only its "
        "answer counts."
    )


class RosterError(SyncerError):
    """A file of subscribers cannot be taken as it is; `faults` are all of them."""

    def __init__(self, message: str, faults: tuple[str, ...]) -> None:
        super().__init__(
            message + ": " + "; ".join(faults),
            "Nothing was changed. Correct the file and import it again.",
        )
        self.faults = faults

"""One polite client for every page that is read: the only part that talks to the web.

    get(url):   for each hop:    host configured? → robots.txt? → ask → redirect, or:
                200 → snapshot → Response      304 → Response without a body      else a named error
    ask:        up to `tries` times:   wait for the host's turn → send → read whole,
                bounded in bytes and seconds

Retries are not left to urllib3: each try has to wait for its turn at the host, and a body cut short
has to count as a failure.
"""

from __future__ import annotations

import datetime as dt
import gzip
import io
import logging
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Self
from urllib.parse import urljoin

import requests
import urllib3
from protego import Protego
from requests import Response as Reply

from syncer.errors import (
    ChallengePage,
    FetchError,
    ForbiddenByRobots,
    Gone,
    HostNotConfigured,
    HttpRefused,
    OutOfResources,
    TooLarge,
    TooManyRedirects,
    Unreachable,
    is_shortage,
)
from syncer.fetching.addresses import host_of, origin_of
from syncer.fetching.challenge import looks_like_challenge
from syncer.fetching.pacing import Turns, backoff, retry_after
from syncer.fetching.robots import Kept, Robots
from syncer.fetching.snapshots import Snapshots
from syncer.fetching.watch import Watch, WatchedAdapter

log = logging.getLogger(__name__)

PRODUCT = "syncer"
REDIRECTS = (301, 302, 303, 307, 308)
CONDITIONS = frozenset(("If-None-Match", "If-Modified-Since"))
CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True)
class Limits:
    """What one request may cost. `delays` gives seconds between requests per host name where it
    differs from the client's own; `longest_wait` bounds every wait before a try: a site that asks
    for more is left alone till the next run."""

    connect_timeout: float = 10
    read_timeout: float = 30
    total_seconds: float = 300
    tries: int = 4
    max_bytes: int = 64 * 1024 * 1024
    max_redirects: int = 5
    longest_wait: float = 60
    first_backoff: float = 1
    delays: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Response:
    """One answer. `url` is the last address, after redirects; `status` 200 or 304 (no bytes and no
    hash); `sha256` names the snapshot; `content_type` as sent, without parameters, lower case."""

    url: str
    status: int
    data: bytes
    sha256: str
    etag: str
    last_modified: str
    content_type: str
    at: dt.datetime


@dataclass(frozen=True)
class Fetched:
    """One line of the fetch log: every request sent, redirects, retries and robots.txt too. Status
    0: see `error`."""

    url: str
    status: int
    at: dt.datetime
    size: int = 0
    sha256: str = ""
    error: str = ""


@dataclass(frozen=True)
class _Answer:
    url: str
    status: int
    headers: Mapping[str, str]
    data: bytes
    at: dt.datetime
    sha256: str = ""

    @property
    def content_type(self) -> str:
        media_type, _, _ = self.headers.get("Content-Type", "").partition(";")
        return media_type.strip().lower()

    def response(self) -> Response:
        """Return the answer for those who asked."""
        return Response(
            url=self.url,
            status=self.status,
            data=self.data,
            sha256=self.sha256,
            etag=self.headers.get("ETag", ""),
            last_modified=self.headers.get("Last-Modified", ""),
            content_type=self.content_type,
            at=self.at,
        )


class _TryAgain(Unreachable):
    """A failure that may pass. `wait`: the seconds the site asked for; `silent`: it did not answer
    at all."""

    def __init__(self, message: str, silent: bool = False, wait: float = 0) -> None:
        super().__init__(message)
        self.silent, self.wait = silent, wait


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Client:
    """Reads addresses on the configured sites, one at a time; close it, or use it in a `with`.

    `sites` are base addresses: their scheme, host and port are what may be asked. `delay_seconds`
    is the least time between two requests to one host. `contact` stands in the User-Agent. Every
    whole 200 body is kept in `snapshots`; `fetched` lists every request; `robots` keeps each site's
    robots.txt. `stopping` says whether to give up at once (Stopped is raised). `clock`, `monotonic`
    and `sleep` are for tests and replays.
    """

    def __init__(
        self,
        sites: Sequence[str],
        *,
        delay_seconds: float,
        contact: str,
        snapshots: Snapshots,
        limits: Limits | None = None,
        robots: Kept | None = None,
        clock: Callable[[], dt.datetime] = _now,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.limits = limits or Limits()
        self.snapshots = snapshots
        self.fetched: list[Fetched] = []
        self._origins = {origin_of(site) for site in sites}
        self._clock = clock
        self._watch = Watch(
            self.limits.total_seconds,
            self.limits.read_timeout,
            self.limits.max_bytes,
            stopping,
        )
        self._turns = Turns(
            delay_seconds,
            self.limits.delays,
            self.limits.longest_wait,
            monotonic,
            sleep or self._watch.sleep,
        )
        self._silent: set[str] = set()
        self._robots = Robots({} if robots is None else robots, clock)
        self._session = _session(self._watch, contact)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._session.close()

    @property
    def requests(self) -> int:
        """The number of requests that were sent."""
        return len(self.fetched)

    def get(
        self, url: str, *, etag: str = "", last_modified: str = "", expect: str = ""
    ) -> Response:
        """Return what an address answers, through its redirects. `etag` and `last_modified`, as an
        earlier Response gave them, make the request conditional; `expect` is the media type to ask
        for. Raises FetchError (see errors.py) or ChallengePage."""
        asked = {"If-None-Match": etag, "If-Modified-Since": last_modified, "Accept": expect}
        headers = {name: value for name, value in asked.items() if value}

        for _ in range(self.limits.max_redirects + 1):
            self._check_allowed(url)
            answer = self._ask(url, headers)
            if answer.status not in REDIRECTS:
                _refuse(answer)
                return answer.response()
            url = _target(answer)

        raise TooManyRedirects(f"{url}: redirected more than {self.limits.max_redirects} times")

    # -- may we? -----------------------------------------------------------------------------------

    def _check_allowed(self, url: str) -> None:
        origin = origin_of(url)
        if origin not in self._origins:
            raise HostNotConfigured(f"{url}: {origin} is not one of the configured sites")
        if not self._rules(origin).can_fetch(url, PRODUCT):
            raise ForbiddenByRobots(f"{url}: {origin}/robots.txt forbids it")

    def _rules(self, origin: str) -> Protego:
        """Return the site's robots.txt, kept for a day (RFC 9309: none, or a 4xx, allows
        everything; unreachable allows nothing)."""
        return self._robots.rules(origin, self._robots_text)

    def _robots_text(self, origin: str) -> str:
        url = f"{origin}/robots.txt"
        for _ in range(self.limits.max_redirects + 1):
            answer = self._ask(url, {})
            if answer.status == 200:
                return answer.data.decode("utf-8-sig", errors="replace")
            if answer.status not in REDIRECTS:
                return ""

            url = _target(answer)
            if origin_of(url) not in self._origins:
                return ""
        return ""

    # -- asking ------------------------------------------------------------------------------------

    def _ask(self, url: str, headers: Mapping[str, str]) -> _Answer:
        """Return the answer to one hop, tried again while that may help. A host that has just been
        silent is asked once only until it answers: else a site that is down would cost every one of
        its pages all the tries."""
        host = host_of(url)
        attempt = 0

        while True:
            attempt += 1
            self._turns.wait(host)
            try:
                answer = self._send(url, headers)
            except _TryAgain as trouble:
                log.info("%s", trouble)
                if self._is_last(attempt, host, trouble):
                    raise self._given_up(attempt, host, trouble) from trouble
                self._note_trouble(host, trouble, attempt)
            else:
                self._silent.discard(host)
                return answer

    def _is_last(self, attempt: int, host: str, trouble: _TryAgain) -> bool:
        """Return whether another try cannot help."""
        is_silent_again = trouble.silent and host in self._silent
        return is_silent_again or attempt >= self.limits.tries

    def _given_up(self, attempts: int, host: str, trouble: _TryAgain) -> Unreachable:
        """Note the trouble after the last try, and return what it comes to."""
        self._note_trouble(host, trouble, 0)
        if trouble.silent:
            self._silent.add(host)

        tries = "try" if attempts == 1 else "tries"
        return Unreachable(f"{trouble}, after {attempts} {tries}")

    def _note_trouble(self, host: str, trouble: _TryAgain, attempt: int) -> None:
        """Give the host the time it asks for, else a little more after each try (none after the
        last, attempt 0)."""
        if not trouble.silent:
            self._silent.discard(host)

        pause = 0.0
        if attempt:
            pause = backoff(attempt, self.limits.first_backoff, self.limits.longest_wait)
        self._turns.postpone(host, trouble.wait or pause)

    def _send(self, url: str, headers: Mapping[str, str]) -> _Answer:
        """Return the answer to one request. Raises _TryAgain, TooLarge or ChallengePage; every
        request leaves a line in `fetched`."""
        at = self._clock()
        try:
            answer = self._exchange(url, headers, at)
        except (FetchError, ChallengePage, OutOfResources) as error:
            name = error.name.replace("_TryAgain", "Unreachable")
            self.fetched.append(Fetched(url, 0, at, error=name))
            raise

        if answer.status == 200:
            answer = replace(answer, sha256=self.snapshots.keep(answer.data))
        self.fetched.append(Fetched(url, answer.status, at, len(answer.data), answer.sha256))

        is_conditional = not CONDITIONS.isdisjoint(headers)
        _check_answer(answer, conditional=is_conditional)
        return answer

    def _exchange(self, url: str, headers: Mapping[str, str], at: dt.datetime) -> _Answer:
        """Send one request and read what comes. Raises what `_trouble` returns, and TooLarge."""
        self._watch.begin(url)
        try:
            with self._session.get(
                url,
                headers=dict(headers),
                timeout=(self.limits.connect_timeout, self.limits.read_timeout),
                allow_redirects=False,
                stream=True,
            ) as reply:
                data = self._body(reply)
                return _Answer(url, reply.status_code, reply.headers, data, at)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._trouble(url, error) from error

    def _trouble(self, url: str, error: Exception) -> FetchError | OutOfResources:
        """Return what a failed exchange means."""
        if is_shortage(error):
            return OutOfResources(f"{url}: not asked, for lack of file handles or memory here")
        if self._watch.is_over:
            limit = f"not finished after {self.limits.total_seconds:g} seconds"
            return _TryAgain(f"{url}: {limit}", silent=True)
        silent = isinstance(error, requests.ConnectionError | requests.Timeout)
        return _TryAgain(f"{url}: {_reason(error)}", silent)

    def _body(self, reply: Reply) -> bytes:
        """Return the body, unpacked. Read as it arrives, so that neither a slow drip nor an endless
        page is waited for to its end."""
        most = self.limits.max_bytes
        declared = reply.headers.get("Content-Length", "")
        if declared.isdecimal() and int(declared) > most:
            raise TooLarge(f"{reply.url}: {int(declared):,} bytes, more than {most:,}")

        data = bytearray()
        while part := reply.raw.read1(CHUNK_BYTES, decode_content=False):
            data += part
            if len(data) > most:
                raise TooLarge(f"{reply.url}: more than {most:,} bytes")
        return self._unpacked(reply, bytes(data))

    def _unpacked(self, reply: Reply, data: bytes) -> bytes:
        """Return the body without its gzip. urllib3 would unpack as well, but takes a compressed
        body that breaks off for a whole one."""
        coding = reply.headers.get("Content-Encoding", "identity").strip().lower()
        if coding in ("identity", "") or not data:
            return data
        if coding not in ("gzip", "x-gzip"):
            raise _TryAgain(f"{reply.url}: packed as {coding}, which was not asked for")

        most = self.limits.max_bytes
        try:
            whole = gzip.GzipFile(fileobj=io.BytesIO(data)).read(most + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise _TryAgain(f"{reply.url}: the answer was cut short or garbled") from error

        if len(whole) > most:
            raise TooLarge(f"{reply.url}: more than {most:,} bytes when unpacked")
        return whole


class _Session(requests.Session):
    """A session that looks once for each site at what the environment says of proxies and
    certificates: `requests` reads all of it for every request."""

    def __init__(self) -> None:
        super().__init__()
        self._settings: dict[str, Any] = {}

    def merge_environment_settings(
        self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any
    ) -> Any:
        """Return the settings of a request. Those given with it are the same for all of ours."""
        origin = origin_of(url)
        if origin not in self._settings:
            found = super().merge_environment_settings(url, proxies, stream, verify, cert)
            self._settings[origin] = found
        return dict(self._settings[origin])


def _session(watch: Watch, contact: str) -> requests.Session:
    """Return a session whose connections are watched."""
    session = _Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, WatchedAdapter(watch))
    session.headers.update({"User-Agent": user_agent(contact), "Accept-Encoding": "gzip"})
    return session


def user_agent(contact: str) -> str:
    """Return who asks, and where its owner is found: `syncer/1.0 (+contact)`."""
    try:
        release = version(PRODUCT)
    except PackageNotFoundError:
        release = "0"
    return f"{PRODUCT}/{release} (+{contact})"


def _reason(error: Exception) -> str:
    """Return what went wrong, without the pools, objects and retries that urllib3 wraps around
    it."""
    if isinstance(error, requests.Timeout | urllib3.exceptions.ReadTimeoutError):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "no secure connection"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return "the answer was cut short or garbled"


def _check_answer(answer: _Answer, conditional: bool) -> None:
    """Raise ChallengePage, or _TryAgain for an answer that may be another one soon."""
    may_be_challenge = answer.status not in (*REDIRECTS, 304, 404, 410)
    if may_be_challenge and looks_like_challenge(answer.data, answer.content_type):
        raise ChallengePage(f"{answer.url}: a bot check instead of the page")

    if answer.status in (408, 425, 429) or answer.status >= 500:
        wait = retry_after(answer.headers, answer.at)
        raise _TryAgain(f"{answer.url}: answered {answer.status}", wait=wait)

    if answer.status == 304 and not conditional:
        raise _TryAgain(f"{answer.url}: answered 304 to a request without a condition")


def _refuse(answer: _Answer) -> None:
    """Raise Gone, HttpRefused or Unreachable for an answer that holds no page."""
    if answer.status == 410:
        raise Gone(f"{answer.url}: answered 410, taken down")
    if 400 <= answer.status < 500:
        raise HttpRefused(f"{answer.url}: answered {answer.status}", answer.status)
    if answer.status not in (200, 304):
        raise Unreachable(f"{answer.url}: answered {answer.status}, which holds no page")


def _target(answer: _Answer) -> str:
    location = answer.headers.get("Location", "")
    if not location:
        raise Unreachable(f"{answer.url}: answered {answer.status} without saying where to go")
    return urljoin(answer.url, location)

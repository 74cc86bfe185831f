"""The server (waitress): where it listens, under which names it is asked for, and how it ends."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit

import waitress
from waitress import wasyncore
from waitress.channel import HTTPChannel

from syncer.config import Config
from syncer.errors import ConfigError
from syncer.web.answers import LARGEST_BODY, application
from syncer.web.clients import BehindProxies
from syncer.web.forms import Forms
from syncer.web.live import LiveSite
from syncer.web.times import Times

THREADS = 8
LARGEST_HEAD = 16 * 1024
"""Bytes that the first line and the headers of a request may have."""

PATIENCE = 30
"""Seconds after which a connection on which nothing comes is closed."""

MOST_CONNECTIONS = 500
MOST_IDLE = 250
"""Connections that may be open before idle ones are closed."""

ENDING_SECONDS = 0.5
"""How long answers under way may take to be finished when the server ends."""

LOOP_SECONDS = 1.0
"""How often the server looks for connections that have gone quiet."""

ANYWHERE = ("0.0.0.0", "::")
PORTS = {"http": 80, "https": 443}


class WebServer:
    """A site that answers from when it is made until `stop`."""

    def __init__(
        self,
        config: Config,
        clock: Callable[[], dt.datetime],
        times: Times = Times(),  # noqa: B008 (it is frozen)
    ) -> None:
        """Listen and answer. Raises ConfigError where `[web] listen` or `url` will not do."""
        self.live = LiveSite(config, clock, times.look_every)
        listen = config.web.listen
        host, port = _place(listen)
        _check_url(config.web.url, host)
        names = set(names_of(config.web.url))
        forms = Forms(self.live, config, clock, times)
        https = config.web.url.startswith("https:")
        app = BehindProxies(
            application(self.live, forms, names, https=https),
            config.web.trusted_proxies,
        )
        self._request_seconds = times.request
        self._sockets: dict[int, Any] = {}
        self._server = _listening(app, host, port, listen, self._sockets)
        self.url = self._own_address(host)
        names |= names_of(self.url)  # its port may be known only now
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._answer, name="web", daemon=True)
        self._thread.start()

    def _own_address(self, host: str) -> str:
        """Return the address at which it listens, with the real port."""
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{self._server.effective_port}"

    def stop(self) -> None:
        """Take no more requests, and finish those under way, for ENDING_SECONDS at most."""
        self._server.task_dispatcher.shutdown(timeout=ENDING_SECONDS)
        self._ending.set()
        self._server.trigger.pull_trigger()
        self._thread.join(ENDING_SECONDS)
        if not self._thread.is_alive():
            wasyncore.close_all(self._sockets)

    def _answer(self) -> None:
        """Answer until `stop`.

        `waitress.server.run` ends only by an exception in its own thread. To close its sockets
        from that thread, as a call handed to its trigger, lets the trigger be closed while
        `stop` is still writing to it.
        """
        while not self._ending.is_set():
            wasyncore.loop(LOOP_SECONDS, use_poll=True, map=self._sockets, count=1)
            self._close_slow()
            self._close_idle()

    def _close_slow(self) -> None:
        """Close the connections on which a request comes too slowly, drop by drop."""
        latest = time.monotonic() - self._request_seconds
        for connection in list(self._server.active_channels.values()):
            if connection.request is not None and connection.began < latest:
                connection.will_close = True

    def _close_idle(self) -> None:
        """Close those connections on which nothing has been asked for the longest time, where there
        are many: a client that keeps hundreds open must not keep others out."""
        open_now = self._server.active_channels.values()
        if len(open_now) <= MOST_IDLE:
            return

        idle = [connection for connection in open_now if connection.is_idle()]
        idle.sort(key=attrgetter("last_activity"))
        for connection in idle[: len(open_now) - MOST_IDLE]:
            connection.will_close = True


class _Connection(HTTPChannel):  # type: ignore[misc]
    """One connection; `began` is when the request began that is not yet whole."""

    began = 0.0

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.began = time.monotonic()
        return bool(super().received(data))

    def is_idle(self) -> bool:
        """Return whether nothing is asked, answered or on its way."""
        is_busy = self.requests or self.request is not None or self.total_outbufs_len
        return not is_busy


def _place(listen: str) -> tuple[str, int]:
    """Return the host and port of "127.0.0.1:8080" or "[::1]:8080". Raises ConfigError."""
    parts = urlsplit(f"//{listen}")
    try:
        port = parts.port
    except ValueError:
        port = None
    if not parts.hostname or port is None:
        raise ConfigError(
            f"[web] listen: {listen!r} is not HOST:PORT", 'For example "127.0.0.1:8080".'
        )
    return parts.hostname, port


def _check_url(url: str, host: str) -> None:
    """Raise ConfigError where nobody could ask for the site by its address."""
    if urlsplit(url).path:
        raise ConfigError(
            f"[web] url: {url!r} has a path", "The site needs a host name of its own."
        )
    if not url and host in ANYWHERE:
        raise ConfigError(
            "[web] url is not set, and [web] listen is every address of this machine",
            "Set url to the address under which readers reach the site.",
        )


def names_of(url: str) -> frozenset[str]:
    """Return what stands in the header Host of a request for an address: its host and port, and
    the host alone where the port is the usual one."""
    parts = urlsplit(url.lower())
    if not parts.hostname:
        return frozenset()

    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = PORTS[parts.scheme]
    port = parts.port or usual
    named = {f"{host}:{port}"}
    if port == usual:
        named.add(host)
    return frozenset(named)


def _listening(app: Any, host: str, port: int, listen: str, sockets: dict[int, Any]) -> Any:
    """Return waitress's server, which listens and keeps its open connections in `sockets`.
    Raises ConfigError where it cannot."""
    logging.getLogger("waitress").setLevel(logging.ERROR)
    is_ipv6 = ":" in host
    try:
        server = waitress.create_server(
            app,
            map=sockets,
            host=host,
            port=port,
            ipv4=not is_ipv6,
            ipv6=is_ipv6,
            threads=THREADS,
            ident=None,
            max_request_body_size=LARGEST_BODY + 1,  # it refuses what has as many
            max_request_header_size=LARGEST_HEAD,
            channel_timeout=PATIENCE,
            connection_limit=MOST_CONNECTIONS,
            asyncore_use_poll=True,
            clear_untrusted_proxy_headers=False,  # BehindProxies reads them, and clears them
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ConfigError(
            f"[web] listen: nothing can listen on {listen}: {why}",
            "Another program may have that port: end it, or name another one.",
        ) from error

    server.channel_class = _Connection
    return server

"""Who asks: the address of a client, also from behind proxies that are trusted, and what stands for
it where requests are counted."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Collection, Iterable
from typing import Any

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Environ = dict[str, Any]

FORWARDED_FOR = "HTTP_X_FORWARDED_FOR"
FORWARDING = (
    FORWARDED_FOR,
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_BY",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
)
"""Headers by which a proxy says for whom it asks. Whoever asks can write them too."""

ONE_HOUSE = 64
"""Bits that all IPv6 addresses of one house have in common."""

WITH_PORT = re.compile(r"\[(?P<v6>[^\]]+)\](?::\d+)?|(?P<v4>[\d.]+):\d+")
"""How some proxies write an address."""


class BehindProxies:
    """A WSGI application that is told who really asks, and nothing else that a proxy says."""

    def __init__(self, app: Callable[..., Any], trusted: Iterable[str]) -> None:
        """`trusted` are addresses and networks, as in `[web] trusted_proxies`."""
        self._app = app
        self._trusted = tuple(network_of(each) for each in trusted)

    def __call__(self, environ: Environ, start_response: Any) -> Any:
        peer = environ.get("REMOTE_ADDR", "")
        forwarded = environ.get(FORWARDED_FOR, "")
        environ["REMOTE_ADDR"] = client_of(peer, forwarded, self._trusted)

        for name in FORWARDING:
            environ.pop(name, None)
        return self._app(environ, start_response)


def network_of(text: str) -> Network:
    """Return the network that an address or network names: "10.0.0.0/8", "::1". Raises
    ValueError."""
    return ipaddress.ip_network(text.strip(), strict=False)


def client_of(peer: str, forwarded: str, trusted: Collection[Network]) -> str:
    """Return the address of the client. `peer` is who connected, `forwarded` the header
    X-Forwarded-For, to which each proxy adds whom it was asked by: the last address that no trusted
    proxy has. What stands before it may be invented."""
    nearest = peer
    for hop in reversed(forwarded.split(",")):
        if not _is_trusted(nearest, trusted):
            break

        address = _written(hop)
        if address is None:
            break
        nearest = str(address)
    return nearest


def _is_trusted(text: str, trusted: Collection[Network]) -> bool:
    address = _written(text)
    if address is None:
        return False
    return any(address in network for network in trusted)


def _written(text: str) -> Address | None:
    """Return the address that stands in a hop of the header, with or without a port; None where
    there is none."""
    bare = text.strip()
    with_port = WITH_PORT.fullmatch(bare)
    if with_port is not None:
        bare = with_port["v6"] or with_port["v4"]

    try:
        found = ipaddress.ip_address(bare)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def counted_as(client: str) -> str:
    """Return what stands for a client where requests are counted: its IPv4 address, or the network
    of its house where it has an IPv6 one."""
    address = _written(client)
    if not isinstance(address, ipaddress.IPv6Address):
        return str(address or client)

    whole = ipaddress.IPv6Network((int(address), ONE_HOUSE), strict=False)
    return str(whole)

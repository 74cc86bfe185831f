"""Where a webhook may be: on the public internet, or at a host that the operator named. The name is
looked up once, and the connection goes to the address that was checked: a name server that gives
another answer to the next question (DNS rebinding) gains nothing."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

from syncer.errors import HostForbidden, TransportError

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

EMBEDS_IPV4 = (
    ipaddress.ip_network("64:ff9b::/96"),  # RFC 6052: NAT64
    ipaddress.ip_network("::/96"),  # RFC 4291, 2.5.5.1: "compatible", given up
)
"""IPv6 networks whose last 32 bits are an IPv4 address, to which a gateway would lead."""
NEVER = (
    ipaddress.ip_network("64:ff9b:1::/48"),  # RFC 8215: NAT64 of one's own network
    ipaddress.ip_network("2002::/16"),  # RFC 3056: 6to4
    ipaddress.ip_network("2001::/32"),  # RFC 4380: Teredo
    ipaddress.ip_network("fec0::/10"),  # RFC 3879: site-local, given up
    ipaddress.ip_network("168.63.129.16/32"),  # Azure's own services, inside each machine there
)
"""What Python calls global and may still lead inside."""


def is_public(ip: Ip) -> bool:
    """Return whether an address is on the public internet, also by what it leads to."""
    inside = _embedded(ip)
    if inside is not None:
        return is_public(inside)
    if any(ip in network for network in NEVER if network.version == ip.version):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _embedded(ip: Ip) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for."""
    if not isinstance(ip, ipaddress.IPv6Address):
        return None
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if any(ip in network for network in EMBEDS_IPV4):
        last = int(ip) & 0xFFFFFFFF
        return ipaddress.IPv4Address(last)
    return None


def addresses_of(host: str, port: int, *, is_allowed: bool) -> Sequence[str]:
    """Return the numeric addresses of a host, which may be connected to. `is_allowed`: the operator
    named the host, wherever it is. Raises HostForbidden, and TransportError for a name that leads
    nowhere."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TransportError(f"the host {host} could not be found") from error

    numeric = [str(row[4][0]) for row in found]
    if not is_allowed:
        _check_public(host, numeric)
    return tuple(dict.fromkeys(numeric))


def check_host(host: str, *, is_allowed: bool) -> None:
    """Raise HostForbidden for a host whose address is known without asking anybody: a number in
    whatever form, or this machine's name."""
    if is_allowed:
        return
    if host == "localhost" or host.endswith(".localhost"):
        raise _forbidden(host)
    try:
        found = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return
    _check_public(host, [str(row[4][0]) for row in found])


def _check_public(host: str, numeric: Sequence[str]) -> None:
    """Raise HostForbidden where any of its addresses is not public: a name that has both is no
    mistake."""
    for address in numeric:
        bare, _, _ = address.partition("%")
        if not is_public(ipaddress.ip_address(bare)):
            raise _forbidden(host)


def _forbidden(host: str) -> HostForbidden:
    return HostForbidden(f"{host} is not on the public internet")

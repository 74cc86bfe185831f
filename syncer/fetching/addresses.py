"""Web addresses, read by the very parser that will send the request: two parsers can disagree about
an odd address."""

from __future__ import annotations

import urllib3

from syncer.errors import HostNotConfigured

DEFAULT_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """Return scheme, host and port (left out where it is the usual one), lower case. Raises
    HostNotConfigured for what is no public web address: another scheme, no host, a user name or
    password."""
    try:
        parts = urllib3.util.parse_url(url)
    except urllib3.exceptions.LocationParseError as error:
        raise HostNotConfigured(f"{url}: not an address") from error

    if parts.scheme not in DEFAULT_PORTS or not parts.host or parts.auth:
        raise HostNotConfigured(f"{url}: not the address of a public page")

    usual = DEFAULT_PORTS[parts.scheme]
    port = parts.port or usual
    suffix = "" if port == usual else f":{port}"
    return f"{parts.scheme}://{parts.host}{suffix}"


def host_of(url: str) -> str:
    """Return the host's name, lower case; empty where the address has none."""
    return urllib3.util.parse_url(url).host or ""

"""Who asks, also from behind proxies, and how much one may ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.config import load_config
from syncer.errors import ConfigError
from syncer.web.clients import BehindProxies, client_of, counted_as, network_of
from syncer.web.limiting import ASKED, POSTS, Limits, TooMany

PROXIES = tuple(map(network_of, ("127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48")))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "192.0.2.66, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "192.0.2.66, 198.51.100.1, 10.1.2.3", "198.51.100.1"),
        ("127.0.0.1", "10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("127.0.0.1", "[2001:db8::5]:4711, 2001:db8:1::9", "2001:db8::5"),
        ("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1, unknown, 10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
def test_the_client_is_the_last_address_that_no_trusted_proxy_has(
    peer: str, forwarded: str, client: str
) -> None:
    assert client_of(peer, forwarded, PROXIES) == client


@given(st.text(max_size=200))
def test_whatever_stands_in_the_header_of_a_stranger_it_counts_for_nothing(text: str) -> None:
    assert client_of("203.0.113.7", text, PROXIES) == "203.0.113.7"
    assert client_of("127.0.0.1", text, PROXIES)


def test_the_site_sees_the_client_and_no_header_of_a_proxy() -> None:
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start_response: object) -> list[bytes]:
        seen.update(environ)
        return []

    given_headers = {
        "HTTP_X_FORWARDED_FOR": "198.51.100.1",
        "HTTP_X_FORWARDED_HOST": "evil.example",
        "HTTP_FORWARDED": "for=192.0.2.1",
        "HTTP_X_REAL_IP": "192.0.2.2",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_HOST": "syncer.example",
    }
    BehindProxies(app, ["127.0.0.1"])({"REMOTE_ADDR": "127.0.0.1", **given_headers}, None)
    assert seen == {"REMOTE_ADDR": "198.51.100.1", "HTTP_HOST": "syncer.example"}


def test_all_addresses_of_one_ipv6_house_count_as_one_client() -> None:
    assert counted_as("2001:db8:0:1::5") == counted_as("2001:db8:0:1:ffff::") == "2001:db8:0:1::/64"
    assert counted_as("2001:db8:0:2::5") != counted_as("2001:db8:0:1::5")
    assert counted_as("::1") == "::/64"
    assert counted_as("198.51.100.1") == "198.51.100.1"
    assert counted_as("::ffff:198.51.100.1") == "198.51.100.1"


def test_a_proxy_that_is_no_address_is_an_error_of_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[web]\ntrusted_proxies = ["10.0.0.0/8", "::1"]\n')
    assert load_config(file).web.trusted_proxies == ("10.0.0.0/8", "::1")
    file.write_text('[web]\ntrusted_proxies = ["proxy.example"]\n')
    with pytest.raises(ConfigError, match="no address and no network"):
        load_config(file)


def test_beyond_the_limit_it_is_said_when_to_come_back_and_others_are_not_touched() -> None:
    limits = Limits()
    for _ in range(POSTS.amount):
        limits.count(POSTS, "198.51.100.1")
    with pytest.raises(TooMany) as refused:
        limits.count(POSTS, "198.51.100.1")
    assert 590 <= refused.value.seconds <= 600
    limits.count(POSTS, "198.51.100.2")
    limits.count(ASKED, "198.51.100.1")


def test_the_counts_do_not_grow_for_ever_and_the_oldest_are_forgotten() -> None:
    limits = Limits(most=100)
    for number in range(1000):
        limits.count(POSTS, f"client {number}")
    assert len(limits) == 100

from __future__ import annotations

import datetime as dt
import gzip
import json
import socket
from collections.abc import Iterator
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from web import Answer, Web

from syncer.errors import (
    ChallengePage,
    ForbiddenByRobots,
    Gone,
    HostNotConfigured,
    HttpRefused,
    TooLarge,
    TooManyRedirects,
    Unreachable,
)
from syncer.fetching.challenge import looks_like_challenge
from syncer.fetching.client import Client, Limits
from syncer.fetching.snapshots import Snapshots

HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = b"<!DOCTYPE html><title>Leeds</title><p>Leeds City Council</p>"
CHALLENGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1></body></html>"


DAY_ONE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


class Time:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as site:
        yield site


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def make(web: Web, time: Time, tmp_path: Path) -> Iterator[Any]:
    """Makes clients for the site under the name 127.0.0.1; words are those of Limits, and `sites`
    and `delay_seconds`."""
    made: list[Client] = []

    def make_client(sites: tuple[str, ...] = (), delay_seconds: float = 0, **limits: Any) -> Client:
        client = Client(
            sites or (web.url("/reports"),),
            delay_seconds=delay_seconds,
            contact="data@example.org",
            snapshots=Snapshots(tmp_path / "bodies"),
            limits=Limits(**limits),
            clock=lambda: DAY_ONE + dt.timedelta(seconds=time()),
            monotonic=time,
            sleep=time.sleep,
        )
        made.append(client)
        return client

    yield make_client
    for client in made:
        client.close()


@pytest.fixture
def client(make: Any) -> Client:
    return make()  # type: ignore[no-any-return]


# -- what is had -----------------------------------------------------------------------------------


def test_a_page_is_had_with_all_that_is_needed_to_ask_again(web: Web, client: Client) -> None:
    modified = "Wed, 21 Oct 2015 07:28:00 GMT"
    web.page("/a", PAGE, headers={**HTML, "ETag": '"1"', "Last-Modified": modified})
    response = client.get(web.url("/a"))
    assert (response.status, response.data, response.content_type) == (200, PAGE, "text/html")
    assert (response.etag, response.last_modified, response.url) == ('"1"', modified, web.url("/a"))
    assert response.at.tzinfo is not None


def test_every_body_is_kept_as_evidence(web: Web, client: Client) -> None:
    web.page("/a", PAGE)
    assert client.snapshots.read(client.get(web.url("/a")).sha256) == PAGE


def test_a_page_that_has_not_changed_is_not_sent_again(web: Web, client: Client) -> None:
    web.page("/a", PAGE, headers={"ETag": '"1"'})
    first = client.get(web.url("/a"))
    again = client.get(
        web.url("/a"), etag=first.etag, last_modified="Wed, 21 Oct 2015 07:28:00 GMT"
    )
    assert (again.status, again.data, again.sha256) == (304, b"", "")
    assert web.seen[-1].headers["If-Modified-Since"] == "Wed, 21 Oct 2015 07:28:00 GMT"


def test_we_say_who_we_are_and_what_we_expect(web: Web, client: Client) -> None:
    web.page("/a", b"{}")
    client.get(web.url("/a"), expect="application/json")
    headers = web.seen[-1].headers
    assert headers["User-Agent"].startswith("syncer/") and headers["User-Agent"].endswith(
        "(+data@example.org)"
    )
    assert headers["Accept"] == "application/json"


def test_a_compressed_page_is_unpacked(web: Web, client: Client) -> None:
    web.page("/a", gzip.compress(PAGE), headers={**HTML, "Content-Encoding": "gzip"})
    assert client.get(web.url("/a")).data == PAGE


def test_every_request_is_in_the_log_with_its_time_and_hash(web: Web, client: Client) -> None:
    web.script("/a", Answer(status=503), Answer(PAGE))
    sha256 = client.get(web.url("/a")).sha256
    assert client.requests == len(web.seen) == 3
    assert [(line.url, line.status, line.sha256) for line in client.fetched] == [
        (web.url("/robots.txt"), 404, ""),
        (web.url("/a"), 503, ""),
        (web.url("/a"), 200, sha256),
    ]


# -- where we may go -------------------------------------------------------------------------------


def test_a_host_that_is_not_configured_is_never_asked(web: Web, client: Client) -> None:
    with pytest.raises(HostNotConfigured):
        client.get(web.url("/a", host="localhost"))
    assert web.seen == []


def test_a_redirect_to_a_host_that_is_not_configured_is_not_followed(
    web: Web, client: Client
) -> None:
    web.page("/a", status=302, headers={"Location": web.url("/b", host="localhost")})
    web.page("/b", PAGE)
    with pytest.raises(HostNotConfigured, match="localhost"):
        client.get(web.url("/a"))
    assert web.asked("/b") == []


@pytest.mark.parametrize(
    "odd",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "//127.0.0.1/",
        "nonsense",
        "",
        "http://[::1",
        "https://127.0.0.1:{port}/",
        "http://127.0.0.1:{port}@example.org/",
        "http://u:pw@127.0.0.1:{port}/",
        "http://example.org\\@127.0.0.1:{port}/",
    ],
)
def test_an_odd_address_is_refused_without_asking(web: Web, client: Client, odd: str) -> None:
    with pytest.raises(HostNotConfigured):
        client.get(odd.format(port=web.port))
    assert web.seen == []


def test_redirects_are_followed_between_the_configured_sites(web: Web, make: Any) -> None:
    client = make(sites=(web.url(), web.url(host="localhost")))
    web.page("/a", status=301, headers={"Location": "/b?x=1"})
    web.page("/b?x=1", status=303, headers={"Location": web.url("/c", host="localhost")})
    web.page("/c", PAGE)
    response = client.get(web.url("/a"))
    assert (response.url, response.data) == (web.url("/c", host="localhost"), PAGE)


def test_a_circle_of_redirects_ends(web: Web, make: Any) -> None:
    web.page("/a", status=302, headers={"Location": "/a"})
    with pytest.raises(TooManyRedirects):
        make(max_redirects=3).get(web.url("/a"))
    assert len(web.asked("/a")) == 4


def test_what_robots_txt_forbids_is_not_asked_for(web: Web, client: Client) -> None:
    web.page("/robots.txt", b"User-agent: *\nDisallow: /search?\nDisallow: /*/print$\n")
    web.page("/reports/a", PAGE)
    assert client.get(web.url("/reports/a")).data == PAGE
    for path in ("/search?q=x", "/a/print"):
        with pytest.raises(ForbiddenByRobots):
            client.get(web.url(path))
    assert not web.asked("/search?q=x")


def test_a_redirect_does_not_lead_around_robots_txt(web: Web, client: Client) -> None:
    web.page("/robots.txt", b"User-agent: syncer\nDisallow: /private\n\nUser-agent: *\nAllow: /\n")
    web.page("/a", status=302, headers={"Location": "/private"})
    with pytest.raises(ForbiddenByRobots):
        client.get(web.url("/a"))
    assert not web.asked("/private")


def test_robots_txt_is_read_once_a_day_and_for_each_host(web: Web, make: Any, time: Time) -> None:
    client = make(sites=(web.url(), web.url(host="localhost")))
    web.page("/a", PAGE)
    for host in ("127.0.0.1", "localhost", "127.0.0.1", "localhost"):
        client.get(web.url("/a", host))
    assert len(web.asked("/robots.txt")) == 2
    time.now += 24 * 3600 + 1
    client.get(web.url("/a"))
    assert len(web.asked("/robots.txt")) == 3


def test_a_robots_txt_that_cannot_be_fetched_forbids_everything_and_is_asked_again_after_a_minute(
    web: Web, client: Client, time: Time
) -> None:
    web.page("/robots.txt", status=503)
    web.page("/a", PAGE)
    for _ in range(2):
        with pytest.raises(Unreachable, match=r"robots\.txt"):
            client.get(web.url("/a"))
        asked = len(web.asked("/robots.txt"))
    web.page("/robots.txt", status=403)
    with pytest.raises(Unreachable):
        client.get(web.url("/a"))
    assert len(web.asked("/robots.txt")) == asked
    time.now += 61
    assert client.get(web.url("/a")).data == PAGE


# -- what goes wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "error"), [(404, HttpRefused), (403, HttpRefused), (422, HttpRefused), (410, Gone)]
)
def test_a_refusal_is_final_and_is_not_asked_again(
    web: Web, client: Client, status: int, error: type[Exception]
) -> None:
    web.page("/a", b"no", status=status)
    with pytest.raises(error) as caught:
        client.get(web.url("/a"))
    assert len(web.asked("/a")) == 1
    assert getattr(caught.value, "status", 410) == status


@pytest.mark.parametrize(
    "trouble",
    [
        Answer(fault="down"),
        Answer(PAGE, fault="truncate"),
        Answer(PAGE, fault="cut_chunks"),
        Answer(status=500),
        Answer(status=503),
        Answer(status=429),
        Answer(status=408),
        Answer(PAGE, headers={"Content-Encoding": "gzip"}),
    ],
    ids=["down", "truncated", "cut chunks", "500", "503", "429", "408", "garbled"],
)
def test_trouble_that_passes_is_overcome(
    web: Web, client: Client, time: Time, trouble: Answer
) -> None:
    web.script("/a", trouble, trouble, Answer(PAGE))
    assert client.get(web.url("/a")).data == PAGE
    assert len(time.slept) == 2
    assert 0.5 <= time.slept[0] <= 1 <= time.slept[1] <= 2


@pytest.mark.parametrize(
    "trouble",
    [
        Answer(fault="down"),
        Answer(PAGE, fault="truncate"),
        Answer(PAGE, fault="cut_chunks"),
        Answer(status=502),
    ],
    ids=lambda answer: answer.fault or "502",
)
def test_trouble_that_stays_is_told_after_every_try_and_nothing_of_it_is_kept(
    web: Web, client: Client, trouble: Answer
) -> None:
    web.script("/a", trouble)
    with pytest.raises(Unreachable, match="after 4 tries"):
        client.get(web.url("/a"))
    assert len(web.asked("/a")) == 4
    assert list(client.snapshots) == []


def test_a_gzip_stream_that_breaks_off_is_not_taken_for_the_page(web: Web, client: Client) -> None:
    packed = gzip.compress(PAGE * 50)
    web.page("/a", packed[: len(packed) // 2], headers={"Content-Encoding": "gzip"})
    with pytest.raises(Unreachable):
        client.get(web.url("/a"))


def test_a_site_that_does_not_answer_in_time_is_unreachable(web: Web, make: Any) -> None:
    web.page("/a", PAGE, fault="silent", seconds=30)
    with pytest.raises(Unreachable, match="no answer in time"):
        make(read_timeout=0.1, tries=2).get(web.url("/a"))


def test_a_site_that_is_not_there_is_unreachable(make: Any) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(Unreachable, match="no connection"):
            make(sites=(url,)).get(url)


def test_a_body_that_drips_is_not_waited_for_to_its_end(web: Web, tmp_path: Path) -> None:
    web.page("/a", PAGE * 100, fault="drip", seconds=0.05)
    limits = Limits(total_seconds=0.2, tries=1)
    with (
        Client(
            [web.url()], delay_seconds=0, contact="x", snapshots=Snapshots(tmp_path), limits=limits
        ) as client,
        pytest.raises(Unreachable, match="not finished"),
    ):
        client.get(web.url("/a"))


def test_a_host_that_is_down_costs_later_pages_one_try_each_until_it_answers(
    web: Web, client: Client
) -> None:
    web.page("/robots.txt", b"")
    for path in ("/a", "/b"):
        web.page(path, fault="down")
    for path in ("/a", "/b"):
        with pytest.raises(Unreachable):
            client.get(web.url(path))
    assert [len(web.asked(path)) for path in ("/a", "/b")] == [4, 1]
    web.script("/c", Answer(PAGE))
    client.get(web.url("/c"))
    with pytest.raises(Unreachable):
        client.get(web.url("/b"))
    assert len(web.asked("/b")) == 1 + 4
    web.script("/d", Answer(status=503), Answer(fault="down"), Answer(PAGE))
    assert client.get(web.url("/d")).data == PAGE


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "999999"}], ids=["counted", "declared"])
def test_too_large_a_page_is_left(web: Web, make: Any, headers: dict[str, str]) -> None:
    web.page("/a", PAGE * 100, headers=headers, fault="truncate" if headers else "")
    with pytest.raises(TooLarge):
        make(max_bytes=1000).get(web.url("/a"))
    assert len(web.asked("/a")) == 1


def test_a_gzip_bomb_is_left_before_it_is_unpacked(web: Web, make: Any) -> None:
    web.page("/a", gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"})
    with pytest.raises(TooLarge):
        make(max_bytes=1_000_000).get(web.url("/a"))


# -- manners ---------------------------------------------------------------------------------------


def test_requests_to_one_host_keep_their_distance(web: Web, make: Any, time: Time) -> None:
    client = make(
        delay_seconds=1, delays={"localhost": 0.2}, sites=(web.url(), web.url(host="localhost"))
    )
    web.page("/a", PAGE)
    client.get(web.url("/a"))
    client.get(web.url("/a"))
    assert time.slept == [1, 1]
    client.get(web.url("/a", "localhost"))
    assert time.slept == [1, 1, 0.2]
    time.now += 5
    client.get(web.url("/a"))
    assert time.slept == [1, 1, 0.2]


@pytest.mark.parametrize("asked", ["7", ""], ids=["seconds", "date"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_site_that_asks_for_time_is_given_it(
    web: Web, client: Client, time: Time, asked: str, status: int
) -> None:
    later = format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=7), usegmt=True)
    web.script("/a", Answer(status=status, headers={"Retry-After": asked or later}), Answer(PAGE))
    client.get(web.url("/a"))
    assert time.slept == [pytest.approx(7, abs=1.1)]


def test_a_site_that_asks_for_an_hour_is_left_alone_till_the_next_run(
    web: Web, client: Client, time: Time
) -> None:
    web.page("/robots.txt", b"")
    web.page("/a", status=429, headers={"Retry-After": "3600"})
    web.page("/b", PAGE)
    for path in ("/a", "/b"):
        with pytest.raises(Unreachable, match="left alone for another 3600 seconds"):
            client.get(web.url(path))
    assert [seen.path for seen in web.seen] == ["/robots.txt", "/a"]
    assert time.slept == []
    time.now += 3600
    assert client.get(web.url("/b")).data == PAGE


# -- bot checks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 202, 403, 429, 503])
def test_a_bot_check_is_an_error_whatever_its_status_and_is_not_asked_again(
    web: Web, client: Client, status: int
) -> None:
    web.page("/a", CHALLENGE, status=status, headers=HTML)
    with pytest.raises(ChallengePage):
        client.get(web.url("/a"))
    assert len(web.asked("/a")) == 1


@pytest.mark.parametrize(
    "page",
    [
        CHALLENGE,
        b"<html><title>Attention Required! | Cloudflare</title><p>Please complete the security check to access this site",
        b"<html><head><script>window._cf_chl_opt={};</script></head><body></body></html>",
        b"<html><title>Pardon Our Interruption</title><p>Something about your browser made us think you were a bot.",
        b"<html><body><noscript>Enable JavaScript and cookies to continue</noscript></body></html>",
        b"<html><body><iframe src='/_Incapsula_Resource?x'>Request unsuccessful. Incapsula incident ID: 1</iframe></body></html>",
        b"<html><title>Human verification</title><form><div class='g-recaptcha'></div></form></html>",
        b"<html><h1>Verify you are human by completing the action below.</h1></html>",
    ],
)
def test_the_usual_bot_checks_are_known(page: bytes) -> None:
    assert looks_like_challenge(page, "text/html")
    assert looks_like_challenge(page, "application/pdf")


ARTICLE = (
    b"<p>"
    + b"Leeds City Council has been awarded money by the department for its children's services. "
    * 6
    + b"</p>"
)


@pytest.mark.parametrize(
    "page",
    [
        PAGE,
        b"<html><title>Leeds</title>"
        + ARTICLE
        + b"<form class='comment'><script src='https://www.google.com/recaptcha/api.js'></script></form>",
        b"<html><title>Leeds</title>"
        + ARTICLE
        + b"<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>",
        b"<html><title>Leeds</title>"
        + ARTICLE
        + b'<p>"For just a moment", she said, "a captcha had been solved."</p>',
    ],
    ids=["short page", "comment form", "bot sensor", "quotation"],
)
def test_a_page_that_only_has_a_captcha_or_a_sensor_on_it_is_a_page(page: bytes) -> None:
    assert not looks_like_challenge(page, "text/html")


def test_what_is_not_html_is_no_bot_check() -> None:
    assert not looks_like_challenge(b'{"title": "Just a moment..."}', "application/json")
    assert not looks_like_challenge(b"%PDF-1.7 captcha", "application/pdf")


# -- the stand-in for the real sites ---------------------------------------------------------------


def test_the_replays_pages_are_no_bot_checks(shared: Path) -> None:
    for article in json.loads((shared / "replay/world/press/articles.json").read_text()):
        assert not looks_like_challenge(article["html"].encode(), "text/html")
    for page in (shared / "ofsted/error_pages").iterdir():
        assert not looks_like_challenge(page.read_bytes(), "text/html")

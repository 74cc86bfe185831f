"""`serve`: the site over HTTP, kept until something has changed."""

from __future__ import annotations

import gzip
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from office import Office
from processes import address_of, process

from syncer.config import load_config
from syncer.errors import ConfigError
from syncer.operations.publishing import gather
from syncer.site.addresses import Places
from syncer.site.contents import Contents
from syncer.web.server import WebServer
from syncer.web.times import Times

WEB = '[web]\nlisten = "127.0.0.1:0"\n'
PUBLIC = WEB + 'url = "https://syncer.example"\n'
SECONDS = 60


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A store in which Leeds became inadequate."""
    with Office(tmp_path) as made:
        made.happens(new="inadequate")
        yield made


@contextmanager
def serving(office: Office, web: str = WEB) -> Iterator[WebServer]:
    """The site of a store, by its clock; the store is looked at for every request."""
    config = office.folder / "config.toml"
    config.write_text(config.read_text(encoding="utf-8") + web)
    server = WebServer(load_config(config), lambda: office.now, Times(look_every=0))
    yield server
    server.stop()


def get(
    server: WebServer, path: str = "/", method: str = "GET", **headers: str
) -> requests.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.request(
        method, server.url + path, headers={"Accept-Encoding": "identity"} | named, timeout=SECONDS
    )


def test_it_answers_with_the_bytes_that_the_site_has_at_each_address(office: Office) -> None:
    with serving(office) as server:
        contents = Contents(gather(office.app), Places(live=True))
        some = [at for at in contents if not at.startswith("councils/") or "leeds" in at]
        for address in some:
            answer = get(server, f"/{address}")
            assert (answer.status_code, answer.content) == (200, contents[address]()), address
    assert len(some) > 5


def test_a_page_answers_with_and_without_its_last_slash(office: Office) -> None:
    with serving(office) as server:
        assert get(server, "/changes/1").content == get(server, "/changes/1/").content
        assert get(server, "/changes/1").status_code == 200


def test_every_link_is_made_from_the_configured_address_and_another_host_is_refused(
    office: Office,
) -> None:
    with serving(office, PUBLIC) as server:
        asked = get(server, "/changes.atom", Host="syncer.example")
        own = get(server, "/changes.atom")
        assert asked.content == own.content
        assert b'href="https://syncer.example/changes/1/"' in own.content
        for host in ("evil.example", "syncer.example:8443", ""):
            assert get(server, Host=host).status_code == 400
        assert get(server, X_Forwarded_Host="evil.example").content == get(server).content


def test_every_answer_has_the_headers_that_protect_its_reader_and_no_cookie(
    office: Office,
) -> None:
    with serving(office, PUBLIC) as server:
        answers = [
            get(server),
            get(server, "/none"),
            get(server, Host="x"),
            get(server, "/", "POST"),
        ]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy and "base-uri 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert not {"Set-Cookie", "Server"} & set(answer.headers)


def test_a_reader_who_has_a_page_is_told_that_it_is_the_same(office: Office) -> None:
    with serving(office) as server:
        first = get(server)
        seen, since = first.headers["ETag"], first.headers["Last-Modified"]
        same = get(server, If_None_Match=seen)
        assert (same.status_code, same.content) == (304, b"")
        assert get(server, If_Modified_Since=since).status_code == 304
        assert get(server, If_None_Match='"other"').status_code == 200


def test_head_has_the_headers_of_get_and_no_body(office: Office) -> None:
    with serving(office) as server:
        asked, head = get(server), get(server, method="HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(asked.content))


def test_what_is_packed_is_the_same_and_has_a_name_of_its_own(office: Office) -> None:
    with serving(office) as server:
        plain, packed = get(server), get(server, Accept_Encoding="gzip")
        raw = requests.get(
            server.url, headers={"Accept-Encoding": "gzip"}, stream=True, timeout=SECONDS
        ).raw.read(decode_content=False)
    assert packed.content == plain.content == gzip.decompress(raw)
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert packed.headers["Vary"] == "Accept-Encoding"


def test_what_cannot_be_answered_has_its_own_status(office: Office) -> None:
    with serving(office) as server:
        missing = get(server, "/councils/atlantis/")
        assert missing.status_code == 404 and b"<h1>Page not found</h1>" in missing.content
        post = requests.post(server.url, data={"a": "b"}, timeout=SECONDS)
        assert (post.status_code, sorted(post.headers["Allow"].split(", "))) == (
            405,
            ["GET", "HEAD"],
        )
        assert get(server, method="OPTIONS").status_code == 405
        large = requests.post(server.url, data=b"x" * 65_537, timeout=SECONDS)
        assert large.status_code == 413
        assert get(server, "/%2e%2e/config.toml").status_code == 404


# -- Kept until something has changed --------------------------------------------------------------


def test_a_page_is_made_once_until_something_has_changed(office: Office) -> None:
    with serving(office) as server:
        edition = server.live.edition()
        made = [edition.answer("changes/")]
        threads = [threading.Thread(target=get, args=(server, "/changes/")) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        office.store.set_meta("unrelated", "a write that no reader sees")
        assert server.live.edition() is edition
        assert edition.answer("changes/") is made[0]


def test_after_a_change_the_pages_that_show_it_are_made_again_and_others_keep_their_date(
    office: Office,
) -> None:
    with serving(office) as server:
        before, style = get(server, "/changes/"), get(server, "/style.css")
        office.later(hours=1)
        office.happens(new="outstanding")
        office.runs("ok")
        after, same = get(server, "/changes/"), get(server, "/style.css")
    assert b"outstanding" in after.content and after.headers["ETag"] != before.headers["ETag"]
    assert after.headers["Last-Modified"] == "Mon, 05 Jan 2026 09:00:00 GMT"
    assert same.headers["Last-Modified"] == style.headers["Last-Modified"]


def test_a_change_that_is_held_is_shown_nowhere_until_it_is_released(office: Office) -> None:
    with serving(office) as server:
        number = office.happens(new="requires_improvement", tellable=False)
        office.store.run("UPDATE events SET state = 'held' WHERE id = ?", (number,))
        assert get(server, f"/changes/{number}").status_code == 404
        assert b"requires improvement" not in get(server, "/changes.atom").content
        office.store.run("UPDATE events SET state = 'open', seq = 99 WHERE id = ?", (number,))
        assert get(server, f"/changes/{number}").status_code == 200


def test_at_midnight_the_site_shows_another_day(office: Office) -> None:
    with serving(office) as server:
        assert "5 January 2026" in get(server).text
        office.later(days=1)
        assert "6 January 2026" in get(server).text


# -- The process -----------------------------------------------------------------------------------


def prepared(folder: Path, more: str) -> None:
    with Office(folder) as office:
        office.happens()
    config = folder / "config.toml"
    config.write_text(config.read_text(encoding="utf-8") + more)


def test_the_command_says_where_it_listens_goes_by_now_and_ends_at_sigterm_within_5_seconds(
    tmp_path: Path,
) -> None:
    prepared(tmp_path, WEB)
    with process(tmp_path, "--now", "2026-08-22T12:00", "serve") as started:
        url = address_of(started)
        assert "22 August 2026" in requests.get(url, timeout=SECONDS).text
        host, _, port = url.removeprefix("http://").rpartition(":")
        with socket.create_connection((host, int(port))) as idle:
            idle.send(b"GET / HTTP/1.1\r\n")
            began = time.monotonic()
            started.send_signal(signal.SIGTERM)
            out, log = started.communicate(timeout=SECONDS)
        assert time.monotonic() - began < 5
        assert (started.returncode, out, log) == (0, "", "")


def test_nothing_is_begun_where_nothing_was_ever_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[store]\npath = "s.db"\n' + WEB)
    with process(tmp_path, "serve") as started:
        _, said = started.communicate(timeout=SECONDS)
    assert (started.returncode, "NoStoreYet" in said) == (2, True)
    assert not (tmp_path / "s.db").exists()


QUIET_JOBS = "".join(
    f"[jobs.{name}]\nenabled = false\n"
    for name in ("sync", "digests", "send", "check", "councils", "prune", "backup")
)


def test_the_daemon_shows_the_site_too_where_it_is_enabled(tmp_path: Path) -> None:
    prepared(tmp_path, WEB + "enabled = true\n" + QUIET_JOBS)
    with process(tmp_path, "run") as started:
        assert requests.get(f"{address_of(started)}/changes/1", timeout=SECONDS).status_code == 200
        started.send_signal(signal.SIGTERM)
        _, log = started.communicate(timeout=SECONDS)
    assert (started.returncode, "Traceback" in log, "127.0.0.1 " in log) == (0, False, False), log


def test_a_port_that_is_taken_is_said_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        web = f'[web]\nlisten = "{taken}"\nenabled = true\n'
        prepared(tmp_path, web)
        for command in ("serve", "run"):
            with process(tmp_path, command) as started:
                _, said = started.communicate(timeout=SECONDS)
            assert (started.returncode, f"nothing can listen on {taken}" in said) == (2, True)


@pytest.mark.parametrize(
    ("web", "why"),
    [
        ('listen = "nowhere"', "is not HOST:PORT"),
        ('listen = "127.0.0.1:http"', "is not HOST:PORT"),
        ('listen = "0.0.0.0:0"', "url is not set"),
        ('listen = "127.0.0.1:0"\nurl = "https://example.org/site"', "has a path"),
    ],
)
def test_an_address_that_will_not_do_is_an_error_of_the_configuration(
    tmp_path: Path, web: str, why: str
) -> None:
    (tmp_path / "config.toml").write_text(f"[web]\n{web}\n")
    config = load_config(tmp_path / "config.toml")
    with pytest.raises(ConfigError, match=why):
        WebServer(config, lambda: pytest.fail("the clock is not asked"))

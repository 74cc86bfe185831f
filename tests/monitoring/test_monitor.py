"""What a monitor is told: /healthz, /metrics, `status --check`, and the dead man's switch, all from
the store, whichever process did the work."""

from __future__ import annotations

import datetime as dt
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from office import CONFIG, Office
from replay import config_text
from web import Web

from jobs import sync
from syncer.app import App
from syncer.config import load_config
from syncer.errors import ConfigError
from syncer.model import Problem
from syncer.monitoring import heartbeat, watched
from syncer.monitoring.metrics import Metrics
from syncer.monitoring.server import serving
from syncer.store import jobs, problems


def monitor() -> str:
    """The setting of a listener, on a port that was free just now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f'[monitor]\nlisten = "127.0.0.1:{free.getsockname()[1]}"\n'


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office whose listener answers, and whose heart beats, by today's clock."""
    with Office(tmp_path, CONFIG + monitor()) as office:
        config = office.app.config
        heartbeat.beat(config.store.path, office.now)
        office.now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        office.runs("ok")
        with serving(config, Metrics(config)):
            yield office


def asked(office: Office, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(
            f"http://{office.app.config.monitor.listen}{path}", timeout=10
        ) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def found(office: Office, source: str, *new: Problem) -> None:
    with office.store.writing():
        problems.note(office.store, source, new, office.now)


def test_all_is_well_and_there_is_nothing_else_to_ask(office: Office) -> None:
    assert asked(office, "/healthz") == (200, "ok\n")
    assert asked(office, "/")[0] == asked(office, "/status")[0] == 404


def test_each_reason_not_to_work_is_a_503_that_names_it_and_no_reader(office: Office) -> None:
    found(office, "outbox", Problem("TransportUnavailable", "ada@example.org: refused", "o"))
    office.runs("ok", source="dfe_spend")
    office.store.run(
        "UPDATE runs SET started = '2026-01-05T08:00:00+00:00' WHERE source = 'dfe_spend'"
    )
    jobs.began(office.store, "backup", office.app.now)
    office.store.run("UPDATE job_runs SET started = '2026-01-05T08:00:00+00:00'")
    status, text = asked(office, "/healthz")
    assert (status, "ada@" in text) == (503, False)
    kinds = [line.partition(":")[0] for line in text.splitlines()]
    assert kinds == ["mail", "source", "job"] and "DfE payments" in text


def test_a_job_that_was_killed_with_the_daemon_before_this_one_is_not_under_way(
    office: Office,
) -> None:
    jobs.began(office.store, "backup", office.now)
    office.store.run("UPDATE job_runs SET started = '2026-01-05T07:59:59+00:00'")
    assert asked(office, "/healthz") == (200, "ok\n")


def test_a_heart_that_stands_still_and_a_store_that_is_gone_are_reasons_too(office: Office) -> None:
    heartbeat.stop(office.app.config.store.path)
    assert asked(office, "/healthz") == (503, "daemon: the timetable stands still\n")
    (office.folder / "s.db").rename(office.folder / "elsewhere.db")
    (office.folder / "s.db-wal").unlink(missing_ok=True)
    status, text = asked(office, "/healthz")
    assert (status, "store: NoStoreYet" in text) == (503, True)


def test_the_metrics_are_what_the_store_says_when_they_are_asked_for(office: Office) -> None:
    office.follows("ada@example.org")
    office.happens()
    office.notify()
    jobs.began(office.store, "sync", office.now)
    jobs.ended(office.store, "sync", office.now)
    found(office, "press", Problem("EmptyPage", "nothing", "https://a"))
    found(office, "press", Problem("EmptyPage", "nothing", "https://b", is_old=True))
    _, text = asked(office, "/metrics")
    now = office.now.replace(microsecond=0).timestamp()
    lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    value = {name: float(number) for name, number in lines.items()}
    assert value['syncer_source_last_good_read_timestamp_seconds{source="ofsted_reports"}'] == now
    assert value['syncer_job_last_success_timestamp_seconds{job="sync"}'] == now
    assert value['syncer_problems_open{source="press"}'] == 1
    assert value['syncer_outbox_messages{state="queued"}'] == 1
    assert value['syncer_deliveries_total{state="sent"}'] == 1
    assert value['syncer_events_total{state="open"}'] == 1
    assert value["syncer_healthy"] == 1 and "example.org" not in text


def test_what_pages_took_to_fetch_and_to_parse_is_counted_by_source(office: Office) -> None:
    metrics = Metrics(office.app.config)
    metrics.timed("fetch", "press", 0.2)
    metrics.timed("parse", "press", 40)
    text = metrics.text().decode()
    assert 'syncer_fetch_seconds_bucket{le="0.5",source="press"} 1.0' in text
    assert 'syncer_parse_seconds_sum{source="press"} 40.0' in text


def test_a_place_that_is_taken_does_not_keep_the_daemon_from_its_work(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(office.app.config, Metrics(office.app.config)):
        assert asked(office, "/healthz")[0] == 200
    assert "[monitor] listen" in caplog.text


# -- The dead man's switch -------------------------------------------------------------------------


def synced(folder: Path, web: Web, more: str) -> None:
    """The job `sync` on a site where one file of council papers is all there is to read."""
    off = "".join(
        f"[sources.{name}]\nenabled = false\n"
        for name in ("ofsted_reports", "ofsted_statistics", "govuk_awards", "govuk_interventions")
    )
    text = config_text(web.url(), web.url(host="localhost"), more=f"{more}\n{off}")
    (folder / "config.toml").write_text(text)
    with App(load_config(folder / "config.toml")) as app:
        watched.run(app, "sync", sync)


def test_a_sync_that_read_every_source_well_calls_and_one_that_did_not_does_not(
    tmp_path: Path,
) -> None:
    with Web() as web:
        web.page("/alive/secret")
        monitor = f'[monitor]\nping_url = "{web.url("/alive/secret")}"'
        synced(tmp_path, web, monitor)
        assert web.asked("/alive/secret") == []
        synced(tmp_path, web, f"{monitor}\n[sources.dfe_spend]\nenabled = false")
        assert len(web.asked("/alive/secret")) == 1


@pytest.mark.parametrize("given", ["file", "refused", "nobody", "missing"])
def test_a_call_that_fails_is_a_warning_that_does_not_name_the_secret(
    tmp_path: Path, given: str, caplog: pytest.LogCaptureFixture
) -> None:
    with Web() as web:
        web.page("/alive/secret", status=503 if given == "refused" else 200)
        url = "http://127.0.0.1:9/secret" if given == "nobody" else web.url("/alive/secret")
        if given != "missing":
            (tmp_path / "ping").write_text(f"{url}\n")
        off = "[sources.dfe_spend]\nenabled = false"
        synced(tmp_path, web, f'[monitor]\nping_url_file = "ping"\n{off}')
        assert len(web.asked("/alive/secret")) == (given in ("file", "refused"))
    warned = [each.message for each in caplog.records if each.levelname == "WARNING"]
    assert len(warned) == (given != "file") and "secret" not in caplog.text


def test_the_address_of_the_switch_is_in_no_error_and_no_print_of_the_configuration(
    tmp_path: Path,
) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[monitor]\nping_url = "hc-ping.com/secret"\n')
    with pytest.raises(ConfigError) as refused:
        load_config(path)
    assert "ping_url" in str(refused.value) and "secret" not in str(refused.value)
    path.write_text('[monitor]\nping_url = "https://hc-ping.com/secret"\n')
    assert "secret" not in repr(load_config(path))


def test_the_place_to_listen_on_is_a_host_and_a_port(tmp_path: Path) -> None:
    for wrong in ("9464", "localhost", "localhost:99999", ":9464"):
        (tmp_path / "config.toml").write_text(f'[monitor]\nlisten = "{wrong}"\n')
        with pytest.raises(ConfigError, match="HOST:PORT"):
            load_config(tmp_path / "config.toml")

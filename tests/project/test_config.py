"""config.toml: what may stand in it, what it means, and how its faults are told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.config import Config, load_config, source_names
from syncer.errors import ConfigError
from syncer.files import packaged
from syncer.tables import Table, keys_of
from syncer.timetable import DEFAULT_CRONS, check_cron

REPLAY = """
[sites]
ofsted_reports = "http://127.0.0.1:8000/reports/"
ofsted_files = "http://localhost:8000/files"
govuk = "http://127.0.0.1:8000/gov"
govuk_assets = "http://localhost:8000/assets"
press = ["http://127.0.0.1:8000/press/feed.xml"]
[fetch]
delay_seconds = 0
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(written(folder, text))
    return str(caught.value)


def test_the_commented_file_says_every_default(tmp_path: Path) -> None:
    shown = load_config(written(tmp_path, packaged("config.toml").read_text(encoding="utf-8")))
    assert shown == load_config(written(tmp_path, ""))


def test_the_commented_file_shows_every_key() -> None:
    text = packaged("config.toml").read_text(encoding="utf-8")
    tables = {
        name: getattr(Config(), name)
        for name in keys_of(Config)
        if name not in ("jobs", "sources", "precedence")
    }
    for name, section in tables.items():
        table = text.split(f"[{name}]\n")[1].split("\n[")[0]
        keys = {line.lstrip("# ").split(" =")[0] for line in table.splitlines() if " = " in line}
        assert keys >= set(keys_of(type(section))), name


def test_every_job_has_its_default_timetable() -> None:
    assert {name: job.cron for name, job in Config().jobs.items()} == dict(DEFAULT_CRONS)
    assert all(job.enabled for job in Config().jobs.values())


def test_no_nightly_job_runs_in_the_hour_that_comes_twice() -> None:
    assert not [
        line for crons in DEFAULT_CRONS.values() for line in crons if line.split()[1] == "1"
    ]


def test_relative_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    config = load_config(
        written(tmp_path, '[store]\npath = "data/x.db"\n[councils]\nregister = "/etc/more.csv"\n')
    )
    assert config.store.path == tmp_path / "data" / "x.db"
    assert config.mail.maildir == tmp_path / "maildir"
    assert config.councils.register == Path("/etc/more.csv")


def test_without_a_file_everything_lies_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_config().store.path == tmp_path / "syncer.db"
    written(tmp_path, '[store]\npath = "mine.db"')
    assert load_config().store.path == tmp_path / "mine.db"


def test_the_replay_is_read_without_pause(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, REPLAY))
    assert config.fetch.delay_seconds == 0
    assert config.delays() == {}
    assert config.sites.by_name()["press"] == ("http://127.0.0.1:8000/press/feed.xml",)
    assert "http://127.0.0.1:8000/reports" in config.sites.all()


def test_real_sites_are_never_read_without_pause(tmp_path: Path) -> None:
    assert "reports.ofsted.gov.uk" in faults(tmp_path, "[fetch]\ndelay_seconds = 0")
    mixed = '[sites]\nofsted_reports = "http://127.0.0.1:1"\nofsted_files = "http://localhost:1"\n[fetch]\ndelay_seconds = 0'
    assert load_config(written(tmp_path, mixed)).delays() == {
        "www.gov.uk": 0.2,
        "assets.publishing.service.gov.uk": 0.2,
    }


def test_every_fault_is_told_at_once_with_the_key_that_was_meant(tmp_path: Path) -> None:
    told = faults(
        tmp_path,
        '[fetch]\ndelay_second = 1\ntries = "four"\n[mail]\nin_doubt = "guess"\nform = "x"\n[stores]\npath = "y"\n',
    )
    assert "fetch.delay_second: there is no such key. Did you mean 'delay_seconds'?" in told
    assert "fetch.tries: should be a whole number, 1 at least" in told
    assert "mail.in_doubt: should be 'resend' or 'hold'" in told
    assert "mail.form: there is no such key. Did you mean 'from'?" in told
    assert "stores: there is no such key. Did you mean 'store'?" in told


@pytest.mark.parametrize("connections", ["0", "21", '"4"', "true", "1.5", "[1]"])
def test_connections_to_the_mail_server_are_one_to_twenty(tmp_path: Path, connections: str) -> None:
    told = faults(tmp_path, f"[mail]\nconnections = {connections}\n")
    assert told.splitlines()[1:] == ["  mail.connections: should be a whole number from 1 to 20"]


def test_no_site_named_is_no_site_at_home(tmp_path: Path) -> None:
    for empty in ("press = []", "govuk = []", "press = []\ncouncil_papers = []"):
        told = faults(tmp_path, f"[sites]\n{empty}\n[fetch]\ndelay_seconds = 0")
        assert "reports.ofsted.gov.uk" in told


@pytest.mark.parametrize(
    "line",
    [
        '[monitor]\nping_url = "https://user:s3cret@ex\u2100mple.org/"',
        '[monitor]\nping_url = "https://[s3cret]/"',
        '[monitor]\nping_url = "s3cret"',
        '[operator]\nchannel = "s3cret"',
        '[operator]\nchannel = "https://[s3cret]/"',
        '[operator]\nchannel = ["s3cret"]',
    ],
)
def test_a_fault_of_a_secret_does_not_name_it(tmp_path: Path, line: str) -> None:
    told = faults(tmp_path, line)
    assert "monitor.ping_url: " in told or "operator.channel: " in told
    assert "s3cret" not in told


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("[fetch]\ntries = " + "9" * 5000, "is not TOML"),
        ("x = " + "[" * 3000, "is not TOML"),
        ('[store]\npath = "~nosuchuser/x"', "home directory"),
        ("[precedence]\ndefault = [1]", "precedence.default.0: should be a text"),
    ],
)
def test_what_is_odd_is_told_by_name(tmp_path: Path, line: str, place: str) -> None:
    assert place in faults(tmp_path, line)


def test_an_unknown_source_or_job_is_told_with_the_nearest(tmp_path: Path) -> None:
    told = faults(
        tmp_path,
        '[sources.ofsted_report]\nenabled = true\n[jobs.synch]\ncron = "0 1 * * *"\n[precedence]\ndefault = ["ofsted"]',
    )
    assert "sources.ofsted_report: there is no such source. Did you mean 'ofsted_reports'?" in told
    assert "jobs.synch: there is no such job. Did you mean 'sync'?" in told
    assert "precedence.default: there is no such source as 'ofsted'" in told


def test_a_source_keeps_its_own_options(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, '[sources.ofsted_reports]\ncouncils = ["leeds"]\n'))
    assert config.source("ofsted_reports").enabled
    assert config.source("ofsted_reports").options == {"councils": ["leeds"]}
    assert set(config.sources) == set(source_names())
    with pytest.raises(ConfigError):
        config.source("nothing")


def test_precedence_is_per_field_with_an_order_for_the_rest(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, '[precedence]\namount = ["press"]\n'))
    assert config.precedence["amount"] == ("press",)
    assert config.precedence[""][0] == "ofsted_reports"


def test_security_of_mail_follows_the_host(tmp_path: Path) -> None:
    assert (
        load_config(written(tmp_path, '[mail]\nsmtp_host = "127.0.0.1"')).mail.smtp_security
        == "none"
    )
    assert (
        load_config(written(tmp_path, '[mail]\nsmtp_host = "mail.example.org"')).mail.smtp_security
        == "starttls"
    )
    assert "this machine only" in faults(
        tmp_path, '[mail]\nsmtp_host = "mail.example.org"\nsmtp_security = "none"'
    )


def test_one_click_unsubscribing_needs_https(tmp_path: Path) -> None:
    assert "https://" in faults(tmp_path, '[mail]\nunsubscribe_url = "http://example.org/u"')


def test_what_is_no_toml_or_no_file_is_told_by_name(tmp_path: Path) -> None:
    assert "is not TOML" in faults(tmp_path, "[fetch\n")
    with pytest.raises(ConfigError, match=r"none\.toml cannot be read"):
        load_config(tmp_path / "none.toml")


def test_wrong_shapes_are_faults_not_crashes(tmp_path: Path) -> None:
    told = faults(
        tmp_path,
        'jobs = 3\nsources = "all"\nprecedence = []\nsites = 1\nmail = "x"\nstore = {path = 3}',
    )
    assert all(
        f"{name}:" in told
        for name in ("jobs", "sources", "precedence", "sites", "mail", "store.path")
    )


@given(st.data())
def test_whatever_stands_under_a_key_is_a_configuration_or_a_fault(data: st.DataObject) -> None:
    """Nothing crashes, wherever a list, a table or a number stands in place of a text."""
    odd = st.sampled_from([True, 3, -1, 2.5, "", "x", [], [3], ["x"], {}, {"x": 1}])
    file = {}
    for name in data.draw(st.lists(st.sampled_from(keys_of(Config)), max_size=4, unique=True)):
        section = getattr(Config(), name)
        if not isinstance(section, Table):
            known = ["ofsted_reports", "sync", "default", "other"]
            inner = st.dictionaries(st.sampled_from(["enabled", "cron", "files"]), odd)
            file[name] = data.draw(st.dictionaries(st.sampled_from(known), odd | inner) | odd)
        else:
            keys = st.sampled_from([*keys_of(type(section)), "other"])
            file[name] = data.draw(st.dictionaries(keys, odd, max_size=4) | odd)

    with TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        path.write_text(toml(file), encoding="utf-8")
        with suppress(ConfigError):
            load_config(path)


def toml(file: Mapping[str, object]) -> str:
    """A file as TOML: JSON's texts, numbers and lists are TOML's too."""
    return "".join(f"{name} = {inline(value)}\n" for name, value in file.items())


def inline(value: object) -> str:
    if not isinstance(value, dict):
        return json.dumps(value)
    return "{" + ", ".join(f"{key} = {inline(each)}" for key, each in value.items()) + "}"


@pytest.mark.parametrize(
    ("files", "kept"),
    [('"a.html"', ["a.html"]), ('["a.html", "/b"]', ["a.html", "/b"]), ("[]", [])],
)
def test_files_of_a_source_are_a_list_or_one_alone(
    tmp_path: Path, files: str, kept: list[str]
) -> None:
    config = load_config(written(tmp_path, f"[sources.council_papers]\nfiles = {files}"))
    assert config.source("council_papers").options["files"] == tuple(
        str(tmp_path / name) for name in kept
    )


@pytest.mark.parametrize("files", ["3", "[3]", "{x = 1}", "true"])
def test_files_of_a_source_that_are_no_paths_are_told(tmp_path: Path, files: str) -> None:
    told = faults(tmp_path, f"[sources.council_papers]\nfiles = {files}")
    assert "sources.council_papers: files should be a list of paths" in told


@pytest.mark.parametrize("line", ["0 7 * * 1", "0 7 * * 1-5", "0 7 * * mon,2"])
def test_a_day_as_a_number_is_refused_since_schedulers_count_differently(
    tmp_path: Path, line: str
) -> None:
    assert "jobs.sync.cron.0" in (told := faults(tmp_path, f'[jobs.sync]\ncron = "{line}"'))
    assert "as a name" in told


@pytest.mark.parametrize(
    "line",
    [
        "0 7 * *",
        "60 7 * * *",
        "0 7-5 * * *",
        "0 */0 * * *",
        "0 7 0 * *",
        "x * * * *",
        "",
        "0 7 * * funday",
    ],
)
def test_a_line_that_is_no_cron_line_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="fields|is not a"):
        check_cron(line)


@given(
    st.integers(0, 59),
    st.integers(0, 23),
    st.integers(1, 31),
    st.sampled_from(("mon", "TUE", "sat,sun", "mon-fri", "*")),
)
def test_real_cron_lines_are_taken(minute: int, hour: int, day: int, weekday: str) -> None:
    assert check_cron(f"{minute}  */2,{hour} {day} jan-DEC/3 {weekday}").startswith(
        f"{minute} */2,{hour} "
    )


def test_the_configuration_cannot_be_changed() -> None:
    with pytest.raises(AttributeError, match="immutable"):
        Config().store = Config().store

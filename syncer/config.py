"""config.toml → one frozen `Config`. Every fault is reported at once: where it stands, what is
wrong, and what was probably meant."""

from __future__ import annotations

import ipaddress
import pkgutil
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from msgspec import Meta, field
from msgspec.structs import replace

from syncer.errors import BadAddress, ConfigError
from syncer.files import packaged
from syncer.subscriptions import channels
from syncer.tables import Check, Meant, Reader, Secret, Table, in_one_line, keys_of, nearest
from syncer.timetable import DEFAULT_CRONS, check_cron

CONFIG_FILE = "config.toml"
CONTACT_PLACEHOLDER = "mailto:nobody@example.invalid"
OFF_BY_DEFAULT = frozenset({"press", "council_papers"})
"""Sources that read nothing until their addresses are given and they are switched on."""

DEFAULT_PRECEDENCE = (
    "ofsted_reports",
    "ofsted_statistics",
    "govuk_interventions",
    "govuk_awards",
    "dfe_spend",
    "council_papers",
    "press",
)
"""The document itself before a table about it, the funder before the council, and both before the
press. Others come last."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
LAST_PORT = 65535
GOVUK_NOTIFY = "https://api.notifications.service.gov.uk"
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
LEAST_DELAY_SECONDS = 1.0
GOVUK_DELAY_SECONDS = 0.2
"""GOV.UK's content API asks for at most 10 requests a second
(https://content-api.publishing.service.gov.uk/); half of that."""


def _as_list(value: Any) -> Any:
    """Return the list that a text alone is meant to be."""
    return [value] if isinstance(value, str) else value


def _with_default_order(value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the order that the file calls `default` as that of every field that is not named: the
    key "" of a Precedence."""
    named = dict(value)
    default = named.pop("default", DEFAULT_PRECEDENCE)
    return {"": default, **named}


def _address(value: str) -> str:
    """Return the address without a slash at its end. Raises ValueError for what is none."""
    parts = urlsplit(value)
    is_of_web = parts.scheme in ("http", "https")
    if not is_of_web or not parts.hostname:
        raise ValueError(f"{value!r} is not an address beginning with https:// or http://")
    return value.rstrip("/")


def _address_or_nothing(value: str) -> str:
    return _address(value) if value else value


def _https(value: str) -> str:
    """Return the address. Raises ValueError for one that no mail program would follow (RFC 8058
    §3.1)."""
    if value and not value.startswith("https://"):
        raise ValueError("mail programs only follow an address beginning with https://")
    return value


def _https_or_loopback(value: str) -> str:
    """Return the address without a slash at its end. Raises ValueError for one with a path, and
    for plain http to another machine: a key and people's addresses go there."""
    address = _address(value)
    parts = urlsplit(address)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError("plain http is for this machine only: use https://")
    if parts.path.strip("/"):
        raise ValueError("only the scheme, the host and the port: the paths are Notify's own")
    return address


def _uuid_or_nothing(value: str) -> str:
    """Return the id. Raises ValueError for what is none."""
    if value and not UUID.fullmatch(value):
        raise ValueError(
            f"{value!r} is not an id as GOV.UK Notify shows them: five groups of 0-9a-f"
        )
    return value.lower()


def _transport_by_its_name(value: object) -> object:
    """Return the transport's full name."""
    return "govuk_notify" if value == "notify" else value


def _at_least_one(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values:
        raise ValueError("should name one at least")
    return values


def _with_full_names(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tables of the file, `[notify]` under its full name."""
    named = dict(given)
    if "notify" in named and "govuk_notify" not in named:
        named["govuk_notify"] = named.pop("notify")
    return named


def _list_id(value: str) -> str:
    """Return the name of a list without its angle brackets. Raises ValueError for what is none
    (RFC 2919 §3)."""
    name = value.strip().removeprefix("<").removesuffix(">")
    if name and not re.fullmatch(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9-]+)+", name):
        raise ValueError(f"{value!r} is not a name like syncer.example.org")
    return name


def _secret_address(secret: Secret) -> Secret:
    """Return the address. Raises ValueError for what is none, without naming it."""
    try:
        parts = urlsplit(secret.value)
        is_of_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # whose words would name it
        is_of_web = False
    if secret and not is_of_web:
        raise ValueError("not an address beginning with https:// or http://")
    return secret


def _hosts(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of hosts. Raises ValueError for one that has a scheme, a port or a path."""
    for value in values:
        is_ipv6 = value.count(":") > 1
        if "/" in value or (":" in value and not is_ipv6):
            raise ValueError(f"{value!r} is not the name of a host alone, like hooks.example.org")
    return values


def _channel_or_nothing(secret: Secret) -> Secret:
    """Return the address of a chat or webhook. Raises ValueError for what is none, without naming
    it."""
    try:
        if secret:
            channels.read(secret.value)
    except BadAddress as error:
        raise ValueError(str(error)) from None
    return secret


def _host_and_port(value: str) -> str:
    """Return HOST:PORT, or nothing. Raises ValueError for what is neither."""
    host, _, port = value.rpartition(":")
    is_port = port.isascii() and port.isdigit() and int(port) <= LAST_PORT
    if value and not (host and is_port):
        raise ValueError(f"{value!r} is not HOST:PORT, for example 127.0.0.1:9464")
    return value


def _network(value: str) -> str:
    """Return an address, or a network of them. Raises ValueError for what is neither."""
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise ValueError(
            f"{value!r} is no address and no network like 127.0.0.1 or 10.0.0.0/8"
        ) from None
    return value


def is_loopback(host: str) -> bool:
    """Return whether the name is this machine's own."""
    return host in LOOPBACK


Whole = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]
Port = Annotated[int, Meta(ge=1, le=LAST_PORT)]
Seconds = Annotated[float, Meta(ge=0)]
SomeSeconds = Annotated[float, Meta(gt=0)]
Text = Annotated[str, Meta(min_length=1)]
Names = Annotated[tuple[Text, ...], Meant(_as_list)]
Addresses = Annotated[tuple[Annotated[str, Check(_address)], ...], Meant(_as_list)]
Networks = Annotated[tuple[Annotated[str, Check(_network)], ...], Meant(_as_list)]
Crons = Annotated[
    tuple[Annotated[str, Check(check_cron)], ...], Meant(_as_list), Check(_at_least_one)
]
AnySection = TypeVar("AnySection", bound=Table)


class StoreSection(Table, frozen=True):
    """Where the database lies; snapshots and backups lie beside it."""

    path: Path = Path("syncer.db")


class SitesSection(Table, frozen=True):
    """The sites that may be asked, and nothing else on the web."""

    ofsted_reports: Addresses = ("https://reports.ofsted.gov.uk",)
    ofsted_files: Addresses = ("https://files.ofsted.gov.uk", "https://files.api.ofsted.gov.uk")
    govuk: Addresses = ("https://www.gov.uk",)
    govuk_assets: Addresses = ("https://assets.publishing.service.gov.uk",)
    press: Addresses = ()
    council_papers: Addresses = ()

    def by_name(self) -> dict[str, tuple[str, ...]]:
        """Return the base addresses of each site, without a slash at the end."""
        return {name: getattr(self, name) for name in keys_of(type(self))}

    def all(self) -> tuple[str, ...]:
        """Return every base address."""
        by_name = self.by_name()
        return tuple(chain.from_iterable(by_name.values()))


class FetchSection(Table, frozen=True):
    """How the sites are asked."""

    delay_seconds: Seconds = LEAST_DELAY_SECONDS
    contact: Text = CONTACT_PLACEHOLDER
    connect_timeout: SomeSeconds = 10.0
    read_timeout: SomeSeconds = 30.0
    tries: Positive = 4
    max_megabytes: Positive = 50
    max_redirects: Whole = 5
    document_seconds: SomeSeconds = 30.0
    document_megabytes: Positive = 512

    @property
    def contact_is_placeholder(self) -> bool:
        """Whether nobody has yet said whom a site's owner may write to."""
        return self.contact == CONTACT_PLACEHOLDER


class MailSection(Table, frozen=True):
    """How messages leave the house. The password comes from a file or the environment
    (SYNCER_SMTP_PASSWORD)."""

    transport: Annotated[
        Literal["maildir", "smtp", "govuk_notify"], Meant(_transport_by_its_name)
    ] = "maildir"
    sender: Text = field(default="syncer <syncer@localhost>", name="from")
    reply_to: str = ""
    in_doubt: Literal["resend", "hold"] = "resend"
    maildir: Path = Path("maildir")
    smtp_host: Text = "localhost"
    smtp_port: Port = 587
    smtp_security: Literal["starttls", "tls", "none"] = "none"
    smtp_user: str = ""
    smtp_password_file: Path | None = None
    smtp_ca_file: Path | None = None
    connections: Annotated[int, Meta(ge=1, le=20)] = 1
    per_minute: Positive = 60
    attempts: Positive = 3
    list_id: Annotated[str, Check(_list_id)] = ""
    unsubscribe_url: Annotated[str, Check(_https)] = ""

    @property
    def list_name(self) -> str:
        """What names the list (RFC 2919), and stands behind the @ of Message-IDs; where nothing is
        set, "syncer" at the domain of the sender."""
        from email.utils import parseaddr

        if self.list_id:
            return self.list_id
        domain = parseaddr(self.sender)[1].rpartition("@")[2]
        return f"syncer.{domain or 'localhost'}"

    @classmethod
    def completed(cls, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the section with `smtp_security`. Left out, it is "none" for this machine, whose
        mail server seldom has a certificate, and "starttls" for any other."""
        if is_loopback(str(given.get("smtp_host", "localhost"))):
            return given
        return {"smtp_security": "starttls", **given}

    def contradictions(self) -> Iterator[str]:
        if self.smtp_security == "none" and not is_loopback(self.smtp_host):
            yield (
                f'smtp_security = "none" is for this machine only, not for {self.smtp_host}: '
                'use "starttls" or "tls"'
            )


class GovukNotifySection(Table, frozen=True):
    """GOV.UK Notify, which sends the mails where `[mail] transport` says so: the template whose
    subject is ((subject)) and whose text is ((body)), a file with the API key, where the API is,
    and which of the reply-to addresses known there answers go to (empty: its default)."""

    template_id: Annotated[str, Check(_uuid_or_nothing)] = ""
    key_file: Path | None = None
    base_url: Annotated[str, Check(_https_or_loopback)] = GOVUK_NOTIFY
    reply_to_id: Annotated[str, Check(_uuid_or_nothing)] = ""


class InboxSection(Table, frozen=True):
    """Where answers, bounces and complaints come in: a Maildir, or a folder on an IMAP server. The
    password comes from a file, the access token from a command that prints it. Without any of it
    nothing is read."""

    maildir: Path | None = None
    imap_host: str = ""
    imap_port: Port = 993
    imap_security: Literal["tls", "starttls", "none"] = "tls"
    imap_user: str = ""
    imap_password_file: Path | None = None
    imap_token_command: Names = ()
    imap_ca_file: Path | None = None
    imap_folder: Text = "INBOX"

    @property
    def is_read(self) -> bool:
        """Whether there is any place where mail comes in."""
        return self.maildir is not None or bool(self.imap_host)

    def contradictions(self) -> Iterator[str]:
        if self.maildir is not None and self.imap_host:
            yield "maildir or imap_host, not both"
        if self.imap_host and self.imap_security == "none" and not is_loopback(self.imap_host):
            yield (
                f'imap_security = "none" is for this machine only, not for {self.imap_host}: '
                'use "tls" or "starttls"'
            )
        yield from self._faults_of_login()

    def _faults_of_login(self) -> Iterator[str]:
        """Yield what is missing to log in, or too much."""
        has_file = self.imap_password_file is not None
        has_command = bool(self.imap_token_command)
        if has_file and has_command:
            yield "imap_password_file or imap_token_command, not both"

        is_given = bool(self.imap_user) and (has_file or has_command)
        if self.imap_host and not is_given:
            yield "imap_host needs imap_user, and imap_password_file or imap_token_command"
        if not self.imap_host and (self.imap_user or has_file or has_command):
            yield "imap_host is missing"


class OperatorSection(Table, frozen=True):
    """Whoever keeps syncer running; without an address alerts are only logged and shown by `syncer
    status`. `channel` is a chat or webhook that has them too, and is a secret, as is what stands in
    `channel_file`. With a name, every message says who runs it, where to ask, and where the privacy
    notice is."""

    mail: str = ""
    channel: Annotated[Secret, Check(_channel_or_nothing)] = Secret()
    channel_file: Path | None = None
    name: str = ""
    contact: str = ""
    privacy: Annotated[str, Check(_address_or_nothing)] = ""

    def contradictions(self) -> Iterator[str]:
        if self.channel and self.channel_file:
            yield "channel or channel_file, not both"


class WebhooksSection(Table, frozen=True):
    """The hosts to which webhooks may be posted though they are not on the public internet, and by
    plain http too."""

    allow_hosts: Annotated[Names, Check(_hosts)] = ()


class KeepSection(Table, frozen=True):
    """How long things are kept, in days. Snapshots, records and events are the evidence and are
    kept for ever."""

    bodies_days: Positive = 90
    backups_days: Positive = 14


class DigestSection(Table, frozen=True):
    """A folder of templates to be used in place of the packaged ones."""

    templates: Path | None = None


class WebSection(Table, frozen=True):
    """The site. `listen` is HOST:PORT, `url` the address under which readers reach it (empty: they
    cannot), `enabled` whether `syncer run` serves it too. `trusted_proxies` are addresses and
    networks whose word is taken for whom they ask."""

    enabled: bool = False
    listen: Text = "127.0.0.1:8080"
    url: Annotated[str, Check(_address_or_nothing)] = ""
    trusted_proxies: Networks = ()


class LogSection(Table, frozen=True):
    """How the log of the daemon and its jobs is written: lines for people, or JSON objects."""

    form: Literal["plain", "json"] = "plain"


class MonitorSection(Table, frozen=True):
    """What a monitor reads. `listen` is HOST:PORT (empty: nothing listens); `ping_url` is called
    after each sync that read every source well, and is a secret, as is what stands in
    `ping_url_file`."""

    listen: Annotated[str, Check(_host_and_port)] = "127.0.0.1:9464"
    ping_url: Annotated[Secret, Check(_secret_address)] = Secret()
    ping_url_file: Path | None = None

    def contradictions(self) -> Iterator[str]:
        if self.ping_url and self.ping_url_file:
            yield "ping_url or ping_url_file, not both"


class CouncilsSection(Table, frozen=True):
    """A CSV file that adds to the packaged register of councils."""

    register: Path | None = None


class JobSection(Table, frozen=True):
    """One job's timetable; without `cron` it is the default one (syncer/timetable.py)."""

    enabled: bool = True
    cron: Crons = ("0 3 * * *",)


class SourceSection(Table, frozen=True):
    """One source: on or off, and whatever options the source itself knows."""

    enabled: bool = True
    options: dict[str, Any] = {}

    @classmethod
    def completed(cls, given: Mapping[str, Any]) -> Mapping[str, Any]:
        options = {key: value for key, value in given.items() if key != "enabled"}
        return {"enabled": given.get("enabled", True), "options": options}

    def contradictions(self) -> Iterator[str]:
        files = _as_list(self.options.get("files", []))
        if not isinstance(files, list) or not all(isinstance(each, str) for each in files):
            yield "files should be a list of paths"


def _reading_order(source: str) -> tuple[int, str]:
    if source in DEFAULT_PRECEDENCE:
        place = DEFAULT_PRECEDENCE.index(source)
        return place, source
    return len(DEFAULT_PRECEDENCE), source


def _tables_of_jobs() -> dict[str, dict[str, Any]]:
    """Return the table of each job as a file that left it out would have it."""
    return {name: {"cron": tuple(crons)} for name, crons in DEFAULT_CRONS.items()}


def _tables_of_sources() -> dict[str, dict[str, Any]]:
    """Return the table of each source as a file that left it out would have it."""
    return {name: {"enabled": name not in OFF_BY_DEFAULT} for name in source_names()}


def _default_jobs() -> dict[str, JobSection]:
    tables = _tables_of_jobs()
    return {name: JobSection(**table) for name, table in tables.items()}


def _default_sources() -> dict[str, SourceSection]:
    tables = _tables_of_sources()
    return {name: SourceSection(**table) for name, table in tables.items()}


def _default_precedence() -> dict[str, tuple[str, ...]]:
    return _with_default_order({})


class Config(Table, frozen=True):
    """The whole file. Paths are absolute once it is loaded."""

    store: StoreSection = StoreSection()
    sites: SitesSection = SitesSection()
    fetch: FetchSection = FetchSection()
    mail: MailSection = MailSection()
    govuk_notify: GovukNotifySection = GovukNotifySection()
    inbox: InboxSection = InboxSection()
    operator: OperatorSection = OperatorSection()
    webhooks: WebhooksSection = WebhooksSection()
    keep: KeepSection = KeepSection()
    digest: DigestSection = DigestSection()
    web: WebSection = WebSection()
    log: LogSection = LogSection()
    monitor: MonitorSection = MonitorSection()
    councils: CouncilsSection = CouncilsSection()
    jobs: dict[str, JobSection] = field(default_factory=_default_jobs)
    sources: dict[str, SourceSection] = field(default_factory=_default_sources)
    precedence: Annotated[dict[str, Names], Check(_with_default_order)] = field(
        default_factory=_default_precedence
    )

    @classmethod
    def completed(cls, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return an entry for each job and each source, whether the file names it or not."""
        whole = _with_full_names(given)
        if "jobs" in whole:
            whole["jobs"] = _over(_tables_of_jobs(), whole["jobs"])
        if "sources" in whole:
            whole["sources"] = _over(_tables_of_sources(), whole["sources"])
        return whole

    def contradictions(self) -> Iterator[str]:
        if self.mail.transport != "govuk_notify":
            return

        needed = {
            "template_id": self.govuk_notify.template_id,
            "key_file": self.govuk_notify.key_file,
        }
        missing = [name for name, value in needed.items() if not value]
        if missing:
            yield (
                f'mail.transport = "govuk_notify" needs {" and ".join(missing)} under '
                "[govuk_notify]"
            )

    def source(self, name: str) -> SourceSection:
        """Return one source's settings. Raises ConfigError for a name that is no source."""
        found = self.sources.get(name)
        if found is None:
            raise ConfigError(f"there is no source called {name!r}", nearest(name, self.sources))
        return found

    def enabled_sources(self) -> tuple[str, ...]:
        """Return the sources that are read, in alphabetical order."""
        names = []
        for name, source in self.sources.items():
            if source.enabled:
                names.append(name)
        return tuple(sorted(names))

    def reading_order(self) -> tuple[str, ...]:
        """Return the sources that are read, in the order in which they are: the most trusted
        first, so that a first read has the ratings within minutes."""
        return tuple(sorted(self.enabled_sources(), key=_reading_order))

    def delays(self) -> dict[str, float]:
        """Return the seconds between two requests to a host, for the hosts where that is not
        [fetch] delay_seconds."""
        usual = max(self.fetch.delay_seconds, LEAST_DELAY_SECONDS)
        govuk = {*self.sites.govuk, *self.sites.govuk_assets}

        delays = {}
        for address in self.sites.all():
            host = urlsplit(address).hostname or ""
            if not is_loopback(host):
                delays[host] = GOVUK_DELAY_SECONDS if address in govuk else usual

        return delays


# -- Reading it ------------------------------------------------------------------------------------


def load_config(path: Path | None = None) -> Config:
    """Return the configuration in that file; without one, `config.toml` in the current folder, and
    where there is none the packaged one, with the store and everything else in the current folder.
    Raises ConfigError with every fault found."""
    if path is not None:
        return _load(path, path.resolve().parent)

    folder = Path.cwd()
    here = folder / CONFIG_FILE
    if here.exists():
        return _load(here, folder)
    return _load(packaged(CONFIG_FILE), folder)


def source_names() -> tuple[str, ...]:
    """Return the names of all sources: the files in `syncer/sources`, found without importing
    any."""
    folder = Path(__file__).parent / "sources"
    names = []
    for module in pkgutil.iter_modules([str(folder)]):
        is_shared = module.ispkg or module.name.startswith("_")
        if not is_shared:
            names.append(module.name)

    return tuple(sorted(names))


def _read(path: Path) -> dict[str, Any]:
    """Return what stands in a file. Raises ConfigError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror}",
            "`syncer init --dir D` writes a commented one.",
        ) from error
    except (ValueError, RecursionError) as error:  # also of a number of thousands of digits
        raise ConfigError(f"{path} is not TOML: {error}") from error


def _load(path: Path, base: Path) -> Config:
    """Return the configuration in a file, its relative paths taken from the folder `base`. Raises
    ConfigError."""
    given = _read(path)
    reader = Reader()
    config = reader.table(Config, given)

    faults = [*_unknown_names(given), *map(in_one_line, reader.faults)]
    if config:
        faults += _haste(config, _table(given, "sites"))
    if faults or not config:
        listed = "\n  ".join([f"{path}:", *faults])
        raise ConfigError(
            listed,
            "A key that is left out has its default; `syncer init` writes them all.",
        )
    try:
        return _anchored(config, base)
    except RuntimeError as error:  # "~somebody" who has no folder here
        raise ConfigError(f"{path}: {error}") from error


def _over(defaults: Mapping[str, Mapping[str, Any]], given: Any) -> Any:
    """Return the tables given, on top of the defaults of the same name."""
    if not isinstance(given, dict):
        return given

    laid: dict[str, Any] = {**defaults}
    for name, table in given.items():
        if isinstance(table, dict):
            laid[name] = {**defaults.get(name, {}), **table}
        else:
            laid[name] = table
    return laid


def _anchored(section: AnySection, base: Path) -> AnySection:
    """Return the section with every relative path taken from the folder `base`."""
    changes = {}
    for name in section.__struct_fields__:
        changes[name] = _anchored_value(name, getattr(section, name), base)
    return replace(section, **changes)


def _anchored_value(name: str, value: Any, base: Path) -> Any:
    if isinstance(value, Path):
        return base / value.expanduser()
    if isinstance(value, Table):
        return _anchored(value, base)

    if name == "sources":
        return {source: _anchored(section, base) for source, section in value.items()}
    if name == "options" and "files" in value:  # the others are kept as they are given
        files = [base / Path(each).expanduser() for each in _as_list(value["files"])]
        return {**value, "files": tuple(map(str, files))}
    return value


# -- Saying what is wrong --------------------------------------------------------------------------


def _unknown_names(given: Mapping[str, Any]) -> Iterator[str]:
    """Yield a fault for each job and source that is named and does not exist."""
    yield from _unknown(given, "jobs", "job", tuple(DEFAULT_CRONS))
    yield from _unknown(given, "sources", "source", source_names())
    for name, order in _table(given, "precedence").items():
        yield from _unknown_in_order(name, order)


def _unknown(
    given: Mapping[str, Any], table: str, noun: str, known: Sequence[str]
) -> Iterator[str]:
    """Yield a fault for each name in a table that is not known."""
    for name in _table(given, table):
        if name not in known:
            yield f"{table}.{name}: there is no such {noun}. {nearest(name, known)}"


def _unknown_in_order(field: str, order: Any) -> Iterator[str]:
    """Yield a fault for each unknown source in the order of one field."""
    known = source_names()
    named = _as_list(order) if isinstance(order, str | list) else ()
    for name in named:
        if isinstance(name, str) and name not in {*known, *DEFAULT_PRECEDENCE}:
            meant = nearest(name, known)
            yield f"precedence.{field}: there is no such source as {name!r}. {meant}"


def _table(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = given.get(name)
    if isinstance(table, dict):
        return table
    return {}


def _haste(config: Config, named: Mapping[str, Any]) -> Iterator[str]:
    """Yield a fault where other machines would be asked without a pause: of the sites that the file
    names, or of all where it names none."""
    if config.fetch.delay_seconds >= LEAST_DELAY_SECONDS:
        return

    by_name = config.sites.by_name()
    of_named = chain.from_iterable(by_name[name] for name in named)
    asked = list(of_named) or config.sites.all()
    away = [address for address in asked if not is_loopback(urlsplit(address).hostname or "")]
    if away:
        yield (
            f"fetch.delay_seconds under {LEAST_DELAY_SECONDS:g} is for this machine only, not "
            f"for {', '.join(sorted(away))}"
        )

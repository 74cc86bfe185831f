"""config.toml → one frozen `Config`. Every fault is reported at once: where it stands, what is
wrong, and what was probably meant."""

from __future__ import annotations

import difflib
import ipaddress
import os
import pkgutil
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    Strict,
    ValidationError,
    model_validator,
)

from syncer.errors import BadAddress, ConfigError
from syncer.files import packaged
from syncer.subscriptions import channels
from syncer.timetable import DEFAULT_CRONS, check_cron

# None of pydantic's plugins is used; to look for them it would read the metadata of every package
# that is installed, whenever a command starts.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

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


def _as_tuple(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list):
        return tuple(value)
    return value


def _with_default_order(value: object) -> object:
    """Return the order that the file calls `default` as that of every field that is not named: the
    key "" of a Precedence."""
    if not isinstance(value, dict):
        return value
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


def _secret_address(value: SecretStr) -> SecretStr:
    """Return the address. Raises ValueError for what is none, without naming it."""
    parts = urlsplit(value.get_secret_value())
    is_of_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    if value.get_secret_value() and not is_of_web:
        raise ValueError("not an address beginning with https:// or http://")
    return value


def _hosts(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of hosts. Raises ValueError for one that has a scheme, a port or a path."""
    for value in values:
        is_ipv6 = value.count(":") > 1
        if "/" in value or (":" in value and not is_ipv6):
            raise ValueError(f"{value!r} is not the name of a host alone, like hooks.example.org")
    return values


def _channel_or_nothing(value: SecretStr) -> SecretStr:
    """Return the address of a chat or webhook. Raises ValueError for what is none, without naming
    it."""
    try:
        if value.get_secret_value():
            channels.read(value.get_secret_value())
    except BadAddress as error:
        raise ValueError(str(error)) from None
    return value


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


Whole = Annotated[int, Strict(), Field(ge=0)]
Positive = Annotated[int, Strict(), Field(ge=1)]
Seconds = Annotated[float, Strict(), Field(ge=0)]
Switch = Annotated[bool, Strict()]
Text = Annotated[str, Field(min_length=1)]
Names = Annotated[tuple[Text, ...], BeforeValidator(_as_tuple)]
Addresses = Annotated[
    tuple[Annotated[str, AfterValidator(_address)], ...], BeforeValidator(_as_tuple)
]
Networks = Annotated[
    tuple[Annotated[str, AfterValidator(_network)], ...], BeforeValidator(_as_tuple)
]
AnySection = TypeVar("AnySection", bound=BaseModel)
Crons = Annotated[
    tuple[Annotated[str, AfterValidator(check_cron)], ...],
    BeforeValidator(_as_tuple),
    Field(min_length=1),
]


class Section(BaseModel):
    """One table of the file: nothing in it that is not known. What checks it is made when it is
    first needed: that of `Config` has those of all tables in it."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class StoreSection(Section):
    """Where the database lies; snapshots and backups lie beside it."""

    path: Path = Path("syncer.db")


class SitesSection(Section):
    """The sites that may be asked, and nothing else on the web."""

    ofsted_reports: Addresses = ("https://reports.ofsted.gov.uk",)
    ofsted_files: Addresses = ("https://files.ofsted.gov.uk", "https://files.api.ofsted.gov.uk")
    govuk: Addresses = ("https://www.gov.uk",)
    govuk_assets: Addresses = ("https://assets.publishing.service.gov.uk",)
    press: Addresses = ()
    council_papers: Addresses = ()

    def by_name(self) -> dict[str, tuple[str, ...]]:
        """Return the base addresses of each site, without a slash at the end."""
        return {name: getattr(self, name) for name in type(self).model_fields}

    def all(self) -> tuple[str, ...]:
        """Return every base address."""
        by_name = self.by_name()
        return tuple(chain.from_iterable(by_name.values()))


class FetchSection(Section):
    """How the sites are asked."""

    delay_seconds: Seconds = LEAST_DELAY_SECONDS
    contact: Text = CONTACT_PLACEHOLDER
    connect_timeout: Annotated[Seconds, Field(gt=0)] = 10.0
    read_timeout: Annotated[Seconds, Field(gt=0)] = 30.0
    tries: Positive = 4
    max_megabytes: Positive = 50
    max_redirects: Whole = 5
    document_seconds: Annotated[Seconds, Field(gt=0)] = 30.0
    document_megabytes: Positive = 512

    @property
    def contact_is_placeholder(self) -> bool:
        """Whether nobody has yet said whom a site's owner may write to."""
        return self.contact == CONTACT_PLACEHOLDER


class MailSection(Section):
    """How messages leave the house. The password comes from a file or the environment
    (SYNCER_SMTP_PASSWORD)."""

    transport: Annotated[
        Literal["maildir", "smtp", "govuk_notify"], BeforeValidator(_transport_by_its_name)
    ] = "maildir"
    sender: Text = Field(default="syncer <syncer@localhost>", alias="from")
    reply_to: str = ""
    in_doubt: Literal["resend", "hold"] = "resend"
    maildir: Path = Path("maildir")
    smtp_host: Text = "localhost"
    smtp_port: Annotated[int, Strict(), Field(ge=1, le=65535)] = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password_file: Path | None = None
    smtp_ca_file: Path | None = None
    connections: Annotated[int, Strict(), Field(ge=1, le=20)] = 1
    per_minute: Positive = 60
    attempts: Positive = 3
    list_id: Annotated[str, AfterValidator(_list_id)] = ""
    unsubscribe_url: Annotated[str, AfterValidator(_https)] = ""

    @property
    def list_name(self) -> str:
        """What names the list (RFC 2919), and stands behind the @ of Message-IDs; where nothing is
        set, "syncer" at the domain of the sender."""
        from email.utils import parseaddr

        if self.list_id:
            return self.list_id
        domain = parseaddr(self.sender)[1].rpartition("@")[2]
        return f"syncer.{domain or 'localhost'}"

    @model_validator(mode="before")
    @classmethod
    def _security_fits_host(cls, given: Any) -> Any:
        """Return the section with `smtp_security`. Left out, it is "none" for this machine, whose
        mail server seldom has a certificate, and "starttls" for any other."""
        if not isinstance(given, dict) or "smtp_security" in given:
            return given
        if is_loopback(given.get("smtp_host", "localhost")):
            return {**given, "smtp_security": "none"}
        return given

    @model_validator(mode="after")
    def _nothing_in_the_clear(self) -> Self:
        if self.smtp_security == "none" and not is_loopback(self.smtp_host):
            raise ValueError(
                f'smtp_security = "none" is for this machine only, not for {self.smtp_host}: '
                'use "starttls" or "tls"'
            )
        return self


class GovukNotifySection(Section):
    """GOV.UK Notify, which sends the mails where `[mail] transport` says so: the template whose
    subject is ((subject)) and whose text is ((body)), a file with the API key, where the API is,
    and which of the reply-to addresses known there answers go to (empty: its default)."""

    template_id: Annotated[str, AfterValidator(_uuid_or_nothing)] = ""
    key_file: Path | None = None
    base_url: Annotated[str, AfterValidator(_https_or_loopback)] = GOVUK_NOTIFY
    reply_to_id: Annotated[str, AfterValidator(_uuid_or_nothing)] = ""


class InboxSection(Section):
    """Where answers, bounces and complaints come in: a Maildir, or a folder on an IMAP server. The
    password comes from a file, the access token from a command that prints it. Without any of it
    nothing is read."""

    maildir: Path | None = None
    imap_host: str = ""
    imap_port: Annotated[int, Strict(), Field(ge=1, le=65535)] = 993
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

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.maildir is not None and self.imap_host:
            raise ValueError("maildir or imap_host, not both")
        return self

    @model_validator(mode="after")
    def _login_is_whole(self) -> Self:
        has_file = self.imap_password_file is not None
        has_command = bool(self.imap_token_command)
        if has_file and has_command:
            raise ValueError("imap_password_file or imap_token_command, not both")

        is_given = bool(self.imap_user) and (has_file or has_command)
        if self.imap_host and not is_given:
            raise ValueError(
                "imap_host needs imap_user, and imap_password_file or imap_token_command"
            )
        if not self.imap_host and (self.imap_user or has_file or has_command):
            raise ValueError("imap_host is missing")
        return self

    @model_validator(mode="after")
    def _nothing_in_the_clear(self) -> Self:
        is_clear = bool(self.imap_host) and self.imap_security == "none"
        if is_clear and not is_loopback(self.imap_host):
            raise ValueError(
                f'imap_security = "none" is for this machine only, not for {self.imap_host}: '
                'use "tls" or "starttls"'
            )
        return self


class OperatorSection(Section):
    """Whoever keeps syncer running; without an address alerts are only logged and shown by `syncer
    status`. `channel` is a chat or webhook that has them too, and is a secret, as is what stands in
    `channel_file`. With a name, every message says who runs it, where to ask, and where the privacy
    notice is."""

    mail: str = ""
    channel: Annotated[SecretStr, AfterValidator(_channel_or_nothing)] = SecretStr("")
    channel_file: Path | None = None
    name: str = ""
    contact: str = ""
    privacy: Annotated[str, AfterValidator(_address_or_nothing)] = ""

    @model_validator(mode="after")
    def _one_channel(self) -> Self:
        if self.channel.get_secret_value() and self.channel_file:
            raise ValueError("channel or channel_file, not both")
        return self


class WebhooksSection(Section):
    """The hosts to which webhooks may be posted though they are not on the public internet, and by
    plain http too."""

    allow_hosts: Annotated[Names, AfterValidator(_hosts)] = ()


class KeepSection(Section):
    """How long things are kept, in days. Snapshots, records and events are the evidence and are
    kept for ever."""

    bodies_days: Positive = 90
    backups_days: Positive = 14


class DigestSection(Section):
    """A folder of templates to be used in place of the packaged ones."""

    templates: Path | None = None


class WebSection(Section):
    """The site. `listen` is HOST:PORT, `url` the address under which readers reach it (empty: they
    cannot), `enabled` whether `syncer run` serves it too. `trusted_proxies` are addresses and
    networks whose word is taken for whom they ask."""

    enabled: Switch = False
    listen: Text = "127.0.0.1:8080"
    url: Annotated[str, AfterValidator(_address_or_nothing)] = ""
    trusted_proxies: Networks = ()


class LogSection(Section):
    """How the log of the daemon and its jobs is written: lines for people, or JSON objects."""

    form: Literal["plain", "json"] = "plain"


class MonitorSection(Section):
    """What a monitor reads. `listen` is HOST:PORT (empty: nothing listens); `ping_url` is called
    after each sync that read every source well, and is a secret, as is what stands in
    `ping_url_file`."""

    listen: Annotated[str, AfterValidator(_host_and_port)] = "127.0.0.1:9464"
    ping_url: Annotated[SecretStr, AfterValidator(_secret_address)] = SecretStr("")
    ping_url_file: Path | None = None

    @model_validator(mode="after")
    def _one_ping(self) -> Self:
        if self.ping_url.get_secret_value() and self.ping_url_file:
            raise ValueError("ping_url or ping_url_file, not both")
        return self


class CouncilsSection(Section):
    """A CSV file that adds to the packaged register of councils."""

    register_file: Path | None = Field(default=None, alias="register")

    @property
    def register(self) -> Path | None:
        return self.register_file


class JobSection(Section):
    """One job's timetable; without `cron` it is the default one (syncer/timetable.py)."""

    enabled: Switch = True
    cron: Crons = ("0 3 * * *",)


class SourceSection(BaseModel):
    """One source: on or off, and whatever options the source itself knows."""

    model_config = ConfigDict(extra="allow", frozen=True, defer_build=True)

    enabled: Switch = True

    @property
    def options(self) -> Mapping[str, Any]:
        return self.model_extra or {}


def _reading_order(source: str) -> tuple[int, str]:
    if source in DEFAULT_PRECEDENCE:
        return DEFAULT_PRECEDENCE.index(source), source
    return len(DEFAULT_PRECEDENCE), source


def _left_out() -> Any:
    """Return a table that the file leaves out, to be checked as one that it has."""
    return {}


class Config(Section):
    """The whole file. Paths are absolute once it is loaded."""

    store: StoreSection = Field(default_factory=_left_out, validate_default=True)
    sites: SitesSection = Field(default_factory=_left_out, validate_default=True)
    fetch: FetchSection = Field(default_factory=_left_out, validate_default=True)
    mail: MailSection = Field(default_factory=_left_out, validate_default=True)
    govuk_notify: GovukNotifySection = Field(default_factory=_left_out, validate_default=True)
    inbox: InboxSection = Field(default_factory=_left_out, validate_default=True)
    operator: OperatorSection = Field(default_factory=_left_out, validate_default=True)
    webhooks: WebhooksSection = Field(default_factory=_left_out, validate_default=True)
    keep: KeepSection = Field(default_factory=_left_out, validate_default=True)
    digest: DigestSection = Field(default_factory=_left_out, validate_default=True)
    web: WebSection = Field(default_factory=_left_out, validate_default=True)
    log: LogSection = Field(default_factory=_left_out, validate_default=True)
    monitor: MonitorSection = Field(default_factory=_left_out, validate_default=True)
    councils: CouncilsSection = Field(default_factory=_left_out, validate_default=True)
    jobs: dict[str, JobSection] = Field(default_factory=dict, validate_default=True)
    sources: dict[str, SourceSection] = Field(default_factory=dict, validate_default=True)
    precedence: Annotated[dict[str, Names], BeforeValidator(_with_default_order)] = Field(
        default_factory=dict, validate_default=True
    )

    @model_validator(mode="before")
    @classmethod
    def _every_job_and_source(cls, given: Any) -> Any:
        """Return an entry for each job and each source, whether the file names it or not."""
        if not isinstance(given, dict):
            return given

        jobs = {name: {"cron": list(crons)} for name, crons in DEFAULT_CRONS.items()}
        sources = {name: {"enabled": name not in OFF_BY_DEFAULT} for name in source_names()}
        return {
            **_with_full_names(given),
            "jobs": _over(jobs, given.get("jobs", {})),
            "sources": _over(sources, given.get("sources", {})),
        }

    @model_validator(mode="after")
    def _notify_has_what_it_needs(self) -> Self:
        if self.mail.transport != "govuk_notify":
            return self

        needed = {
            "template_id": self.govuk_notify.template_id,
            "key_file": self.govuk_notify.key_file,
        }
        missing = [name for name, value in needed.items() if not value]
        if missing:
            raise ValueError(
                f'mail.transport = "govuk_notify" needs {" and ".join(missing)} under '
                "[govuk_notify]"
            )
        return self

    @model_validator(mode="after")
    def _haste_only_at_home(self) -> Self:
        if self.fetch.delay_seconds >= LEAST_DELAY_SECONDS:
            return self

        away = sorted(self._asked_away())
        if away:
            raise ValueError(
                f"fetch.delay_seconds under {LEAST_DELAY_SECONDS:g} is for this machine only, not "
                f"for {', '.join(away)}"
            )
        return self

    def _asked_away(self) -> Iterator[str]:
        """Yield the addresses of other machines; where the file names any site, of those it
        names."""
        by_name = self.sites.by_name()
        named = chain.from_iterable(by_name[name] for name in self.sites.model_fields_set)
        for address in list(named) or self.sites.all():
            if not is_loopback(urlsplit(address).hostname or ""):
                yield address

    def source(self, name: str) -> SourceSection:
        """Return one source's settings. Raises ConfigError for a name that is no source."""
        found = self.sources.get(name)
        if found is None:
            raise ConfigError(f"there is no source called {name!r}", _nearest(name, self.sources))
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
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}") from error


def _load(path: Path, base: Path) -> Config:
    """Return the configuration in a file, its relative paths taken from the folder `base`. Raises
    ConfigError."""
    given = _read(path)
    faults = list(_unknown_names(given))
    try:
        config = Config.model_validate(given)
    except ValidationError as error:
        faults += [_fault(each["loc"], each["type"], each["msg"]) for each in error.errors()]

    if faults:
        listed = "\n  ".join([f"{path}:", *faults])
        raise ConfigError(
            listed,
            "A key that is left out has its default; `syncer init` writes them all.",
        )
    return _anchored(config, base)


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
    changes = {name: _anchored_value(name, value, base) for name, value in section}
    return section.model_copy(update=changes)


def _anchored_value(name: str, value: Any, base: Path) -> Any:
    if isinstance(value, Path):
        return base / value.expanduser()
    if isinstance(value, Section):
        return _anchored(value, base)

    if name == "files":  # of a source: its own options are kept as they are given
        files = [base / Path(each).expanduser() for each in value]
        return tuple(map(str, files))
    if name == "sources":
        return {source: _anchored(section, base) for source, section in value.items()}
    return value


# -- Saying what is wrong --------------------------------------------------------------------------


def _unknown_names(given: Mapping[str, Any]) -> Iterator[str]:
    """Yield a fault for each job and source that is named and does not exist."""
    yield from _unknown(given, "jobs", "job", tuple(DEFAULT_CRONS))
    yield from _unknown(given, "sources", "source", source_names())
    for field, order in _table(given, "precedence").items():
        yield from _unknown_in_order(field, order)


def _unknown(
    given: Mapping[str, Any], table: str, noun: str, known: Sequence[str]
) -> Iterator[str]:
    """Yield a fault for each name in a table that is not known."""
    for name in _table(given, table):
        if name not in known:
            yield f"{table}.{name}: there is no such {noun}. {_nearest(name, known)}"


def _unknown_in_order(field: str, order: Any) -> Iterator[str]:
    """Yield a fault for each unknown source in the order of one field."""
    known = source_names()
    named = order if isinstance(order, list) else [order]
    for name in named:
        if name not in {*known, *DEFAULT_PRECEDENCE}:
            meant = _nearest(str(name), known)
            yield f"precedence.{field}: there is no such source as {name!r}. {meant}"


def _table(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = given.get(name)
    return table if isinstance(table, dict) else {}


def _fault(where: Sequence[str | int], kind: str, message: str) -> str:
    """Return a fault that pydantic found, in words: where, and what should stand there."""
    path = ".".join(map(str, where))
    if kind == "extra_forbidden":
        meant = _nearest(str(where[-1]), _keys_beside(where))
        return f"{path}: there is no such key. {meant}"

    text = _in_words(message)
    return f"{path}: {text}" if path else text


def _in_words(message: str) -> str:
    text = message.removeprefix("Value error, ")
    if text.startswith("Input should be "):
        return text.replace("Input should be", "should be", 1)
    return text


def _keys_beside(where: Sequence[str | int]) -> list[str]:
    """Return the keys that are known in the table where this one stands."""
    model: type[BaseModel] = Config
    for part in where[:-1]:
        model = _section_called(str(part), model)

    keys = []
    for name, field in model.model_fields.items():
        keys.append(field.alias or name)
    return keys


def _section_called(name: str, model: type[BaseModel]) -> type[BaseModel]:
    """Return the model of a table in this one; of the tables of a mapping, theirs."""
    if name not in model.model_fields:
        return model

    kind = model.model_fields[name].annotation
    for choice in (kind, *get_args(kind)):
        if isinstance(choice, type) and issubclass(choice, BaseModel):
            return choice
    return model


def _nearest(name: str, known: Sequence[str] | Mapping[str, object]) -> str:
    """Return a question for the name that was probably meant, or all that are known."""
    near = difflib.get_close_matches(name, list(known), n=1)
    if near:
        return f"Did you mean {near[0]!r}?"

    listed = ", ".join(sorted(known))
    return f"Known: {listed}"

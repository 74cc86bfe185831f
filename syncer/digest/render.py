"""A digest → a message: subject, text, HTML, and the bytes that are sent. The only user of jinja2;
the clock and the network are no part of it, so the same digest gives the same bytes.

Templates come from the packaged folder, each one replaceable by a file of the same name in `[mail]
templates`. Mail clients: tables for layout, CSS inlined (css-inline, loading nothing), dark mode
and narrow screens in the one style element that is kept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import textwrap
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from email.header import Header
from email.headerregistry import HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import css_inline
import jinja2
from markupsafe import Markup

from syncer.digest import briefer, govuk_markdown, samples
from syncer.digest.message_model import Attachment, Digest, MailKind
from syncer.digest.wording import capital, counted, one_line, shortened
from syncer.errors import BadAddress, TemplateBroken
from syncer.model import Problem

LONGEST_HTML = 100_000
"""Bytes: Gmail cuts a message off at about 102 KB of HTML."""

TEXT_COLUMNS = 72
RULE = "-=─"
"""What a line under a heading is made of."""

_ROOM_FOR_THE_NOTE = 1_000

Fits = Callable[[Digest], bool]
"""Says whether a message is short enough as it is."""

IN_FULL = (60, 20, 8, 0)
"""How many items stay in full where all of them would be too long."""

PARTS = ("subject", "txt", "html")
MARKDOWN = "message.md.j2"
"""One template for every kind of message that GOV.UK Notify sends."""
HELPERS = (
    "base.html.j2",
    "base.txt.j2",
    "parts.html.j2",
    "parts.txt.j2",
    "parts.md.j2",
    MARKDOWN,
    "style.css",
)
INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)
_HERE = Path(__file__).resolve().parents[1]
PACKAGED = next(
    (p for p in (_HERE / "_files" / "templates", _HERE.parent / "templates") if p.is_dir()), _HERE
)


@dataclass(frozen=True)
class RenderedMessage:
    """A message without sender and recipient: one-line subject, both parts, files, and the headers
    that answer another message."""

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Envelope:
    """Who it goes to and how it is named. `message_id` has its angle brackets; `unsubscribe` are
    mailto: and https: addresses."""

    sender: str
    to: str
    message_id: str
    date: dt.datetime
    list_id: str = ""
    reply_to: str = ""
    unsubscribe: tuple[str, ...] = ()
    auto_submitted: str = "auto-generated"


# -- Digest to text and HTML -----------------------------------------------------------------------


def message(digest: Digest, templates: Path | None = None) -> RenderedMessage:
    """Return the message, at most 100 KB of HTML: where it would be longer, items are shortened,
    the same in both parts, and all of it is attached as a table. Raises TemplateBroken, which names
    the template and the line."""
    environment = _environment(templates)
    shown = plain(digest)
    html = _html(environment, shown)
    if len(html.encode()) <= LONGEST_HTML:
        return _rendered(environment, digest, shown, html)

    shorter = _fitting(shown, partial(_fits, environment))
    html = _html(environment, shorter)
    rendered = _rendered(environment, digest, shorter, html)
    if digest.whole is None:
        return rendered
    return replace(rendered, attachments=(*rendered.attachments, digest.whole))


@dataclass(frozen=True)
class GovukForm:
    """A message in the form of GOV.UK Notify: the values of `((subject))` and `((body))`."""

    subject: str
    body: str


def markdown(digest: Digest, templates: Path | None = None, site: str = "") -> GovukForm:
    """Return the message as GOV.UK Notify's Markdown, without tables and files. Where it would be
    too long, items are shortened and groups left out. `site` is the address of the site, empty
    where there is none. Raises TemplateBroken."""
    environment = _environment(templates)

    def body(shown: Digest) -> str:
        text = _text_of(environment, MARKDOWN, shown, site=site.rstrip("/"))
        return govuk_markdown.tidy(text)

    def fits(shown: Digest) -> bool:
        return govuk_markdown.is_short(body(shown))

    shown = plain(replace(digest, attachments=(), whole=None))
    if not fits(shown):
        shown = _fitting(shown, fits)
    subject = _part(environment, shown, "subject")
    return GovukForm(
        govuk_markdown.without_placeholder(shortened(subject, 200)),
        govuk_markdown.cut(body(shown)),
    )


def _rendered(
    environment: jinja2.Environment, digest: Digest, shown: Digest, html: str
) -> RenderedMessage:
    """Return the message of a digest, with the subject and the text part of what is shown of it."""
    subject = _part(environment, shown, "subject")
    text = _part(environment, shown, "txt")
    return RenderedMessage(
        shortened(subject, 200),
        wrapped(text),
        html,
        digest.attachments,
        _thread_headers(digest),
    )


def _thread_headers(digest: Digest) -> dict[str, str]:
    if not digest.thread:
        return {}
    return {"In-Reply-To": digest.thread[-1], "References": " ".join(digest.thread)}


def wrapped(text: str) -> str:
    """Return the text in lines of at most 72 columns; what continues a line stands under its first
    word. A word that is longer, an address among them, stays whole."""
    lines = []
    for line in text.splitlines():
        lines.extend(_wrapped_line(line) if len(line) > TEXT_COLUMNS else [line])
    return "\n".join(lines) + "\n"


def _wrapped_line(line: str) -> list[str]:
    if not line.strip(RULE):
        return [line[:TEXT_COLUMNS]]
    return textwrap.wrap(
        line,
        TEXT_COLUMNS,
        subsequent_indent=" " * _indent(line),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _indent(line: str) -> int:
    """Return the column of the first word; the dash of a list is none."""
    bare = line.lstrip(" ")
    indent = len(line) - len(bare)
    if bare.startswith("- "):
        return indent + 2
    return indent


def _fitting(digest: Digest, fits: Fits) -> Digest:
    """Return the digest with fewer items in full, then with fewer groups, until it is short
    enough."""
    shown = _shortened(digest, fits)
    note = _left_out(digest, shown)
    return replace(shown, notes=(*shown.notes, note))


def _shortened(digest: Digest, fits: Fits) -> Digest:
    """Return the digest with as much as there is room for."""
    shown = digest
    for items_in_full in IN_FULL:
        shown = briefer(digest, items_in_full)
        if fits(shown):
            return shown
    return _fewer_groups(shown, fits)


def _fewer_groups(digest: Digest, fits: Fits) -> Digest:
    """Return the digest without its last groups: three quarters of them, until it fits or one is
    left."""
    shown = digest
    while len(shown.groups) > 1:
        shown = _three_quarters(shown)
        if fits(shown):
            break
    return shown


def _three_quarters(digest: Digest) -> Digest:
    """Return the digest without the last quarter of its groups."""
    kept = len(digest.groups) * 3 // 4
    return replace(digest, groups=digest.groups[:kept])


def _fits(environment: jinja2.Environment, digest: Digest) -> bool:
    """Return whether the HTML part is short enough, with a note on what was left out."""
    html = _html(environment, digest)
    return len(html.encode()) <= LONGEST_HTML - _ROOM_FOR_THE_NOTE


def _left_out(whole: Digest, shown: Digest) -> str:
    """Return what is said of that for which a message has no room."""
    note = "This message would have been too long: what is shortened here is shortened for room."
    more = len(whole.groups) - len(shown.groups)
    if more:
        note += f" {capital(counted(more, 'part'))} of it had to be left out."
    if whole.whole is not None:
        note += f" Every line stands in the attached table {whole.whole.filename}."
    return note


# Compiled templates are nine tenths of the cost of a message; a template that is edited is still
# noticed (auto_reload).
@cache
def _environment(templates: Path | None) -> jinja2.Environment:
    folders = [folder for folder in (templates, PACKAGED) if folder is not None]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=jinja2.select_autoescape(("html.j2",), default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["line"] = govuk_markdown.line
    environment.filters["words"] = govuk_markdown.words
    environment.filters["link"] = govuk_markdown.link
    return environment


def _html(environment: jinja2.Environment, digest: Digest) -> str:
    css = Markup(_style_sheet(environment))  # noqa: S704 (our own style sheet)
    part = _part(environment, digest, "html", css=css)
    inlined: str = INLINER.inline(part)
    return _without_blank(inlined)


def _style_sheet(environment: jinja2.Environment) -> str:
    """Return the style sheet of the templates; empty where they have no folder."""
    if not environment.loader:
        return ""
    source, _, _ = environment.loader.get_source(environment, "style.css")
    return source


def _without_blank(html: str) -> str:
    """Return the same without empty lines and indents: fewer bytes."""
    lines = [line.strip() for line in html.splitlines()]
    kept = [line for line in lines if line]
    return "\n".join(kept) + "\n"


def _part(environment: jinja2.Environment, digest: Digest, part: str, **more: Any) -> str:
    return _text_of(environment, f"{digest.kind}.{part}.j2", digest, **more)


def _text_of(environment: jinja2.Environment, name: str, digest: Digest, **more: Any) -> str:
    """Return what a template makes of a message. Raises TemplateBroken."""
    try:
        return environment.get_template(name).render(d=digest, **more).lstrip()
    except (
        jinja2.TemplateError,
        TypeError,
        ValueError,
        AttributeError,
        LookupError,
        ArithmeticError,
    ) as fault:
        what = f"{_place(fault, name)}: {fault or type(fault).__name__}"
        raise TemplateBroken(what, "Correct it, or remove it from the folder.") from fault


def _place(fault: Exception, name: str) -> str:
    """Return the file and the line of the template that failed."""
    if isinstance(fault, jinja2.TemplateSyntaxError):
        return f"{fault.name or name}, line {fault.lineno}"

    frame = _last_frame_in_a_template(fault)
    if frame is None:
        return name
    file = Path(frame.filename)
    return f"{file.name}, line {frame.lineno}"


def _last_frame_in_a_template(fault: Exception) -> traceback.FrameSummary | None:
    for frame in reversed(traceback.extract_tb(fault.__traceback__)):
        if frame.filename.endswith(".j2"):
            return frame
    return None


def plain(value: Any) -> Any:
    """Return the same value with every text in it made one harmless line: nothing that was read
    somewhere can end a line or reverse one."""
    if isinstance(value, str) and not isinstance(value, MailKind):
        return one_line(value)
    if isinstance(value, tuple):
        return tuple(plain(part) for part in value)
    if is_dataclass(value) and not isinstance(value, type | Attachment):
        return _plain_fields(value)
    return value


def _plain_fields(value: Any) -> Any:
    made = {}
    for field_ in fields(value):
        name = field_.name
        if name != "folding":
            made[name] = plain(getattr(value, name))
    return replace(value, **made)


# -- Message to bytes ------------------------------------------------------------------------------


class _Verbatim(UniqueUnstructuredHeader):
    """Addresses and ids, broken at spaces only: the email package would write long ones as encoded
    words, which no server reads back."""

    def fold(self, *, policy: Any) -> str:
        words = str(self).split(" ")
        name = self.name  # type: ignore[attr-defined]
        line_break = f"{policy.linesep} "
        value = line_break.join(words)
        return f"{name}: {value}{policy.linesep}"


class _Subject(UniqueUnstructuredHeader):
    """Encoded as a whole where it is not ASCII: the email package's own folding adds spaces around
    "→", and before long first words."""

    def fold(self, *, policy: Any) -> str:
        text = str(self)
        charset = "us-ascii" if text.isascii() else "utf-8"
        header = Header(text, charset, header_name="Subject")
        value = header.encode(linesep=policy.linesep)
        return f"Subject: {value}{policy.linesep}"


def _policy() -> EmailPolicy[Any]:
    registry = HeaderRegistry()
    registry.map_to_type("subject", _Subject)  # type: ignore[arg-type]
    for name in ("list-unsubscribe", "list-id", "message-id", "in-reply-to", "references"):
        registry.map_to_type(name, _Verbatim)  # type: ignore[arg-type]
    return SMTP.clone(header_factory=registry)


def as_bytes(rendered: RenderedMessage, envelope: Envelope) -> bytes:
    """Return the message as it goes over the line, the same bytes for the same input. Raises
    BadAddress for an address, or any other value of the envelope, that would break out of its
    header."""
    mail = EmailMessage(policy=_policy())
    for name, value in _headers(rendered, envelope):
        mail[name] = _checked(name, value)

    mail.set_content(rendered.text, cte="quoted-printable")
    mail.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    for file in rendered.attachments:
        _attach(mail, file)

    _set_boundaries(mail, envelope.message_id)
    return mail.as_bytes()


def _checked(name: str, value: str) -> str:
    line = one_line(value)
    if value != line:
        raise BadAddress(f"{name} holds a line break or another control character: {line!r}")
    return value


def _attach(mail: EmailMessage, file: Attachment) -> None:
    kind, _, subtype = file.mime.partition("/")
    mail.add_attachment(
        file.content,
        maintype=kind,
        subtype=subtype,
        filename=file.filename,
        params={"charset": "utf-8"},
    )


def _set_boundaries(mail: EmailMessage, message_id: str) -> None:
    """Set the boundaries of the parts, which the email package makes by chance: the same message is
    to be the same bytes."""
    digest = hashlib.sha256(message_id.encode())
    name = digest.hexdigest()[:32]

    together = [part for part in mail.walk() if part.is_multipart()]
    for number, part in enumerate(together):
        part.set_boundary(f"=_{number}_{name}")


def _headers(rendered: RenderedMessage, envelope: Envelope) -> list[tuple[str, str]]:
    pairs = [
        ("From", envelope.sender),
        ("To", envelope.to),
        ("Subject", one_line(rendered.subject)),
        ("Date", format_datetime(envelope.date)),
        ("Message-ID", envelope.message_id),
        ("Reply-To", envelope.reply_to),
        *rendered.headers.items(),
        ("List-Id", envelope.list_id),
        *_list_headers(envelope.unsubscribe),
        ("Auto-Submitted", envelope.auto_submitted),
    ]
    return [(name, value) for name, value in pairs if value]


def _list_headers(addresses: Sequence[str]) -> list[tuple[str, str]]:
    """Return how to stop it; by one click only where there is a page for it (RFC 8058): the web
    addresses given here are such."""
    listed = [f"<{address}>" for address in addresses]
    headers = [("List-Unsubscribe", ", ".join(listed))]
    if any(address.startswith(("https://", "http://")) for address in addresses):
        headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return headers


# -- The doctor ------------------------------------------------------------------------------------


def check_templates(folder: Path | None) -> list[Problem]:
    """Show every sample to every template, with those of `folder` in place; return what breaks, by
    file and line, and the files that nothing uses."""
    broken = _broken(folder)
    unused = [_unused(file) for file in _unknown(folder)]
    return [*broken, *unused]


def _broken(folder: Path | None) -> list[Problem]:
    """Return what breaks when every sample is rendered, each problem once."""
    problems = {}
    for sample in samples.digests():
        try:
            message(sample, folder)
            markdown(sample, folder)
        except TemplateBroken as broken:
            said = str(broken)
            problems[said] = Problem(broken.name, said, hint=broken.hint)
    return list(problems.values())


def _unknown(folder: Path | None) -> list[Path]:
    """Return the files of a folder of templates that nothing uses."""
    if folder is None or not folder.is_dir():
        return []

    known = _names_of_templates()
    return sorted(file for file in folder.iterdir() if file.name not in known)


def _names_of_templates() -> set[str]:
    """Return the names of all files of which messages are made."""
    known = set(HELPERS)
    for kind in MailKind:
        known |= {f"{kind}.{part}.j2" for part in PARTS}
    return known


def _unused(file: Path) -> Problem:
    return Problem(
        "TemplateBroken",
        f"{file.name} is not a template that syncer uses",
        hint=f"The templates are in {PACKAGED}.",
    )

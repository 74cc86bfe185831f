"""Dovecot as an own process on a loopback port, with an own configuration and a mailbox of one user:
a real IMAP server. Skipped, visibly, where it is not installed."""

from __future__ import annotations

import imaplib
import json
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
import trustme

PROGRAM = shutil.which("dovecot") or "/usr/sbin/dovecot"
USER, PASSWORD, TOKEN = "updates@syncer.example", "a-secret-of-ours", "token.of-ours"
STARTS_WITHIN = 20.0

CONFIG = """
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{base}/cert.pem
ssl_key = <{base}/key.pem
disable_plaintext_auth = no
mail_location = maildir:{base}/mail
first_valid_uid = 1
default_internal_user = {account}
default_internal_group = {group}
default_login_user = {account}
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {base}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
protocol imap {{
  mail_max_userip_connections = 50
}}
"""
OAUTH2 = """
tokeninfo_url = http://127.0.0.1:{port}/?access_token=
username_attribute = email
"""


class _TokenInfo(BaseHTTPRequestHandler):
    """Says of the one good token whose it is, as an identity provider does."""

    def do_GET(self) -> None:
        known = self.path.endswith(f"access_token={TOKEN}")
        body = json.dumps({"email": USER} if known else {"error": "invalid_token"}).encode()
        self.send_response(200 if known else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None: ...


class Dovecot:
    """`with Dovecot() as server:` it runs. `authority` signed its certificate for localhost."""

    def __init__(self) -> None:
        if not Path(PROGRAM).exists():
            pytest.skip("dovecot is not installed here (apt-get install dovecot-imapd)")
        self.base = Path(tempfile.mkdtemp(prefix="dc", dir="/tmp"))
        self.tls_port, self.plain_port = _free_port(), _free_port()
        self.authority = self.base / "ca.pem"
        self._tokens = HTTPServer(("127.0.0.1", 0), _TokenInfo)

    def __enter__(self) -> Self:
        threading.Thread(target=self._tokens.serve_forever, daemon=True).start()
        self._write()
        self._process = subprocess.Popen(
            [PROGRAM, "-F", "-c", str(self.base / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._tokens.shutdown()
        self._tokens.server_close()
        shutil.rmtree(self.base, ignore_errors=True)

    def client(self) -> imaplib.IMAP4_SSL:
        """A connection of a mail program, logged in."""
        trust = ssl.create_default_context(cafile=self.authority)
        client = imaplib.IMAP4_SSL("localhost", self.tls_port, ssl_context=trust, timeout=10)
        client.login(USER, PASSWORD)
        return client

    def deliver(self, *messages: bytes, folder: str = "INBOX") -> None:
        """Put messages into a folder, made where there is none."""
        client = self.client()
        if folder != "INBOX":
            client.create(folder)
        for message in messages:
            status, said = client.append(folder, "", "", message.replace(b"\n", b"\r\n"))
            assert status == "OK", said
        client.logout()

    def flags(self, folder: str = "INBOX") -> list[str]:
        """The flags of each message, as the server has them."""
        client = self.client()
        client.select(folder, readonly=True)
        _, found = client.fetch("1:*", "(FLAGS)")
        client.logout()
        return [str(each) for each in found]

    def _write(self) -> None:
        certificate = (authority := trustme.CA()).issue_cert("localhost")
        authority.cert_pem.write_to_path(self.authority)
        for blob in certificate.cert_chain_pems:
            blob.write_to_path(self.base / "cert.pem", append=True)
        certificate.private_key_pem.write_to_path(self.base / "key.pem")

        is_root = os.getuid() == 0
        uid, gid = (65534, 65534) if is_root else (os.getuid(), os.getgid())
        for name in ("mail", "home"):
            (self.base / name).mkdir()
            os.chown(self.base / name, uid, gid)
        self.base.chmod(0o755)
        (self.base / "oauth2.conf").write_text(OAUTH2.format(port=self._tokens.server_port))
        (self.base / "dovecot.conf").write_text(
            CONFIG.format(
                base=self.base,
                tls_port=self.tls_port,
                plain_port=self.plain_port,
                uid=uid,
                gid=gid,
                account="dovecot" if is_root else _account(),
                group="dovecot" if is_root else _group(),
                password=PASSWORD,
            )
        )

    def _wait(self) -> None:
        ends_at = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < ends_at and self._process.poll() is None:
            try:
                self.client().logout()
            except (OSError, imaplib.IMAP4.error):
                time.sleep(0.05)
            else:
                return
        log = self.base / "log"
        said = log.read_text() if log.exists() else ""
        self._process.kill()
        pytest.fail(f"dovecot does not answer: {said}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _account() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def _group() -> str:
    import grp

    return grp.getgrgid(os.getgid()).gr_name

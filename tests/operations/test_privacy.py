"""What names people or is a secret is for the account that runs syncer alone, whatever the
umask."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncer.config import load_config
from syncer.operations.privacy import exposed

HERE = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder with a configuration, and a shell in which everybody may read everything."""
    (tmp_path / "config.toml").write_text(
        '[store]\npath = "kept/s.db"\n[mail]\nsmtp_password_file = "secret"\n'
    )
    before = os.umask(0)
    yield tmp_path
    os.umask(before)


def syncer(home: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "syncer", *args],
        cwd=home,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(HERE)},
        check=False,
    )


def test_store_backups_mail_and_exports_are_private_whatever_the_umask(home: Path) -> None:
    assert syncer(home, "subscribe", "ada@example.org", "--confirmed").returncode == 0
    assert syncer(home, "backup").returncode == 0
    syncer(home, "subscribe", "bob@example.org")  # is asked to confirm, by mail
    syncer(home, "send")
    assert syncer(home, "subscribers", "--export", "everyone.toml").returncode == 0
    assert syncer(home, "councils", "--out", "councils.csv").returncode == 0
    made = [path for path in home.rglob("*") if path.name != "config.toml"]
    assert len(made) > 8 and any("maildir" in str(path) for path in made)
    modes = {path: path.stat().st_mode & 0o777 for path in made}
    assert modes == {path: 0o700 if path.is_dir() else 0o600 for path in made}


def test_the_doctor_names_what_others_can_read(home: Path) -> None:
    syncer(home, "subscribe", "ada@example.org", "--confirmed")
    syncer(home, "backup")
    (home / "secret").write_text("sesame")
    (home / "kept" / "s.db").chmod(0o644)
    names = {path.name for path in exposed(load_config(home / "config.toml"))}
    assert names == {"secret", "s.db"}
    for name in ("secret", "kept/s.db"):
        (home / name).chmod(0o600)
    assert exposed(load_config(home / "config.toml")) == []


def test_the_configuration_that_init_writes_can_be_read_by_the_account_of_the_service(
    home: Path,
) -> None:
    assert syncer(home, "init", "--dir", "etc/syncer").returncode == 0
    assert (home / "etc" / "syncer").stat().st_mode & 0o777 == 0o755
    assert (home / "etc" / "syncer" / "config.toml").stat().st_mode & 0o777 == 0o644

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncer.errors import StoreError
from syncer.fetching.snapshots import Snapshots

Harm = Callable[[bytes], bytes]

PAGE = b"<p>Leeds is good</p>" * 200
RANDOM = hashlib.shake_256(b"seed").digest(5000)


@pytest.fixture
def snapshots(tmp_path: Path) -> Snapshots:
    return Snapshots(tmp_path / "bodies")


@pytest.mark.parametrize(
    "body", [b"", b"x", PAGE, RANDOM], ids=["empty", "one byte", "page", "incompressible"]
)
def test_a_body_is_read_back_as_it_was_received(snapshots: Snapshots, body: bytes) -> None:
    sha256 = snapshots.keep(body)
    assert sha256 == hashlib.sha256(body).hexdigest()
    assert snapshots.read(sha256) == body
    assert snapshots.has(sha256)
    assert list(snapshots) == [sha256]


@settings(max_examples=25, deadline=None)
@given(bodies=st.lists(st.binary(max_size=200), max_size=4))
def test_every_body_is_kept_once(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[bytes]
) -> None:
    snapshots = Snapshots(tmp_path_factory.mktemp("bodies"))
    kept = [snapshots.keep(body) for body in bodies + bodies]
    assert list(snapshots) == sorted(set(kept))
    assert [snapshots.read(sha256) for sha256 in kept] == bodies + bodies


def test_pages_are_compressed_and_what_does_not_shrink_is_stored_as_it_is(
    snapshots: Snapshots,
) -> None:
    snapshots.keep(PAGE)
    snapshots.keep(RANDOM)
    sizes = {file.suffix: file.stat().st_size for file in snapshots.folder.glob("*/*")}
    assert sizes[".gz"] < len(PAGE) / 10
    assert sizes[".raw"] == len(RANDOM)


LONG = hashlib.shake_256(b"report").digest(300_000)


@pytest.mark.parametrize(
    ("body", "kept_as"),
    [
        (LONG, ".raw"),
        (PAGE * 100, ".gz"),
        (LONG[:200_000].hex().encode(), ".gz"),
        (bytes(byte % 111 for byte in LONG), ".raw"),
        (b"%PDF-1.7\n" + PAGE, ".raw"),
        (b"PK\x03\x04" + PAGE, ".raw"),
    ],
    ids=[
        "random bytes",
        "a long page",
        "what shrinks to little over half",
        "what shrinks by a sixth",
        "a report",
        "a workbook",
    ],
)
def test_a_body_is_compressed_where_that_saves_much_and_it_is_not_packed_already(
    snapshots: Snapshots, body: bytes, kept_as: str
) -> None:
    sha256 = snapshots.keep(body)
    (file,) = snapshots.folder.glob("??/*")
    assert file.suffix == kept_as
    assert snapshots.read(sha256) == body


def test_a_body_that_is_already_there_is_not_written_again(snapshots: Snapshots) -> None:
    snapshots.keep(PAGE)
    (file,) = snapshots.folder.glob("*/*")
    written = file.stat().st_ino, file.stat().st_mtime_ns
    snapshots.keep(PAGE)
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == written


@pytest.mark.parametrize("body", [PAGE, RANDOM], ids=["compressed", "raw"])
@pytest.mark.parametrize(
    "harm",
    [lambda data: data[: len(data) // 2], lambda data: data[:-9] + b"x" + data[-8:], lambda _: b""],
)
def test_a_damaged_body_is_never_given_out_and_is_replaced_by_the_next(
    snapshots: Snapshots, body: bytes, harm: Harm
) -> None:
    sha256 = snapshots.keep(body)
    (file,) = snapshots.folder.glob("*/*")
    file.write_bytes(harm(file.read_bytes()))
    with pytest.raises(StoreError, match=sha256):
        snapshots.read(sha256)
    assert snapshots.keep(body) == sha256
    assert snapshots.read(sha256) == body


def test_a_dropped_body_is_missing_by_name(snapshots: Snapshots) -> None:
    sha256 = snapshots.keep(PAGE)
    snapshots.drop(sha256)
    snapshots.drop(sha256)
    assert not snapshots.has(sha256)
    with pytest.raises(StoreError, match="is not in"):
        snapshots.read(sha256)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "A" * 64])
def test_only_a_hash_names_a_snapshot(snapshots: Snapshots, name: str) -> None:
    with pytest.raises(StoreError, match="not the name of a snapshot"):
        snapshots.read(name)


def test_what_a_killed_process_left_half_written_is_no_snapshot_and_is_swept(
    snapshots: Snapshots,
) -> None:
    sha256 = snapshots.keep(PAGE)
    left = snapshots.folder / sha256[:2] / "half.tmp"
    left.write_bytes(PAGE[:10])
    assert list(snapshots) == [sha256]
    assert snapshots.sweep() == 0
    os.utime(left, (0, 0))
    assert snapshots.sweep() == 1
    assert snapshots.read(sha256) == PAGE


def test_a_folder_that_cannot_be_written_is_a_named_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="no snapshot can be written"):
        Snapshots(tmp_path / "file").keep(PAGE)


def test_what_was_kept_compressed_when_less_was_gained_is_still_read(snapshots: Snapshots) -> None:
    body = bytes(byte % 111 for byte in LONG)
    sha256 = hashlib.sha256(body).hexdigest()
    place = snapshots.folder / sha256[:2] / f"{sha256[2:]}.gz"
    place.parent.mkdir(parents=True)
    place.write_bytes(gzip.compress(body))
    assert snapshots.keep(body) == sha256
    assert snapshots.read(sha256) == body
    assert list(snapshots.folder.glob("??/*")) == [place]

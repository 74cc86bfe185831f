"""The archive of bodies as received: each file is named by the SHA-256 of what it holds, and is
never changed.

    ab/cdef….gz     the body, compressed (HTML, JSON, CSV)
    ab/cdef….raw    the body as it is, where compressing does not help (PDF, ODS)

A body is written to a temporary file, forced to disk and renamed, so that a crash leaves a whole
file or none.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

from syncer.errors import StoreError
from syncer.files import described

SHA256 = re.compile(r"[0-9a-f]{64}")
PACKED_ALREADY = (b"%PDF", b"PK\x03\x04")
"""How bodies begin that are kept as they are: PDF, and ODS and XLSX (which are ZIP). Of 445
reports, one in seven would be worth compressing; all together would take 4% less."""
WORTH_COMPRESSING = 0.7
"""What is not smaller than this share of itself when compressed is kept as it is, too."""
LEVEL = 4
"""Of zlib: 6 would save 4% more of pages and tables, and take twice as long."""
ABANDONED_AFTER_SECONDS = 3600
DAMAGED = "If it cannot be restored from a backup, the next full read fetches the page again."
LOST = "Syncer never removes snapshots: put the folder back from your own copy of it."


class Snapshots:
    """Bodies by their SHA-256 (64 lower-case hex digits), under `folder`, which is made when first
    needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, data: bytes) -> str:
        """Archive the body and return its SHA-256. Nothing is written when it is already there and
        sound. Raises StoreError."""
        sha256 = hashlib.sha256(data).hexdigest()
        if self._is_sound(sha256):
            return sha256

        try:
            self._write(sha256, data)
        except OSError as error:
            why = error.strerror or error
            raise StoreError(
                f"no snapshot can be written in {self.folder}: {why} ({described(self.folder)})",
                "Free some space on that disk, or run syncer as the owner of the folder.",
            ) from error
        return sha256

    def read(self, sha256: str) -> bytes:
        """Return the body. Raises StoreError when it is missing, or its bytes are no longer those
        that were kept."""
        try:
            data = self._read(sha256)
        except FileNotFoundError as error:
            raise StoreError(f"snapshot {sha256} is not in {self.folder}", LOST) from error
        except (OSError, EOFError, zlib.error) as error:
            raise StoreError(f"snapshot {sha256} cannot be read: {error}", DAMAGED) from error

        if hashlib.sha256(data).hexdigest() != sha256:
            said = f"snapshot {sha256} is damaged: its bytes have another SHA-256"
            raise StoreError(said, DAMAGED)
        return data

    def _write(self, sha256: str, data: bytes) -> None:
        compressed, plain = self._places(sha256)
        packed = data
        if not data.startswith(PACKED_ALREADY):
            packed = gzip.compress(data, LEVEL, mtime=0)
        if len(packed) < WORTH_COMPRESSING * len(data):
            _write_whole(compressed, packed)
        else:
            _write_whole(plain, data)

    def _read(self, sha256: str) -> bytes:
        compressed, plain = self._places(sha256)
        if compressed.exists():
            return gzip.decompress(compressed.read_bytes())
        return plain.read_bytes()

    def has(self, sha256: str) -> bool:
        """Return whether a body is kept under this hash; says nothing about its soundness."""
        return any(place.exists() for place in self._places(sha256))

    def drop(self, sha256: str) -> None:
        """Remove the body; nothing happens when it is not there."""
        for place in self._places(sha256):
            place.unlink(missing_ok=True)

    def __iter__(self) -> Iterator[str]:
        """Yield the hash of every body kept, in order."""
        for file in sorted(self.folder.glob("??/*")):
            if file.suffix in (".gz", ".raw"):
                yield file.parent.name + file.stem

    def sweep(self) -> int:
        """Remove temporary files that a killed process left behind, and return their number."""
        count = 0
        for file in list(self.folder.glob("??/*.tmp")):
            if _age_seconds(file) > ABANDONED_AFTER_SECONDS:
                file.unlink(missing_ok=True)
                count += 1
        return count

    def _places(self, sha256: str) -> tuple[Path, Path]:
        if not SHA256.fullmatch(sha256):
            raise StoreError(
                f"{sha256!r} is not the name of a snapshot: a SHA-256 has 64 hexadecimal digits"
            )
        shelf = self.folder / sha256[:2]
        return shelf / f"{sha256[2:]}.gz", shelf / f"{sha256[2:]}.raw"

    def _is_sound(self, sha256: str) -> bool:
        if not self.has(sha256):
            return False
        try:
            self.read(sha256)
        except StoreError:
            self.drop(sha256)
            return False
        return True


def _write_whole(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _force_to_disk(place.parent)


def _force_to_disk(folder: Path) -> None:
    """Flush the folder itself to the disk: only then is a rename safe from a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _age_seconds(file: Path) -> float:
    try:
        return time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return 0

"""What reconciling rests on besides what was read: our own rules. Where they change, all that was
reconciled has to be looked at again."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from syncer.records.reconcile import Precedence

PACKAGE = Path(__file__).parents[1]
PARTS = (
    "model.py",
    "records",
    "quantities",
    "store/fields.py",
    "store/records.py",
    "pipeline/changes.py",
)
"""Where the code lies on which it depends what becomes of what was read."""


def rules(precedence: Precedence) -> str:
    """Return what is another where the code that reconciles is, or the order of trust."""
    named = {name: list(sources) for name, sources in precedence.items()}
    order = json.dumps(named, sort_keys=True)
    found = f"{_code()} {order}".encode()
    return hashlib.sha256(found).hexdigest()


@cache
def _code() -> str:
    """Return what is another where the code is. Where its text is not there to be read it is
    another in every process, so that nothing is taken for unchanged."""
    texts = [path.read_bytes() for path in _files()]
    if not texts:
        return str(uuid.uuid4())

    found = hashlib.sha256()
    for text in texts:
        found.update(text)
    return found.hexdigest()


def _files() -> Iterator[Path]:
    for part in PARTS:
        path = PACKAGE / part
        if path.is_file():
            yield path
        yield from sorted(path.glob("*.py"))

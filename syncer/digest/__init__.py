"""What one subscriber is told in one message. Pure.

folding    waiting events about one fact → one line
news       lines → items by council, the gravest first, and the subject
welcome    what is followed, and how it stands
notices    all quiet, outages, the operator's, the first contact
render     any of them → subject, text, HTML and bytes
"""

from __future__ import annotations

from syncer.digest.folding import Folding, Line, fold
from syncer.digest.news import compose, correction
from syncer.digest.notices import (
    all_quiet,
    confirm,
    operator,
    source_back,
    source_dark,
    test_mail,
)
from syncer.digest.shorter import briefer
from syncer.digest.welcome import welcome

__all__ = [
    "Folding",
    "Line",
    "all_quiet",
    "briefer",
    "compose",
    "confirm",
    "correction",
    "fold",
    "operator",
    "source_back",
    "source_dark",
    "test_mail",
    "welcome",
]

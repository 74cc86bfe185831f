"""What one subscriber is told in one message. Pure.

folding    waiting events about one fact → one line
news       lines → items by council, the gravest first, and the subject
welcome    what is followed, and how it stands
notices    all quiet, outages, the operator's, the test
personal   what somebody has sent to themselves: confirm, manage, an answer
render     any of them → subject, text, HTML and bytes
"""

from __future__ import annotations

from syncer.digest.folding import Folding, Line, fold
from syncer.digest.news import compose, correction
from syncer.digest.notices import (
    all_quiet,
    operator,
    source_back,
    source_dark,
    test_mail,
)
from syncer.digest.personal import confirm, manage, reply
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
    "manage",
    "operator",
    "reply",
    "source_back",
    "source_dark",
    "test_mail",
    "welcome",
]

"""Whose own paper a text is: a council's report to its cabinet, committee or schools forum."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

from syncer.funding.document import Sentence
from syncer.funding.mentions import Marked
from syncer.register.council_names import Mention
from syncer.register.councils import Register

_PAPER = re.compile(
    r"^[\s,:–—-]*(?:city |county |borough |council |['’]s )*(?:cabinet|executive|committee"
    r"|scrutiny|decision|delegated|board"
    r"|briefing|notice|minutes|forum|full council"
    r"|council meeting|sfpc|report|schools forum|overview|director|children and families"
    r"|corporate parenting|key decision"
    r"|[A-Z]{2,6} delegated)\b",
    re.I,
)
_REPORT = re.compile(
    r"\breport (?:to|of|by|author)\b|\b(?:cabinet|committee|executive|scrutiny|forum"
    r"|council meeting"
    r"|decision notice|minutes)\b",
    re.I,
)
_MEETING_OF = re.compile(
    r"\b(?:cabinet|committee|executive|decision|forum|board|minutes)(?:\s*\(|, )$", re.I
)
_OWNER_FIELD = re.compile(
    r"(?:name of )?(?:body|authority|council|organisation|decision[- ]maker)\s*:\s*", re.I
)
_HEAD_LINES = 3
_HEAD_SENTENCES = 7
_OFTEN = 3
"""Times a paper names the council whose it is, at least."""
_SCHOOLS_FORUM = re.compile(r" schools['’]? forum\b", re.I)


def subject_of(
    head: str,
    sentences: Sequence[Sentence],
    marked: Sequence[Marked],
    register: Register,
    day: dt.date | None,
) -> tuple[str, ...]:
    """Return the council whose own paper this is, or the only one the text names; empty where
    neither is."""
    lines = _first_lines(head, sentences)
    is_paper = _REPORT.search("\n".join(lines)) is not None
    owner = _named_as_owner(lines, is_paper, register, day)
    if owner:
        return owner

    runs = Counter(group.councils for one in marked for group in one.groups)
    only = _only_named(runs)
    if only or not is_paper:
        return only
    return _mostly_about(runs)


def _only_named(runs: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the only council that the text names; empty where it names none, or several."""
    slugs = set(chain.from_iterable(runs))
    if len(slugs) == 1:
        return tuple(slugs)
    return ()


def _first_lines(head: str, sentences: Sequence[Sentence]) -> list[str]:
    """Return what is printed on top; a schools forum is its council's."""
    printed = head.splitlines()[:_HEAD_LINES]
    printed += [sentence.text for sentence in sentences[:_HEAD_SENTENCES]]
    return [_SCHOOLS_FORUM.sub(" Council forum", line) for line in printed]


def _named_as_owner(
    lines: Sequence[str], is_paper: bool, register: Register, day: dt.date | None
) -> tuple[str, ...]:
    """Return the first single council that a line names as the paper's; a meeting's only where the
    text is a report."""
    for number, line in enumerate(lines):
        may_be_prose = number >= _HEAD_SENTENCES
        for mention in register.mentions(line, day):
            if len(mention.slugs) != 1:
                continue
            if is_paper and _heads_a_meeting(line, mention):
                return mention.slugs
            if not may_be_prose and _heads_a_paper(line, mention):
                return mention.slugs

    return ()


def _heads_a_paper(line: str, mention: Mention) -> bool:
    """Return whether the name of a committee, or of a kind of paper, follows the council, or it
    stands in a form's field for the body that decides."""
    if _OWNER_FIELD.fullmatch(line[: mention.start]):
        return True
    after = line[mention.end :]
    return _PAPER.match(after) is not None


def _heads_a_meeting(line: str, mention: Mention) -> bool:
    """Return whether the council stands alone on its line, or after a meeting's name: in brackets,
    or parted by a comma."""
    rest = len(line) - len(mention.text)
    if rest <= 3:
        return True
    return _MEETING_OF.search(line[: mention.start]) is not None


def _mostly_about(runs: Counter[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the council that a paper names most often; nothing where another is named as often."""
    alone = Counter({run: times for run, times in runs.items() if len(run) == 1})
    most = alone.most_common(2)
    if not most or most[0][1] < _OFTEN:
        return ()

    councils, times = most[0]
    is_tied = len(most) > 1 and most[1][1] == times
    if is_tied:
        return ()
    return councils

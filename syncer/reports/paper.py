"""A report on paper: its pages as words by position, and what it says of itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from syncer.model import Area, FileKind, Framework, Grade, Problem


class Word(NamedTuple):
    """One word of a PDF page with its box in points, y downwards from the top of the page. A tuple,
    since a report has thousands of them."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True)
class PdfPage:
    """One page: its words by position."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Improvement:
    """One thing that Ofsted asks for, whole: which list of the report it stands in (`improve`,
    `priority`, `areas` or `recommendations`), its words, and the page on which it begins."""

    list: str
    text: str
    page: int


@dataclass(frozen=True)
class ReportReading:
    """What one report file says of itself. `judgements` has only the areas the report has; `quotes`
    gives per area (and per date: `inspection_start`, `inspection_end`) page number and the printed
    row. `improvements_ended`: further pages add nothing to `improvements`. `heading` names, besides
    what the document is, whose report it is."""

    kind: FileKind
    framework: Framework | None = None
    inspection_start: dt.date | None = None
    inspection_end: dt.date | None = None
    judgements: Mapping[Area, Grade] = field(default_factory=dict)
    lead_inspectors: tuple[str, ...] = ()
    theme: str = ""
    priority_actions: tuple[str, ...] = ()
    send_outcome: str = ""
    improvements: tuple[Improvement, ...] = ()
    improvements_ended: bool = True
    quotes: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    heading: str = ""

"""What it costs to read a report: the CPU time of reading 150 real ones whole, beside pypdfium2's
text of their first three pages in the same run.

    python benchmarks/bench_parse.py [FOLDER]       FOLDER has replay/world/pdf

Both take turns, file by file and round by round, each going first as often as the other: who comes
second finds the file's bytes near at hand. Of each file the middle time of seven rounds counts: the
least would favour the shorter of the two, which fits more often into a moment in which the machine
is quick. For both, garbage is looked for as seldom as in syncer's processes. The last line is a
JSON object with the `ratio`; without the reports it says so and measures nothing.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from statistics import median

import pypdfium2

from syncer.documents.report import read_pdf
from syncer.errors import SyncerError
from syncer.garbage import collect_seldom

FILES, PAGES, TARGET = 150, 3, 2.0
ROUNDS = 7


def text_of_first_pages(data: bytes) -> None:
    """What any reader of these files has to do: get the text of the first pages."""
    document = pypdfium2.PdfDocument(data)
    for number in range(min(PAGES, len(document))):
        document[number].get_textpage().get_text_range()


def whole_report(data: bytes) -> None:
    """What syncer does with them."""
    with suppress(SyncerError):  # a page for a dead link is among them
        read_pdf(data)


def main() -> None:
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared")
    files = sorted((shared / "replay" / "world" / "pdf").glob("*.pdf"))
    step = max(1, len(files) // FILES)
    chosen = [path.read_bytes() for path in files[::step][:FILES]]
    if not chosen:
        print(f"{shared} has no real reports: nothing is measured.", file=sys.stderr)
        return

    collect_seldom()
    readers = (text_of_first_pages, whole_report)
    taken: dict[tuple[object, int], list[float]] = defaultdict(list)
    for number in range(ROUNDS):
        for place, data in enumerate(chosen):
            in_turn = readers if (number + place) % 2 else readers[::-1]
            for read in in_turn:
                began = time.process_time()
                read(data)
                taken[read, place].append(time.process_time() - began)

    bare, whole = (
        sum(median(taken[read, place]) for place in range(len(chosen))) for read in readers
    )
    ratio = whole / bare
    print(
        f"{len(chosen)} reports: {1000 * whole / len(chosen):.0f} ms each to read, "
        f"{1000 * bare / len(chosen):.0f} ms the text of three pages: {ratio:.2f} ×; "
        f"at most {TARGET:.0f} × is asked for"
    )
    print(json.dumps({"ratio": round(ratio, 2)}))


if __name__ == "__main__":
    main()

"""Reads every real report and compares with what a careful reader found: `python
benchmarks/report_accuracy.py FOLDER`.

FOLDER holds `ofsted/expected.csv` and `replay/world/pdf/*.pdf`. Prints counts by framework or kind,
every miss, and the time taken. Exit status 1 when anything differs.
"""

from __future__ import annotations

import csv
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from syncer.documents.reader import DocumentReader
from syncer.documents.report import read_pdf, reading_as_json
from syncer.errors import DocumentError, PageError
from syncer.model import Area

Miss = tuple[str, str, str, str]


def found_in(reader: DocumentReader, path: Path) -> dict[str, str]:
    """The reading in the columns of expected.csv."""
    try:
        row = reading_as_json(path.name, reader.call(read_pdf, path.read_bytes()))
    except (DocumentError, PageError) as error:
        return {"kind": "not_a_report", "problems": error.name}
    flat = {key: value or "" for key, value in row.items() if isinstance(value, str | None)}
    problems = "; ".join(problem["message"] for problem in row["problems"])
    return {
        **flat,
        **{area.value: row["judgements"].get(area.value, "") for area in Area},
        "problems": problems,
    }


def misses(expected: Mapping[str, str], found: Mapping[str, str]) -> Iterator[Miss]:
    """Each column that differs. The days of letters are not in expected.csv; they only have to be
    there, and before publication."""
    for column in ("kind", "framework", *(area.value for area in Area), "lead_inspector"):
        if expected[column] != found.get(column, ""):
            yield expected["file_id"], column, expected[column], found.get(column, "")
    for column in ("inspection_start", "inspection_end"):
        got = found.get(column, "")
        letter = expected["kind"] in {"focused_visit", "monitoring_visit", "jtai", "send"}
        if (letter and not "2009" < got <= expected["published"]) or (
            not letter and expected[column] != got
        ):
            yield expected["file_id"], column, expected[column], got
    if found.get("problems") and expected["kind"] != "not_a_report":
        yield expected["file_id"], "problems", "", found["problems"]


def compare(shared: Path) -> tuple[Counter[tuple[str, bool]], dict[str, float], list[Miss]]:
    """(form, right?) → number of files, form → seconds, and every miss. A file listed but not saved
    stops the run."""
    counts: Counter[tuple[str, bool]] = Counter()
    seconds: dict[str, float] = defaultdict(float)
    wrong: list[Miss] = []
    with (
        (shared / "ofsted" / "expected.csv").open(encoding="utf-8") as source,
        DocumentReader() as reader,
    ):
        for row in csv.DictReader(source):
            path = shared / "replay" / "world" / "pdf" / f"{row['file_id']}.pdf"
            if row["kind"] == "not_a_report" and not path.exists():
                continue  # a dead link: there is no file to read
            started, form = time.perf_counter(), row["framework"] or row["kind"]
            own = list(misses(row, found_in(reader, path)))
            counts[form, not own] += 1
            seconds[form] += time.perf_counter() - started
            wrong += own
    return counts, seconds, wrong


def main() -> int:
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared")
    if not (shared / "ofsted" / "expected.csv").exists():
        print(
            f"{shared} has no ofsted/expected.csv: name the folder of real reports.",
            file=sys.stderr,
        )
        return 2
    counts, seconds, wrong = compare(shared)
    for form in sorted({form for form, _ in counts}):
        files = counts[form, True] + counts[form, False]
        print(
            f"{form:18} {counts[form, True]:4} right, {counts[form, False]:3} with a miss, {1000 * seconds[form] / files:6.1f} ms each"
        )
    for file_id, column, expected, found in wrong:
        print(f"MISS {file_id} {column}: expected {expected or '-'}, read {found or '-'}")
    print(f"{counts.total()} files in {sum(seconds.values()):.1f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

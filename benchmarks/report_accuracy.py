"""Reads every real report and compares with what a careful reader found: `python
benchmarks/report_accuracy.py FOLDER`.

FOLDER holds `ofsted/expected.csv`, `ofsted/improve.csv` with `normalise.py`, and
`replay/world/pdf/*.pdf`. Prints counts by framework or kind, every miss, and the time taken. Exit
status 1 when anything differs.
"""

from __future__ import annotations

import csv
import importlib.util
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from syncer.documents.reader import DocumentReader
from syncer.documents.report import read_pdf, reading_as_json
from syncer.errors import DocumentError, PageError
from syncer.model import Area
from syncer.reports.paper import ReportReading

Miss = tuple[str, str, str, str]
Items = list[tuple[str, str]]  # list of the report, SHA-1 of the normalised item


def found_in(reading: ReportReading | DocumentError | PageError, name: str) -> dict[str, str]:
    """The reading in the columns of expected.csv."""
    if not isinstance(reading, ReportReading):
        return {"kind": "not_a_report", "problems": reading.name}
    row = reading_as_json(name, reading)
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


def expected_items(shared: Path) -> dict[str, Items]:
    """File id → every item that its report asks to be improved, in order."""
    items: dict[str, Items] = defaultdict(list)
    with (shared / "ofsted" / "improve.csv").open(encoding="utf-8") as source:
        for row in csv.DictReader(source):
            items[row["file_id"]].append((row["list"], row["sha1"]))
    return items


def item_hash(shared: Path) -> Callable[[str], str]:
    """The hash that improve.csv was made with."""
    spec = importlib.util.spec_from_file_location("normalise", shared / "ofsted" / "normalise.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sha1: Callable[[str], str] = module.sha1
    return sha1


def item_misses(
    file_id: str, reading: ReportReading, expected: Items, sha1: Callable[[str], str]
) -> Iterator[Miss]:
    """Each item that was not read, and each that is none; a list in another order as a whole."""
    found = [(item.list, sha1(item.text)) for item in reading.improvements]
    texts = {pair: item.text for pair, item in zip(found, reading.improvements, strict=True)}
    for number, pair in enumerate(expected, 1):
        if pair not in found:
            yield file_id, f"{pair[0]} item {number}", pair[1], ""
    for pair in found:
        if pair not in expected:
            yield file_id, f"{pair[0]} item", "", texts[pair]
    if found != expected and sorted(found) == sorted(expected):
        yield file_id, "order of the items", "", ""


def read(reader: DocumentReader, path: Path) -> ReportReading | DocumentError | PageError:
    """What the file says, or why it cannot be read."""
    try:
        return reader.call(read_pdf, path.read_bytes())
    except (DocumentError, PageError) as error:
        return error


Outcome = ReportReading | DocumentError | PageError


def compare(
    shared: Path, read: Callable[[DocumentReader, Path], Outcome] = read
) -> tuple[Counter[tuple[str, bool]], dict[str, float], list[Miss]]:
    """(form, right?) → number of files, form → seconds, and every miss. A file listed but not saved
    stops the run. `read` gives what a file says."""
    counts: Counter[tuple[str, bool]] = Counter()
    seconds: dict[str, float] = defaultdict(float)
    wrong: list[Miss] = []
    items, sha1 = expected_items(shared), item_hash(shared)
    with (
        (shared / "ofsted" / "expected.csv").open(encoding="utf-8") as source,
        DocumentReader() as reader,
    ):
        for row in csv.DictReader(source):
            path = shared / "replay" / "world" / "pdf" / f"{row['file_id']}.pdf"
            if row["kind"] == "not_a_report" and not path.exists():
                continue  # a dead link: there is no file to read
            started, form = time.perf_counter(), row["framework"] or row["kind"]
            reading = read(reader, path)
            own = list(misses(row, found_in(reading, path.name)))
            if isinstance(reading, ReportReading):
                own += item_misses(row["file_id"], reading, items[row["file_id"]], sha1)
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
        each = 1000 * seconds[form] / files
        print(
            f"{form:18} {counts[form, True]:4} right, {counts[form, False]:3} with a miss, "
            f"{each:6.1f} ms each"
        )
    for file_id, column, expected, found in wrong:
        print(f"MISS {file_id} {column}: expected {expected or '-'}, read {found or '-'}")
    print(f"{counts.total()} files in {sum(seconds.values()):.1f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

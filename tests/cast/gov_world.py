"""A GOV.UK of our own, for what the replay cannot show: pages edited silently, gone, redirected,
withdrawn, files replaced.

    with GovWorld(tmp_path) as world: world.publish("/government/news/x", "Leeds gets £5m",
    body="<p>…");  world.sync("govuk_awards") world.at("2024-04-01");
    world.edit("/government/news/x", body="<p>… £6m");  world.sync("govuk_awards")

The search answers like the real one: an unknown parameter 422, withdrawn pages hidden,
`public_timestamp` moved by major edits only.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from replay import Bench, config_text
from web import Answer, Web

DFE = "department-for-education"
MHCLG = "ministry-of-housing-communities-local-government"
KNOWN = {
    "q",
    "count",
    "start",
    "order",
    "fields",
    "filter_organisations",
    "filter_content_store_document_type",
    "filter_public_timestamp",
}


class GovWeb(Web):
    """Serves the items of a world under /gov, whatever the order of the search's parameters. The
    search also gives those that are `hidden`: what their address answers is scripted."""

    def __init__(self) -> None:
        super().__init__()
        self.items: dict[str, dict[str, Any]] = {}
        self.refuse: set[str] = set()
        self.hidden: set[str] = set()

    def next_answer(self, path: str) -> Answer:
        url = urlsplit(path)
        if url.path == "/gov/api/search.json":
            return self._search(parse_qs(url.query))
        asked = url.path.removeprefix("/gov/api/content")
        item = None if asked in self.hidden else self.items.get(asked)
        return (
            _json(item)
            if url.path.startswith("/gov/api/content/") and item
            else super().next_answer(path)
        )

    def _search(self, query: Mapping[str, list[str]]) -> Answer:
        if unknown := sorted(set(query) - (KNOWN - self.refuse)):
            return Answer(
                json.dumps({"error": f"Unexpected parameters: {', '.join(unknown)}."}).encode(), 422
            )
        types, since = (
            query.get("filter_content_store_document_type"),
            query.get("filter_public_timestamp", ["from:1900"])[0].partition(":")[2],
        )
        found = [
            i
            for i in self.items.values()
            if (not types or i.get("document_type") in types)
            and not i.get("withdrawn_notice")
            and i["public_updated_at"] >= since
            and i["organisation"] in query["filter_organisations"]
        ]
        rows = [
            {
                "title": i["title"],
                "link": i["base_path"],
                "content_store_document_type": i["document_type"],
                "public_timestamp": i["public_updated_at"],
            }
            for i in sorted(found, key=_changed, reverse=True)
        ]
        start = int(query["start"][0])
        return _json(
            {
                "results": rows[start : start + int(query["count"][0])],
                "total": len(rows),
                "start": start,
            }
        )


class GovWorld(Bench):
    """The site, and a store that reads from it."""

    def __init__(self, folder: Path, day: str = "2024-03-01", more: str = "") -> None:
        super().__init__(folder)
        self.at(day)
        self._more = more

    def __enter__(self) -> Self:
        self.web = GovWeb()
        self.web.__enter__()
        gov, assets = self.web.url("/gov"), self.web.url("/assets", host="localhost")
        text = config_text(
            self.web.url("/reports"),
            self.web.url("/files"),
            govuk=gov,
            assets=assets,
            more=self._more,
        )
        self.configure(
            text.replace("[fetch]", f'press = ["{self.web.url("/press/feed.xml")}"]\n[fetch]')
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.web.__exit__(kind, error, trace)

    def publish(
        self,
        path: str,
        title: str,
        body: str = "",
        *,
        kind: str = "press_release",
        by: str = DFE,
        on: str = "",
        attachments: Sequence[Mapping[str, str]] = (),
    ) -> None:
        """Put up a page, today unless said otherwise."""
        day = on or self.now.date().isoformat()
        self.web.items[path] = {
            "base_path": path,
            "title": title,
            "document_type": kind,
            "schema_name": "publication",
            "organisation": by,
            "first_published_at": f"{day}T09:30:00.000+00:00",
            "public_updated_at": f"{day}T09:30:00.000+00:00",
            "details": {"body": body, "attachments": list(attachments), "change_history": []},
            "links": {"organisations": [{"base_path": f"/government/organisations/{by}"}]},
        }

    def edit(self, path: str, *, major: bool = False, note: str = "", **details: Any) -> None:
        """Edit a page: silently, or with a new date and a note."""
        item = self.web.items[path]
        item["details"] |= details
        if major:
            item["public_updated_at"] = f"{self.now.date()}T09:30:00.000+00:00"
            item["details"]["change_history"].append(
                {"public_timestamp": item["public_updated_at"], "note": note}
            )

    def file(self, name: str, data: bytes, title: str, tag: str = "1") -> dict[str, str]:
        """Put up a file; the attachment that leads to it. Another `tag` gives it another address,
        as a replaced file has."""
        path = f"/assets/media/{tag}/{name}"
        self.web.page(path, data, headers={"ETag": f'"{tag}"'})
        return {
            "attachment_type": "file",
            "title": title,
            "url": self.web.url(path, host="localhost"),
            "content_type": "text/csv",
        }

    def told(self) -> list[tuple[str, str, str, str, str]]:
        """What may be told so far, as (council, kind, area, old, new)."""
        return [(" + ".join(e.councils), str(e.kind), e.area, e.old, e.new) for e in self.events()]

    def records(self, kind: str = "award", council: str = "") -> list[dict[str, Any]]:
        """The fields of the records of a kind, with their id, councils, source and day."""
        with self.store() as store:
            rows = store.rows(
                "SELECT * FROM records WHERE record = ? AND merged_into IS NULL ORDER BY published, id",
                (kind,),
            )
        found = [
            {
                **json.loads(r["fields"]),
                "id": r["id"],
                "councils": json.loads(r["councils"]),
                "source": r["source"],
                "url": r["url"],
                "published": r["published"],
                "withdrawn": bool(r["withdrawn"]),
            }
            for r in rows
        ]
        return [each for each in found if not council or council in each["councils"]]


def sheet(rows: Iterable[Sequence[object]], encoding: str = "utf-8") -> bytes:
    """A CSV file."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def allocations(year: str, **amounts: int) -> bytes:
    """A table of allocations as a page of GOV.UK prints it; names with "_" for a space."""
    rows = "".join(
        f"<tr><td>{name.replace('_', ' ')}</td><td>£{amount:,}</td></tr>"
        for name, amount in amounts.items()
    )
    head = f"<table><thead><tr><th>Local authority</th><th>Allocation {year} (£)</th></tr></thead>"
    return f"<p>Allocations by local authority.</p>{head}<tbody>{rows}</tbody></table>".encode()


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _changed(item: Mapping[str, Any]) -> str:
    return str(item["public_updated_at"])


def _json(value: object) -> Answer:
    return Answer(json.dumps(value).encode(), headers={"Content-Type": "application/json"})

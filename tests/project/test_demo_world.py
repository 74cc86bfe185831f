"""The demonstration's sample of the sites: read over HTTP by the very code that reads the real
ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from syncer.config import load_config
from syncer.demo.pdf import pdf_of, report_pdf
from syncer.demo.server import Sites, serve
from syncer.demo.world import BASELINE_DAY, NEWS_DAY, PROVIDERS, Provider, Report, config_for
from syncer.documents.pdf import pages
from syncer.documents.reader import DocumentReader
from syncer.documents.report import read_pdf
from syncer.model import Area, FileKind, Grade
from syncer.register.councils import load_register
from syncer.sources.ofsted.pages import read_list, read_provider

REPORTS = [(provider, report) for provider in PROVIDERS for report in provider.reports]


@pytest.fixture
def sites() -> Iterator[Sites]:
    with serve(BASELINE_DAY) as served:
        yield served


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    with DocumentReader() as opened:
        yield opened


def newest(sites: Sites, provider: Provider) -> str:
    page = read_provider(
        requests.get(f"{sites.reports}/provider/44/{provider.provider_id}", timeout=5).content
    )
    assert page.oddities == ()
    return page.entries[0].file_id


def test_the_list_shows_every_council_of_the_world(sites: Sites) -> None:
    page = read_list(requests.get(f"{sites.reports}/search", timeout=5).content)
    assert {row.provider_id for row in page.rows} == {
        provider.provider_id for provider in PROVIDERS
    }
    assert (page.total, page.oddities) == (len(PROVIDERS), ())


def test_the_register_knows_every_council_of_the_world() -> None:
    register = load_register()
    for provider in PROVIDERS:
        assert register.find(provider.name, NEWS_DAY).slug == provider.slug
        assert provider.provider_id in register.by_slug(provider.slug).provider_ids


def test_on_the_second_day_three_councils_have_a_new_report(sites: Sites) -> None:
    before = {provider.slug: newest(sites, provider) for provider in PROVIDERS}
    sites.day = NEWS_DAY
    after = {provider.slug: newest(sites, provider) for provider in PROVIDERS}
    assert {slug for slug in before if before[slug] != after[slug]} == {
        "brent",
        "coventry",
        "trafford",
    }


def test_one_improves_one_declines_and_one_has_no_overall_grade() -> None:
    brent, coventry, _, trafford = ([r.grades for r in p.reports_on(NEWS_DAY)] for p in PROVIDERS)
    assert (coventry[1][Area.OVERALL], coventry[0][Area.OVERALL]) == (Grade.GOOD, Grade.OUTSTANDING)
    assert (trafford[1][Area.LEADERSHIP], trafford[0][Area.LEADERSHIP]) == (
        Grade.REQUIRES_IMPROVEMENT,
        Grade.INADEQUATE,
    )
    assert Area.OVERALL in brent[1] and Area.OVERALL not in brent[0]


@pytest.mark.parametrize(
    ("provider", "report"), REPORTS, ids=[report.file_id for _, report in REPORTS]
)
def test_every_report_is_read_back_as_it_was_written(
    provider: Provider, report: Report, reader: DocumentReader
) -> None:
    reading = reader.call(read_pdf, report_pdf(provider, report))
    assert (reading.kind, reading.problems) == (FileKind.INSPECTION, ())
    assert (reading.inspection_start, reading.inspection_end) == (report.first_day, report.last_day)
    assert dict(reading.judgements) == dict(report.grades)
    assert reading.lead_inspectors == (report.inspector,)


def test_a_file_is_served_from_its_day_on_and_not_twice(sites: Sites) -> None:
    address = f"{sites.files}/v1/file/50304386"
    assert requests.get(address, timeout=5).status_code == 404
    sites.day = dt.date(2026, 6, 17)
    first = requests.get(address, timeout=5)
    assert first.content.startswith(b"%PDF-")
    again = requests.get(address, headers={"If-None-Match": first.headers["ETag"]}, timeout=5)
    assert (again.status_code, again.content) == (304, b"")


def test_words_stand_where_they_were_put(reader: DocumentReader) -> None:
    (page,) = reader.call(
        pages, pdf_of([[(60, 700, 11, "Left (1)"), (400, 700, 11, "Right\u2019s")]])
    )
    assert [word.text for word in page.words] == ["Left", "(1)", "Right\u2019s"]
    assert [round(page.words[n].x0) for n in (0, 2)] == pytest.approx([60, 400], abs=2)
    assert page.words[0].bottom == pytest.approx(842 - 700, abs=4)


def test_the_demonstration_s_configuration_reads_only_this_machine(
    sites: Sites, tmp_path: Path
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(config_for(sites.reports, sites.files, tmp_path), encoding="utf-8")
    config = load_config(path)
    assert config.enabled_sources() == ("ofsted_reports",)
    assert config.sites.ofsted_reports == (sites.reports,)
    assert config.store.path.parent == config.mail.maildir.parent == tmp_path

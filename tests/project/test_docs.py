"""The words around the code, held against the code: what is there is described, what is described
is there, and the examples run."""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import click
import msgspec
import pytest
from web import Web

from syncer import pipeline, sources
from syncer.cli import PLACES, main
from syncer.config import Config, JobSection
from syncer.daemon import job_names
from syncer.digest.wording import CHANGE_WORDS
from syncer.errors import SyncerError
from syncer.model import Absence, Area, Change, EventKind, Grade, RecordKind
from syncer.tables import Table, keys_of
from syncer.views import lists as views

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
}
CODE = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for folder in ("syncer", "jobs")
    for path in (ROOT / folder).rglob("*.py")
}
README, HOW, CHANGES = PAGES["README.md"], PAGES["docs/how-it-works.md"], PAGES["docs/changes.md"]
OPERATING, CONTRIBUTING = PAGES["docs/operating.md"], PAGES["CONTRIBUTING.md"]


def part(page: str, heading: str) -> str:
    """What stands under a heading, up to the next of its rank or above."""
    level = len(heading.split()[0])
    return re.split(rf"^#{{1,{level}}} ", page.partition(f"\n{heading}\n")[2], flags=re.M)[0]


def named(table: str) -> set[str]:
    """What stands in code letters in the first column of a table."""
    return {
        word
        for row in re.findall(r"^\| *(`.*?) \|", table, re.M)
        for word in re.findall(r"`([^`]+)`", row)
    }


def blocks(page: str, kind: str) -> list[str]:
    """The fenced blocks of a kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", page, re.M | re.S)


def syncer(*words: str, at: Path = ROOT, **more: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, its code being that of the folder `at`."""
    env = {**os.environ, "PYTHONPATH": str(at), "COLUMNS": "200", **more}
    return subprocess.run(
        [sys.executable, "-m", "syncer", *words],
        capture_output=True,
        text=True,
        timeout=120,
        env=env,
        cwd=at,
    )


# -- Commands --------------------------------------------------------------------------------------


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command by its full name: `held release`."""
    context = click.Context(main)
    for name in (name for _, _, names in PLACES for name in names):
        command = main.get_command(context, name)
        assert command is not None
        yield name, command
        for under, each in (command.commands if isinstance(command, click.Group) else {}).items():
            yield f"{name} {under}", each


COMMANDS = dict(commands())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme_and_has_help(name: str) -> None:
    assert re.search(rf"`{name}[ `]", README) or name == "outbox list"
    assert COMMANDS[name].help
    assert [
        p.name for p in COMMANDS[name].params if isinstance(p, click.Option) and not p.help
    ] == []


def shown_commands() -> list[str]:
    """The lines of the pages that one is to type, from behind `syncer` on, without comments and
    redirections."""
    found = (
        re.match(r"    (?:\S+/)?syncer ([^<|]+)", line)
        for page in PAGES.values()
        for line in page.splitlines()
    )
    return [match[1] for match in found if match]


@pytest.mark.parametrize("line", shown_commands())
def test_what_one_is_told_to_type_exists(line: str) -> None:
    words = shlex.split(line, comments=True)
    name = max((n for n in COMMANDS if words[: len(n.split())] == n.split()), key=len)
    known = {option for param in COMMANDS[name].params for option in param.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_the_help_and_the_first_steps_of_the_readme_work_offline(tmp_path: Path) -> None:
    shown = syncer("--help").stdout
    assert [name for name in COMMANDS if " " not in name and f"\n  {name} " not in shown] == []
    assert syncer("init", "--dir", str(tmp_path)).returncode == 0
    words = shlex.split(re.findall(r"syncer (subscribe you@.*)", README)[0])
    done = syncer(*words, "--config", str(tmp_path / "config.toml"))
    assert (done.returncode, done.stdout) == (
        0,
        "you@example.org: Leeds, North West: every change; as it happens (subscription 1).\n",
    )


def test_the_demonstration_says_what_the_readme_shows(tmp_path: Path) -> None:
    done = syncer("demo", "--keep", str(tmp_path / "demo"))
    assert done.returncode == 0, done.stderr
    site = re.sub(r"http://127\.0\.0\.1:\d+/reports", "https://reports.ofsted.gov.uk", done.stdout)
    site = re.sub(r"http://127\.0\.0\.1:\d+/files", "https://files.ofsted.gov.uk", site)
    said = {line.strip().removeprefix("│").strip() for line in site.splitlines()}
    (mail,) = blocks(README, "text")
    assert [line for line in mail.splitlines() if line.strip() not in {*said, "…"}] == []


# -- Settings, problems, words ---------------------------------------------------------------------


def settings() -> Iterator[str]:
    """Every key that config.toml may have, as `[section] key`."""
    for section, kept in msgspec.structs.asdict(Config()).items():
        if isinstance(kept, Table):
            yield from (f"[{section}] {key}" for key in keys_of(type(kept)))
    yield from (f"[jobs.NAME] {key}" for key in keys_of(JobSection))
    yield "[sources.NAME] enabled"


def described_settings() -> set[str]:
    """The keys of the table of settings, each with its section."""
    found: set[str] = set()
    for row in re.findall(r"^\| (`\[.*?) \|", part(OPERATING, "## Settings"), re.M):
        section = ""
        for word in re.findall(r"`([^`]+)`", row):
            section, key = word.rsplit(" ", 1) if " " in word else (section, word)
            found.add(f"{section} {key}")
    return found


def test_every_setting_is_described_and_stands_in_the_default_configuration() -> None:
    assert set(settings()) <= described_settings()
    default = (ROOT / "config.toml").read_text(encoding="utf-8")
    assert [
        key for key in settings() if not re.search(rf"^(?:# )?{key.split()[1]} = ", default, re.M)
    ] == []


def test_no_setting_is_described_that_does_not_exist() -> None:
    options = {
        word for code in CODE.values() for word in re.findall(r'options(?:\.get\(|\[)"(\w+)"', code)
    }
    left = described_settings() - set(settings()) - {"[precedence] default", "[precedence] FIELD"}
    named_sources = {f"[sources.{name}]" for name in sources.names()}
    assert [
        key for key in left if key.split()[0] not in named_sources or key.split()[1] not in options
    ] == []


def errors(kind: type[SyncerError] = SyncerError) -> Iterator[str]:
    for each in kind.__subclasses__():
        if each.__module__ == "syncer.errors":
            yield each.__name__
            yield from errors(each)


def problems() -> set[str]:
    """The names of problems that are not errors, as the code gives them."""
    calls = (
        node
        for code in CODE.values()
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call)
    )
    heads = (
        c.args[0]
        for c in calls
        if isinstance(c.func, ast.Name) and c.func.id == "Problem" and c.args
    )
    said = (
        each
        for head in heads
        for each in ((head.body, head.orelse) if isinstance(head, ast.IfExp) else (head,))
    )
    return {
        each.value
        for each in said
        if isinstance(each, ast.Constant) and each.value and isinstance(each.value, str)
    }


def test_every_named_problem_is_explained_and_no_other() -> None:
    assert named(part(OPERATING, "### Problems and their names")) == {*errors(), *problems()}


@pytest.mark.parametrize(
    "words", [RecordKind, EventKind, Change, Absence], ids=lambda words: words.__name__
)
def test_every_word_of_a_change_has_its_row(words: type[StrEnum]) -> None:
    assert {str(word) for word in words} <= named(CHANGES)


@pytest.mark.parametrize("words", [Grade, Area], ids=lambda words: words.__name__)
def test_every_grade_and_area_is_named(words: type[StrEnum]) -> None:
    assert [
        word for word in words if f"`{word}`" not in part(CHANGES, "## Grades and absences")
    ] == []


def test_the_example_of_each_change_is_in_the_words_of_a_digest() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", CHANGES, re.M))
    assert [change for change, words in CHANGE_WORDS.items() if words not in rows[change]] == []


def test_every_key_of_the_json_is_described() -> None:
    keys = [column.name for column in views.CHANGE_COLUMNS]
    heading = "## Every key of `changes --format jsonl`"
    assert re.findall(r"^\| `(\w+)` \|", part(CHANGES, heading), re.M) == keys
    assert re.findall(r'"(\w+)": ', blocks(CHANGES, "json")[0]) == keys


# -- How it works ----------------------------------------------------------------------------------


def test_the_flow_is_that_of_the_pipeline() -> None:
    flow = [line for line in (pipeline.__doc__ or "").splitlines() if "→" in line]
    assert len(flow) == 3 and all(line.strip() in HOW for line in flow)


def test_the_tree_of_files_is_the_real_one() -> None:
    done = subprocess.run(
        [sys.executable, "tools/tree.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_rule_that_the_code_refers_to_is_there() -> None:
    here = {f"{n}" for n in re.findall(r"^## (\d+)\. ", HOW, re.M)}
    for section in ("5. Rules of truth", "6. Rules of alarm", "7. Rules of delivery"):
        here |= {
            f"{section[0]}.{n}" for n in re.findall(r"^(\d+)\. ", part(HOW, f"## {section}"), re.M)
        }
    for code in CODE.values():
        for words in re.findall(r"DESIGN ([^);:.]*§[^);:]*)", code):
            assert {n.rstrip(".") for n in re.findall(r"§(\d+(?:\.\d+)?)", words)} <= here


def test_every_job_is_in_the_timetable() -> None:
    assert named(part(OPERATING, "## The timetable")) == set(job_names())


def test_every_decision_has_a_day() -> None:
    rows = part(HOW, "## Decisions").strip().splitlines()[-1:0:-1]
    decided = [row for row in rows if row.startswith("| ") and not row.startswith("| day")]
    assert decided and all(re.match(r"\| 20\d\d-\d\d-\d\d \| .+ \| .+ \|$", row) for row in decided)


# -- The pages themselves --------------------------------------------------------------------------


def anchor(heading: str) -> str:
    """The address of a heading on its page, as repository sites make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    for target, _, place in (
        link.partition("#")
        for link in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", PAGES[page])
    ):
        file = (ROOT / page).parent / target if target else ROOT / page
        assert file.exists(), target
        headings = (
            [anchor(h) for h in re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.M)]
            if place
            else []
        )
        assert not place or place in headings, f"{target}#{place}"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_plain(page: str) -> None:
    text = PAGES[page]
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    assert [
        line for line in outside.splitlines() if len(line) > 140 and not line.startswith("|")
    ] == []
    assert not re.search(r"[\U0001F300-\U0001FAFF\u2600-\u27BF]", text), "no emoji"
    assert not re.search(r"(?<![\w.])/(?:home|root|tmp|work)/|pypi\.|pythonhosted", text)


# -- The source in CONTRIBUTING --------------------------------------------------------------------

GRANTS = """<!doctype html><html><title>Grants</title><body><main><h1>Grants</h1><table>
<tr><th>Authority</th><th>Grant</th><th>Amount</th><th>Awarded</th></tr>
<tr><td>Leeds City Council</td><td>Family Hubs</td><td>{pounds}</td><td>3 March 2026</td></tr>{more}</table></main></body></html>"""
NOBODY = "<tr><td>Leeds United</td><td>Family Hubs</td><td>£1</td><td>3 March 2026</td></tr>"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code to which what CONTRIBUTING says was done: the file, and its site."""
    tree = tmp_path_factory.mktemp("tree")
    for folder in ("syncer", "jobs", "templates"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "config.toml", tree)
    source, site = blocks(CONTRIBUTING, "python")
    (tree / "syncer" / "sources" / "example_grants.py").write_text(source, encoding="utf-8")
    config = tree / "syncer" / "config.py"
    text, last = config.read_text(encoding="utf-8"), "    council_papers: Addresses = ()\n"
    assert last in text
    config.write_text(text.replace(last, last + site), encoding="utf-8")
    return tree


def test_the_source_of_the_page_reads_silently_then_one_change_then_says_what_it_cannot_read(
    tree: Path, tmp_path: Path
) -> None:
    (tmp_path / "try.toml").touch()

    def run(*words: str, day: str) -> subprocess.CompletedProcess[str]:
        return syncer(*words, "--config", str(tmp_path / "try.toml"), "--now", day, at=tree)

    with Web() as web:
        (tmp_path / "try.toml").write_text(
            f'[sites]\nexample_grants = "{web.url()}"\n[fetch]\ndelay_seconds = 0\n',
            encoding="utf-8",
        )
        web.page("/grants", GRANTS.format(pounds="£505,200", more="").encode())
        assert (
            "example_grants: ok, 2 requests, 1 records, 0 events"
            in run("sync", "example_grants", day="2026-05-01").stderr
        )
        web.page("/grants", GRANTS.format(pounds="£605,200", more=NOBODY).encode())
        second = run("sync", "example_grants", day="2026-05-02")
        assert (second.returncode, "1 events" in second.stderr, "NotACouncil" in second.stderr) == (
            1,
            True,
            True,
        )
    verified = run("verify", "1", day="2026-05-02")
    assert (
        verified.stdout.startswith("Leeds: amount: 505200 → 605200")
        and "  confirmed: " in verified.stdout
    )


def test_the_source_of_the_page_fits_the_budget_and_the_shape() -> None:
    source = blocks(CONTRIBUTING, "python")[0]
    functions = {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    assert {"fetch", "parse"} <= functions and len(source.splitlines()) <= 200
    assert max(map(len, source.splitlines())) <= 140

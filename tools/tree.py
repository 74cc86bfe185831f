"""Write the tree of files into docs/how-it-works.md, from the first sentence of every package and
module.

python tools/tree.py            writes it
python tools/tree.py --check    exits with 1 where the page shows another tree
"""

from __future__ import annotations

import ast
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "how-it-works.md"
BEGIN, END = "<!-- tree: written by tools/tree.py -->\n", "<!-- end of tree -->\n"
WIDTH, COLUMN = 118, 20


def first_sentence(path: Path) -> str:
    """The first sentence of a module's docstring, on one line; empty where it has none."""
    text = " ".join(
        (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")
        .split("\n\n")[0]
        .split()
    )
    for end in (". ", "? "):
        head, found, _ = text.partition(end)
        text = head + end.strip() if found else text
    return text.removesuffix(".")


def _line(depth: int, name: str, says: str) -> list[str]:
    start = "  " * depth + name
    lines = textwrap.wrap(says, WIDTH - COLUMN) or [""]
    return [f"{start:<{COLUMN}}{lines[0]}".rstrip(), *(" " * COLUMN + line for line in lines[1:])]


def _folder(folder: Path, depth: int) -> list[str]:
    """A package: its question, the names of its files, and the packages in it."""
    lines = _line(depth, folder.name + "/", first_sentence(folder / "__init__.py"))
    files = sorted(
        p.name
        for p in folder.iterdir()
        if p.suffix in (".py", ".csv", ".json") and p.name != "__init__.py"
    )
    names = textwrap.wrap("  ".join(files), WIDTH - COLUMN - 2)
    lines += [" " * (COLUMN + 2) + line for line in names]
    for inner in sorted(p for p in folder.iterdir() if (p / "__init__.py").exists()):
        lines += _folder(inner, depth + 1)
    return lines


def tree() -> str:
    """The whole tree, as an indented block of Markdown."""
    package = ROOT / "syncer"
    lines = ["syncer/"]
    for path in sorted(package.glob("*.py")):
        if path.name != "__init__.py":
            lines += _line(1, path.name, first_sentence(path))
    for folder in sorted(p for p in package.iterdir() if (p / "__init__.py").exists()):
        lines += _folder(folder, 1)
    lines += _line(0, "jobs/", first_sentence(ROOT / "jobs" / "__init__.py"))
    lines += _line(0, "templates/", "the words and the look of every message")
    lines += _line(0, "config.toml", "the commented default configuration, which runs as it is")
    return "".join(f"    {line}".rstrip() + "\n" for line in lines)


def main() -> int:
    """Write the tree, or with `--check` compare it; 1 where the page differs."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    right = f"{before}{BEGIN}\n{tree()}\n{END}{after}"
    if right == page:
        return 0
    if "--check" in sys.argv[1:]:
        print(
            "docs/how-it-works.md shows another tree of files: run python tools/tree.py",
            file=sys.stderr,
        )
        return 1
    PAGE.write_text(right, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

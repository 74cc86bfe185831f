"""Measure how the code is built, and fail where it is over the budget (`make check` runs this).

    python tools/house.py               the figures; exit 1 where one is over the budget
    python tools/house.py --most 40     more of the functions that are over it

Counted are `syncer` and `jobs`. A function is measured by its body, without its docstring and with
all that lies in it. Cyclomatic complexity counts if, loop, except, case, conditional expression and
comprehension as one each.
"""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
BRANCHES = (
    ast.If,
    ast.For,
    ast.While,
    ast.ExceptHandler,
    ast.IfExp,
    ast.comprehension,
    ast.match_case,
)
WIDTH = 100
BUDGET = {
    "files flat in syncer/": 14,
    "AST nodes a line, median function": 9,
    "lines over 100 columns": 0,
    "fmt: skip or off": 5,
    "AST nodes a function, median": 45,
    "AST nodes a function, 90 %": 140,
    "functions with complexity over 12": 0,
    "import circles": 0,
}


@dataclass(frozen=True)
class Function:
    """One function: where it stands, its AST nodes, its lines and its cyclomatic complexity."""

    where: str
    nodes: int
    lines: int
    complexity: int


def files() -> list[Path]:
    """Every module of the product."""
    return sorted(p for folder in ("syncer", "jobs") for p in (ROOT / folder).rglob("*.py"))


def functions(path: Path) -> Iterator[Function]:
    """Every function and method of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            if not body:
                continue
            inside = [each for statement in body for each in ast.walk(statement)]
            where = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
            lines = (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1
            branches = 1 + sum(isinstance(each, BRANCHES) for each in inside)
            yield Function(where, len(inside), lines, branches)


def _module(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


def _imported(path: Path, known: set[str]) -> set[str]:
    """The modules of ours that a module imports at its top: what has to be loaded before it."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{a.name}" for a in node.names} & known or {node.module}
    return found & known


def circles() -> list[set[str]]:
    """The groups of modules that import each other in a circle."""
    paths = {_module(path): path for path in files()}
    edges = {name: _imported(path, set(paths)) - {name} for name, path in paths.items()}
    reached = {name: _reach(name, edges) for name in edges}
    groups = {frozenset({n, *(m for m in reached[n] if n in reached[m])}) for n in edges}
    return [set(group) for group in groups if len(group) > 1]


def _reach(start: str, edges: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    new = edges[start]
    while new:
        found |= new
        new = set[str]().union(*(edges[n] for n in new)) - found
    return found


def measure(found: list[Function]) -> dict[str, float]:
    """Every figure of the budget."""
    texts = [path.read_text(encoding="utf-8") for path in files()]
    lines = [line for text in texts for line in text.splitlines()]
    nodes = sorted(f.nodes for f in found)
    return {
        "files flat in syncer/": len(list((ROOT / "syncer").glob("*.py"))),
        "AST nodes a line, median function": round(median(f.nodes / f.lines for f in found), 1),
        "lines over 100 columns": sum(len(line) > WIDTH for line in lines),
        "fmt: skip or off": sum(bool(re.search(r"#\s*fmt:\s*(skip|off)", x)) for x in lines),
        "AST nodes a function, median": median(nodes),
        "AST nodes a function, 90 %": nodes[int(len(nodes) * 0.9)],
        "functions with complexity over 12": sum(f.complexity > 12 for f in found),
        "import circles": len(circles()),
    }


def main() -> int:
    """Print the figures; 1 where one is over its budget."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--most", type=int, default=12, help="how many heavy functions to name")
    most = options.parse_args().most
    found = [function for path in files() for function in functions(path)]
    figures = measure(found)
    for name, figure in figures.items():
        over = "   OVER" if figure > BUDGET[name] else ""
        print(f"{name:36}{figure:8}   at most {BUDGET[name]}{over}")
    if any(figure > BUDGET[name] for name, figure in figures.items()):
        for circle in circles():
            print("in a circle: " + ", ".join(sorted(circle)))
        for each in sorted(found, key=lambda f: (f.complexity > 12, f.nodes), reverse=True)[:most]:
            print(f"  {each.nodes:5} nodes {each.complexity:3} branches  {each.where}")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

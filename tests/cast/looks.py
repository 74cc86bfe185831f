"""How a page is looked at by machines: what axe-core finds, and what is wider than the screen.

The validator and axe-core come from npm (`.ci/run` installs them)."""

from __future__ import annotations

import sys
from pathlib import Path

PACKAGES = Path(sys.prefix) / "site-checks" / "node_modules"
AXE, VALIDATOR = (
    PACKAGES / "axe-core" / "axe.min.js",
    PACKAGES / "vnu-jar" / "build" / "dist" / "vnu.jar",
)
RUN_AXE = """axe.run(document, {resultTypes: ["violations"]}).then(found => found.violations.map(
  each => [each.id, each.help, each.nodes.slice(0, 3).map(node => node.html.slice(0, 160))]))"""
WIDE = """[...document.body.querySelectorAll("*")].filter(node => !node.closest(".scroll, .skip, svg")
  && node.getBoundingClientRect().right > innerWidth + 0.5).map(node => node.outerHTML.slice(0, 120))"""
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"
HIDDEN = """[...document.querySelectorAll("main a, main td, main p, main li, main h2")].filter(
  node => !node.closest("details:not([open])") && !node.checkVisibility()).map(
  node => node.outerHTML.slice(0, 120))"""

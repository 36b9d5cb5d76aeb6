"""axe-core (npm, a tool of development) on the pages, light and dark: no violation that is ours.

Deque Systems: axe-core, https://github.com/dequelabs/axe-core. Without it these tests are skipped, unless
CNNVIZ_REQUIRE_JS=1.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from pages.shared.navigation import ROWS
from tests.support import ROOT
from tests.support.browser import idle, settled
from tests.support.browser_fixtures import FOLLOWS
from tests.support.exhaustive import sample

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
LOOKS = 5
PAGES = sample((row.url_path for row in ROWS), ("", "kernels", "pooling", "architectures", "questions"))
FOUND = """() => axe.run(document, { resultTypes: ["violations"] }).then(found =>
  found.violations.flatMap(one => one.nodes.map(node =>
    [one.id, node.target.flat().join(" "), node.html.slice(0, 160)])))"""
SMALL = """() => {  // what is written smaller than 12 pixels, in shadow trees, too
  const found = []
  const look = root => {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const of = texts.currentNode.parentElement
      const text = texts.currentNode.data.replace(/[\\s\\u200b]+/g, " ").trim()
      if (!of || !text || !of.checkVisibility({ visibilityProperty: true })) continue
      const size = parseFloat(getComputedStyle(of).fontSize)
      if (size < 11.99 && of.getClientRects().length) found.push(`${size}: ${text.slice(0, 40)}`)
    }
    for (const one of root.querySelectorAll("*")) if (one.shadowRoot) look(one.shadowRoot)
  }
  look(document.body)
  return found
}"""
RUN = "mnist-lenet5-df3d2154"
PARTS = {
    "lab": ("training_lab?lab.part=Compare+runs", f"training_lab?lab.part=Inside&lab.run={RUN}"),
    "why": (
        f"attribution?network=run:{RUN}&attribution.slower=smoothgrad", "attribution?attribution.part=shortcut",
        f"looks_for?network=run:{RUN}",
        f"image_map?network=run:{RUN}&image_map.images=digits&image_map.count=100",
    ),
    "blocks": ("blocks?blocks.part=Inception", "blocks?blocks.part=Residual"),
}  # fmt: skip
# Streamlit's own: rule, and what is in the selector or the markup of the element.
THEIRS: tuple[tuple[str, str], ...] = ()
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", PAGES)
def test_no_violation_is_ours(app: tuple[str, int], open_page: Callable[..., Any], path: str) -> None:
    _is_accessible(open_page(f"{app[0]}/{path}"), path)


@pytest.mark.parametrize("paths", PARTS.values(), ids=PARTS)
def test_nor_on_a_part_that_is_not_a_pages_first(
    app: tuple[str, int], open_page: Callable[..., Any], paths: tuple[str, ...]
) -> None:
    page = open_page(f"{app[0]}/{paths[0]}")
    for number, path in enumerate(paths):
        if number:
            page.goto(f"{app[0]}/{path}")
        _is_accessible(page, path)


def _is_accessible(page: Any, path: str) -> None:
    """Light and dark: what axe-core finds is Streamlit's, and no text is smaller than 12 pixels."""
    if not AXE.is_file():
        if os.environ.get("CNNVIZ_REQUIRE_JS") == "1":
            pytest.fail("axe-core is not there: npm ci")
        pytest.skip("axe-core is not there: npm ci")
    idle(page)
    page.wait_for_function("window.__cnnvizMarkup")  # what completes Streamlit's markup is there
    page.evaluate(AXE.read_text("utf-8"))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(FOLLOWS, arg=scheme)
        settled(page)
        for _ in range(LOOKS):  # what is being painted anew may have the other appearance's colours for a moment
            found = [one for one in page.evaluate(FOUND) if not _theirs(*one)]
            if not found:
                break
            settled(page)
        assert not found, f"{path}, {scheme}:\n" + "\n".join(" | ".join(one) for one in found)
    small = page.evaluate(SMALL)
    assert not small, f"{path}: " + ", ".join(small)


def _theirs(rule: str, target: str, markup: str) -> bool:
    return any(rule == name and part in target + markup for name, part in THEIRS)

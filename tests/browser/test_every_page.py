"""Every part of every page in Chromium, light and dark, laptop and phone: nothing raised, cut off or left blank."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from pages.shared.navigation import ROWS
from tests.support import ROOT
from tests.support.browser import chosen, idle, rerun, settled
from tests.support.browser_fixtures import SIZES
from tests.support.waiting import until

SHOTS = ROOT / "tests" / "screenshots"
PAGES = [row.url_path for row in ROWS if row.url_path]  # Explore: test_journey.py
WIDER = """() => {
  const main = document.querySelector('[data-testid="stMain"]')
  return main.scrollWidth - main.clientWidth
}"""
INSIDE = "boxes => boxes.every(box => box.getBoundingClientRect().right <= innerWidth + 1)"
PARTS = '[class*="st-key-"][class*="-part"] [role=radio]'
WHOLE = ("batch_norm_rates", "experiments", "image_map", "overfitting", "questions")  # pages without parts
DARK = """() => {
  const [r, g, b] = getComputedStyle(document.querySelector('[data-testid="stApp"]')).backgroundColor.match(/\\d+/g)
  return 0.3 * r + 0.59 * g + 0.11 * b < 128
}"""
LEGIBLE = """() => {  // every number along every Plotly axis, 4.5 : 1 on the page's background (WCAG)
  const luminance = colour => {
    const linear = colour.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255)
      .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }
  const ground = luminance(getComputedStyle(document.querySelector('[data-testid="stApp"]')).backgroundColor)
  return [...document.querySelectorAll(".js-plotly-plot .xtick text, .js-plotly-plot .ytick text")].every(text => {
    const [dark, bright] = [ground, luminance(getComputedStyle(text).fill)].sort((a, b) => a - b)
    return (bright + 0.05) / (dark + 0.05) >= 4.5
  })
}"""
OPEN = """rows => rows.flatMap(row => [...row.querySelectorAll("[role=radio]")]).filter(button => {
  const { borderTopColor, borderRightColor, borderLeftColor } = getComputedStyle(button)
  return button.ariaChecked !== "true" && new Set([borderTopColor, borderRightColor, borderLeftColor]).size > 1
}).map(button => button.innerText)"""  # choices whose borders at the sides are others than the one on top
ALL = os.environ.get("CNNVIZ_SCREENSHOTS") == "1"  # for whoever wants to look: each size in each appearance
SEEN = tuple(itertools.product(SIZES, ("light", "dark"))) if ALL else (("laptop", "light"), ("phone", "dark"))
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", PAGES)
def test_page(app: tuple[str, int], open_page: Callable[..., Any], path: str) -> None:
    page = open_page(f"{app[0]}/{path}")
    idle(page)
    for size, scheme in SEEN:
        page.set_viewport_size(SIZES[size])
        page.emulate_media(color_scheme=scheme)
        settled(page)
        assert until(lambda: page.locator("h1").first.inner_text())
        expect(page.locator('[data-testid="stException"]')).to_have_count(0)
        assert until(lambda: page.evaluate(WIDER) <= 0), "the page scrolls sideways"
        assert until(lambda dark=scheme == "dark": page.evaluate(DARK) == dark), (
            "the page does not follow the appearance"
        )
        assert until(lambda: page.evaluate(LEGIBLE)), "an axis keeps the other appearance's colour"
        if ALL:
            SHOTS.mkdir(exist_ok=True)
            page.screenshot(path=SHOTS / f"{path}-{size}-{scheme}.png", full_page=True)
    if path not in WHOLE:
        page.locator(PARTS).first.wait_for()
    parts = page.locator(PARTS).all()
    assert bool(parts) == (path not in WHOLE)
    for part in parts[1:]:
        _nothing_leaves(page, part)


def _nothing_leaves(page: Any, part: Any) -> None:
    """Open another part of the page and look at it where it is narrow and dark."""
    name = part.inner_text()
    with rerun(page):
        chosen(part)
    expect(page.locator('[data-testid="stException"]'), name).to_have_count(0)
    assert until(lambda: page.evaluate(WIDER) <= 0), f"{name} scrolls sideways"
    assert until(lambda: page.locator(".cnnviz").evaluate_all(INSIDE)), f"a component of {name} leaves the page"
    rows = page.locator('[data-testid="stMain"] [role=radiogroup]')
    assert until(lambda: rows.evaluate_all(OPEN) == []), f"of {name}: {rows.evaluate_all(OPEN)} lack a border"
    expect(page.locator(".cnnviz-term-card"), f"{name} is covered by a word of the part before").to_have_count(0)

"""Present mode on a projector, 1280 × 720: every part of every page, text of 20 pixels, no drawing cut by the fold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pages.shared.navigation import ROWS
from tests.support.browser import rerun, settled
from tests.support.exhaustive import sample
from tests.support.waiting import until

pytestmark = pytest.mark.browser
PROJECTOR = {"width": 1280, "height": 720}
BAR = 50  # pixels
PAGES = sample((row.url_path for row in ROWS), ("gradients", "degradation"))
WRITES = """() => {  // every text that is drawn on a canvas, with the pixels of the screen that its type is high
  window.__written = new Map()
  for (const name of ["fillText", "strokeText"]) {
    const draw = CanvasRenderingContext2D.prototype[name]
    CanvasRenderingContext2D.prototype[name] = function (text, ...place) {
      const size = Number(this.font.match(/([\\d.]+)px/)?.[1] ?? 10)
      const scale = Math.hypot(this.getTransform().c, this.getTransform().d)
      if (String(text).trim()) {
        const all = window.__written.get(this.canvas) ?? new Map()
        const { width, height } = this.canvas  // another size empties the canvas
        all.set(String(text), { share: size * scale / height, width, height })
        window.__written.set(this.canvas, all)
      }
      return draw.call(this, text, ...place)
    }
  }
}"""
# Tables scroll, and what lies under a drawer or at the page's foot is not presented. Of a formula one copy is read out.
LOOKED_THROUGH = "summary, details:not([open]) *, [data-testid=stDataFrame] *, .cnnviz-presenting *, .katex-mathml *"
# Sheets of many tiles, and lists: they go on below the fold and are scrolled, as no type of 20 pixels would fit.
TALLER = {"data/Images", "dropout/The mask", "architectures/X-ray", "own_model/Layer by layer"}
SMALL = """([most, without]) => {
  const found = []
  const seen = box => box.width > 0 && box.height > 0
  const zoomed = of => {  // an element's type as the screen has it: through every `zoom` around it
    const box = of.getBoundingClientRect()
    return of.offsetHeight ? box.height / of.offsetHeight : (of.currentCSSZoom ?? 1)
  }
  const look = root => {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const of = texts.currentNode.parentElement
      const text = texts.currentNode.data.replace(/[\\s\\u200b]+/g, " ").trim()
      if (!of || !text || of.closest("style, script, title, desc")) continue
      if (!of.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || of.closest(without)) continue
      const range = document.createRange()
      range.selectNodeContents(texts.currentNode)
      const box = range.getBoundingClientRect()
      if (!seen(box) || box.width < 2 || box.height < 2) continue
      let size = parseFloat(getComputedStyle(of).fontSize)
      const matrix = of.getScreenCTM?.()
      size *= matrix ? Math.hypot(matrix.c, matrix.d) : of.currentCSSZoom ?? 1
      if (size < most - 0.2) found.push(`${size.toFixed(1)}: ${text.slice(0, 50)}`)
    }
    for (const one of root.querySelectorAll("*")) if (one.shadowRoot) look(one.shadowRoot)
  }
  look(document.querySelector('[data-testid="stMain"]'))
  for (const [canvas, all] of window.__written) {
    const box = canvas.getBoundingClientRect()
    if (!canvas.isConnected || !seen(box) || !canvas.checkVisibility()) continue
    for (const [text, { share, width, height }] of all) {
      const size = share * box.height
      const drawn = canvas.width === width && canvas.height === height
      if (drawn && size < most - 0.2) found.push(`canvas ${size.toFixed(1)}: ${text.slice(0, 50)}`)
    }
  }
  return [...new Set(found)]
}"""
CUT = """() => {  // the first drawing: where it, or the picture in one that is higher than the room, begins and ends
  const kinds = ["stBidiComponentIsolated", "stBidiComponentRegular", "stPlotlyChart", "stImage"]
  const drawn = kinds.map(kind => `[data-testid="${kind}"]`).join()
  const around = ".st-key-course-way, .st-key-course-foot, .st-key-predict-panel, .st-key-unseen"
  const main = document.querySelector('[data-testid="stMain"]')
  const all = [...main.querySelectorAll(drawn)].filter(one => !one.closest(around))
  const first = all.find(one => one.getBoundingClientRect().height >= 180)
  if (!first) return null
  const boxes = []
  const look = root => {
    for (const one of root.querySelectorAll("canvas, svg, img")) {
      const box = one.getBoundingClientRect()
      if (box.width > 180 && box.height > 90 && one.checkVisibility()) boxes.push(box)
    }
    for (const one of root.querySelectorAll("*")) if (one.shadowRoot) look(one.shadowRoot)
  }
  look(first.shadowRoot ?? first)
  const whole = first.getBoundingClientRect()
  const { top, bottom } = whole.height > window.innerHeight - 58 && boxes.length ? boxes[0] : whole
  return [top, bottom].map(Math.round)
}"""

WHOLE = "one => one.scrollWidth <= one.clientWidth"
# Tables and charts that reach out of their place, over what comes next, labels of switches that are cut, and words of
# a legend over each other.
OVER = """() => {
  const main = document.querySelector('[data-testid="stMain"]')
  const out = [...main.querySelectorAll('[data-testid="stDataFrame"], [data-testid="stPlotlyChart"]')].filter(one => {
    const place = one.closest('[data-testid="stElementContainer"]').getBoundingClientRect()
    const inks = [...one.querySelectorAll("canvas, .main-svg")].map(ink => ink.getBoundingClientRect().bottom)
    return one.checkVisibility() && Math.max(...inks) > place.bottom + 2
  })
  const labels = [...main.querySelectorAll('[data-testid="stCheckbox"] p')]
  const cut = labels.filter(one => one.scrollWidth > one.clientWidth)
  const within = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4
  const close = [...main.querySelectorAll(".js-plotly-plot .legend")].flatMap(legend => {
    const texts = [...legend.querySelectorAll(".legendtext")]
    const boxes = texts.map(text => text.getBoundingClientRect())
    return texts.filter((_, at) => boxes.slice(0, at).some(before => within(before, boxes[at])))
  })
  return [...out, ...cut, ...close].map(one => one.textContent?.slice(0, 40) || one.dataset.testid)
}"""


def is_whole(drawing: tuple[int, int] | None) -> bool:
    """Whether it stands between the bar and the fold."""
    return drawing is None or (drawing[0] >= BAR and drawing[1] <= PROJECTOR["height"])


@pytest.mark.parametrize("path", PAGES)
def test_every_part_is_read_from_the_last_row_and_drawn_above_the_fold(
    app: tuple[str, int], open_page: Callable[..., Any], path: str
) -> None:
    page = open_page(f"{app[0]}/{path}?present=1")
    page.set_viewport_size(PROJECTOR)
    page.add_init_script(f"({WRITES})()")
    page.reload()
    onward = page.locator(".st-key-course-next button")
    while True:
        page.locator(".cnnviz-presenting .said").wait_for()
        settled(page)
        said = page.locator(".cnnviz-presenting .said").inner_text()
        assert until(lambda: page.locator(".cnnviz-presenting .said").evaluate(WHOLE)), f"{said} is cut"
        assert until(lambda: page.evaluate(OVER) == []), (said, page.evaluate(OVER))
        assert until(lambda: page.evaluate(SMALL, [20, LOOKED_THROUGH]) == []), (
            said,
            page.evaluate(SMALL, [20, LOOKED_THROUGH]),
        )
        if f"{path}/{said.rpartition(' · ')[2]}" not in TALLER:
            assert until(lambda: is_whole(page.evaluate(CUT))), (said, page.evaluate(CUT))
        if not onward.count():
            return
        with rerun(page):
            page.keyboard.press("PageDown")

"""Training choices: the race is scrubbed and read off in the browser; other noise of gradients needs the server."""

from __future__ import annotations

import time
from typing import Any

from tests.support.gestures import SCRUB, painted

PATH = "training_choices?choices.part=Optimisers"
STAGE = ".race .stage[data-painted]"
POINT = """(canvas, share) => new Promise(resolve => {
  const box = canvas.getBoundingClientRect(), since = performance.now()
  canvas.dispatchEvent(new PointerEvent("pointermove",
    { clientX: box.left + 60 + share * (box.width - 80), clientY: box.top + 60, bubbles: true, pointerType: "mouse" }))
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))
})"""
SAID = """before => [...document.querySelectorAll('[data-testid="stMarkdown"]')]
  .some(one => one.textContent.startsWith("The gradients are") && one.textContent !== before)"""


def in_browser(page: Any) -> list[float]:
    """Seconds from another place of the race, or a pointer on it, to the frame with curves and words there."""
    painted(page, STAGE)
    slider, canvas = page.locator(".race .scrub").first, page.locator(".race .stage canvas").first
    scrubbed = [slider.evaluate(SCRUB, str(20 * step)) / 1000 for step in range(1, 16)]
    return scrubbed + [canvas.evaluate(POINT, step / 15) / 1000 for step in range(15)]


def by_server(page: Any) -> list[float]:
    """Seconds from a key on the slider of the noise to the words about the new steps."""
    painted(page, STAGE)
    words = page.locator('[data-testid="stMarkdown"]', has_text="The gradients are").first
    slider = page.locator(".st-key-choices-noisy [role=slider], .st-key-choices-noisy input[type=range]").first
    found = []
    for turn in range(10):
        before = words.text_content()
        slider.focus()
        since = time.perf_counter()
        page.keyboard.press("ArrowRight" if turn < 5 else "ArrowLeft")
        page.wait_for_function(SAID, arg=before, polling=10)
        found.append(time.perf_counter() - since)
        page.wait_for_timeout(500)
    return found

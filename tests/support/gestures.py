"""What a person does on each page, as the browser tests and `benchmarks.pages` do it: one file a page.

A file names its page's address (`PATH`) and has two functions, each called with an opened, idle Playwright page:
`in_browser(page)` repeats a gesture that must be answered without the server (hover, drag, scrub) and returns seconds,
measured in the page itself from the event to the frame after the answer was drawn; `by_server(page)` changes a control
that needs the server and returns seconds until the new result is painted. At least nine repeats each. Where
`CHECKED_AFTERWARDS` is true, what was answered in the browser is then checked by the server, so the script runs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

RERUNS = """() => {
  const app = document.querySelector('[data-testid="stApp"]')
  window.__reruns = 0
  window.__watch?.disconnect()
  window.__watch = new MutationObserver(() => { if (app.dataset.testScriptState === "running") window.__reruns++ })
  window.__watch.observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] })
}"""
SETTLED = """([selector]) => {
  const find = root => {
    const here = root.querySelector(selector)
    if (here) return here
    for (const node of root.querySelectorAll("*"))
      if (node.shadowRoot) { const inside = find(node.shadowRoot); if (inside) return inside }
    return null
  }
  return Boolean(find(document))
}"""


# Another value of a slider, and the milliseconds to the frame after what it changed was drawn.
SCRUB = """(slider, value) => new Promise(resolve => {
  const since = performance.now()
  slider.value = value
  slider.dispatchEvent(new Event("input", { bubbles: true }))
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))
})"""
PLAYED_ON = """(button, shown) => new Promise(done => {
  let changes = 0
  new MutationObserver((_, watch) => {
    if (++changes < 3) return
    watch.disconnect()
    button.click()
    done()
  }).observe(shown, { attributes: true, childList: true, characterData: true, subtree: true })
  button.click()
})"""


ALONE = os.environ.get("CNNVIZ_ALONE") == "1"  # as `make exhaustive` runs every test in a browser


class Reran(AssertionError):
    """A gesture that must stay in the browser made the server run the script."""


@contextmanager
def no_rerun(page: Any) -> Iterator[None]:
    """Raises Reran if the page's script ran between entering and leaving."""
    page.evaluate(RERUNS)
    yield
    page.wait_for_timeout(150)  # that nothing comes can only be waited for
    count = page.evaluate("() => window.__reruns")
    if count:
        raise Reran(f"the script ran {count} times")


def quick(took: Sequence[float], bound: float) -> None:
    """Half of them took less than `bound`, in the unit of both. Held where no other test wants the machine.

    `make timed` holds one of each kind of gesture to its time at every change; this is for the others of its kind.
    """
    assert took
    if ALONE:
        assert sorted(took)[len(took) // 2] < bound


def played_on(button: Any, shown: Any) -> None:
    """Play, and Pause as soon as `shown` has changed three times, in the page itself: not when this process comes to
    it."""
    button.evaluate(PLAYED_ON, shown.element_handle())


def painted(page: Any, selector: str) -> None:
    """Until what `selector` names, wherever in the shadow trees, is there."""
    page.wait_for_function(SETTLED, arg=[selector], polling=20)

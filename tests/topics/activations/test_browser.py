"""The page on activation functions in Chromium: dragged, hovered, scrubbed and played without a rerun; both themes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from cnnviz.operations import activation
from cnnviz.topics.activations import dying_relu
from cnnviz.topics.activations.softmax import softmax
from cnnviz.topics.activations.zigzag import zigzag
from tests.support.browser import idle, reads, settled, turned
from tests.support.gestures import SCRUB, no_rerun, quick
from tests.support.waiting import until
from tests.topics.activations import gestures

pytestmark = pytest.mark.browser

LENET = "run:mnist-lenet5-df3d2154"
FRAME = "requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))"
OVER = f"""(target, [x, y]) => new Promise(resolve => {{
  const box = target.getBoundingClientRect(), since = performance.now()
  target.dispatchEvent(new PointerEvent("pointermove", {{
    clientX: box.left + x * box.width, clientY: box.top + y * box.height, bubbles: true, pointerType: "mouse" }}))
  {FRAME}
}})"""

INK = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
  return data.some(value => value)
}"""


def median(found: list[float]) -> float:
    return sorted(found)[len(found) // 2]


def numbers(text: str) -> str:
    return text.replace("−", "-")


@pytest.fixture
def part(app: tuple[str, int], keep_page: Any) -> Iterator[Any]:
    """part("Zig-zag", ".descent-pair", size=…, scheme=…) → the page with that part painted; one for all parts."""

    def opened(name: str, root: str, **options: str) -> Any:
        page = turned(keep_page(f"{app[0]}/activations?network={LENET}", **options), name)
        page.locator(f"{root}[data-painted]").wait_for()
        settled(page)
        return page

    return opened


# ----------------------------------------------------------------------------------------------------------- curves
@pytest.mark.timed
def test_dragging_x_answers_in_the_browser_with_the_librarys_numbers(part: Any) -> None:
    page = part("Curves", ".curve-drag")
    with no_rerun(page):
        took = gestures.in_browser(page)
        page.locator(".curve-drag .stage").press("Home")
        page.locator(".curve-drag .stage").press("Shift+ArrowRight")
        page.locator(".chips button", has_text="SiLU").click()
    assert median(took) < 0.05
    expect(page.locator(".stage")).to_have_attribute("data-at", "-5")
    assert until(lambda: float(page.locator(".apart").get_attribute("data-apart")) < 1e-12)
    row = numbers(page.locator("tbody tr[data-name=silu]").inner_text()).split()
    assert float(row[2]) == pytest.approx(float(activation.value("silu", -5.0)), rel=1e-3)
    assert float(row[3]) == pytest.approx(float(activation.slope("silu", -5.0)), rel=1e-3)
    expect(page.locator(".card .words")).to_contain_text("Saturated", use_inner_text=True)
    with no_rerun(page):
        page.locator(".chips button", has_text="PReLU").click()
        page.locator(".settings input").nth(1).evaluate(SCRUB, -0.5)
        page.locator(".chips button", has_text="sigmoid").first.click()
        page.locator("input.threshold").evaluate(SCRUB, -0.5)
        page.locator(".curve-drag .stage").press("Escape")
    card = page.locator(".card").inner_text()
    assert "σ(x) · (1 − σ(x)) = 0.5000 · 0.5000 = 0.2500" in card
    assert "Saturated" in card
    page.locator(".curve-drag .stage").press("Home")
    row = numbers(page.locator("tbody tr[data-name=prelu]").inner_text()).split()
    assert float(row[1]) == pytest.approx(float(activation.value("prelu", -6.0, -0.5)))


# ---------------------------------------------------------------------------------------------------------- softmax
def test_the_temperature_is_scrubbed_and_terms_light_up_their_logit(part: Any) -> None:
    page = part("Softmax", ".softmax-terms")
    with no_rerun(page):
        slider = page.locator("input.temperature")
        took = [slider.evaluate(SCRUB, power) / 1000 for power in np.linspace(-1, 1, 15)]
        slider.evaluate(SCRUB, np.log10(2.0).round(2))
        page.locator(".term[data-index='3']").hover()
        expect(page.locator(".softmax-terms tbody tr.lit")).to_have_attribute("data-index", "3")
    quick(took, 0.05)
    temperature = float(page.locator(".terms").get_attribute("data-temperature"))
    wanted = softmax(np.array([3.0, 1.0, 0.5, -1.0, 2.0]), temperature)
    shown = [float(numbers(row).split()[-1]) for row in page.locator(".softmax-terms tbody tr").all_inner_texts()]
    np.testing.assert_allclose(shown, wanted.probabilities, rtol=1e-3)
    assert until(lambda: float(page.locator(".apart").get_attribute("data-apart")) < 1e-14)


# ------------------------------------------------------------------------------------------------------ a real map
def test_functions_are_swapped_on_the_map_in_the_browser(part: Any) -> None:
    page = part("On a real map", ".activation-map")
    before = page.locator("canvas[data-map=before]")
    with no_rerun(page):
        took = [before.evaluate(OVER, [0.1 + 0.05 * step, 0.5]) / 1000 for step in range(15)]
        page.locator(".activation-map tbody tr[data-name=tanh]").click()
        channel = page.locator("input.channel")
        scrubbed = [channel.evaluate(SCRUB, value) / 1000 for value in (1, 2, 3, 4, 5, 4, 3, 2, 1)]
    quick(took, 0.05)
    quick(scrubbed, 0.05)
    card = page.locator(".activation-map .card")
    expect(card).to_have_attribute("data-name", "tanh")
    said = numbers(card.inner_text())
    x, value = (float(said.split(word)[1].split()[0].strip(",.")) for word in ("x =", "f(x) ="))
    assert value == pytest.approx(np.tanh(x), abs=2e-3)
    page.get_by_role("radio", name="Swapped in a network").click()
    page.get_by_text("It is replaced in 1 layer").first.wait_for()
    page.locator(".scores .row").nth(9).wait_for()  # five before, five after


def test_the_maps_stand_whole_above_the_fold(app: tuple[str, int], open_page: Any) -> None:
    page = open_page(f"{app[0]}/activations?activations.part=On+a+real+map")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator(".activation-map[data-painted]").wait_for()
    settled(page)
    controls = "[data-testid=stMain] :is([data-testid=stSelectbox], [data-testid=stPopover], [data-testid=stSlider])"
    below = {round(box["y"] + box["height"]) for one in page.locator(controls).all() if (box := one.bounding_box())}
    assert len(below) == 1, below  # one row
    ends = "maps => Math.max(...maps.map(map => map.getBoundingClientRect().bottom))"
    assert until(lambda: page.locator(".activation-map [data-map]").evaluate_all(ends) < 750)


# ------------------------------------------------------------------------------------------------ zig-zag and dying
def test_the_paths_are_scrubbed_played_and_counted(part: Any) -> None:
    page = part("Zig-zag", ".descent-pair")
    found = zigzag("sigmoid", rate=0.2, steps=100)
    with no_rerun(page):
        slider = page.locator(".descent-pair .player input")
        took = [slider.evaluate(SCRUB, step) / 1000 for step in range(0, 90, 6)]
        slider.evaluate(SCRUB, 7)
        said = numbers(reads(page.locator(".descent-pair .numbers").first))
        page.locator(".planes").press("Space")
        page.wait_for_function("step => Number(step.dataset.step) > 8", arg=page.locator(".planes").element_handle())
        page.get_by_role("button", name="Pause").click()
    quick(took, 0.05)
    pair = [float(part) for part in said.split("w = (")[1].split(")")[0].split(",")]
    np.testing.assert_allclose(pair, found.path[7], rtol=6e-3)
    assert "both weights move the same way" in said
    assert "same sign in 100 %" in said


def test_rates_and_steps_are_scrubbed_and_the_relu_dies(part: Any) -> None:
    page = part("Dying ReLU", ".dying-neuron")
    found = dying_relu.deaths(8, 3)
    place = int(np.flatnonzero(found.relu.dead_at >= 0)[0])
    verdict = page.locator(".verdict")
    expect(verdict).to_contain_text(f"dies at step {found.relu.dead_at[place]}:", use_inner_text=True)
    with no_rerun(page):
        rate = page.locator("input.rate")
        took = [rate.evaluate(SCRUB, value) / 1000 for value in range(2, 32, 2)]
        page.locator(".dying-neuron .player input").evaluate(SCRUB, 40)
        page.locator(".wide-chart").press("ArrowLeft")
        rate.evaluate(SCRUB, 12)
    quick(took, 0.05)
    expect(verdict).to_contain_text("lives", use_inner_text=True)
    active = f"active on {100 * found.relu.active[12, 40]:.1f} %"
    expect(page.locator(".dying-neuron .numbers").first).to_contain_text(active, use_inner_text=True)


# ------------------------------------------------------------------------------------------------------ looks
PARTS = {
    "Softmax": ".softmax-terms",
    "On a real map": ".activation-map",
    "Zig-zag": ".descent-pair",
    "Dying ReLU": ".dying-neuron",
    "Curves": ".curve-drag",
}


def test_on_a_phone_nothing_leaves_the_page_and_a_finger_moves_x(part: Any) -> None:
    page = part("Curves", ".curve-drag", size="phone", scheme="dark")
    for name, root in PARTS.items():
        page.get_by_role("radio", name=name).click()
        page.locator(f"{root}[data-painted]").wait_for()
        idle(page)
        assert until(lambda: page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"))
        assert until(
            lambda root=root: page.locator(root).evaluate("box => box.getBoundingClientRect().right <= innerWidth + 1")
        )
        drawn = page.locator(f"{root} canvas").first.evaluate(INK)
        assert drawn
    page.locator(".curve-drag .stage").tap(position={"x": 60, "y": 90})
    expect(page.locator(".stage")).to_have_attribute("data-at", re.compile(r"-[45]"))  # with the next frame

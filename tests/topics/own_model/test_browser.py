"""The builder in Chromium: layers are set, moved and removed at once, checked by Python, marked where they break."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from cnnviz.models import own_stack
from cnnviz.topics.own_model import costs
from tests.support.browser import idle, settled
from tests.support.gestures import painted
from tests.support.waiting import until
from tests.topics.own_model import gestures

pytestmark = pytest.mark.browser
WIDER = "() => document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth"


@pytest.fixture
def page_of(app: tuple[str, int], open_page: Callable[..., Any]) -> Callable[..., Any]:
    def opened(query: str = "", **options: str) -> Any:
        page = open_page(f"{app[0]}/{gestures.PATH}?{query}", **options)
        painted(page, gestures.BUILDER)
        idle(page)
        page.keyboard.press("Escape")
        settled(page)
        return page

    return opened


def column(page: Any, label: str) -> list[str]:
    found: list[str] = page.locator(f'.layer-builder [data-label="{label}"]').all_inner_texts()
    return found


def test_costs_are_the_librarys_and_a_change_is_checked(page_of: Callable[..., Any]) -> None:
    page = page_of()
    layers = [list(layer) for layer in own_stack.LENET5]
    entry = page.locator('.layer-builder input[name="channels"]').first
    entry.fill("9")
    entry.press("Enter")
    layers[0][1] = 9
    painted(page, gestures.BUILDER)
    found = costs.survey(tuple(tuple(layer) for layer in layers), (1, 28, 28), 10)
    assert column(page, "parameters") == [f"{layer.parameters:,}" for layer in found.layers]
    assert column(page, "multiply-adds") == [f"{layer.macs:,}" for layer in found.layers]
    assert column(page, "output") == [f"[{', '.join(map(str, layer.shape))}]" for layer in found.layers]
    expect(page.locator(".layer-builder .total")).to_contain_text(
        f"{found.parameters:,} parameters", use_inner_text=True
    )
    page.wait_for_url("**own_model.layers=conv*9*5*1*2*")


def test_what_breaks_is_marked_where_it_breaks_and_mended(page_of: Callable[..., Any]) -> None:
    page = page_of("own_model.layers=conv+6+5+1+2+1+1,flatten,relu,linear+0")
    page.locator('button[aria-label="Move up: layer 2"]').click()  # flatten before the convolution
    painted(page, gestures.BUILDER)
    expect(page.locator(".layer-builder li.wrong")).to_have_count(1)
    expect(page.locator(".layer-builder li.wrong .why")).to_contain_text(
        "The input is [784]. Expected 3D", use_inner_text=True
    )
    expect(page.locator(".layer-builder li.unreached")).to_have_count(2)
    page.get_by_role("button", name="Train it", disabled=True).wait_for()
    page.locator('button[aria-label="Remove: layer 2"]').click()
    painted(page, gestures.BUILDER)
    expect(page.locator(".layer-builder li.wrong")).to_have_count(0)
    expect(page.locator(".layer-builder .total")).to_contain_text("7,850 parameters", use_inner_text=True)


def test_another_start_takes_the_place_of_the_list(page_of: Callable[..., Any]) -> None:
    page = page_of()
    page.get_by_role("button", name="Small CNN").click()
    page.get_by_text("24,170 parameters").first.wait_for()
    expect(page.locator(".layer-builder .rows > li")).to_have_count(len(own_stack.SMALL_CNN))


def test_on_a_phone_nothing_scrolls_sideways(page_of: Callable[..., Any]) -> None:
    page = page_of(size="phone", scheme="dark")
    assert until(lambda: page.evaluate(WIDER) <= 0)
    assert until(
        lambda: page.locator(".layer-builder").evaluate(
            "box => [...box.querySelectorAll('*')].every(one => one.getBoundingClientRect().right <= innerWidth + 1)"
        )
    )
    expect(page.locator('[data-testid="stException"]')).to_have_count(0)

"""Two visitors in two browsers on one server: neither sees or stops the other's run; the teacher sees both.

What trains is a stand-in: real runs are trained in test_journey.py, and here they would take a core from the browsers.
Its process stays for a while when its run has ended, as one that has torch loaded does on a busy machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from cnnviz import visitors
from tests.support.browser import IDLE, WAIT, choose_page, open_training, opened_list, served, settled
from tests.support.browser_fixtures import SIZES
from tests.support.waiting import until

pytestmark = pytest.mark.browser
KEY = "the teacher's own key"
WIDER = """() => {
  const main = document.querySelector('[data-testid="stMain"]')
  return main.scrollWidth - main.clientWidth
}"""
STAND_IN = """import sys
from cnnviz.runs import supervision
supervision.COMMAND = (sys.executable, "-m", "tests.stand_in_worker", "0.2", "1.2")"""


@pytest.fixture(scope="module")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    given = {visitors.SHARED: "1", visitors.TEACHER: KEY}
    with served(runs=tmp_path_factory.mktemp("shared runs"), extra=given, first=STAND_IN) as (address, _):
        yield address


def test_the_first_link_of_a_server_opens_its_page_and_nothing_over_it(
    shared_app: str, open_page: Callable[..., Any]
) -> None:
    """First in this file, whose server has answered nobody yet."""
    page = open_page(f"{shared_app}/dropout")
    settled(page)  # what closes Streamlit's own dialog is there for five seconds
    expect(page.locator('[role="dialog"]')).to_have_count(0)
    expect(page.locator("body")).not_to_contain_text("Page not found", use_inner_text=True)
    page.set_viewport_size(SIZES["phone"])
    page.wait_for_function(f"({WIDER})() <= 0")
    page.set_viewport_size(SIZES["laptop"])
    choose_page(page, "Look", "Explore")  # nothing lies over the page


def visits(browser: Any, address: str) -> Any:
    """A page with the training beside it."""
    page = browser.new_page()
    page.set_default_timeout(WAIT)
    page.goto(address)
    page.wait_for_selector(IDLE)
    open_training(page)
    page.get_by_text("Yours here").wait_for()
    return page


def starts(page: Any, seed: int) -> None:
    for label, value in (("For", 600), ("Seed", seed)):
        page.get_by_label(label, exact=True).fill(str(value))
        page.get_by_label(label, exact=True).press("Enter")
        page.wait_for_selector(IDLE)
    page.get_by_role("button", name="Start").click()


def test_neither_sees_the_others_and_the_teacher_sees_both(chromium: Any, shared_app: str) -> None:
    browsers = [chromium.new_context() for _ in range(3)]
    try:
        anna, ben = (visits(browser, f"{shared_app}/questions") for browser in browsers[:2])
        starts(anna, 1)
        anna.get_by_text(re.compile(r"running · step [\d,]+")).first.wait_for()
        ben.reload()
        open_training(ben)
        ben.get_by_text("Yours here: 0 of 3 runs").wait_for()
        expect(ben.get_by_role("button", name="Stop")).to_have_count(0)
        starts(ben, 2)
        ben.get_by_text("Place in the queue: 1.").wait_for()
        keys = [{one["name"]: one["value"] for one in browser.cookies()}["cnnviz_visitor"] for browser in browsers[:2]]
        assert len(set(keys)) == 2
        anna.reload()  # a new session, and the same visitor by the cookie
        open_training(anna)
        anna.get_by_text("Yours here: 1 of 3 runs").wait_for()
        anna.get_by_text(re.compile(r"running · step [\d,]+")).first.wait_for()

        teacher = visits(browsers[2], f"{shared_app}/training_lab")
        teacher.get_by_text("For the teacher").click()
        teacher.get_by_label("The teacher's key").fill(KEY)
        teacher.get_by_label("The teacher's key").press("Enter")
        teacher.get_by_text("everybody's runs").wait_for()
        settled(teacher)  # the page has been drawn anew for the teacher
        listed = opened_list(teacher, "Run")
        assert until(lambda: sum("under way" in text for text in listed.all_inner_texts()) == 2)
        teacher.keyboard.press("Escape")

        anna.get_by_test_id("stSidebar").get_by_role("button", name="Stop").click()
        anna.get_by_text("Yours here: 0 of 3 runs").wait_for()
        ben.get_by_text(re.compile(r"running · step [\d,]+")).first.wait_for()
        ben.get_by_text("Place in the queue").wait_for(state="detached")
        ben.get_by_test_id("stSidebar").get_by_role("button", name="Stop").click()
        ben.get_by_text(re.compile(r"stopped · step")).first.wait_for()
    finally:
        for browser in browsers:
            browser.close()

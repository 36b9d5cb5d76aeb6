"""A link is the view: what somebody has set on a page comes back from its address, and what cannot is said.

Which parts and controls a page writes into its address is read off the page itself.
"""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from benchmarks import widgets
from pages.shared import named_choice, refused_links
from pages.shared.navigation import ROWS, PageRow
from pages.why.attribution import shortcut, trial
from tests.support.app import app_at
from tests.support.exhaustive import sample

pytestmark = pytest.mark.usefixtures("own_runs")
FEW = dict.fromkeys((True, False), (2, 3))  # images of a trial of every method
RUN = "run:mnist-cnn-19abe802"  # a network that is quickly looked into
PAGES = {row.url_path or "explore": row for row in ROWS}
# every method, race or depth at each turn, or many images through a network
SLOW = {
    "training_choices",
    "gradients",
    "image_map",
    "looks_for",
    "own_model",
    "architectures",
    "compare",
}
JUNK = "no such <thing>"


@pytest.fixture(autouse=True)
def trials_are_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every method on trial, on as few images as give a mean with its interval, by networks of 32 pixels.

    A trial on photographs takes minutes, and neither its images nor its network change what a link says.
    """
    offered = trial.networks_for("shapes")
    monkeypatch.setattr(trial, "networks_for", lambda images: offered)
    monkeypatch.setattr(trial, "COUNTS", FEW)
    monkeypatch.setattr(shortcut, "COUNTS", FEW[True])


def opened(row: PageRow, link: dict[str, Any]) -> AppTest:
    app = app_at(row.path, timeout=300)
    for name, value in {"network": RUN, **link}.items():
        app.query_params[name] = value
    app.session_state["explore.begun"] = True
    app.run()
    assert not app.exception, (row.url_path, link, app.exception)
    return app


def parts(row: PageRow) -> list[dict[str, Any]]:
    """What a link says for each part, by Next from the first on: those of a row within a part, too."""
    found = []
    for part in widgets.parts(opened(row, {})):
        name, _, value = part.partition("=")
        found.append({name: value} if name else {})
    return found


def in_link(app: AppTest) -> dict[str, Any]:
    """Name → each control that the page writes into its address, but the row of parts."""
    bound = widgets.bound(app)
    return {
        key: element
        for key, element in widgets.keyed(app).items()
        if not key.endswith(widgets.PARTS) and (key in bound or is_named(app, key))
    }


def values(app: AppTest) -> dict[str, Any]:
    """What each of them holds."""
    return {key: widgets.value_of(element) for key, element in in_link(app).items()}


def is_named(app: AppTest, key: str) -> bool:
    return named_choice.written(key) in app.session_state


def text(app: AppTest, key: str, element: Any) -> Any:
    """What the address says of a control."""
    if is_named(app, key):
        return addressed(app, key)
    value = widgets.value_of(element)
    if element.type in widgets.CHOICES:
        return value
    return str(value).lower() if isinstance(value, bool) else f"{value:.12g}"


def addressed(app: AppTest, name: str) -> str:
    """What stands in the address under that name; "" for nothing."""
    said = app.query_params.get(name, "")
    return said if isinstance(said, str) else said[0]


def left_out(app: AppTest) -> list[str]:
    """What is said of things that the link asks for and that are not there."""
    marks = (refused_links.SAID.partition("{")[0], "There is no ")
    return [str(one.value) for one in app.warning if str(one.value).startswith(marks)]


def all_set(row: PageRow, part: dict[str, Any]) -> AppTest:
    """The part after each of its controls was set to another value, one after the other."""
    app = opened(row, part)
    for key in list(in_link(app)):
        element = in_link(app).get(key)
        value = None if element is None else widgets.another(element)
        if value is None:
            continue
        app = widgets.put(app, element, value)
        assert not app.exception, (row.url_path, part, key, value, app.exception)
    return app


@pytest.mark.parametrize("name", sample(PAGES, PAGES.keys() - SLOW))
def test_what_was_set_comes_back_from_the_link(name: str) -> None:
    row = PAGES[name]
    for part in parts(row):
        usual = values(opened(row, part))
        app = all_set(row, part)
        here = values(app)
        link = {
            key: said
            for key, element in in_link(app).items()
            if here[key] != usual.get(key) and (said := text(app, key, element)) not in ("", [])
        }
        again = opened(row, {**part, **link})
        assert widgets.part(again) == widgets.part(app)
        assert values(again) == here, (name, part, link)
        assert left_out(again) == [], (name, part, link)


@pytest.mark.parametrize("name", sample(PAGES, PAGES.keys() - SLOW))
def test_what_cannot_be_honoured_is_said_and_leaves_the_address(name: str) -> None:
    row = PAGES[name]
    for part in parts(row):
        keys = list(in_link(opened(row, part)))
        app = opened(row, {**part, **dict.fromkeys(keys, JUNK)})
        drawn = set(in_link(app)) & set(keys)
        assert len(left_out(app)) >= len(drawn), (name, part, drawn, left_out(app))
        assert not drawn & set(app.query_params), (name, part)


@pytest.mark.parametrize("name", [name for name, row in PAGES.items() if name in ("pooling", "blocks", "attribution")])
def test_a_pages_first_part_needs_no_word_in_the_link(name: str) -> None:
    """Nor after the way on and back, by the buttons at the page's end."""
    row = PAGES[name]
    app = opened(row, {})
    begun = dict(app.query_params)
    for way in ("course.next.part", "course.back.part"):
        app.button(key=way).click().run()
        assert not app.exception, app.exception
    assert widgets.part(app) == widgets.parts(app)[0]
    assert dict(app.query_params) == begun


def test_a_newcomer_meets_every_part_by_next() -> None:
    """Every page opens at the first of its parts."""
    later = {row.url_path: (widgets.part(app), widgets.parts(app)[0]) for row in ROWS if (app := opened(row, {}))}
    assert {name: both for name, both in later.items() if both[0] not in ("", both[1])} == {}


def test_another_spelling_of_a_value_is_no_other_value() -> None:
    app = opened(PAGES["activations"], {"activations.part": "Zig-zag", "activations.seed": "1e1"})
    assert app.number_input(key="activations.seed").value == 10
    assert left_out(app) == []


FRAME = {"ask": ("x", "0", "99"), "quiz": ("x", "seven"), "present": ("2", "yes"), "hide": ("menus", "menu,x")}


@pytest.mark.parametrize("name", ["pooling", "explore"])
def test_what_the_frame_cannot_do_is_said_once_and_leaves_the_address(name: str) -> None:
    every = {**FRAME, "tour": ("x", "9", "0")} if name == "explore" else {**FRAME, "tour": ("1",)}
    for at in range(max(map(len, every.values()))):
        link = {one: texts[min(at, len(texts) - 1)] for one, texts in every.items()}
        app = opened(PAGES[name], link)
        said = left_out(app)
        for one, text in link.items():
            assert sum(f"for {one} “{text}”" in sentence for sentence in said) == 1, (one, text, said)
        assert not {"ask", "quiz", "present", "tour"} & set(app.query_params)
        assert addressed(app, "hide") in ("", "menu")
        assert left_out(app.run()) == []


def test_what_the_frame_can_do_stays_in_the_address() -> None:
    link = {"ask": "1", "quiz": "7", "present": "1", "hide": "menu,code"}
    app = opened(PAGES["pooling"], link)
    assert left_out(app) == []
    assert {name: addressed(app, name) for name in link} == link
    toured = opened(PAGES["explore"], {"tour": "8"})
    assert left_out(toured) == []
    assert addressed(toured, "tour") == "8"

"""Where a network cannot be opened the page says so and ends, and what stands around every page is still there."""

from __future__ import annotations

import ast
from typing import NoReturn

import pytest

from docs import imports
from pages.networks.architectures import cache as architectures
from pages.shared import cache, course
from pages.shared.navigation import ROWS
from tests.support import ROOT
from tests.support.app import app_at

ENDING = "pages/shared/ending.py"
WITHIN = imports.today()
# The parts that ask for one; elsewhere the first does.
PARTS = {"activations.part": "On a real map", "dropout.part": "The prediction"}
ENDED = [row.path for row in ROWS if ENDING in WITHIN.reached(row.path)]  # every page that asks for a network so


def refuse(*_given: object, **_named: object) -> NoReturn:
    raise KeyError("there is none today")


@pytest.mark.usefixtures("own_runs")
@pytest.mark.parametrize("path", ENDED)
def test_the_way_on_stands_below_a_page_without_a_network(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "network", refuse)
    monkeypatch.setattr(architectures, "architecture", refuse)
    page = app_at(path)
    for part, said in PARTS.items():
        page.query_params[part] = said
    page.run()
    assert not page.exception, page.exception
    assert any("cannot be opened" in str(said.value) for said in page.error)
    assert any(box.label.startswith(course.ALL) for box in page.expander)


def test_no_page_stops_the_script_around_it() -> None:
    """`st.stop()` would leave the foot of the page away; only who may not come in at all is stopped so."""
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "pages").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("st.stop", "stop")
    }
    assert found == {"pages/shared/visitor.py"}

"""Links to the layer pages: what a crooked one says is no exception, what a good one says arrives in its widget.

Which parameters a page takes is read off the page itself, part by part: a new control is tested as soon as it is bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from benchmarks import widgets
from tests.support import ROOT
from tests.support.app import app_at

pytestmark = pytest.mark.usefixtures("own_runs")

PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages" / "layers").glob("*/page.py"))
RUN = "run:mnist-cnn-19abe802"  # a network that is quickly looked into
CROOKED = ("junk <b>", "1e999", "NaN", "-99999999999", "", "0x10,[]")


def opened(page: str, query: Mapping[str, str]) -> AppTest:
    app = app_at(page)
    for name, value in {"network": RUN, **query}.items():
        app.query_params[name] = value
    return app.run()


@lru_cache(maxsize=64)
def controls(page: str, part: str = "") -> dict[str, tuple[str, Any] | None]:
    """Each parameter that a part of a page takes, with another value for it: what a link says, what is then held."""
    app = opened(page, query_of(part))
    assert not app.exception, app.exception
    return {name: said(element) for name, element in widgets.bound(app).items() if not name.endswith(widgets.PARTS)}


@lru_cache(maxsize=16)
def parts(page: str) -> tuple[str, ...]:
    """ "name=value" for each part of a page; "" alone for a page that is all one."""
    return tuple(widgets.parts(opened(page, {})))


@lru_cache(maxsize=16)
def title(page: str) -> str:
    """The page's own title: whoever lost the page on the way shows another."""
    return str(opened(page, {}).title[0].value)


def query_of(part: str) -> dict[str, str]:
    name, _, value = part.partition("=")
    return {name: value} if name else {}


def said(element: Any) -> tuple[str, Any] | None:
    """A value that the widget does not have now: as a link says it, and as the widget then holds it; None: no other."""
    value = widgets.another(element)
    if value is None or element.type in widgets.CHOICES:
        return None if value is None else (value[0], value)
    if element.type in widgets.SWITCHES:
        return str(value).lower(), value
    return f"{value:g}", pytest.approx(value)


def held(app: AppTest, name: str) -> Any:
    return widgets.value_of(widgets.bound(app)[name])


# ------------------------------------------------------------------------------------------------ what is shown
@pytest.mark.parametrize("page", PAGES)
def test_each_part_survives_a_crooked_link(page: str) -> None:
    taken = 0
    for turn, part in enumerate(parts(page)):
        crooked = {name: CROOKED[(turn + at) % len(CROOKED)] for at, name in enumerate(controls(page, part))}
        taken += len(crooked)
        app = opened(page, {**query_of(part), **crooked})
        assert not app.exception, (part, crooked, app.exception)
        assert app.title[0].value == title(page)
    assert taken, f"{page} takes nothing from a link"


@pytest.mark.parametrize("value", CROOKED[:3])
@pytest.mark.parametrize("page", PAGES)
def test_no_value_breaks_the_first_part(page: str, value: str) -> None:
    first = parts(page)[0]
    names = (*controls(page, first), *query_of(first), "layer", "channel", "row", "picture", "fit")
    app = opened(page, dict.fromkeys(names, value))
    assert not app.exception, (value, app.exception)
    assert app.title[0].value == title(page)


@pytest.mark.parametrize("page", PAGES)
def test_what_a_link_says_arrives(page: str) -> None:
    """Two controls of one part; where no part has two, the part itself is one of them."""
    ready = {part: [(name, found) for name, found in controls(page, part).items() if found] for part in parts(page)}
    part = max(parts(page), key=lambda part: min(len(ready[part]), 2))
    wanted = dict(ready[part][-2:])  # a control can take those below it away, not those above
    app = opened(page, {**query_of(part), **{name: text for name, (text, _) in wanted.items()}})
    assert not app.exception, app.exception
    assert len(wanted) + len(query_of(part)) >= 2, f"{page} has no two controls that a link can set"
    assert {name: held(app, name) for name in wanted} == {name: value for name, (_, value) in wanted.items()}
    assert widgets.part(app) == part

"""The controls of a page as Streamlit's own test runner sees them: found, read, and set to something else.

What a page takes is read off the page itself, part by part, so that a new control is measured and tested as soon as it
stands there.
"""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

PARTS = (".part", ".section")  # how the keys of a page's parts end
NUMBERS, SWITCHES = ("number_input", "slider"), ("toggle", "checkbox")
CHOICES = ("selectbox", "button_group", "select_slider")


def bound(app: AppTest) -> dict[str, Any]:
    """Parameter → the widget that takes it from a link, as it stands on the page."""
    found = {getattr(getattr(element, "proto", None), "query_param_key", ""): element for element in app.main}
    return {name: element for name, element in found.items() if name}


def parts(app: AppTest) -> list[str]:
    """ "key=word" for each part of the open page, as a link says it; [""] for a page that is all one."""
    rows = app.session_state.get("page_parts.rows", [])
    return [f"{row.key}={word}" for row in rows[:1] for word in row.words.values()] or [""]


def part(app: AppTest) -> str:
    """The open one of them."""
    rows = app.session_state.get("page_parts.rows", [])
    return next((f"{row.key}={row.words[row.part]}" for row in rows), "")


def keyed(app: AppTest) -> dict[str, Any]:
    """Key → every control of the page that can be set to another value."""
    kinds = (*NUMBERS, *SWITCHES, *CHOICES)
    found = {getattr(element, "key", None): element for element in app.main if getattr(element, "type", "") in kinds}
    return {key: element for key, element in found.items() if key and not element.proto.disabled}


def options(element: Any) -> list[str]:
    """What a widget with a list of choices offers, as a link says it."""
    listed = getattr(element.proto, "options", [])
    return [str(getattr(option, "content", option)) for option in listed]


def chosen(element: Any) -> list[str]:
    """The choices that a widget holds, as a link says them."""
    if element.type == "select_slider":
        return list(element._widget_state.string_array_value.data)
    places = element.indices if element.type == "button_group" else [element.index]
    return [options(element)[place] for place in places if place is not None]


def value_of(element: Any) -> Any:
    """What a widget holds: its number, or its choices as a link says them."""
    return chosen(element) if element.type in CHOICES else element.value


def another(element: Any) -> Any:
    """A value that the widget does not have now, as `value_of` says it; None: there is no other."""
    now = element.value
    if element.type in NUMBERS:
        if not isinstance(now, int | float) or isinstance(now, bool):
            return None
        step, low, high = element.proto.step or 1, element.proto.min, element.proto.max
        value = now + step if now + step <= high else now - step
        return value if low <= value <= high else None
    if element.type in SWITCHES:
        return not now
    other = next((choice for choice in options(element) if choice not in chosen(element)), None)
    return None if other is None else [other]


def put(app: AppTest, element: Any, value: Any) -> AppTest:
    """The page after somebody has set the widget to this value (as `value_of` says it)."""
    if element.type not in CHOICES:
        return element.set_value(value).run()
    states = app._tree.get_widget_states()  # AppTest's own setter wants the value behind the words, which no page shows
    state = next(each for each in states.widgets if each.id == element.id)
    if element.type == "selectbox":
        state.ClearField("value")
        if value:  # else nothing is chosen
            state.string_value = value[0]
    else:
        state.string_array_value.data[:] = value
    return app._run(states)

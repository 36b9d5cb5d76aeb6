"""What a person is looking at: network, image, layer, channel, cell. Kept through pages, written into the link.

Plain values in the session, under "view.<name>"; `restore` reads the link once a session, `publish` writes it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import streamlit as st

from cnnviz import images, limits, samples
from cnnviz.plain_text import escaped, whole_number

DEFAULTS: dict[str, Any] = {
    "network": "efficientnet_lite0",
    "picture": "",  # a sample; "own": an upload, a photo or a drawing; "": the sample that fits the network
    "fit": "crop",
    "layer": "",
    "channel": None,
    "row": None,
    "column": None,
    "gradient": None,  # of which output the gradient stands beside a layer's maps
    "back": "",  # by which earlier layer the gradient of the open unit is shown
    "against": "",  # what shares Explore's canvas: "training", "picture:<sample>", or a network's choice
    "shown": "first",  # which of the two is seen
}
SHOWN = ("first", "second", "difference")
ALONE = {"against": "", "shown": "first"}  # nothing beside it
NUMBERS = ("channel", "row", "column", "gradient")
LONGEST = limits.LINK_TEXT  # characters; a network of one's own layers takes some hundred


def restore() -> None:
    """Take the view from the link, once a session; what the link does not say keeps its default.

    A value that cannot be honoured keeps the default, too, and `say_refused` says so.
    """
    if "view.restored" in st.session_state:
        return
    st.session_state["view.restored"] = True
    refused = []
    for name, default in DEFAULTS.items():
        st.session_state[f"view.{name}"], problem = _from_link(name, default)
        refused += [problem] if problem else []
    st.session_state["view.refused"] = refused


def say_refused() -> None:
    """What of the link was left out, once."""
    for problem in st.session_state.pop("view.refused", ()):
        st.warning(problem, icon=":material/link_off:")


def get(name: str) -> Any:
    """One value of what the person is looking at, or its default."""
    return st.session_state.get(f"view.{name}", DEFAULTS[name])


def is_untouched() -> bool:
    """Whether neither the link nor a person has said anything of the view yet."""
    return all(get(name) == default for name, default in DEFAULTS.items()) and not any(
        name in st.query_params for name in DEFAULTS
    )


def change(**values: Any) -> None:
    """Set parts of the view. A new network or layer forgets the channel and the cell of the old one."""
    if "network" in values and values["network"] != get("network"):
        values = {"layer": "", "channel": None, "row": None, "column": None, "gradient": None, **ALONE, **values}
    if "layer" in values and values["layer"] != get("layer"):
        values = {"channel": None, "row": None, "column": None, **values}
    for name, value in values.items():
        if name not in DEFAULTS:
            raise KeyError(f"a view has no {name!r}; it has {', '.join(DEFAULTS)}")
        st.session_state[f"view.{name}"] = value


def publish(*, always: tuple[str, ...] = ()) -> None:
    """Write the view into the address bar, so that the link brings it back. What else stands there is left alone.

    always: what is written although it is as usual, on a page that opens with something else.
    """
    changed: dict[str, str] = {}
    for name, default in DEFAULTS.items():
        value = get(name)
        if value in (None, "") or (value == default and name not in always):
            if name in st.query_params:
                del st.query_params[name]
        elif st.query_params.get(name) != str(value):
            changed[name] = str(value)
    if changed:
        st.query_params.update(changed)  # one message to the browser, not one a name


def say_left_out(name: str, text: str, right: str) -> None:
    """That what the link says of something cannot be honoured. right: what would work, as a list."""
    st.warning(_refusal(name, text, right), icon=":material/link_off:")


def say_unknown(key: str, offered: Sequence[str], *, what: str) -> None:
    """Says that a bound list's link names something that is not in it; to be called before the list is drawn.

    Streamlit takes the list's first entry then, and its own out of the link, without a word. what: "data set".
    """
    text = st.query_params.get(key, "")
    if text and text not in offered:
        say_not_there(text, offered, what=what)


def say_not_there(text: str, offered: Sequence[str], *, what: str) -> None:
    """That the link asks for what is not offered here, and what is."""
    asked = escaped(text, longest=80)
    there = escaped(", ".join(offered), longest=400)
    st.warning(f"There is no {what} “{asked}” here. There are: {there}.", icon=":material/link_off:")


def forget_infinities() -> None:
    """Take numbers like 1e999 out of the link: a whole-number widget of Streamlit 1.67 fails on an infinity.

    What a widget starts from is read from the link before the script runs, so the script begins anew without it.
    To be called once `st.navigation` knows the page, which would be lost otherwise.
    """
    endless = [name for name in st.query_params if _is_endless(st.query_params[name])]
    for name in endless:
        del st.query_params[name]
    if endless:
        st.rerun()


def _is_endless(text: str) -> bool:
    try:
        return math.isinf(float(text))
    except ValueError:
        return False


def _from_link(name: str, default: Any) -> tuple[Any, str]:
    """(the value, "") or (the default, why the link's own is left out)."""
    text = st.query_params.get(name)
    if not text:
        return default, ""
    if name in NUMBERS:
        number = whole_number(text)
        wrong = number is None
        return (default if wrong else number), _refusal(name, text, "whole numbers from 0 to 999,999") if wrong else ""
    if len(text) > LONGEST:
        return default, _refusal(name, text, f"up to {LONGEST:,} characters")
    if name == "fit" and images.fit_parts(text) is None:
        return default, _refusal(name, text, f"{', '.join(images.FITS)}, and crop@0 to crop@1")
    if name == "shown" and text not in SHOWN:
        return default, _refusal(name, text, ", ".join(SHOWN))
    if name == "picture" and text not in {"own", *(item.name for item in samples.names())}:
        return default, _refusal(name, text, ", ".join(item.name for item in samples.names()))
    if name == "picture" and text == "own" and "own.picture" not in st.session_state:
        return default, "The link shows an image of its sender's own, which is not here: a sample stands in for it."
    return text, ""


def _refusal(name: str, text: str, right: str) -> str:
    return f"The link asks for {name} “{escaped(text, longest=80)}”, which is left out: {right} would work."

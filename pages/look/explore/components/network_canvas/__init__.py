"""The whole network on one canvas. Hover, keys, opening and folding are answered in the browser; a click comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from cnnviz.topics.explore import component_captions
from cnnviz.topics.explore.canvas import Canvas
from cnnviz.topics.explore.way_captions import WAY
from pages.shared.components import asked_for, pack, selection, source

_component = st.components.v2.component(
    "cnnviz_network_canvas", **source(__file__, words=component_captions.NETWORK_CANVAS)
)


def network_canvas(
    canvas: Canvas,
    *,
    selected: Mapping[str, Any] | None = None,
    key: str,
    on_pick: Callable[[], None] | None = None,
    shown: str = "first",
    on_shown: Callable[[], None] | None = None,
    caption: str = "",
) -> dict[str, Any] | None:
    """Draws it; returns the tile that was clicked last: {"layer": key, "channel": int, "at": milliseconds}, or None.

    selected: {"layer", "channel"} to frame. on_pick: called before the rerun of a click, with the tile in
    `st.session_state[key]["pick"]`. shown: of a canvas of two, "first", "second" or "difference"; on_shown: called when
    somebody wants another, which is then in `st.session_state[key]["shown"]["what"]`.
    caption: what stands below the canvas where it is saved as an image.
    """
    state = st.session_state.get(key) or {}
    own, sent = state.get("pick") or {}, state.get("shown") or {}
    of = selection(
        f"{key}.shown", {"what": shown}, {"what": sent.get("what", "first")}, at=sent.get("at", 0)
    )  # as `selected`: what was switched in the browser is known there
    chosen = selection(key, _chosen(selected), _chosen(own), at=own.get("at", 0))
    rest = asked_for(canvas.folded, place=key, digest=canvas.layout["digest"])
    header = {"key": key, "caption": caption, "rest": rest, "shown": of, "way": WAY, **chosen}
    result = _component(
        key=key,
        data=pack(header, {"layout": canvas.layout_text}, atlas=canvas.atlas, folded=b"" if rest else canvas.folded),
        on_pick_change=on_pick or (lambda: None),
        on_shown_change=on_shown or (lambda: None),
        on_painted_change=lambda: None,  # a rerun, once a window: see `pages.look.explore.detail`
        height="content",
    )
    pick: dict[str, Any] | None = result.pick
    return pick


def _chosen(pick: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"layer": pick["layer"], "channel": pick["channel"]} if pick else {}
